import { CallBudget } from '../../nodes/limit/callBudget';
import { fc } from '../support/fc';
import { play, take, within } from './budgetWorld';

describe('the turns', () => {
	it.each([1, 3, 40, 400])(
		'give 20 addresses beside 1,500 every second slot at %i ms a call',
		(latency) => {
			const limits = { callsPerWindow: 490, windowMs: 3_000 };
			const long = { addresses: 1_500, parallel: 5 };
			const short = { addresses: 20, parallel: 5, startAt: 1_500 };
			const { calls, finishedAt } = play({ runs: [long, short], limits, latencies: [latency] });
			const ofShort = calls.filter(({ run }) => run === 1);
			const span = within(calls, ofShort[0]!.start, ofShort.at(-1)!.start + 1);
			expect(span.length).toBeLessThanOrEqual(45);
			expect(finishedAt[1]).toBeLessThan(finishedAt[0]! / 2);
		},
	);

	it('share scarce slots equally among the runs that wait', () => {
		const seconds = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 12 });
		fc.assert(
			fc.property(fc.integer({ min: 2, max: 5 }), seconds, (count, latencies) => {
				const runs = Array.from({ length: count }, () => ({ addresses: 400, parallel: 10 }));
				const limits = { callsPerWindow: 20, windowMs: 20_000 };
				const { calls, finishedAt } = play({ runs, limits, latencies });
				const contended = within(calls, 20_000, Math.min(...finishedAt));
				const shares = runs.map((_, index) => contended.filter(({ run }) => run === index).length);
				expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(25);
			}),
			{ numRuns: 50 },
		);
	});

	it('halve what falls free at one moment, whoever asks first', () => {
		const budget = new CallBudget();
		const limits = { callsPerWindow: 6, windowMs: 1_000 };
		const [greedy, other] = [budget.join(limits, 0), budget.join(limits, 0)];
		take(budget, greedy, 6, 0).forEach((slot) => budget.end(slot, 'answered', 0));
		budget.tryStart(greedy, 0);
		budget.tryStart(other, 0);
		take(budget, greedy, 3, 1_001);
		expect(budget.tryStart(greedy, 1_001)).toMatchObject({ ok: false, why: 'turn' });
		take(budget, other, 3, 1_001);
	});

	it('come to a long run also while new short ones never cease to come', () => {
		const shorts = Array.from({ length: 300 }, (_, index) => ({
			addresses: 1,
			parallel: 1,
			startAt: 10 + index * 300,
		}));
		const limits = { callsPerWindow: 5, windowMs: 1_000 };
		const runs = [{ addresses: 60, parallel: 1 }, ...shorts];
		const { finishedAt } = play({ runs, limits, latencies: [50] });
		expect(finishedAt[0]).toBeLessThan(60_000);
	});

	it('are not saved up by a run that was away', () => {
		const budget = new CallBudget();
		const limits = { callsPerWindow: 10, windowMs: 1_000 };
		const [away, steady] = [budget.join(limits, 0), budget.join(limits, 0)];
		for (let now = 0; now < 20_000; now += 1_001) {
			take(budget, steady, 10, now).forEach((slot) => budget.end(slot, 'answered', now));
		}
		expect(budget.tryStart(away, 20_020)).toMatchObject({ ok: true });
		expect(budget.tryStart(steady, 20_020)).toMatchObject({ ok: true });
	});

	it('leave a slot to the run whose turn it is, but not for long when it no longer asks', () => {
		const budget = new CallBudget();
		const limits = { callsPerWindow: 1, windowMs: 1_000 };
		const [dead, alive] = [budget.join(limits, 0), budget.join(limits, 0)];
		const [slot] = take(budget, alive, 1, 0);
		budget.end(slot!, 'answered', 0);
		budget.tryStart(dead, 0);
		budget.end(take(budget, alive, 1, 1_001)[0]!, 'answered', 1_001);
		budget.tryStart(dead, 1_002);
		expect(budget.tryStart(alive, 2_002)).toMatchObject({ ok: false, why: 'turn' });
		expect(budget.tryStart(alive, 4_002)).toMatchObject({ ok: false, why: 'turn' });
		expect(budget.tryStart(alive, 4_003)).toMatchObject({ ok: true });
	});

	it('leave a slot to the run whose turn it is, but not when it has left', () => {
		const budget = new CallBudget();
		const limits = { callsPerWindow: 1, windowMs: 1_000 };
		const [gone, alive] = [budget.join(limits, 0), budget.join(limits, 0)];
		budget.end(take(budget, alive, 1, 0)[0]!, 'answered', 0);
		budget.tryStart(gone, 0);
		budget.end(take(budget, alive, 1, 1_001)[0]!, 'answered', 1_001);
		expect(budget.tryStart(alive, 2_002)).toMatchObject({ ok: false, why: 'turn' });
		budget.leave(gone);
		expect(budget.tryStart(alive, 2_002)).toMatchObject({ ok: true });
	});
});
