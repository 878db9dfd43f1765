import { MemoryTable } from '../support/memoryTable';
import { SharedProcess, type Run } from './sharedBudgetProcess';

let table: MemoryTable;
let me: SharedProcess;
beforeEach(() => {
	table = new MemoryTable();
	me = new SharedProcess(table);
});

const SOON = { ok: false, why: 'turn', waitMs: 20 };
const NEXT = { ok: false, why: 'turn', waitMs: 10 };
const AWAY = { ok: false, why: 'store', said: 'the database is away' };

describe('a call that may become several requests', () => {
	it('waits until there is a place for each of them', async () => {
		const [one, other] = [me.run(), me.run()];
		await one.start(1, 2);
		expect(other.tryStart(2, 2)).toEqual(SOON);
		expect(await other.ask(2, 2)).toMatchObject({ ok: true });
	});

	it('does not keep a place meanwhile that is too few for it', async () => {
		const [one, other] = [me.run(), me.run()];
		await one.call(1, 2);
		expect(other.tryStart(2, 2)).toEqual(SOON);
		expect(table.rows[0]).toMatchObject({ state: 'closed', calls: 1 });
		expect(await other.ask(2, 2)).toMatchObject({ ok: true });
	});

	it('has its places also where the run counts it as one call', async () => {
		expect(await me.run().ask(3, 1)).toMatchObject({ ok: true });
		expect(table.rows).toMatchObject([{ calls: 3 }]);
	});

	it('starts with all the places of a window that has fewer', async () => {
		const run = me.run({ limits: { callsPerWindow: 2, windowMs: 300_000 } });
		expect(await run.ask(5, 5)).toMatchObject({ ok: true });
		expect(table.rows).toMatchObject([{ calls: 2 }]);
	});

	it('gives back at once the places of requests that were not made', async () => {
		const run = me.run();
		run.end(await run.start(4, 4), 1);
		await run.call(3, 3);
		expect(table.asked).toEqual(['claim']);
		await run.finish();
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 4 }]);
	});

	it.each([
		{ requests: 0, told: [] },
		{ requests: 1, told: [{ calls: 1 }] },
		{ requests: 3, told: [{ calls: 3 }] },
		{ requests: 4, told: [{ calls: 4 }] },
		{ requests: 7, told: [{ calls: 7 }] },
	])('and became $requests is told to the others as so many', async ({ requests, told }) => {
		const run = me.run();
		run.end(await run.start(3, 3), requests);
		await run.finish();
		expect(table.rows).toMatchObject(told);
	});

	it('does not make the others wait any longer where it was not made', async () => {
		const run = me.run();
		const unmade = await run.start(1, 3);
		await run.call(1, 2);
		table.now += 10_000;
		run.end(unmade, 0);
		await run.finish();
		expect(table.rows).toMatchObject([{ calls: 1, endsAfterMs: 2 }]);
	});
});

describe('a call', () => {
	it('is one request where nobody says how many', async () => {
		const run = me.run();
		run.end(await run.start());
		await run.finish();
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 1 }]);
	});

	it('ends only once', async () => {
		const run = me.run();
		const slot = await run.start();
		run.end(slot);
		run.end(slot, 5, { lockedForMs: 60_000 });
		await run.finish();
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 1 }]);
	});

	it('waits a moment while the table is asked', () => {
		expect(me.run().tryStart()).toEqual(SOON);
	});

	it('waits for that of a run whose turn it is, although there are places', async () => {
		const limits = { callsPerWindow: 20, windowMs: 300_000 };
		const [one, other] = [me.run({ limits }), me.run({ limits })];
		one.tryStart(1, 50);
		other.tryStart(1, 50);
		await one.call(1, 50);
		expect(await one.ask(1, 49)).toEqual(NEXT);
		expect(await other.ask(1, 50)).toMatchObject({ ok: true });
		expect(table.rows).toMatchObject([{ calls: 2 }]);
	});

	it('is told when it can be made, where the window is used up', async () => {
		table.insert({ state: 'closed', calls: 1_000, endsAfterMs: 0 });
		expect(await me.run().ask()).toEqual({ ok: false, why: 'window', waitMs: 300_302 });
		table.now += 100;
		expect(await me.run().ask()).toEqual({ ok: false, why: 'window', waitMs: 300_202 });
	});
});

