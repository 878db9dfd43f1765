/** The waits for Zoho's limit: how long they were, and what a person is told of them. Pure. */
import { counted, inWords } from '../run/words';
import { failure, type Failure } from '../zoho/failures';

/** Where slots come free one by one, the waits between them are no news. */
const WORTH_TELLING_MS = 1000;

/** A lock that is over at once would be met by call after call. */
const SHORTEST_LOCK_MS = 1000;

/** A reply that would keep an account shut for longer than a day is not believed. */
const LONGEST_LOCK_MS = 86_400_000;

export class LimitWait {
	/** All waits that are over, in ms. */
	sumMs = 0;
	private since: number | undefined;
	/** The wait that was logged last. */
	private told = { why: '', until: 0 };

	constructor(private readonly settings: { callsPerWindow: number; windowMinutes: number }) {}

	/**
	 * Nothing may start before `waitMs` have passed.
	 *
	 * @returns what the log says of it, where it is news: a lock that comes in a wait is a longer one
	 */
	begin(
		why: 'window' | 'lock',
		waitMs: number,
		{ left, isWhole }: { left: number; isWhole: boolean },
		now: number,
	): string | undefined {
		this.since ??= now;
		const isNews = why !== this.told.why || now >= this.told.until;
		if (!isNews || waitMs < WORTH_TELLING_MS) return undefined;
		this.told = { why, until: now + waitMs };
		const { callsPerWindow, windowMinutes } = this.settings;
		const cause =
			why === 'lock'
				? 'Zoho has locked the API after too many calls'
				: `the limit of ${callsPerWindow} calls in ${windowMinutes} min is used up`;
		const rest = `${counted(left, 'address', 'addresses')} ${left === 1 ? 'is' : 'are'} left`;
		return `Waiting ${inWords(waitMs)}: ${cause}. ${rest}${isWhole ? '' : ' so far'}.`;
	}

	/** A call has started. */
	end(now: number): void {
		if (this.since !== undefined) this.sumMs += now - this.since;
		this.since = undefined;
	}
}

/** What the items are told that were not sent, with *Limit: When Reached* set to *Fail*. */
export function limitReached(why: 'window' | 'lock', until: number): Failure {
	return failure('rateLimited', {
		message:
			why === 'lock'
				? 'Zoho has locked the API after too many calls.'
				: 'The calls that Zoho allows in this window are used up.',
		retryAt: until,
	});
}

/**
 * How long the API is locked for, where that is what a failure says, in ms.
 *
 * @param usualMs how long Zoho locks it, where it does not say
 */
export function lockMsIn(
	{ reason, reach, transient, waitMs }: Failure,
	usualMs: number,
): number | undefined {
	if (reason !== 'rateLimited' || reach !== 'rest' || !transient) return undefined;
	const saidMs = waitMs === undefined ? undefined : Math.min(waitMs, LONGEST_LOCK_MS);
	return Math.max(saidMs ?? usualMs, SHORTEST_LOCK_MS);
}
