/** When to try again, and after how long. Pure: the clock and the dice come in as arguments. */
import { plain } from './errors';

/** A longer wait than this is left to the next run: nobody expects a node to sleep for hours. */
export const LONGEST_WAIT_MS = 3_600_000;

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
 * The wait that a Retry-After header asks for (RFC 9110, 10.2.3: whole seconds or an HTTP date).
 *
 * @param now in ms since 1970
 * @returns ms from now, never negative; undefined where there is no header or none that can be read
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
	const text = header?.trim();
	if (!text) return undefined;
	// More digits are no wait that anybody means, and no time that a date can hold.
	if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
	const date = /\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const UNIT_MS: Record<string, number> = { second: 1000, minute: 60_000, hour: 3_600_000 };

/** The wait in a message of Zoho's throttle, in ms: it ends with "Try again after 22 minutes." */
export function tryAgainAfterMs(message: string): number | undefined {
	const [, amount, unit] = /again after (\d{1,9}) (second|minute|hour)/.exec(plain(message)) ?? [];
	return amount && unit ? Number(amount) * (UNIT_MS[unit] ?? NaN) : undefined;
}
