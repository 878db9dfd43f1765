/** What a reply that speaks of each record says. Pure. */
import { failure, isFailure, type Failure } from '../zoho/failures';
import type { Outcome } from './outcomes';
import type { Told } from './reply';

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

/** Whether nothing more is worth sending, whatever record it was told of. */
export function endsTheRun({ reach, transient }: Failure): boolean {
	return reach === 'account' || (reach === 'rest' && !transient);
}

/** The records of a call by what Zoho said of each. */
export function sortOut(ids: readonly string[], { outcomes, isRefusal }: Told) {
	const settled = new Map<string, Outcome>();
	const transient = new Map<string, Failure>();
	const untold: string[] = [];
	for (const id of ids) {
		const outcome = outcomes.get(id);
		if (!outcome && isRefusal) untold.push(id);
		else if (!outcome) transient.set(id, MISSING);
		else if (isFailure(outcome) && outcome.transient) transient.set(id, outcome);
		else settled.set(id, outcome);
	}
	return { settled, transient, untold };
}
