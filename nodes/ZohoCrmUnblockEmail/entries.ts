/** What a reply with an entry for each record says. Pure. */
import { dated, failure, isFailure, type Failure } from '../zoho/failures';
import type { Outcome } from './outcomes';
import type { CallResult, Entries } from './reply';

const MISSING = failure('badResponse', {
	code: 'BAD_RESPONSE',
	message: "Zoho's reply says nothing of this record.",
});

/** Whether an outcome says that the call was let in, and speaks of the record alone. */
export function isOfRecord(outcome: Outcome): boolean {
	if (!isFailure(outcome)) return true;
	return outcome.reach === 'record' && !['invalidRequest', 'noPermission'].includes(outcome.reason);
}

/**
 * Whether a record may be the one that a larger call was refused for: it failed for the same reason, or
 * one of the two is in no list. In an entry Zoho may have other words than for a whole call.
 */
export function mayBeSought(outcome: Outcome, sought: Failure): boolean {
	if (!isFailure(outcome)) return false;
	if (outcome.reason === sought.reason) return true;
	return outcome.reason !== 'alreadyUnblocked' && !(isOfRecord(outcome) && isOfRecord(sought));
}

/** Whether a reply to a call of these ids says what nobody knew of, or nothing of one of them. */
export function isUnexpected(result: CallResult, ids: readonly string[]): boolean {
	if (result.kind === 'refused') return result.failure.unexpected === true;
	if (result.kind !== 'entries') return false;
	const { outcomes, isRefusal, ofOthers } = result;
	if (!isRefusal && !ofOthers && ids.some((id) => !outcomes.has(id))) return true;
	return [...outcomes.values()].some((one) => isFailure(one) && one.unexpected === true);
}

/** Whether nothing more is worth sending, whatever record it was told of. */
export function endsTheRun({ reach, transient }: Failure): boolean {
	return reach === 'account' || (reach === 'rest' && !transient);
}

/**
 * The records of a call by what Zoho said of each.
 *
 * @param now the clock of the run, in ms: what may be tried again later says from when on
 */
export function sortOut(ids: readonly string[], entries: Entries, now: number) {
	const settled = new Map<string, Outcome>();
	const transient = new Map<string, Failure>();
	const untold: string[] = [];
	const inDoubt: string[] = [];
	const later = (id: string, why: Failure) => {
		const waitMs = entries.waitMs ?? why.waitMs;
		transient.set(id, waitMs === undefined ? why : dated({ ...why, waitMs }, now));
	};
	for (const id of ids) {
		const named = entries.outcomes.get(id);
		const outcome = named ?? entries.ofOthers ?? (entries.isRefusal ? undefined : MISSING);
		// The call was let in, so it may have been done for this one before that was said.
		if (!named && entries.ofOthers && !entries.isRefusal) inDoubt.push(id);
		if (!outcome) untold.push(id);
		else if (isFailure(outcome) && outcome.transient) later(id, outcome);
		else settled.set(id, outcome);
	}
	return { settled, transient, untold, inDoubt };
}
