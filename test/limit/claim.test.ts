import type { Notice, Trip } from '../../nodes/limit/leaseTable';
import { MemoryTable } from '../support/memoryTable';
import { Process } from './leaseProcess';

/** So long is the longest pause before a claim comes again. */
const LONGEST_YIELD_MS = 5_000;

const told = (notice: Notice): Trip => ({ notices: [notice] });

let table: MemoryTable;
let me: Process;
beforeEach(() => {
	table = new MemoryTable();
	me = new Process(table);
});

describe('a claim', () => {
	it.each([
		{ wanted: 3, calls: 3 },
		{ wanted: 100_000, calls: 10 },
	])(
		'is for no more than is wanted, and for a tenth of the limit: $calls of $wanted',
		async (row) => {
			expect(await me.ask(row.wanted)).toMatchObject({ do: 'start', slots: row.calls });
			expect(table.rows).toMatchObject([{ state: 'open', calls: row.calls, endsAfterMs: 90_092 }]);
		},
	);

	it('takes what others leave, where that is less than it asks for', async () => {
		table.insert({ calls: 96 });
		expect(await me.ask(50)).toMatchObject({ do: 'start', slots: 4 });
		me.makeCalls(4);
		await me.ask(46);
		expect(table.rows.find(({ holder }) => holder === 'me')).toMatchObject({ calls: 4 });
	});

	it('counts rows that are younger than its own', async () => {
		const claim = me.due(1);
		const { id, rows } = await table.do(claim, 'me');
		const younger = { ...rows![0]!, id: id! + 1, createdAt: table.now + 5, holder: 'other' };
		me.leases.took(claim, { id: id!, rows: [...rows!, { ...younger, calls: 100 }] }, me.now);
		expect(me.leases.start(me.now)).toBeUndefined();
	});

	it('is taken back where nothing is free, and comes again when something is', async () => {
		table.insert({ state: 'closed', calls: 100, endsAfterMs: 3_000 });
		table.now += 10_000;
		// A window after the calls, as long as it can be by clocks that run apart: 300,302 ms.
		const freeAt = 303_302;
		expect(await me.ask(50)).toEqual({ do: 'wait', until: freeAt, why: 'window' });
		expect(table.rows).toHaveLength(1);
		table.now += freeAt - me.now - 1;
		await me.ask(50);
		expect(table.asked).toEqual(['claim', 'remove']);
		table.now += 1;
		expect(await me.ask(50)).toMatchObject({ do: 'start', slots: 10 });
	});

	it('comes again within 1 % of the window where calls come free one by one', async () => {
		for (let call = 0; call < 100; call++) {
			table.insert({ state: 'closed', calls: 1, endsAfterMs: 2_000 * call });
		}
		expect(await me.ask(50)).toEqual({ do: 'wait', until: 303_302, why: 'window' });
	});

	it('for a single call comes well ahead of the first that is free, and so before large ones', async () => {
		table.insert({ state: 'closed', calls: 100, endsAfterMs: 0 });
		const single = new Process(table, 'single');
		for (let look = 1; look <= 3; look++) {
			expect(await single.ask(1)).toMatchObject({ do: 'wait', until: 300_302 });
			table.now += 100;
		}
		table.now -= 300;
		table.now += 300_302 - 3_750;
		expect(await single.ask(1)).toMatchObject({ do: 'wait', until: 300_308, why: 'turn' });
		table.now += 3_756;
		expect(await me.ask(50)).toMatchObject({ do: 'start', slots: 10 });
		expect(await single.ask(1)).toMatchObject({ do: 'start', slots: 1 });
	});

	it('looks again in a moment where others hold leases, for they may use little of them', async () => {
		const id = table.insert({ calls: 100 });
		table.now += 1;
		const full = { do: 'wait', until: 90_092 + 300_302, why: 'window' };
		expect(await me.ask(50)).toEqual(full);
		table.now += LONGEST_YIELD_MS;
		expect(await me.ask(50)).toMatchObject(full);
		expect(table.asked).toEqual(['claim', 'remove', 'claim', 'remove']);
		await table.do(told({ kind: 'close', id, calls: 1, endsAfterMs: 500 }), 'other');
		table.now += LONGEST_YIELD_MS;
		expect(await me.ask(50)).toMatchObject({ do: 'start', slots: 10 });
	});

	it('does not count a claim of its own whose answer was lost', async () => {
		const question = { kind: 'claim', isShort: false, calls: 100, endsAfterMs: 90_092 } as const;
		await table.do({ notices: [], question }, 'me');
		expect(await me.ask(50)).toMatchObject({ do: 'start', slots: 10 });
	});

	it('does not trust an answer that lacks its own row', async () => {
		const claim = me.due(1);
		const { id } = await table.do(claim, 'me');
		me.leases.took(claim, { id: id!, rows: [] }, me.now);
		expect(await me.ask(1)).toEqual({ do: 'wait', until: 1_000, why: 'turn' });
		expect(table.rows).toHaveLength(0);
	});

	it('that is older than those it competes with stays for a second look, and the others go', async () => {
		table.insert({ state: 'closed', calls: 95 });
		const other = new Process(table, 'other');
		const [mine, theirs] = [me.due(10), other.due(10)];
		const answers = [];
		for (const [who, claim] of [
			['me', mine],
			['other', theirs],
		] as const) {
			answers.push(await table.do(claim, who));
			table.now += 100;
		}
		me.leases.took(mine, { id: answers[0]!.id!, rows: table.rows }, me.now);
		other.leases.took(theirs, answers[1]!, other.now);
		expect(me.leases.next(10, me.now)).toMatchObject({ do: 'wait', why: 'turn' });
		expect(await other.ask(10)).toMatchObject({ do: 'wait', why: 'turn' });
		expect(table.rows).toHaveLength(2);
		table.now += 1_000;
		expect(await me.ask(10)).toMatchObject({ do: 'start', slots: 5 });
		expect(table.asked).toContain('read');
	});
});

it('a claim for a single call does not take one that comes free later while others give some back', async () => {
	table.insert({ state: 'closed', calls: 99, endsAfterMs: 0 });
	table.now += 295_000;
	const id = table.insert({ calls: 1 });
	const single = new Process(table, 'single');
	table.now += 1;
	expect(await single.ask(1)).toMatchObject({ do: 'wait' });
	await table.do(told({ kind: 'remove', ids: [id] }), 'other');
	table.now += 100;
	expect(await single.ask(1)).toMatchObject({ do: 'start', slots: 1 });
});

it('a claim counts rows that came after it, although the clock of the database was set back in between', async () => {
	const claim = me.due(10);
	const { id } = await table.do(claim, 'me');
	table.insert({ createdAt: table.now - 3_600_000, calls: 100 });
	me.leases.took(claim, { id: id!, rows: table.rows }, me.now);
	expect(me.leases.start(me.now)).toBeUndefined();
});
