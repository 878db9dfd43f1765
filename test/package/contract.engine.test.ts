import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import packageJson from '../../package.json';
import { createEngine, type Engine } from '../engine';
import { CREDENTIAL_TYPE } from '../support/stage';

const root = path.resolve(__dirname, '../..');

let engine: Engine;
beforeAll(async () => {
	engine = await createEngine();
});

function description(name: string) {
	const node = engine.nodeTypes.getByNameAndVersion(`${packageJson.name}.${name}`, 1);
	if (!('execute' in node) || !node.execute) throw new Error(`${name} is no regular node`);
	return node.description;
}

const credential = () => engine.credentialTypes[CREDENTIAL_TYPE]!;

/** Names and defaults, which saved workflows rely on. */
const defaults = (properties: INodeProperties[]) =>
	Object.fromEntries(properties.map(({ name, default: value }) => [name, value]));

const find = (properties: INodeProperties[], name: string) =>
	properties.find((property) => property.name === name)!;

const values = ({ options }: INodeProperties) =>
	(options as INodePropertyOptions[]).map(({ value }) => value);

const optionsOf = (name: string) =>
	find(description(name).properties, 'options').options as INodeProperties[];

describe('the package', () => {
	test('needs nothing at runtime but n8n-workflow', () => {
		expect(packageJson).not.toHaveProperty('dependencies');
		expect(packageJson.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		const dist = path.join(root, 'dist');
		const code = readdirSync(dist, { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.js'))
			.map((file) => readFileSync(path.join(dist, file), 'utf8'));
		const required = code.flatMap((text) =>
			[...text.matchAll(/\brequire\(["']([^"']+)["']\)/g)].map(([, name]) => name!),
		);
		const foreign = new Set(required.filter((name) => !name.startsWith('.')));
		expect(foreign).toEqual(new Set(['n8n-workflow']));
	});

	test('exports its classes by name', () => {
		expect(Object.keys(jest.requireActual<object>('../../index.js')).sort()).toEqual([
			'ZohoCampaignsDoNotMail',
			'ZohoCrmUnblockEmail',
			'ZohoEmailHygieneOAuth2Api',
		]);
	});
});

describe.each([
	['zohoCrmUnblockEmail', 'Zoho CRM Unblock Email'],
	['zohoCampaignsDoNotMail', 'Zoho Campaigns Do-Not-Mail'],
] as const)('%s', (name, displayName) => {
	test('is a node of version 1 with one input and one output, and an AI tool', () => {
		expect(description(name)).toMatchObject({
			displayName,
			name,
			version: 1,
			usableAsTool: true,
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		});
	});

	test('has icons for light and dark, and a codex', () => {
		const { iconUrl, codex } = description(name) as unknown as {
			iconUrl: { light: string; dark: string };
			codex: { categories: string[]; alias: string[] };
		};
		for (const url of [iconUrl.light, iconUrl.dark]) {
			const file = url.replace(`icons/${packageJson.name}/`, '');
			expect(existsSync(path.join(root, file))).toBe(true);
		}
		expect(codex.categories).toContain('Marketing');
		expect(codex.alias.length).toBeGreaterThan(0);
	});
});

test('zohoCrmUnblockEmail has the parameters that workflows are built on', () => {
	const { properties } = description('zohoCrmUnblockEmail');
	expect(defaults(properties)).toMatchObject({
		module: { mode: 'list', value: 'Leads' },
		recordsFrom: 'ids',
		recordIds: '={{ $json.id }}',
		customView: { mode: 'list' },
		unblockFields: ['Email'],
		options: {},
	});
	expect(find(properties, 'module').modes?.map(({ name }) => name)).toEqual(['list', 'name']);
	expect(values(find(properties, 'recordsFrom'))).toEqual(['ids', 'customView']);
	expect(find(properties, 'customView').modes?.map(({ name }) => name)).toEqual(['list', 'id']);
	expect(values(find(properties, 'unblockFields'))).toEqual(['Email', 'Secondary_Email']);
	const options = optionsOf('zohoCrmUnblockEmail');
	expect(defaults(options)).toEqual({
		apiVersion: 'v8',
		batchSize: 500,
		batchInterval: 0,
		maxParallelRequests: 5,
		maxRetries: 3,
		retryDelay: 1000,
		timeout: 60000,
		alreadyUnblocked: 'success',
	});
	expect(values(find(options, 'apiVersion')).sort()).toEqual(['v6', 'v7', 'v8']);
	expect(values(find(options, 'alreadyUnblocked'))).toEqual(['success', 'error']);
	expect(find(options, 'batchSize').typeOptions).toMatchObject({ minValue: 1, maxValue: 500 });
	expect(find(options, 'maxParallelRequests').typeOptions).toMatchObject({
		minValue: 1,
		maxValue: 10,
	});
});

test('zohoCampaignsDoNotMail has the parameters that workflows are built on', () => {
	const { properties } = description('zohoCampaignsDoNotMail');
	expect(defaults(properties)).toMatchObject({ email: '={{ $json.email }}', options: {} });
	const options = optionsOf('zohoCampaignsDoNotMail');
	expect(defaults(options)).toEqual({
		callsPerWindow: 490,
		windowMinutes: 5,
		lockMinutes: 30,
		whenLimitReached: 'wait',
		responseFormat: 'json',
		shareLimit: 'process',
		maxParallelRequests: 5,
		maxRetries: 3,
		retryDelay: 1000,
		timeout: 60000,
		alreadyInDoNotMail: 'success',
	});
	expect(values(find(options, 'whenLimitReached'))).toEqual(['wait', 'error']);
	expect(values(find(options, 'responseFormat'))).toEqual(['json', 'xml']);
	expect(values(find(options, 'shareLimit'))).toEqual(['instance', 'process']);
	expect(values(find(options, 'alreadyInDoNotMail'))).toEqual(['success', 'error']);
});

test('the credential has the fields that stored credentials are made of', () => {
	const { displayName, extends: parents, properties } = credential();
	expect(displayName).toBe('Zoho Email Hygiene OAuth2 API');
	expect(parents).toEqual(['oAuth2Api']);
	expect(defaults(properties)).toMatchObject({
		dataCenter: 'us',
		services: 'both',
		readRecords: false,
		environment: 'production',
		customAccountsUrl: '',
		customApiUrl: '',
		customCampaignsUrl: '',
		customScopes: false,
	});
	expect(values(find(properties, 'dataCenter'))).toEqual(
		'us eu in au jp ca cn sa uk ae sg custom'.split(' '),
	);
	expect(values(find(properties, 'services'))).toEqual(['both', 'crm', 'campaigns']);
	expect(values(find(properties, 'environment'))).toEqual(['production', 'sandbox', 'developer']);
	const hidden = properties.filter(({ type }) => type === 'hidden').map(({ name }) => name);
	expect(hidden.sort()).toEqual([
		'accessTokenUrl',
		'authQueryParameters',
		'authUrl',
		'authentication',
		'grantType',
		'scope',
	]);
	for (const name of ['customAccountsUrl', 'customApiUrl', 'customCampaignsUrl']) {
		const { required, displayOptions } = find(properties, name);
		expect({ required, displayOptions }).toEqual({
			required: true,
			displayOptions: { show: { dataCenter: ['custom'] } },
		});
	}
});

test('each data center is told where its client is made, of which type, with which redirect', () => {
	const { properties } = credential();
	for (const code of values(find(properties, 'dataCenter')).filter((code) => code !== 'custom')) {
		const help = properties.filter(
			({ type, displayOptions }) =>
				type === 'notice' && displayOptions?.show?.dataCenter?.includes(code as string),
		);
		expect(help).toHaveLength(1);
		expect(help[0]?.displayName).toMatch(/https:\/\/api-console\.zoho/);
		expect(help[0]?.displayName).toContain('Server-based Applications');
		expect(help[0]?.displayName).toContain('OAuth Redirect URL');
	}
});
