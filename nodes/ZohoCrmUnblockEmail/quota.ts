/** What Zoho says with a reply of the calls that are left. Pure. */
import type { Pace } from '../run/pace';
import type { Next } from '../run/plan';
import { LONGEST_WAIT_MS } from '../run/retries';
import { inWords } from '../run/words';
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

/** The wait for a call that is sure to be sent, with a sentence for the log where Zoho asks for it. */
export function waitUntil(until: number, pace: Pace, now: number): Next<never> {
	const newsMs = pace.newsOfWait(now);
	if (newsMs === undefined) return { do: 'wait', until };
	const why = `Waiting ${inWords(newsMs)}: the calls that Zoho allows are used up.`;
	return { do: 'wait', until, why };
}
