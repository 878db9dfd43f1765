/** The runs of a process that share a limit, and whose turn it is. Pure; times are ms. */
import { LONGEST_WAIT_MS } from '../run/retries';
import type { Limits } from './slot';

/** A waiting run that has not asked for so many ms holds nobody up any more. */
const PATIENCE_MS = 3_000;
/** A run not heard of for so many ms has died without leaving. */
const GONE_MS = 2 * LONGEST_WAIT_MS;
/** The part of a window that is kept for short runs, which want no more calls than that. */
const KEPT_FOR_SHORT = 0.01;

/** A run, as its place among the others depends on it. */
export interface Standing {
	readonly limits: Limits;
	/** Has the run leave, where it has fallen silent for good. */
	readonly leave: (now: number) => void;
	heardAt: number;
	/** Grows with each slot that the run is given. */
	turn: number;
	isWaiting: boolean;
	/** Calls that it has still to make, and the requests that it needs for the next one. */
	left: number;
	requests: number;
	/** It has wanted more than a few calls, and stays a long run to its end. */
	isLong: boolean;
}

/** What the runs that ask want: `short` of the calls are those of short runs. */
export interface Wanted {
	readonly calls: number;
	readonly short: number;
	/** The most requests that one of them needs at once. */
	readonly requests: number;
}

/** The calls of a window that are kept for short runs. */
export function keptForShort(callsPerWindow: number): number {
	return Math.floor(KEPT_FOR_SHORT * callsPerWindow);
}

export class Turns {
	/** The strictest of the limits of the runs present hold for all; with nobody there, what held last. */
	limits: Limits = { callsPerWindow: 1, windowMs: 0, longestCallMs: 0 };
	private readonly runs = new Set<Standing>();
	private lastTurn = 0;

	/** Runs present. */
	get size(): number {
		return this.runs.size;
	}

	join(run: Standing): void {
		this.runs.add(run);
		this.keepToStrictest();
	}

	leave(run: Standing): void {
		this.runs.delete(run);
		if (this.runs.size > 0) this.keepToStrictest();
	}

	/**
	 * The run asks for a call. Runs that have fallen silent lose first their turn, then their membership.
	 *
	 * @param left calls that it has still to make, this one included
	 * @param requests that it needs for this one
	 */
	hear(run: Standing, left: number, requests: number, now: number): void {
		this.forgetSilent(now);
		if (!this.runs.has(run)) this.join(run);
		run.isLong ||= left > this.headStart();
		Object.assign(run, { heardAt: now, left: Math.max(left, requests), requests });
	}

	forgetSilent(now: number): void {
		for (const run of this.runs) {
			const silentFor = now - run.heardAt;
			if (silentFor > PATIENCE_MS) Object.assign(run, { isWaiting: false, left: 0, requests: 1 });
			if (silentFor > GONE_MS) run.leave(now);
		}
	}

	wanted(): Wanted {
		const runs = [...this.runs];
		const sum = (some: Standing[]) => some.reduce((calls, { left }) => calls + left, 0);
		return {
			calls: sum(runs),
			short: sum(runs.filter(({ isLong }) => !isLong)),
			requests: Math.min(
				Math.max(1, ...runs.map(({ requests }) => requests)),
				this.limits.callsPerWindow,
			),
		};
	}

	/**
	 * Whether the run may have a slot, of the requests that are free. If so, it has had its turn: a
	 * waiting run that is n turns behind another may have n requests first.
	 */
	admits(run: Standing, free: number, requests: number): boolean {
		// Who was away or busy has saved up no turns, and who is new starts where the others are.
		if (!run.isWaiting) run.turn = Math.max(run.turn, this.lastTurn);
		let claimed = 0;
		for (const other of this.runs) {
			const behind = this.placeOf(run) - this.placeOf(other);
			if (other.isWaiting) claimed += Math.max(0, Math.min(behind, other.left));
		}
		run.isWaiting = free - requests < claimed;
		if (run.isWaiting) return false;
		run.turn += 1;
		run.left -= 1;
		this.lastTurn = run.turn;
		return true;
	}

	private keepToStrictest(): void {
		const limits = [...this.runs].map((run) => run.limits);
		this.limits = {
			callsPerWindow: Math.min(...limits.map(({ callsPerWindow }) => callsPerWindow)),
			windowMs: Math.max(...limits.map(({ windowMs }) => windowMs)),
			longestCallMs: Math.max(...limits.map(({ longestCallMs }) => longestCallMs)),
		};
	}

	/** Short runs come first, but so that a stream of them does not keep a long one waiting for ever. */
	private placeOf({ turn, isLong }: Standing): number {
		return isLong ? turn + this.headStart() : turn;
	}

	/** The turns that a short run may have before a long one, and the calls that it wants at most. */
	private headStart(): number {
		return Math.max(1, keptForShort(this.limits.callsPerWindow));
	}
}
