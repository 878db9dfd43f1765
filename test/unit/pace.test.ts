/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import fc from 'fast-check';

import { fault, type Fault, type Reason } from '../../nodes/zoho/errors';
import { inParallel, isTransient, pause, withRetries, type Try } from '../../nodes/zoho/pace';

const seed = Math.floor(Math.random() * 2 ** 31);
fc.configureGlobal({ seed });

// Every clock in here is jest's: no test waits, and none depends on the machine.
beforeEach(() => {
	jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
	jest.useRealTimers();
});

const sleep = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Lets the clock run until the work is done. */
async function played<T>(work: Promise<T>): Promise<T> {
	let over = false;
	const end = () => {
		over = true;
	};
	work.then(end, end);
	while (!over) await jest.advanceTimersByTimeAsync(10);
	return await work;
}

interface Plan {
	/** How long each call takes, in ms. */
	calls: number[];
	parallel?: number;
	intervalMs?: number;
	stopAt?: number;
}

/** Runs calls of the given lengths, and tells when each began and the most that were open at once. */
async function play({ calls, parallel = 5, intervalMs = 0, stopAt = Infinity }: Plan) {
	const starts: number[] = [];
	const ends: number[] = [];
	let open = 0;
	let mostOpen = 0;
	const queue = [...calls];
	await played(
		inParallel({
			next: () => {
				const length = queue.shift();
				if (length === undefined) return undefined;
				return async () => {
					starts.push(Date.now());
					mostOpen = Math.max(mostOpen, ++open);
					await sleep(length);
					open--;
					ends.push(Date.now());
				};
			},
			parallel: () => parallel,
			intervalMs: () => intervalMs,
			stopped: () => Date.now() >= stopAt,
		}),
	);
	return { starts, ends, mostOpen };
}

describe('calls in parallel', () => {
	it('begin with one alone, then as many as are allowed', async () => {
		const { starts, mostOpen } = await play({ calls: Array<number>(11).fill(100), parallel: 5 });

		expect(starts).toEqual([0, 100, 100, 100, 100, 100, 200, 200, 200, 200, 200]);
		expect(mostOpen).toBe(5);
	});

	it('follow as soon as one of them has ended', async () => {
		const { starts } = await play({ calls: [10, 300, 100, 50, 50], parallel: 2 });

		expect(starts).toEqual([0, 10, 10, 110, 160]);
	});

	it('keep one under way where fewer than one are allowed', async () => {
		const { starts, mostOpen } = await play({ calls: [10, 10, 10], parallel: 0 });

		expect(starts).toEqual([0, 10, 20]);
		expect(mostOpen).toBe(1);
	});

	it('start an interval apart at the least', async () => {
		const { starts } = await play({ calls: [10, 500, 10, 10], parallel: 5, intervalMs: 250 });

		expect(starts).toEqual([0, 250, 500, 750]);
	});

	it('do not wait for an interval that has passed meanwhile', async () => {
		const { starts } = await play({ calls: [400, 400, 400], parallel: 1, intervalMs: 250 });

		expect(starts).toEqual([0, 400, 800]);
	});

	it('start no more once the run is stopped, and end those under way', async () => {
		const { starts, ends } = await play({ calls: [100, 500, 500, 500], parallel: 2, stopAt: 150 });

		expect(starts).toEqual([0, 100, 100]);
		expect(ends).toEqual([100, 600, 600]);
	});

	it('give up an interval within a second once the run is stopped', async () => {
		await play({ calls: [10, 10], intervalMs: 3_600_000, stopAt: 5_000 });

		expect(Date.now()).toBeLessThan(6_000);
	});

	it('are asked for again after each end where there was none before', async () => {
		const order: string[] = [];
		let unlocked = false;
		await played(
			inParallel({
				next: () => {
					if (order.length === 0) {
						order.push('first');
						return async () => {
							await sleep(10);
							unlocked = true;
						};
					}
					if (!unlocked || order.length > 1) return undefined;
					order.push('second');
					return async () => await sleep(10);
				},
				parallel: () => 5,
				intervalMs: () => 0,
				stopped: () => false,
			}),
		);

		expect(order).toEqual(['first', 'second']);
	});

	it(`all end, each once, never too many at a time or too close (seed ${seed})`, async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 15 }),
				fc.integer({ min: 1, max: 10 }),
				fc.constantFrom(0, 0, 15, 40),
				async (calls, parallel, intervalMs) => {
					const { starts, ends, mostOpen } = await play({ calls, parallel, intervalMs });

					expect(starts).toHaveLength(calls.length);
					expect(ends).toHaveLength(calls.length);
					expect(mostOpen).toBeLessThanOrEqual(parallel);
					const gaps = starts.slice(1).map((start, i) => start - (starts[i] ?? 0));
					expect(Math.min(...gaps, Infinity)).toBeGreaterThanOrEqual(intervalMs);
					if (calls.length > 1) expect(starts[1]).toBeGreaterThanOrEqual(calls[0] ?? 0);
				},
			),
			{ numRuns: 500 },
		);
	});
});

