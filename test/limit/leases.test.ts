/** Which calls a process may start under leases, and when it asks for the next one. */
import { setImmediate } from 'node:timers/promises';
import type { Trip } from '../../nodes/limit/leaseTable';
import { MemoryTable } from '../support/memoryTable';
import { Process } from './process';

let table: MemoryTable;
let me: Process;
beforeEach(() => {
	table = new MemoryTable();
	me = new Process(table);
});

const SOON = { ok: false, why: 'turn', waitMs: 20 };

/** Calls of others that keep their places for 300,302 ms. */
const taken = (calls: number) => table.insert({ state: 'closed', calls, endsAfterMs: 0 });
/** The rows of this process. */
const mine = () => table.rows.filter(({ claim }) => claim.startsWith('me '));

describe('a lease', () => {
	it.each([
		{ wanted: 30, calls: 30 },
		{ wanted: 100_000, calls: 100 },
	])('is for what is wanted, and a tenth of the limit at most: $calls of $wanted', async (row) => {
		await me.run().call(1, row.wanted);
		expect(table.rows).toMatchObject([{ state: 'open', calls: row.calls, endsAfterMs: 90_092 }]);
	});

	it('lets calls start as soon as the table has answered, and not before', async () => {
		const run = me.run();
		expect(run.tryStart(1, 5)).toEqual(SOON);
		await setImmediate();
		expect(run.tryStart(1, 5)).toMatchObject({ ok: true });
	});

	it('starts no more calls than were granted, though it asked for more', async () => {
		taken(996);
		const run = me.run();
		await run.calls(4, 50);
		expect(await run.ask(1, 46)).toMatchObject({ ok: false, why: 'window' });
		expect(mine()).toMatchObject([{ state: 'closed', calls: 4 }]);
	});

	it('starts no call once its life is over, and gives back what it has not used', async () => {
		const run = me.run();
		await run.calls(4, 10);
		table.now += 29_999;
		await run.call(1, 6);
		table.now += 1;
		await run.call(1, 5);
		expect(table.rows).toMatchObject([
			{ state: 'closed', calls: 5 },
			{ state: 'open', calls: 5 },
		]);
	});

	it('is closed when its calls have ended, with how many there were and when the last one ended', async () => {
		const run = me.run();
		const slots = [await run.start(1, 2), await run.start(1, 1)];
		for (const slot of slots) {
			table.now += 1_000;
			run.end(slot);
		}
		await run.finish();
		// 2,000 ms, as long as they can be by clocks that run apart.
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 2, endsAfterMs: 2_004 }]);
	});

	it('is not closed while a call is under way, however long ago its life ended', async () => {
		const run = me.run();
		const slot = await run.start();
		table.now += 80_000;
		await me.visit();
		expect(table.rows).toMatchObject([{ state: 'open' }]);
		run.end(slot);
		await run.finish();
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 1, endsAfterMs: 80_082 }]);
	});

	it('that was not used leaves no row', async () => {
		const run = me.run();
		run.end(await run.start(1, 5), 0);
		await run.finish();
		expect(table.rows).toEqual([]);
		expect(table.asked).toEqual(['claim', 'remove']);
	});

	it('of a process that died stops to count a window after its last call can have ended', async () => {
		const limits = { callsPerWindow: 1 };
		await new Process(table, 'dead').run(limits).start();
		table.now += 90_092 + 300_302 - 1;
		const alive = me.run(limits);
		expect(await alive.ask()).toMatchObject({ why: 'window', waitMs: 1 });
		table.now += 1;
		expect(await alive.ask()).toMatchObject({ ok: true });
	});

	it('is shared by all runs of a process', async () => {
		const [one, other] = [me.run(), me.run()];
		await one.call(1, 500);
		await other.call(1, 5);
		expect(table.asked).toEqual(['claim']);
	});
});

describe('runs with different limits', () => {
	it('get no larger leases than the strictest of them may have, until it leaves', async () => {
		const generous = me.run();
		const strict = me.run({ callsPerWindow: 20 });
		await generous.call(1, 50);
		await generous.call(1, 49);
		expect(table.rows).toMatchObject([{ calls: 2 }]);
		strict.leave();
		await generous.call(1, 48);
		expect(table.rows.at(-1)).toMatchObject({ state: 'open', calls: 48 });
	});

	it('wait for the longest of their windows', async () => {
		const generous = me.run({ windowMs: 60_000 });
		me.run();
		taken(1_000);
		expect(await generous.ask()).toMatchObject({ why: 'window', waitMs: 300_302 });
	});

	it('are not held to those of one that died hours ago, until it asks again', async () => {
		const strict = me.run({ callsPerWindow: 20 });
		const generous = me.run();
		table.now += 7_200_001;
		await generous.call(1, 50);
		expect(table.rows).toMatchObject([{ calls: 50 }]);
		generous.leave();
		table.now += 30_000;
		await strict.call(1, 50);
		expect(table.rows.at(-1)).toMatchObject({ calls: 2 });
	});
});

