/** An n8n process whose runs share one limit through a table in memory, on a clock that is set by hand. */
import { setImmediate } from 'node:timers/promises';
import type { CallEnd, Limits, Start } from '../../nodes/limit/budget';
import type { Store } from '../../nodes/limit/leaseTable';
import { SharedBudget, type RunBudget } from '../../nodes/limit/sharedBudget';
import type { MemoryTable } from '../support/memoryTable';

/** Runs that want 10 calls at most are short under these, and a lease is for 100 calls at most. */
export const LIMITS = { callsPerWindow: 1_000, windowMs: 300_000 };

export class SharedProcess {
	/** The pauses that it made. */
	readonly sleeps: number[] = [];
	private readonly shared: SharedBudget;

	constructor(readonly table: MemoryTable) {
		this.shared = new SharedBudget({
			name: 'me',
			now: () => table.now,
			sleep: async (ms) => await this.sleep(ms),
			random: () => 0.5,
		});
	}

	/** A run that is there from now on. */
	run({ limits = LIMITS, longestCallMs = 60_000, store = this.store } = {}): Run {
		return new Run(this.table, this.shared.forRun(store, longestCallMs), limits);
	}

	private readonly store: Store = async (trip, holder) => await this.table.do(trip, holder);

	private async sleep(ms: number): Promise<void> {
		this.sleeps.push(ms);
		this.table.now += ms;
		await setImmediate();
	}
}

export class Run {
	private readonly limits: Limits;

	constructor(
		private readonly table: MemoryTable,
		readonly budget: RunBudget,
		limits: Limits,
	) {
		this.limits = budget.join(limits, table.now);
	}

	/** Asks once for a call. */
	tryStart(requests?: number, left?: number): Start {
		return this.budget.tryStart(this.limits, this.table.now, requests, left);
	}

	/** Asks for a call until the table has no more to say to it. */
	async ask(requests?: number, left?: number): Promise<Start> {
		for (let round = 0; round < 100; round++) {
			await setImmediate();
			const { length } = this.table.asked;
			const start = this.tryStart(requests, left);
			if (start.ok || this.table.asked.length === length) return start;
		}
		throw new Error('the table is asked again and again');
	}

	/** Starts a call. */
	async start(requests?: number, left?: number): Promise<symbol> {
		const start = await this.ask(requests, left);
		if (!start.ok) throw new Error(`no call may start: ${start.why}`);
		return start.slot;
	}

	end(slot: symbol, requests?: number, end: CallEnd = 'answered'): void {
		this.budget.end(slot, end, this.table.now, requests);
	}

	/** Makes a call that ends at once. */
	async call(requests?: number, left?: number): Promise<void> {
		this.end(await this.start(requests, left), requests);
	}

	leave(): void {
		this.budget.leave(this.limits);
	}

	/** Leaves, and tells the others what it has not used. */
	async finish(): Promise<void> {
		this.leave();
		await this.budget.settle(5_000);
	}
}
