/** Calls under leases: of several requests, in a lock, and of runs that are stopped. */
import { MemoryTable } from '../support/memoryTable';
import { Process } from './process';

let table: MemoryTable;
let me: Process;
beforeEach(() => {
	table = new MemoryTable();
	me = new Process(table);
});

const NEXT = { ok: false, why: 'turn', waitMs: 10 };

describe('a call that may become several requests', () => {
	it('waits until there is a place for each of them', async () => {
		table.insert({ state: 'closed', calls: 998, endsAfterMs: 0 });
		expect(await me.run().ask(3, 3)).toMatchObject({ ok: false, why: 'window' });
		expect(await new Process(table, 'other').run().ask(2, 2)).toMatchObject({ ok: true });
	});

	it('has all of its places in one lease: two that have one each do not make it', async () => {
		const runs = [me.run({ callsPerWindow: 30 }), me.run({ callsPerWindow: 30 })];
		for (const run of runs) await run.start(2, 20);
		expect(table.rows.map(({ calls }) => calls)).toEqual([3, 3]);
		await me.run({ callsPerWindow: 30 }).start(2, 20);
		expect(table.rows.length).toBeGreaterThan(2);
	});

	it('does not keep a place meanwhile that is too few for it: another process may lack it', async () => {
		const [one, other] = [me.run(), me.run()];
		await one.call(1, 2);
		await other.call(2, 1);
		expect(table.rows[0]).toMatchObject({ state: 'closed', calls: 1 });
	});

	it('has its places also where the run counts it as one call', async () => {
		await me.run().start(3, 1);
		expect(table.rows).toMatchObject([{ calls: 3 }]);
	});

	it('starts with all the places of a window that has fewer', async () => {
		await me.run({ callsPerWindow: 2 }).start(5, 5);
		expect(table.rows).toMatchObject([{ calls: 2 }]);
	});

	it.each([
		{ requests: 0, told: [] },
		{ requests: 1, told: [{ calls: 1 }] },
		{ requests: 3, told: [{ calls: 3 }] },
		{ requests: 7, told: [{ calls: 7 }] },
	])('and became $requests is told to the others as so many', async ({ requests, told }) => {
		const run = me.run();
		run.end(await run.start(3, 3), requests);
		await run.finish();
		expect(table.rows).toMatchObject(told);
	});

	it('gives back at once the places of requests that were not made', async () => {
		const run = me.run();
		run.end(await run.start(4, 4), 1);
		await run.start(3, 3);
		expect(table.asked).toEqual(['claim']);
	});
});

describe('a call', () => {
	it('is one request where nobody says how many, and ends only once', async () => {
		const run = me.run();
		const slot = await run.start();
		run.end(slot);
		run.end(slot, 5, { lockedForMs: 60_000 });
		await run.finish();
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 1 }]);
	});

	it('waits for that of a run whose turn it is, although there are places', async () => {
		const [one, other] = [me.run({ callsPerWindow: 20 }), me.run({ callsPerWindow: 20 })];
		one.tryStart(1, 50);
		other.tryStart(1, 50);
		await one.call(1, 50);
		expect(one.tryStart(1, 49)).toEqual(NEXT);
		await other.call(1, 50);
	});
});

describe('a run that is stopped while calls are under way', () => {
	it('tells the others to count them as long as they can arrive', async () => {
		const run = me.run();
		await run.call(1, 3);
		await run.start(2, 2);
		table.now += 1_000;
		await run.finish();
		// 60,000 ms after they were started, as long as they can be by clocks that run apart.
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 3, endsAfterMs: 60_062 }]);
	});

	it('keeps their places in this process too', async () => {
		const limits = { callsPerWindow: 1 };
		const stopped = me.run(limits);
		await stopped.start();
		const other = me.run(limits);
		stopped.leave();
		expect(await other.ask()).toMatchObject({ why: 'window', waitMs: 360_364 });
	});
});

