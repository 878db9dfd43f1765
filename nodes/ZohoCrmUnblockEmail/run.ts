/** From records to outcomes: plans the calls of all groups, sends them, settles each record once. */
import type { RunControl } from '../zoho/control';
import { fault, isFault, type Fault } from '../zoho/errors';
import { counted, inWords } from '../zoho/output';
import { inParallel, isTransient, pause, withRetries, type RetrySettings } from '../zoho/pace';
import { backoffMs, LONGEST_WAIT_MS } from '../zoho/retry';
import type { Connection } from '../zoho/transport';
import { Isolation, ShareOfBad, type Group as Call } from './isolation';
import type { Group, Outcome } from './records';
import { unblock, type CallResult, type CallSettings } from './unblock';

export interface RunSettings extends RetrySettings, CallSettings {
	batchSize: number;
	/** Between the starts of two calls, in ms. */
	batchInterval: number;
	maxParallelRequests: number;
	alreadyUnblocked: 'success' | 'error';
}

export interface RunSummary {
	calls: number;
	retries: number;
	/** Bad records that had to be searched for. */
	isolated: number;
	/** Why nothing more was sent, where the run ended early. */
	ending?: Fault;
}

/** The plan of some records of one group. */
interface Plan {
	group: Group;
	isolation: Isolation<Fault>;
	/** How often they went unanswered. */
	round: number;
	/** Their calls wait until then, in ms since 1970. */
	notBefore: number;
}

/**
 * Sends the records of all groups in as few calls as it can, and writes one outcome a record into
 * each group. A record without an outcome at the end was not attempted.
 */
export async function unblockAll(
	connection: Connection,
	groups: readonly Group[],
	settings: RunSettings,
	control: RunControl,
): Promise<RunSummary> {
	const run = new Run(connection, groups, settings, control);
	await run.send();
	return run.summary;
}

class Run {
	readonly summary: RunSummary = { calls: 0, retries: 0, isolated: 0 };
	private readonly share = new ShareOfBad();
	private plans: Plan[];
	/** Records of calls that were refused for the sake of one of them. */
	private readonly suspected = new Set<string>();
	private batchSize: number;
	/** While the size that Zoho takes is being learned, calls go one at a time. */
	private sizing = false;
	private parallel: number;
	private inFlight = 0;
	/** The first failure has ended the run: only the records of its call are still told apart. */
	private stopping = false;

	constructor(
		private readonly connection: Connection,
		private readonly groups: readonly Group[],
		private readonly settings: RunSettings,
		private readonly control: RunControl,
	) {
		this.batchSize = settings.batchSize;
		this.parallel = settings.maxParallelRequests;
		this.plans = groups.map((group) => this.planFor(group, group.ids));
	}

	async send(): Promise<void> {
		await inParallel({
			next: () => this.next(),
			parallel: () => (this.sizing ? 1 : this.parallel),
			intervalMs: () => this.settings.batchInterval,
			stopped: () => this.hasEnded(),
		});
		for (const group of this.groups) {
			for (const id of group.inDoubt) {
				if (!group.outcomes.has(id)) this.settle(group, id, UNKNOWN);
			}
		}
	}

	private planFor(group: Group, ids: readonly string[], failure?: Fault): Plan {
		const isolation = new Isolation<Fault>(ids, this.batchSize, this.share, failure);
		return { group, isolation, round: 0, notBefore: 0 };
	}

	private next(): (() => Promise<void>) | undefined {
		for (const plan of this.plans) {
			const call = plan.group.refusal ? undefined : plan.isolation.next();
			if (call) return async () => await this.make(plan, call);
		}
		return undefined;
	}

	private hasEnded(): boolean {
		return this.control.cancelled() || this.summary.ending !== undefined;
	}

	/** Whether a plan no longer counts: the run only tells apart the records of another one's call. */
	private isDropped(plan: Plan): boolean {
		return this.stopping && !this.plans.includes(plan);
	}