describe('how long the others count the calls of a process that may have died', () => {
	it('is as long as the time-outs of the runs that are there, and no longer once one has left', async () => {
		const patient = me.run({ longestCallMs: 3_600_000 });
		const run = me.run();
		await run.call(1, 2);
		patient.leave();
		await run.call(1, 1);
		await run.finish();
		await me.run().call();
		expect(table.rows.at(-1)).toMatchObject({ state: 'open', endsAfterMs: 90_092 });
	});

	it('is long enough for a run that comes later and waits longer: it starts no call under an older lease', async () => {
		await me.run().call(1, 50);
		await me.run({ longestCallMs: 120_000 }).call();
		expect(table.rows.map(({ state, endsAfterMs }) => [state, endsAfterMs])).toEqual([
			['closed', 2],
			['open', 150_152],
		]);
	});
});

describe('the next lease', () => {
	it('is not asked for while half of one is left: the others could have those calls', async () => {
		const run = me.run();
		await run.calls(50, 500);
		expect(mine()).toHaveLength(1);
		await run.call(1, 450);
		await run.ask(1, 449);
		expect(mine()).toMatchObject([{ calls: 100 }, { calls: 100 }]);
	});

	it('is asked for when no more calls are left than are under way', async () => {
		const run = me.run({ callsPerWindow: 100 });
		for (let left = 50; left > 46; left--) await run.start(1, left);
		expect(mine()).toHaveLength(1);
		await run.start(1, 46);
		await run.ask(1, 45);
		expect(mine()).toHaveLength(2);
	});

	it('is for what the runs want beyond the calls that are left, so that none lies idle', async () => {
		const run = me.run();
		await run.calls(60, 100);
		await run.ask(1, 45);
		expect(mine().at(-1)).toMatchObject({ calls: 5 });
	});
});

describe('a claim', () => {
	it('that gets nothing is taken back, and comes again when calls are free', async () => {
		taken(1_000);
		const run = me.run();
		expect(await run.ask(1, 50)).toEqual({ ok: false, why: 'window', waitMs: 300_302 });
		expect(table.asked).toEqual(['claim', 'remove']);
		expect(mine()).toEqual([]);
		table.now += 300_301;
		expect(await run.ask(1, 50)).toEqual({ ok: false, why: 'window', waitMs: 1 });
		table.now += 1;
		expect(await run.ask(1, 50)).toMatchObject({ ok: true });
	});

	it('of others that is in the way is waited for but a moment', async () => {
		me.tripMs = 100;
		const rival = table.insert({ calls: 1_000, createdAt: table.now - 100 });
		const run = me.run();
		expect(await run.ask(1, 50)).toEqual(SOON);
		table.rows = table.rows.filter(({ claim }) => claim !== rival);
		table.now += 10_000;
		expect(await run.ask(1, 50)).toMatchObject({ ok: true });
	});

	it('waits the longer the more often others were in the way, until it has got something', async () => {
		const sentAt: number[] = [];
		const begin = table.now;
		const run = me.run({}, async (trip) => {
			if (trip.claim) sentAt.push(table.now - begin);
			const rows = await table.visit(trip);
			table.now += 100;
			return rows;
		});
		const isMine = ({ claim }: { claim: string }) => claim.startsWith('me ');
		/** So many claims that others are in the way of. */
		const contend = async (claims: number) => {
			for (const until = sentAt.length + claims; sentAt.length < until; table.now += 10) {
				table.rows = table.rows.filter(isMine);
				table.insert({ calls: 1_000 });
				run.tryStart(1, 500);
				await setImmediate();
			}
		};
		await contend(4);
		expect(sentAt).toEqual([0, 300, 700, 1_300]);
		table.rows = table.rows.filter(isMine);
		table.now += 10_000;
		await run.calls(51, 500);
		sentAt.length = 0;
		await contend(2);
		expect(sentAt[1]! - sentAt[0]!).toBe(300);
	});

	it('whose answer was lost does not stand in the way, and is removed', async () => {
		table.insert({ claim: 'me 77', calls: 1_000 });
		expect(await me.run().ask()).toMatchObject({ ok: true });
		await me.visit();
		expect(mine().map(({ claim }) => claim)).not.toContain('me 77');
	});

	it('counts rows that came after it, although the clock of the database was set back in between', async () => {
		const run = me.run({}, async (trip) => {
			await table.visit(trip);
			table.insert({ createdAt: table.now - 3_600_000, calls: 1_000 });
			return table.rows;
		});
		expect(await run.ask()).toMatchObject({ ok: false });
	});
});

