/** What a table that fails, and a lock, come to: the pure parts of the shared limit. */
import { KnownLock } from '../../nodes/limit/knownLock';
import { Trouble } from '../../nodes/limit/trouble';

describe('a table that fails', () => {
	const pauses = (count: number, random: number) => {
		const trouble = new Trouble();
		return Array.from({ length: count }, () => {
			trouble.failed(5_000, random);
			return trouble.until - 5_000;
		});
	};

	it('is left alone the longer the more often it failed in a row, up to half a minute', () => {
		expect(pauses(7, 0)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
	});

	it('is not asked by all processes at the same time again', () => {
		expect(pauses(1, 0.5)).toEqual([750]);
	});

	it('is worth telling of after three failures in a row, and begins anew with an answer', () => {
		const trouble = new Trouble();
		expect([trouble.isOn, trouble.isSerious, trouble.until]).toEqual([false, false, -Infinity]);
		for (const isSerious of [false, false, true]) {
			trouble.failed(0, 0);
			expect([trouble.isOn, trouble.isSerious]).toEqual([true, isSerious]);
		}
		trouble.answered();
		expect([trouble.isOn, trouble.isSerious]).toEqual([false, false]);
		trouble.failed(0, 0);
		expect(trouble.until).toBe(500);
	});
});

describe('a lock that a call of this process has met', () => {
	/** 60,000 ms by a clock of another, as long as they can be. */
	const UNTIL = 60_062;

	it('is told the others once, for as long as it still lasts', () => {
		const lock = new KnownLock();
		lock.met(60_000, 0);
		expect(lock.until).toBe(UNTIL);
		expect(lock.tell(10_062)).toEqual({ kind: 'lock', endsAfterMs: 50_052 });
		expect(lock.tell(10_062)).toBeUndefined();
	});

	it('is told again where that failed, unless it is over', () => {
		const lock = new KnownLock();
		lock.met(60_000, 0);
		lock.tell(0);
		lock.untold();
		expect(lock.tell(UNTIL)).toBeUndefined();
		expect(lock.tell(UNTIL - 1)).toMatchObject({ kind: 'lock' });
	});

	it('is one with those that calls under way with it met, and another one five seconds later', () => {
		const lock = new KnownLock();
		lock.met(60_000, 0);
		lock.tell(0);
		lock.met(60_000, 5_000);
		expect(lock.until).toBe(UNTIL + 5_000);
		expect(lock.tell(5_000)).toBeUndefined();
		lock.met(60_000, 10_001);
		expect(lock.tell(10_001)).toMatchObject({ kind: 'lock' });
	});

	it('is over no earlier for a shorter one', () => {
		const lock = new KnownLock();
		lock.met(60_000, 0);
		lock.met(1_000, 10);
		expect(lock.until).toBe(UNTIL);
		lock.heardOf(30_000);
		expect(lock.until).toBe(UNTIL);
	});

	it('is not told of by who has heard of it from another', () => {
		const lock = new KnownLock();
		lock.heardOf(60_000);
		expect(lock.until).toBe(60_000);
		expect(lock.tell(0)).toBeUndefined();
	});
});
