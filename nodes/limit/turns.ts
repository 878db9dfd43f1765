/** The runs of a process that share a limit, and whose turn it is. Pure; times are ms. */
import { LONGEST_WAIT_MS } from '../run/retries';
import type { Limits } from './budget';

/** A waiting run that has not asked for so many ms holds nobody up any more. */
const PATIENCE_MS = 3_000;
/** A run not heard of for so many ms has died without leaving. */
const GONE_MS = 2 * LONGEST_WAIT_MS;

interface Standing {
	heardAt: number;
	/** Grows with each slot taken. */
	turn: number;
	waiting: boolean;
	/** Calls that the run has still to make, and how many places it needs for the next one. */
	left: number;
	atOnce: number;
}

const QUIET = { waiting: false, left: 0, atOnce: 1 };

export class Turns {
	/** By the limits object that `join` was given. */
	private readonly runs = new Map<Limits, Standing>();
	private lastTurn = 0;

	/** Runs present. */
	get size(): number {
		return this.runs.size;
	}

	/** @throws RangeError, as a sentence for the user, when a limit is out of range */
	join(run: Limits, now: number): void {
		const { callsPerWindow, windowMs } = run;
		if (!Number.isInteger(callsPerWindow) || callsPerWindow < 1) {
			throw new RangeError('Calls per window must be a whole number of 1 or more');
		}
		if (!Number.isFinite(windowMs) || windowMs <= 0) {
			throw new RangeError('The window must be longer than 0');
		}
		this.runs.set(run, { ...QUIET, heardAt: now, turn: 0 });
	}

	leave(run: Limits): void {
		this.runs.delete(run);
	}

	/** Runs that have fallen silent lose first their turn, then their membership. */
	forgetSilent(now: number): void {
		for (const [run, standing] of this.runs) {
			const silentFor = now - standing.heardAt;
			if (silentFor > PATIENCE_MS) Object.assign(standing, QUIET);
			if (silentFor > GONE_MS) this.runs.delete(run);
		}
	}

	/** The run asks for a call. */
	hear(run: Limits, now: number, left: number, atOnce: number): void {
		const heard = { heardAt: now, left, atOnce };
		const standing = this.runs.get(run) ?? { ...heard, turn: 0, waiting: false };
		this.runs.set(run, Object.assign(standing, heard));
	}

	/** The run does not ask here. */
	pass(run: Limits): void {
		Object.assign(this.runs.get(run) ?? {}, QUIET);
	}

	/** The calls that the runs who ask have still to make. */
	get left(): number {
		return [...this.runs.values()].reduce((sum, { left }) => sum + left, 0);
	}

	/** The most places that one of them needs for its next call. */
	get atOnce(): number {
		return Math.max(1, ...[...this.runs.values()].map(({ atOnce }) => atOnce));
	}

	/** The strictest of the limits of those present: the fewest calls, the longest window. */
	strictest(): Limits {
		const runs = [...this.runs.keys()];
		return {
			callsPerWindow: Math.min(...runs.map(({ callsPerWindow }) => callsPerWindow)),
			windowMs: Math.max(...runs.map(({ windowMs }) => windowMs)),
		};
	}

	/**
	 * Whether the run may take `wanted` of the slots that are free. If so, it has had its turn: a
	 * waiting run that is n turns behind another may take n slots first.
	 */
	take(run: Limits, free: number, wanted: number): boolean {
		const me = this.runs.get(run);
		if (!me) return false;
		// Who was away or busy has saved up no turns, and who is new starts where the others are.
		if (!me.waiting) me.turn = Math.max(me.turn, this.lastTurn);
		let claimed = 0;
		for (const { turn, waiting } of this.runs.values()) {
			if (waiting) claimed += Math.max(0, me.turn - turn);
		}
		me.waiting = free - wanted < claimed;
		if (me.waiting) return false;
		me.turn += 1;
		this.lastTurn = me.turn;
		return true;
	}
}
