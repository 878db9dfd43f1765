/** Runs of one kind, short or long, and the leases that they share. */
import type { Store, Trip } from './leaseTable';
import { Leases, type Step } from './leases';
import { Turns } from './turns';

/** What shares one limit: its name, a clock that no step of the wall clock moves, in ms, and dice. */
export interface Means {
	/** That no other process ever has. */
	readonly name: string;
	readonly now: () => number;
	readonly sleep: (ms: number) => Promise<unknown>;
	/** Numbers in [0, 1). */
	readonly random: () => number;
}

export class Lane {
	readonly turns = new Turns();
	readonly leases: Leases;
	/** Whether the table has ever answered. */
	hasAnswered = false;
	/** What was said where it did not. */
	said = '';

	constructor(
		isShort: boolean,
		private readonly means: Means,
	) {
		// Never used: a run says what holds before the first lease is asked for.
		const limits = { callsPerWindow: 1, reserved: 0, windowMs: 1, longestCallMs: 1 };
		const holder = `${means.name} ${isShort ? 'short' : 'long'}`;
		this.leases = new Leases(limits, holder, isShort, means.random);
	}

	/**
	 * Does with the table what is due, and says what comes then.
	 *
	 * @param isShut no call may start, whatever is free
	 */
	step(now: number, store: Store, isShut = false): Exclude<Step, { do: 'store' }> {
		const { left, atOnce } = this.turns;
		for (;;) {
			const step = this.leases.next(isShut ? 0 : left, now, atOnce);
			if (step.do !== 'store') return step;
			void this.make(step.trip, store);
		}
	}

	private async make(trip: Trip, store: Store): Promise<void> {
		const { leases, means } = this;
		try {
			const result = await store(trip, leases.holder);
			this.hasAnswered = true;
			leases.took(trip, result, means.now());
		} catch (error) {
			this.said = error instanceof Error ? error.message : String(error);
			leases.failed(trip, means.now());
		}
	}
}
