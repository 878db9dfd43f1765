import { classify, refusalIn, unreadable } from '../../nodes/zoho/refusals';

const SERVICES = ['crm', 'campaigns'] as const;

describe('an HTTP status without words', () => {
	it.each([
		[200, 'invalidRequest'],
		[299, 'invalidRequest'],
		[300, 'badResponse'],
		[399, 'badResponse'],
		[400, 'invalidRequest'],
		[401, 'authenticationFailed'],
		[403, 'noPermission'],
		[407, 'networkError'],
		[408, 'serverError'],
		[425, 'serverError'],
		[429, 'rateLimited'],
		[499, 'invalidRequest'],
		[500, 'serverError'],
	])('%i means %s', (httpStatus, reason) => {
		for (const service of SERVICES) {
			const found = classify(service, { code: '', message: '' }, { httpStatus });
			expect(found).toMatchObject({ reason, code: `HTTP_${httpStatus}`, httpStatus });
			expect(found.message).toBe(`Zoho answered with HTTP status ${httpStatus}.`);
			expect(found.reach).not.toBe('unclear');
		}
	});
});

describe('a refusal that no page lists', () => {
	const reachOf = (service: (typeof SERVICES)[number], httpStatus: number) =>
		classify(service, { code: 'NEW', message: 'New.' }, { httpStatus }).reach;

	it.each([200, 400, 403, 422, 499])('may be about one record of a CRM call (%i)', (status) => {
		expect(reachOf('crm', status)).toBe('unclear');
	});

	it.each([401, 404, 405, 407, 408, 413, 415, 425, 429, 500])(
		'is about none of them where its status is %i',
		(status) => {
			expect(reachOf('crm', status)).not.toBe('unclear');
		},
	);

	it('is about the one address that a call to Campaigns has', () => {
		expect(reachOf('campaigns', 400)).toBe('record');
		expect(reachOf('campaigns', 404)).toBe('call');
	});

	it('of which only the message is there is no riddle either', () => {
		const found = classify('crm', { code: '', message: 'New.' }, { httpStatus: 400 });
		expect(found).toMatchObject({ reach: 'call', code: 'HTTP_400', message: 'New.' });
	});
});

describe('the wait of a refusal', () => {
	const waitOf = (message: string, retryAfterMs?: number) =>
		classify(
			'campaigns',
			{ code: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED', message },
			{ httpStatus: 400, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
		);

	it('is that of its header, else that of its message, and may be none', () => {
		expect(waitOf('Try again after 2 minutes.', 5_000).waitMs).toBe(5_000);
		expect(waitOf('Try again after 2 minutes.').waitMs).toBe(120_000);
		expect(waitOf('Slow down.')).not.toHaveProperty('waitMs');
	});
});

describe('a reply that is not of Zoho', () => {
	const read = (httpStatus: number, body: string, service: (typeof SERVICES)[number] = 'crm') =>
		unreadable(service, { httpStatus, body, headers: {} });

	it('and asks for a login is of a proxy, and the call has not gone out', () => {
		const found = read(407, '<html>login</html>');
		expect(found).toMatchObject({
			reason: 'networkError',
			code: 'HTTP_407',
			httpStatus: 407,
			doubtful: false,
			message: expect.stringContaining('A proxy on the way to Zoho refused the call'),
			resolution: expect.stringContaining('HTTPS_PROXY'),
		});
	});

	it.each([
		[200, '<html>Welcome</html>'],
		[399, 'moved'],
		[400, '{"code": "INVAL'],
		[403, ' \n\n[{"code'],
		[499, '<response><code>'],
		[404, `<response>${' '.repeat(1000)}<html>`],
	])('though it says %i, or was cut off (%j), leaves open what was done', (status, body) => {
		expect(read(status, body)).toMatchObject({
			reason: 'badResponse',
			code: 'BAD_RESPONSE',
			httpStatus: status,
			doubtful: true,
		});
	});

	it.each([
		['crm', 'it is not the JSON that it should be.'],
		['campaigns', 'it is not the JSON or XML that it should be.'],
	] as const)('says what %s would have sent', (service, words) => {
		expect(read(200, 'moved', service).message).toBe(
			`Zoho's reply (HTTP status 200) cannot be read: ${words}`,
		);
	});

	it.each([
		['a page', '<html><h1>Forbidden</h1></html>'],
		['a page in capitals', '\n<!DOCTYPE HTML><HTML>'],
		['a page behind much of its own', `<div>${' '.repeat(900)}<html>`],
		['words', 'Forbidden [1]'],
	])('and refuses with %s names who else may have answered', (_, body) => {
		const found = read(403, body);
		const zohos = classify('crm', { code: '', message: '' }, { httpStatus: 403 });

		expect(found).toMatchObject({
			reason: 'noPermission',
			httpStatus: 403,
			message: "HTTP status 403 came with a reply that is not Zoho's.",
		});
		expect(found.resolution).toBe(
			`A proxy or a firewall on the way may have answered in place of Zoho. If not: ${zohos.resolution}`,
		);
	});

	it.each([
		[400, ''],
		[403, ' \n '],
		[429, '{"code": "TOO'],
		[429, '<html>Slow down</html>'],
		[500, '{"code": "INTERNAL'],
		[502, '<html>Bad Gateway</html>'],
	])('says what its status says where that is all (%i, %j)', (httpStatus, body) => {
		const plain = classify('crm', { code: '', message: '' }, { httpStatus });
		expect(read(httpStatus, body)).toEqual(plain);
	});
});

describe('the words of a refusal', () => {
	it.each<[string, object, object]>([
		[
			'the code, before the cause',
			{ code: 'C', cause: 'K', message: 'M' },
			{ code: 'C', message: 'M' },
		],
		['the cause in place of a code', { cause: 'K', message: 'M' }, { code: 'K', message: 'M' }],
		['a code alone', { code: 'C' }, { code: 'C', message: '' }],
		['a message alone', { message: 'M' }, { code: '', message: 'M' }],
		['a title without details', { error: { title: 'T' } }, { code: 'T', message: '' }],
		[
			'the first word of the throttle',
			{ code: 'URL_LIVE_THROTTLES_LIMIT_EXCEEDED', cause: 'THROTTLES_LIMIT_EXCEEDED' },
			{ code: 'URL_LIVE_THROTTLES_LIMIT_EXCEEDED', message: '' },
		],
		[
			'the word of the throttle in the message',
			{ code: 'C', message: 'URL_LIVE_THROTTLES_LIMIT_EXCEEDED', cause: 'HIP_REQUIRED' },
			{ code: 'C', message: 'URL_LIVE_THROTTLES_LIMIT_EXCEEDED' },
		],
	])('are %s', (_, body, refusal) => {
		expect(refusalIn(body)).toEqual(refusal);
		expect(refusalIn({ response: body })).toEqual('error' in body ? undefined : refusal);
	});
});
