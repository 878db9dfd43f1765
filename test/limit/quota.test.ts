import { CallBudget } from '../../nodes/limit/callBudget';
import type { Slot } from '../../nodes/limit/budget';

const LIMITS = { callsPerWindow: 100, windowMs: 300_000 };
const SHUT = { ok: false, why: 'window' };

/** A budget with one run that has so many calls open. */
function withOpen(calls: number) {
	const budget = new CallBudget();
	const run = budget.join(LIMITS, 0);
	const slots = Array.from({ length: calls }, (): Slot => {
		const start = budget.tryStart(run, 0);
		if (!start.ok) throw new Error('The call may go');
		return start.slot;
	});
	return { budget, run, slots };
}

describe('where Zoho says how many calls are left', () => {
	it('none starts beside as many as that: it would meet the lock', () => {
		const { budget, run } = withOpen(2);
		budget.keepTo({ remaining: 2, retryAfterMs: 60_000 }, 1_000);

		expect(budget.tryStart(run, 2_000)).toEqual({ ...SHUT, waitMs: 59_000 });
		expect(budget.tryStart(run, 61_000).ok).toBe(true);
	});

	it('they go on while there are more than are under way', () => {
		const { budget, run } = withOpen(2);
		budget.keepTo({ remaining: 3, retryAfterMs: 60_000 }, 0);

		expect(budget.tryStart(run, 0).ok).toBe(true);
	});

	it('the longer of two waits counts', () => {
		const { budget, run } = withOpen(0);
		for (const retryAfterMs of [60_000, 10_000]) budget.keepTo({ remaining: 0, retryAfterMs }, 0);

		expect(budget.tryStart(run, 0)).toEqual({ ...SHUT, waitMs: 60_000 });
	});
});

describe('a budget that nobody uses is kept', () => {
	it('while the last of its calls counts', () => {
		const { budget, run, slots } = withOpen(3);
		slots.forEach((slot, index) => budget.end(slot, 'answered', index === 2 ? 5_000 : 0));
		budget.leave(run);

		expect([305_000, 305_001].map((now) => budget.isIdle(now))).toEqual([false, true]);
	});

	it('while Zoho wants no call', () => {
		const { budget, run } = withOpen(0);
		budget.keepTo({ remaining: 0, retryAfterMs: 600_000 }, 0);
		budget.leave(run);

		expect([599_999, 600_000].map((now) => budget.isIdle(now))).toEqual([false, true]);
	});

	it('while it knows of a lock what its share is', () => {
		const { budget, run, slots } = withOpen(2);
		budget.end(slots[0]!, 'answered', 0);
		budget.end(slots[1]!, { lockedForMs: 1_000 }, 0);
		budget.leave(run);

		expect(budget.learned(400_000)).toBe(10);
		expect([400_000, 86_400_000].map((now) => budget.isIdle(now))).toEqual([false, true]);
	});
});
