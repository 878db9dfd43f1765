/**
 * The window and the lock: one budget of calls for all runs in this process that use one account.
 * Pure: the caller brings the clock (in ms, the same for all), sleeps, and asks again.
 *
 * Zoho Campaigns' page: 500 calls in 5 minutes, then 30 minutes of lock. A call counts when it
 * arrives, which the sender cannot see. So a slot is taken from a call's start until a full window
 * after its reply: of all calls that arrive in one window, rolling or fixed, the one that starts
 * last finds the slots of the others still taken. No window can hold more than the budget.
 *
 * A new process does not know the calls of the one before it. After a restart inside a window it
 * can meet the lock, and waits it out as it would one that another client had caused.
 */
import type { Quota } from '../zoho/waits';
import { LONGEST_WAIT_MS } from './retries';

/** A waiting run that has not asked for so many ms holds nobody up any more. */
const PATIENCE_MS = 3_000;
/** A run not heard of for so many ms has died without leaving. */
const GONE_MS = 2 * LONGEST_WAIT_MS;

/** `callsPerWindow` is a whole number of 1 or more, `windowMs` is above 0. */
export interface Limits {
	readonly callsPerWindow: number;
	readonly windowMs: number;
}

/** Leave to make one call, which is one HTTP request: each retry needs its own. */
export type Slot = symbol;

/**
 * Go, or ask again after `waitMs` (1 or more) and once a second meanwhile: a lock or a slot given
 * back shows only to who asks, and who stops asking loses the turn. `window`: all slots are taken.
 * `lock`: the account is locked. `turn`: another run, or the call that tests the water after a lock,
 * goes first, which is a matter of moments.
 */
export type Start =
	| { ok: true; slot: Slot }
	| { ok: false; waitMs: number; why: 'window' | 'lock' | 'turn' };

const NOT_YOUR_TURN: Start = { ok: false, waitMs: 10, why: 'turn' };

/** Less than 1 ms can be no time at all on a clock with fractions: who waits so long asks for ever. */
function wait(ms: number, why: 'window' | 'lock'): Start {
	return { ok: false, waitMs: Math.max(1, ms), why };
}

/**
 * How a call ended. `answered`: the server let it in, whatever it said about the address.
 * `unanswered`: cut off, timed out, or a reply that says nothing about a lock, like a 502.
 */
export type CallEnd = 'answered' | 'unanswered' | { lockedForMs: number };

export class CallBudget {
	/** The runs present, by the limits object that `join` gave them. `turn` grows with each slot. */
	private readonly runs = new Map<Limits, { heardAt: number; turn: number; waiting: boolean }>();
	/** Calls in flight, each with the places that it may come to take. */
	private readonly open = new Map<Slot, number>();
	/** When the requests of the last window ended, oldest first. */
	private readonly ends: number[] = [];
	/** Outlives its end until one call, the probe, has shown that it is over. */
	private lock: { until: number; probe: Slot | undefined } | undefined;
	/** By Zoho's own count no call is left before. */
	private closedUntil = 0;
	private windowMs = 0;
	private lastTurn = 0;
	private time = 0;
	private lastNow: number | undefined;

	/**
	 * A run comes in. The strictest of the runs present (fewest calls, longest window) holds for all;
	 * what was forgotten under a shorter window stays forgotten.
	 *
	 * @returns what the run shows at `tryStart` and `leave`
	 * @throws RangeError, as a sentence for the user, when a limit is out of range
	 */
	join({ callsPerWindow, windowMs }: Limits, now: number): Limits {
		if (!Number.isInteger(callsPerWindow) || callsPerWindow < 1) {
			throw new RangeError('Calls per window must be a whole number of 1 or more');
		}
		if (!Number.isFinite(windowMs) || windowMs <= 0) {
			throw new RangeError('The window must be longer than 0');
		}
		const run = { callsPerWindow, windowMs };
		this.runs.set(run, { heardAt: this.advance(now), turn: 0, waiting: false });
		return run;
	}

	/** The run sends nothing more. Its calls still count. */
	leave(run: Limits): void {
		this.runs.delete(run);
	}

