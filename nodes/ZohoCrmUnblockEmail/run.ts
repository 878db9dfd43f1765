/** From records to outcomes: plans the calls of all groups, sends them, settles each record once. */
import type { RunControl } from '../zoho/control';
import { fault, type Fault, isFault } from '../zoho/errors';
import { inParallel, isTransient, withRetries, type RetrySettings } from '../zoho/pace';
import { type Connection } from '../zoho/transport';
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

/** The plan of some records of one group; `round` counts how often they went unanswered. */
interface Plan {
	group: Group;
	isolation: Isolation<Fault>;
	round: number;
}

const MISSING = fault('badResponse', {
	code: 'BAD_RESPONSE',
	message: "Zoho's reply says nothing of this record.",
});

const FOUND_DONE = 'Unblocked successfully (the reply was lost; the repeated call found it done)';

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
	const summary: RunSummary = { calls: 0, retries: 0, isolated: 0 };
	const share = new ShareOfBad();
	/** Records of calls whose reply was lost: they may have been unblocked all the same. */
	const inDoubt = new Map(groups.map((group) => [group, new Set<string>()]));
	const refused = new Set<Group>();
	let batchSize = settings.batchSize;
	let parallel = settings.maxParallelRequests;
	let stopping = false;
	let plans = groups.map((group) => planFor(group, group.ids));

	function planFor(group: Group, ids: readonly string[], round = 0, failure?: Fault): Plan {
		return { group, isolation: new Isolation<Fault>(ids, batchSize, share, failure), round };
	}

	const ended = () => control.cancelled() || summary.ending !== undefined;
	/** Whether a plan's calls still count: not once the run only tells apart another call's records. */
	const dropped = (plan: Plan) => stopping && !plans.includes(plan);

	/** An outcome as the user asked to see it. */
	function judged(group: Group, id: string, outcome: Outcome): Outcome {
		if (!isFault(outcome) || outcome.reason !== 'alreadyUnblocked') return outcome;
		if (inDoubt.get(group)?.has(id))
			return { status: 'unblocked', code: 'SUCCESS', message: FOUND_DONE };
		if (settings.alreadyUnblocked === 'error') return outcome;
		const { code, message } = outcome;
		return { status: 'alreadyUnblocked', code, message };
	}

	function settle(group: Group, id: string, outcome: Outcome): void {
		group.outcomes.set(id, judged(group, id, outcome));
	}

	const endsTheRun = (group: Group, ids: readonly string[], outcome: Outcome) =>
		control.stopAtFailure && !stopping && ids.some((id) => isFault(judged(group, id, outcome)));

	/** From now on only these records are sent. */
	function stopWith(last: Plan[]): void {
		stopping = true;
		plans = last;
	}

	function takeIn(plan: Plan, call: Call, result: CallResult): void {
		const { group, isolation } = plan;
		if (result.kind === 'told') return told(plan, call, result.outcomes);
		if (dropped(plan)) return;
		if (result.kind === 'tooMany') {
			batchSize = Math.min(batchSize, result.most);
			for (const { isolation } of plans) isolation.limitSize(batchSize);
			isolation.returned(call);
			return;
		}
		const { fault: failure, culprit } = result;
		if (failure.reach === 'record') return blamed(plan, call, failure, culprit);

		for (const id of call.ids) settle(group, id, failure);
		isolation.settled(call);
		if (failure.reach === 'account' || failure.reach === 'rest') summary.ending = failure;
		// The same call would fail again for the rest of its group, unless Zoho or the network had a bad day.
		if (failure.reach === 'call' && !failure.retryable) {
			refused.add(group);
			for (const id of group.ids) if (!group.outcomes.has(id)) settle(group, id, failure);
		}
		if (endsTheRun(group, call.ids, failure)) stopWith([]);
	}

	/** Told record by record. What Zoho said nothing of is asked for again, alone. */
	function told(plan: Plan, call: Call, outcomes: Map<string, Outcome>): void {
		const { group, isolation, round } = plan;
		for (const [id, outcome] of outcomes) settle(group, id, outcome);
		if (dropped(plan)) return;
		const untold = call.ids.filter((id) => !outcomes.has(id));
		if (untold.length === 0 && ![...outcomes.values()].some(isFault)) {
			const culprit = isolation.passed(call);
			if (culprit) found(group, culprit.id, culprit.failure);
			return;
		}
		isolation.settled(call);
		const isLast = round >= settings.maxRetries;
		for (const id of untold) {
			inDoubt.get(group)?.add(id);
			if (isLast) settle(group, id, MISSING);
		}
		const again = untold.length === 0 || isLast ? [] : [planFor(group, untold, round + 1)];
		summary.retries += again.length;
		const failed = call.ids.some((id) => endsTheRun(group, [id], outcomes.get(id) ?? MISSING));
		if (failed) stopWith(again);
		else plans.push(...again);
	}

	/** Refused as a whole for a record's sake; which one, Zoho says or it is to be found. */
	function blamed(plan: Plan, call: Call, failure: Fault, named: string | undefined): void {
		const { group, isolation } = plan;
		const culprit = call.ids.length === 1 ? call.ids[0] : named;
		if (endsTheRun(group, culprit === undefined ? call.ids : [culprit], failure)) {
			const others = call.ids.filter((id) => id !== culprit);
			stopWith([planFor(group, others, 0, culprit === undefined ? failure : undefined)]);
			if (culprit !== undefined) settle(group, culprit, failure);
		} else if (named !== undefined) {
			isolation.named(call, named);
			found(group, named, failure);
		} else {
			const search = isolation.failed(call, failure);
			if (search) found(group, search.id, search.failure);
		}
	}

	function found(group: Group, id: string, failure: Fault): void {
		summary.isolated++;
		settle(group, id, failure);
	}

	async function send(plan: Plan, call: Call): Promise<void> {
		const { group } = plan;
		const over = () => ended() || dropped(plan);
		const attempt = async (triesBefore: number) => {
			summary.calls++;
			if (triesBefore > 0) summary.retries++;
			const { module, fields } = group;
			const { result, retryAfterMs } = await unblock(
				connection,
				module,
				fields,
				call.ids,
				settings,
			);
			const transient =
				result.kind === 'refused' && isTransient(result.fault) ? result.fault : undefined;
			if (transient?.reason === 'rateLimited') parallel = Math.max(1, Math.floor(parallel / 2));
			else if (transient) for (const id of call.ids) inDoubt.get(group)?.add(id);
			return { result, transient, retryAfterMs };
		};
		const result = await withRetries(settings, over, attempt, (transient, waitMs) =>
			control.log(
				`${transient.message} Trying ${call.ids.length} records again in ${Math.ceil(waitMs / 1000)} s.`,
			),
		);
		takeIn(plan, call, result);
	}

	await inParallel({
		next: () => {
			for (const plan of plans) {
				const call = refused.has(plan.group) ? undefined : plan.isolation.next();
				if (call) return async () => await send(plan, call);
			}
			return undefined;
		},
		parallel: () => parallel,
		intervalMs: settings.batchInterval,
		stopped: ended,
	});
	return summary;
}
