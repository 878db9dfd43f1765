/** The waits that Zoho asks for. Pure: the clock comes in as an argument. */
import { asRecord, parseJson, plain, text } from './json';

/**
 * The longest wait that is taken over, in ms: some 7,900 years. A time behind it has a year of more than
 * four digits, which hardly any program reads, or is none that a date can hold.
 */
const LONGEST_ASKED_MS = 2.5e14;

/** A reply that would shut an account for longer than a day is not believed. */
const LONGEST_QUOTA_MS = 86_400_000;

/**
 * The wait that a Retry-After header asks for (RFC 9110, 10.2.3: whole seconds or an HTTP date).
 *
 * @param now in ms since 1970
 * @returns ms from now, never negative; undefined where there is no header or none that can be read
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
	const text = header?.trim();
	if (!text) return undefined;
	// More digits are no wait that anybody means.
	if (/^\d{1,9}$/.test(text)) return bounded(Number(text) * 1000);
	const date = /\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : NaN;
	return Number.isNaN(date) ? undefined : bounded(date - now);
}

const bounded = (ms: number) => Math.min(Math.max(0, ms), LONGEST_ASKED_MS);

const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000 };

/** The wait in a message of Zoho's throttle, in ms: it ends with "Try again after 22 minutes." */
export function tryAgainAfterMs(message: string): number | undefined {
	const wait = /again after (\d{1,9}) (second|minute|hour)/.exec(plain(message));
	return wait ? bounded(Number(wait[1]) * UNIT_MS[wait[2] as keyof typeof UNIT_MS]) : undefined;
}

/** What is left of a limit: so many calls, and the ms until there are more. */
export interface Quota {
	remaining: number;
	retryAfterMs: number;
}

/**
 * Reads the header `X-Rate-Limit` that some of Zoho's services send: a JSON array of limits, each
 * `{ duration, remaining-count, retry-after }`, in seconds.
 *
 * @returns the limit with the fewest calls left; undefined where the header tells of none
 */
export function quotaIn(header: string | undefined): Quota | undefined {
	const limits = parseJson(header ?? '');
	return (Array.isArray(limits) ? limits : [])
		.map(asRecord)
		.map((limit) => ({
			remaining: Number(text(limit['remaining-count']) || NaN),
			retryAfterMs: Math.min(Number(text(limit['retry-after']) || NaN) * 1000, LONGEST_QUOTA_MS),
		}))
		.filter(({ remaining, retryAfterMs }) => remaining >= 0 && retryAfterMs > 0)
		.sort((a, b) => a.remaining - b.remaining || b.retryAfterMs - a.retryAfterMs)[0];
}
