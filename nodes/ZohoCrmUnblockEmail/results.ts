/** Outcomes back to the items that named the records. Pure. */
import { isFailure, type Failure } from '../zoho/failures';
import type { Result } from '../n8n/output';
import type { PREVIEW } from '../n8n/preview';
import type { NamedRecord } from './records';

/**
 * One result for each record that an item named, in input order.
 *
 * @param unsent what is true of a record that was not sent, and whose group was not refused
 */
export function* resultsOf(
	named: readonly NamedRecord[],
	unsent: Failure | typeof PREVIEW,
): Iterable<Result> {
	for (const record of named) {
		const { item, id, group } = record;
		const subject = subjectOf(record);
		const known = record.failure ?? group.outcomes.get(id);
		const outcome = known ?? group.refusal ?? unsent;
		if (isFailure(outcome)) {
			yield { item, ...subject, failure: outcome, ...(!known && { notAttempted: true }) };
		} else {
			const { status, code, message } = outcome;
			const { module } = group;
			const fields = [...group.fields];
			const addresses = addressesOf(record);
			yield { item, success: { id, status, message, module, fields, code, ...addresses } };
		}
	}
}

/**
 * What identifies a failure, and what it is called where it is about no record. With the fields: whoever
 * goes on from there has to know which address was judged.
 */
function subjectOf(record: NamedRecord) {
	const { id, group, customView } = record;
	const { module } = group;
	const fields = [...group.fields];
	if (customView !== undefined) {
		return { subject: { customView, module, fields }, name: 'Custom view' };
	}
	return { subject: { id, module, fields, ...addressesOf(record) } };
}

/** The addresses of a record from a custom view; nothing for another. */
function addressesOf({ shownAs }: NamedRecord) {
	return shownAs ? { email: shownAs.email, secondaryEmail: shownAs.secondaryEmail } : {};
}
