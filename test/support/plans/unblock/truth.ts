/** What may be said of a record after a run, and what is owed to it. */
import { isFailure, type Reason } from '../../../../nodes/zoho/failures';
import type { Played, PlayedRecord, SentCall } from './world';
import type { Standing } from './scene';

/** What Zoho says of a record that it does not unblock. */
const REASONS: Record<Exclude<Standing, 'soft'>, Reason> = {
	unblocked: 'alreadyUnblocked',
	hard: 'permanentlyBlocked',
	worn: 'unblockLimitReached',
	missing: 'recordNotFound',
	locked: 'invalidRequest',
	forbidden: 'noPermission',
};

/** Reasons that are no record's own. */
const PASSING: Reason[] = ['networkError', 'serverError', 'badResponse', 'rateLimited'];

/** Whether a call named the record that may have been acted on without our knowing. */
function mayBeLost({ id, troubles }: PlayedRecord, { scene, calls }: Played): boolean {
	if (scene.zoho.dataQuirks?.drop) return true;
	if ([...troubles].some(({ leavesDoubt }) => leavesDoubt)) return true;
	// A run that was stopped leaves its open calls to themselves.
	return calls.some(({ ids, takenAs }) => takenAs === undefined && ids.includes(id));
}

/** Refused alone so often, what nobody has listed is taken to be true of all. */
const ENOUGH_TO_DECIDE = 3;

/** Whether the group may be given up for a reason that is not listed for single records. */
function mayBeGivenUp({ group }: PlayedRecord, { scene, records }: Played, reason: Reason) {
	if (scene.refuseAll === 'listed') return reason === 'invalidModule';
	if (scene.refuseAll === 'unlisted') return reason === 'invalidRequest';
	const refused = records.filter(
		({ group: other, standing }) => other === group && isUnlisted(standing),
	);
	return (
		(reason === 'invalidRequest' || reason === 'noPermission') && refused.length >= ENOUGH_TO_DECIDE
	);
}

const isUnlisted = (standing: Standing) => standing === 'locked' || standing === 'forbidden';

/** What is false in what the plan says of a record; undefined where it is the truth. */
export function lieAbout(record: PlayedRecord, played: Played): string | undefined {
	const { outcome, standing, timesDone } = record;
	const { plan, scene, isWhole } = played;
	const isDone = timesDone > 0;
	const isLost = mayBeLost(record, played);
	if (timesDone > 1) return 'was done twice';
	if (!outcome) {
		if (isDone) return 'was done, and is called not sent';
		const { refusal } = record.group;
		if (refusal && !mayBeGivenUp(record, played, refusal.reason)) {
			return `is kept back for ${refusal.reason}`;
		}
		const mayBeUnsent =
			plan.outbox.abortedFor ?? refusal ?? (!isWhole || scene.settings.stopAtFailure);
		return mayBeUnsent ? undefined : 'was forgotten';
	}
	if (!isFailure(outcome)) {
		if (outcome.status === 'unblocked') {
			return isDone || (standing === 'unblocked' && isLost) ? undefined : 'was not unblocked';
		}
		if (isDone) return 'was unblocked by this run';
		if (scene.settings.alreadyUnblocked === 'error') return 'is to be an error';
		return standing === 'unblocked' ? undefined : 'was never unblocked';
	}
	const { reason, doubtful } = outcome;
	if (isDone && !doubtful) return `was done, and fails for ${reason}`;
	if (doubtful && !isLost) return `is called doubtful (${reason}) and is not`;
	if (reason === 'alreadyUnblocked' && scene.settings.alreadyUnblocked === 'success') {
		return 'is to be a success';
	}
	return mayFailFor(record, played, reason) ? undefined : `does not fail for ${reason}`;
}

function mayFailFor(record: PlayedRecord, played: Played, reason: Reason): boolean {
	const { standing, troubles } = record;
	if (mayBeGivenUp(record, played, reason)) return true;
	if (!PASSING.includes(reason) && reason !== 'authenticationFailed') {
		return standing !== 'soft' && REASONS[standing] === reason;
	}
	if (reason === 'rateLimited' && mayBeTooMany(played)) return true;
	if (reason === 'badResponse' && mayBeLost(record, played)) return true;
	return [...troubles].some((trouble) => trouble.reason === reason);
}

/** Whether more calls may have been open at Zoho than it takes, those that came late among them. */
function mayBeTooMany({ scene, calls }: Played): boolean {
	const { zoho, settings } = scene;
	const late = calls.filter(({ trouble }) => trouble?.isLate).length;
	const { concurrencyLimit = Infinity } = zoho;
	return concurrencyLimit < settings.maxParallelRequests + late;
}

/**
 * Whether what went wrong must have been overcome: each trouble costs a call one try, and there
 * were no more of them than retries.
 */
