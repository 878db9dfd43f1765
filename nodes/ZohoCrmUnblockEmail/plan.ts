/** What a reply means for the records of its call, and so what comes next. Pure. */
import { Outbox, type OutboxSettings, type Sent } from '../run/outbox';
import { Pace } from '../run/pace';
import type { Next, Plan } from '../run/plan';
import { dated, isFailure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';
import { Groups, type Group, type GroupSettings } from './groups';
import { Queue, type Errand } from './queue';
import { readReply, type CallResult, type Entries } from './reply';
import type { Culprit } from './search/isolation';
import { endsTheRun, isOfRecord, isUnexpected, mayBeSought, sortOut } from './entries';

export interface PaceSettings {
	/** Between the starts of two calls, in ms. */
	batchInterval: number;
	maxParallelRequests: number;
}

/** The pace of a run: one for all its calls, whatever they are for. */
export function paceOf({ maxParallelRequests, batchInterval }: PaceSettings): Pace {
	return new Pace(maxParallelRequests, () => batchInterval);
}

export interface UnblockSettings extends GroupSettings, OutboxSettings, PaceSettings {}

export type Call = Sent<Errand>;

export class UnblockPlan implements Plan<Call> {
	readonly outbox: Outbox<Errand>;
	/** The failure that the run stops at: what was refused with it is told apart, and nothing else is sent. */
	stoppedFor: Failure | undefined;
	private readonly queue: Queue;

	/**
	 * @param pace of the run, where calls were made before
	 * @param random gives numbers in [0, 1)
	 */
	constructor(
		private readonly settings: UnblockSettings,
		private readonly groups = new Groups(settings),
		pace = paceOf(settings),
		random: () => number = Math.random,
	) {
		this.queue = new Queue(() => this.underWay);
		this.outbox = new Outbox(settings, this.queue, pace, random);
	}

	/** A record to unblock, which was not added before. */
	add(group: Group, id: string): void {
		group.search.add(id);
		this.queue.offer(group);
	}

	close(): void {
		this.outbox.close();
		for (const { search } of this.groups.all) search.close();
		this.queue.offerAll(this.groups.all);
	}

	next(now: number): Next<Call> {
		return this.outbox.next(now);
	}

	take(call: Call, { reply, requests }: Answer, now: number): string | undefined {
		const { group, batch } = call;
		const result: CallResult = isFailure(reply)
			? { kind: 'refused', failure: reply }
			: readReply(reply, batch.ids);
		const isPassing = result.kind === 'refused' && result.failure.transient;
		this.outbox.answered(call, requests, !isPassing);
		this.outbox.noteShape(reply, isUnexpected(result, batch.ids));
		const askedMs = isFailure(reply) ? undefined : reply.retryAfterMs;
		if (!isFailure(reply)) {
			this.outbox.heedQuota(reply, now);
			this.queue.isOneAtATime = false;
		}
		let news: string | undefined;
		if (result.kind === 'tooMany') this.limitSize(call, result.most);
		else if (result.kind === 'entries') news = this.takeEntries(call, result, now);
		else news = this.takeRefused(call, result, askedMs, now);
		this.queue.answered(group);
		return news;
	}

	/** The run is over: what is still open stays in doubt. */
	finish(): void {
		for (const { group, batch } of this.outbox.open) group.outcomes.doubt(batch.ids);
		for (const { outcomes } of this.groups.all) outcomes.finish();
	}

	private get underWay(): Errand[] {
		return [...this.outbox.open, ...this.outbox.toRepeat];
	}

	/** Zoho takes no more than `most` ids in a call, and has done nothing for this one. */
	private limitSize({ group: { search }, batch }: Call, most: number): void {
		if (!search.isSought(batch)) return;
		const { sizing } = this.groups;
		sizing.most = Math.min(sizing.most, most);
		search.putBack(batch);
		this.queue.isOneAtATime = true;
	}

	/** Told record by record. What Zoho failed at, or said nothing of, is asked for again. */
	private takeEntries(call: Call, entries: Entries, now: number): string | undefined {
		const { group, batch } = call;
		const { search, outcomes, verdict } = group;
		const { settled, transient, untold, inDoubt } = sortOut(batch.ids, entries, now);
		const all = [...settled.values()];
		if (all.some(isOfRecord)) this.decideForRecords(group);
		if (untold.length > 0) this.groups.ways.refusesWhole = true;
		const failures = all.filter(isFailure);
		const [refusal] = failures;
		const ending = [...failures, entries.ofOthers].find((one) => one && endsTheRun(one));
		// A single record that is told the refusal in question, in an entry of its own.
		if (verdict.isOpen && batch.ids.length === 1 && refusal && !ending) {
			this.question(call, { ...refusal, reach: 'unclear' });
			return undefined;
		}
		if (ending) this.outbox.abort(ending);
		for (const id of inDoubt) outcomes.doubt([id]);
		for (const [id, outcome] of settled) outcomes.settle(id, outcome);
		this.stopIfFailed(call);
		const news = this.repeatOnly(call, transient, entries.waitMs, now);
		this.stopIfFailed(call);
		// The call was not refused, so the record that a larger one was refused for is not in it,
		// unless it is told here.
		const sought = batch.others?.failure;
		const isFound = sought && all.some((one) => mayBeSought(one, sought));
		if (isFound || untold.length + transient.size > 0) search.again(batch, untold);
		else this.settleCulprit(group, search.passed(batch));
		return news;
	}

	/** Of a call, only the records that Zoho failed at go again; where they cannot, they are settled. */
	private repeatOnly(
		call: Call,
		transient: ReadonlyMap<string, Failure>,
		askedMs: number | undefined,
		now: number,
	): string | undefined {
		const { group, batch } = call;
		const { search, outcomes } = group;
		const failures = [...transient.values()];
		const worst = failures.find(({ reason }) => reason === 'rateLimited') ?? failures[0];
		if (!worst) return undefined;
		for (const [id, { doubtful }] of transient) if (doubtful) outcomes.doubt([id]);
		const part = search.isSought(batch) ? search.divide(batch, [...transient.keys()]) : undefined;
		const errand = part && { ...call, batch: part };
		const news = this.outbox.repeat(call, errand, worst, askedMs, now);
		if (news !== undefined) return news;
		for (const [id, why] of transient) outcomes.settle(id, why);
		if (part) search.settled(part);
		return undefined;
	}

	/**
	 * Failed as a whole, be it for the sake of one record or of none.
	 *
	 * @param askedMs the wait that Retry-After asks for
	 */
	private takeRefused(
		call: Call,
		{ failure, culprit }: { failure: Failure; culprit?: string },
		askedMs: number | undefined,
		now: number,
	): string | undefined {
		const { group, batch } = call;
		const why = dated(failure, now);
		if (why.doubtful) group.outcomes.doubt(batch.ids);
		const errand = group.search.isSought(batch) ? call : undefined;
		const news = this.outbox.repeat(call, errand, why, askedMs, now);
		if (news !== undefined) return news;
		if (why.reach === 'unclear') this.question(call, why);
		else if (why.reach === 'record') this.blame(call, why, culprit);
		else this.failAll(call, why);
		return undefined;
	}

	/** Refused as a whole, and nobody can say whether for one record's sake or for all. */
	private question(call: Call, why: Failure): void {
		const { group, batch } = call;
		const { verdict, search, outcomes } = group;
		if (verdict.isOfRecords) return this.blame(call, why);
		const isOfAll = verdict.refused(batch.ids.length === 1);
		this.isolate(call, why);
		if (!isOfAll) return;
		group.refusal = { ...why, reach: 'call' };
		for (const id of search.giveUp()) outcomes.settle(id, why);
	}

	/** Zoho looks at each record: what batches of the group were refused for was a single one. */
	private decideForRecords({ verdict }: Group): void {
		verdict.isOfRecords = true;
		if (verdict.batches > 0) this.groups.ways.refusesWhole = true;
	}

	/** Refused as a whole for a record's sake; which one, Zoho says or it is to be found. */
	private blame(call: Call, why: Failure, named?: string): void {
		const { group, batch } = call;
		const isSingle = batch.ids.length === 1;
		if (!isSingle) this.groups.ways.refusesWhole = true;
		// While that is in question, it says that Zoho looks at each record.
		else if (group.verdict.isOpen) this.decideForRecords(group);
		if (why.reason !== 'alreadyUnblocked') group.outcomes.clearDoubt(batch.ids);
		if (named === undefined) return this.isolate(call, why);
		if (this.isFailureOfAll(group, [named], why)) this.stopAt(call, why);
		group.outcomes.settle(named, why);
		group.search.again(
			batch,
			batch.ids.filter((id) => id !== named),
		);
	}

	/** One record of a call is bad, as far as anyone knows: it is searched for. */
	private isolate(call: Call, why: Failure): void {
		const { group, batch } = call;
		if (this.isFailureOfAll(group, batch.ids, why)) this.stopAt(call, why);
		this.settleCulprit(group, group.search.failed(batch, why));
	}

	/** The refusal may have been in question when it was met. */
	private settleCulprit({ outcomes, verdict }: Group, culprit: Culprit<Failure> | undefined): void {
		if (!culprit) return;
		const { id, failure } = culprit;
		outcomes.settle(id, verdict.isOfRecords ? { ...failure, reach: 'record' } : failure);
	}

	/** Failed as a whole, for no record's sake. */
	private failAll({ group, batch }: Call, why: Failure): void {
		const stops = this.isFailureOfAll(group, batch.ids, why);
		for (const id of batch.ids) group.outcomes.settle(id, why);
		group.search.settled(batch);
		// The same call would fail again for the rest of its group, unless Zoho had a bad moment.
		if (why.reach === 'call' && !why.retryable) group.refusal = why;
		if (!stops) return;
		this.stoppedFor = why;
		this.outbox.abort();
	}

	private get mayStop(): boolean {
		return this.settings.stopAtFailure && !this.stoppedFor;
	}

	/** Whether On Error says to stop at this: whichever of the records it is true of, it is a failure. */
	private isFailureOfAll({ outcomes }: Group, ids: readonly string[], why: Failure): boolean {
		return this.mayStop && ids.every((id) => isFailure(outcomes.judge(id, why)));
	}

	/** The run stops where a record of this call has failed. */
	private stopIfFailed(call: Call): void {
		if (!this.mayStop) return;
		for (const id of call.batch.ids) {
			const outcome = call.group.outcomes.get(id);
			if (outcome && isFailure(outcome)) return this.stopAt(call, outcome);
		}
	}

	/** The run stops at a failure in this call: it is told apart, and nothing else is sent any more. */
	private stopAt({ group, batch }: Call, why: Failure): void {
		this.stoppedFor = why;
		this.queue.clear();
		for (const other of this.underWay) if (other.group !== group) other.group.search.keep();
		group.search.keep(batch);
		this.outbox.keep((errand) => errand.group.search.isSought(errand.batch));
	}
}
