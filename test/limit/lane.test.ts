import { setImmediate } from 'node:timers/promises';
import { Lane } from '../../nodes/limit/lane';
import type { Store } from '../../nodes/limit/leaseTable';
import { MemoryTable } from '../support/memoryTable';

let table: MemoryTable;
let lane: Lane;
beforeEach(() => {
	table = new MemoryTable();
	lane = laneOf(true);
});

const store: Store = async (trip, holder) => await table.do(trip, holder);

/** A lane in which a run wants five calls. */
function laneOf(isShort: boolean): Lane {
	const means = { name: 'me', now: () => table.now, sleep: async () => {}, random: () => 0.5 };
	const made = new Lane(isShort, means);
	const limits = { callsPerWindow: 100, windowMs: 300_000 };
	made.leases.keepTo({ ...limits, reserved: 0, longestCallMs: 60_000 });
	made.turns.hear(limits, table.now, 5, 1);
	return made;
}

/** The step that comes once the table has answered, or failed. */
async function stepAfter(way: Store, isShut?: boolean) {
	lane.step(table.now, way, isShut);
	await setImmediate();
	return lane.step(table.now, way, isShut);
}

describe('runs of one kind', () => {
	it('are let in as soon as the table has answered, and not before', async () => {
		const until = table.now + 1_000;
		expect(lane.step(table.now, store)).toEqual({ do: 'wait', until, why: 'turn' });
		await setImmediate();
		expect(lane.step(table.now, store)).toEqual({ do: 'start', slots: 5 });
		expect(table.asked).toEqual(['claim']);
	});

	it.each([true, false])('are named in their rows: short ones or not (%s)', async (isShort) => {
		lane = laneOf(isShort);
		await stepAfter(store);
		expect(table.rows).toMatchObject([{ holder: isShort ? 'me short' : 'me long', isShort }]);
	});

	it('ask for as many calls as one of them must start together', async () => {
		lane.turns.hear({ callsPerWindow: 100, windowMs: 300_000 }, table.now, 30, 25);
		expect(await stepAfter(store)).toEqual({ do: 'start', slots: 25 });
	});

	it('do not ask for calls while none may start, and start none that are free', async () => {
		expect(await stepAfter(store, true)).toEqual({ do: 'nothing' });
		expect(table.asked).toEqual([]);
		await stepAfter(store);
		expect(await stepAfter(store, true)).toEqual({ do: 'nothing' });
		expect(table.rows).toEqual([]);
	});
});

describe('a table', () => {
	it('has answered once it has done so, and also when it fails later', async () => {
		expect(lane.hasAnswered).toBe(false);
		await stepAfter(store);
		expect(lane.hasAnswered).toBe(true);
		table.isAway = true;
		await stepAfter(store, true);
		expect(lane.hasAnswered).toBe(true);
		expect(lane.said).toBe('the database is away');
	});

	it('has not answered, nor said anything, while it is asked', () => {
		lane.step(table.now, store);
		expect([lane.hasAnswered, lane.said]).toEqual([false, '']);
	});

	it.each([
		[new TypeError('no such table'), 'no such table'],
		['database is locked', 'database is locked'],
		[undefined, 'undefined'],
	])('that fails with %p has said "%s"', async (fault, said) => {
		const failing: Store = async () => {
			throw fault;
		};
		expect(await stepAfter(failing)).toEqual({ do: 'wait', until: table.now + 750, why: 'turn' });
		expect([lane.hasAnswered, lane.said]).toEqual([false, said]);
	});
});