describe('a lock', () => {
	it('stops short and long runs alike, and is told to the other processes', async () => {
		const [short, long] = [me.run(), me.run()];
		const met = await short.start();
		await long.call(1, 50);
		short.end(met, 1, { lockedForMs: 60_000 });
		expect(await short.ask()).toEqual({ ok: false, why: 'lock', waitMs: 60_000 });
		expect(await long.ask(1, 49)).toEqual({ ok: false, why: 'lock', waitMs: 60_000 });
		const locks = table.rows.filter(({ state }) => state === 'lock');
		expect(locks.map(({ holder }) => holder).sort()).toEqual(['me long', 'me short']);
		expect(locks).toMatchObject([{ endsAfterMs: 60_125 }, { endsAfterMs: 60_125 }]);
	});

	it('keeps both kinds of runs out as long as it can last by a clock that runs apart', async () => {
		const [short, long] = [me.run(), me.run()];
		short.end(await short.start(), 1, { lockedForMs: 60_000 });
		table.now += 60_000;
		expect(await long.ask(1, 50)).toEqual({ ok: false, why: 'lock', waitMs: 62 });
		expect(await short.ask()).toEqual({ ok: false, why: 'lock', waitMs: 62 });
	});

	it('that another process has met is heard of', async () => {
		table.insert({ state: 'lock', calls: 0, endsAfterMs: 9_000 });
		expect(await me.run().ask()).toEqual({ ok: false, why: 'lock', waitMs: 9_000 });
	});

	it('is tested by one call once it is over, before there are others', async () => {
		const [one, other] = [me.run(), me.run()];
		one.end(await one.start(1, 5), 1, { lockedForMs: 1_000 });
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

	it('keeps nobody out while there are more left than are under way', async () => {
		const run = me.run();
		await run.call(1, 4);
		await run.start(1, 3);
		run.budget.keepTo({ remaining: 2, retryAfterMs: 5_000 }, table.now);
		expect(await run.ask(1, 2)).toMatchObject({ ok: true });
	});

	it('keeps a process from asking the others for leases meanwhile', async () => {
		const [long, short] = [me.run(), me.run()];
		long.budget.keepTo({ remaining: 0, retryAfterMs: 5_000 }, table.now);
		await long.ask(1, 50);
		await short.ask();
		await long.ask(1, 50);
		expect(table.asked).toEqual([]);
	});
});

describe('a table that cannot be reached', () => {
	const failThrice = async (run: Run, left = 1) => {
		for (const pause of [750, 1_500]) {
			expect(await run.ask(1, left)).toEqual(SOON);
			table.now += pause;
		}
		return await run.ask(1, left);
	};

	it('makes runs wait, which are told why, and that it never answered anybody', async () => {
		table.isAway = true;
		const refused = await failThrice(me.run());
		expect(refused).toEqual({ ...AWAY, waitMs: 3_000, neverAnswered: true });
	});

	it('has answered before where it has answered either kind of runs', async () => {
		const [short, long] = [me.run(), me.run()];
		await short.call();
		short.leave();
		table.isAway = true;
		const refused = await failThrice(long, 50);
		expect(refused).toEqual({ ...AWAY, waitMs: 3_000, neverAnswered: false });
	});

	it('has nothing to say where it does not even answer', async () => {
		const run = me.run({ store: async () => await new Promise(() => {}) });
		const askFor20s = () => {
			run.tryStart();
			table.now += 20_001;
			return run.tryStart();
		};
		for (const pause of [750, 1_500]) {
			expect(askFor20s()).toEqual(SOON);
			table.now += pause;
		}
		expect(askFor20s()).toEqual({ ...AWAY, said: '', waitMs: 3_000, neverAnswered: true });
	});
});
