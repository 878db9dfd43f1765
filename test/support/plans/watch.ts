import type { Next, Plan } from '../../../nodes/run/plan';
import { isFailure } from '../../../nodes/zoho/failures';
import type { Answer } from '../../../nodes/zoho/reply';

/** What holds for every plan, whatever it plans. */
export interface Rules {
	maxParallelRequests: number;
	/** Nothing is to be sent before all input is there. */
	isHeldBack: boolean;
	/** No call is open for longer, but for a moment, in ms. */
	timeoutMs: number;
	/** Whether calls of the run were answered before: the first one need not go alone. */
	hasAnswer?: boolean;
}

/** Until an overdue call is noticed, in ms. */
const A_MOMENT_MS = 300;

/** Asked more often than this in one run, a plan goes round in circles. */
const MOST_QUESTIONS = 100_000;

/** A plan that is looked at while it is played: what it does wrong is noted in `faults`. */
export class WatchedPlan<Call> implements Plan<Call> {
	readonly faults: string[] = [];
	/** Calls that were handed out, in their order; with how many were open then, this one included. */
	readonly sent: Array<{ call: Call; at: number; open: number }> = [];
	/** Calls without an answer, with the moment they were handed out. */
	readonly open = new Map<Call, number>();
	/** Told of each call before it is sent, and of each answer once the plan has taken it. */
	onSend: (call: Call) => void = () => {};
	onTaken: (call: Call, answer: Answer) => void = () => {};
	private questions = 0;
	private answers = 0;
	private isClosed = false;
	private isDone = false;
	/** Zoho has refused the account. */
	private isShut = false;
	/** Zoho has asked for no calls before. */
	private notBefore = -Infinity;
	private lastNow = -Infinity;

	constructor(
		private readonly plan: Plan<Call>,
		private readonly rules: Rules,
	) {}

	next(now: number): Next<Call> {
		this.check(now);
		if (++this.questions > MOST_QUESTIONS) throw new Error('The plan goes round in circles');
		const next = this.plan.next(now);
		if (next.do === 'send') this.send(next.call, now);
		if (next.do === 'wait' && !(next.until >= now)) this.faults.push('waits for the past');
		if (next.do === 'done') {
			this.isDone = true;
			if (this.open.size > 0) this.faults.push('is done with calls open');
			if (!this.isClosed) this.faults.push('is done before its input is');
		}
		return next;
	}

	take(call: Call, answer: Answer, now: number): string | undefined {
		this.check(now);
		this.answers++;
		const openForMs = now - (this.open.get(call) ?? NaN);
		if (!this.open.delete(call)) this.faults.push('was told of a call twice');
		if (openForMs > this.rules.timeoutMs + A_MOMENT_MS) this.faults.push('waits for too long');
		const { reply } = answer;
		this.isShut ||= isFailure(reply) && reply.reach === 'account' && !reply.transient;
		if (!isFailure(reply) && reply.httpStatus === 429) {
			this.notBefore = Math.max(this.notBefore, now + (reply.retryAfterMs ?? 0));
		}
		const news = this.plan.take(call, answer, now);
		this.onTaken(call, answer);
		return news;
	}

	close(): void {
		this.isClosed = true;
		this.plan.close();
	}

	private send(call: Call, now: number): void {
		const { maxParallelRequests, isHeldBack, hasAnswer = false } = this.rules;
		this.open.set(call, now);
		this.sent.push({ call, at: now, open: this.open.size });
		if (now < this.notBefore) this.faults.push('sends sooner than Zoho asked for');
		if (this.isShut) this.faults.push('sends although the account was refused');
		if (this.isDone) this.faults.push('sends after it was done');
		if (this.open.size > maxParallelRequests) this.faults.push('has too many calls open');
		if (!hasAnswer && this.answers === 0 && this.open.size > 1)
			this.faults.push('sends two at first');
		if (isHeldBack && !this.isClosed) this.faults.push('sends before all input is there');
		this.onSend(call);
	}

	private check(now: number): void {
		if (now < this.lastNow) this.faults.push('was given a clock that runs back');
		this.lastNow = now;
	}
}
