import { LIFE_MS } from '../../nodes/limit/leaseTable';
import { MemoryTable } from '../support/memoryTable';
import { LIMITS, Process } from './leaseProcess';

let table: MemoryTable;
let me: Process;
beforeEach(() => {
	table = new MemoryTable();
	me = new Process(table);
});

describe('a lease', () => {
	it('starts no more calls than it is for', async () => {
		await me.ask(7);
		me.start(7);
		expect(me.leases.start(me.now)).toBeUndefined();
		expect(await me.ask(0)).toMatchObject({ do: 'wait', why: 'turn' });
	});

	it('is followed by the next before it is used up, when no more is left than is under way', async () => {
		await me.ask(50);
		const slots = me.start(4);
		expect(await me.ask(46)).toMatchObject({ slots: 6 });
		slots.push(...me.start(1));
		expect(await me.ask(45)).toMatchObject({ slots: 15 });
		expect(table.asked).toEqual(['claim', 'claim']);
	});

	it('starts no call once its life is over, and gives back what it has not used', async () => {
		await me.ask(10);
		me.makeCalls(4);
		table.now += LIFE_MS - 1;
		expect(await me.ask(6)).toMatchObject({ do: 'start', slots: 6 });
		table.now += 1;
		expect(me.leases.start(me.now)).toBeUndefined();
		expect(await me.ask(6)).toMatchObject({ do: 'start', slots: 6 });
		expect(table.asked).toEqual(['claim', 'close', 'claim']);
	});

	it('is closed when its calls have ended, with how many there were and when the last one ended', async () => {
		await me.ask(10);
		const [first, second] = me.start(2);
		table.now += 1_000;
		me.leases.end(first!, me.now);
		table.now += 1_000;
		me.leases.end(second!, me.now);
		me.leases.end(first!, me.now + 60_000);
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		// 2,000 ms, as long as they can be by clocks that run apart.
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 2, endsAfterMs: 2_004 }]);
	});

	it('is good for no call once it is being closed, whether that succeeds or not', async () => {
		await me.ask(10);
		me.makeCalls(1);
		const close = me.due(0);
		expect(me.leases.start(me.now)).toBeUndefined();
		me.leases.failed(close, me.now);
		expect(me.leases.start(me.now)).toBeUndefined();
		table.now += 1_000;
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 1 }]);
	});

	it('whose life is over with calls unused is told of at once, although there is enough of the next', async () => {
		await me.ask(50);
		me.makeCalls(4);
		table.now += LIFE_MS - 5_000;
		const slots = me.start(2);
		await me.ask(44);
		for (const slot of slots) me.leases.end(slot, me.now);
		table.now += 5_000;
		expect(me.due(44)).toEqual({ notices: [expect.objectContaining({ kind: 'close', calls: 6 })] });
	});

	it('that was not used leaves no row', async () => {
		await me.ask(10);
		me.leases.release(me.start(1)[0]!);
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		expect(table.rows).toEqual([]);
	});

	it('is not closed while a call is under way, however long ago its life ended', async () => {
		await me.ask(1);
		const [slot] = me.start(1);
		table.now += 80_000;
		expect(await me.ask(0)).toMatchObject({ do: 'wait', why: 'turn' });
		me.leases.end(slot!, me.now);
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 1, endsAfterMs: 80_082 }]);
	});

	it('of a process that died stops to count a window after its last call can have ended', async () => {
		const dead = new Process(table, 'dead', { ...LIMITS, callsPerWindow: 1 });
		await dead.ask(1);
		dead.start(1);
		table.now += 90_092 + 300_302 - 1;
		const early = new Process(table, 'early', { ...LIMITS, callsPerWindow: 1 });
		expect(await early.ask(1)).toMatchObject({ do: 'wait' });
		await early.ask(0);
		table.now += 1;
		const alive = new Process(table, 'alive', { ...LIMITS, callsPerWindow: 1 });
		expect(await alive.ask(1)).toMatchObject({ do: 'start', slots: 1 });
	});

	it('can be had a little ahead of time, and starts no call before', async () => {
		table.insert({ state: 'closed', calls: 100, endsAfterMs: 0 });
		table.now += 300_302 - 1_000;
		const claim = me.due(5);
		table.now += 300;
		const claimed = await table.do(claim, 'me');
		table.now += 300;
		me.leases.took(claim, claimed, me.now);
		// 700 ms after its row was inserted, which was 300 ms ago at the most.
		const from = me.now + 703;
		expect(await me.ask(5)).toEqual({ do: 'wait', until: from, why: 'turn' });
		expect(me.leases.start(from - 1)).toBeUndefined();
		expect(me.leases.next(5, from)).toMatchObject({ do: 'start', slots: 5 });
	});
});

