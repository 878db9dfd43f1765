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
 */
import { ShareOfBad } from './share';

/** Records that go in one call. */
export interface Batch {
	readonly ids: readonly string[];
}

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

/**
 * Plans the calls for a list of records, any number of them in flight: ask `next` while there is a
 * free slot, and answer each batch once: by `passed`, `failed`, `settled`, `again` or `returned`. The
 * answer settles the records that its text says; no record is sent again once it is settled, and none
 * is in two calls in flight. `F` is whatever the caller knows of a failed call.
 */
export class Isolation<F> {
	/** Never tried: the ones from `head` on. */
	private fresh: string[] = [];
	private head = 0;
	private isOpen = true;
	/** Tried in vain, in batches that failed for another record's sake, as far as anyone knows. */
	private readonly untold: string[] = [];
	/** To be sent again, as they are. */
	private readonly repeats: Array<readonly string[]> = [];
	private readonly suspects: Array<Suspects<F>> = [];
	/** The calls in flight; those that try a part of some suspects, with the other part. */
	private readonly inFlight = new Map<Batch, Suspects<F> | undefined>();

	/**
	 * @param maxBatchSize the most ids that a call may hold, 1 or more
	 * @param share what other isolations of the same run have learned, if there are any
	 */
	constructor(
		private maxBatchSize: number,
		private readonly share = new ShareOfBad(),
	) {}

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
	next(most = this.maxBatchSize): Batch | undefined {
		const limit = Math.min(most, this.maxBatchSize);
		const repeat = this.repeats.pop();
		if (repeat) {
			if (repeat.length > limit) this.repeats.push(repeat.slice(limit));
			return this.send(repeat.slice(0, limit));
		}
		const suspects = this.suspects.pop();
		if (suspects) {
			const { ids, failure } = suspects;
			const size = this.share.bestSize(ids.length, limit);
			return this.send(ids.slice(0, size), { ids: ids.slice(size), failure });
		}
		const left = this.fresh.length - this.head;
		if (left === 0 && this.untold.length === 0) return undefined;
		// Fresh and untold records do not go together: they are from different stretches of the list.
		const size = this.share.bestSize(Infinity, limit);
		if (left >= size || (left > 0 && !this.isOpen)) {
			const ids = this.fresh.slice(this.head, this.head + size);
			this.head += ids.length;
			return this.send(ids);
		}
		// Splitting a batch leaves more records untold, and tells of the share. Filling the free slots
		// at once would pay for a single bad record with many small batches.
		const splitting = [...this.inFlight.values()].some((rest) => rest !== undefined);
		if (this.untold.length === 0 || (splitting && this.untold.length < 3 * size)) return undefined;
		return this.send(this.untold.splice(-size));
	}

	/** Takes records in that somebody else has sent as one batch: it is in flight from now on. */
	adopt(ids: readonly string[]): Batch {
		return this.send(ids);
	}

	/**
	 * The whole batch is good, and settled. Returns the record that is bad by inference, if the batch
	 * leaves only this one of its suspects: it is settled too, without a call of its own.
	 */
	passed(batch: Batch): Culprit<F> | undefined {
		const rest = this.learn(true, batch);
		return rest && this.suspect(rest);
	}

	/** At least one record of the batch is bad. Returns it, settled, if the batch is but one. */
	failed(batch: Batch, failure: F): Culprit<F> | undefined {
		const rest = this.learn(false, batch);
		if (rest) this.untold.push(...rest.ids);
		return this.suspect({ ids: batch.ids, failure });
	}

	/**
	 * Every record of the batch is settled, each with an outcome of its own or all with one. This and
	 * `again` teach nothing about the share, which is of use only where nobody is named: else the
	 * largest batch is the best.
	 */
	settled(batch: Batch): void {
		const rest = this.land(batch);
		if (rest) this.untold.push(...rest.ids); // the bad one may have been in the batch
	}

	/** These records of the batch go again, as one batch; the others are settled. */
	again(batch: Batch, ids: readonly string[]): void {
		this.settled(batch);
		if (ids.length > 0) this.repeats.push(ids);
	}

	/** Nothing was done to the batch, which tells nothing: its records are to be sent again. */
	returned(batch: Batch): void {
		const rest = this.land(batch);
		if (rest) {
			this.suspects.push({ ...rest, ids: [...batch.ids, ...rest.ids] });
		} else {
			this.fresh = [...batch.ids, ...this.fresh.slice(this.head)];
			this.head = 0;
		}
	}

	/** What a failure of these suspects is, of which the batch tries a part; undefined for none. */
	failureBehind(batch: Batch): F | undefined {
		return this.inFlight.get(batch)?.failure;
	}

	/** Whether every record is settled, and no more are to come. */
	get isDone(): boolean {
		const isEmpty = (list: { length: number }) => list.length === 0;
		return (
			!this.isOpen &&
			this.head === this.fresh.length &&
			this.inFlight.size === 0 &&
			[this.untold, this.repeats, this.suspects].every(isEmpty)
		);
	}

	/** From now on a call may hold no more than so many ids, 1 or more; more than before is ignored. */
	limitSize(most: number): void {
		this.maxBatchSize = Math.min(this.maxBatchSize, most);
	}

	private send(ids: readonly string[], rest?: Suspects<F>): Batch {
		const batch = { ids };
		this.inFlight.set(batch, rest);
		return batch;
	}

	private land(batch: Batch): Suspects<F> | undefined {
		const rest = this.inFlight.get(batch);
		this.inFlight.delete(batch);
		return rest;
	}

	private learn(passed: boolean, batch: Batch): Suspects<F> | undefined {
		const rest = this.land(batch);
		const size = batch.ids.length;
		this.share.learn(passed, size, rest ? size + rest.ids.length : Infinity);
		return rest;
	}

	private suspect(suspects: Suspects<F>): Culprit<F> | undefined {
		const { ids, failure } = suspects;
		if (ids.length === 1) return { id: ids[0]!, failure };
		this.suspects.push(suspects);
		return undefined;
	}
}
