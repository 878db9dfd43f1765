/** An n8n process whose runs share one limit through a table in memory, on a clock that is set by hand. */
import { setImmediate } from 'node:timers/promises';
import { Budget } from '../../nodes/limit/budget';
import { Leases } from '../../nodes/limit/leases';
import type { Store } from '../../nodes/limit/leaseTable';
import type { CallEnd, Limits, Slot, Start } from '../../nodes/limit/slot';
import type { MemoryTable } from '../support/memoryTable';

/** Runs that want 10 calls at most are short under these, and a lease is for 100 calls at most. */
export const LIMITS: Limits = { callsPerWindow: 1_000, windowMs: 300_000, longestCallMs: 60_000 };

export class Process {
	/** The pauses that it made. */
	readonly sleeps: number[] = [];
	/** How long a trip takes. Its work is done at the beginning. */
	tripMs = 0;
	readonly leases: Leases;

	constructor(
		readonly table: MemoryTable,
		name = 'me',
	) {
		const sleep = async (ms: number) => await this.sleep(ms);
		this.leases = new Leases({ now: () => table.now, sleep, random: () => 0.5 }, name);
	}

	/** A run that is there from now on. */
	run(limits: Partial<Limits> = {}, store: Store = this.store): Run {
		return new Run(this.table, this.leases, { ...LIMITS, ...limits }, store);
	}

	readonly store: Store = async (trip) => {
		const rows = await this.table.visit(trip);
		this.table.now += this.tripMs;
		return rows;
	};

	/** Does with the table what is due, while no run asks for a call. */
	async visit(): Promise<void> {
		this.leases.ask(1, this.table.now, this.store);
		await setImmediate();
	}

	private async sleep(ms: number): Promise<void> {
		this.sleeps.push(ms);
		this.table.now += ms;
		await setImmediate();
	}
}

export class Run {
	readonly budget: Budget;

	constructor(
		private readonly table: MemoryTable,
		leases: Leases,
		limits: Limits,
		store: Store,
	) {
		this.budget = new Budget(leases, limits, table.now, store);
	}

	/** Asks once for a call. */
	tryStart(requests?: number, left?: number): Start {
		return this.budget.tryStart(this.table.now, requests, left);
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
	async start(requests?: number, left?: number): Promise<Slot> {
		const start = await this.ask(requests, left);
		if (!start.ok) throw new Error(`no call may start: ${start.why}`);
		return start.slot;
	}

	end(slot: Slot, requests?: number, end: CallEnd = 'answered'): void {
		this.budget.end(slot, end, this.table.now, requests);
	}

	/** Makes a call that ends at once. */
	async call(requests?: number, left?: number): Promise<void> {
		this.end(await this.start(requests, left), requests);
	}

	/** Makes so many calls that end at once, of `left` that the run has. */
	async calls(count: number, left: number): Promise<void> {
		for (let made = 0; made < count; made++) await this.call(1, left - made);
	}

	leave(): void {
		this.budget.leave(this.table.now);
	}

	/** Leaves, and tells the others what it has not used. */
	async finish(): Promise<void> {
		this.leave();
		await this.budget.flush(5_000);
	}
}