describe('a lock', () => {
	it('stops the calls of the process that meets it, and of all that ask afterwards', async () => {
		await me.ask(10);
		me.makeCalls(1);
		me.leases.locked(1_800_000, me.now);
		const until = me.now + 1_801_802;
		expect(await me.ask(9)).toEqual({ do: 'wait', until, why: 'lock' });
		expect(me.leases.start(me.now)).toBeUndefined();
		expect(await new Process(table, 'other').ask(1)).toMatchObject({ do: 'wait', why: 'lock' });
		table.now += 1_810_000;
		expect(await new Process(table, 'later').ask(1)).toMatchObject({ do: 'start' });
	});

	it('is told at once, also where more calls are wanted than may be made', async () => {
		await me.ask(50);
		me.makeCalls(1);
		me.leases.locked(60_000, me.now);
		expect(me.due(49)).toEqual({ notices: [{ kind: 'lock', endsAfterMs: 60_125 }] });
	});

	it('is told once, when calls that were under way together meet it', async () => {
		await me.ask(10);
		const slots = me.start(3);
		for (const slot of slots) {
			me.leases.end(slot, me.now);
			me.leases.locked(1_800_000, me.now);
			await me.ask(7);
			table.now += 500;
		}
		expect(table.rows.filter(({ state }) => state === 'lock')).toHaveLength(1);
	});

	it('is told also by who wants no more calls', async () => {
		await me.ask(1);
		me.makeCalls(1);
		me.leases.locked(60_000, me.now);
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		expect(table.rows).toMatchObject([{ state: 'closed' }, { state: 'lock', endsAfterMs: 60_125 }]);
	});
});

describe('a table that cannot be reached', () => {
	it('makes the runs wait, and is asked again after pauses that grow to half a minute', async () => {
		table.isAway = true;
		const pauses = [];
		for (let failure = 0; failure < 8; failure++) {
			const step = await me.ask(5);
			if (step.do !== 'wait') throw new Error(step.do);
			expect(step.why).toBe(pauses.length < 2 ? 'turn' : 'store');
			expect(me.leases.start(me.now)).toBeUndefined();
			pauses.push(step.until - me.now);
			table.now += step.until - me.now;
		}
		expect(pauses).toEqual([750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500]);
		table.isAway = false;
		expect(await me.ask(5)).toMatchObject({ do: 'start', slots: 5 });
	});

	it('does not take back what was had before', async () => {
		await me.ask(50);
		table.isAway = true;
		me.start(6);
		expect(await me.ask(44)).toMatchObject({ do: 'start', slots: 4 });
	});

	it('is told later what it could not be told: a close, a lock', async () => {
		await me.ask(10);
		me.makeCalls(10);
		me.leases.locked(100_000, me.now);
		table.isAway = true;
		await me.ask(0);
		table.now += 10_000;
		table.isAway = false;
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 10 }, { state: 'lock' }]);
	});

	it('that does not answer for 20 s has failed, and what it says later changes nothing', async () => {
		const claim = me.due(5);
		const late = await table.do(claim, 'me');
		table.now += 20_001;
		expect(me.leases.next(5, me.now)).toMatchObject({ do: 'wait', why: 'turn' });
		me.leases.took(claim, late, me.now);
		expect(me.leases.start(me.now)).toBeUndefined();
		me.leases.failed(claim, me.now);
		table.now += 1_000;
		expect(await me.ask(5)).toMatchObject({ do: 'start', slots: 5 });
		// The row of the lost claim is found, and does not hold up others.
		expect(table.rows).toMatchObject([{ id: 2, calls: 5 }]);
	});
});

describe('the rows', () => {
	it('of a lease whose calls have ended is closed in the trip that asks for the next one', async () => {
		await me.ask(50);
		me.makeCalls(10);
		const trip = me.due(40);
		expect(trip).toMatchObject({
			notices: [{ kind: 'close', calls: 10 }],
			question: { calls: 10 },
		});
		await me.do(trip);
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 10 }, { state: 'open' }]);
	});

	it('of a lease that is used up is closed at once where no other one is wanted', async () => {
		await me.ask(10);
		me.makeCalls(10);
		expect(me.due(0)).toEqual({ notices: [expect.objectContaining({ calls: 10 })] });
	});

	it('that no longer matter are removed, ten at a time', async () => {
		for (let row = 0; row < 9; row++) table.insert({ state: 'closed', endsAfterMs: 0 });
		table.now += 300_302;
		await me.ask(1);
		expect(table.rows).toHaveLength(10);
		table.insert({ state: 'lock', endsAfterMs: 0 });
		me.makeCalls(1);
		await me.ask(1);
		expect(table.rows.map(({ holder }) => holder)).toEqual(['me', 'me']);
	});
});

describe('a call that n8n repeats', () => {
	it('counts as often as it was made, also where that is more than the lease was for', async () => {
		await me.ask(1);
		me.leases.end(me.start(1)[0]!, me.now, 2);
		expect(await me.ask(0)).toEqual({ do: 'nothing' });
		expect(table.rows).toMatchObject([{ state: 'closed', calls: 2 }]);
	});
});
