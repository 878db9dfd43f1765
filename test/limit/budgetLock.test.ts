import { CallBudget } from '../../nodes/limit/callBudget';
import { fc } from '../support/fc';
import { FIVE, play, take } from './budgetWorld';

describe('the lock', () => {
	it('stops every run at once and tells each how long', () => {
		const budget = new CallBudget();
		const [one, two] = [budget.join(FIVE, 0), budget.join(FIVE, 0)];
		const [slot] = take(budget, one, 1, 0);
		budget.end(slot!, { lockedForMs: 30_000 }, 10);
		for (const run of [one, two]) {
			expect(budget.tryStart(run, 20)).toEqual({ ok: false, why: 'lock', waitMs: 29_990 });
		}
	});

	it('is not opened by the late reply of a call that was sent before it', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		const [locked, late] = take(budget, run, 2, 0);
		budget.end(locked!, { lockedForMs: 30_000 }, 10);
		budget.end(late!, 'answered', 500);
		expect(budget.tryStart(run, 600)).toMatchObject({ ok: false, why: 'lock' });
	});

	it('that is reported while a call tests the water holds, whatever that call brings', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		const [locked, late] = take(budget, run, 2, 0);
		budget.end(locked!, { lockedForMs: 5_000 }, 0);
		const [probe] = take(budget, run, 1, 5_000);
		budget.end(late!, { lockedForMs: 5_000 }, 5_100);
		budget.end(probe!, 'answered', 5_200);
		expect(budget.tryStart(run, 5_300)).toEqual({ ok: false, why: 'lock', waitMs: 4_800 });
	});

	it('ends at the later time when two replies disagree', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		const [one, two] = take(budget, run, 2, 0);
		budget.end(one!, { lockedForMs: 30_000 }, 0);
		budget.end(two!, { lockedForMs: 10_000 }, 1_000);
		expect(budget.tryStart(run, 2_000)).toMatchObject({ waitMs: 28_000 });
	});

	it('is followed by one call that tests the water, and the rest wait for its reply', () => {
		const budget = new CallBudget();
		const [one, two] = [budget.join(FIVE, 0), budget.join(FIVE, 0)];
		const [slot] = take(budget, one, 1, 0);
		budget.end(slot!, { lockedForMs: 5_000 }, 0);
		const [probe] = take(budget, two, 1, 5_000);
		expect(budget.tryStart(one, 5_000)).toMatchObject({ ok: false, why: 'turn' });
		expect(budget.tryStart(two, 9_000)).toMatchObject({ ok: false, why: 'turn' });
		budget.end(probe!, 'answered', 9_000);
		take(budget, one, 2, 9_000);
		take(budget, two, 2, 9_000);
	});

	it('begins anew when the call that tests the water meets it', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		budget.end(take(budget, run, 1, 0)[0]!, { lockedForMs: 5_000 }, 0);
		budget.end(take(budget, run, 1, 5_000)[0]!, { lockedForMs: 7_000 }, 5_100);
		expect(budget.tryStart(run, 5_200)).toEqual({ ok: false, why: 'lock', waitMs: 6_900 });
		const [probe] = take(budget, run, 1, 12_100);
		expect(budget.tryStart(run, 12_100)).toMatchObject({ ok: false, why: 'turn' });
		budget.end(probe!, 'answered', 12_200);
		take(budget, run, 2, 12_200);
	});

	it.each(['no reply', 'no call'])(
		'lets the next call test the water when the first had %s',
		(what) => {
			const budget = new CallBudget();
			const run = budget.join(FIVE, 0);
			budget.end(take(budget, run, 1, 0)[0]!, { lockedForMs: 5_000 }, 0);
			const [probe] = take(budget, run, 1, 5_000);
			if (what === 'no reply') budget.end(probe!, 'unanswered', 6_000);
			else budget.release(probe!);
			take(budget, run, 1, 6_000);
			expect(budget.tryStart(run, 6_000)).toMatchObject({ ok: false, why: 'turn' });
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
				const limits = { callsPerWindow: 98, windowMs: 3_000 };
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
			{ numRuns: 200 },
		);
	});
});
