/**
 * What a run asks for its calls. The runs of a process that use one account share where their calls
 * come from, its lock, and the turns; each has its limits, of which the strictest hold for all. Pure:
 * the caller brings the clock (in ms, the same for all), sleeps, and asks again.
 */
import type { Quota } from '../zoho/waits';
import type { Store } from './leaseTable';
import type { Lock } from './lock';
import {
	NOT_YOUR_TURN,
	type CallEnd,
	type Limits,
	type Refused,
	type Slot,
	type Start,
} from './slot';
import type { Standing, Turns } from './turns';

/** Where the calls of a process come from: a window of its own, or leases of one that others use too. */
export interface Supply {
	readonly turns: Turns;
	readonly lock: Lock;
	/** The requests that a window has room for: no call has leave for more. */
	most(now: number): number;
	/**
	 * The requests that are free for calls that need so many each. Where others share the limit, this is
	 * when they are asked and told.
	 */
	ask(requests: number, now: number, store?: Store): number;
	/** How long to wait, where fewer are free. */
	refusal(requests: number, now: number): Refused;
	/** Takes what the slot has leave for, which is free. */
	start(slot: Slot, now: number): void;
	/** The call has ended, or was given up, `at` a moment that may be still to come. */
	end(slot: Slot, end: CallEnd, requests: number, at: number): void;
	/** The calls a window that this process keeps to since a lock has taught it. */
	learned?(now: number): number | undefined;
	/** Tells those who share the limit what is not used, in so many ms. Never rejects. */
	flush?(mostMs: number, store?: Store): Promise<void>;
	/** Whether nothing is remembered that could still matter. */
	isIdle(now: number): boolean;
}

export class Budget {
	private readonly standing: Standing;
	private readonly open = new Set<Slot>();

	/** @param store the run's way to those who share the limit, where the supply asks them */
	constructor(
		private readonly supply: Supply,
		limits: Limits,
		now: number,
		private readonly store?: Store,
	) {
		this.standing = {
			limits,
			leave: (at) => this.leave(at),
			heardAt: now,
			turn: 0,
			isWaiting: false,
			left: 0,
			requests: 1,
			isLong: false,
		};
		supply.turns.join(this.standing);
	}

	/**
	 * May the run make one call now? If so, the slot must be given to `end` later.
	 *
	 * @param requests that the call may become; as many as a window has places will do
	 * @param left calls that the run has still to make, this one included
	 */
	tryStart(now: number, requests = 1, left = 1): Start {
		const { turns, lock } = this.supply;
		turns.hear(this.standing, left, requests, now);
		const needed = Math.min(requests, this.supply.most(now));
		const free = this.supply.ask(needed, now, this.store);
		const refused = lock.refuses(now);
		if (refused) return refused;
		if (!turns.admits(this.standing, free, needed)) {
			return free >= needed ? NOT_YOUR_TURN : this.supply.refusal(needed, now);
		}
		const slot = { startedAt: now, requests: needed };
		this.open.add(slot);
		this.supply.start(slot, now);
		lock.start(slot);
		return { ok: true, slot };
	}

	/**
	 * The reply is here, or the caller has given up on it. A lock holds for all runs at once; of two,
	 * the later end counts. A slot can end only once.
	 *
	 * @param requests that were made for it: each counts
	 * @param at when the call has ended at the latest, where that is still to come
	 */
	end(slot: Slot, end: CallEnd, now: number, requests = 1, at = now): void {
		if (!this.open.delete(slot)) return;
		this.supply.lock.end(slot, end, now);
		this.supply.end(slot, end, requests, at);
	}

	/** Zoho has said how many calls are left: where all of them are under way, none is to start. */
	keepTo(quota: Quota, now: number): void {
		this.supply.lock.keepTo(quota, now);
	}

	/** The calls a window that this process keeps to since a lock has taught it; undefined if none has. */
	learned(now: number): number | undefined {
		return this.supply.learned?.(now);
	}

	/**
	 * The run sends nothing more. Its calls still count: those whose replies it does not wait for as
	 * long as they can arrive, and then for a window.
	 */
	leave(now: number): void {
		this.supply.turns.leave(this.standing);
		for (const slot of this.open) {
			const at = Math.max(now, slot.startedAt + this.standing.limits.longestCallMs);
			this.end(slot, 'unanswered', now, slot.requests, at);
		}
	}

	/** To be waited for once a run has left, `mostMs` at the longest. Never rejects. */
	async flush(mostMs: number): Promise<void> {
		await this.supply.flush?.(mostMs, this.store);
	}
}

const supplies = new Map<string, Supply>();

/**
 * The budget of a run that comes in, out of the one supply of this process for `key`. A supply that
 * nobody uses is forgotten as soon as it remembers nothing that matters.
 *
 * @param make the supply, where there is none yet
 * @param store the run's way to those who share the limit, where the supply asks them
 */
export function budgetFor(
	key: string,
	make: () => Supply,
	limits: Limits,
	now: number,
	store?: Store,
): Budget {
	for (const [other, supply] of supplies) {
		if (isForgettable(supply, now)) supplies.delete(other);
	}
	const supply = supplies.get(key) ?? make();
	supplies.set(key, supply);
	return new Budget(supply, limits, now, store);
}

function isForgettable(supply: Supply, now: number): boolean {
	supply.turns.forgetSilent(now);
	return supply.turns.size === 0 && supply.lock.opensAt <= now && supply.isIdle(now);
}
