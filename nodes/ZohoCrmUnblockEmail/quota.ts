/** What Zoho says with a reply of the calls that are left. Pure. */
import type { Pace } from '../run/pace';
import { LONGEST_WAIT_MS } from '../run/retries';
import { failure, type Failure } from '../zoho/failures';
import type { Reply } from '../zoho/reply';
import { quotaIn } from '../zoho/waits';

/**
 * Has the pace keep to the quota in a reply.
 *
 * @returns why the run ends, where no call is left for longer than anybody would sit through
 */
export function keepToQuota(reply: Reply, pace: Pace, now: number): Failure | undefined {
	const quota = quotaIn(reply.headers['x-rate-limit']);
	if (!quota || !pace.keepTo(quota, now) || quota.retryAfterMs <= LONGEST_WAIT_MS) return undefined;
	return failure('rateLimited', {
		message: 'Zoho says that the calls it allows are used up.',
		retryAt: now + quota.retryAfterMs,
	});
}
