/** Outcomes back to the items that named the addresses. Pure. */
import type { PREVIEW } from '../n8n/preview';
import type { Result } from '../n8n/result';
import { isFailure, type Failure } from '../zoho/failures';
import type { NamedAddress } from './addresses';
import type { MovePlan } from './plan';

/**
 * One result for each item, in input order.
 *
 * @param unsent what is true of an address that was not sent
 */
export function* resultsOf(
	named: readonly NamedAddress[],
	plan: MovePlan,
	unsent: Failure | typeof PREVIEW,
): Iterable<Result> {
	for (const { item, email, address, failure, origin, unread } of named) {
		if (unread) {
			const notAttempted = failure?.reason === 'notAttempted';
			const label = unread.campaign || unread.campaignKey;
			yield {
				item,
				subject: unread,
				label,
				failure: failure!,
				name: label === undefined ? 'Reading' : 'Campaign',
				...(notAttempted && { notAttempted }),
			};
			continue;
		}
		const about = { subject: { email, ...origin }, label: email };
		const known = failure ?? plan.outcomeOf(address);
		const outcome = known ?? unsent;
		if (isFailure(outcome)) {
			yield { item, ...about, failure: outcome, ...(!known && { notAttempted: true }) };
		} else {
			const { status, code, message } = outcome;
			yield { item, success: { email, status, message, code, ...origin } };
		}
	}
}
