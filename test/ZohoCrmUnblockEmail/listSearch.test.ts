/** The lists that the panel offers: whoever does not find a module or a view in them cannot choose it. */
import type { IDataObject, IHttpRequestOptions, ILoadOptionsFunctions } from 'n8n-workflow';
import { searchModules, searchViews } from '../../nodes/ZohoCrmUnblockEmail/listSearch';
import { STANDARD_MODULES } from './standardModules';

type Response = { statusCode: number; body?: unknown };

/** The panel of a node with a connected credential, of which Zoho answers with these in turn. */
function panelWith(responses: Response[], module: unknown = 'Leads', credential: IDataObject = {}) {
	const sent: IHttpRequestOptions[] = [];
	const context = {
		getNode: () => ({ name: 'Zoho CRM', type: 'x', credentials: {} }),
		getCurrentNodeParameter: (name: string, { extractValue }: { extractValue: boolean }) =>
			extractValue && name === 'module' ? module : undefined,
		getCredentials: async () =>
			await Promise.resolve({
				services: 'crm',
				dataCenter: 'us',
				readRecords: true,
				oauthTokenData: { access_token: 'token' },
				...credential,
			}),
		helpers: {
			httpRequestWithAuthentication: async (_: string, options: IHttpRequestOptions) => {
				sent.push(options);
				const { statusCode, body = '' } = responses.shift() ?? { statusCode: 500 };
				const text = typeof body === 'string' ? body : JSON.stringify(body);
				return await Promise.resolve({ statusCode, headers: {}, body: text });
			},
		},
	};
	return { context: context as unknown as ILoadOptionsFunctions, sent };
}

const offered = ({ results }: Awaited<ReturnType<typeof searchModules>>) =>
	results.map(({ name, value }) => `${name} (${value})`);

// Nobody is to wait for the moment that others would give the first call with a token.
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the list of custom views', () => {
	const page = (views: object[], more?: unknown): Response => ({
		statusCode: 200,
		body: { custom_views: views, info: { more_records: more } },
	});
	const view = (id: unknown, display_value?: unknown, name?: unknown) => ({
		id,
		display_value,
		name,
	});
	const search = async (responses: Response[], filter?: string, module?: unknown) => {
		const { context, sent } = panelWith(responses, module);
		return { views: offered(await searchViews.call(context, filter)), sent };
	};

	it('asks Zoho for those of the module, 200 at a time', async () => {
		const { views, sent } = await search(
			[page([view('2', 'B')], true), page([view('1', 'A')], false)],
			'',
			'A&B',
		);

		expect(views).toEqual(['A (1)', 'B (2)']);
		expect(
			sent.map(({ method, url }) => [method, new URL(url).pathname + new URL(url).search]),
		).toEqual([
			['GET', '/crm/v8/settings/custom_views?module=A%26B&page=1&per_page=200'],
			['GET', '/crm/v8/settings/custom_views?module=A%26B&page=2&per_page=200'],
		]);
		expect(sent[0]?.timeout).toBe(20_000);
	});

	it('shows the name that people see, else the one that there is, else the ID', async () => {
		const named = [view('1', 'Mine', 'my_view'), view('2', '', 'hers'), view(3), view('', 'no ID')];

		expect((await search([page(named)])).views).toEqual(['3 (3)', 'hers (2)', 'Mine (1)']);
	});

	it('is found by a part of the name', async () => {
		const named = [view('1', 'Bounced'), view('2', 'All')];

		expect((await search([page(named)], ' bOUN ')).views).toEqual(['Bounced (1)']);
		expect((await search([page(named)])).views).toHaveLength(2);
	});

	it('ends with a page without content, or where Zoho does not say that there are more', async () => {
		expect((await search([{ statusCode: 204 }])).views).toEqual([]);
		expect((await search([page([view('1', 'A')], 'true')])).views).toEqual(['A (1)']);
		expect((await search([page([view('1', 'A')])])).views).toEqual(['A (1)']);
	});

	it('ends after ten pages, lest the panel turns for ever', async () => {
		const pages = Array.from({ length: 12 }, (_, i) => page([view(String(i), `View ${i}`)], true));
		const { views, sent } = await search(pages);

		expect([views.length, sent.length]).toEqual([10, 10]);
	});

	it.each<[string, Response, string]>([
		[
			'Zoho refuses the module',
			{ statusCode: 400, body: { code: 'INVALID_MODULE', message: 'no such module' } },
			'no such module Zoho CRM has no such module. Pick it from the list',
		],
		['Zoho fails', { statusCode: 500, body: '' }, 'HTTP status 500. Zoho failed'],
		['somebody else answers', { statusCode: 200, body: '<html>' }, 'cannot be read'],
		[
			'the account did not grant it',
			{ statusCode: 401, body: { code: 'OAUTH_SCOPE_MISMATCH', message: 'invalid oauth scope' } },
			'ZohoCRM.settings.custom_views.READ ("Read Custom Views" in the credential)',
		],
	])('says what is in the way, and what to do, where %s', async (_, response, said) => {
		await expect(search([response])).rejects.toThrow(said);
		await expect(search([response])).rejects.toMatchObject({ level: 'warning' });
	});

	it('asks for nothing where the credential may not read views', async () => {
		const { context, sent } = panelWith([], 'Leads', { readRecords: false });

		await expect(searchViews.call(context)).rejects.toThrow('switch on "Read Custom Views"');
		expect(sent).toEqual([]);
	});
});

