/** Which address to send next, inside Zoho's limit, and what a reply means for it. Pure. */
import type { Budget } from '../limit/budget';
import type { Refused, Slot } from '../limit/slot';
import { Pace } from '../run/pace';
import type { Next, Plan } from '../run/plan';
import { pauseBeforeRetry, type RetrySettings } from '../run/retries';
import { WaitingList } from '../run/waiting';
import { inWords } from '../run/words';
import { dated, isFailure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';
import { quotaIn } from '../zoho/waits';
import type { Address } from './addresses';
import { ContactForm, isUnread } from './contactForm';
import { errandOf, type Call, type Errand } from './call';
import type { Format } from './contactInfo';
import { LimitWait, lockMsIn } from './limitWait';
import { judge, UNKNOWN } from './outcomes';
import { readReply, type Outcome } from './reply';

export interface MoveSettings extends RetrySettings {
	callsPerWindow: number;
	windowMinutes: number;
	lockMinutes: number;
	whenLimitReached: 'wait' | 'error';
	responseFormat: Format;
	maxParallelRequests: number;
	alreadyInDoNotMail: 'success' | 'error';
	/** On Error is Stop Workflow: the first failure ends the run, and all input is read before it. */
	stopAtFailure: boolean;
}

export const MINUTE_MS = 60_000;

/**
 * Calls that run in parallel tend to end together, and then their replies and what comes after them
 * wait for each other. So their starts are kept apart by a part of their share of a call's time: by
 * so little that as many calls as ever go out.
 */
const SPREAD = 0.8;

export class MovePlan implements Plan<Call> {
	readonly summary = { calls: 0, retries: 0, refusedByLock: 0 };
	/** Why nothing more was sent, where the run ended early. */
	ending: Failure | undefined;
	private readonly outcomes = new Map<Address, Outcome>();
	private readonly fresh: Address[] = [];
	private head = 0;
	private readonly again = new WaitingList<Errand>();
	private readonly inFlight = new Set<Call>();
	private readonly pace: Pace;
	private readonly form: ContactForm;
	private shortestCallMs = 0;
	private isWhole = false;
	/** The run stops at a failure. */
	private isStopped = false;
	private hasAnswer = false;
	private readonly limitWait: LimitWait;

	/**
	 * @param budget leave for calls, of those that all runs on this account share
	 * @param random gives numbers in [0, 1)
	 */
	constructor(
		private readonly settings: MoveSettings,
		private readonly budget: Budget,
		private readonly random: () => number = Math.random,
	) {
		const { maxParallelRequests, responseFormat } = settings;
		const spread = () => (SPREAD * this.shortestCallMs) / maxParallelRequests;
		this.pace = new Pace(maxParallelRequests, spread);
		this.form = new ContactForm(responseFormat);
		this.limitWait = new LimitWait(settings);
	}

	/** An address to send, which was not added before. */
	add(address: Address): void {
		this.fresh.push(address);
	}

	close(): void {
		this.isWhole = true;
	}

	/** Nothing more is to be sent, for this reason. */
	end(why: Failure): void {
		this.ending ??= why;
	}

	/** Nothing more is to be sent, for the failure of an item. */
	stop(): void {
		this.isStopped = true;
	}

	/** Time in which the limit let nothing start, in ms. */
	get waitedMs(): number {
		return this.limitWait.sumMs;
	}

	/** What a lock has taught; undefined where there is nothing to tell. */
	get lesson(): string | undefined {
		return this.limitWait.lesson;
	}

	/** The outcome of an address; undefined for one that was not sent. */
	outcomeOf(address: Address): Outcome | undefined {
		return this.outcomes.get(address);
	}

	/** The run is over: what is still open stays in doubt. */
	finish(now: number): void {
		for (const call of this.inFlight) {
			this.outcomes.set(call.address, UNKNOWN);
		}
		for (const { address, lost } of this.again.clear()) {
			if (lost) this.outcomes.set(address, lost);
		}
		this.budget.leave(now);
	}

	next(now: number): Next<Call> {
		const isBusy = this.inFlight.size > 0;
		const rest: Next<Call> = isBusy || !this.isWhole ? { do: 'later' } : { do: 'done' };
		if (this.ending || this.isStopped) return rest;
		if (this.settings.stopAtFailure && !this.isWhole) return { do: 'later' };
		const startAt = this.pace.nextStartAt(now);
		if (startAt === undefined || (isBusy && this.form.isOpen)) return { do: 'later' };
		const repeatAt = this.again.firstAt ?? Infinity;
		// What is to be made again keeps its place: new calls do not pile up beside it.
		const hasRoom = this.pace.nextStartAt(now, this.again.size) !== undefined;
		const isFresh = this.head < this.fresh.length && hasRoom;
		if (!isFresh && repeatAt > now) {
			return repeatAt < Infinity ? { do: 'wait', until: repeatAt } : rest;
		}
		if (startAt > now) return { do: 'wait', until: startAt };
		const start = this.budget.tryStart(now, this.requestsOfNext, this.left);
		return start.ok ? this.start(start.slot, now) : this.wait(start, now, rest);
	}

	take(call: Call, { reply, requests }: Answer, now: number): string | undefined {
		this.summary.calls += requests;
		const tookMs = now - call.startedAt;
		this.shortestCallMs = Math.min(this.shortestCallMs || Infinity, tookMs);
		const quota = isFailure(reply) ? undefined : quotaIn(reply.headers['x-rate-limit']);
		const read = isFailure(reply) ? reply : readReply(reply);
		const outcome = isFailure(read) ? dated(read, now) : read;
		const { lockMinutes } = this.settings;
		const lockedForMs = isFailure(outcome) ? lockMsIn(outcome, lockMinutes * MINUTE_MS) : undefined;
		const isMute = isFailure(outcome) && outcome.transient;
		if (this.inFlight.delete(call)) this.pace.end(!isFailure(outcome) || !outcome.transient);
		const end = lockedForMs === undefined ? (isMute ? 'unanswered' : 'answered') : { lockedForMs };
		// Where no reply came, nobody can tell how many requests it was.
		const made = isFailure(reply) ? Math.max(requests, call.requests) : requests;
		this.budget.end(call.slot, end, now, made);
		this.hasAnswer ||= !isFailure(reply);
		if (quota) this.budget.keepTo(quota, now);
		if (!isFailure(outcome) || !outcome.transient) return this.settleReply(call, outcome);
		if (lockedForMs !== undefined) return this.meetLock(call, outcome, now + lockedForMs, now);
		return this.retry(call, outcome, now);
	}

	/** The lock holds for every run on the account: the address goes again after it. */
	private meetLock(call: Call, lock: Failure, until: number, now: number): string | undefined {
		this.summary.refusedByLock++;
		if (this.settings.whenLimitReached === 'wait') {
			this.again.add(errandOf(call), -Infinity);
		} else {
			const why = { ...lock, retryAt: until };
			this.settle(call, why);
			this.end(why);
		}
		return this.limitWait.learn(this.budget.learned(now));
	}

	/** Zoho has said what it makes of the address, or that no call is worth sending. */
	private settleReply(call: Call, outcome: Outcome): undefined {
		const { address, form, refusal } = call;
		const otherForm = this.form.learn(address.email, form, outcome);
		if (otherForm) {
			const refusal = outcome as Failure;
			this.again.add({ ...errandOf(call), form: otherForm, refusal }, -Infinity);
			return;
		}
		// Where Zoho has refused both forms, what it said of the address counts, and not of the form.
		const isOfForm = isUnread(outcome) && outcome.reach !== 'record';
		this.settle(call, refusal && isOfForm ? refusal : outcome);
		if (isFailure(outcome) && (outcome.reach === 'account' || outcome.reach === 'rest')) {
			this.end(outcome);
		}
	}

	/** Failed for a passing reason: once more after a pause, if that is worth it. */
	private retry(call: Call, why: Failure, now: number): string | undefined {
		const tries = call.tries + 1;
		const waitMs = pauseBeforeRetry(tries, this.settings, why.waitMs, this.random());
		const lost = why.doubtful ? why : call.lost;
		if (waitMs === undefined || this.ending || this.isStopped) {
			this.settle({ ...call, lost }, why);
			if (why.reach === 'account') this.end(why);
			if (why.reason === 'rateLimited') this.end({ ...why, reach: 'rest' });
			return undefined;
		}
		this.summary.retries++;
		if (why.reason === 'rateLimited') this.pace.tooMany(call.startedAt, waitMs, now);
		this.again.add({ ...errandOf(call), tries, lost }, now + waitMs);
		return `${why.message} Trying one address again in ${inWords(waitMs)}.`;
	}

	private start(slot: Slot, now: number): Next<Call> {
		const errand = this.again.takeDue(now) ?? this.nextErrand();
		const call = { ...errand, slot, requests: this.requestsOfNext, startedAt: now };
		this.inFlight.add(call);
		this.pace.start(now);
		this.limitWait.started(now);
		return { do: 'send', call };
	}

	/** Calls still to be made. */
	private get left(): number {
		return this.fresh.length - this.head + this.again.size;
	}

	/** Until a call is answered, the token may have expired: n8n renews it and sends the call again. */
	private get requestsOfNext(): number {
		return this.hasAnswer ? 1 : 2;
	}

	private nextErrand(): Errand {
		const address = this.fresh[this.head++]!;
		return { address, form: this.form.formFor(address.email), tries: 0 };
	}

	private wait(refused: Refused, now: number, rest: Next<Call>): Next<Call> {
		const left = this.left + this.inFlight.size;
		const wait = this.limitWait.refused(refused, { left, isWhole: this.isWhole }, now);
		if (!isFailure(wait)) return wait;
		this.end(wait);
		return rest;
	}

	/** Notes an outcome as the user asked to see it. */
	private settle({ address, lost }: Errand, outcome: Outcome): void {
		const judged = judge(outcome, lost, this.settings.alreadyInDoNotMail);
		this.outcomes.set(address, judged);
		if (isFailure(judged) && this.settings.stopAtFailure) this.isStopped = true;
	}
}
