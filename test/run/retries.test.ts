import { backoffMs, LONGEST_WAIT_MS, pauseBeforeRetry } from '../../nodes/run/retries';
import { fc } from '../support/fc';

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

	it('never leaves its bounds, however often and long', () => {
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
			{ numRuns: 300 },
		);
	});
});

describe('whether a call is made again', () => {
	const settings = { maxRetries: 3, retryDelay: 1000 };
	const pauses = (askedMs?: number, maxRetries = settings.maxRetries) =>
		[1, 2, 3, 4, 5].map((tries) =>
			pauseBeforeRetry(tries, { ...settings, maxRetries }, askedMs, 0.5),
		);

	it('depends on the retries that are left: each comes after a pause twice as long', () => {
		expect(pauses()).toEqual([500, 1000, 2000, undefined, undefined]);
	});

	it('is decided by the first failure where no retry is allowed', () => {
		expect(pauses(undefined, 0)[0]).toBeUndefined();
	});

	it('leaves the pause to Zoho where it asks for one, which may be none', () => {
		expect(pauses(7_000)).toEqual([7_000, 7_000, 7_000, undefined, undefined]);
		expect(pauses(0)[0]).toBe(0);
	});

	it('is no where Zoho asks for a longer wait than an hour', () => {
		expect(pauses(3_600_000)[0]).toBe(3_600_000);
		expect(pauses(3_600_001)[0]).toBeUndefined();
	});
});
