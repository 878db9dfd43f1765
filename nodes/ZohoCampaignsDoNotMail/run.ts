/** From addresses to outcomes, inside Zoho's limit: each call needs a slot of the shared budget. */
import type { RunControl } from '../zoho/control';
import { fault, isFault, type Fault } from '../zoho/errors';
import { inWords } from '../zoho/output';
import { inParallel, isTransient, pause, withRetries, type RetrySettings } from '../zoho/pace';
import type { CallBudget, Limits, Slot } from '../zoho/rateLimit';
import { DO_NOT_MAIL_SCOPE } from '../zoho/scopes';
import type { Connection } from '../zoho/transport';
import type { Address, Moved } from './addresses';
import { doNotMailPath, type Format } from './contactInfo';
import { readReply, type ReadReply } from './reply';

export interface RunSettings extends RetrySettings {
	callsPerWindow: number;
	windowMinutes: number;
	lockMinutes: number;
	whenLimitReached: 'wait' | 'error';
	responseFormat: Format;
	maxParallelRequests: number;
	timeout: number;
	alreadyInDoNotMail: 'success' | 'error';
}

export interface RunSummary {
	calls: number;
	retries: number;
	/** Time in which the limit let nothing start, in ms. */
	waitedMs: number;
	/** Replies that said the API is locked. */
	refusedByLock: number;
	/** Why nothing more was sent, where the run ended early. */
	ending?: Fault;
}

const MINUTE_MS = 60_000;

/** The outcome of a call whose reply was lost, when the repeated call finds the address in. */
const DONE_BEFORE: Moved = {
	status: 'moved',
	code: '0',
	message:
		'User successfully moved to Do-Not-Mail (the reply was lost; the repeated call found it done).',
};

/**
 * Sends the addresses, one a call, and writes the outcome into each. An address without an outcome
 * at the end was not attempted.
 *
 * @param budget the calls that all runs on this account share
 */
export async function moveAll(
	connection: Connection,
	addresses: readonly Address[],
	budget: CallBudget,
	settings: RunSettings,
	control: RunControl,
): Promise<RunSummary> {
	const run = new Run(connection, addresses, budget, settings, control);
	await run.send();
	return run.summary;
}

class Run {
	readonly summary: RunSummary = { calls: 0, retries: 0, waitedMs: 0, refusedByLock: 0 };
	private nextAddress = 0;
	private shortestCallMs = 0;
	/** The first failure has ended the run. */
	private stopping = false;
	private waitingSince: number | undefined;
	/** The wait that was logged last. */
	private told = { why: '', until: 0 };
	/** What the run shows at the budget. */
	private readonly membership: Limits;

	constructor(
		private readonly connection: Connection,
		private readonly addresses: readonly Address[],
		private readonly budget: CallBudget,
		private readonly settings: RunSettings,
		private readonly control: RunControl,
	) {
		const { callsPerWindow, windowMinutes } = settings;
		const limits = { callsPerWindow, windowMs: windowMinutes * MINUTE_MS };
		this.membership = budget.join(limits, Date.now());
	}

	async send(): Promise<void> {
		const { maxParallelRequests } = this.settings;
		try {
			await inParallel({
				next: () => this.next(),
				parallel: () => maxParallelRequests,
				intervalMs: () => Math.floor((SPREAD * this.shortestCallMs) / maxParallelRequests),
				stopped: () => this.hasEnded(),
			});
		} finally {
			this.budget.leave(this.membership);
		}
	}

	private next(): (() => Promise<void>) | undefined {
		const address = this.addresses[this.nextAddress];
		if (address === undefined) return undefined;
		this.nextAddress++;
		return async () => await this.move(address);
	}

	private hasEnded(): boolean {
		return this.stopping || this.control.cancelled() || this.summary.ending !== undefined;
	}

	/** Calls for an address, again and again after transient failures, and takes in what it came to. */
	private async move(address: Address): Promise<void> {
		let lost: Fault | undefined;
		const attempt = async (triesBefore: number) => {
			const reply = await this.call(address.email);
			// No slot for the repeat: what is known is how the try before it failed.
			if (!reply) return { result: lost };
			if (triesBefore > 0) this.summary.retries++;
			const { outcome, waitMs } = reply;
			const transient = isFault(outcome) && isTransient(outcome) ? outcome : undefined;
			// What was found in after a lost reply was put in by the call that lost it.
			const isOurs = lost && isFault(outcome) && outcome.reason === 'alreadyInDoNotMail';
			lost = transient ?? lost;
			return { result: isOurs ? DONE_BEFORE : outcome, transient, retryAfterMs: waitMs };
		};
		const outcome = await withRetries({
			...this.settings,
			attempt,
			stopped: () => this.hasEnded(),
			beforeWait: ({ message }, waitMs) =>
				this.control.log(`${message} Trying one address again in ${inWords(waitMs)}.`),
		});
		if (!outcome) return;
		address.outcome = this.judged(outcome);
		if (!isFault(address.outcome)) return;
		if (address.outcome.reach === 'account') this.summary.ending = address.outcome;
		if (this.control.stopAtFailure) this.stopping = true;
	}

