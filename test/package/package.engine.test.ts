/** What is in the package as built; what workflows rely on of it is held in contract/. */
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

const find = (properties: INodeProperties[], name: string) =>
	properties.find((property) => property.name === name)!;

const values = ({ options }: INodeProperties) =>
	(options as INodePropertyOptions[]).map(({ value }) => value);

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