export function isCalm(played: Played): boolean {
	const { scene, calls, isWhole, records } = played;
	const { settings, zoho, refuseAll, badInput } = scene;
	const troubles = calls.filter(({ trouble }) => trouble?.reason !== undefined);
	return (
		isWhole &&
		!settings.stopAtFailure &&
		!refuseAll &&
		!badInput &&
		!zoho.dataQuirks?.drop &&
		!mayBeTooMany(played) &&
		troubles.length <= settings.maxRetries &&
		!troubles.some(({ trouble }) => trouble?.ends) &&
		records.filter(({ standing }) => isUnlisted(standing)).length < ENOUGH_TO_DECIDE
	);
}

/** What a record is owed in a calm run, and did not get. */
export function debtTo({ outcome, standing }: PlayedRecord): string | undefined {
	if (!outcome) return 'was not sent';
	if (standing === 'soft') return isFailure(outcome) ? `failed for ${outcome.reason}` : undefined;
	if (isFailure(outcome)) {
		const { reason } = outcome;
		return reason === REASONS[standing] ? undefined : `failed for ${reason}`;
	}
	return standing === 'unblocked' ? undefined : `is ${outcome.status}`;
}

/**
 * Whether a run under Stop Workflow sent only what it may once a record had failed: parts of the one
 * call that it failed in, which had been answered by then, or of larger ones that were split before.
 */
export function stopsInTime({ calls, records, scene, plan }: Played): boolean {
	if (!scene.settings.stopAtFailure) return true;
	const failing = calls.filter(({ failed }) => failed?.length);
	const firstFailure = Math.min(...failing.map(({ takenAs = Infinity }) => takenAs));
	if (firstFailure === Infinity || plan.outbox.abortedFor) return true;
	const bad = records.filter(({ outcome }) => isFailure(outcome ?? {})).map(({ id }) => id);
	/** Whether a record was in a call that had been answered by then. */
	const isKnown = (of: SentCall['group'], id: string, by: number) =>
		calls.some(
			({ group, ids, takenAs = Infinity }) => group === of && takenAs <= by && ids.includes(id),
		);
	const isStop = ({ group, ids, takenAs = Infinity }: SentCall) =>
		takenAs <= firstFailure &&
		bad.some((id) => ids.includes(id)) &&
		calls
			.filter(({ sentAs }) => sentAs > takenAs)
			.every(
				(later) => later.group === group && later.ids.every((id) => isKnown(group, id, takenAs)),
			);
	return calls.some(isStop);
}

/** Whether nothing but records stood in the way of a run, so that its calls can be counted. */
export function isUntroubled(played: Played): boolean {
	const { scene, calls, isWhole } = played;
	const { zoho, settings, refuseAll } = scene;
	const isOdd = refuseAll !== undefined || zoho.dataQuirks?.drop || mayBeTooMany(played);
	return isWhole && !settings.stopAtFailure && !isOdd && !calls.some(({ trouble }) => trouble);
}

/**
 * The most calls that an untroubled run may take: one a batch; for each bad record that nobody names
 * a search that halves, and two calls beside it; once a few more, as `REGAINING` says; but not much more
 * than a call a record; the size that Zoho takes, found by halving; and whether a refusal that is not
 * listed is true of all.
 */
export function mostCalls({ scene, records }: Played): number {
	const { settings, zoho } = scene;
	let size = settings.batchSize;
	// Where Zoho does not say how many it takes, half as many are tried, and half again.
	while (size > (zoho.maxIds ?? Infinity)) size = Math.ceil(size / 2);
	const groups = [...new Set(records.map(({ group }) => group))].map(
		(group) => records.filter((record) => record.group === group).length,
	);
	const batches = groups.reduce((sum, count) => sum + Math.ceil(count / size), 0);
	const bad = records.filter(({ standing }) => standing !== 'soft').length;
	const largest = Math.max(1, Math.min(size, Math.max(...groups)));
	const search = Math.min(
		bad * (Math.ceil(Math.log2(largest)) + 2) + (bad > 0 ? REGAINING : 0),
		Math.ceil(1.25 * records.length) + LEARNING,
	);
	const sizing = size < settings.batchSize ? Math.ceil(Math.log2(settings.batchSize / size)) : 0;
	const trial = records.some(({ standing }) => isUnlisted(standing)) ? ENOUGH_TO_DECIDE : 0;
	return batches + search + sizing + trial;
}

/**
 * The first bad record that is found makes the share of bad ones look large, so the others of its batch go
 * in small batches until it is seen to be small. Found by trying every place of one bad record among up to
 * 60 (`scenes.test.ts`): 8 records of which the first is bad take 7 calls, of 8, 3, 1, 2, 2, 2 and 1.
 */
const REGAINING = 4;

/** Calls until a list that is full of bad records is known to be so. */
const LEARNING = 15;
