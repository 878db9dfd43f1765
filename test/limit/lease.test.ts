import { endsAtMostMs, Lease } from '../../nodes/limit/lease';
import { CLAIM } from './claimScene';

/** For three of ten calls that were claimed at 1,000 ms; they may start from 2,000 ms on. */
const leased = () => new Lease({ ...CLAIM, calls: 10, sentAt: 1_000 }, 3, 2_000);

describe('a lease', () => {
	it('lets no call start before its time, nor after its life', () => {
		const lease = leased();
		expect([1_999, 2_000, 30_999, 31_000].map((now) => lease.free(now))).toEqual([0, 3, 3, 0]);
		expect([1_999, 30_999, 31_000].map((now) => lease.left(now))).toEqual([3, 3, 0]);
	});

	it('is good for so many calls, those given back among them', () => {
		const lease = leased();
		const [slot] = [lease.start(), lease.start()];
		expect([lease.open, lease.free(2_000)]).toEqual([2, 1]);
		lease.release(slot!);
		lease.release(slot!);
		expect([lease.open, lease.free(2_000)]).toEqual([1, 2]);
	});

	it('is good for fewer calls where one became more requests, and never for less than none', () => {
		const lease = leased();
		lease.end(lease.start(), 2_500, 2);
		expect(lease.left(2_500)).toBe(1);
		lease.end(lease.start(), 2_500, 9);
		expect(lease.left(2_500)).toBe(0);
	});

	it('does not count a call twice, nor one of another lease', () => {
		const lease = leased();
		const slot = lease.start();
		lease.end(slot, 2_500, 2);
		lease.end(slot, 9_000, 2);
		lease.end(leased().start(), 9_000, 2);
		lease.release(slot);
		expect(lease.close()).toEqual({ kind: 'close', id: 5, calls: 2, endsAfterMs: 1_504 });
	});

	it('is over when its calls are, or when nobody wants them', () => {
		const lease = leased();
		expect([lease.isOver(1, 2_000), lease.isOver(0, 2_000)]).toEqual([false, true]);
		const slot = lease.start();
		expect([lease.isOver(0, 2_000), lease.isOver(1, 40_000)]).toEqual([false, false]);
		lease.end(slot, 2_500, 1);
		expect([lease.isOver(1, 2_500), lease.isOver(1, 31_000)]).toEqual([false, true]);
	});

	it('has calls for others until all that it has told of have been made', () => {
		const lease = leased();
		lease.end(lease.start(), 2_500, 9);
		expect(lease.hasUnused).toBe(true);
		lease.end(lease.start(), 2_500, 1);
		expect(lease.hasUnused).toBe(false);
	});

	it('tells the others when its last call ended, and lets none start after that', () => {
		const lease = leased();
		const slots = [lease.start(), lease.start()];
		slots.forEach((slot, index) => lease.end(slot, 2_500 + 500 * index, 1));
		expect(lease.close()).toEqual({ kind: 'close', id: 5, calls: 2, endsAfterMs: 2_004 });
		expect([lease.left(3_000), lease.free(3_000)]).toEqual([0, 0]);
	});

	it('leaves no row where no call was made: it would stand in the way for a window', () => {
		const lease = leased();
		lease.release(lease.start());
		expect(lease.close()).toEqual({ kind: 'remove', ids: [5] });
	});

	it('ends by itself after its life and the longest call, by any clock', () => {
		expect(endsAtMostMs(60_000)).toBe(90_092);
	});
});