	/** Makes a call, again and again after transient failures, and takes in what it came to. */
	private async make(plan: Plan, call: Call): Promise<void> {
		const { module, fields, inDoubt } = plan.group;
		const isOver = () => this.hasEnded() || this.isDropped(plan);
		await pause(plan.notBefore - Date.now(), isOver);
		if (isOver()) return;
		let askedToWaitMs: number | undefined;
		// Of the records that the run stops for, one was met "already unblocked": by no lost call's doing.
		const newDoubts = this.stopping ? [] : call.ids.filter((id) => !inDoubt.has(id));
		const attempt = async (triesBefore: number) => {
			this.summary.calls++;
			if (triesBefore > 0) this.summary.retries++;
			this.inFlight++;
			const reply = await unblock(this.connection, module, fields, call.ids, this.settings);
			this.inFlight--;
			const { result, retryAfterMs } = reply;
			askedToWaitMs = retryAfterMs;
			const transient =
				result.kind === 'refused' && isTransient(result.fault) ? result.fault : undefined;
			if (transient?.reason === 'rateLimited') this.lowerParallel();
			else if (transient) for (const id of newDoubts) inDoubt.add(id);
			return { result, transient, retryAfterMs };
		};
		const result = await withRetries({
			...this.settings,
			attempt,
			stopped: isOver,
			// A retry keeps to the parallelism that Zoho has been found to bear.
			ready: () => this.inFlight < this.parallel,
			beforeWait: ({ message }, waitMs) => this.tellOfWait(message, call.ids.length, waitMs),
		});
		// What a call is refused for as a whole, it was refused for when its reply was lost, too.
		const failure = result.kind === 'refused' ? result.fault : undefined;
		if (failure?.reach === 'record' && failure.reason !== 'alreadyUnblocked') {
			for (const id of newDoubts) inDoubt.delete(id);
		}
		this.takeIn(plan, call, result, askedToWaitMs);
	}

	/** Zoho has said that there are too many calls: fewer at once, for the rest of the run. */
	private lowerParallel(): void {
		this.parallel = Math.max(1, this.parallel - 1);
	}

	private tellOfWait(why: string, records: number, waitMs: number): void {
		this.control.log(`${why} Trying ${counted(records, 'record')} again in ${inWords(waitMs)}.`);
	}

	private takeIn(plan: Plan, call: Call, result: CallResult, askedToWaitMs?: number): void {
		this.sizing = result.kind === 'tooMany';
		if (result.kind === 'told') return this.takeInEach(plan, call, result.outcomes, askedToWaitMs);
		if (this.isDropped(plan)) return;
		if (result.kind === 'tooMany') return this.learnSize(plan, call, result.most);
		const { fault, culprit } = result;
		if (fault.reach === 'record') this.takeInBlame(plan, call, fault, culprit);
		else this.takeInFailure(plan, call, fault);
	}

	/** Told record by record. What Zoho said nothing of, or failed at, is asked for again, alone. */
	private takeInEach(
		plan: Plan,
		call: Call,
		outcomes: Map<string, Outcome>,
		askedToWaitMs: number | undefined,
	): void {
		const { group, isolation, round } = plan;
		const { maxRetries, retryDelay } = this.settings;
		const waitMs = askedToWaitMs ?? backoffMs(round, retryDelay, Math.random());
		const mayAskAgain = round < maxRetries && waitMs <= LONGEST_WAIT_MS && !this.isDropped(plan);
		const again: string[] = [];
		let transient: Fault | undefined;
		let limit: Fault | undefined;
		let anyFailed = false;
		let endsTheRun = false;
		for (const id of call.ids) {
			const outcome = outcomes.get(id) ?? MISSING;
			anyFailed ||= isFault(outcome);
			const isOpen = isFault(outcome) && isTransient(outcome);
			if (isOpen && outcome.reason === 'rateLimited') limit = outcome;
			else if (isOpen) group.inDoubt.add(id);
			if (isOpen && mayAskAgain) {
				transient = outcome;
				again.push(id);
			} else {
				endsTheRun ||= this.endsTheRun(group, [id], outcome);
				this.settle(group, id, outcome);
			}
		}
		if (limit) this.lowerParallel();
		if (limit && !mayAskAgain) this.summary.ending = limit;
		if (this.isDropped(plan)) return;
		if (anyFailed) {
			isolation.settled(call);
		} else {
			const culprit = isolation.passed(call);
			if (culprit) this.settleCulprit(group, culprit.id, culprit.failure);
		}
		const plans: Plan[] = [];
		if (transient) {
			this.tellOfWait(transient.message, again.length, waitMs);
			const notBefore = Date.now() + waitMs;
			plans.push({ ...this.planFor(group, again), round: round + 1, notBefore });
			this.summary.retries++;
		}
		if (endsTheRun) this.stopWith(plans);
		// Where there are too many calls, what waits goes before what would only add to them.
		else if (limit) this.plans.unshift(...plans);
		else this.plans.push(...plans);
	}

