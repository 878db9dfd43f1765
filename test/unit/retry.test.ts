import fc from 'fast-check';

import { backoffMs, LONGEST_WAIT_MS, retryAfterMs, tryAgainAfterMs } from '../../nodes/zoho/retry';

const seed = Math.floor(Math.random() * 2 ** 31);
fc.configureGlobal({ seed });

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('the pause before a retry', () => {
	it('doubles with each attempt', () => {
		expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 1000, 0.5))).toEqual([
			500, 1000, 2000, 4000,
		]);
	});

	it('lies anywhere between nothing and its upper end', () => {
		expect(backoffMs(2, 1000, 0)).toBe(0);
		expect(backoffMs(2, 1000, 0.999)).toBeCloseTo(3996);
	});

	it('is none where the delay is none', () => {
		expect(backoffMs(5, 0, 0.9)).toBe(0);
	});

	it(`never leaves its bounds, however often and long (seed ${seed})`, () => {
		fc.assert(
			fc.property(
				fc.nat(500),
				fc.double({ min: 0, max: 1e300, noNaN: true }),
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				(attempt, base, random) => {
					const wait = backoffMs(attempt, base, random);

					expect(wait).toBeGreaterThanOrEqual(0);
					expect(wait).toBeLessThanOrEqual(LONGEST_WAIT_MS);
					expect(wait).toBeLessThanOrEqual(base * 2 ** attempt);
				},
			),
			{ numRuns: 5000 },
		);
	});
});

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

	it(`is undefined or a time that can be told, whatever the header holds (seed ${seed})`, () => {
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
			{ numRuns: 5000 },
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
		['', undefined],
	])('is read from "%s"', (message, ms) => {
		expect(tryAgainAfterMs(message)).toBe(ms);
	});
});
