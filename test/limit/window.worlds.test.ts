import type { Limit } from '../fake-zoho/throttle';
import { fc } from '../support/fc';
import { fullestWindow, play, within } from './windowWorld';

const limitsArbitrary = fc.record({
	callsPerWindow: fc.integer({ min: 1, max: 25 }),
	windowMs: fc.integer({ min: 1, max: 5_000 }),
	longestCallMs: fc.constant(7_000),
});
const runArbitrary = fc.record({
	addresses: fc.integer({ min: 1, max: 60 }),
	parallel: fc.integer({ min: 1, max: 10 }),
	startAt: fc.integer({ min: 0, max: 10_000 }),
	diesAt: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: Infinity, freq: 4 }),
	stopsAt: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: Infinity, freq: 4 }),
});
const worldArbitrary = fc.record({
	runs: fc.array(runArbitrary, { minLength: 1, maxLength: 5 }),
	limits: limitsArbitrary,
	latencies: fc.array(fc.integer({ min: 0, max: 7_000 }), { minLength: 1, maxLength: 20 }),
	arrivals: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 }),
	gridOffset: fc.integer({ min: 0, max: 5_000 }),
});

describe('the window', () => {
	it('never lets a window hold more than the budget, whatever the latencies, runs, deaths and stops', () => {
		fc.assert(
			fc.property(worldArbitrary, (world) => {
				const { calls } = play(world);
				const { windowMs, callsPerWindow } = world.limits;
				expect(fullestWindow(calls, windowMs)).toBeLessThanOrEqual(callsPerWindow);
			}),
			{ numRuns: 150 },
		);
	});

	it.each(['rolling', 'fixed'] as const)(
		'never meets the lock of a server with %s windows',
		(kind) => {
			fc.assert(
				fc.property(worldArbitrary, (world) => {
					const { callsPerWindow: calls, windowMs } = world.limits;
					const server = { calls, windowMs, lockMs: 60_000, kind };
					expect(play({ ...world, server }).server!.locks).toBe(0);
				}),
				{ numRuns: 100 },
			);
		},
	);

	it('keeps to the strictest limits of the runs present when they differ', () => {
		const run = fc.record({
			addresses: fc.integer({ min: 1, max: 30 }),
			parallel: fc.integer({ min: 1, max: 10 }),
			startAt: fc.integer({ min: 0, max: 5_000 }),
			limits: limitsArbitrary,
		});
		const runs = fc.array(run, { minLength: 2, maxLength: 4 });
		fc.assert(
			fc.property(runs, worldArbitrary, (mixed, world) => {
				const { calls, finishedAt } = play({ ...world, runs: mixed });
				mixed.forEach(({ limits, startAt }, index) => {
					for (const { start } of calls) {
						if (start <= startAt || start >= finishedAt[index]!) continue;
						const since = Math.max(startAt, start - limits.windowMs);
						const taken = calls.filter((call) => call.start <= start && call.end >= since);
						expect(taken.length).toBeLessThanOrEqual(limits.callsPerWindow);
					}
				});
			}),
			{ numRuns: 100 },
		);
	});

	it('brings every run that lives to its end, each address sent once', () => {
		fc.assert(
			fc.property(worldArbitrary, (world) => {
				const { calls, finishedAt } = play(world);
				world.runs.forEach(({ addresses, diesAt, stopsAt }, index) => {
					if (Math.min(diesAt, stopsAt) < Infinity) return;
					expect(finishedAt[index]).toBeLessThan(Infinity);
					expect(calls.filter(({ run }) => run === index)).toHaveLength(addresses);
				});
			}),
			{ numRuns: 100 },
		);
	});

	it('remembers no more calls than the budget has slots', () => {
		fc.assert(
			fc.property(worldArbitrary, (world) => {
				const most = world.limits.callsPerWindow + world.runs.length;
				expect(play(world).mostRemembered).toBeLessThanOrEqual(most);
			}),
			{ numRuns: 50 },
		);
	});

	it.each([3, 40, 400])(
		'sends 1,500 addresses in the best possible time at %i ms a call',
		(latency) => {
			const limits = { callsPerWindow: 490, windowMs: 3_000, longestCallMs: 60_000 };
			for (const kind of ['rolling', 'fixed'] as const) {
				const server = { calls: 500, windowMs: 3_000, lockMs: 20_000, kind };
				const runs = [{ addresses: 1_500, parallel: 5 }];
				const played = play({ runs, limits, latencies: [latency], server });
				const best = Math.max(3 * 3_000, (1_500 / 5) * latency);
				expect(played.server!.locks).toBe(0);
				expect(played.time / best).toBeLessThan(1.01);
			}
		},
	);

	it.each([2, 5])(
		'keeps %i runs at once as quick as the windows allow, without a lock',
		(count) => {
			for (const latency of [3, 40, 400]) {
				const runs = Array.from({ length: count }, () => ({ addresses: 1_500, parallel: 5 }));
				const limits = { callsPerWindow: 490, windowMs: 3_000, longestCallMs: 60_000 };
				const server: Limit = { calls: 500, windowMs: 3_000, lockMs: 20_000, kind: 'fixed' };
				const played = play({ runs, limits, latencies: [latency], server });
				const windows = Math.ceil((count * 1_500) / 490) - 1;
				// A slot is also held while its call is under way: that much longer is each window.
				const best = Math.max(windows * (3_000 + latency), 300 * latency);
				expect(played.server!.locks).toBe(0);
				expect(played.time / best).toBeLessThan(1.02);
			}
		},
	);
});

it('sends 100,000 addresses within a day at 97 % of the published limit, in three runs of which one is restarted over and over', () => {
	const hour = 3_600_000;
	const limits = { callsPerWindow: 490, windowMs: 300_000, longestCallMs: 60_000 };
	const server: Limit = { calls: 500, windowMs: 300_000, lockMs: 1_800_000, kind: 'rolling' };
	// The third run dies without a word every 93 minutes, and three minutes later begins again.
	const restarted = Array.from({ length: 11 }, (_, life) => ({
		startAt: 1.6 * life * hour,
		diesAt: (1.6 * life + 1.55) * hour,
		addresses: 20_000,
		parallel: 5,
	}));
	const steady = { addresses: 35_000, parallel: 5 };
	// A reply takes 0.2 to 2 seconds, and one in a thousand calls is given up after a minute.
	const latencies = Array.from({ length: 1_009 }, (_, n) =>
		n === 500 ? 60_000 : 200 + ((n * 377) % 1_800),
	);
	const runs = [steady, steady, ...restarted];
	const { calls, server: zoho, mostRemembered } = play({ runs, limits, latencies, server });

	const hours = Math.floor(Math.max(...calls.map(({ start }) => start)) / hour);
	const perHour = Array.from(
		{ length: hours },
		(_, n) => within(calls, n * hour, (n + 1) * hour).length,
	);
	expect(calls.length).toBeGreaterThanOrEqual(100_000);
	expect(hours).toBeLessThan(24);
	expect(Math.min(...perHour)).toBeGreaterThanOrEqual(0.97 * 500 * 12);
	expect(fullestWindow(calls, limits.windowMs)).toBeLessThanOrEqual(490);
	expect(mostRemembered).toBeLessThanOrEqual(490 + 3 + 2);
	expect(zoho!.locks).toBe(0);
});
