/** One lease: which of its calls are free, under way and over. Pure; times are ms of the caller's. */
import { atMostMs, LIFE_MS, type Closing, type Row } from './leaseTable';
import type { Slot } from './slot';

export class Lease {
	private started = 0;
	private readonly open = new Set<Slot>();
	/** When the last of its calls has ended, or will have at the latest. */
	private lastEnd = 0;
	private isClosed = false;

	/**
	 * @param row which tells the others of its calls
	 * @param granted how many of them it is good for
	 * @param sentAt before the row was there
	 * @param longestCallMs how long they may take
	 */
	constructor(
		private readonly row: Row,
		private readonly granted: number,
		private readonly sentAt: number,
		private readonly longestCallMs: number,
	) {}

	get claim(): string {
		return this.row.claim;
	}

	/** Requests under way. */
	get underWay(): number {
		return [...this.open].reduce((sum, { requests }) => sum + requests, 0);
	}

	/** Whether others would gain by its end. */
	get hasUnused(): boolean {
		return this.row.calls > this.started;
	}

	/** Requests that may still start, of calls that last no longer than that. */
	left(longestCallMs: number, now: number): number {
		const isGood = now < this.sentAt + LIFE_MS && longestCallMs <= this.longestCallMs;
		return isGood && !this.isClosed ? Math.max(0, this.granted - this.started) : 0;
	}

	has(slot: Slot): boolean {
		return this.open.has(slot);
	}

	start(slot: Slot): void {
		this.started += slot.requests;
		this.open.add(slot);
	}

	/**
	 * @param requests that the call came to: n8n may have repeated it, and each counts
	 * @param at when it has ended at the latest
	 */
	end(slot: Slot, requests: number, at: number): void {
		this.open.delete(slot);
		this.started += requests - slot.requests;
		if (requests > 0) this.lastEnd = Math.max(this.lastEnd, at);
	}

	/** What the others are to be told; after that it is good for no call, whether they were or not. */
	close(): Closing {
		this.isClosed = true;
		const endsAfterMs = atMostMs(this.lastEnd - this.sentAt);
		return { claim: this.claim, calls: this.started, endsAfterMs };
	}
}