describe('a lock', () => {
	it('stops all runs, and is told to the other processes, once', async () => {
		const [short, long] = [me.run(), me.run()];
		const met = [await short.start(1, 2), await short.start(1, 1)];
		await long.call(1, 50);
		for (const slot of met) short.end(slot, 1, { lockedForMs: 60_000 });
		for (const run of [short, long]) {
			expect(await run.ask(1, 49)).toEqual({ ok: false, why: 'lock', waitMs: 60_000 });
		}
		const locks = table.rows.filter(({ state }) => state === 'lock');
		expect(locks).toMatchObject([{ calls: 0, isShort: false, endsAfterMs: 60_062 }]);
	});

	it('that another process has met is heard of', async () => {
		table.insert({ state: 'lock', calls: 0, endsAfterMs: 9_000 });
		expect(await me.run().ask()).toEqual({ ok: false, why: 'lock', waitMs: 9_000 });
		expect(table.rows).toHaveLength(1);
	});

	it('that another process has told of is not told again by a call that was under way', async () => {
		const run = me.run();
		const slot = await run.start(1, 500);
		table.now += 30_000;
		table.insert({ state: 'lock', calls: 0, endsAfterMs: 60_000 });
		await run.ask(1, 499);
		run.end(slot, 1, { lockedForMs: 61_000 });
		await run.finish();
		expect(table.rows.filter(({ state }) => state === 'lock')).toHaveLength(1);
	});

	it('is not told once more since something else could not be told', async () => {
		const run = me.run();
		const other = await run.start(1, 2);
		run.end(await run.start(1, 1), 1, { lockedForMs: 60_000 });
		await me.visit();
		table.isAway = true;
		run.end(other);
		run.leave();
		await me.visit();
		table.isAway = false;
		table.now += 1_000;
		await me.visit();
		expect(table.asked).toEqual(['claim', 'lock', 'close', 'close']);
	});

	it('is told also where nobody wants another call', async () => {
		const run = me.run();
		run.end(await run.start(), 1, { lockedForMs: 60_000 });
		await run.finish();
		expect(table.rows).toMatchObject([{ state: 'closed' }, { state: 'lock' }]);
	});

	it('keeps a process from asking for calls that nobody may make', async () => {
		const run = me.run();
		run.end(await run.start(), 1, { lockedForMs: 60_000 });
		await run.ask(1, 50);
		table.now += 59_999;
		expect(await run.ask(1, 50)).toEqual({ ok: false, why: 'lock', waitMs: 1 });
		expect(table.asked).toEqual(['claim', 'close', 'lock']);
		table.now += 1;
		expect(await run.ask(1, 50)).toMatchObject({ ok: false, why: 'lock', waitMs: 62 });
	});

	it('is tested by one call once it is over, before there are others', async () => {
		const [one, other] = [me.run(), me.run()];
		one.end(await one.start(1, 5), 1, { lockedForMs: 1_000 });
		await me.visit();
		table.now += 1_200;
		const probe = await one.start(1, 4);
		expect(await other.ask()).toEqual(NEXT);
		one.end(probe);
		expect(await other.ask()).toMatchObject({ ok: true });
	});
});

describe('a limit of which Zoho says that no call is left', () => {
	it('keeps all runs out until then where all of those left are under way', async () => {
		const run = me.run();
		await run.start(1, 4);
		await run.start(1, 3);
		run.budget.keepTo({ remaining: 2, retryAfterMs: 5_000 }, table.now);
		expect(await run.ask(1, 2)).toEqual({ ok: false, why: 'window', waitMs: 5_000 });
		table.now += 4_999;
		expect(await me.run().ask(1, 50)).toEqual({ ok: false, why: 'window', waitMs: 1 });
		table.now += 1;
		expect(await run.ask(1, 2)).toMatchObject({ ok: true });
	});

	it('keeps a process from asking the others for leases meanwhile', async () => {
		const run = me.run();
		run.budget.keepTo({ remaining: 0, retryAfterMs: 5_000 }, table.now);
		await run.ask(1, 50);
		await run.ask(1, 50);
		expect(table.asked).toEqual([]);
	});
});

it('nothing is to be learned from a lock where all is known', async () => {
	const run = me.run();
	run.end(await run.start(), 1, { lockedForMs: 60_000 });
	expect(run.budget.learned(table.now)).toBeUndefined();
});
