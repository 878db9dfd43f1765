/** Which address to send next, inside Zoho's limit, and what a reply means for it. Pure. */
import type { CallBudget, Limits, Slot } from '../run/budget';
import { Pace } from '../run/pace';
import type { Next, Plan } from '../run/plan';
import { pauseBeforeRetry, type RetrySettings } from '../run/retries';
import { WaitingList } from '../run/waiting';
import { counted, inWords } from '../run/words';
import { failure, isFailure, withDoubt, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';
import { quotaIn } from '../zoho/waits';
import type { Address } from './addresses';
import { ContactForm, isUnread } from './contactForm';
import type { Form, Format } from './contactInfo';
import { readReply, type Moved, type Outcome } from './reply';

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

/** One address to send, as often as it is tried. */
interface Errand {
	readonly address: Address;
	readonly form: Form;
	/** How often it has failed. */
	readonly tries: number;
	/** How a try failed that Zoho may have acted on. */
	readonly lost?: Failure | undefined;
	/** What Zoho said to the other form. */
	readonly refusal?: Failure | undefined;
}

export interface Call extends Errand {
	readonly slot: Slot;
	/** For the request that n8n adds where the token has expired, which the first call finds out. */
	readonly spare?: Slot | undefined;
	readonly startedAt: number;
}

const MINUTE_MS = 60_000;

/**
 * Calls that run in parallel tend to end together, and then their replies and what comes after them
 * wait for each other. So their starts are kept apart by a part of their share of a call's time: by
 * so little that as many calls as ever go out.
 */
const SPREAD = 0.8;

/** Where slots come free one by one, the waits between them are no news. */
const WORTH_TELLING_MS = 1000;

/** A lock that is over at once would be met by call after call. */
const SHORTEST_LOCK_MS = 1000;

/** A reply that would keep an account shut for longer than a day is not believed. */
const LONGEST_LOCK_MS = 86_400_000;

/** Slots that another run gives back show only to who asks. */
const ASK_AGAIN_MS = 1000;

/** The outcome of a call whose reply was lost, when the repeated call finds the address in. */
const DONE_BEFORE: Moved = {
	status: 'moved',
	code: '0',
	message:
		'User successfully moved to Do-Not-Mail (the reply was lost; the repeated call found it done).',
};

export class MovePlan implements Plan<Call> {
	readonly summary = { calls: 0, retries: 0, waitedMs: 0, refusedByLock: 0 };
	/** Why nothing more was sent, where the run ended early. */
	ending: Failure | undefined;
	private readonly outcomes = new Map<Address, Outcome>();
	private readonly fresh: Address[] = [];
	private head = 0;
	private readonly again = new WaitingList<Errand>();
	private readonly inFlight = new Set<Call>();
	private readonly pace: Pace;
	private readonly form: ContactForm;
	/** What the run shows at the budget. */
	private readonly membership: Limits;
	private shortestCallMs = 0;
	private isWhole = false;
	/** The run stops at a failure. */
	private isStopped = false;
	private hasAnswer = false;
	private waitingSince: number | undefined;
	/** The wait that was logged last. */
	private told = { why: '', until: 0 };

	/**
	 * @param budget the calls that all runs on this account share
	 * @param random gives numbers in [0, 1)
	 */
	constructor(
		private readonly settings: MoveSettings,
		private readonly budget: CallBudget,
		now: number,
		private readonly random: () => number = Math.random,
	) {
		const { callsPerWindow, windowMinutes, maxParallelRequests, responseFormat } = settings;
		const spread = () => (SPREAD * this.shortestCallMs) / maxParallelRequests;
		this.pace = new Pace(maxParallelRequests, spread);
		this.form = new ContactForm(responseFormat);
		this.membership = budget.join({ callsPerWindow, windowMs: windowMinutes * MINUTE_MS }, now);
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

	/** The outcome of an address; undefined for one that was not sent. */
	outcomeOf(address: Address): Outcome | undefined {
		return this.outcomes.get(address);
	}

	/** The run is over: what is still open stays in doubt, and its slots count. */
	finish(now: number): void {
		for (const call of this.inFlight) {
			this.budget.end(call.slot, 'unanswered', now, call.spare ? 2 : 1);
			if (call.spare) this.budget.release(call.spare);
			this.outcomes.set(call.address, UNKNOWN);
		}
		for (const { address, lost } of this.again.clear()) {
			if (lost) this.outcomes.set(address, lost);
		}
		this.budget.leave(this.membership);
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
		const start = this.budget.tryStart(this.membership, now);
		return start.ok ? this.start(start.slot, now) : this.wait(start, now, rest);
	}

	take(call: Call, { reply, requests }: Answer, now: number): string | undefined {
		this.summary.calls += requests;
		const tookMs = now - call.startedAt;
		this.shortestCallMs = Math.min(this.shortestCallMs || Infinity, tookMs);
		const quota = isFailure(reply) ? undefined : quotaIn(reply.headers['x-rate-limit']);
		const outcome = dated(isFailure(reply) ? reply : readReply(reply), now);
		const lockedForMs = isFailure(outcome) ? this.lockIn(outcome) : undefined;
		const isMute = isFailure(outcome) && outcome.transient && lockedForMs === undefined;
		if (this.inFlight.delete(call)) this.pace.end(!isFailure(outcome) || !outcome.transient);
		const end = lockedForMs === undefined ? (isMute ? 'unanswered' : 'answered') : { lockedForMs };
		if (call.spare) this.budget.release(call.spare);
		this.budget.end(call.slot, end, now, requests);
		this.hasAnswer = true;
		if (quota) this.budget.keepTo(quota, now);
		if (!isFailure(outcome) || !outcome.transient) return this.settleReply(call, outcome);
		if (lockedForMs !== undefined) return this.meetLock(call, outcome, now + lockedForMs);
		return this.retry(call, outcome, now);
	}
	/** How long the API is locked for, where that is what a failure says, in ms. */
	private lockIn({ reason, reach, transient, waitMs }: Failure): number | undefined {
		if (reason !== 'rateLimited' || reach !== 'rest' || !transient) return undefined;
		const saidMs = waitMs === undefined ? undefined : Math.min(waitMs, LONGEST_LOCK_MS);
		return Math.max(saidMs ?? this.settings.lockMinutes * MINUTE_MS, SHORTEST_LOCK_MS);
	}

	/** The lock holds for every run on the account: the address goes again after it. */
	private meetLock(call: Call, lock: Failure, until: number): undefined {
		this.summary.refusedByLock++;
		if (this.settings.whenLimitReached === 'wait') {
			this.again.add(errandOf(call), -Infinity);
			return;
		}
		const why = { ...lock, retryAt: until };
		this.settle(call, why);
		this.end(why);
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
		// Of an address that is refused in both forms, what Zoho said to the first one.
		this.settle(call, refusal && isUnread(outcome) ? refusal : outcome);
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
		const spare = this.hasAnswer ? undefined : this.budget.tryStart(this.membership, now);
		const call = { ...errand, slot, spare: spare?.ok ? spare.slot : undefined, startedAt: now };
		this.inFlight.add(call);
		this.pace.start(now);
		if (this.waitingSince !== undefined) this.summary.waitedMs += now - this.waitingSince;
		this.waitingSince = undefined;
		return { do: 'send', call };
	}

	private nextErrand(): Errand {
		const address = this.fresh[this.head++]!;
		return { address, form: this.form.current, tries: 0 };
	}

	private wait(
		{ why, waitMs }: Extract<ReturnType<CallBudget['tryStart']>, { ok: false }>,
		now: number,
		rest: Next<Call>,
	): Next<Call> {
		const until = now + Math.min(waitMs, ASK_AGAIN_MS);
		if (why === 'turn') return { do: 'wait', until };
		if (this.settings.whenLimitReached === 'error') {
			this.end(limitReached(why, now + waitMs));
			return rest;
		}
		this.waitingSince ??= now;
		const sentence = this.newsOf(why, waitMs, now);
		return sentence ? { do: 'wait', until, why: sentence } : { do: 'wait', until };
	}

	/** What the log says of a wait, where it is news: a lock that comes in a wait is a longer one. */
	private newsOf(why: 'window' | 'lock', waitMs: number, now: number): string | undefined {
		const isNews = why !== this.told.why || now >= this.told.until;
		if (!isNews || waitMs < WORTH_TELLING_MS) return undefined;
		this.told = { why, until: now + waitMs };
		const { callsPerWindow, windowMinutes } = this.settings;
		const left = this.fresh.length - this.head + this.again.size + this.inFlight.size;
		const cause =
			why === 'lock'
				? 'Zoho has locked the API after too many calls'
				: `the limit of ${callsPerWindow} calls in ${windowMinutes} min is used up`;
		const rest = `${counted(left, 'address', 'addresses')} ${left === 1 ? 'is' : 'are'} left`;
		return `Waiting ${inWords(waitMs)}: ${cause}. ${rest}${this.isWhole ? '' : ' so far'}.`;
	}

	/** Notes an outcome as the user asked to see it. */
	private settle({ address, lost }: Errand, outcome: Outcome): void {
		const judged = this.judge(outcome, lost);
		this.outcomes.set(address, judged);
		if (isFailure(judged) && this.settings.stopAtFailure) this.isStopped = true;
	}

	private judge(outcome: Outcome, lost: Failure | undefined): Outcome {
		if (!isFailure(outcome)) return outcome;
		if (outcome.reason !== 'alreadyInDoNotMail') {
			const isInDoubt = lost && outcome.reach !== 'record' && !outcome.doubtful;
			return isInDoubt ? withDoubt(outcome) : outcome;
		}
		if (lost) return DONE_BEFORE;
		if (this.settings.alreadyInDoNotMail === 'error') return outcome;
		return { status: 'alreadyInDoNotMail', code: outcome.code, message: outcome.message };
	}
}

/** With the moment from when on a repeat is worth it, where a wait is known. */
function dated(outcome: Outcome, now: number): Outcome {
	if (!isFailure(outcome) || outcome.waitMs === undefined) return outcome;
	return { ...outcome, retryAt: now + outcome.waitMs };
}

function errandOf({ address, form, tries, lost, refusal }: Call): Errand {
	return { address, form, tries, lost, refusal };
}

const UNKNOWN = failure('badResponse', {
	code: 'BAD_RESPONSE',
	message: 'The run ended before the reply came, so it is not known whether this was done.',
});

function limitReached(why: 'window' | 'lock', until: number): Failure {
	return failure('rateLimited', {
		message:
			why === 'lock'
				? 'Zoho has locked the API after too many calls.'
				: 'The calls that Zoho allows in this window are used up.',
		retryAt: until,
	});
}