	private learnSize({ isolation }: Plan, call: Call, most: number): void {
		this.batchSize = Math.min(this.batchSize, most);
		for (const plan of this.plans) plan.isolation.limitSize(this.batchSize);
		isolation.returned(call);
	}

	/** Refused as a whole for a record's sake; which one, Zoho says or it is to be found. */
	private takeInBlame(plan: Plan, call: Call, fault: Fault, named: string | undefined): void {
		const { group, isolation } = plan;
		if (call.ids.length > 1) for (const id of call.ids) this.suspected.add(id);
		const culprit = call.ids.length === 1 ? call.ids[0] : named;
		if (this.endsTheRun(group, culprit === undefined ? call.ids : [culprit], fault)) {
			const others = call.ids.filter((id) => id !== culprit);
			this.stopWith([this.planFor(group, others, culprit === undefined ? fault : undefined)]);
			if (culprit !== undefined) this.settle(group, culprit, fault);
		} else if (named !== undefined) {
			isolation.named(call, named);
			this.settleCulprit(group, named, fault);
		} else {
			const found = isolation.failed(call, fault);
			if (found) this.settleCulprit(group, found.id, found.failure);
		}
	}

	/** Failed as a whole, for no record's sake. */
	private takeInFailure({ group, isolation }: Plan, call: Call, fault: Fault): void {
		for (const id of call.ids) this.settle(group, id, fault);
		isolation.settled(call);
		if (fault.reach === 'account' || fault.reach === 'rest') this.summary.ending = fault;
		// The same call would fail again for the rest of its group, unless Zoho or the network had a bad day.
		if (fault.reach === 'call' && !fault.retryable) group.refusal = fault;
		if (this.endsTheRun(group, call.ids, fault)) this.stopWith([]);
	}

	/** An outcome as the user asked to see it. */
	private judged(group: Group, id: string, outcome: Outcome): Outcome {
		if (!isFault(outcome) || outcome.reason !== 'alreadyUnblocked') return outcome;
		if (group.inDoubt.has(id)) return DONE_BEFORE;
		if (this.settings.alreadyUnblocked === 'error') return outcome;
		const { code, message } = outcome;
		return { status: 'alreadyUnblocked', code, message };
	}

	private settle(group: Group, id: string, outcome: Outcome): void {
		group.outcomes.set(id, this.judged(group, id, outcome));
	}

	private settleCulprit(group: Group, id: string, fault: Fault): void {
		if (this.suspected.has(id)) this.summary.isolated++;
		this.settle(group, id, fault);
	}

	/** Whether On Error says to stop: whichever of the records the outcome is true of, it is a failure. */
	private endsTheRun(group: Group, ids: readonly string[], outcome: Outcome): boolean {
		if (!this.control.stopAtFailure || this.stopping) return false;
		return ids.every((id) => isFault(this.judged(group, id, outcome)));
	}

	/** From now on only the records of these plans are sent. */
	private stopWith(last: Plan[]): void {
		this.stopping = true;
		this.plans = last;
	}
}

const MISSING = fault('badResponse', {
	code: 'BAD_RESPONSE',
	message: "Zoho's reply says nothing of this record.",
});

const UNKNOWN = fault('badResponse', {
	code: 'BAD_RESPONSE',
	message: 'The run ended before Zoho could be asked again what became of this record.',
});

/** The outcome of a call whose reply was lost, when the repeated call finds the record unblocked. */
const DONE_BEFORE: Outcome = {
	status: 'unblocked',
	code: 'SUCCESS',
	message: 'Unblocked successfully (the reply was lost; the repeated call found it done)',
};