	/**
	 * May the run make one call now? If so, the slot must be given to `end` or `release` later.
	 *
	 * @param requests that the call may become; as many as a window has places will do
	 */
	tryStart(run: Limits, now: number, requests = 1): Start {
		const t = this.advance(now);
		const me = this.runs.get(run) ?? { heardAt: t, turn: 0, waiting: false };
		me.heardAt = t;
		this.runs.set(run, me);
		if (this.lock && t < this.lock.until) {
			return wait(this.lock.until - t, 'lock');
		}
		if (this.lock?.probe) return NOT_YOUR_TURN;
		if (t < this.closedUntil) return wait(this.closedUntil - t, 'window');

		const budget = Math.min(...[...this.runs.keys()].map((one) => one.callsPerWindow));
		const wanted = Math.min(requests, budget);
		const free = budget - this.takenSlots(t);
		// Who was away or busy has saved up no turns, and who is new starts where the others are.
		if (!me.waiting) me.turn = Math.max(me.turn, this.lastTurn);
		// A waiting run that is n turns behind this one may take n slots first.
		let claimed = 0;
		for (const { turn, waiting } of this.runs.values()) {
			if (waiting) claimed += Math.max(0, me.turn - turn);
		}
		me.waiting = free - wanted < claimed;
		// With all slots in flight nothing is known but that none can be free before a window is over.
		if (free < wanted) {
			return wait(this.freeFrom(this.ends[wanted - free - 1] ?? t) - t, 'window');
		}
		if (me.waiting) return NOT_YOUR_TURN;

		me.turn += 1;
		this.lastTurn = me.turn;
		const slot = Symbol('slot');
		this.open.set(slot, wanted);
		if (this.lock) this.lock.probe = slot;
		return { ok: true, slot };
	}

	/**
	 * The reply is here, or the caller has given up on it: the slot is free a window from now. A lock
	 * holds for all runs at once; of two, the later end counts. A slot can end only once.
	 *
	 * @param requests that were made for it: each takes a place in the window
	 */
	end(slot: Slot, end: CallEnd, now: number, requests = 1): void {
		if (!this.open.has(slot)) return;
		const t = this.advance(now);
		for (let request = 0; request < requests; request++) this.ends.push(t);
		if (end === 'answered' && slot === this.lock?.probe) this.lock = undefined;
		this.release(slot);
		if (typeof end === 'string') return;
		const until = Math.max(Math.ceil(t + end.lockedForMs), this.lock?.until ?? 0);
		this.lock = { until, probe: undefined };
	}

	/** Zoho has said how many calls are left: where all of them are under way, none is to start. */
	keepTo({ remaining, retryAfterMs }: Quota, now: number): void {
		if (remaining > this.open.size) return;
		this.closedUntil = Math.max(this.closedUntil, Math.ceil(this.advance(now) + retryAfterMs));
	}

	/** The call was not made after all: its slot is free at once. */
	release(slot: Slot): void {
		this.open.delete(slot);
		if (slot === this.lock?.probe) this.lock.probe = undefined;
	}

	/** True when nobody is here and nothing is remembered that could still matter. */
	isIdle(now: number): boolean {
		const t = this.advance(now);
		const quietFrom = Math.max(
			this.freeFrom(this.ends.at(-1) ?? 0),
			this.lock?.until ?? 0,
			this.closedUntil,
		);
		return this.runs.size === 0 && this.open.size === 0 && t >= quietFrom;
	}

	/**
	 * The budget's own time, which never runs back: a clock set back by an hour must not cost an hour.
	 * On the way, runs that have fallen silent lose first their turn, then their membership.
	 */
	private advance(now: number): number {
		this.time += Math.max(0, now - (this.lastNow ?? now));
		this.lastNow = now;
		for (const [run, state] of this.runs) {
			const silentFor = this.time - state.heardAt;
			if (silentFor > PATIENCE_MS) state.waiting = false;
			if (silentFor > GONE_MS) this.runs.delete(run);
		}
		return this.time;
	}

	/** Slots that somebody holds; more than the budget when a stricter run has joined. */
	private takenSlots(t: number): number {
		this.windowMs = Math.max(...[...this.runs.keys()].map(({ windowMs }) => windowMs));
		while (this.freeFrom(this.ends[0] ?? t) <= t) this.ends.shift();
		return [...this.open.values()].reduce((sum, places) => sum + places, this.ends.length);
	}

	/** With 1 ms on top: two readings of a clock in whole ms can lie up to 1 ms too far apart. */
	private freeFrom(end: number): number {
		return end + Math.ceil(this.windowMs) + 1;
	}
}

const budgets = new Map<string, CallBudget>();

/**
 * The one budget of this process for `key` (credential and host). Join it before anything is
 * awaited: a budget without runs is forgotten once its window and its lock have passed.
 */
export function budgetFor(key: string, now: number): CallBudget {
	for (const [other, budget] of budgets) {
		if (budget.isIdle(now)) budgets.delete(other);
	}
	const budget = budgets.get(key) ?? new CallBudget();
	budgets.set(key, budget);
	return budget;
}