describe('a pause', () => {
	it('lasts as long as it was asked to', async () => {
		let over = -1;
		const pausing = pause(1_234, () => false).then(() => (over = Date.now()));
		await jest.advanceTimersByTimeAsync(1_233);
		expect(over).toBe(-1);
		await jest.advanceTimersByTimeAsync(1);
		await pausing;

		expect(over).toBe(1_234);
	});

	it('of nothing, or less, is none', async () => {
		await pause(0, () => false);
		await pause(-5, () => false);

		expect(jest.getTimerCount()).toBe(0);
	});

	it('ends within a second of being woken', async () => {
		const pausing = pause(3_600_000, () => Date.now() >= 10_000);
		await played(pausing);

		expect(Date.now()).toBeLessThan(11_000);
	});
});

describe('a call that is tried again', () => {
	const settings = { maxRetries: 3, retryDelay: 1000 };
	const busy = fault('serverError', { message: 'Busy.' });

	/** Plays the tries given, the last of them over and over; tells when each was made. */
	async function tries(
		plays: Array<Try<string>>,
		{ stopAt = Infinity, maxRetries = settings.maxRetries } = {},
	) {
		const at: number[] = [];
		const waits: Array<[Fault, number]> = [];
		const result = await played(
			withRetries({
				...settings,
				maxRetries,
				stopped: () => Date.now() >= stopAt,
				attempt: async (before) => {
					expect(before).toBe(at.length);
					at.push(Date.now());
					return plays[Math.min(before, plays.length - 1)]!;
				},
				beforeWait: (transient, waitMs) => waits.push([transient, waitMs]),
			}),
		);
		return { result, at, waits };
	}
	const fails = (result: string, retryAfterMs?: number) => ({
		result,
		transient: busy,
		retryAfterMs,
	});

	beforeEach(() => {
		jest.spyOn(Math, 'random').mockReturnValue(0.5);
	});
	afterEach(() => {
		jest.restoreAllMocks();
	});

	it('is made once where it succeeds', async () => {
		expect(await tries([{ result: 'ok' }])).toEqual({ result: 'ok', at: [0], waits: [] });
	});

	it('is repeated after pauses that double, each told of before it begins', async () => {
		const { result, at, waits } = await tries([fails('a'), fails('b'), { result: 'ok' }]);

		expect(result).toBe('ok');
		expect(at).toEqual([0, 500, 1500]);
		expect(waits).toEqual([
			[busy, 500],
			[busy, 1000],
		]);
	});

	it('ends in its last result once the retries are used up', async () => {
		const { result, at } = await tries([fails('first'), fails('last')], { maxRetries: 2 });

		expect(result).toBe('last');
		expect(at).toHaveLength(3);
	});

	it('is not repeated where no retry is allowed', async () => {
		expect((await tries([fails('a')], { maxRetries: 0 })).at).toEqual([0]);
	});

	it('waits as long as Zoho asks, which may be nothing', async () => {
		const { at } = await tries([fails('a', 7_000), fails('b', 0), { result: 'ok' }]);

		expect(at).toEqual([0, 7_000, 7_000]);
	});

	it('is given up where Zoho asks for a longer wait than an hour', async () => {
		const { result, at, waits } = await tries([fails('a', 3_600_001)]);

		expect(result).toBe('a');
		expect(at).toEqual([0]);
		expect(waits).toEqual([]);
	});

	it('is given up within a second once the run is over', async () => {
		const { result, at } = await tries([fails('a', 3_000_000)], { stopAt: 10_000 });

		expect(result).toBe('a');
		expect(at).toEqual([0]);
		expect(Date.now()).toBeLessThan(11_000);
	});

	it('is held back after its pause for as long as nothing may be sent', async () => {
		const at: number[] = [];
		await played(
			withRetries({
				...settings,
				stopped: () => false,
				attempt: async (before) => {
					at.push(Date.now());
					return before === 0 ? fails('a', 100) : { result: 'ok' };
				},
				beforeWait: () => {},
				ready: () => Date.now() >= 5_000,
			}),
		);

		expect(at).toHaveLength(2);
		expect(at[1]).toBeGreaterThanOrEqual(5_000);
		expect(at[1]).toBeLessThan(6_000);
	});

	it.each<[Reason, boolean]>([
		['rateLimited', true],
		['serverError', true],
		['networkError', true],
		['badResponse', true],
		['authenticationFailed', false],
		['scopeMismatch', false],
		['invalidRequest', false],
		['noPermission', false],
		['recordNotFound', false],
		['alreadyUnblocked', false],
		['notAttempted', false],
	])('failed for %s: worth another try, %s', (reason, worth) => {
		expect(isTransient(fault(reason, { message: '' }))).toBe(worth);
	});
});