	/**
	 * One call, and no more than that: a slot is for one request. One that went into a lock is made
	 * again after it. Undefined where the run was over before it could be made.
	 */
	private async call(email: string): Promise<ReadReply | undefined> {
		const { responseFormat, timeout } = this.settings;
		for (;;) {
			const slot = await this.takeSlot();
			if (slot === undefined) return undefined;
			this.summary.calls++;
			const sentAt = Date.now();
			const reply = await this.connection.call({
				method: 'POST',
				path: doNotMailPath(responseFormat, email),
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				timeout,
				scope: DO_NOT_MAIL_SCOPE,
			});
			const now = Date.now();
			this.shortestCallMs = Math.min(this.shortestCallMs || Infinity, now - sentAt);
			if (isFault(reply)) {
				this.budget.end(slot, 'unanswered', now);
				return { outcome: reply };
			}
			const read = readReply(reply, now);
			const failure = isFault(read.outcome) ? read.outcome : undefined;
			if (failure?.reason !== 'rateLimited') {
				this.budget.end(slot, failure && isTransient(failure) ? 'unanswered' : 'answered', now);
				return read;
			}
			const ending = this.meetLock(slot, failure, read.waitMs, now);
			if (ending) return { outcome: ending };
		}
	}

	/** Tells every run on the account of a lock. Returns what ends this one, unless it is to wait. */
	private meetLock(
		slot: Slot,
		failure: Fault,
		waitMs: number | undefined,
		now: number,
	): Fault | undefined {
		const { lockMinutes, whenLimitReached } = this.settings;
		const saidMs = waitMs === undefined ? undefined : Math.min(waitMs, LONGEST_LOCK_MS);
		const lockedForMs = Math.max(saidMs ?? lockMinutes * MINUTE_MS, SHORTEST_LOCK_MS);
		this.budget.end(slot, { lockedForMs }, now);
		this.summary.refusedByLock++;
		if (whenLimitReached === 'wait') return undefined;
		this.summary.ending = { ...failure, retryAt: new Date(now + lockedForMs).toISOString() };
		return this.summary.ending;
	}

	/** Waits for leave to make one call; undefined once the run is over. */
	private async takeSlot(): Promise<Slot | undefined> {
		while (!this.hasEnded()) {
			const now = Date.now();
			const start = this.budget.tryStart(this.membership, now);
			if (start.ok) {
				if (this.waitingSince !== undefined) this.summary.waitedMs += now - this.waitingSince;
				this.waitingSince = undefined;
				return start.slot;
			}
			const { why, waitMs } = start;
			if (why !== 'turn') {
				if (this.settings.whenLimitReached === 'error') {
					this.summary.ending = limitReached(why, now + waitMs);
					return undefined;
				}
				this.tellOfWait(why, waitMs, now);
				this.waitingSince ??= now;
			}
			await pause(Math.min(waitMs, ASK_AGAIN_MS), () => this.hasEnded());
		}
		return undefined;
	}

	/** Logs a wait that is news. A lock that comes while another wait is under way is a longer one. */
	private tellOfWait(why: 'window' | 'lock', waitMs: number, now: number): void {
		const isNews = why !== this.told.why || now >= this.told.until;
		if (!isNews || waitMs < WORTH_TELLING_MS) return;
		this.told = { why, until: now + waitMs };
		const { callsPerWindow, windowMinutes } = this.settings;
		const left = this.addresses.filter(({ outcome }) => outcome === undefined).length;
		const cause =
			why === 'lock'
				? 'Zoho has locked the API after too many calls'
				: `the limit of ${callsPerWindow} calls in ${windowMinutes} min is used up`;
		this.control.log(
			`Waiting ${inWords(waitMs)}: ${cause}. ${left === 1 ? '1 address is' : `${left} addresses are`} left.`,
		);
	}

	/** An outcome as the user asked to see it. */
	private judged(outcome: Moved | Fault): Moved | Fault {
		const isAlready = isFault(outcome) && outcome.reason === 'alreadyInDoNotMail';
		if (!isAlready || this.settings.alreadyInDoNotMail === 'error') return outcome;
		return { status: 'alreadyInDoNotMail', code: outcome.code, message: outcome.message };
	}
}

/**
 * Calls that run in parallel tend to end together, and then their replies and what comes after them
 * wait for each other. So their starts are kept apart by a part of their share of a call's time: by
 * so little that as many calls as ever go out.
 */
const SPREAD = 0.8;

/** Where slots come free one by one, the waits between them are no news. */
const WORTH_TELLING_MS = 1000;

/** A date by another clock can be over already: without this, call after call would ask again. */
const SHORTEST_LOCK_MS = 1000;

/** Nor is a reply believed that would keep an account shut for longer than a day, in ms. */
const LONGEST_LOCK_MS = 86_400_000;

/** A slot that another run gives back shows only to who asks. */
const ASK_AGAIN_MS = 1000;

function limitReached(why: 'window' | 'lock', until: number): Fault {
	return fault('rateLimited', {
		message:
			why === 'lock'
				? 'Zoho has locked the API after too many calls.'
				: 'The calls that Zoho allows in this window are used up.',
		retryAt: new Date(until).toISOString(),
	});
}
