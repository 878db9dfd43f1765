import { Leftovers } from '../../nodes/limit/leftovers';
import { LIFE_MS } from '../../nodes/limit/leaseTable';
import { MemoryTable } from '../support/memoryTable';
import { row } from './claimScene';
import { Process } from './leaseProcess';

it('rows that no longer matter go a hundred at a time, and not with a trip that comes after a failed one', async () => {
	const table = new MemoryTable();
	const me = new Process(table);
	for (let row = 0; row < 1_200; row++) table.insert({ state: 'closed', calls: 1, endsAfterMs: 0 });
	table.now += 300_302;
	await me.do(me.due(1));
	const removal = me.due(1);
	expect(removal.notices).toEqual([{ kind: 'remove', ids: expect.any(Array) }]);
	expect(removal.notices[0]).toHaveProperty('ids.length', 100);
	me.leases.failed(removal, me.now);
	table.now += LIFE_MS;
	expect(me.due(1).notices).toEqual([{ kind: 'remove', ids: [1_201] }]);
});

describe('rows of this process', () => {
	const WINDOW_MS = 300_000;
	const NONE = new Set<number>();

	it('that are open and no lease of it come from a lost claim, and go: they keep others off', () => {
		const leftovers = new Leftovers();
		const rows = [
			row(1, { holder: 'me' }),
			row(2, { holder: 'me' }),
			row(3, { holder: 'me', state: 'closed' }),
			row(4, { holder: 'other' }),
		];
		expect(leftovers.hasOwn).toBe(false);
		expect(leftovers.removeOwn()).toBeUndefined();
		leftovers.look(rows, 0, WINDOW_MS, 'me', new Set([2]));

		expect(leftovers.hasOwn).toBe(true);
		expect(rows.map(({ id }) => leftovers.isOwn(id))).toEqual([true, false, false, false]);
		expect(leftovers.removeOwn()).toEqual({ kind: 'remove', ids: [1] });
	});

	it('that were taken back go until they are gone, a hundred at a time', () => {
		const leftovers = new Leftovers();
		for (let id = 1; id <= 101; id++) leftovers.add(id);
		expect(leftovers.removeOwn()).toHaveProperty('ids.length', 100);
		leftovers.forget(Array.from({ length: 100 }, (_, index) => index + 1));
		expect(leftovers.removeOwn()).toEqual({ kind: 'remove', ids: [101] });
	});

	it('go with those of others that no longer matter once there are ten of them', () => {
		const leftovers = new Leftovers();
		const ended = { createdAt: 0, state: 'closed', endsAfterMs: 0 } as const;
		const rows = Array.from({ length: 10 }, (_, id) => row(id, ended));
		leftovers.look(rows, 300_301, WINDOW_MS, 'me', NONE);
		expect(leftovers.removeOutdated()).toBeUndefined();
		leftovers.look(rows.slice(1), 300_302, WINDOW_MS, 'me', NONE);
		expect(leftovers.removeOutdated()).toBeUndefined();
		leftovers.look(rows, 300_302, WINDOW_MS, 'me', NONE);
		expect(leftovers.removeOutdated()).toHaveProperty('ids', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
		leftovers.look([...rows, row(10, ended)], 300_302, WINDOW_MS, 'me', NONE);
		leftovers.forget([9]);
		expect(leftovers.removeOutdated()).toHaveProperty('ids', [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]);
		leftovers.forget([8]);
		expect(leftovers.removeOutdated()).toBeUndefined();
	});
});
