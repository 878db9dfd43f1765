/**
 * The calls of a run: which are under way, which go again and when, and when the next one may start.
 * Every plan has one. Pure: the clock comes in as an argument, in ms.
 */
import { failure, isFailure, type Failure } from '../zoho/failures';
import type { Reply } from '../zoho/reply';
import { shapeOf } from '../zoho/shape';
import { quotaIn } from '../zoho/waits';
import type { Pace } from './pace';
import type { Next } from './plan';
import { LONGEST_WAIT_MS, pauseBeforeRetry, type RetrySettings } from './retries';
import { inWords } from './words';

/** What is to be sent in one call, however often that takes. */
export interface Errand {
	/** How often it has failed. */
	readonly tries: number;
}

/** A call that was handed out: its errand, and what is true of this one try. */
export type Sent<E extends Errand, Leave = object> = E & Leave & { readonly startedAt: number };

export type Wait = Extract<Next<never>, { do: 'wait' }>;

/** Where new calls come from: what a plan tells its outbox. */
export interface Source<E extends Errand, Leave = object> {
	/** Something is being found out, so that calls go one at a time. */
	readonly isOneAtATime: boolean;
	/** Whether something new may be there to send: surely, where all input is in and no call is under way. */
	readonly hasMore: boolean;
	/** Takes out what is new and comes next; undefined for nothing before an answer. */
	draw(): E | undefined;
	/** What an errand is about, for a person to read: `2 records`. */
	nameOf(errand: E): string;
	/**
	 * Asks those who have a say, too, for leave to start a call, which is there to be sent.
	 *
	 * @returns what goes with the call, what to wait for, or why nothing more is to be sent
	 */
	admit?(now: number): Leave | Wait | Failure;
}

export interface OutboxSettings extends RetrySettings {
	/** On Error is Stop Workflow: nothing is sent before all input is in. */
	stopAtFailure: boolean;
}

export class Outbox<E extends Errand, Leave extends object = object> {
	/** The HTTP requests that were made. */
	requests = 0;
	/** The calls that were made again. */
	retries = 0;
	/** Why nothing more is sent, unless that is for the failure of an item. */
	abortedFor: Failure | undefined;
	/** What Zoho said last of the API credits that are left. */
	creditsLeft: string | undefined;
	/** What the first reply looks like that nobody knew of. */
	unexpected: string | undefined;
	private readonly calls = new Set<Sent<E, Leave>>();
	/** What goes again, and from when on; the earliest first. */
	private waiting: Array<{ errand: E; from: number }> = [];
	private isAborted = false;
	private hasAllInput = false;

	/** @param random gives numbers in [0, 1) */
	constructor(
		private readonly settings: OutboxSettings,
		private readonly source: Source<E, Leave>,
		private readonly pace: Pace,
		private readonly random: () => number,
	) {}

	/** All input is in. */
	close(): void {
		this.hasAllInput = true;
	}

	get isClosed(): boolean {
		return this.hasAllInput;
	}

	/** Nothing more is to be sent, for this reason or for the failure of an item; the first reason counts. */
	abort(why?: Failure): void {
		this.isAborted = true;
		this.abortedFor ??= why;
	}

	/** Calls whose answer is still to come. */
	get open(): Iterable<Sent<E, Leave>> {
		return this.calls;
	}

	/** What goes again. */
	get toRepeat(): E[] {
		return this.waiting.map(({ errand }) => errand);
	}

	/** The next call, or what there is to wait for. */
	next(now: number): Next<Sent<E, Leave>> {
		const isBusy = this.calls.size > 0;
		const idle: Next<never> = isBusy || !this.hasAllInput ? { do: 'later' } : { do: 'done' };
		const isHeldBack = this.settings.stopAtFailure && !this.hasAllInput;
		if (this.isAborted || isHeldBack) return idle;
		const startAt = this.pace.nextStartAt(now);
		if (startAt === undefined || (isBusy && this.source.isOneAtATime)) return { do: 'later' };
		const dueAt = this.waiting[0]?.from ?? Infinity;
		// What goes again keeps its place: new calls do not pile up beside it.
		const hasRoom = this.pace.nextStartAt(now, this.waiting.length) !== undefined;
		const mayDraw = hasRoom && this.source.hasMore;
		const from = mayDraw ? startAt : Math.max(startAt, dueAt);
		if (from === Infinity) return idle;
		if (from > now) return this.waitUntil(from, now);
		const leave = this.source.admit?.(now) ?? ({} as Leave);
		if (isFailure(leave)) {
			this.abort(leave);
			return idle;
		}
		if (isWait(leave)) return leave;
		const errand = dueAt <= now ? this.waiting.shift()!.errand : this.source.draw();
		if (errand) return this.send({ ...errand, ...leave, startedAt: now }, now);
		return dueAt === Infinity ? idle : { do: 'wait', until: dueAt };
	}

