import { clock, doNotMail, MINUTE, until, useFakeZoho, zoho } from '../client';
import { PUBLISHED_LIMIT } from '../throttle';
import { THROTTLE_WORDS } from '../throttleFilter';

useFakeZoho();

describe('a call into the lock', () => {
	const lockedAnswer = async () => {
		zoho.campaigns.limit.calls = 0;
		return await doNotMail('a@b.c');
	};

	it.each([
		['throttle400', 400, 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED'],
		['throttle200', 200, 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED'],
		['internalError400', 400, '"message":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"'],
		['internalError200', 200, '"message":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"'],
		['internalError429', 429, '"message":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"'],
		['cause400', 400, '"cause":"throttles_limit_exceeded"'],
		['cause200', 200, '"cause":"throttles_limit_exceeded"'],
		['429', 429, 'Too Many Requests'],
		['2008', 200, '"Code":"2008"'],
	] as const)('is told as %s', async (lockStyle, status, words) => {
		zoho.campaigns.lockStyle = lockStyle;
		const answer = await lockedAnswer();
		expect(answer.status).toBe(status);
		expect(answer.text).toContain(words);
		expect(answer.headers.has('retry-after')).toBe(false);
	});

	it('may carry Retry-After in whole seconds or as a date, rounded up', async () => {
		zoho.campaigns.limit.lockMs = 2500;
		zoho.campaigns.retryAfter = true;
		expect((await lockedAnswer()).headers.get('retry-after')).toBe('3');
		zoho.campaigns.retryAfter = 'date';
		expect((await lockedAnswer()).headers.get('retry-after')).toBe(
			new Date(clock.now + 3000).toUTCString(),
		);
	});

	it('names no time where the scaled ones are no whole minutes', async () => {
		Object.assign(zoho.campaigns.limit, { windowMs: 3000, lockMs: 18_000 });
		const { text } = await lockedAnswer();
		expect(text).toContain('Cannot execute more than 0 requests per API in the permitted time.');
		expect(text).toContain('Try again after sometime.');
	});

	it.each(THROTTLE_WORDS)('is told by the filter’s word %s', async (word) => {
		zoho.campaigns.throttleWord = word;
		expect(await lockedAnswer()).toMatchObject({ status: 400, body: { error: { title: word } } });
		zoho.campaigns.lockStyle = 'internalError200';
		expect(await lockedAnswer()).toMatchObject({ status: 200, body: { message: word } });
		expect(zoho.campaigns.locks).toBe(1);
	});

	it('says when to try again, except where a person must look', async () => {
		zoho.campaigns.lockStyle = 'cause400';
		expect((await lockedAnswer()).body).toEqual({
			status_code: 400,
			cause: 'throttles_limit_exceeded',
			localized_message:
				'Cannot execute more than 0 requests per API in 5 minutes. Try again after 30 minutes.',
		});
		zoho.campaigns.throttleWord = 'HIP_REQUIRED';
		expect((await lockedAnswer()).text).not.toContain('minutes');
	});
});

describe('a call that finds too many others open', () => {
	it('is refused as LIVE, without a lock, and does not count', async () => {
		zoho.campaigns.concurrencyLimit = 2;
		zoho.campaigns.limit.calls = 1;
		zoho.fault({ hang: true, times: 2 });
		const abort = new AbortController();
		const hanging = ['a@b.c', 'd@e.f'].map((address) =>
			doNotMail(address, { signal: abort.signal }).catch((error: unknown) => error),
		);
		await until(() => zoho.requests.length === 2);
		expect(await doNotMail('g@h.i')).toMatchObject({
			status: 400,
			body: {
				error: {
					title: 'URL_LIVE_THROTTLES_LIMIT_EXCEEDED',
					details: { message: 'Cannot execute more than 2 requests at a time.' },
				},
			},
		});
		abort.abort();
		await Promise.all(hanging);
		await until(() => zoho.requests.every(({ endedAt }) => endedAt !== undefined));
		expect((await doNotMail('g@h.i')).body.code).toBe('0');
		expect(zoho.campaigns).toMatchObject({ locks: 0, refusedCalls: 0 });
	});
});

describe('X-Rate-Limit', () => {
	/** `remaining-count` and `retry-after` as a call’s reply tells them. */
	const told = async () => {
		const { headers } = await doNotMail('a@b.c');
		const [{ duration, ...rest }] = JSON.parse(headers.get('x-rate-limit') ?? '');
		expect(duration).toBe(300);
		expect(Object.keys(rest)).toEqual(['remaining-count', 'retry-after']);
		return Object.values(rest);
	};

	beforeEach(() => {
		zoho.campaigns.rateLimitHeader = true;
		zoho.campaigns.limit = { ...PUBLISHED_LIMIT, calls: 2 };
	});

	it('tells how a rolling window stands, and the lock', async () => {
		expect(await told()).toEqual([1, 0]);
		clock.now += MINUTE - 500;
		expect(await told()).toEqual([0, 241]);
		expect(await told()).toEqual([0, 1800]);
		clock.now += 29 * MINUTE;
		expect(await told()).toEqual([0, 60]);
		clock.now += MINUTE;
		expect(await told()).toEqual([1, 0]);
	});

	it('tells when a fixed window ends, though the lock is over before', async () => {
		zoho.campaigns.limit = { calls: 1, windowMs: 5 * MINUTE, lockMs: MINUTE, kind: 'fixed' };
		clock.now += 2 * MINUTE;
		expect(await told()).toEqual([0, 180]);
		expect(await told()).toEqual([0, 180]);
		clock.now += MINUTE;
		expect(await told()).toEqual([0, 120]);
		clock.now += 2 * MINUTE;
		expect(await told()).toEqual([0, 300]);
	});

	it('is not sent unless asked for', async () => {
		zoho.campaigns.rateLimitHeader = false;
		expect((await doNotMail('a@b.c')).headers.has('x-rate-limit')).toBe(false);
	});
});
