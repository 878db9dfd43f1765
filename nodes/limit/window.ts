/**
 * The window of one process: the calls that all its runs on an account may make. Pure; times are ms.
 *
 * Zoho Campaigns' page: 500 calls in 5 minutes, then 30 minutes of lock. A call counts when it
 * arrives, which the sender cannot see. So a slot is taken from a call's start until a full window
 * after its reply: of all calls that arrive in one window, rolling or fixed, the one that starts
 * last finds the slots of the others still taken. No window can hold more than the budget.
 *
 * A new process does not know the calls of the one before it, nor does it know those of other
 * processes. Where they meet the lock together, each learns its share from it (learnedShare.ts).
 */
import type { Supply } from './budget';
import { LearnedShare } from './learnedShare';
import { Lock } from './lock';
import { wait, type CallEnd, type Refused, type Slot } from './slot';
import { Turns } from './turns';

export class Window implements Supply {
	readonly turns = new Turns();
	readonly lock = new Lock();
	private readonly share: LearnedShare;
	/** Requests that the calls under way have leave for. */
	private open = 0;
	/** When the requests of the last window ended, the earliest first. */
	private readonly ends: number[] = [];

	/** @param bornAt when the process began */
	constructor(bornAt = 0) {
		this.share = new LearnedShare(bornAt);
	}

	most(now: number): number {
		return Math.min(this.turns.limits.callsPerWindow, this.learned(now) ?? Infinity);
	}

	/** Less than none where a stricter run has come in. */
	ask(_requests: number, now: number): number {
		this.forgetEnded(now);
		return this.most(now) - this.open - this.ends.length;
	}

	refusal(requests: number, now: number): Refused {
		const lacking = requests - this.ask(requests, now);
		// With all calls under way nothing is known but that none can be free before a window is over.
		return wait(this.freeFrom(this.ends[lacking - 1] ?? now) - now, 'window');
	}

	start({ requests }: Slot): void {
		this.open += requests;
	}

	/** What it took is free a window later. */
	end(slot: Slot, end: CallEnd, requests: number, at: number): void {
		this.open -= slot.requests;
		this.ends.push(...Array<number>(requests).fill(at));
		this.ends.sort((one, other) => one - other);
		const limits = this.turns.limits;
		if (end === 'answered') this.share.letIn(slot.startedAt, limits.windowMs);
		if (typeof end !== 'string') this.share.refused(at, limits);
	}

	learned(now: number): number | undefined {
		return this.share.learned(now);
	}

	isIdle(now: number): boolean {
		this.forgetEnded(now);
		return this.ends.length === 0 && this.learned(now) === undefined;
	}

	private forgetEnded(now: number): void {
		while (this.freeFrom(this.ends[0] ?? Infinity) <= now) this.ends.shift();
	}

	/** With 1 ms on top: two readings of a clock in whole ms can lie up to 1 ms too far apart. */
	private freeFrom(end: number): number {
		return end + Math.ceil(this.turns.limits.windowMs) + 1;
	}
}
