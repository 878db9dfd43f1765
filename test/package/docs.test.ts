import type { INodeProperties } from 'n8n-workflow';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ZohoEmailHygieneOAuth2Api } from '../../credentials/ZohoEmailHygieneOAuth2Api.credentials';
import * as campaigns from '../../nodes/ZohoCampaignsDoNotMail/properties';
import campaignsCodex from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node.json';
import * as crm from '../../nodes/ZohoCrmUnblockEmail/properties';
import crmCodex from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node.json';
import { diagnoseCredential } from '../../nodes/zoho/diagnosis';
import { failure, type Reach, type Reason } from '../../nodes/zoho/failures';
import { DATA_CENTERS } from '../../nodes/zoho/hosts';
import { scopesFor } from '../../nodes/zoho/scopes';

const root = path.resolve(__dirname, '../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/credential.md'];

const page = (name: string) => readFileSync(path.join(root, name), 'utf8');
const readme = page('README.md');
const credentialPage = page('docs/credential.md');

/** What stands under a heading, with what stands under the smaller headings in it. It must be there. */
function section(text: string, heading: string): string {
	const lines = text.split('\n');
	const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading);
	const level = /^#+/.exec(lines[start] ?? '')?.[0].length;
	if (level === undefined) throw new Error(`No heading "${heading}"`);
	const rest = lines.slice(start + 1);
	const end = rest.findIndex((line) => (/^(#+) /.exec(line)?.[1] ?? '#######').length <= level);
	return rest.slice(0, end === -1 ? undefined : end).join('\n');
}

/** The tables of a text, each as its rows of trimmed cells: its head, then its body. */
function tables(text: string): string[][][] {
	return (text.match(/(^\|.*\|\n)+/gm) ?? []).map((table) =>
		table
			.trim()
			.split('\n')
			.filter((_, row) => row !== 1)
			.map((row) =>
				row
					.slice(1, -1)
					.split('|')
					.map((cell) => cell.trim()),
			),
	);
}

/** The rows of the table in a text whose first column has this head. */
function rowsOf(text: string, head: string): string[][] {
	return (
		tables(text)
			.find(([names]) => names?.[0] === head)
			?.slice(1) ?? []
	);
}

const withoutTicks = (cell: string | undefined) => cell?.replace(/`/g, '');

/** The anchors that GitHub gives the headings of a page. */
const anchorsOf = (text: string) =>
	[...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replace(/[^\w\- ]/g, '')
			.replaceAll(' ', '-'),
	);

/** The choices of a property: name and value. */
const choicesOf = ({ options = [] }: INodeProperties) =>
	options.flatMap((option) =>
		'value' in option ? [{ name: option.name, value: option.value }] : [],
	);

/** A default, as the README writes it. */
function defaultOf(property: INodeProperties): string {
	const { type, default: value } = property;
	if (property.name === 'enabledScopes') return 'all default scopes';
	if (type === 'boolean') return value ? 'on' : 'off';
	if (type === 'resourceLocator') return String((value as { value: string }).value);
	const chosen = choicesOf(property).filter((choice) => [value].flat().includes(choice.value));
	if (chosen.length > 0) return chosen.map(({ name }) => name).join(', ');
	return value === '' ? 'empty' : String(value).replace(/^=/, '');
}

const nodes = [
	{ heading: 'Zoho CRM Unblock Email', ...crm },
	{ heading: 'Zoho Campaigns Do-Not-Mail', ...campaigns },
];

describe.each(nodes)('the README on $heading', ({ heading, PROPERTIES, OPTIONS }) => {
	const text = section(readme, heading);
	const parameters = PROPERTIES.filter(({ type }) => type !== 'collection');

	it.each([
		['Parameter', parameters],
		['Option', OPTIONS],
	])('lists every %s with its default, and none that is not there', (head, properties) => {
		const listed = rowsOf(text, head).map(([name, value]) => [name, withoutTicks(value)]);

		expect(listed).toEqual(
			properties.map((property) => [
				`${property.displayName} (\`${property.name}\`)`,
				defaultOf(property),
			]),
		);
	});

	it.each([...parameters, ...OPTIONS])('names the choices and the range of $name', (property) => {
		const rows = [...rowsOf(text, 'Parameter'), ...rowsOf(text, 'Option')];
		const said = rows.find(([name]) => name?.includes(`(\`${property.name}\`)`))?.[2];
		const { minValue, maxValue } = property.typeOptions ?? {};

		for (const { name } of choicesOf(property)) expect(said).toContain(`*${name}*`);
		if (maxValue !== undefined) expect(said).toContain(`${minValue} to ${maxValue}`);
	});
});

describe('the README on the credential', () => {
	const text = section(readme, 'The credential step by step');
	const fields = new ZohoEmailHygieneOAuth2Api().properties.filter(
		({ type }) => type !== 'hidden' && type !== 'notice',
	);

	it('lists every field with its default, and none that is not there', () => {
		const listed = rowsOf(text, 'Field').map(([name, value]) => [name, value]);

		expect(listed).toEqual(
			fields.map((field) => [`${field.displayName} (\`${field.name}\`)`, defaultOf(field)]),
		);
	});

	it('names every data center', () => {
		const said = rowsOf(text, 'Field')[0]?.[2];

		for (const code of Object.keys(DATA_CENTERS)) expect(said).toContain(`\`${code}\``);
	});

	it('says of every default scope what it is for, and of no other', () => {
		const listed = rowsOf(text, 'Scope').map(([scope]) => withoutTicks(scope));

		expect(listed.sort()).toEqual(scopesFor('both').split(',').sort());
	});
});

