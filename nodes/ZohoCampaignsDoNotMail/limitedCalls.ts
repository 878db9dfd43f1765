/** The calls that a run makes inside a limit of Zoho's: leave for each, and what its end says. Pure. */
import type { Budget } from '../limit/budget';
import type { Slot } from '../limit/slot';
import type { Wait } from '../run/outbox';
import { isFailure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';
import { quotaIn } from '../zoho/waits';
import { LimitWait, lockMsIn, type Limit, type Waiting } from './limitWait';

export const MINUTE_MS = 60_000;

/** What the budget has let a call go with. */
export interface Leave {
	readonly slot: Slot;
	/** The requests that it may become: until one is answered, n8n may have to renew the token. */
	readonly requests: number;
}

export class LimitedCalls {
	/** Calls that Zoho refused since the API was locked. */
	refusedByLock = 0;
	private readonly limitWait: LimitWait;
	private hasAnswer = false;

	/**
	 * @param budget leave for calls, of those that all runs on this account share
	 * @param of what waits for them, one and several
	 */
	constructor(
		private readonly limit: Limit,
		private readonly budget: Budget,
		of: readonly [noun: string, plural: string],
	) {
		this.limitWait = new LimitWait(limit, of);
	}

	/** Time in which the limit let nothing start, in ms. */
	get waitedMs(): number {
		return this.limitWait.sumMs;
	}

	/** What a lock has taught; undefined where there is nothing to tell. */
	get lesson(): string | undefined {
		return this.limitWait.lesson;
	}

	/** @param waiting what waits to be sent, and how much of what is not done that is */
	admit({ toSend, ...waiting }: Waiting & { toSend: number }, now: number): Leave | Wait | Failure {
		// Until a call is answered, the token may have expired: n8n renews it and sends the call again.
		const requests = this.hasAnswer ? 1 : 2;
		const start = this.budget.tryStart(now, requests, toSend);
		if (!start.ok) return this.limitWait.refused(start, waiting, now);
		this.limitWait.started(now);
		return { slot: start.slot, requests };
	}

	/**
	 * A call has ended.
	 *
	 * @param why it failed, if it did
	 * @returns until when Zoho has locked the API, where that is why
	 */
	ended(
		call: Leave,
		{ reply, requests }: Answer,
		why: Failure | undefined,
		now: number,
	): number | undefined {
		const lockedForMs = why && lockMsIn(why, this.limit.lockMinutes * MINUTE_MS);
		const isMute = why?.transient === true || requests === 0;
		const end = lockedForMs === undefined ? (isMute ? 'unanswered' : 'answered') : { lockedForMs };
		// Where no reply came, nobody can tell how many requests it was, if it was any.
		const isCounted = !isFailure(reply) || requests === 0;
		const made = isCounted ? requests : Math.max(requests, call.requests);
		this.budget.end(call.slot, end, now, made);
		this.hasAnswer ||= !isFailure(reply);
		const quota = isFailure(reply) ? undefined : quotaIn(reply.headers['x-rate-limit']);
		if (quota) this.budget.keepTo(quota, now);
		if (lockedForMs === undefined) return undefined;
		this.refusedByLock++;
		return now + lockedForMs;
	}

	/** What the log says of what a lock has taught, where it is news. */
	learn(now: number): string | undefined {
		return this.limitWait.learn(this.budget.learned(now));
	}

	/** Nothing more is sent. */
	leave(now: number): void {
		this.budget.leave(now);
	}
}