describe('a short run', () => {
	it('may use what is kept of the window, which a long one leaves to it', async () => {
		taken(989);
		const [long, short] = [me.run(), me.run()];
		await short.call();
		expect(await long.ask(1, 50)).toMatchObject({ ok: false, why: 'window' });
		await short.call();
	});

	it('asks although a long one has found the window full', async () => {
		taken(995);
		table.rows.push({ ...table.rows[0]!, id: 99, claim: 'other 99', calls: 0, isShort: true });
		const [long, short] = [me.run(), me.run()];
		expect(await long.ask(1, 50)).toMatchObject({ why: 'window' });
		await short.call();
		expect(mine()).toMatchObject([{ calls: 1, isShort: true }]);
		expect(await long.ask(1, 50)).toMatchObject({ why: 'window' });
		expect(table.asked.filter((what) => what === 'claim')).toHaveLength(2);
	});

	it('is not told that the window is full while it can still be asked for', async () => {
		taken(1_000);
		const [long, short] = [me.run(), me.run()];
		expect(await long.ask(1, 50)).toMatchObject({ why: 'window' });
		expect(short.tryStart()).toEqual(SOON);
		expect(await short.ask()).toMatchObject({ why: 'window' });
	});

	it('is not told that the window is full while a long one takes its claim back', async () => {
		taken(1_000);
		const trips: Array<() => void> = [];
		const [long, short] = [me.run({}, slowly), me.run()];
		async function slowly(trip: Trip) {
			await new Promise<void>((go) => trips.push(go));
			return await table.visit(trip);
		}
		long.tryStart(1, 50);
		trips[0]!();
		await setImmediate();
		expect(long.tryStart(1, 50)).toMatchObject({ why: 'window' });
		expect(trips).toHaveLength(2);
		expect(short.tryStart()).toEqual(SOON);
	});

	it('for which there is a lease has no claim to what is kept beside that', async () => {
		taken(890);
		const [long, short] = [me.run(), me.run()];
		await long.calls(51, 500);
		expect(short.tryStart()).toMatchObject({ ok: true });
		await setImmediate();
		await me.visit();
		expect(table.asked).toEqual(['claim', 'claim', 'remove']);
	});

	it('asks once for each that comes, and not over and over', async () => {
		taken(1_000);
		const [one, other] = [me.run(), me.run()];
		await one.ask();
		await other.ask();
		const { length } = table.asked;
		for (let second = 0; second < 5; second++) {
			table.now += 1_000;
			await one.ask();
			await other.ask();
		}
		expect(table.asked).toHaveLength(length);
	});

	it('is told of to the others for a window: they keep the last calls for it, too', async () => {
		await me.run().call();
		const long = me.run();
		const isShortAfter = async (ms: number) => {
			table.now += ms;
			await long.call(1, 500);
			return mine().at(-1)?.isShort;
		};
		expect(await isShortAfter(270_000)).toBe(true);
		expect(await isShortAfter(30_000)).toBe(false);
	});
});

it('every process looks again within a window, whatever the rows say: somebody may remove them', async () => {
	const absurd = [
		table.insert({ calls: 1e9, endsAfterMs: 1e15 }),
		table.insert({ state: 'lock', endsAfterMs: 1e15 }),
	];
	const run = me.run();
	expect(await run.ask()).toMatchObject({ why: 'lock', waitMs: 86_486_402 });
	table.rows = table.rows.filter(({ claim }) => claim !== absurd[1]);
	table.now += 299_999;
	expect(await run.ask()).toMatchObject({ why: 'lock' });
	table.now += 1;
	expect(await run.ask()).toMatchObject({ why: 'window' });
	table.rows = [];
	table.now += 300_000;
	expect(await run.ask()).toMatchObject({ ok: true });
});

it('a row from the future counts for a window from when it was seen first', async () => {
	table.insert({ state: 'closed', calls: 1_000, endsAfterMs: 0, createdAt: 1e15 });
	const run = me.run();
	expect(await run.ask()).toMatchObject({ why: 'window', waitMs: 300_302 });
	table.now += 300_301;
	expect(await run.ask()).toMatchObject({ why: 'window', waitMs: 1 });
	table.now += 1;
	expect(await run.ask()).toMatchObject({ ok: true });
});

it('no two objects that share a table have the same name, which is of chance', async () => {
	const dice = [0.71, 0.13, 0.42, 0.98];
	const { Leases } = await import('../../nodes/limit/leases');
	const { Budget } = await import('../../nodes/limit/budget');
	for (let other = 0; other < 2; other++) {
		const means = { now: () => table.now, sleep: async () => {}, random: () => dice.shift()! };
		const leases = new Leases(means);
		const limits = { callsPerWindow: 100, windowMs: 300_000, longestCallMs: 60_000 };
		new Budget(leases, limits, table.now, me.store).tryStart(table.now);
	}
	const names = table.rows.map(({ claim }) => claim);
	expect(names).toEqual(Array(2).fill(expect.stringMatching(/^[a-z0-9]{12,} 1$/)));
	expect(new Set(names).size).toBe(2);
});
