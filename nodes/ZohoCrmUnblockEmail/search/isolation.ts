/**
 * Which ids to send next, given what came back. Knows nothing of HTTP.
 *
 * A call for up to 500 records may fail for the sake of one of them and not say which. To find the
 * bad ones in few calls is adaptive group testing. This is the nested procedure of Sobel and Groll
 * (1959), of which Hwang's generalized binary splitting (1972) is the form for a known number of
 * bad ones: a failed batch is split until one bad record is found, its records that were not needed
 * for that are as unknown as before, and each batch is as large as the share of bad records seen so
 * far makes sensible. A list with one bad record costs about log2(n) calls more than a clean list,
 * a list full of them hardly more than one call a record.
 *
 * Where the record is named that a batch failed for, nothing has to be found, and the others go again
 * as one batch: the largest is the best, until most of it seems to be bad (crowd.ts).
 */
import { Crowd } from './crowd';
import type { ShareOfBad } from './share';

/** A record that is bad, with the failure of the smallest failing call that held it. */
export interface Culprit<F> {
	readonly id: string;
	readonly failure: F;
}

/** At least one of `ids` is bad: these, and beside them only good ones, met with `failure`. */
interface Suspects<F> {
	readonly ids: readonly string[];
	readonly failure: F;
}

/** Records that go in one call. */
export interface Batch<F> {
	readonly ids: readonly string[];
	/** None of them was tried before. */
	readonly isFresh?: boolean | undefined;
	/** Where they are a part of some suspects, the others of these. */
	readonly others?: Suspects<F>;
	/** How often they failed for one that was named. */
	readonly refusals?: number;
	/** They are a part of a crowd. */
	readonly isPart?: boolean;
}

/** What the searches of a run have in common. */
export interface Sizing {
	/** The most ids that a call may hold, 1 or more. */
	most: number;
	/** What is believed about the share of bad records. */
	readonly share: ShareOfBad;
}

/**
 * Plans the calls for a list of records, any number of them in flight: ask `draw` while there is a
 * free slot, and answer each batch once: by `passed`, `failed`, `settled`, `again` or `putBack`. The
 * answer settles the records that its text says; no record is sent again once it is settled, and none
 * is in two calls in flight. An answer to a batch that is no longer sought changes nothing. `F` is
 * whatever the caller knows of a failed call.
 */
export class Isolation<F> {
	/** Never tried: the ones from `head` on. */
	private fresh: string[] = [];
	private head = 0;
	private isOpen = true;
	/** Tried in vain, in batches that failed for another record's sake, as far as anyone knows. */
	private readonly untold: string[] = [];
	/** To be sent again, as they are. */
	private readonly repeats: Array<Batch<F>> = [];
	private readonly suspects: Array<Suspects<F>> = [];
	private readonly crowd = new Crowd();
	private readonly inFlight = new Set<Batch<F>>();

	constructor(private readonly sizing: Sizing) {}

	/** One more record of the list, which is not in it yet. */
	add(id: string): void {
		this.fresh.push(id);
	}

	/** The list is whole: from now on a batch that is not full is sent, too. */
	close(): void {
		this.isOpen = false;
	}

	/**
	 * The next batch to send. Undefined while calls are in flight or the list is not whole: ask again
	 * after the next answer or record. Else undefined says that every record is settled.
	 *
	 * @param most the most ids it may hold, where that is less than usual
	 */
	draw(most = Infinity): Batch<F> | undefined {
		const { share } = this.sizing;
		const limit = Math.min(most, this.sizing.most);
		const repeat = this.repeats.pop();
		if (repeat) {
			const { ids } = repeat;
			if (ids.length > limit) this.repeats.push({ ...repeat, ids: ids.slice(limit) });
			return this.send({ ...repeat, ids: ids.slice(0, limit) });
		}
		if (!this.crowd.isEmpty) {
			const ids = this.crowd.draw(limit, this.inFlight.size);
			return this.send({ ids, isPart: true });
		}
		const suspects = this.suspects.pop();
		if (suspects) {
			const { ids, failure } = suspects;
			const size = share.bestSize(ids.length, limit);
			return this.send({ ids: ids.slice(0, size), others: { ids: ids.slice(size), failure } });
		}
		const left = this.fresh.length - this.head;
		if (left === 0 && this.untold.length === 0) return undefined;
		// Fresh and untold records do not go together: they are from different stretches of the list.
		const size = share.bestSize(Infinity, limit);
		if (left >= size || (left > 0 && !this.isOpen)) {
			const ids = this.fresh.slice(this.head, this.head + size);
			this.head += ids.length;
			return this.send({ ids, isFresh: true });
		}
		// Splitting a batch leaves more records untold, and tells of the share. Filling the free slots
		// at once would pay for a single bad record with many small batches.
		const splitting = [...this.inFlight].some(({ others }) => others !== undefined);
		if (this.untold.length === 0 || (splitting && this.untold.length < 3 * size)) return undefined;
		return this.send({ ids: this.untold.splice(-size) });
	}

