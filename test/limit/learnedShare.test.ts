import { Budget } from '../../nodes/limit/budget';
import { LearnedShare } from '../../nodes/limit/learnedShare';
import type { Slot } from '../../nodes/limit/slot';
import { Window } from '../../nodes/limit/window';
import { Throttle } from '../fake-zoho/throttle';
import { FakeClock } from '../support/clock';
import { random } from '../support/random';

const WINDOW_MS = 3_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIMITS = { callsPerWindow: 490, windowMs: WINDOW_MS, longestCallMs: 60_000 };

describe('a share', () => {
	let share: LearnedShare;
	beforeEach(() => {
		share = new LearnedShare(0);
	});

	/** Calls that were started one a ms, the last of them then, and let in. */
	function letIn(calls: number, last: number): void {
		for (let call = calls - 1; call >= 0; call--) share.letIn(last - call, WINDOW_MS);
	}

	it('is not there while no lock was met', () => {
		letIn(490, 10_000);
		expect(share.learned(10_000)).toBeUndefined();
	});

	it('is 98 % of the calls that were made in the window before the lock', () => {
		letIn(100, 5_000);
		letIn(250, 9_000);
		share.refused(9_001, LIMITS);
		expect(share.learned(9_001)).toBe(245);
	});

	it('counts calls that had arrived before the lock, though their replies came after it', () => {
		letIn(250, 9_000);
		share.refused(9_010, LIMITS);
		letIn(5, 9_010);
		expect(share.learned(9_020)).toBe(249);
	});

	it('is learned once from one lock, however many calls it refuses', () => {
		letIn(250, 9_000);
		for (const now of [9_001, 9_002, 12_500, 27_001]) share.refused(now, LIMITS);
		expect(share.learned(27_001)).toBe(245);
	});

	it('is smaller after each further lock', () => {
		letIn(250, 9_000);
		share.refused(9_001, LIMITS);
		letIn(240, 40_000);
		share.refused(40_001, LIMITS);
		expect(share.learned(40_001)).toBe(235);
	});

	/** A lock at each of these times, after a few calls. Returns what is learned from each. */
	const lessonsAt = (times: number[]) =>
		times.map((at) => {
			letIn(3, at - 1);
			share.refused(at, LIMITS);
			return share.learned(at);
		});

	it('is a tenth of the budget after few calls, and a half of that after each lock within an hour', () => {
		expect(lessonsAt([10_000, 20_000, 30_000])).toEqual([49, 25, 13]);
	});

	it('is a tenth of the budget after each lock that comes an hour later, however many there are', () => {
		const hourly = Array.from({ length: 20 }, (_, hour) => 10_000 + hour * HOUR_MS);
		expect(new Set(lessonsAt(hourly))).toEqual(new Set([49]));
	});

	it('doubles back to a tenth of the budget, once an hour without a lock', () => {
		lessonsAt([10_000, 20_000, 30_000]);
		const after = (hours: number) => share.learned(30_000 + hours * HOUR_MS);
		expect([0, 0.999, 1, 1.999, 2, 9].map(after)).toEqual([13, 13, 25, 25, 49, 49]);
	});

	it('is halved from where it has come back to', () => {
		lessonsAt([10_000, 20_000, 30_000]);
		expect(lessonsAt([30_000 + HOUR_MS, 40_000 + HOUR_MS])).toEqual([25, 13]);
	});

	it('of many calls is halved by no lock, nor does it double', () => {
		const made = [10_000, 20_000, 20_000 + 2 * HOUR_MS].map((at) => {
			letIn(250, at - 1);
			share.refused(at, LIMITS);
			return share.learned(at);
		});
		expect([...made, share.learned(20_000 + 9 * HOUR_MS)]).toEqual([245, 245, 245, 245]);
	});

	it('is a whole number of 1 or more, whatever the budget is', () => {
		for (let budget = 1; budget <= 30; budget++) {
			share = new LearnedShare(0);
			for (let lock = 1; lock <= 8; lock++) {
				letIn(Math.ceil(budget / lock), 10_000 * lock);
				share.refused(10_000 * lock + 1, { ...LIMITS, callsPerWindow: budget });
				const learned = share.learned(10_000 * lock + 1);
				expect(Number.isInteger(learned)).toBe(true);
				expect(learned).toBeGreaterThanOrEqual(1);
			}
		}
	});

	it('is forgotten after a day without a lock', () => {
		letIn(250, 9_000);
		share.refused(9_001, LIMITS);
		expect(share.learned(9_000 + DAY_MS)).toBe(245);
		expect(share.learned(9_001 + DAY_MS)).toBeUndefined();
		letIn(3, 9_001 + DAY_MS);
		share.refused(9_002 + DAY_MS, LIMITS);
		expect(share.learned(9_002 + DAY_MS)).toBe(49);
	});

	it('is not learned by who made no call, nor by a process younger than a window', () => {
		share.refused(9_000, LIMITS);
		expect(share.learned(9_000)).toBeUndefined();
		share = new LearnedShare(0);
		letIn(100, WINDOW_MS - 1);
		share.refused(WINDOW_MS - 1, LIMITS);
		expect(share.learned(WINDOW_MS - 1)).toBeUndefined();
		letIn(100, 40_000);
		share.refused(40_001, LIMITS);
		expect(share.learned(40_001)).toBe(98);
	});
});

