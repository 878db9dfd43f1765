import { pageRequest, readPage } from '../../../nodes/ZohoCrmUnblockEmail/view/page';
import { failure } from '../../../nodes/zoho/failures';

const reply = (body: unknown, httpStatus = 200) => ({
	httpStatus,
	headers: {},
	body: typeof body === 'string' ? body : JSON.stringify(body),
});

const refusal = (code: string, message: string, details: object = {}, httpStatus = 400) =>
	readPage(reply({ code, message, details, status: 'error' }, httpStatus), { page: 1 });

describe('a call for a page', () => {
	const path = (place: { page: number; token?: string }) =>
		pageRequest({ module: 'Sales_Orders', id: '87501' }, place, { apiVersion: 'v8', timeout: 1 })
			.path;

	it('names the view, both fields, 200 a page, and the page by its number', () => {
		expect(path({ page: 10 })).toBe(
			'/crm/v8/Sales_Orders?cvid=87501&fields=Email,Secondary_Email&per_page=200&page=10',
		);
	});

	it('names the page by its token where it has one', () => {
		expect(path({ page: 11, token: 'a+b/c=' })).toBe(
			'/crm/v8/Sales_Orders?cvid=87501&fields=Email,Secondary_Email&per_page=200&page_token=a%2Bb%2Fc%3D',
		);
	});

	it('asks for JSON, and waits for as long as the node does', () => {
		const call = { apiVersion: 'v8', timeout: 7 };

		expect(pageRequest({ module: 'Leads', id: '1' }, { page: 1 }, call)).toMatchObject({
			method: 'GET',
			headers: { accept: 'application/json' },
			timeout: 7,
		});
	});

	it('says which scope it needs, by the name of the module in scopes', () => {
		const call = { apiVersion: 'v8', timeout: 1 };
		const scope = (module: string) => pageRequest({ module, id: '1' }, { page: 1 }, call).scope;

		expect(scope('Sales_Orders')).toContain('ZohoCRM.modules.salesorders.READ');
		expect(scope('CustomModule7')).toContain('ZohoCRM.modules.custom.READ');
	});
});

describe('a page', () => {
	const read = (info: object, page = 1, data: object[] = [{ id: '1', Email: 'a@b.c' }]) =>
		readPage(reply({ data, info }), { page });

	it('has its records, with the addresses that they have', () => {
		const data = [
			{ id: '1', Email: 'a@b.c', Secondary_Email: 'd@e.f' },
			{ id: '2', Email: null },
		];

		expect(read({ more_records: false }, 1, data)).toEqual({
			kind: 'page',
			records: [
				{ id: '1', email: 'a@b.c', secondaryEmail: 'd@e.f' },
				{ id: '2', email: null, secondaryEmail: null },
			],
			next: undefined,
		});
	});

	it('keeps all digits of an ID that comes without quotes', () => {
		const body =
			'{"data":[{"Email":"a@b.c","id":2423488000000575001}],"info":{"more_records":false}}';

		expect(readPage(reply(body), { page: 1 })).toMatchObject({
			records: [{ id: '2423488000000575001' }],
		});
	});

	it.each([
		[1, { page: 2 }],
		[9, { page: 10 }],
		[10, { page: 11, token: 'T' }],
		[11, { page: 12, token: 'T' }],
	])('after number %i comes %j', (page, next) => {
		const read200 = read({ more_records: true, next_page_token: 'T' }, page);

		expect(read200.kind === 'page' && read200.next).toEqual(next);
	});

	it('is asked for by its number where there is no token', () => {
		const { next } = {
			next: undefined,
			...read({ more_records: true, next_page_token: null }, 10),
		};

		expect(next).toStrictEqual({ page: 11 });
	});

	it('has none, and is the last, where the reply has no content', () => {
		expect(readPage(reply('', 204), { page: 3 })).toEqual({
			kind: 'page',
			records: [],
			next: undefined,
		});
	});

	it.each([
		['no info', { data: [] }],
		['no word on whether there are more', { data: [], info: {} }],
		['a record without an ID', { data: [{ Email: 'a@b.c' }], info: { more_records: false } }],
		[
			'one record without an ID',
			{ data: [{ id: '1' }, { id: '' }], info: { more_records: false } },
		],
		['nothing', {}],
		['no JSON', '<html>'],
		['no text', ''],
	])('that has %s cannot be read, and may be asked for again', (_, body) => {
		expect(readPage(reply(body), { page: 1 })).toMatchObject({
			kind: 'refused',
			failure: {
				reason: 'badResponse',
				transient: true,
				doubtful: false,
				message: expect.stringMatching(
					/^The custom view could not be read: .* it is not the JSON that/,
				),
				resolution: expect.stringContaining('nothing of the view was unblocked'),
			},
		});
	});

	it('that came with a redirect is none', () => {
		const body = { data: [], info: { more_records: false } };

		expect(readPage(reply(body, 300), { page: 1 }).kind).toBe('refused');
	});
});

