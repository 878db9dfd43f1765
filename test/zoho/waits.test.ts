import { quotaIn, retryAfterMs, tryAgainAfterMs } from '../../nodes/zoho/waits';
import { fc } from '../support/fc';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('the wait that Retry-After asks for', () => {
	it.each<[string, string | undefined, number | undefined]>([
		['seconds', '120', 120_000],
		['no seconds', '0', 0],
		['seconds with white space around', ' 7 ', 7_000],
		['an HTTP date', 'Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
		['an HTTP date that has passed', 'Thu, 01 Jan 2026 11:00:00 GMT', 0],
		['no header', undefined, undefined],
		['an empty header', '', undefined],
		['blanks', '  ', undefined],
		['a negative number', '-5', undefined],
		['a fraction', '1.5', undefined],
		['words', 'soon', undefined],
		['words with a number, which is no date', 'retry 5', undefined],
		['more seconds than anybody can mean', '9'.repeat(20), undefined],
	])('is read from %s', (_, header, ms) => {
		expect(retryAfterMs(header, NOW)).toBe(ms);
	});

	it('is undefined or a time that can be told, whatever the header holds', () => {
		const header = fc.oneof(
			fc.string(),
			fc.stringMatching(/^\d{1,30}$/),
			fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
			fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
		);
		fc.assert(
			fc.property(header, (text) => {
				const ms = retryAfterMs(text, NOW);

				if (ms === undefined) return;
				expect(ms).toBeGreaterThanOrEqual(0);
				expect(() => new Date(NOW + ms).toISOString()).not.toThrow();
			}),
			{ numRuns: 500 },
		);
	});
});

describe('the wait that a message of the throttle states', () => {
	it.each<[string, number | undefined]>([
		['Cannot execute more than 100 requests. Try again after 22 minutes.', 22 * 60_000],
		['try again AFTER 1 Minute', 60_000],
		['Try again after 45 seconds.', 45_000],
		['Try again after 2 hours', 7_200_000],
		['Try again after sometime.', undefined],
		['Try again after 2 days.', undefined],
		['', undefined],
	])('is read from "%s"', (message, ms) => {
		expect(tryAgainAfterMs(message)).toBe(ms);
	});
});

describe('what is left of a limit', () => {
	const limit = (remaining: unknown, retryAfter: unknown) => ({
		duration: 300,
		'remaining-count': remaining,
		'retry-after': retryAfter,
	});

	it('is read from the limit with the fewest calls left, and of two such the longer wait', () => {
		const header = JSON.stringify([limit(9, 10), limit(2, 60), limit(2, 90), limit(5, 300)]);

		expect(quotaIn(header)).toEqual({ remaining: 2, retryAfterMs: 90_000 });
	});

	it('shuts no account for longer than a day', () => {
		expect(quotaIn(JSON.stringify([limit(0, 90_000)]))?.retryAfterMs).toBe(86_400_000);
	});

	it('may be in text', () => {
		expect(quotaIn(JSON.stringify([limit('0', '17')]))).toEqual({
			remaining: 0,
			retryAfterMs: 17_000,
		});
	});

	it.each<[string, string | undefined]>([
		['no header', undefined],
		['no JSON', 'soon'],
		['an empty list', '[]'],
		['an object', JSON.stringify(limit(1, 10))],
		['a limit without numbers', JSON.stringify([limit('few', 'soon'), null, {}])],
		['a negative count', JSON.stringify([limit(-1, 10)])],
		['a wait of nothing', JSON.stringify([limit(0, 0)])],
	])('is not told by %s', (_, header) => {
		expect(quotaIn(header)).toBeUndefined();
	});
});
