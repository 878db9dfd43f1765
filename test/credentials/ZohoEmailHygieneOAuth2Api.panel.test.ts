import type { INodeParameters } from 'n8n-workflow';
import { readScopes, scopesFor } from '../../nodes/zoho/scopes';
import { choicesOf, credential, marked, resolved, shown } from '../support/panels';

const { properties } = credential;
const field = (name: string) => properties.find((property) => property.name === name)!;

/** A new credential, in which a person has chosen some things. */
const filledIn = (chosen: INodeParameters = {}): INodeParameters => ({
	...(Object.fromEntries(properties.map(({ name, default: value }) => [name, value])) as object),
	...chosen,
});
const shownFor = (chosen: INodeParameters) => shown(credential, filledIn(chosen));

describe('the panel of the credential', () => {
	const first = ['clientId', 'dataCenter'];
	const own = ['customAccountsUrl', 'customApiUrl', 'customCampaignsUrl'];

	it('of a data center shows where its client is made, and asks for no URLs', () => {
		const codes = choicesOf(field('dataCenter')).map(({ value }) => String(value));

		expect(codes).toHaveLength(12);
		for (const code of codes.filter((one) => one !== 'custom')) {
			expect(shownFor({ dataCenter: code })).toEqual([
				...first,
				`clientNotice_${code}`,
				...['services', 'readRecords', 'readCampaigns', 'environment', 'customScopes'],
			]);
		}
	});

	it("of a place of one's own asks for its URLs, and for no environment of Zoho", () => {
		expect(shownFor({ dataCenter: 'custom' })).toEqual([
			...first,
			...own,
			...['services', 'readRecords', 'readCampaigns', 'customScopes'],
		]);
	});

	it('asks who has Zoho CRM whether views are read, and nobody else', () => {
		expect(shownFor({ services: 'both' })).toContain('readRecords');
		expect(shownFor({ services: 'crm' })).toContain('readRecords');
		expect(shownFor({ services: 'campaigns' })).not.toContain('readRecords');
	});

	it('asks who has Zoho Campaigns whether campaigns are read, and nobody else', () => {
		expect(shownFor({ services: 'both' })).toContain('readCampaigns');
		expect(shownFor({ services: 'campaigns' })).toContain('readCampaigns');
		expect(shownFor({ services: 'crm' })).not.toContain('readCampaigns');
	});

	it('lets other scopes be entered where that is asked for, and warns of it', () => {
		const added = ['customScopesNotice', 'enabledScopes'];

		expect(shownFor({ customScopes: true })).toEqual([...shownFor({}), ...added]);
	});

	it('marks what it cannot be connected without, where it is empty', () => {
		expect(marked(credential, filledIn())).toEqual(['clientId']);
		expect(marked(credential, filledIn({ dataCenter: 'custom' }))).toEqual(['clientId', ...own]);
	});

	it('has nothing filled in that only the person can know', () => {
		for (const name of ['clientId', ...own]) expect(field(name).default).toBe('');
		const notices = properties.filter(({ type }) => type === 'notice');
		for (const { default: value } of notices) expect(value).toBe('');
	});

	it("shows how URLs of one's own are written", () => {
		for (const name of own)
			expect(field(name).placeholder).toMatch(/^https:\/\/\w+\.example\.com$/);
	});
});

describe('the notice of a data center', () => {
	it.each([
		['us', 'api-console.zoho.com'],
		['eu', 'api-console.zoho.eu'],
		['au', 'api-console.zoho.com.au'],
		['ca', 'api-console.zohocloud.ca'],
		['cn', 'api-console.zoho.com.cn'],
	])('leads from %s to %s, and says what to make there', (code, console) => {
		const { displayName } = field(`clientNotice_${code}`);

		expect(displayName).toContain(`<a href="https://${console}" target="_blank">${console}</a>`);
		expect(displayName).toContain('Server-based Applications');
		expect(displayName).toContain('Authorized Redirect URI');
	});
});

describe('what the credential sends to Zoho', () => {
	const sent = (name: string, chosen: INodeParameters) =>
		resolved(field(name).default, { $self: filledIn(chosen) });

	it('is fixed where a person could only get it wrong', () => {
		const fixed = ['grantType', 'authQueryParameters', 'authentication'].map(field);

		expect(fixed.map(({ type }) => type)).toEqual(Array(3).fill('hidden'));
		expect(fixed.map(({ default: value }) => value)).toEqual([
			'authorizationCode',
			// Else no refresh token comes, and the credential is dead after an hour.
			'access_type=offline&prompt=consent',
			'body',
		]);
	});

	it.each([
		[{ dataCenter: 'eu' }, 'https://accounts.zoho.eu'],
		[{ dataCenter: 'ca' }, 'https://accounts.zohocloud.ca'],
		[{ dataCenter: 'custom', customAccountsUrl: ' https://a.example/z// ' }, 'https://a.example/z'],
		[{ dataCenter: 'custom', customAccountsUrl: '' }, ''],
	])('goes, for %j, to %s', (chosen, accounts) => {
		expect(sent('authUrl', chosen)).toBe(`${accounts}/oauth/v2/auth`);
		expect(sent('accessTokenUrl', chosen)).toBe(`${accounts}/oauth/v2/token`);
	});

	it.each([
		[{ services: 'both' }, scopesFor('both')],
		[{ services: 'crm' }, scopesFor('crm')],
		[{ services: 'campaigns' }, scopesFor('campaigns')],
		[{ services: 'both', readRecords: true }, `${scopesFor('both')},${readScopes()}`],
		[{ services: 'crm', readRecords: true }, `${scopesFor('crm')},${readScopes()}`],
		// It was switched on before the services were chosen, and is out of sight since.
		[{ services: 'campaigns', readRecords: true }, scopesFor('campaigns')],
		[{ customScopes: true, enabledScopes: 'ZohoCRM.modules.ALL' }, 'ZohoCRM.modules.ALL'],
		[{ customScopes: true, readRecords: true, enabledScopes: 'a.b.READ' }, 'a.b.READ'],
	])('asks, for %j, for these scopes and no more', (chosen, scopes) => {
		expect(sent('scope', chosen)).toBe(scopes);
	});

	it('is not for a person to see or change', () => {
		for (const name of ['authUrl', 'accessTokenUrl', 'scope']) {
			expect(field(name).type).toBe('hidden');
		}
	});
});
