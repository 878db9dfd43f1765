/** Outcomes back to the items that named the records. Pure. */
import { isFault, type Fault } from '../zoho/errors';
import type { Result } from '../zoho/output';
import type { Records } from './records';

/**
 * One result for each record that an item named, in input order.
 *
 * @param unsent what is true of a record that was not sent, and whose group was not refused
 */
export function* resultsOf({ named }: Records, unsent: Fault): Iterable<Result> {
	for (const { item, id, group, fault } of named) {
		const { module, fields, outcomes } = group;
		const outcome = fault ?? outcomes.get(id);
		if (!outcome) {
			yield { item, subject: { id, module }, fault: group.refusal ?? unsent, notAttempted: true };
		} else if (isFault(outcome)) {
			yield { item, subject: { id, module }, fault: outcome };
		} else {
			const { status, code, message } = outcome;
			yield { item, success: { id, module, fields: [...fields], status, code, message } };
		}
	}
}