/** An account with a limit of 500 calls in 3 s and a lock of 18 s, and the time. */
class Account {
	readonly timeline = new FakeClock();
	readonly server = new Throttle(() => this.timeline.now());
	readonly random = random(1);
	readonly letInAt: number[] = [];
	lockedUntil = 0;

	constructor(
		kind: 'rolling' | 'fixed',
		readonly teaches: boolean,
	) {
		this.server.limit = { calls: 500, windowMs: WINDOW_MS, lockMs: 18_000, kind };
	}

	/** A call arrives. Returns how long the account is locked, 0 where it is let in. */
	arrive(): number {
		const now = this.timeline.now();
		const lockedForMs = this.server.arrive();
		if (lockedForMs > 0) this.lockedUntil = now + lockedForMs;
		else this.letInAt.push(now);
		return lockedForMs;
	}
}

/** A process that has been up for a while and knows of no other: budget 490, five calls at once. */
class Process {
	readonly waits: number[] = [];
	endedAt = 0;
	private readonly budget: Budget;
	private underWay = 0;
	private sleeps = 0;

	/** @param queue when each of its calls is wanted */
	constructor(
		private readonly account: Account,
		private readonly queue: number[],
	) {
		// Who is younger than a window learns nothing.
		const window = new Window(account.teaches ? -WINDOW_MS : Infinity);
		this.budget = new Budget(window, LIMITS, account.timeline.now());
		for (const at of new Set(queue)) account.timeline.after(at, () => this.act());
	}

	private act(): void {
		const { timeline } = this.account;
		while (this.underWay < 5 && (this.queue[0] ?? Infinity) <= timeline.now()) {
			const start = this.budget.tryStart(timeline.now(), 1, this.queue.length);
			if (!start.ok) return this.sleep(start.waitMs);
			this.call(start.slot, this.queue.shift()!);
		}
	}

	private sleep(ms: number): void {
		const sleep = ++this.sleeps;
		this.account.timeline.after(Math.min(1_000, ms), () => {
			if (sleep === this.sleeps) this.act();
		});
	}

	private call(slot: Slot, wantedAt: number): void {
		const { timeline, random } = this.account;
		this.waits.push(timeline.now() - wantedAt);
		this.underWay++;
		timeline.after(5 + Math.floor(10 * random()), () => {
			const lockedForMs = this.account.arrive();
			timeline.after(5 + Math.floor(10 * random()), () => {
				if (lockedForMs > 0) this.queue.unshift(wantedAt);
				this.budget.end(slot, lockedForMs > 0 ? { lockedForMs } : 'answered', timeline.now());
				this.underWay--;
				this.endedAt = timeline.now();
				this.act();
			});
		});
	}
}

/**
 * @param wanted for each process, when its calls are wanted
 * @param teaches whether a lock teaches them their shares
 */
function play(wanted: number[][], kind: 'rolling' | 'fixed', teaches = true) {
	const account = new Account(kind, teaches);
	const processes = wanted.map((queue) => new Process(account, [...queue]));
	account.timeline.play();
	const from = account.lockedUntil + WINDOW_MS;
	const to = Math.min(...processes.map(({ endedAt }) => endedAt));
	const steady = account.letInAt.filter((at) => at >= from && at < to).length;
	return {
		locks: account.server.locks,
		seconds: account.timeline.now() / 1_000,
		/** Calls let in a window, from the last lock until one of the processes has ended. */
		perWindow: steady / ((to - from) / WINDOW_MS),
		/** How long each call of the last process had waited when it was started, in ms. */
		waits: processes.at(-1)!.waits,
	};
}

const atOnce = (calls: number) => Array.from({ length: calls }, () => 0);
const evenly = (processes: number, calls: number) =>
	Array.from({ length: processes }, () => atOnce(calls / processes));

describe.each(['rolling', 'fixed'] as const)('unknowing processes, %s window', (kind) => {
	it.each([2, 3])('meet one lock and not five: %i of them, 2,940 addresses', (count) => {
		expect(play(evenly(count, 2_940), kind, false).locks).toBeGreaterThanOrEqual(4);
		const { locks, seconds } = play(evenly(count, 2_940), kind);
		expect(locks).toBe(1);
		expect(seconds).toBeLessThan(40);
	});

	it.each([2, 3, 5])('make 95 %% of the allowed calls a window after it: %i of them', (count) => {
		const { locks, perWindow } = play(evenly(count, 30_000), kind);
		expect(locks).toBe(1);
		expect(perWindow).toBeGreaterThanOrEqual(0.95 * 500);
	});

	it('need no more than three locks, even a dozen of them', () => {
		expect(play(evenly(12, 24_000), kind).locks).toBeLessThanOrEqual(3);
	});

	it('do not starve one that makes a few calls', () => {
		// Thirty calls a window, which with the 490 of the long list are too many.
		const few = Array.from({ length: 2_400 }, (_, call) => 100 * call);
		expect(play([atOnce(40_000), few], kind, false).locks).toBeGreaterThan(8);
		const { locks, waits } = play([atOnce(40_000), few], kind);
		expect(locks).toBeLessThanOrEqual(3);
		expect(Math.max(...waits.slice(-600))).toBeLessThanOrEqual(WINDOW_MS);
	});
});
