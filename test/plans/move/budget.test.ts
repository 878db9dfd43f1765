import { CallBudget } from '../../../nodes/limit/callBudget';

describe('the budget', () => {
	it('never tells anybody to ask again in less than a millisecond, which may be no time at all', () => {
		const budget = new CallBudget();
		const start = 33_333.1;
		const run = budget.join({ callsPerWindow: 1, windowMs: 3000 }, start);
		const first = budget.tryStart(run, start);
		if (!first.ok) throw new Error('The first call may go');
		budget.end(first.slot, 'answered', start);

		const late = budget.tryStart(run, start + 3001 - 1e-9);

		expect(late).toEqual({ ok: false, waitMs: 1, why: 'window' });
	});
});