describe('a refusal of a page', () => {
	it.each([
		['EXPIRED_VALUE', 'Page token expired', 'stale'],
		['TOKEN_BOUND_DATA_MISMATCH', 'The page_token given seems to be invalid', 'stale'],
		['PAGINATION_LIMIT_EXCEEDED', 'up to first 100000 records', 'cutOff'],
		['DISCRETE_PAGINATION_LIMIT_EXCEEDED', 'the first 2000 records', 'cutOff'],
		['INVALID_DATA', 'the cvid given seems to be invalid', 'refused'],
	])('%s, %s: the view is %s', (code, message, kind) => {
		expect(refusal(code, message).kind).toBe(kind);
	});

	it('that came with HTTP status 401 is known by its code all the same', () => {
		const known = failure('authenticationFailed', {
			code: 'TOKEN_BOUND_DATA_MISMATCH',
			message: 'The page_token given seems to be invalid',
		});

		expect(readPage(known, { page: 11 }).kind).toBe('stale');
	});

	it.each([
		['INVALID_DATA', { param_name: 'cvid' }, 'invalid data'],
		['INVALID_DATA', { api_name: 'cvid' }, 'invalid data'],
		['INVALID_DATA', {}, 'the cvid given seems to be invalid'],
	])('%s %j, "%s", says that there is no such view', (code, details, message) => {
		expect(refusal(code, message, details)).toMatchObject({
			failure: {
				reason: 'invalidRequest',
				retryable: false,
				resolution: expect.stringContaining('Choose the view from the list') as string,
			},
		});
	});

	it('says what Zoho objects to, and names the view for nothing else', () => {
		const data = refusal('INVALID_DATA', 'invalid data', { param_name: 'fields' });
		const module = refusal('INVALID_MODULE', 'no such module', { param_name: 'module' });

		expect(data).toMatchObject({
			failure: {
				reason: 'invalidRequest',
				code: 'INVALID_DATA',
				httpStatus: 400,
				message: 'The custom view could not be read: invalid data',
				resolution: expect.not.stringContaining('Choose the view'),
			},
		});
		expect(module).toMatchObject({ failure: { reason: 'invalidModule' } });
	});

	it('says of what Zoho does not hand out how to get at it', () => {
		expect(refusal('PAGINATION_LIMIT_EXCEEDED', 'up to 100000')).toMatchObject({
			failure: {
				reason: 'notAttempted',
				code: 'PAGINATION_LIMIT_EXCEEDED',
				message: 'Zoho hands out no more records of this custom view: up to 100000',
				resolution: expect.stringContaining('split the view in Zoho CRM'),
				httpStatus: 400,
			},
		});
	});

	it('LIMIT_EXCEEDED about a parameter is no limit of calls', () => {
		expect(
			refusal('LIMIT_EXCEEDED', 'too long', { param_name: 'fields', limit: 50 }),
		).toMatchObject({
			failure: { reason: 'invalidRequest', transient: false },
		});
	});

	it.each([
		['without a parameter', {}, 400],
		['with HTTP status 429', { param_name: 'fields' }, 429],
	])('LIMIT_EXCEEDED %s is one', (_, details, status) => {
		expect(refusal('LIMIT_EXCEEDED', 'too many', details, status)).toMatchObject({
			failure: { reason: 'rateLimited', transient: true },
		});
	});
});
