/** What a process tells the others and when, and what it does where the table fails. */
import { setImmediate } from 'node:timers/promises';
import { Budget } from '../../nodes/limit/budget';
import type { Store } from '../../nodes/limit/leaseTable';
import { MemoryTable } from '../support/memoryTable';
import { LIMITS, Process } from './process';

let table: MemoryTable;
let me: Process;
beforeEach(() => {
	table = new MemoryTable();
	me = new Process(table);
});

const SOON = { ok: false, why: 'turn', waitMs: 20 };
const AWAY = { ok: false, why: 'store', said: 'the database is away' };

/** Others have used up the window. */
const taken = () => table.insert({ state: 'closed', calls: 1_000, endsAfterMs: 0 });

/** Rows that no longer matter. */
function outdated(count: number): void {
	for (let row = 0; row < count; row++) {
		table.insert({ state: 'closed', endsAfterMs: 0, createdAt: table.now - 300_302 });
	}
}

describe('what nobody waits for is told along with the next claim, which spares a trip', () => {
	it('of a lease whose calls have all been made', async () => {
		const run = me.run();
		await run.calls(100, 1_000);
		await run.calls(51, 900);
		await run.ask(1, 849);
		expect(table.asked).toEqual(['claim', 'claim', 'close', 'claim']);
		expect(me.table.rows[0]).toMatchObject({ state: 'closed', calls: 100 });
	});

	it('of ten rows or more that no longer matter', async () => {
		outdated(9);
		await me.run().call(1, 50);
		outdated(1);
		await me.run().call(1, 500);
		expect(table.rows).toHaveLength(12);
		await me.run().call(1, 500);
		await me.run({ longestCallMs: 70_000 }).call(1, 500);
		expect(table.rows.filter(({ claim }) => claim.startsWith('other'))).toEqual([]);
		await me.run({ longestCallMs: 80_000 }).call(1, 500);
		expect(table.asked.filter((what) => what === 'remove')).toHaveLength(1);
	});
});

describe('what others wait for is told at once', () => {
	it('a lease of which less was used than was told, although there is enough of the next', async () => {
		const run = me.run();
		await run.calls(40, 500);
		table.now += 25_000;
		const slots = [];
		for (let left = 460; left > 440; left--) slots.push(await run.start(1, left));
		await me.visit();
		for (const slot of slots) run.end(slot);
		expect(table.asked).toEqual(['claim', 'claim']);
		table.now += 5_000;
		await run.ask(1, 400);
		expect(table.asked).toEqual(['claim', 'claim', 'close']);
		expect(table.rows[0]).toMatchObject({ state: 'closed', calls: 60 });
	});

	it('a lease that is used up, where the next one is not to be had for now', async () => {
		table.insert({ state: 'closed', calls: 900, endsAfterMs: 0 });
		const run = me.run();
		const slots = [];
		for (let left = 200; left > 100; left--) slots.push(await run.start(1, left));
		expect(await run.ask(1, 100)).toMatchObject({ why: 'window' });
		for (const slot of slots) run.end(slot);
		await run.ask(1, 100);
		expect(table.asked).toEqual(['claim', 'claim', 'remove', ...Array(1).fill('close')]);
	});

	it('a lease that nobody wants any more', async () => {
		const run = me.run();
		await run.call(1, 50);
		run.leave();
		await me.visit();
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 1 }]);
	});
});

describe('rows that no longer matter', () => {
	it('go a hundred at a time: n8n’s database refuses too many at once', async () => {
		outdated(250);
		const run = me.run();
		await run.call(1, 500);
		run.end(await run.start(51, 500), 51);
		await run.ask(1, 500);
		expect(table.rows.filter(({ claim }) => claim.startsWith('other'))).toHaveLength(150);
	});

	it('go a hundred at a time also where they are claims of this process that were lost', async () => {
		for (let row = 0; row < 150; row++) table.insert({ claim: `me ${1_000 + row}`, calls: 1 });
		const lost = () => table.rows.filter(({ claim }) => claim.length > 5).length;
		await me.run().call(1, 500);
		expect(lost()).toBe(50);
		await me.visit();
		expect(lost()).toBe(0);
	});

	it('do not go along with a trip that comes after a failed one: it might be they that fail', async () => {
		outdated(20);
		const run = me.run();
		await run.call(1, 500);
		table.isAway = true;
		run.end(await run.start(99, 500), 99);
		await run.ask(1, 500);
		expect(table.asked.slice(1)).toEqual(['remove', 'close', 'claim']);
		table.isAway = false;
		table.now += 1_000;
		await run.ask(1, 500);
		expect(table.asked.slice(4)).toEqual(['close', 'claim']);
	});
});

