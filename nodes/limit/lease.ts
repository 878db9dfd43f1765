/** One lease: which of its calls are free, under way and over. Pure; times are ms of the caller's. */
import type { Claim } from './claim';
import { atMostMs, LIFE_MS, type Notice } from './leaseTable';

/** Leave to make one call. */
export type Slot = symbol;

/** The ms after a claim by which all calls of its lease have ended, whatever becomes of the holder. */
export function endsAtMostMs(longestCallMs: number): number {
	return atMostMs(LIFE_MS + longestCallMs);
}

export class Lease {
	private started = 0;
	private readonly underWay = new Set<Slot>();
	/** When the last of its calls has ended, once one has. */
	private lastEnd = 0;
	private isClosed = false;

	/**
	 * @param claim its row, which tells the others of `claim.calls`
	 * @param calls calls that it is good for: those of the claim that were free
	 * @param from no call may start before
	 */
	constructor(
		private readonly claim: Claim,
		private readonly calls: number,
		readonly from: number,
	) {}

	get id(): number {
		return this.claim.id;
	}

	/** No call may start from then on. */
	get until(): number {
		return this.claim.sentAt + LIFE_MS;
	}

	/** Calls under way. */
	get open(): number {
		return this.underWay.size;
	}

	/** Whether others would gain by its end. */
	get hasUnused(): boolean {
		return this.claim.calls > this.started;
	}

	/** Calls that may still start, now or later. */
	left(now: number): number {
		return this.isClosed || now >= this.until ? 0 : Math.max(0, this.calls - this.started);
	}

	/** Calls that may start now. */
	free(now: number): number {
		return now < this.from ? 0 : this.left(now);
	}

	/** Whether no call is under way, and none will start: none may, or none of the runs wants one. */
	isOver(wanted: number, now: number): boolean {
		return this.open === 0 && (wanted === 0 || this.left(now) === 0);
	}

	/** Takes a free call. */
	start(): Slot {
		const slot = Symbol('slot');
		this.started++;
		this.underWay.add(slot);
		return slot;
	}

	/**
	 * The call has ended or was given up. Nothing happens where it is none of this lease.
	 *
	 * @param requests that it was: n8n may have repeated it, and each counts
	 */
	end(slot: Slot, now: number, requests: number): void {
		if (!this.underWay.delete(slot)) return;
		this.lastEnd = now;
		this.started += requests - 1;
	}

	/** The call was not made after all. */
	release(slot: Slot): void {
		if (this.underWay.delete(slot)) this.started--;
	}

	/** What tells the others what became of it; after that it is good for no call, done or not. */
	close(): Notice {
		this.isClosed = true;
		if (this.started === 0) return { kind: 'remove', ids: [this.id] };
		const endsAfterMs = atMostMs(this.lastEnd - this.claim.sentAt);
		return { kind: 'close', id: this.id, calls: this.started, endsAfterMs };
	}
}
