import { LIFE_MS } from '../../nodes/limit/leaseTable';
import { MemoryTable } from '../support/memoryTable';
import { Process } from './leaseProcess';

const table = new MemoryTable();
const me = new Process(table);

it('rows that no longer matter go a hundred at a time, and not with a trip that comes after a failed one', async () => {
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