describe('a table that fails', () => {
	it('makes runs wait, for a moment at first and up to half a minute, and says why after three times', async () => {
		table.isAway = true;
		const run = me.run();
		const pauses = [500, 1_000, 2_000, 4_000, 8_000, 15_000 + 1_000, 30_000, 30_000];
		for (const [failure, pause] of pauses.entries()) {
			const { length } = table.asked;
			const refused = await run.ask();
			expect(table.asked).toHaveLength(length + 1);
			if (failure < 2) expect(refused).toEqual(SOON);
			else expect(refused).toEqual({ ...AWAY, waitMs: pause });
			table.now += pause;
		}
		table.isAway = false;
		expect(await run.ask()).toMatchObject({ ok: true });
	});

	it('is asked again in the very moment that the pause is over, and at first that is no news', async () => {
		taken();
		const run = me.run();
		expect(await run.ask(1, 50)).toMatchObject({ why: 'window' });
		table.now += 300_302;
		table.isAway = true;
		for (const pause of [500, 1_000]) {
			expect(await run.ask(1, 50)).toEqual(SOON);
			table.now += pause;
		}
		expect(await run.ask(1, 50)).toEqual({ ...AWAY, waitMs: 2_000 });
		table.now += 2_000;
		expect(run.tryStart(1, 50)).toEqual(SOON);
	});

	it('is no full window, once calls would be free', async () => {
		taken();
		const run = me.run();
		await run.ask(1, 50);
		table.now += 300_000;
		table.isAway = true;
		expect(await run.ask(1, 50)).toEqual({ ok: false, why: 'window', waitMs: 302 });
		table.now += 302;
		expect(run.tryStart(1, 50)).toEqual(SOON);
	});

	it('is no full window either, once others have given calls back before their time', async () => {
		const lease = table.insert({ calls: 1_000 });
		const run = me.run();
		expect(await run.ask(1, 500)).toMatchObject({ why: 'window', waitMs: 390_394 });
		table.rows = table.rows.filter(({ claim }) => claim !== lease);
		table.now += 30_000;
		await run.calls(51, 500);
		table.isAway = true;
		run.end(await run.start(49, 449), 49);
		expect(await run.ask(1, 400)).toEqual(SOON);
	});

	it('is asked again as if it had never failed, once it has answered', async () => {
		const run = me.run();
		for (let failure = 0; failure < 3; failure++) {
			table.isAway = true;
			await run.ask();
			table.now += 2_000;
		}
		table.isAway = false;
		await run.call(1, 500);
		table.isAway = true;
		run.end(await run.start(99, 500), 99);
		expect(await run.ask(1, 500)).toEqual(SOON);
	});

	it('does not take back what was had before', async () => {
		const run = me.run();
		await run.call(1, 50);
		table.isAway = true;
		await run.call(1, 49);
	});

	it('is told later what it could not be told', async () => {
		const run = me.run();
		run.end(await run.start(), 1, { lockedForMs: 100_000 });
		table.isAway = true;
		await run.ask(1, 5);
		table.now += 10_000;
		table.isAway = false;
		await run.finish();
		expect(table.rows).toMatchObject([
			{ state: 'closed', calls: 1, endsAfterMs: 2 },
			{ state: 'lock', endsAfterMs: 90_092 },
		]);
	});

	it.each([
		[new TypeError('no such table'), 'no such table'],
		['database is locked', 'database is locked'],
		[undefined, 'undefined'],
	])('with %p has said "%s"', async (fault, said) => {
		const run = me.run({}, async () => await Promise.reject(fault));
		for (let failure = 0; failure < 3; failure++) {
			table.now += 2_000;
			await run.ask();
			await setImmediate();
		}
		expect(run.tryStart()).toMatchObject({ why: 'store', said });
	});

	it('and with which a new row cannot be seen is not trusted: it may be one that nobody else reads', async () => {
		const run = me.run({}, async () => []);
		for (let failure = 0; failure < 3; failure++) {
			await run.ask();
			table.now += failure < 2 ? 2_000 : 0;
		}
		expect(run.tryStart()).toMatchObject({ said: 'a row that was inserted cannot be seen' });
	});
});