	/**
	 * An answer is here. Told once for each call; a second time is ignored.
	 *
	 * @param requests that were made for it
	 * @param isFinal false where the call failed for a passing reason, and so tells nothing yet
	 */
	answered(call: Sent<E, Leave>, requests: number, isFinal: boolean): void {
		if (!this.calls.delete(call)) return;
		this.requests += requests;
		this.pace.answered(isFinal);
	}

	/** Notes what a reply looks like, where it is one that nobody knew of. */
	noteShape(reply: Reply | Failure, isUnexpected: boolean): void {
		if (isUnexpected && !isFailure(reply)) this.unexpected ??= shapeOf(reply);
	}

	/** Heeds what Zoho says with a reply of the calls that are left. */
	heedQuota({ headers }: Reply, now: number): void {
		this.creditsLeft = headers['x-api-credits-remaining'] ?? this.creditsLeft;
		const quota = quotaIn(headers['x-rate-limit']);
		const isUsedUp = quota !== undefined && this.pace.keepTo(quota, now);
		if (!isUsedUp || quota.retryAfterMs <= LONGEST_WAIT_MS) return;
		const message = 'Zoho says that the calls it allows are used up.';
		this.abort(failure('rateLimited', { message, retryAt: now + quota.retryAfterMs }));
	}

	/**
	 * A call has failed: it is made again after a pause where the failure may pass, and the run is aborted
	 * where it will not, and is one of the account or of a limit.
	 *
	 * @param errand what of the call goes again; none where it no longer counts
	 * @param askedMs the wait that Zoho asks for, in ms
	 * @returns a sentence for the log; undefined where nothing goes again
	 */
	repeat(
		call: Sent<E, Leave>,
		errand: E | undefined,
		why: Failure,
		askedMs: number | undefined,
		now: number,
	): string | undefined {
		const tries = call.tries + 1;
		const mayRepeat = why.transient && !this.isAborted;
		const waitMs = mayRepeat
			? pauseBeforeRetry(tries, this.settings, askedMs, this.random())
			: undefined;
		const isLimit = why.reason === 'rateLimited';
		if (waitMs === undefined) {
			if (why.reach === 'account' || why.reach === 'rest') this.abort(why);
			else if (isLimit) this.abort({ ...why, reach: 'rest' });
			return undefined;
		}
		if (isLimit) this.pace.tooMany(call.startedAt, waitMs, now, errand !== undefined);
		if (!errand) return undefined;
		this.retries++;
		this.enqueue({ ...errand, tries }, now + waitMs);
		return `${why.message} Trying ${this.source.nameOf(errand)} again in ${inWords(waitMs)}.`;
	}

	/** Something goes again from a moment on; of two for the same moment, the one told first goes first. */
	enqueue(errand: E, from = -Infinity): void {
		let place = this.waiting.length;
		while (place > 0 && this.waiting[place - 1]!.from > from) place--;
		this.waiting.splice(place, 0, { errand, from });
	}

	/** Of what was to go again, only this still does. */
	keep(isWanted: (errand: E) => boolean): void {
		this.waiting = this.waiting.filter(({ errand }) => isWanted(errand));
	}

	private send(call: Sent<E, Leave>, now: number): Next<Sent<E, Leave>> {
		this.pace.start(now);
		this.calls.add(call);
		return { do: 'send', call };
	}

	/** With a sentence for the log where Zoho asks for the wait. */
	private waitUntil(until: number, now: number): Wait {
		// Calls under way may be the last ones, and then there was no wait to tell of.
		const isSure = this.calls.size === 0 && this.hasAllInput;
		const newsMs = isSure ? this.pace.newsOfWait(now) : undefined;
		if (newsMs === undefined) return { do: 'wait', until };
		const why = `Waiting ${inWords(newsMs)}: the calls that Zoho allows are used up.`;
		return { do: 'wait', until, why };
	}
}

function isWait(leave: object): leave is Wait {
	return 'do' in leave;
}
