import { unblock, until, useFakeZoho, zoho } from '../client';
import { THROTTLE_WORDS, throttleReply } from '../throttleFilter';

useFakeZoho();

describe('too many open calls', () => {
	it('are refused until others have ended', async () => {
		zoho.crm.concurrencyLimit = 2;
		zoho.crm.add('Leads', ['1', '2', '3']);
		zoho.fault({ hang: true, times: 2 });
		const abort = new AbortController();
		const hanging = ['1', '2'].map((id) =>
			unblock([id], { signal: abort.signal }).catch((error: unknown) => error),
		);
		await until(() => zoho.requests.length === 2);
		expect(await unblock(['9'])).toMatchObject({
			status: 429,
			body: { code: 'TOO_MANY_REQUESTS', status: 'error' },
		});
		zoho.crm.concurrencyLimit = 3;
		expect((await unblock(['3'])).status).toBe(200);
		zoho.crm.concurrencyLimit = 1;
		abort.abort();
		await Promise.all(hanging);
		await until(() => zoho.requests.slice(0, 2).every(({ endedAt }) => endedAt !== undefined));
		zoho.crm.add('Leads', '4');
		expect((await unblock(['4'])).status).toBe(200);
		expect(zoho.maxInFlight('unblock')).toBe(3);
	});

	const refused = async () => {
		zoho.crm.concurrencyLimit = 0;
		return await unblock(['1']);
	};

	it.each(['URL_LIVE_THROTTLES_LIMIT_EXCEEDED', 'HIP_REQUIRED'] as const)(
		'may be refused by the throttle filter, with %s',
		async (word) => {
			zoho.crm.throttleWord = word;
			zoho.crm.tooManyStyle = 'throttle400';
			expect(await refused()).toMatchObject({ status: 400, body: { error: { title: word } } });
			zoho.crm.tooManyStyle = 'internalError200';
			expect(await refused()).toMatchObject({
				status: 200,
				body: { code: 'INTERNAL_ERROR', message: word },
			});
		},
	);

	it('are refused by the filter as LIVE unless told otherwise', async () => {
		zoho.crm.tooManyStyle = 'internalError429';
		expect(await refused()).toMatchObject({ status: 429, body: { message: THROTTLE_WORDS[3] } });
	});
});

describe('the throttle filter before the CRM', () => {
	it.each(THROTTLE_WORDS)('may be played by a fault that says %s', async (word) => {
		zoho.crm.add('Leads', '1');
		zoho.fault({ kind: 'unblock', ...throttleReply('internalError400', word, 'Too much.') });
		expect(await unblock(['1'])).toMatchObject({
			status: 400,
			body: { code: 'INTERNAL_ERROR', message: word },
		});
		expect(zoho.crm.get('Leads', '1')?.email).toBe('soft');
		expect((await unblock(['1'])).status).toBe(200);
	});
});

describe('the credits', () => {
	it('are told after each call, good or bad, and end at none', async () => {
		zoho.crm.add('Leads', '1');
		zoho.crm.creditsRemaining = 3;
		const left = async () => (await unblock(['1'])).headers.get('x-api-credits-remaining');
		expect([await left(), await left(), await left(), await left()]).toEqual(['2', '1', '0', '0']);
	});

	it('are not told unless asked for', async () => {
		expect((await unblock(['1'])).headers.has('x-api-credits-remaining')).toBe(false);
	});
});

describe('too many ids', () => {
	it('are more than 500', async () => {
		const ids = Array.from({ length: 501 }, (_, index) => String(index));
		zoho.crm.add('Leads', ids);
		const tooMany = await unblock(ids);
		expect(tooMany.status).toBe(400);
		expect(tooMany.body).toMatchObject({
			code: 'LIMIT_EXCEEDED',
			details: { maximum_length: 500 },
		});
		expect((await unblock(ids.slice(1))).status).toBe(200);
	});

	it.each([5, 100])('may be more than %i, as others of Zoho’s sources have it', async (maxIds) => {
		zoho.crm.maxIds = maxIds;
		const ids = Array.from({ length: maxIds + 1 }, (_, index) => String(index));
		zoho.crm.add('Leads', ids);
		expect((await unblock(ids)).body.details).toMatchObject({ maximum_length: maxIds });
		expect((await unblock(ids.slice(1))).status).toBe(200);
	});

	it.each([
		[
			'limitExceeded',
			'LIMIT_EXCEEDED',
			{ maximum_length: 5, api_name: 'ids', json_path: '$.ids' },
			/^[^\d]*$/,
		],
		[
			'invalidData',
			'INVALID_DATA',
			{ maximum_length: 5, api_name: 'ids', json_path: '$.ids' },
			/^[^\d]*$/,
		],
		['inMessage', 'LIMIT_EXCEEDED', {}, /^Only 5 ids are allowed/],
		['unstated', 'LIMIT_EXCEEDED', {}, /^[^\d]*$/],
	] as const)('are refused in the way %s', async (sizeRefusal, code, details, message) => {
		Object.assign(zoho.crm, { maxIds: 5, sizeRefusal });
		const { status, body } = await unblock(['1', '2', '3', '4', '5', '6']);
		expect(status).toBe(400);
		expect(body).toEqual({
			code,
			details,
			message: expect.stringMatching(message),
			status: 'error',
		});
	});
});
