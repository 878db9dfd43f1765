import { asSeenFrom, endsAtMostMs, mattersUntil, type Row } from '../../nodes/limit/leaseTable';
import { timeout } from '../../nodes/n8n/options';
import { INSERTED, row } from './grantScene';

const own = row(5);
/** How a row is seen that is known for so long: it was read first after the own row was sent. */
const seen = (given: Partial<Row>, knownForMs = -100, id = 3) =>
	asSeenFrom(own, [row(id, given)], () => knownForMs)[0]!;

describe('rows that no process would write', () => {
	it.each([-1, -1_000, -1e15])('add no calls: %d of them', (calls) => {
		expect(seen({ calls }).calls).toBe(0);
	});

	it.each([-1, -1e15])('free no calls early: over after %d ms', (endsAfterMs) => {
		expect(seen({ endsAfterMs }).endsAfterMs).toBe(0);
	});

	it('matter no longer than the longest time-out that a user can set', () => {
		for (const state of ['open', 'closed'] as const) {
			const { endsAfterMs } = seen({ state, endsAfterMs: 1e15 });
			expect(endsAfterMs).toBe(endsAtMostMs(timeout.typeOptions!.maxValue!));
		}
	});

	it('lock for no longer than a day', () => {
		const { endsAfterMs } = seen({ state: 'lock', endsAfterMs: 1e15 });
		expect(endsAfterMs).toBe(86_486_402);
		expect(seen({ state: 'lock', endsAfterMs: 86_400_000 }).endsAfterMs).toBe(86_400_000);
	});

	it('are as old as one has known them, wherever they come from', () => {
		const future = { createdAt: INSERTED + 1e12 };
		expect(seen(future).createdAt).toBe(INSERTED + 100);
		expect(seen(future, 70_000).createdAt).toBe(INSERTED - 70_000);
		expect(seen({ createdAt: INSERTED - 80_000 }, 70_000).createdAt).toBe(INSERTED - 80_000);
	});
});

it('rows that came after the own one are no older, where the database’s clock was set back; the others keep their times', () => {
	const times = [3, 5, 6, 7].map((id) => seen({ createdAt: INSERTED - 500 }, -100, id).createdAt);
	expect(times).toEqual([INSERTED - 500, INSERTED - 500, INSERTED, INSERTED]);
});

it('a lease matters until a window after its last call, by any clock; a lock until it ends', () => {
	const ends = { createdAt: 1_000, endsAfterMs: 500 };
	expect(mattersUntil(row(1, ends), 300_000)).toBe(301_802);
	expect(mattersUntil(row(1, { ...ends, state: 'lock' }), 300_000)).toBe(1_500);
});

it('a lease ends by itself after its life and the longest call, by any clock', () => {
	expect(endsAtMostMs(60_000)).toBe(90_092);
});
