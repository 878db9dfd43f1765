/**
 * The window and the lock: one budget of calls for all runs in this process that use one account.
 * Pure: the caller brings the clock (in ms, the same for all), sleeps, and asks again.
 *
 * Zoho Campaigns' page: 500 calls in 5 minutes, then 30 minutes of lock. A call counts when it
 * arrives, which the sender cannot see. So a slot is taken from a call's start until a full window
 * after its reply: of all calls that arrive in one window, rolling or fixed, the one that starts
 * last finds the slots of the others still taken. No window can hold more than the budget.
 *
 * A new process does not know the calls of the one before it, nor does it know those of other
 * processes. Where they meet the lock together, each learns its share from it (learnedShare.ts).
 */
import type { Quota } from '../zoho/waits';
import {
	NOT_YOUR_TURN,
	wait,
	type Budget,
	type CallEnd,
	type Limits,
	type Slot,
	type Start,
} from './budget';
import { Gate } from './gate';
import { LearnedShare } from './learnedShare';
import { Turns } from './turns';

export class CallBudget implements Budget {
	private readonly turns = new Turns();
	private readonly gate = new Gate();
	private readonly share: LearnedShare;
	/** Calls in flight: when each started, and the places that it may come to take. */
	private readonly open = new Map<Slot, { startedAt: number; places: number }>();
	/** When the requests of the last window ended, oldest first. */
	private readonly ends: number[] = [];
	/** The strictest of the runs that were present when one asked last. */
	private limits: Limits = { callsPerWindow: 1, windowMs: 0 };
	/** A run has asked for this budget, and is on its way in. */
	private isExpected = false;
	private time = 0;
	private lastNow: number | undefined;

	/** @param ageMs how long this process has been up */
	constructor(ageMs = Infinity) {
		this.share = new LearnedShare(-ageMs);
	}

	/** A run that joins soon: until then the budget is not forgotten. */
	expect(): void {
		this.isExpected = true;
	}

	/** What was forgotten under a shorter window stays forgotten. */
	join({ callsPerWindow, windowMs }: Limits, now: number): Limits {
		const run = { callsPerWindow, windowMs };
		this.turns.join(run, this.advance(now));
		this.isExpected = false;
		return run;
	}

	leave(run: Limits): void {
		this.turns.leave(run);
	}

	tryStart(run: Limits, now: number, requests = 1, left = requests): Start {
		const t = this.advance(now);
		this.turns.hear(run, t, left, requests);
		const refused = this.gate.refuses(t);
		if (refused) return refused;

		this.limits = this.turns.strictest();
		const budget = Math.min(this.limits.callsPerWindow, this.share.learned(t) ?? Infinity);
		const wanted = Math.min(requests, budget);
		const free = budget - this.takenSlots(t);
		if (!this.turns.take(run, free, wanted)) {
			if (free >= wanted) return NOT_YOUR_TURN;
			// With all slots in flight nothing is known but that none can be free before a window is over.
			return wait(this.freeFrom(this.ends[wanted - free - 1] ?? t) - t, 'window');
		}
		const slot = Symbol('slot');
		this.open.set(slot, { startedAt: t, places: wanted });
		this.gate.start(slot);
		return { ok: true, slot };
	}

	/** The slot is free a window from now. */
	end(slot: Slot, end: CallEnd, now: number, requests = 1): void {
		const call = this.open.get(slot);
		if (!call) return;
		const t = this.advance(now);
		for (let request = 0; request < requests; request++) this.ends.push(t);
		this.gate.end(slot, end, t);
		this.open.delete(slot);
		if (end === 'answered') this.share.letIn(call.startedAt, this.limits.windowMs);
		if (typeof end !== 'string') this.share.refused(t, this.limits);
	}

	keepTo({ remaining, retryAfterMs }: Quota, now: number): void {
		if (remaining > this.open.size) return;
		this.gate.close(this.advance(now) + retryAfterMs);
	}

	learned(now: number): number | undefined {
		return this.share.learned(this.advance(now));
	}

	/** Nobody else is to be told. */
	async settle(): Promise<void> {}

	/** The call was not made after all: its slot is free at once. */
	release(slot: Slot): void {
		this.open.delete(slot);
		this.gate.release(slot);
	}

	/** True when nobody is here or on the way, and nothing is remembered that could still matter. */
	isIdle(now: number): boolean {
		const t = this.advance(now);
		const isQuiet = t >= Math.max(this.freeFrom(this.ends.at(-1) ?? 0), this.gate.opensAt);
		const isEmpty = !this.isExpected && this.turns.size === 0 && this.open.size === 0;
		return isEmpty && isQuiet && this.share.learned(t) === undefined;
	}

	/** The budget's own time, which never runs back: a clock set back by an hour must not cost an hour. */
	private advance(now: number): number {
		this.time += Math.max(0, now - (this.lastNow ?? now));
		this.lastNow = now;
		this.turns.forgetSilent(this.time);
		return this.time;
	}

	/** Slots that somebody holds; more than the budget when a stricter run has joined. */
	private takenSlots(t: number): number {
		while (this.freeFrom(this.ends[0] ?? t) <= t) this.ends.shift();
		return [...this.open.values()].reduce((sum, { places }) => sum + places, this.ends.length);
	}

	/** With 1 ms on top: two readings of a clock in whole ms can lie up to 1 ms too far apart. */
	private freeFrom(end: number): number {
		return end + Math.ceil(this.limits.windowMs) + 1;
	}
}

const budgets = new Map<string, CallBudget>();

/**
 * The one budget of this process for `key` (credential and host), for a run that joins it. A budget
 * without runs is forgotten once its window and its lock have passed.
 *
 * @param now ms since the process started
 */
export function budgetFor(key: string, now: number): CallBudget {
	for (const [other, budget] of budgets) {
		if (budget.isIdle(now)) budgets.delete(other);
	}
	const budget = budgets.get(key) ?? new CallBudget(now);
	budget.expect();
	budgets.set(key, budget);
	return budget;
}