describe('a table that does not answer', () => {
	const answers: Array<() => Promise<void>> = [];
	/** Answers when it is told to. */
	const slow: Store = async (trip) =>
		await new Promise((resolve) => {
			answers.push(async () => resolve(await table.visit(trip)));
		});
	beforeEach(() => answers.splice(0));

	it('has done so within 20 s, and not a moment too late', async () => {
		const run = me.run({}, slow);
		run.tryStart();
		table.now += 20_000;
		run.tryStart();
		await answers[0]!();
		await setImmediate();
		expect(run.tryStart()).toMatchObject({ ok: true });
	});

	it('three times over is told of', () => {
		const run = me.run({}, slow);
		for (let failure = 0; failure < 3; failure++) {
			table.now += 2_000;
			run.tryStart();
			table.now += 20_001;
			run.tryStart();
		}
		expect(run.tryStart()).toEqual({ ...AWAY, said: 'no answer', waitMs: 2_000 });
	});

	it('and fails later than that, fails no other trip', async () => {
		let fail: (error: Error) => void = () => {};
		let trips = 0;
		const run = me.run({}, async (trip) =>
			++trips === 1 ? await new Promise((_, reject) => (fail = reject)) : await slow(trip),
		);
		run.tryStart();
		table.now += 20_001;
		run.tryStart();
		table.now += 1_000;
		run.tryStart();
		fail(new Error('too late'));
		await setImmediate();
		await answers[0]!();
		await setImmediate();
		expect(run.tryStart()).toMatchObject({ ok: true });
	});

	it('has failed after 20 s, and what it says later changes nothing', async () => {
		const run = me.run({}, slow);
		run.tryStart();
		table.now += 20_000;
		run.tryStart();
		expect(answers).toHaveLength(1);
		table.now += 1;
		run.tryStart();
		await answers[0]!();
		await setImmediate();
		expect(run.tryStart()).toEqual(SOON);
		table.now += 1_000;
		run.tryStart();
		await answers[1]!();
		await setImmediate();
		expect(run.tryStart()).toMatchObject({ ok: true });
		// The row of the lost claim was found, and does not hold up others.
		expect(table.rows.map(({ claim }) => claim)).toEqual(['me 1', 'me 2']);
		await answers[2]!();
		expect(table.rows.map(({ claim }) => claim)).toEqual(['me 2']);
	});
});

describe('the last run of a process, when it is over,', () => {
	it('waits until the others have been told what was not used', async () => {
		const [short, long] = [me.run(), me.run()];
		await short.call();
		await long.call(1, 50);
		short.leave();
		await long.finish();
		expect(me.sleeps).toEqual([20]);
		expect(table.rows).toMatchObject([
			{ state: 'closed', calls: 1 },
			{ state: 'closed', calls: 1 },
		]);
	});

	it('waits until a claim is taken back that got nothing', async () => {
		taken();
		const run = me.run();
		run.tryStart();
		await setImmediate();
		await run.finish();
		expect(table.rows).toHaveLength(1);
	});

	it('does not wait where it has no way to the others', async () => {
		const run = new Budget(me.leases, LIMITS, table.now);
		expect(run.tryStart(table.now)).toEqual(SOON);
		run.leave(table.now);
		await run.flush(500);
		expect(me.sleeps).toEqual([]);
	});

	it('does not wait where there is nothing to tell', async () => {
		await me.run().finish();
		expect([me.sleeps, table.asked]).toEqual([[], []]);
	});

	it('leaves to another run that is still there what is left', async () => {
		const [over, other] = [me.run(), me.run()];
		await over.call(1, 200);
		await over.finish();
		expect(me.sleeps).toEqual([]);
		await other.call();
		expect(table.asked).toEqual(['claim']);
	});

	it('waits no longer than it may for a table that does not answer', async () => {
		let isStuck = false;
		const run = me.run({}, async (trip) =>
			isStuck ? await new Promise(() => {}) : await table.visit(trip),
		);
		await run.call();
		isStuck = true;
		run.leave();
		await run.budget.flush(100);
		expect(me.sleeps).toEqual([20, 20, 20, 20, 20]);
	});

	it('does not fail with a table that does, and tries again while it may', async () => {
		const run = me.run();
		await run.call();
		run.leave();
		table.isAway = true;
		await run.budget.flush(400);
		expect(table.rows).toMatchObject([{ state: 'open' }]);
		table.isAway = false;
		await run.budget.flush(500);
		expect(table.rows).toMatchObject([{ state: 'closed' }]);
	});

	it('tells nothing where it may not wait at all', async () => {
		const run = me.run();
		await run.call();
		run.leave();
		await run.budget.flush(0);
		await setImmediate();
		expect(table.asked).toEqual(['claim']);
	});
});

describe('a process of which nobody uses the limit any more', () => {
	it('has nothing to remember once it has told all', async () => {
		const run = me.run();
		await run.call();
		run.leave();
		expect(me.leases.isIdle(table.now)).toBe(false);
		await run.budget.flush(500);
		expect(me.leases.isIdle(table.now)).toBe(true);
	});

	it('remembers a claim that has to be taken back', async () => {
		taken();
		const run = me.run();
		run.tryStart();
		await setImmediate();
		run.leave();
		expect(me.leases.isIdle(table.now)).toBe(false);
	});

	it('has nothing to remember either, once that does not matter any more which it could not tell', async () => {
		const run = me.run();
		await run.call();
		run.leave();
		table.now += 90_092 + 300_302 - 1;
		expect(me.leases.isIdle(table.now)).toBe(false);
		table.now += 1;
		expect(me.leases.isIdle(table.now)).toBe(true);
	});
});
