/** What a run asks leave for, and what it is told. Pure; times are ms of one clock that never steps. */

/** `callsPerWindow` is a whole number of 1 or more; the others are ms above 0. */
export interface Limits {
	readonly callsPerWindow: number;
	readonly windowMs: number;
	/** The time-out of a call: after so long it has ended, or cannot arrive any more. */
	readonly longestCallMs: number;
}

/** Leave to make one call, which may come to several HTTP requests: each counts at Zoho. */
export interface Slot {
	readonly startedAt: number;
	/** Requests that it has leave for. */
	readonly requests: number;
}

/**
 * How a call ended. `answered`: the server let it in, whatever it said about the address.
 * `unanswered`: cut off, timed out, or a reply that says nothing about a lock, like a 502.
 */
export type CallEnd = 'answered' | 'unanswered' | { readonly lockedForMs: number };

/**
 * Go, or ask again after `waitMs` (1 or more) and once a second meanwhile: a lock or a slot given
 * back shows only to who asks, and who stops asking loses the turn. `window`: all calls are taken.
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
}

export const NOT_YOUR_TURN: Refused = { ok: false, waitMs: 10, why: 'turn' };

/** Less than 1 ms can be no time at all on a clock with fractions: who waits so long asks for ever. */
export function wait(ms: number, why: Why): Refused {
	return { ok: false, waitMs: Math.max(1, ms), why };
}