describe('the list of modules', () => {
	const search = async (responses: Response[], filter?: string, credential?: IDataObject) => {
		const { context, sent } = panelWith(responses, '', credential);
		return { modules: offered(await searchModules.call(context, filter)), sent };
	};
	const own = { api_name: 'Donors__c', plural_label: 'Donors', generated_type: 'custom' };
	const found = async (module: unknown) =>
		(await search([{ statusCode: 200, body: { modules: [module] } }])).modules.filter(
			(name) => name.includes('Donors') || name.includes('undefined'),
		);

	it('has the nine that Zoho names, in their order, whatever the token may read', async () => {
		const { modules, sent } = await search([{ statusCode: 500 }]);

		expect(modules).toEqual(STANDARD_MODULES);
		expect(
			sent.map(({ method, url, timeout }) => [method, new URL(url).pathname, timeout]),
		).toEqual([['GET', '/crm/v8/settings/modules', 20_000]]);
	});

	it('has the custom ones of the account, by their names', async () => {
		expect(await found(own)).toEqual(['Donors (Donors__c)']);
		const { modules } = await search([{ statusCode: 200, body: { modules: [own] } }]);
		expect(modules.indexOf('Donors (Donors__c)')).toBe(modules.indexOf('Deals (Deals)') + 1);
		expect(await found({ ...own, plural_label: '' })).toEqual(['Donors__c (Donors__c)']);
		expect(await found({ ...own, plural_label: 7 })).toEqual(['Donors__c (Donors__c)']);
	});

	it.each<[string, unknown]>([
		['is one of Zoho', { ...own, generated_type: 'default' }],
		['has no API', { ...own, api_supported: false }],
		['has no API name', { ...own, api_name: 7 }],
		['is none', null],
	])('leaves out what %s', async (_, module) => {
		expect(await found(module)).toEqual([]);
	});

	it('is found by a part of the name or of the API name', async () => {
		const custom = { statusCode: 200, body: { modules: [own] } };

		expect((await search([custom], ' purchase o')).modules).toHaveLength(1);
		expect((await search([custom], 'purchase_O')).modules).toHaveLength(1);
		expect((await search([custom], 'nothing')).modules).toEqual([]);
	});

	it.each<[string, Response, IDataObject, string]>([
		[
			'gave none',
			{ statusCode: 500 },
			{ oauthTokenData: { error: 'invalid_client_secret' } },
			'Zoho gave no access token: invalid_client_secret. The Client Secret does not belong',
		],
		[
			'knows it no more',
			{ statusCode: 401, body: { code: 'INVALID_TOKEN', message: 'invalid oauth token' } },
			{},
			'invalid oauth token',
		],
		[
			'says so with HTTP status 200',
			{ statusCode: 200, body: { code: 'AUTHENTICATION_FAILURE', message: 'Not you' } },
			{},
			'Not you',
		],
	])('says what is wrong with the token where Zoho %s', async (_, response, credential, said) => {
		await expect(search([response, response], '', credential)).rejects.toThrow(said);
	});

	it.each<[string, Response, IDataObject]>([
		[
			'a scope alone is missing',
			{ statusCode: 401, body: { code: 'OAUTH_SCOPE_MISMATCH', message: 'invalid oauth scope' } },
			{},
		],
		['the user may not read them', { statusCode: 403, body: { code: 'NO_PERMISSION' } }, {}],
		['there are too many calls', { statusCode: 429 }, {}],
		['the credential leaves CRM out', { statusCode: 200 }, { services: 'campaigns' }],
		['the credential is not connected', { statusCode: 200 }, { oauthTokenData: {} }],
		['the reply holds none', { statusCode: 200, body: { modules: 'none' } }, {}],
		['the reply is far too long', { statusCode: 200, body: 'x'.repeat(5_000_001) }, {}],
	])('has the nine where %s', async (_, response, credential) => {
		expect((await search([response], '', credential)).modules).toHaveLength(9);
	});
});
