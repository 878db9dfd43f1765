/** What became of an address, given what was asked before. Pure. */
import { failure, isFailure, withDoubt, type Failure } from '../zoho/failures';
import type { Moved, Outcome } from './reply';

/** The outcome of a call whose reply was lost, when the repeated call finds the address in. */
const DONE_BEFORE: Moved = {
	status: 'moved',
	code: '0',
	message:
		'User successfully moved to Do-Not-Mail (the reply was lost; the repeated call found it done).',
};

/** The outcome of a call that was still open when the run ended. */
export const UNKNOWN = failure('badResponse', {
	code: 'BAD_RESPONSE',
	message: 'The run ended before the reply came, so it is not known whether this was done.',
});

/**
 * An outcome as the user asked to see it.
 *
 * @param lost how an earlier call for the address failed that Zoho may have acted on
 * @param already how an address that was in the registry is to be taken
 */
export function judge(
	outcome: Outcome,
	lost: Failure | undefined,
	already: 'success' | 'error',
): Outcome {
	if (!isFailure(outcome)) return outcome;
	if (outcome.reason !== 'alreadyInDoNotMail') {
		const isInDoubt = lost && outcome.reach !== 'record' && !outcome.doubtful;
		return isInDoubt ? withDoubt(outcome) : outcome;
	}
	if (lost) return DONE_BEFORE;
	if (already === 'error') return outcome;
	return { status: 'alreadyInDoNotMail', code: outcome.code, message: outcome.message };
}