describe('the README on failures', () => {
	const HITS: Partial<Record<Reach, string>> = {
		record: 'This item',
		call: 'The call',
		account: 'The account',
		rest: 'All not yet sent',
	};
	/** Every reason: the compiler refuses this when one is missing, or is none. */
	const REASONS: Record<Reason, true> = {
		recordNotFound: true,
		permanentlyBlocked: true,
		unblockLimitReached: true,
		alreadyUnblocked: true,
		invalidRecordId: true,
		unknownField: true,
		fieldNotAvailable: true,
		missingField: true,
		invalidModule: true,
		invalidRequest: true,
		noPermission: true,
		invalidEmail: true,
		alreadyInDoNotMail: true,
		authenticationFailed: true,
		scopeMismatch: true,
		rateLimited: true,
		serverError: true,
		networkError: true,
		badResponse: true,
		notAttempted: true,
	};
	const reasons = Object.keys(REASONS) as Reason[];
	const rows = rowsOf(section(readme, 'The reasons'), 'Reason');

	it('lists every reason, and none that is not in the catalogue', () => {
		expect(rows.map(([reason]) => withoutTicks(reason))).toEqual(reasons);
	});

	it.each(reasons)('says of %s how far it reaches, and what to do', (reason) => {
		const [, node, meaning, cure, hits] = rows.find(([name]) => name === `\`${reason}\``) ?? [];

		expect(['CRM', 'Campaigns', 'Both']).toContain(node);
		expect(meaning).not.toBe('');
		expect(cure).not.toBe('');
		expect(hits).toBe(HITS[failure(reason, { message: '' }).reach]);
	});

	it('shows errors that the nodes could emit, word by word', () => {
		const examples = [...readme.matchAll(/```json\n([^]*?)```/g)]
			.map(([, json = '']) => JSON.parse(json) as { error?: Record<string, unknown> })
			.flatMap(({ error }) => (error ? [error] : []));

		expect(examples).not.toEqual([]);
		for (const error of examples) {
			const { resolution, retryable } = failure(error.reason as Reason, { message: '' });
			expect(error).toMatchObject({ resolution, retryable });
		}
	});
});

describe('docs/credential.md', () => {
	const byCode = Object.entries(DATA_CENTERS);

	it('tells where the API console of every data center is, as the credential does', () => {
		const rows = rowsOf(credentialPage, 'Data center');

		expect(rows.map(([name]) => name)).toEqual(
			byCode.map(([code, { name }]) => `${name}, \`${code}\``),
		);
		const notices = new ZohoEmailHygieneOAuth2Api().properties;
		for (const [index, [code]] of byCode.entries()) {
			const notice = notices.find(({ name }) => name === `clientNotice_${code}`)?.displayName;
			const link = /href="([^"]+)"/.exec(notice ?? '')?.[1];
			expect(rows[index]?.[2]).toBe(`<${link}>`);
		}
	});

	it('lists the hosts of every data center as they are called', () => {
		const rows = tables(credentialPage)
			.find(([names]) => names?.includes('Accounts'))
			?.slice(1);

		expect(rows?.map((row) => row.map(withoutTicks))).toEqual(
			byCode.map(([code, center]) => [
				code,
				center.accounts,
				`www.${center.crmDomain}`,
				'campaigns' in center ? center.campaigns : 'unknown',
			]),
		);
	});

	it.each([
		'invalid_client',
		'invalid_client_secret',
		'invalid_redirect_uri',
		'invalid_code',
		'access_denied',
		'general_error',
	])('has a cure for %s, as the node has advice for it', (code) => {
		const listed = rowsOf(section(credentialPage, "In the node's error"), 'Code');
		const refused = diagnoseCredential('crm', { oauthTokenData: { error: code } });
		const unknown = diagnoseCredential('crm', { oauthTokenData: { error: 'unheard_of' } });

		expect(listed.map(([name]) => withoutTicks(name))).toContain(code);
		expect(refused?.code).toBe(code);
		expect(refused?.resolution).not.toBe(unknown?.resolution);
	});
});

describe('the pages', () => {
	it.each(PAGES)('link to nothing that is not there (%s)', (name) => {
		const text = page(name);
		const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
		const inside = links.filter((link) => !/^https?:/.test(link));

		for (const link of inside) {
			const [file = '', anchor] = link.split('#');
			const target = file === '' ? name : path.join(path.dirname(name), file);
			expect({ link, exists: existsSync(path.join(root, target)) }).toEqual({ link, exists: true });
			if (anchor) expect(anchorsOf(page(target))).toContain(anchor);
		}
	});

	it('have the sections that the package links to', () => {
		const { documentationUrl } = new ZohoEmailHygieneOAuth2Api();
		const links = [
			documentationUrl,
			...[crmCodex, campaignsCodex].flatMap(({ resources }) =>
				[...resources.primaryDocumentation, ...resources.credentialDocumentation].map(
					({ url }) => url,
				),
			),
		];

		for (const link of links) expect(anchorsOf(readme)).toContain(link.split('#')[1]);
	});

	it('show a map of the house on which every room exists', () => {
		const rows = rowsOf(section(page('CONTRIBUTING.md'), 'The map of the house'), 'Room');
		const rooms = rows.flatMap(([names]) => withoutTicks(names)?.split(', ') ?? []);

		expect(rooms.length).toBeGreaterThan(20);
		for (const room of rooms) {
			const exists = existsSync(path.join(root, room));
			expect({ room, exists }).toEqual({ room, exists: true });
		}
	});

	it('name no command that the package does not have', () => {
		const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> };
		const named = PAGES.flatMap((name) => [...page(name).matchAll(/npm run (\w+)/g)]);

		for (const [, script = ''] of named) expect(Object.keys(scripts)).toContain(script);
	});
});
