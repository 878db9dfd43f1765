/** A process that uses a table in memory, for tests that go step by step. */
import { Leases, type Step } from '../../nodes/limit/leases';
import type { Trip } from '../../nodes/limit/leaseTable';
import type { MemoryTable } from '../support/memoryTable';

export const LIMITS = {
	callsPerWindow: 100,
	reserved: 0,
	windowMs: 300_000,
	longestCallMs: 60_000,
};

/** A process: its leases, its way to the table, and a clock that began at 0. */
export class Process {
	readonly leases: Leases;
	/** How long a trip takes. Its work is done at the beginning. */
	tripMs = 0;
	private readonly bornAt: number;

	constructor(
		private readonly table: MemoryTable,
		name = 'me',
		limits = LIMITS,
	) {
		this.leases = new Leases(limits, name, false, () => 0.5);
		this.bornAt = table.now;
	}

	get now(): number {
		return this.table.now - this.bornAt;
	}

	/** Does what is due with the table, and returns the first step that is something else. */
	async ask(wanted: number, atOnce = 1): Promise<Step> {
		for (;;) {
			const step = this.leases.next(wanted, this.now, atOnce);
			if (step.do !== 'store') return step;
			await this.do(step.trip);
		}
	}

	async do(trip: Trip): Promise<void> {
		const result = await this.table.do(trip, this.leases.holder).catch(() => undefined);
		this.table.now += this.tripMs;
		if (result) this.leases.took(trip, result, this.now);
		else this.leases.failed(trip, this.now);
	}

	/** The next step, which must be a trip to the table. */
	due(wanted: number, atOnce = 1): Trip {
		const step = this.leases.next(wanted, this.now, atOnce);
		if (step.do !== 'store') throw new Error(`${step.do} where a trip was expected`);
		return step.trip;
	}

	/** Starts calls and returns their slots. */
	start(calls: number): symbol[] {
		return Array.from({ length: calls }, () => {
			const slot = this.leases.start(this.now);
			if (!slot) throw new Error('no call may start');
			return slot;
		});
	}

	/** Starts calls that end at once. */
	makeCalls(calls: number): void {
		for (const slot of this.start(calls)) this.leases.end(slot, this.now);
	}
}
