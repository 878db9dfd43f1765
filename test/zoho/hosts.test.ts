import { isFailure } from '../../nodes/zoho/failures';
import { baseUrl, customUrl, DATA_CENTERS, type Environment } from '../../nodes/zoho/hosts';

/** Zoho's data centers as their pages list them: a copy of its own, for the package's to be held against. */
const PUBLISHED: Record<string, { accounts: string; crm: string; campaigns?: string }> = {
	us: { accounts: 'accounts.zoho.com', crm: 'zohoapis.com', campaigns: 'campaigns.zoho.com' },
	eu: { accounts: 'accounts.zoho.eu', crm: 'zohoapis.eu', campaigns: 'campaigns.zoho.eu' },
	in: { accounts: 'accounts.zoho.in', crm: 'zohoapis.in', campaigns: 'campaigns.zoho.in' },
	au: {
		accounts: 'accounts.zoho.com.au',
		crm: 'zohoapis.com.au',
		campaigns: 'campaigns.zoho.com.au',
	},
	jp: { accounts: 'accounts.zoho.jp', crm: 'zohoapis.jp', campaigns: 'campaigns.zoho.jp' },
	ca: {
		accounts: 'accounts.zohocloud.ca',
		crm: 'zohoapis.ca',
		campaigns: 'campaigns.zohocloud.ca',
	},
	cn: {
		accounts: 'accounts.zoho.com.cn',
		crm: 'zohoapis.com.cn',
		campaigns: 'campaigns.zoho.com.cn',
	},
	sa: { accounts: 'accounts.zoho.sa', crm: 'zohoapis.sa', campaigns: 'campaigns.zoho.sa' },
	uk: { accounts: 'accounts.zoho.uk', crm: 'zohoapis.uk', campaigns: 'campaigns.zoho.uk' },
	// No host of Zoho Campaigns is known in these two.
	ae: { accounts: 'accounts.zoho.ae', crm: 'zohoapis.ae' },
	sg: { accounts: 'accounts.zoho.sg', crm: 'zohoapis.sg' },
};
const PREFIX: Record<Environment, string> = {
	production: 'www',
	sandbox: 'sandbox',
	developer: 'developer',
};
const environments = Object.keys(PREFIX) as Environment[];
const everyPlace = Object.keys(PUBLISHED).flatMap((dataCenter) =>
	environments.map((environment) => ({ dataCenter, environment })),
);

test('the table holds the published data centers and no others', () => {
	expect(Object.keys(DATA_CENTERS).sort()).toEqual(Object.keys(PUBLISHED).sort());
});

test.each(everyPlace)('$dataCenter, $environment: calls go to the published hosts', (place) => {
	const { crm, campaigns } = PUBLISHED[place.dataCenter]!;
	expect(baseUrl('crm', place)).toBe(`https://${PREFIX[place.environment]}.${crm}`);
	if (campaigns) expect(baseUrl('campaigns', place)).toBe(`https://${campaigns}`);
});

test('a credential that says nothing of its place calls the United States, in production', () => {
	expect(baseUrl('crm', {})).toBe('https://www.zohoapis.com');
	expect(baseUrl('campaigns', {})).toBe('https://campaigns.zoho.com');
});

test.each(['ae', 'sg'])('no call to Zoho Campaigns leaves for %s, where none is known', (code) => {
	expect(baseUrl('campaigns', { dataCenter: code })).toMatchObject({
		reason: 'authenticationFailed',
		message: expect.stringContaining(DATA_CENTERS[code as 'ae' | 'sg'].name),
		resolution: expect.stringContaining('"Custom"'),
	});
});

test('every data center has the accounts server that is published for it', () => {
	for (const [code, { accounts }] of Object.entries(DATA_CENTERS)) {
		expect(accounts).toBe(PUBLISHED[code]?.accounts);
	}
});

