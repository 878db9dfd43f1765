import { Lease } from '../../nodes/limit/lease';
import { row } from './grantScene';

/** For three of ten calls that were claimed at 1,000 ms, of up to a minute each. */
const leased = () => new Lease(row(1, { claim: 'me 1', calls: 10 }), 3, 1_000, 60_000);
const slot = (requests = 1) => ({ startedAt: 2_000, requests });

describe('a lease', () => {
	it('lets no call start after its life', () => {
		const lease = leased();
		expect([1_000, 30_999, 31_000].map((now) => lease.left(60_000, now))).toEqual([3, 3, 0]);
	});

	it('lets no call start that may last longer than the others were told', () => {
		const lease = leased();
		expect([1_000, 60_000, 60_001].map((ms) => lease.left(ms, 2_000))).toEqual([3, 3, 0]);
	});

	it('is good for so many requests', () => {
		const lease = leased();
		lease.start(slot(2));
		expect([lease.underWay, lease.left(60_000, 2_000)]).toEqual([2, 1]);
	});

	it('has again what a call did not need, and less where one became more, but never less than none', () => {
		const lease = leased();
		const slots = [slot(2), slot()];
		for (const one of slots) lease.start(one);
		lease.end(slots[0]!, 1, 2_500);
		expect(lease.left(60_000, 2_500)).toBe(1);
		lease.end(slots[1]!, 9, 2_500);
		expect([lease.underWay, lease.left(60_000, 2_500)]).toEqual([0, 0]);
	});

	it('knows its calls that are under way', () => {
		const lease = leased();
		const [mine, other] = [slot(), slot()];
		lease.start(mine);
		expect([lease.has(mine), lease.has(other)]).toEqual([true, false]);
		lease.end(mine, 1, 2_500);
		expect(lease.has(mine)).toBe(false);
	});

	it('has calls for others until all that it has told of have been made', () => {
		const lease = leased();
		const slots = [slot(), slot()];
		for (const one of slots) lease.start(one);
		lease.end(slots[0]!, 8, 2_500);
		expect(lease.hasUnused).toBe(true);
		lease.end(slots[1]!, 2, 2_500);
		expect(lease.hasUnused).toBe(false);
	});

	it('tells the others how many calls it was and when the last one ended, as late as that may be by their clocks', () => {
		const lease = leased();
		const slots = [slot(), slot()];
		for (const one of slots) lease.start(one);
		lease.end(slots[0]!, 1, 3_000);
		lease.end(slots[1]!, 1, 2_500);
		expect(lease.close()).toEqual({ claim: 'me 1', calls: 2, endsAfterMs: 2_004 });
		expect(lease.left(60_000, 3_000)).toBe(0);
	});

	it('does not make the others wait for a call that was not made', () => {
		const lease = leased();
		const slots = [slot(), slot()];
		for (const one of slots) lease.start(one);
		lease.end(slots[0]!, 1, 2_000);
		lease.end(slots[1]!, 0, 9_000);
		expect(lease.close()).toEqual({ claim: 'me 1', calls: 1, endsAfterMs: 1_003 });
	});
});
