/** What a reply means for the records of its call, and so what comes next. Pure. */
import type { Next, Plan } from '../run/plan';
import { pauseBeforeRetry, type RetrySettings } from '../run/retries';
import { counted, inWords } from '../run/words';
import { dated, isFailure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';
import type { Batch } from './isolation';
import { Culprits, isOfTrial } from './culprits';
import { Outcomes, type Outcome } from './outcomes';
import type { Group } from './groups';
import { CallQueue, paceOf, type Call, type QueueSettings } from './queue';
import { keepToQuota } from './quota';
import { readReply, type Told } from './reply';
import { endsTheRun, isOfRecord, mayBeSought, sortOut } from './told';

export interface UnblockSettings extends QueueSettings, RetrySettings {
	alreadyUnblocked: 'success' | 'error';
	/** On Error is Stop Workflow: the first failure ends the run, and all input is read before it. */
	stopAtFailure: boolean;
}

export class UnblockPlan implements Plan<Call> {
	readonly summary = { calls: 0, retries: 0 };
	/** Why nothing more was sent, where the run ended early. */
	ending: Failure | undefined;
	/** What Zoho said last of the API credits that are left. */
	creditsLeft: string | undefined;
	private readonly queue: CallQueue;
	private readonly culprits: Culprits;
	private isWhole = false;
	private isStopped = false;

	/**
	 * @param random gives numbers in [0, 1)
	 * @param pace of the run, where calls were made before
	 */
	constructor(
		private readonly settings: UnblockSettings,
		private readonly random: () => number = Math.random,
		pace = paceOf(settings),
	) {
		this.queue = new CallQueue(settings, pace);
		this.culprits = new Culprits(this.queue, settings.stopAtFailure);
	}

	/** A record to unblock, which was not added before. */
	add(group: Group, id: string): void {
		this.queue.add(group, id, () => new Outcomes(this.settings.alreadyUnblocked));
	}

	close(): void {
		this.isWhole = true;
		this.queue.close();
	}

	/** Nothing more is to be sent, for this reason. */
	end(why: Failure): void {
		this.ending ??= why;
	}

	/** Nothing is to be sent, for the failure of an item. */
	stop(): void {
		this.isStopped = true;
	}

	next(now: number): Next<Call> {
		const isHeldBack = this.settings.stopAtFailure && !this.isWhole;
		return this.queue.next(now, !this.ending && !this.isStopped && !isHeldBack);
	}

	take(call: Call, { reply, requests }: Answer, now: number): string | undefined {
		this.summary.calls += requests;
		if (isFailure(reply)) {
			this.queue.end(call, !reply.transient);
			return this.takeRefused(call, { failure: reply }, undefined, now);
		}
		const result = readReply(reply, call.batch.ids);
		this.queue.end(call, result.kind !== 'refused' || !result.failure.transient);
		this.creditsLeft = reply.headers['x-api-credits-remaining'] ?? this.creditsLeft;
		this.ending ??= keepToQuota(reply, this.queue.pace, now);
		if (result.kind === 'tooMany') {
			if (!this.queue.isDropped(call)) this.queue.limitSize(call, result.most);
			return undefined;
		}
		this.queue.sizeTaken();
		if (result.kind === 'told') return this.takeTold(call, result, now);
		return this.takeRefused(call, result, reply.retryAfterMs, now);
	}

	/** The outcome of a record; undefined for one that was not sent. */
	outcomeOf(group: Group, id: string): Outcome | undefined {
		return this.queue.groups.get(group)?.outcomes.get(id);
	}

	/** Refused records that were found by splitting batches. */
	get isolated(): number {
		return this.culprits.found;
	}

	/** Why the records of a group that were not sent were kept back, if it is for the group's sake. */
	refusalOf(group: Group): Failure | undefined {
		return this.queue.groups.get(group)?.refusal;
	}

	/** The run is over: what is still open stays in doubt. */
	finish(): void {
		for (const { group, batch } of this.queue.open) group.outcomes.doubt(batch.ids);
		for (const { outcomes } of this.queue.groups.values()) outcomes.close();
	}

	/** Told record by record. What Zoho failed at, or said nothing of, is asked for again. */
	private takeTold(call: Call, told: Told, now: number): string | undefined {
		const { group, batch } = call;
		const { settled, untold, transient, inDoubt } = sortOut(batch.ids, told, now);
		const outcomes = [...settled.values()];
		if (outcomes.some(isOfRecord)) this.culprits.letIn(group);
		const failures = outcomes.filter(isFailure);
		const ending = [...failures, told.rest].find((one) => one && endsTheRun(one));
		const [refusal] = failures;
		// A single record that is told the refusal in question, in an entry of its own.
		if (isOfTrial(call) && refusal && !ending) {
			this.culprits.question(call, { ...refusal, reach: 'unclear' });
			return undefined;
		}
		this.ending ??= ending;
		for (const id of inDoubt) group.outcomes.doubt([id]);
		for (const [id, outcome] of settled) group.outcomes.settle(id, outcome);
		const worst = this.learnFrom(call, transient);
		const waitMs = worst && this.pauseBefore(call, told.waitMs);
		const failed = [...transient.keys()];
		if (waitMs === undefined) {
			// Zoho has failed at them to the last, so they may be what a larger call was refused for.
			call.trial?.lose();
			for (const [id, why] of transient) group.outcomes.settle(id, why);
			if (worst?.reason === 'rateLimited') this.end(worst);
		}
		// What is wrong with the account says nothing of the records, nor of others by their absence.
		if (ending || this.queue.isDropped(call)) return undefined;

		const isFailed = (id: string) => isFailure(group.outcomes.get(id) ?? {});
		const stops = this.culprits.mayStop && [...settled.keys(), ...failed].some(isFailed);
		const search = stops ? this.queue.narrow(group, batch.ids) : call.search;
		if (stops) for (const id of untold) search.add(id);
		else this.land(call, settled, [...untold, ...failed], untold);
		if (waitMs === undefined) return undefined;
		return this.repeat({ ...call, search }, search.adopt(failed), worst!, waitMs, now);
	}

	/** What the search learns from a call whose records were told one by one. */
	private land(
		{ group, search, batch }: Call,
		settled: ReadonlyMap<string, Outcome>,
		open: readonly string[],
		untold: readonly string[],
	): void {
		// The call was not refused, so the record that a larger one was refused for is not in it,
		// unless it is told here.
		const sought = search.failureBehind(batch);
		const isFound = sought && [...settled.values()].some((one) => mayBeSought(one, sought));
		if (isFound || open.length > 0) return search.again(batch, untold);
		const culprit = search.passed(batch);
		if (culprit) this.culprits.settle(group, culprit.id, culprit.failure);
	}

	/** Notes the doubts that failures of single records leave. Returns the one that counts most. */
	private learnFrom({ group }: Call, transient: ReadonlyMap<string, Failure>): Failure | undefined {
		for (const [id, { doubtful }] of transient) if (doubtful) group.outcomes.doubt([id]);
		const failures = [...transient.values()];
		return failures.find(({ reason }) => reason === 'rateLimited') ?? failures[0];
	}

	/**
	 * Failed as a whole, be it for the sake of one record or of none.
	 *
	 * @param askedMs the wait that Retry-After asks for
	 */
	private takeRefused(
		call: Call,
		{ failure: refusal, culprit }: { failure: Failure; culprit?: string },
		askedMs: number | undefined,
		now: number,
	): string | undefined {
		const { group, batch } = call;
		const why = dated(refusal, now);
		const isDropped = this.queue.isDropped(call);
		if (why.doubtful) group.outcomes.doubt(batch.ids);
		if (isDropped) return this.heed(call, why, askedMs, now);
		const waitMs = why.transient ? this.pauseBefore(call, askedMs) : undefined;
		if (waitMs !== undefined) return this.repeat(call, batch, why, waitMs, now);
		if (why.reach === 'unclear') this.culprits.question(call, why);
		else if (why.reach === 'record') this.culprits.blame(call, why, culprit);
		else this.failAll(call, why);
		return undefined;
	}

	/** A call that no longer counts still tells of the account, of the limit, and of suspected records. */
	private heed(call: Call, why: Failure, askedMs: number | undefined, now: number): undefined {
		if (why.reach === 'record') this.queue.searchToo(call);
		if (why.reach === 'account') this.end(why);
		if (why.reason !== 'rateLimited') return;
		const waitMs = why.transient
			? pauseBeforeRetry(call.tries + 1, this.settings, askedMs, this.random())
			: undefined;
		if (waitMs === undefined) this.end({ ...why, reach: 'rest' });
		else this.queue.pace.tooMany(call.startedAt, waitMs, now, false);
	}

	/** The pause before a call goes again; undefined where it does not. */
	private pauseBefore(call: Call, askedMs: number | undefined): number | undefined {
		if (this.ending || this.queue.isDropped(call)) return undefined;
		return pauseBeforeRetry(call.tries + 1, this.settings, askedMs, this.random());
	}

	private repeat(call: Call, batch: Batch, why: Failure, waitMs: number, now: number): string {
		this.summary.retries++;
		if (why.reason === 'rateLimited') this.queue.pace.tooMany(call.startedAt, waitMs, now);
		this.queue.repeat(call, batch, now + waitMs);
		return `${why.message} Trying ${counted(batch.ids.length, 'record')} again in ${inWords(waitMs)}.`;
	}

	/** Failed as a whole, for no record's sake. */
	private failAll(call: Call, why: Failure): void {
		const { group, search, batch, trial } = call;
		trial?.lose();
		const stops = this.culprits.stopsFor(group, batch.ids, why);
		for (const id of batch.ids) group.outcomes.settle(id, why);
		search.settled(batch);
		if (why.reach === 'account') this.end(why);
		if (why.reason === 'rateLimited') this.end({ ...why, reach: 'rest' });
		// The same call would fail again for the rest of its group, unless Zoho had a bad moment.
		if (why.reach === 'call' && !why.retryable) group.refusal = why;
		if (stops) this.queue.narrow(group);
	}
}
