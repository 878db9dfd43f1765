import { Budget } from '../../nodes/limit/budget';
import { Lock } from '../../nodes/limit/lock';
import { Window } from '../../nodes/limit/window';
import { fc } from '../support/fc';
import { FIVE, play, start } from './windowWorld';

/** Two runs of a process. */
function two(): [Budget, Budget] {
	const window = new Window(-Infinity);
	return [new Budget(window, FIVE, 0), new Budget(window, FIVE, 0)];
}

describe('a lock', () => {
	it('stops every run at once and tells each how long', () => {
		const runs = two();
		const [slot] = start(runs[0], 1, 0);
		runs[0].end(slot!, { lockedForMs: 30_000 }, 10);
		for (const run of runs) {
			expect(run.tryStart(20)).toEqual({ ok: false, why: 'lock', waitMs: 29_990 });
		}
	});

	it('is not opened by the late reply of a call that was sent before it', () => {
		const [run] = two();
		const [locked, late] = start(run, 2, 0);
		run.end(locked!, { lockedForMs: 30_000 }, 10);
		run.end(late!, 'answered', 500);
		expect(run.tryStart(600)).toMatchObject({ ok: false, why: 'lock' });
	});

	it('that is reported while a call tests the water holds, whatever that call brings', () => {
		const [run] = two();
		const [locked, late] = start(run, 2, 0);
		run.end(locked!, { lockedForMs: 5_000 }, 0);
		const [probe] = start(run, 1, 5_000);
		run.end(late!, { lockedForMs: 5_000 }, 5_100);
		run.end(probe!, 'answered', 5_200);
		expect(run.tryStart(5_300)).toEqual({ ok: false, why: 'lock', waitMs: 4_800 });
		const [second] = start(run, 1, 10_100);
		expect(run.tryStart(10_100)).toMatchObject({ ok: false, why: 'turn' });
		run.end(second!, 'answered', 10_200);
		start(run, 2, 10_200);
	});

	it('ends at the later time when two replies disagree', () => {
		const [run] = two();
		const [one, other] = start(run, 2, 0);
		run.end(one!, { lockedForMs: 30_000 }, 0);
		run.end(other!, { lockedForMs: 10_000 }, 1_000);
		expect(run.tryStart(2_000)).toMatchObject({ waitMs: 28_000 });
	});

	it('is followed by one call that tests the water, and the rest wait for its reply', () => {
		const [one, other] = two();
		const [slot] = start(one, 1, 0);
		one.end(slot!, { lockedForMs: 5_000 }, 0);
		const [probe] = start(other, 1, 5_000);
		expect(one.tryStart(5_000)).toMatchObject({ ok: false, why: 'turn' });
		expect(other.tryStart(9_000)).toMatchObject({ ok: false, why: 'turn' });
		other.end(probe!, 'answered', 9_000);
		start(one, 2, 9_000);
		start(other, 1, 9_000);
	});

	it('begins anew when the call that tests the water meets it', () => {
		const [run] = two();
		run.end(start(run, 1, 0)[0]!, { lockedForMs: 5_000 }, 0);
		run.end(start(run, 1, 5_000)[0]!, { lockedForMs: 7_000 }, 5_100);
		expect(run.tryStart(5_200)).toEqual({ ok: false, why: 'lock', waitMs: 6_900 });
		const [probe] = start(run, 1, 12_100);
		expect(run.tryStart(12_100)).toMatchObject({ ok: false, why: 'turn' });
		run.end(probe!, 'answered', 12_200);
		start(run, 2, 12_200);
	});

	it.each(['has no reply', 'was not made', 'is of a run that is stopped'])(
		'is tested by the next call where the first %s',
		(what) => {
			const [run, other] = two();
			run.end(start(run, 1, 0)[0]!, { lockedForMs: 5_000 }, 0);
			const [probe] = start(run, 1, 5_000);
			if (what === 'has no reply') run.end(probe!, 'unanswered', 6_000);
			else if (what === 'was not made') run.end(probe!, 'unanswered', 6_000, 0);
			else run.leave(6_000);
			start(other, 1, 6_000);
			expect(other.tryStart(6_000)).toMatchObject({ ok: false, why: 'turn' });
		},
	);

	it('caused by another client is met, waited out and lost nothing to', () => {
		const plan = fc.record({
			runs: fc.array(
				fc.record({
					addresses: fc.integer({ min: 100, max: 400 }),
					parallel: fc.integer({ min: 1, max: 10 }),
				}),
				{ minLength: 1, maxLength: 3 },
			),
			latencies: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 }),
			arrivals: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
				minLength: 1,
				maxLength: 7,
			}),
			strangerAt: fc.integer({ min: 0, max: 3_000 }),
			kind: fc.constantFrom('rolling' as const, 'fixed' as const),
			lockTold: fc.double({ min: 0.6, max: 1.2, noNaN: true }),
		});
		fc.assert(
			fc.property(plan, ({ strangerAt, kind, ...rest }) => {
				const server = { calls: 100, windowMs: 3_000, lockMs: 20_000, kind };
				const limits = { ...FIVE, callsPerWindow: 98, windowMs: 3_000 };
				const stranger = { at: strangerAt, calls: 101 };
				const { calls, finishedAt } = play({ ...rest, limits, server, stranger });
				const refused = calls.filter((call) => call.refused);
				const done = calls.length - refused.length;
				expect(done).toBe(rest.runs.reduce((sum, run) => sum + run.addresses, 0));
				expect(Math.max(...finishedAt)).toBeLessThan(Infinity);

				const inFlight = rest.runs.reduce((sum, run) => sum + run.parallel, 0);
				const firstNews = Math.min(...refused.map(({ end }) => end));
				const blind = refused.filter(({ start }) => start <= firstNews).length;
				expect(blind).toBeLessThanOrEqual(inFlight);
				// After the news, calls go into the lock one by one, each after the end it was told.
				const probes = refused.filter(({ start }) => start > firstNews);
				probes.slice(1).forEach((probe, index) => {
					expect(probe.start).toBeGreaterThanOrEqual(probes[index]!.end);
				});
				if (rest.lockTold >= 1) expect(probes).toHaveLength(0);
			}),
			{ numRuns: 100 },
		);
	});
});

