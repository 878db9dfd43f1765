/** What a run asks for leave to make calls, whoever else shares the limit. Pure. */
import type { Quota } from '../zoho/waits';

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
 * `lock`: the account is locked. `store`: those who share the limit cannot be asked. `turn`: another
 * run, or the call that tests the water after a lock, goes first, which is a matter of moments.
 */
export type Start = { readonly ok: true; readonly slot: Slot } | Refused;

export type Why = 'window' | 'lock' | 'store' | 'turn';

export interface Refused {
	readonly ok: false;
	readonly waitMs: number;
	readonly why: Why;
	/** Why those who share the limit cannot be asked, in n8n's words. */
	readonly said?: string;
	/** Nobody here ever could ask them. */
	readonly neverAnswered?: boolean;
}

export const NOT_YOUR_TURN: Refused = { ok: false, waitMs: 10, why: 'turn' };

/** Less than 1 ms can be no time at all on a clock with fractions: who waits so long asks for ever. */
export function wait(ms: number, why: Why): Refused {
	return { ok: false, waitMs: Math.max(1, ms), why };
}

/**
 * How a call ended. `answered`: the server let it in, whatever it said about the address.
 * `unanswered`: cut off, timed out, or a reply that says nothing about a lock, like a 502.
 */
export type CallEnd = 'answered' | 'unanswered' | { readonly lockedForMs: number };

/** The calls that all who share a limit may make. The caller brings the clock, in ms. */
export interface Budget {
	/**
	 * A run comes in. The strictest of the runs present (fewest calls, longest window) holds for all.
	 *
	 * @returns what the run shows at `tryStart` and `leave`
	 * @throws RangeError, as a sentence for the user, when a limit is out of range
	 */
	join(limits: Limits, now: number): Limits;
	/** The run sends nothing more. Its calls still count. */
	leave(run: Limits): void;
	/**
	 * May the run make one call now? If so, the slot must be given to `end` or `release` later.
	 *
	 * @param requests that the call may become; as many as a window has places will do
	 * @param left calls that the run has still to make, this one included
	 */
	tryStart(run: Limits, now: number, requests?: number, left?: number): Start;
	/**
	 * The reply is here, or the caller has given up on it. A lock holds for all runs at once; of two,
	 * the later end counts. A slot can end only once.
	 *
	 * @param requests that were made for it: each takes a place in the window
	 */
	end(slot: Slot, end: CallEnd, now: number, requests?: number): void;
	/** Zoho has said how many calls are left: where all of them are under way, none is to start. */
	keepTo(quota: Quota, now: number): void;
	/** The calls a window that this process keeps to since a lock has taught it; undefined if none has. */
	learned(now: number): number | undefined;
	/** To be waited for once a run is over, `mostMs` at the longest. Never rejects. */
	settle(mostMs: number): Promise<void>;
}
