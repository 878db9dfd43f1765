import { sharedBudgetFor } from '../../nodes/limit/sharedBudget';
import { MemoryTable } from '../support/memoryTable';
import { LIMITS, Run, SharedProcess } from './sharedBudgetProcess';

let table: MemoryTable;
let me: SharedProcess;
beforeEach(() => {
	table = new MemoryTable();
	me = new SharedProcess(table);
});

describe('runs with different limits', () => {
	it('get no larger leases than the strictest of them may have, until it leaves', async () => {
		const generous = me.run();
		const strict = me.run({ limits: { callsPerWindow: 20, windowMs: 300_000 } });
		await generous.call(1, 50);
		await generous.call(1, 49);
		expect(table.rows).toMatchObject([{ calls: 2 }]);
		strict.leave();
		await generous.call(1, 48);
		expect(table.rows.at(-1)).toMatchObject({ state: 'open', calls: 48 });
	});

	it('wait for the longest of their windows', async () => {
		const generous = me.run({ limits: { callsPerWindow: 1_000, windowMs: 60_000 } });
		me.run();
		table.insert({ state: 'closed', calls: 1_000, endsAfterMs: 0 });
		expect(await generous.ask()).toMatchObject({ why: 'window', waitMs: 300_302 });
	});

	it('are not held to those of one that died hours ago', async () => {
		me.run({ limits: { callsPerWindow: 20, windowMs: 300_000 } });
		const generous = me.run();
		table.now += 7_200_001;
		await generous.call(1, 50);
		expect(table.rows).toMatchObject([{ calls: 50 }]);
	});

	it('are held to those of one that was thought dead, once it asks again', async () => {
		const strict = me.run({ limits: { callsPerWindow: 20, windowMs: 300_000 } });
		const other = me.run();
		table.now += 7_200_001;
		await other.call();
		other.leave();
		await strict.call(1, 50);
		expect(table.rows).toMatchObject([{ calls: 1 }, { calls: 2 }]);
		expect(table.asked.filter((kind) => kind === 'claim')).toHaveLength(2);
	});

	it('are told at once of limits that are out of range', () => {
		const limits = { callsPerWindow: 0, windowMs: 300_000 };
		expect(() => me.run({ limits })).toThrow(
			'Calls per window must be a whole number of 1 or more',
		);
	});

	it('count as two, also where their limits are the same object', async () => {
		const [one, other] = [me.run(), me.run()];
		one.leave();
		await other.budget.settle(5_000);
		expect(me.sleeps).toEqual([]);
		expect(await other.ask()).toMatchObject({ ok: true });
	});
});

describe('a short run', () => {
	it.each([
		{ callsPerWindow: 1_000, most: 10 },
		{ callsPerWindow: 490, most: 4 },
		{ callsPerWindow: 100, most: 1 },
		{ callsPerWindow: 99, most: 1 },
	])(
		'is one that wants $most of $callsPerWindow calls at most',
		async ({ callsPerWindow, most }) => {
			const limits = { callsPerWindow, windowMs: 300_000 };
			for (const left of [most, most + 1]) {
				const run = me.run({ limits });
				await run.call(1, left);
				run.leave();
			}
			expect(table.rows).toMatchObject([
				{ holder: 'me short', isShort: true },
				{ holder: 'me long', isShort: false },
			]);
		},
	);

	it('has a lease of its own, beside which the one of the long runs stays good', async () => {
		const [long, short] = [me.run(), me.run()];
		await long.call(1, 400);
		await short.call(1, 10);
		await long.call(1, 399);
		await short.call(1, 9);
		const leases = [
			{ holder: 'me long', state: 'open', calls: 100 },
			{ holder: 'me short', state: 'open', calls: 10 },
		];
		expect(table.rows.slice(0, 2)).toMatchObject(leases);
		expect(table.asked.filter((kind) => kind !== 'claim')).toEqual([]);
	});

	it('may use the last hundredth of the window, which long runs leave to it', async () => {
		table.insert({ state: 'closed', isShort: true, calls: 1, endsAfterMs: 0 });
		table.insert({ state: 'closed', calls: 989, endsAfterMs: 0 });
		expect(await me.run().ask(1, 50)).toMatchObject({ ok: false, why: 'window' });
		expect(await me.run().ask()).toMatchObject({ ok: true });
	});

	it('is left no more than the last hundredth of the window', async () => {
		table.insert({ state: 'closed', isShort: true, calls: 1, endsAfterMs: 0 });
		table.insert({ state: 'closed', calls: 988, endsAfterMs: 0 });
		expect(await me.run().ask(1, 50)).toMatchObject({ ok: true });
	});

	it('may use the very last call of the window', async () => {
		table.insert({ state: 'closed', isShort: true, calls: 999, endsAfterMs: 0 });
		expect(await me.run().ask()).toMatchObject({ ok: true });
	});
});

describe('a long run', () => {
	it('may use the very last call of the window where there are no short ones', async () => {
		table.insert({ state: 'closed', calls: 999, endsAfterMs: 0 });
		expect(await me.run().ask(1, 50)).toMatchObject({ ok: true });
	});

	it('stays one to its last call, and makes a run that comes after it no long one', async () => {
		const long = me.run();
		for (let left = 11; left > 0; left--) await long.call(1, left);
		expect(table.rows).toMatchObject([{ holder: 'me long', calls: 11 }]);
		await me.run().call();
		expect(table.rows.at(-1)).toMatchObject({ holder: 'me short' });
	});

	it('no longer holds up the short ones, with which it had waited before it wanted more', async () => {
		const [growing, short] = [me.run(), me.run()];
		await short.start(1, 3);
		growing.tryStart(3, 3);
		await short.start(1, 2);
		growing.tryStart(1, 50);
		expect(short.tryStart()).toMatchObject({ ok: true });
	});
});

describe('what others are told of when the calls of a lease have ended at the latest', () => {
	it.each([
		[10_000, 60_000],
		[60_000, 10_000],
	])('takes the longest of the calls that runs make, be it %i or %i ms', async (first, second) => {
		const run = me.run({ longestCallMs: first });
		me.run({ longestCallMs: second });
		await run.call();
		// The life of the lease and the call, as long as they can be by clocks that run apart.
		expect(table.rows).toMatchObject([{ endsAfterMs: 90_092 }]);
	});
});

describe('the shared budgets of a process', () => {
	const dice = [0.71, 0.13, 0.42, 0.98];
	const means = { now: () => table.now, sleep: async () => {}, random: () => dice.shift()! };
	const runOf = (key: string) => {
		const store = async (...trip: Parameters<MemoryTable['do']>) => await table.do(...trip);
		const budget = sharedBudgetFor(key, means).forRun(store, 60_000);
		return new Run(table, budget, LIMITS);
	};

	it('are one for each key, and nobody takes the leases of one for those of another', async () => {
		expect(sharedBudgetFor('7 eu', means)).toBe(sharedBudgetFor('7 eu', means));
		expect(sharedBudgetFor('8 eu', means)).not.toBe(sharedBudgetFor('7 eu', means));
		const first = runOf('7 eu');
		await first.call(1, 2);
		first.leave();
		await runOf('8 eu').call(1, 2);
		await runOf('7 eu').call();
		expect(table.asked).toEqual(['claim', 'claim']);
		const holders = table.rows.map(({ holder }) => holder);
		expect(new Set(holders).size).toBe(2);
		expect(holders).toEqual(Array(2).fill(expect.stringMatching(/^[a-z0-9]{12,} short$/)));
	});
});
