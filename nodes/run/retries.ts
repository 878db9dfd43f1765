/** When a call that failed for a passing reason is made again. Pure: the dice come in as an argument. */

/** A longer wait than this, in ms, is left to the next run: nobody expects a node to sleep for hours. */
export const LONGEST_WAIT_MS = 3_600_000;

export interface RetrySettings {
	maxRetries: number;
	/** The longest that the first pause may be, in ms; it doubles with each retry. */
	retryDelay: number;
}

/**
 * The pause before a retry: exponential backoff with full jitter ("Exponential Backoff And Jitter",
 * AWS Architecture Blog), so that parallel calls that failed together do not come back together.
 *
 * @param attempt 0 before the first retry, 1 before the second …
 * @param baseMs the upper end of the first pause, in ms; it doubles with each attempt
 * @param random a number in [0, 1)
 * @returns ms, never above LONGEST_WAIT_MS
 */
export function backoffMs(attempt: number, baseMs: number, random: number): number {
	return Math.min(LONGEST_WAIT_MS, random * baseMs * 2 ** attempt);
}

/**
 * The pause before the next try, in ms, or undefined where there is to be none: the retries are used
 * up, or Zoho asks for a longer wait than anybody would sit through.
 *
 * @param tries how many have failed, 1 or more
 * @param askedMs the wait that Zoho asked for, in ms: it wins over the backoff
 * @param random a number in [0, 1)
 */
export function pauseBeforeRetry(
	tries: number,
	{ maxRetries, retryDelay }: RetrySettings,
	askedMs: number | undefined,
	random: number,
): number | undefined {
	if (tries > maxRetries) return undefined;
	const waitMs = askedMs ?? backoffMs(tries - 1, retryDelay, random);
	return waitMs <= LONGEST_WAIT_MS ? waitMs : undefined;
}
