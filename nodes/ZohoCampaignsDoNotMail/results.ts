/** Outcomes back to the items that named the addresses. Pure. */
import { isFault, type Fault } from '../zoho/errors';
import type { Result } from '../zoho/output';
import type { Addresses } from './addresses';

/**
 * One result for each item, in input order.
 *
 * @param unsent what is true of an address without an outcome
 */
export function* resultsOf({ named }: Addresses, unsent: Fault): Iterable<Result> {
	for (const { item, email, address } of named) {
		const { outcome } = address;
		if (!outcome) {
			yield { item, subject: { email }, fault: unsent, notAttempted: true };
		} else if (isFault(outcome)) {
			yield { item, subject: { email }, fault: outcome };
		} else {
			const { status, code, message } = outcome;
			yield { item, success: { email, status, code, message } };
		}
	}
}
