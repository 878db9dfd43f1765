/** What a process waits for while no call of it may start, and until when exactly. */
import { MemoryTable } from '../support/memoryTable';
import { Process } from './leaseProcess';

let table: MemoryTable;
let me: Process;
beforeEach(() => {
	table = new MemoryTable();
	me = new Process(table);
});

/** What it does next, a trip to the table included. */
const next = (wanted: number) => me.leases.next(wanted, me.now);
const turn = (until: number) => ({ do: 'wait', until, why: 'turn' });

describe('a process whose runs want no more calls', () => {
	it('looks again in a second while its calls are under way: it is to tell when they have ended', async () => {
		await me.ask(7);
		me.start(7);
		expect(next(0)).toEqual(turn(1_000));
		table.now += 400;
		expect(next(0)).toEqual(turn(1_400));
	});

	it('starts none, although its lease has some left', async () => {
		await me.ask(10);
		me.start(1);
		expect(next(0)).toEqual(turn(1_000));
	});

	it('stays until its claim is answered: the row would hold up the others', async () => {
		const claim = me.due(5);
		expect(next(0)).toEqual(turn(1_000));
		await me.do(claim);
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		expect(table.rows).toEqual([]);
	});

	it('has nothing to wait for after a claim that failed, once its pause is over', async () => {
		table.isAway = true;
		expect(await me.ask(5)).toEqual(turn(750));
		table.now += 749;
		expect(next(0)).toEqual(turn(750));
		table.now += 1;
		expect(next(0)).toEqual({ do: 'nothing' });
	});

	it('has nothing to wait for where its claim found the limit used up', async () => {
		table.insert({ state: 'closed', calls: 100, endsAfterMs: 0 });
		expect(await me.ask(5)).toEqual({ do: 'wait', until: 300_302, why: 'window' });
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
	});
});

describe('when a lock ends', () => {
	it('a call that has its lease starts in the same moment, and not before', async () => {
		await me.ask(5);
		me.leases.locked(1_000, me.now);
		expect(me.leases.start(1_002)).toBeUndefined();
		expect(me.leases.next(5, 1_003)).toEqual({ do: 'start', slots: 5 });
		expect(me.leases.start(1_003)).toBeDefined();
	});

	it('a lease is asked for in the same moment, and from then on it is no lock that is waited for', async () => {
		me.leases.locked(1_000, me.now);
		await me.ask(5);
		table.now += 1_003;
		expect(me.due(5)).toMatchObject({ notices: [], question: { kind: 'claim', calls: 5 } });
		expect(next(5)).toEqual(turn(2_003));
	});
});

describe('a claim that an older one of another process keeps off', () => {
	beforeEach(async () => {
		me.tripMs = 100;
		table.insert({ calls: 100, createdAt: table.now - 10 });
		await me.do(me.due(5));
	});

	it('is taken back at once, and made again after a pause', async () => {
		expect(await me.ask(5)).toEqual(turn(300));
		expect(table.asked).toEqual(['claim', 'remove']);
		table.now += 99;
		expect(next(5)).toEqual(turn(300));
		table.now += 1;
		expect(me.due(5)).toMatchObject({ notices: [], question: { kind: 'claim', calls: 5 } });
		expect(next(5)).toEqual(turn(1_300));
	});

	it('is made again after a longer pause the second time', async () => {
		await me.ask(5);
		table.now += 100;
		table.rows = [];
		table.insert({ calls: 100, createdAt: table.now - 10 });
		await me.do(me.due(5));
		expect(await me.ask(5)).toEqual(turn(700));
	});
});

describe('a claim that keeps off younger ones', () => {
	beforeEach(async () => {
		me.tripMs = 100;
		table.insert({ calls: 100, createdAt: table.now + 1 });
		await me.do(me.due(5));
	});

	/** The other process takes its claim back. */
	const yieldTo = () => (table.rows = table.rows.filter(({ holder }) => holder === 'me'));

	it('looks a second time after a round trip, and takes what the others have left it', async () => {
		expect(next(5)).toEqual(turn(200));
		yieldTo();
		table.now += 100;
		const look = me.due(5);
		expect(look).toEqual({ notices: [], question: { kind: 'read' } });
		expect(next(5)).toEqual(turn(1_200));
		await me.do(look);
		expect(next(5)).toEqual({ do: 'start', slots: 5 });
		expect(table.rows).toHaveLength(1);
	});

	it('looks no third time, and leaves the calls to the others', async () => {
		table.now += 100;
		await me.do(me.due(5));
		expect(await me.ask(5)).toEqual(turn(500));
		expect(table.rows).toMatchObject([{ holder: 'other' }]);
	});

	it('still looks a second time where a lock had to be told meanwhile', async () => {
		me.leases.locked(60_000, me.now);
		const lock = me.due(5);
		expect(lock).toEqual({ notices: [expect.objectContaining({ kind: 'lock' })] });
		await me.do(lock);
		expect(me.due(5)).toEqual({ notices: [], question: { kind: 'read' } });
	});
});