describe('api_domain', () => {
	const at = (apiDomain: unknown, environment: Environment = 'production') =>
		baseUrl('crm', {
			dataCenter: 'us',
			environment,
			oauthTokenData: { api_domain: apiDomain },
		});

	test.each(Object.values(PUBLISHED))('is believed for a host of the table: $crm', ({ crm }) => {
		expect(at(`https://www.${crm}`)).toBe(`https://www.${crm}`);
	});

	test('names the data center, not the environment', () => {
		expect(at('https://www.zohoapis.eu', 'sandbox')).toBe('https://sandbox.zohoapis.eu');
		expect(at('https://sandbox.zohoapis.eu')).toBe('https://www.zohoapis.eu');
	});

	test.each([
		'https://www.zohoapis.com.evil.example',
		'https://evil.example/www.zohoapis.eu',
		'https://www.zohoapis.eu@evil.example',
		'https://zohoapis.eu',
		'https://www.zohoapis.eu:8443',
		'www.zohoapis.eu',
		'',
		7,
		{ toString: 7 },
		undefined,
	])('is ignored when its host is not in the table: %p', (apiDomain) => {
		expect(at(apiDomain)).toBe('https://www.zohoapis.com');
	});

	test('never has a say in where a custom credential calls', () => {
		const custom = {
			dataCenter: 'custom',
			customAccountsUrl: 'https://accounts.example',
			customApiUrl: 'https://gateway.example',
		};
		expect(
			baseUrl('crm', { ...custom, oauthTokenData: { api_domain: 'https://www.zohoapis.eu' } }),
		).toBe('https://gateway.example');
	});
});

describe('a custom URL', () => {
	test.each([
		['https://gateway.example', 'https://gateway.example'],
		[' https://gateway.example/ ', 'https://gateway.example'],
		['https://gateway.example:8443/zoho/crm/', 'https://gateway.example:8443/zoho/crm'],
		['http://localhost:3000', 'http://localhost:3000'],
		['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
		['http://127.100.20.3', 'http://127.100.20.3'],
		['http://[::1]:3000', 'http://[::1]:3000'],
		['https://gateway.example/.well-known/a.b', 'https://gateway.example/.well-known/a.b'],
	])('%s is taken', (url, base) => {
		expect(customUrl('URL', url)).toBe(base);
	});

	test.each([
		'http://gateway.example',
		'http://127.0.0.1.evil.example',
		'http://localhost.evil.example',
		'http://evil-localhost',
		'ftp://gateway.example',
		'ftp://localhost',
		'javascript:alert(1)',
		'gateway.example',
		'https://user@gateway.example',
		'https://user:secret@gateway.example',
		'https://gateway.example?x=1',
		'https://gateway.example/#x',
		'https://gateway.example/a/../b',
		'https://gateway.example/..',
		'https://gateway.example/./b',
		'https://gateway.example/%2e%2e/b',
		'https://gateway.example\\evil.example',
		'https://gateway.example//evil.example',
		'https://gateway.example/a b',
		'',
		undefined,
	])('%p is refused with a sentence that names the field', (url) => {
		expect(customUrl('Custom CRM API URL', url)).toMatchObject({
			reason: 'authenticationFailed',
			message: expect.stringMatching(/Custom CRM API URL .*\./),
		});
	});

	test.each([
		['crm', 'Custom CRM API URL'],
		['campaigns', 'Custom Campaigns URL'],
	] as const)('that is missing for %s is asked for by the name of its field', (service, field) => {
		const place = { dataCenter: 'custom', customAccountsUrl: 'https://accounts.example' };

		expect(baseUrl(service, place)).toMatchObject({ message: expect.stringContaining(field) });
	});

	test.each([
		['', 'is empty'],
		[undefined, 'is empty'],
		['gateway.example', 'Write it like https://'],
		['http://gateway.example', 'must begin with https://'],
		['https://gateway.example?x=1', 'no user name'],
	])('%p is refused for what is wrong with it', (url, fault) => {
		expect(customUrl('URL', url)).toMatchObject({ message: expect.stringContaining(fault) });
	});

	test('of a service is of no use beside one of the accounts server that cannot be used', () => {
		const place = { dataCenter: 'custom', customApiUrl: 'https://gateway.example' };
		for (const customAccountsUrl of ['', 'http://accounts.example']) {
			expect(baseUrl('crm', { ...place, customAccountsUrl })).toMatchObject({
				message: expect.stringContaining('Custom Accounts URL'),
			});
		}
	});
});

test.each([
	[{ dataCenter: 'mars' }, '"mars" is no Zoho data center'],
	[{ dataCenter: 'us', environment: 'moon' }, '"moon" is no Zoho CRM environment'],
])('%p is refused with a cure', (place, message) => {
	const refused = baseUrl('crm', place);

	expect(isFailure(refused)).toBe(true);
	expect(refused).toMatchObject({
		message: expect.stringContaining(message),
		resolution: expect.stringMatching(/credential/),
	});
});
