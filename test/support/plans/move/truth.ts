/** What may be said of an address after a run, and what is owed to it. */
import { isFailure, type Reason } from '../../../../nodes/zoho/failures';
import type { Scene } from './scene';
import type { Played, PlayedAddress, PlayedRun } from './world';

/** What keeps a call from being answered. */
const PASSING: Reason[] = ['networkError', 'serverError', 'badResponse', 'authenticationFailed'];

/** Whether a call for the address may have been acted on without our knowing. */
function mayBeLost({ troubles, isOpen }: PlayedAddress): boolean {
	return isOpen || [...troubles].some(({ leavesDoubt }) => leavesDoubt);
}

/** What is false in what the plan says of an address; undefined where it is the truth. */
export function lieAbout(one: PlayedAddress, played: PlayedRun, scene: Scene): string | undefined {
	const { plan, run, isWhole } = played;
	const { outcome, standing, isDone } = one;
	const { alreadyInDoNotMail, stopAtFailure } = run.settings;
	const isLost = mayBeLost(one);
	if (!outcome) {
		if (isDone) return 'was moved, and is called not sent';
		return plan.outbox.abortedFor || !isWhole || stopAtFailure ? undefined : 'was forgotten';
	}
	if (!isFailure(outcome)) {
		if (outcome.status === 'moved') {
			return isDone || (standing === 'in' && isLost) ? undefined : 'was not moved';
		}
		if (isDone) return 'was moved by this run';
		if (alreadyInDoNotMail === 'error') return 'is to be an error';
		return standing === 'in' ? undefined : 'was never in';
	}
	const { reason, doubtful, retryAt } = outcome;
	if (isDone && !doubtful) return `was moved, and fails for ${reason}`;
	if (doubtful && !isLost) return `is called doubtful (${reason}) and is not`;
	if (reason === 'alreadyInDoNotMail') {
		if (alreadyInDoNotMail === 'success') return 'is to be a success';
		return isDone || standing !== 'in' ? 'was never in' : undefined;
	}
	if (reason === 'invalidEmail' || reason === 'missingField') {
		return reason === refusalOf(one, played, scene) ? undefined : `does not fail for ${reason}`;
	}
	if (reason === 'rateLimited') {
		return retryAt === undefined && outcome.reach === 'rest'
			? 'has no time to try again'
			: undefined;
	}
	const isMet = [...one.troubles].some((trouble) => trouble.reason === reason);
	const isCut = reason === 'badResponse' && isLost;
	return PASSING.includes(reason) && (isMet || isCut) ? undefined : `does not fail for ${reason}`;
}

/** What Zoho refuses an address for, if it does: where it can be written in no form that is taken, too. */
function refusalOf({ standing }: PlayedAddress, { run }: PlayedRun, { zoho }: Scene) {
	const { contactInfoForm, otherFormCode = '903' } = zoho;
	const isUnquoted = contactInfoForm === 'unquoted' && run.settings.responseFormat === 'json';
	if (standing === 'refused') return 'invalidEmail';
	if (standing !== 'odd' || !isUnquoted) return undefined;
	return otherFormCode === '903' ? 'missingField' : 'invalidEmail';
}

/**
 * The most requests of ours that may have reached Zoho in one window: those that the runs allow
 * themselves. Where a token has to be renewed in the middle of a run, each call that is open then may
 * become two; and what arrives when nobody waits for it any more was not to be foreseen.
 */
export function mostInAWindow({ scene, renewals, untold, strays }: Played): number {
	const allowed = scene.runs.map(({ settings }) => settings.callsPerWindow);
	const parallel = scene.runs.reduce((sum, { settings }) => sum + settings.maxParallelRequests, 0);
	// A window of one call has no place for the second request of a first call.
	const alone = Math.min(...allowed) === 1 && scene.expiries?.includes(true) ? allowed.length : 0;
	// Other processes hear of second requests when the lease of the call is closed, this one at once.
	const second = scene.sharing ? renewals : Math.min(renewals, parallel);
	return Math.max(...allowed) + alone + second + untold + strays;
}

/** The most requests that reached Zoho within a window of any kind. */
export function busiestWindow({ arrivals, scene }: Played): number {
	let first = 0;
	let most = 0;
	for (const [i, at] of arrivals.entries()) {
		while (at - arrivals[first]! >= scene.limit.windowMs) first++;
		most = Math.max(most, i - first + 1);
	}
	return most;
}

/**
 * Whether what went wrong must have been overcome: each trouble costs an address one try, and there
 * were no more of them than retries.
 */
export function isCalm(played: Played, { run, plan, isWhole }: PlayedRun): boolean {
	const { maxRetries, stopAtFailure } = run.settings;
	return (
		isWhole &&
		!stopAtFailure &&
		!run.badInput &&
		plan.outbox.abortedFor === undefined &&
		played.scene.zoho.concurrencyLimit === Infinity &&
		played.troubles <= maxRetries &&
		!played.scene.troubles.some((name) => name.startsWith('broken') || name === 'tokenRevoked')
	);
}

/** What an address is owed in a calm run, and did not get. */
export function debtTo(one: PlayedAddress, run: PlayedRun, scene: Scene): string | undefined {
	const { outcome, standing } = one;
	if (!outcome) return 'was not sent';
	if (refusalOf(one, run, scene)) return isFailure(outcome) ? undefined : 'was to fail';
	if (!isFailure(outcome)) return undefined;
	const { reason } = outcome;
	return standing === 'in' && reason === 'alreadyInDoNotMail' ? undefined : `failed for ${reason}`;
}