describe('where Zoho says how many calls are left', () => {
	const shut = { ok: false, why: 'window' };

	it('none starts beside as many as that: it would meet the lock', () => {
		const [one, other] = two();
		start(one, 1, 0);
		start(other, 1, 0);
		one.keepTo({ remaining: 2, retryAfterMs: 60_000 }, 1_000);
		expect(other.tryStart(2_000)).toEqual({ ...shut, waitMs: 59_000 });
		expect(other.tryStart(61_000).ok).toBe(true);
	});

	it('they go on while there are more than are under way', () => {
		const [one, other] = two();
		start(one, 2, 0);
		one.end(start(one, 1, 0)[0]!, 'answered', 0);
		one.keepTo({ remaining: 3, retryAfterMs: 60_000 }, 0);
		expect(other.tryStart(0).ok).toBe(true);
	});

	it('the longer of two waits counts', () => {
		const [run] = two();
		for (const retryAfterMs of [60_000, 10_000]) run.keepTo({ remaining: 0, retryAfterMs }, 0);
		expect(run.tryStart(0)).toEqual({ ...shut, waitMs: 60_000 });
	});
});

describe('a lock that other processes are to know of', () => {
	const slot = { startedAt: 0, requests: 1 };
	let lock: Lock;
	beforeEach(() => (lock = new Lock()));

	/** A call meets it. */
	const meet = (lockedForMs: number, now: number) => {
		lock.start(slot);
		lock.end(slot, { lockedForMs }, now);
	};

	it('is told once, for as long as it still lasts', () => {
		meet(60_000, 0);
		expect(lock.hasNews(10_000)).toBe(true);
		expect(lock.tell(10_000)).toBe(50_000);
		expect([lock.hasNews(10_000), lock.tell(10_000)]).toEqual([false, undefined]);
	});

	it('is told again where that failed, unless it is over', () => {
		meet(60_000, 0);
		lock.tell(0);
		lock.untold();
		expect([lock.hasNews(60_000), lock.tell(60_000)]).toEqual([false, undefined]);
		expect(lock.tell(59_999)).toBe(1);
	});

	it('is one with those that calls under way with it met, and another one five seconds later', () => {
		meet(60_000, 0);
		lock.tell(0);
		meet(60_000, 5_000);
		expect(lock.opensAt).toBe(65_000);
		expect(lock.hasNews(5_000)).toBe(false);
		meet(60_000, 10_001);
		expect(lock.tell(10_001)).toBe(60_000);
	});

	it('is not told by who has heard of it', () => {
		lock.hear(60_000, 0);
		meet(60_000, 0);
		expect(lock.hasNews(0)).toBe(false);
	});

	it('of which one has heard keeps calls out until it ends, or nobody tells of it any more', () => {
		lock.hear(60_000, 0);
		expect(lock.refuses(10)).toEqual({ ok: false, why: 'lock', waitMs: 59_990 });
		// To ask the others again is of use, unlike where one has met it.
		expect(lock.isShut(10)).toBe(false);
		lock.hear(-Infinity, 20);
		expect(lock.refuses(20)).toBeUndefined();
	});

	it('of which one has heard is tested by one call when it is over', () => {
		lock.hear(60_000, 0);
		lock.start(slot);
		expect(lock.refuses(60_000)).toEqual({ ok: false, why: 'turn', waitMs: 10 });
		lock.end(slot, 'answered', 60_100);
		expect(lock.refuses(60_100)).toBeUndefined();
	});

	it('of which one has heard when it was over is tested by no call', () => {
		lock.hear(60_000, 60_000);
		lock.start(slot);
		expect(lock.refuses(60_000)).toBeUndefined();
	});

	it('that one has met lasts, whatever others say', () => {
		meet(60_000, 0);
		lock.hear(-Infinity, 0);
		expect(lock.refuses(0)).toMatchObject({ why: 'lock', waitMs: 60_000 });
		expect(lock.isShut(59_999)).toBe(true);
	});
});
