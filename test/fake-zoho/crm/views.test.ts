import { clock, send, useFakeZoho, withToken, zoho } from '../client';

useFakeZoho();

const ids = (count: number) => Array.from({ length: count }, (_, i) => String(1_000 + i));

const get = (path: string, init: RequestInit = {}) => send(path, { method: 'GET', ...init });

const list = (query: string, init?: RequestInit) => get(`/crm/v8/Leads?${query}`, init);

interface Page {
	data: Array<Record<string, unknown>>;
	info: { more_records: boolean; count: number; page: number; next_page_token: string | null };
}

const page = async (query: string) => (await list(query)).body as unknown as Page;

const code = async (query: string) => (await list(query)).body.code;

describe('a list of records', () => {
	it('has the fields that were asked for, and the id', async () => {
		zoho.crm.add('Leads', '1', { secondary: 'hard' });
		zoho.crm.add('Leads', '2', { email: 'none' });

		expect((await page('fields=Email,Secondary_Email')).data).toEqual([
			{ id: '1', Email: 'person-1@example.com', Secondary_Email: 'other-1@example.com' },
			{ id: '2', Email: null, Secondary_Email: null },
		]);
		expect((await page('fields=Email')).data[0]).toEqual({
			id: '1',
			Email: 'person-1@example.com',
		});
	});

	it('comes 200 a page, ten pages by their numbers, and then by tokens', async () => {
		zoho.crm.add('Leads', ids(2_150));

		const tenth = await page('fields=Email&page=10');
		const { next_page_token: token } = tenth.info;
		const next = await page(`fields=Email&page_token=${token}`);

		expect([tenth.data.length, tenth.info.page, tenth.info.more_records]).toEqual([200, 10, true]);
		expect(next.data.map(({ id }) => id)).toEqual(ids(2_150).slice(2_000));
		expect(next.info).toMatchObject({ count: 150, more_records: false, next_page_token: null });
		expect(await code('fields=Email&page=11')).toBe('DISCRETE_PAGINATION_LIMIT_EXCEEDED');
	});

	it('is a 204 without a body where there is nothing', async () => {
		expect(await list('fields=Email')).toMatchObject({ status: 204, text: '' });
	});

	it.each([
		['per_page=200', 'REQUIRED_PARAM_MISSING'],
		['fields=Email&per_page=201', 'LIMIT_EXCEEDED'],
		['fields=Email&cvid=7', 'INVALID_DATA'],
		['fields=Email&cvid=7&sort_by=id', 'AMBIGUITY_DURING_PROCESSING'],
		['fields=Email&page=1&page_token=x', 'AMBIGUITY_DURING_PROCESSING'],
		['fields=Email&page_token=x', 'TOKEN_BOUND_DATA_MISMATCH'],
	])('of %s is refused: %s', async (query, refusal) => {
		expect(await code(query)).toBe(refusal);
	});

	it('takes a token for the same question only, and for a day', async () => {
		zoho.crm.add('Leads', ids(3));
		const start = clock.now;
		const { info } = await page('fields=Email&per_page=1');
		const next = `per_page=1&page_token=${info.next_page_token}`;

		expect(await code(`fields=Email,Secondary_Email&${next}`)).toBe('TOKEN_BOUND_DATA_MISMATCH');
		const after = async (ms: number) => {
			clock.now = start + ms;
			const init = withToken(zoho.oauth.issue().access_token);
			return (await list(`fields=Email&${next}`, init)).body.code;
		};
		expect(await after(86_399_000)).toBeUndefined();
		expect(await after(86_400_000)).toBe('EXPIRED_VALUE');
	});

	it('ends at the limit of records that tokens lead to', async () => {
		zoho.crm.add('Leads', ids(5));
		zoho.crm.listLimits.records = 2;
		const first = await page('fields=Email&per_page=2');

		const query = `fields=Email&per_page=2&page_token=${first.info.next_page_token}`;
		expect(await code(query)).toBe('PAGINATION_LIMIT_EXCEEDED');
	});

	it('wants the scope to read the module', async () => {
		for (const [scopes, status] of [
			['ZohoCRM.modules.leads.READ', 204],
			['ZohoCRM.modules.ALL', 204],
			['ZohoCRM.modules.leads.UPDATE', 401],
			['ZohoCRM.modules.contacts.READ', 401],
		] as const) {
			const { access_token } = zoho.oauth.issue({ scopes });
			expect((await list('fields=Email', withToken(access_token))).status).toBe(status);
		}
	});

	it('has all fields in v2, pages by their numbers without end, and module names in any case', async () => {
		zoho.crm.add('Leads', ids(2_150));

		const { body } = await get('/crm/v2/leads?per_page=200&page=11');
		const { data, info } = body as unknown as Page;

		expect([data.length, info.more_records]).toEqual([150, false]);
		expect(Object.keys(data[0]!).sort()).toEqual(['Email', 'Secondary_Email', 'id']);
		expect((await get('/crm/v2/leeds')).body.code).toBe('INVALID_MODULE');
	});

	it('is only for modules that there are', async () => {
		expect((await get('/crm/v8/Leeds?fields=Email')).body.code).toBe('INVALID_MODULE');
	});
});

describe('a custom view', () => {
	it('holds what is temporarily bounced, and shrinks as records are unblocked', async () => {
		zoho.crm.add('Leads', ['1', '2', '3']);
		zoho.crm.add('Leads', ['4'], { email: 'hard' });
		const id = zoho.crm.addView({ module: 'Leads' });
		const held = async () => (await page(`fields=Email&cvid=${id}`)).data.map(({ id }) => id);

		expect(await held()).toEqual(['1', '2', '3']);
		await send('/crm/v8/Leads/actions/unblock_email', {
			body: JSON.stringify({ unblock_fields: ['Email'], ids: ['1', '2'] }),
		});
		expect(await held()).toEqual(['3']);
	});

	it('is of one module', async () => {
		zoho.crm.add('Leads', '1');
		const id = zoho.crm.addView({ module: 'Contacts' });

		expect(await code(`fields=Email&cvid=${id}`)).toBe('INVALID_DATA');
	});
});

describe('the list of custom views', () => {
	const views = (query: string, init?: RequestInit) =>
		get(`/crm/v8/settings/custom_views?${query}`, init);

	it('has those of the module, 200 a page', async () => {
		for (let i = 0; i < 201; i++) zoho.crm.addView({ module: 'Leads', name: `View ${i}` });
		zoho.crm.addView({ module: 'Contacts' });

		const { body } = await views('module=Leads&page=2');

		expect(body.custom_views).toEqual([expect.objectContaining({ display_value: 'View 200' })]);
		expect(body.info).toMatchObject({ more_records: false, count: 1 });
	});

	it('wants a module and a scope of its own', async () => {
		const scopes = 'ZohoCRM.modules.ALL';
		const { access_token } = zoho.oauth.issue({ scopes });

		expect((await views('')).body.code).toBe('REQUIRED_PARAM_MISSING');
		expect((await views('module=Leeds')).body.code).toBe('INVALID_MODULE');
		expect((await views('module=Leads')).status).toBe(204);
		expect((await views('module=Leads', withToken(access_token))).status).toBe(401);
	});
});