	/**
	 * One record alone, of those that were tried in vain: by turns from their ends and their middle, so
	 * that a stretch of bad ones is not taken for all. Where there are none, the next one of the list.
	 */
	probe(turn: number): Batch<F> | undefined {
		const suspects = this.suspects.pop();
		const ids = suspects ? [...suspects.ids] : this.untold;
		if (ids.length === 0) return this.draw(1);
		const place = [0, ids.length - 1, ids.length >> 1][turn % 3]!;
		const single = { ids: ids.splice(place, 1) };
		return this.send(suspects ? { ...single, others: { ...suspects, ids } } : single);
	}

	/** Some ids of a batch are sent again by the caller: they are a batch of their own from now on. */
	divide({ isFresh }: Batch<F>, ids: readonly string[]): Batch<F> {
		return this.send({ ids, isFresh });
	}

	/**
	 * The whole batch is good, and settled. Returns the record that is bad by inference, if the batch
	 * leaves only this one of its suspects: it is settled too, without a call of its own.
	 */
	passed(batch: Batch<F>): Culprit<F> | undefined {
		if (!this.land(batch)) return undefined;
		const { ids, others, isPart, refusals } = batch;
		this.learn(true, batch);
		if (isPart) this.crowd.partPassed(ids.length, !refusals);
		return others && this.suspect(others);
	}

	/** At least one record of the batch is bad. Returns it, settled, if the batch is but one. */
	failed(batch: Batch<F>, failure: F): Culprit<F> | undefined {
		if (!this.land(batch)) return undefined;
		const { ids, others } = batch;
		this.learn(false, batch);
		if (others) this.untold.push(...others.ids);
		return this.suspect({ ids, failure });
	}

	/**
	 * Every record of the batch is settled, each with an outcome of its own or all with one. This and
	 * `again` teach nothing about the share, which is of use only where nobody is named: else the
	 * largest batch is the best.
	 */
	settled(batch: Batch<F>): void {
		this.again(batch, []);
	}

	/** Nothing was done for these records of the batch, and they go again; the others are settled. */
	again(batch: Batch<F>, ids: readonly string[]): void {
		if (!this.land(batch)) return;
		const { others, isPart = false } = batch;
		if (others) this.untold.push(...others.ids); // the bad one may have been in the batch
		if (ids.length === 0) return;
		const refusals = (batch.refusals ?? 0) + 1;
		if (!this.crowd.refused(ids, refusals, isPart)) this.repeats.push({ ids, refusals, isPart });
	}

	/** Nothing was done to the batch, which tells nothing: its records are as they were before. */
	putBack(batch: Batch<F>): void {
		if (!this.land(batch)) return;
		const { ids, others, isFresh } = batch;
		if (others) {
			this.suspects.push({ ...others, ids: [...ids, ...others.ids] });
		} else if (!isFresh) {
			this.repeats.push(batch);
		} else {
			this.fresh = [...ids, ...this.fresh.slice(this.head)];
			this.head = 0;
		}
	}

	/**
	 * From now on this batch is searched to its end, and what was tried in vain before it; nothing else
	 * is. Without a batch, nothing is.
	 */
	keep(batch?: Batch<F>): void {
		this.fresh = [];
		this.head = 0;
		this.isOpen = false;
		if (!batch) this.giveUp();
		for (const other of this.inFlight) {
			if (!batch || (other.isFresh && other !== batch)) this.inFlight.delete(other);
		}
	}

	/** Takes out what was tried in vain, and is not in flight. */
	giveUp(): string[] {
		const tried = [...this.repeats.splice(0), ...this.suspects.splice(0)];
		return [...tried.flatMap(({ ids }) => ids), ...this.crowd.clear(), ...this.untold.splice(0)];
	}

	/** Whether what a batch in flight comes to still counts. */
	isSought(batch: Batch<F>): boolean {
		return this.inFlight.has(batch);
	}

	get isBusy(): boolean {
		return this.inFlight.size > 0;
	}

	/** Whether every record is settled, and no more are to come. */
	get isDone(): boolean {
		const isEmpty = (list: { length: number }) => list.length === 0;
		return (
			!this.isOpen &&
			this.head === this.fresh.length &&
			!this.isBusy &&
			this.crowd.isEmpty &&
			[this.untold, this.repeats, this.suspects].every(isEmpty)
		);
	}

	private send(batch: Batch<F>): Batch<F> {
		this.inFlight.add(batch);
		return batch;
	}

	/** Takes a batch out of flight. Returns whether what it comes to counts. */
	private land(batch: Batch<F>): boolean {
		return this.inFlight.delete(batch);
	}

	private learn(passed: boolean, { ids, others }: Batch<F>): void {
		const among = others ? ids.length + others.ids.length : Infinity;
		this.sizing.share.learn(passed, ids.length, among);
	}

	private suspect(suspects: Suspects<F>): Culprit<F> | undefined {
		const { ids, failure } = suspects;
		if (ids.length === 1) return { id: ids[0]!, failure };
		this.suspects.push(suspects);
		return undefined;
	}
}
