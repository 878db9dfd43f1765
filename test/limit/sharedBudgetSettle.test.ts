import { setImmediate } from 'node:timers/promises';
import { MemoryTable } from '../support/memoryTable';
import { SharedProcess } from './sharedBudgetProcess';

let table: MemoryTable;
let me: SharedProcess;
beforeEach(() => {
	table = new MemoryTable();
	me = new SharedProcess(table);
});

describe('the last run of a process, when it is over,', () => {
	it('waits until the others have been told what short and long runs have not used', async () => {
		const [short, long] = [me.run(), me.run()];
		await short.call(1, 2);
		await long.call(1, 50);
		short.leave();
		await long.finish();
		expect(me.sleeps).toEqual([20]);
		expect(table.rows).toMatchObject([
			{ holder: 'me short', state: 'closed', calls: 1 },
			{ holder: 'me long', state: 'closed', calls: 1 },
		]);
	});

	it.each([1, 50])(
		'waits also where only runs of %i calls have something to tell',
		async (left) => {
			const run = me.run();
			await run.call(1, left);
			await run.finish();
			expect(me.sleeps).toEqual([20]);
			expect(table.rows).toMatchObject([{ state: 'closed', calls: 1 }]);
		},
	);

	it('does not wait where there is nothing to tell', async () => {
		const run = me.run();
		await run.finish();
		expect(me.sleeps).toEqual([]);
		expect(table.asked).toEqual([]);
	});

	it('leaves to another run that is still there what is left', async () => {
		const [over, other] = [me.run(), me.run()];
		await over.call(1, 2);
		await over.finish();
		expect(me.sleeps).toEqual([]);
		await other.call();
		expect(table.asked).toEqual(['claim']);
	});

	it('waits no longer than it may for a table that does not answer', async () => {
		let isStuck = false;
		const run = me.run({
			store: async (trip, holder) =>
				isStuck ? await new Promise(() => {}) : await table.do(trip, holder),
		});
		await run.call();
		isStuck = true;
		run.leave();
		await run.budget.settle(100);
		expect(me.sleeps).toEqual([20, 20, 20, 20, 20]);
	});

	it('does not fail with a table that does, and tries again while it may', async () => {
		const run = me.run();
		await run.call();
		run.leave();
		table.isAway = true;
		await run.budget.settle(500);
		expect(table.rows).toMatchObject([{ state: 'open' }]);
		table.isAway = false;
		await run.budget.settle(500);
		expect(table.rows).toMatchObject([{ state: 'closed' }]);
	});

	it('tells nothing where it may not wait at all', async () => {
		const run = me.run();
		await run.call();
		run.leave();
		await run.budget.settle(0);
		await setImmediate();
		expect(table.asked).toEqual(['claim']);
	});
});

describe('a run that shares its limit with all processes', () => {
	it('has nothing to learn from a lock', async () => {
		const run = me.run();
		run.end(await run.start(), 1, { lockedForMs: 60_000 });
		expect(run.budget.learned()).toBeUndefined();
	});
});
