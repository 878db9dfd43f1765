/** When a process asks for its next lease, for how many calls, and what it tells along with that. */
import { MemoryTable } from '../support/memoryTable';
import { LIMITS, Process } from './leaseProcess';

let table: MemoryTable;
let me: Process;
beforeEach(() => {
	table = new MemoryTable();
	me = new Process(table);
});

/** Calls of others that keep their places for 300,302 ms. */
const taken = (calls: number) => table.insert({ state: 'closed', calls, endsAfterMs: 0 });

/** Has two leases for ten calls, of 100 that are wanted, and starts all calls of the first one. */
async function twoLeases(): Promise<symbol[]> {
	await me.ask(100);
	const slots = me.start(5);
	await me.ask(95);
	return [...slots, ...me.start(5)];
}

/** These calls have ended. */
const end = (slots: readonly symbol[]) => slots.forEach((slot) => me.leases.end(slot, me.now));

describe('the next lease', () => {
	it('is not asked for while half a lease is left: the others could have those calls', async () => {
		await me.ask(50);
		me.makeCalls(5);
		expect(me.leases.next(45, me.now)).toEqual({ do: 'start', slots: 5 });
		me.makeCalls(1);
		expect(me.due(44)).toMatchObject({ notices: [], question: { kind: 'claim', calls: 10 } });
	});

	it('is for what the runs want beyond the calls that are left, so that none lies idle', async () => {
		await me.ask(50);
		me.makeCalls(6);
		expect(me.due(7)).toMatchObject({ question: { kind: 'claim', calls: 3 } });
	});

	it('is for a tenth of the limit that holds now, not of one that held before', () => {
		me.leases.keepTo({ ...LIMITS, callsPerWindow: 30 });
		expect(me.due(50)).toMatchObject({ question: { kind: 'claim', calls: 3 } });
	});

	it('is asked for once more where the table does not say which row is its own', () => {
		me.leases.took(me.due(5), {}, me.now);
		expect(me.due(5)).toMatchObject({ notices: [], question: { kind: 'claim', calls: 5 } });
	});

	it('is had from a claim that was answered within 20 s, and not given up a moment too early', async () => {
		table.now += 15_000;
		const claim = me.due(5);
		const answer = await table.do(claim, 'me');
		table.now += 20_000;
		expect(me.leases.next(5, me.now)).toEqual({ do: 'wait', until: 36_000, why: 'turn' });
		me.leases.took(claim, answer, me.now);
		expect(me.leases.next(5, me.now)).toEqual({ do: 'start', slots: 5 });
	});
});

describe('calls that must start together', () => {
	it('do not take a few places that are of no use to them, and wait until there are enough', async () => {
		taken(97);
		expect(await me.ask(5, 5)).toEqual({ do: 'wait', until: 300_302, why: 'window' });
		expect(table.rows).toHaveLength(1);
	});

	it('take a single place where it is the only one that they lack', async () => {
		await me.ask(50);
		me.makeCalls(5);
		me.start(1);
		taken(89);
		expect(await me.ask(44, 5)).toEqual({ do: 'start', slots: 5 });
	});

	it('give back what is left of a lease and is too little: else two processes could keep each other waiting', async () => {
		await me.ask(50);
		me.makeCalls(7);
		const trip = me.due(43, 5);
		expect(trip).toMatchObject({ notices: [{ kind: 'close', calls: 7 }], question: { calls: 10 } });
	});

	it('keep what is just enough', async () => {
		await me.ask(50);
		me.makeCalls(5);
		expect(me.leases.next(45, me.now, 5)).toEqual({ do: 'start', slots: 5 });
	});

	it('keep the rest of a lease while a call of another one is under way', async () => {
		const slots = await twoLeases();
		end(slots.slice(1));
		me.makeCalls(8);
		expect(me.due(82, 5)).toMatchObject({ notices: [], question: { kind: 'claim', calls: 10 } });
	});
});

describe('what nobody waits for is told along with the next question, which spares a trip', () => {
	it('of a lease whose calls have all been made', async () => {
		end(await twoLeases());
		expect(await me.ask(90)).toEqual({ do: 'start', slots: 10 });
		expect(table.asked).toEqual(['claim', 'claim']);
		me.makeCalls(6);
		await me.ask(84);
		expect(table.asked.slice(2)).toEqual(['close', 'claim']);
	});

	it('of rows that no longer matter, also in the very moment that a lock ends', async () => {
		for (let row = 0; row < 10; row++) taken(1);
		table.now += 300_302;
		me = new Process(table);
		await me.ask(50);
		me.leases.locked(1_000, me.now);
		table.now += 1_003;
		expect(await me.ask(50)).toEqual({ do: 'start', slots: 10 });
		expect(table.asked).toEqual(['claim']);
		me.makeCalls(6);
		await me.ask(44);
		expect(table.asked.slice(1)).toEqual(['remove', 'claim']);
	});
});

describe('a lock', () => {
	it('is not told once more since something else could not be told', async () => {
		await me.ask(1);
		const slots = me.start(1);
		me.leases.locked(60_000, me.now);
		await me.ask(0);
		end(slots);
		table.isAway = true;
		await me.ask(0);
		table.isAway = false;
		table.now += 750;
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		expect(table.asked).toEqual(['claim', 'lock', 'close', 'close']);
	});

	it('that this process has met keeps it from asking for calls that nobody may make', async () => {
		me.leases.locked(1_000, me.now);
		expect(await me.ask(5)).toEqual({ do: 'wait', until: 1_003, why: 'lock' });
		table.now += 1_002;
		expect(await me.ask(5)).toEqual({ do: 'wait', until: 1_003, why: 'lock' });
		expect(table.asked).toEqual(['lock']);
	});
});
