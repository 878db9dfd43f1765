/** Which address to send next, inside Zoho's limit, and what a reply means for it. Pure. */
import type { Budget } from '../limit/budget';
import type { Slot } from '../limit/slot';
import {
	Outbox,
	type Errand as AnyErrand,
	type OutboxSettings,
	type Sent,
	type Source,
	type Wait,
} from '../run/outbox';
import { Pace } from '../run/pace';
import type { Next, Plan } from '../run/plan';
import { dated, isFailure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';
import { quotaIn } from '../zoho/waits';
import type { Address } from './addresses';
import { AlikeRefusals, allRefused } from './alike';
import { ContactForm, isUnread } from './contactForm';
import type { Form, Format } from './contactInfo';
import { LimitWait, lockMsIn } from './limitWait';
import { judge, UNKNOWN } from './outcomes';
import { readReply, type Outcome } from './reply';

export interface MoveSettings extends OutboxSettings {
	callsPerWindow: number;
	windowMinutes: number;
	lockMinutes: number;
	whenLimitReached: 'wait' | 'error';
	responseFormat: Format;
	maxParallelRequests: number;
	alreadyInDoNotMail: 'success' | 'error';
}

/** One address to send, as often as it is tried. */
export interface Errand extends AnyErrand {
	readonly address: Address;
	readonly form: Form;
	/** How a try failed that Zoho may have acted on. */
	readonly lost?: Failure | undefined;
	/** What Zoho said to the other form. */
	readonly refusal?: Failure | undefined;
}

/** What the budget has let a call go with. */
interface Leave {
	readonly slot: Slot;
	/** The requests that it may become: until one is answered, n8n may have to renew the token. */
	readonly requests: number;
}

export type Call = Sent<Errand, Leave>;

export const MINUTE_MS = 60_000;

/**
 * Calls that run in parallel tend to end together, and then their replies and what comes after them
 * wait for each other. So their starts are kept apart by a part of their share of a call's time: by
 * so little that as many calls as ever go out.
 */
const SPREAD = 0.8;

export class MovePlan implements Plan<Call>, Source<Errand, Leave> {
	readonly outbox: Outbox<Errand, Leave>;
	/** Calls that Zoho refused since the API was locked. */
	refusedByLock = 0;
	private readonly outcomes = new Map<Address, Outcome>();
	private readonly fresh: Address[] = [];
	private head = 0;
	private readonly form: ContactForm;
	private readonly alike = new AlikeRefusals();
	private shortestCallMs = 0;
	private hasAnswer = false;
	private readonly limitWait: LimitWait;

	/**
	 * @param budget leave for calls, of those that all runs on this account share
	 * @param random gives numbers in [0, 1)
	 */
	constructor(
		private readonly settings: MoveSettings,
		private readonly budget: Budget,
		random: () => number = Math.random,
	) {
		const { maxParallelRequests, responseFormat } = settings;
		const spread = () => (SPREAD * this.shortestCallMs) / maxParallelRequests;
		this.outbox = new Outbox(settings, this, new Pace(maxParallelRequests, spread), random);
		this.form = new ContactForm(responseFormat);
		this.limitWait = new LimitWait(settings);
	}

	/** An address to send, which was not added before. */
	add(address: Address): void {
		this.fresh.push(address);
	}

	close(): void {
		this.outbox.close();
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
		for (const call of this.outbox.open) {
			this.outcomes.set(call.address, UNKNOWN);
		}
		for (const { address, lost } of this.outbox.toRepeat) {
			if (lost) this.outcomes.set(address, lost);
		}
		this.budget.leave(now);
	}

	/** The form is still to be found out. */
	get isOneAtATime(): boolean {
		return this.form.isOpen;
	}

	get hasMore(): boolean {
		return this.head < this.fresh.length;
	}

	draw(): Errand {
		const address = this.fresh[this.head++]!;
		return { address, form: this.form.formFor(address.email), tries: 0 };
	}

	nameOf(): string {
		return 'one address';
	}

	admit(now: number): Leave | Wait | Failure {
		// Until a call is answered, the token may have expired: n8n renews it and sends the call again.
		const requests = this.hasAnswer ? 1 : 2;
		const { open, toRepeat } = this.outbox;
		const left = this.fresh.length - this.head + toRepeat.length;
		const start = this.budget.tryStart(now, requests, left);
		if (!start.ok) {
			const input = { left: left + [...open].length, isWhole: this.outbox.isClosed };
			return this.limitWait.refused(start, input, now);
		}
		this.limitWait.started(now);
		return { slot: start.slot, requests };
	}

	next(now: number): Next<Call> {
		return this.outbox.next(now);
	}

	take(call: Call, { reply, requests }: Answer, now: number): string | undefined {
		const tookMs = now - call.startedAt;
		this.shortestCallMs = Math.min(this.shortestCallMs || Infinity, tookMs);
		const quota = isFailure(reply) ? undefined : quotaIn(reply.headers['x-rate-limit']);
		const read = isFailure(reply) ? reply : readReply(reply);
		const outcome = isFailure(read) ? dated(read, now) : read;
		const { lockMinutes } = this.settings;
		const lockedForMs = isFailure(outcome) ? lockMsIn(outcome, lockMinutes * MINUTE_MS) : undefined;
		const isPassing = isFailure(outcome) && outcome.transient;
		this.outbox.answered(call, requests, !isPassing);
		this.outbox.noteShape(reply, isFailure(outcome) && outcome.unexpected === true);
		const isMute = isPassing || requests === 0;
		const end = lockedForMs === undefined ? (isMute ? 'unanswered' : 'answered') : { lockedForMs };
		// Where no reply came, nobody can tell how many requests it was, if it was any.
		const isCounted = !isFailure(reply) || requests === 0;
		const made = isCounted ? requests : Math.max(requests, call.requests);
		this.budget.end(call.slot, end, now, made);
		this.hasAnswer ||= !isFailure(reply);
		if (quota) this.budget.keepTo(quota, now);
		if (isFailure(outcome)) {
			if (lockedForMs !== undefined) return this.meetLock(call, outcome, now + lockedForMs, now);
			const lost = isPassing && outcome.doubtful ? outcome : call.lost;
			const errand = { ...call, lost };
			const news = this.outbox.repeat(call, errand, outcome, outcome.waitMs, now);
			if (news !== undefined) return news;
		}
		this.settleReply(call, outcome);
		return undefined;
	}

	/** The lock holds for every run on the account: the address goes again after it. */
	private meetLock(call: Call, lock: Failure, until: number, now: number): string | undefined {
		this.refusedByLock++;
		if (this.settings.whenLimitReached === 'wait') {
			this.outbox.enqueue(call);
		} else {
			const why = { ...lock, retryAt: until };
			this.settle(call, why);
			this.outbox.abort(why);
		}
		return this.limitWait.learn(this.budget.learned(now));
	}

	/** The call is not made again as it was. */
	private settleReply(call: Call, outcome: Outcome): void {
		const { address, form, refusal } = call;
		const otherForm = this.form.learn(address.email, form, outcome);
		if (otherForm) {
			this.outbox.enqueue({ ...call, form: otherForm, refusal: outcome as Failure });
			return;
		}
		// Where Zoho has refused both forms, what it said of the address counts, and not of the form.
		const isOfForm = isUnread(outcome) && outcome.reach !== 'record';
		this.settle(call, refusal && isOfForm ? refusal : outcome);
		const isOfAll = this.alike.areOfAll(outcome);
		if (isOfAll) this.outbox.abort(allRefused(outcome as Failure));
	}

	/** Notes an outcome as the user asked to see it. */
	private settle({ address, lost }: Errand, outcome: Outcome): void {
		const judged = judge(outcome, lost, this.settings.alreadyInDoNotMail);
		this.outcomes.set(address, judged);
		if (isFailure(judged) && this.settings.stopAtFailure) this.outbox.abort();
	}
}
