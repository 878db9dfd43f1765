/** Which address to send next, inside Zoho's limit, and what a reply means for it. Pure. */
import type { Budget } from '../limit/budget';
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
import type { Address } from './addresses';
import { AlikeRefusals, allRefused } from './alike';
import { ContactForm, isUnread } from './contactForm';
import type { Form, Format } from './contactInfo';
import { LimitedCalls, type Leave } from './limitedCalls';
import type { Limit } from './limitWait';
import { judge, UNKNOWN } from './outcomes';
import { readReply, type Outcome } from './reply';

export interface MoveSettings extends OutboxSettings, Limit {
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

export type Call = Sent<Errand, Leave>;

/**
 * Calls that run in parallel tend to end together, and then their replies and what comes after them
 * wait for each other. So their starts are kept apart by a part of their share of a call's time: by
 * so little that as many calls as ever go out.
 */
const SPREAD = 0.8;

export class MovePlan implements Plan<Call>, Source<Errand, Leave> {
	readonly outbox: Outbox<Errand, Leave>;
	readonly limited: LimitedCalls;
	private readonly outcomes = new Map<Address, Outcome>();
	private readonly fresh: Address[] = [];
	private head = 0;
	private readonly form: ContactForm;
	private readonly alike = new AlikeRefusals();
	private shortestCallMs = 0;

	/**
	 * @param budget leave for calls, of those that all runs on this account share
	 * @param random gives numbers in [0, 1)
	 */
	constructor(
		private readonly settings: MoveSettings,
		budget: Budget,
		random: () => number = Math.random,
	) {
		const { maxParallelRequests, responseFormat } = settings;
		const spread = () => (SPREAD * this.shortestCallMs) / maxParallelRequests;
		this.outbox = new Outbox(settings, this, new Pace(maxParallelRequests, spread), random);
		this.form = new ContactForm(responseFormat);
		this.limited = new LimitedCalls(settings, budget, ['address', 'addresses']);
	}

	/** An address to send, which was not added before. */
	add(address: Address): void {
		this.fresh.push(address);
	}

	close(): void {
		this.outbox.close();
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
		this.limited.leave(now);
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
		const { open, toRepeat, isClosed: isWhole } = this.outbox;
		const toSend = this.fresh.length - this.head + toRepeat.length;
		return this.limited.admit({ toSend, left: toSend + [...open].length, isWhole }, now);
	}

	next(now: number): Next<Call> {
		return this.outbox.next(now);
	}

	take(call: Call, answer: Answer, now: number): string | undefined {
		const { reply, requests } = answer;
		const tookMs = now - call.startedAt;
		this.shortestCallMs = Math.min(this.shortestCallMs || Infinity, tookMs);
		const read = isFailure(reply) ? reply : readReply(reply);
		const outcome = isFailure(read) ? dated(read, now) : read;
		const why = isFailure(outcome) ? outcome : undefined;
		this.outbox.answered(call, requests, !why?.transient);
		this.outbox.noteShape(reply, why?.unexpected === true);
		const lockedUntil = this.limited.ended(call, answer, why, now);
		if (why) {
			if (lockedUntil !== undefined) return this.meetLock(call, why, lockedUntil, now);
			const lost = why.transient && why.doubtful ? why : call.lost;
			const errand = { ...call, lost };
			const news = this.outbox.repeat(call, errand, why, why.waitMs, now);
			if (news !== undefined) return news;
		}
		this.settleReply(call, outcome);
		return undefined;
	}

	/** The lock holds for every run on the account: the address goes again after it. */
	private meetLock(call: Call, lock: Failure, until: number, now: number): string | undefined {
		if (this.settings.whenLimitReached === 'wait') {
			this.outbox.enqueue(call);
		} else {
			const why = { ...lock, retryAt: until };
			this.settle(call, why);
			this.outbox.abort(why);
		}
		return this.limited.learn(now);
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
