import { budgetFor, CallBudget } from '../../nodes/limit/callBudget';
import { FIVE, take } from './budgetWorld';

describe('the window', () => {
	it('lets the whole budget go at once and refuses the next call', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		take(budget, run, 5, 0);
		expect(budget.tryStart(run, 0)).toMatchObject({ ok: false, why: 'window' });
	});

	it('frees a slot a full window after the reply, not after the start', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		const [first] = take(budget, run, 5, 0);
		budget.end(first!, 'answered', 700);
		expect(budget.tryStart(run, 1_001)).toEqual({ ok: false, why: 'window', waitMs: 700 });
		expect(budget.tryStart(run, 1_700)).toEqual({ ok: false, why: 'window', waitMs: 1 });
		expect(budget.tryStart(run, 1_701)).toMatchObject({ ok: true });
	});

	it('counts a call without a reply from the moment it is given up', () => {
		const budget = new CallBudget();
		const run = budget.join({ callsPerWindow: 1, windowMs: 1_000 }, 0);
		const [slot] = take(budget, run, 1, 0);
		expect(budget.tryStart(run, 60_000)).toMatchObject({ ok: false, waitMs: 1_001 });
		budget.end(slot!, 'unanswered', 60_000);
		expect(budget.tryStart(run, 60_500)).toMatchObject({ ok: false, waitMs: 501 });
	});

	it('gives a slot back at once when no call was made, and takes an end only once', () => {
		const budget = new CallBudget();
		const run = budget.join({ callsPerWindow: 1, windowMs: 1_000 }, 0);
		const [unused] = take(budget, run, 1, 0);
		budget.release(unused!);
		budget.end(unused!, 'answered', 0);
		const [used] = take(budget, run, 1, 0);
		budget.end(used!, 'answered', 0);
		budget.end(used!, 'answered', 900);
		expect(budget.tryStart(run, 1_001)).toMatchObject({ ok: true });
	});

	it('holds every run to the strictest limits of those present', () => {
		const budget = new CallBudget();
		const generous = budget.join({ callsPerWindow: 5, windowMs: 1_000 }, 0);
		const strict = budget.join({ callsPerWindow: 3, windowMs: 4_000 }, 0);
		const slots = take(budget, generous, 3, 0);
		slots.forEach((slot) => budget.end(slot, 'answered', 0));
		expect(budget.tryStart(generous, 0)).toMatchObject({ ok: false, waitMs: 4_001 });
		budget.leave(strict);
		take(budget, generous, 2, 0);
		expect(budget.tryStart(generous, 0)).toMatchObject({ ok: false, waitMs: 1_001 });
	});

	it('tells how long until enough slots are free when a stricter run has come in', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		take(budget, run, 5, 0).forEach((slot, index) => budget.end(slot, 'answered', 100 * index));
		const strict = budget.join({ callsPerWindow: 3, windowMs: 1_000 }, 400);
		expect(budget.tryStart(strict, 400)).toMatchObject({ ok: false, waitMs: 801 });
		take(budget, strict, 1, 1_201);
	});

	it('loses no time when the clock is set back by an hour', () => {
		const budget = new CallBudget();
		const run = budget.join({ callsPerWindow: 1, windowMs: 1_000 }, 3_600_000);
		budget.end(take(budget, run, 1, 3_600_000)[0]!, 'answered', 3_600_000);
		expect(budget.tryStart(run, 3_600_400)).toMatchObject({ ok: false, waitMs: 601 });
		expect(budget.tryStart(run, 0)).toMatchObject({ ok: false, waitMs: 601 });
		take(budget, run, 1, 601);
	});

	it.each([0, -1, 2.5, NaN, Infinity])('refuses a budget of %p calls', (callsPerWindow) => {
		const budget = new CallBudget();
		expect(() => budget.join({ callsPerWindow, windowMs: 1 }, 0)).toThrow('Calls per window');
	});

	it.each([0, -1, NaN, Infinity])('refuses a window of %p ms', (windowMs) => {
		const budget = new CallBudget();
		expect(() => budget.join({ callsPerWindow: 1, windowMs }, 0)).toThrow('The window');
	});
});

describe('the budgets of a process', () => {
	/** A run comes in, makes no call and leaves. Returns its budget. */
	function visit(key: string, now: number): CallBudget {
		const budget = budgetFor(key, now);
		budget.leave(budget.join(FIVE, now));
		return budget;
	}

	it('are one for each key', () => {
		const budget = budgetFor('7 campaigns.zoho.com', 0);
		budget.join(FIVE, 0);
		expect(budgetFor('7 campaigns.zoho.com', 1)).toBe(budget);
		expect(budgetFor('8 campaigns.zoho.com', 1)).not.toBe(budget);
	});

	it.each([
		{ name: 'new', usedUntil: undefined },
		{ name: 'used before', usedUntil: 1_000 },
	])('are kept for a run that has asked and not come in yet: $name', ({ name, usedUntil }) => {
		if (usedUntil !== undefined) visit(name, usedUntil);
		// Nothing of it matters any more from then on.
		const budget = budgetFor(name, 1_000);
		// Others come meanwhile: were there two budgets, twice the limit would be used.
		for (const now of [1_001, 5_000, 5_001]) budgetFor('of others', now);
		expect(budgetFor(name, 5_002)).toBe(budget);
	});

	it('are forgotten when nobody is there and neither window nor lock can matter any more', () => {
		const budget = budgetFor('idle', 0);
		const run = budget.join(FIVE, 0);
		const [slot, other] = take(budget, run, 2, 0);
		budget.end(slot!, { lockedForMs: 9_000 }, 0);
		budget.leave(run);
		expect(visit('idle', 20_000)).toBe(budget);
		budget.end(other!, 'answered', 20_000);
		expect(visit('idle', 21_000)).toBe(budget);
		expect(visit('idle', 21_001)).not.toBe(budget);
	});

	it('forget a run that died, hours later', () => {
		const budget = budgetFor('dead', 0);
		budget.join(FIVE, 0);
		expect(visit('dead', 7_200_000)).toBe(budget);
		expect(visit('dead', 7_200_001)).not.toBe(budget);
	});
});
