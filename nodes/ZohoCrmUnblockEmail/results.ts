/** Outcomes back to the items that named the records. Pure. */
import { isFailure, type Failure } from '../zoho/failures';
import type { Result } from '../n8n/output';
import type { UnblockPlan } from './plan';
import type { NamedRecord } from './records';

/**
 * One result for each record that an item named, in input order.
 *
 * @param unsent what is true of a record that was not sent, and whose group was not refused
 */
export function* resultsOf(
	named: readonly NamedRecord[],
	plan: UnblockPlan,
	unsent: Failure,
): Iterable<Result> {
	for (const { item, id, group, failure } of named) {
		const { module, fields } = group;
		const subject = { id, module };
		const outcome = failure ?? plan.outcomeOf(group, id);
		if (!outcome) {
			yield { item, subject, failure: plan.refusalOf(group) ?? unsent, notAttempted: true };
		} else if (isFailure(outcome)) {
			yield { item, subject, failure: outcome };
		} else {
			const { status, code, message } = outcome;
			yield { item, success: { id, status, message, module, fields: [...fields], code } };
		}
	}
}
