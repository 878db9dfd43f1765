/** The waits for Zoho's limit: how long they were, and what a person is told of them. Pure. */
import { LONGEST_LOCK_MS } from '../limit/lock';
import type { Refused, Why } from '../limit/slot';
import type { Next } from '../run/plan';
import { counted, inWords } from '../run/words';
import { failure, type Failure } from '../zoho/failures';

/** Where slots come free one by one, the waits between them are no news. */
const WORTH_TELLING_MS = 1000;

/** A lock that is over at once would be met by call after call. */
const SHORTEST_LOCK_MS = 1000;

/** Slots that another run gives back show only to who asks. */
const ASK_AGAIN_MS = 1000;

type Wait = Extract<Next<never>, { do: 'wait' }>;

/** A limit of Zoho's, and what to do at it. */
export interface Limit {
	callsPerWindow: number;
	windowMinutes: number;
	/** How long Zoho locks the API past it, where it does not say. */
	lockMinutes: number;
	whenLimitReached: 'wait' | 'error';
}

/** How much is not done, all that there is where the input is read to its end. */
export interface Waiting {
	left: number;
	isWhole: boolean;
}

export class LimitWait {
	/** All waits that are over, in ms. */
	sumMs = 0;
	/** What a lock has taught this process, for a person to read. */
	lesson: string | undefined;
	private since: number | undefined;
	/** The wait that was logged last. */
	private told: { why: Why; until: number } | undefined;

	/** @param of what waits, one and several */
	constructor(
		private readonly limit: Omit<Limit, 'lockMinutes'>,
		private readonly of: readonly [noun: string, plural: string],
	) {}

	/**
	 * No call may start now.
	 *
	 * @returns until when to wait, with a sentence where it is news (a lock that comes in a wait is a
	 * longer one), or why nothing more is to be sent
	 */
	refused(
		{ why, waitMs, said = '' }: Refused,
		{ left, isWhole }: Waiting,
		now: number,
	): Wait | Failure {
		const until = now + Math.min(waitMs, ASK_AGAIN_MS);
		if (why === 'turn') return { do: 'wait', until };
		if (this.limit.whenLimitReached === 'error') return limitReached(why, now + waitMs);
		this.since ??= now;
		const isNews = this.told?.why !== why || now >= this.told.until;
		if (!isNews || waitMs < WORTH_TELLING_MS) return { do: 'wait', until };
		this.told = { why, until: now + waitMs };
		const rest = `${counted(left, ...this.of)} ${left === 1 ? 'is' : 'are'} left`;
		const news = `Waiting ${inWords(waitMs)}: ${this.causeOf(why, said)}. ${rest}${isWhole ? '' : ' so far'}.`;
		return { do: 'wait', until, why: news };
	}

	/** A call has started: the wait is over. */
	started(now: number): void {
		if (this.since !== undefined) this.sumMs += now - this.since;
		this.since = undefined;
	}

	/**
	 * A lock has taught this process to keep to so many calls in a window; undefined for nothing.
	 *
	 * @returns what the log says of it, where it is news
	 */
	learn(calls: number | undefined): string | undefined {
		if (calls === undefined) return undefined;
		const known = this.lesson;
		this.lesson = `Zoho locked the API although this n8n process kept to its limit, so others use the account as well. This process now makes ${counted(calls, 'call')} in ${this.limit.windowMinutes} min at the most, until a day has passed without a lock. Where the others are n8n's workers, or n8n before a restart: set "Share Limit With" to "All Processes" in every node that uses the account.`;
		return this.lesson === known ? undefined : this.lesson;
	}

	private causeOf(why: Exclude<Why, 'turn'>, said: string): string {
		const { callsPerWindow, windowMinutes } = this.limit;
		return {
			lock: 'Zoho has locked the API after too many calls',
			window: `the limit of ${callsPerWindow} calls in ${windowMinutes} min is used up`,
			store: `the other n8n processes cannot be asked for their calls (${said})`,
		}[why];
	}
}

/** What the items are told that were not sent, with *Limit: When Reached* set to *Fail*. */
function limitReached(why: Exclude<Why, 'turn'>, until: number): Failure {
	const message = {
		lock: 'Zoho has locked the API after too many calls.',
		window: 'The calls that Zoho allows in this window are used up.',
		store: 'The other n8n processes cannot be asked for their calls: the Data Table fails.',
	}[why];
	return failure('rateLimited', { message, retryAt: until });
}

/** What the items are told where the limit cannot be shared, so that nothing was sent. */
export function cannotShare(why: string): Failure {
	return failure('invalidRequest', {
		reach: 'rest',
		code: 'NO_DATA_TABLE',
		message: `The limit cannot be shared with all n8n processes: ${why.replace(/\.$/, '')}.`,
		resolution:
			'Sharing needs Data Tables, which n8n has from 2.3 on: update n8n, or have its Data Table module and node enabled. Or set "Share Limit With" to "This Process".',
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
