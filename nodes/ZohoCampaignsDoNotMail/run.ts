/** From addresses to outcomes, inside Zoho's limit: each call needs a slot of the shared budget. */
import type { RunControl } from '../zoho/control';
import { fault, isFault, type Fault } from '../zoho/errors';
import { inWords } from '../zoho/output';
import { inParallel, isTransient, pause, withRetries, type RetrySettings } from '../zoho/pace';
import type { CallBudget, Slot } from '../zoho/rateLimit';
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
	const summary: RunSummary = { calls: 0, retries: 0, waitedMs: 0, refusedByLock: 0 };
	const { callsPerWindow, windowMinutes } = settings;
	const run = budget.join({ callsPerWindow, windowMs: windowMinutes * MINUTE_MS }, Date.now());
	let nextAddress = 0;
	let shortestCallMs = 0;
	let stopped = false;
	let waitingSince: number | undefined;
	let told = { why: '', until: 0 };
	const ended = () => stopped || control.cancelled() || summary.ending !== undefined;

	/** Waits for leave to make one call; undefined once the run is over. */
	async function takeSlot(): Promise<Slot | undefined> {
		while (!ended()) {
			const now = Date.now();
			const start = budget.tryStart(run, now);
			if (start.ok) {
				if (waitingSince !== undefined) summary.waitedMs += now - waitingSince;
				waitingSince = undefined;
				return start.slot;
			}
			if (start.why !== 'turn') {
				if (settings.whenLimitReached === 'error') {
					summary.ending = limitReached(start.why, now + start.waitMs);
					return undefined;
				}
				const { why, waitMs } = start;
				// A lock that comes while another wait is under way is a longer wait, and news.
				const isNews = why !== told.why || now >= told.until;
				if (isNews && waitMs >= WORTH_TELLING_MS) {
					told = { why, until: now + waitMs };
					tellOfWait(why, waitMs);
				}
				waitingSince ??= now;
			}
			await pause(Math.min(start.waitMs, ASK_AGAIN_MS), ended);
		}
		return undefined;
	}

	function tellOfWait(why: 'window' | 'lock', waitMs: number): void {
		const left = addresses.filter(({ outcome }) => outcome === undefined).length;
		const cause =
			why === 'lock'
				? 'Zoho has locked the API after too many calls'
				: `the limit of ${callsPerWindow} calls in ${windowMinutes} min is used up`;
		control.log(`Waiting ${inWords(waitMs)}: ${cause}. ${left} addresses are left.`);
	}

	/** One call, and no more than that: a slot is for one request. */
	async function attempt(email: string): Promise<ReadReply | undefined> {
		for (;;) {
			const slot = await takeSlot();
			if (slot === undefined) return undefined;
			summary.calls++;
			const sentAt = Date.now();
			const reply = await connection.call({
				method: 'POST',
				path: doNotMailPath(settings.responseFormat, email),
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				timeout: settings.timeout,
				scope: DO_NOT_MAIL_SCOPE,
			});
			const now = Date.now();
			shortestCallMs = Math.min(shortestCallMs || Infinity, now - sentAt);
			if (isFault(reply)) {
				budget.end(slot, 'unanswered', now);
				return { outcome: reply };
			}
			const { outcome, waitMs } = readReply(reply, now);
			if (!isFault(outcome) || outcome.reason !== 'rateLimited') {
				budget.end(slot, isFault(outcome) && isTransient(outcome) ? 'unanswered' : 'answered', now);
				return { outcome, waitMs };
			}
			const lockedForMs = Math.max(waitMs ?? settings.lockMinutes * MINUTE_MS, SHORTEST_LOCK_MS);
			budget.end(slot, { lockedForMs }, now);
			summary.refusedByLock++;
			if (settings.whenLimitReached === 'error') {
				const retryAt = new Date(now + lockedForMs).toISOString();
				summary.ending = { ...outcome, retryAt };
				return { outcome: summary.ending };
			}
		}
	}

	async function send(address: Address): Promise<void> {
		let lost: Fault | undefined;
		const outcome = await withRetries({
			...settings,
			stopped: ended,
			attempt: async (triesBefore) => {
				const reply = await attempt(address.email);
				// No slot for the repeat: what is known is how the try before it failed.
				if (!reply) return { result: lost };
				if (triesBefore > 0) summary.retries++;
				const { outcome, waitMs } = reply;
				const transient = isFault(outcome) && isTransient(outcome) ? outcome : undefined;
				// What was found in after a lost reply was put in by the call that lost it.
				const isOurs = lost && isFault(outcome) && outcome.reason === 'alreadyInDoNotMail';
				lost = transient ?? lost;
				return { result: isOurs ? DONE_BEFORE : outcome, transient, retryAfterMs: waitMs };
			},
			beforeWait: ({ message }, waitMs) =>
				control.log(`${message} Trying one address again in ${inWords(waitMs)}.`),
		});
		if (!outcome) return;
		address.outcome = judged(outcome);
		if (!isFault(address.outcome)) return;
		if (isFault(outcome) && outcome.reach === 'account') summary.ending = outcome;
		if (control.stopAtFailure) stopped = true;
	}

	function judged(outcome: Moved | Fault): Moved | Fault {
		const isAlready = isFault(outcome) && outcome.reason === 'alreadyInDoNotMail';
		if (!isAlready || settings.alreadyInDoNotMail === 'error') return outcome;
		return { status: 'alreadyInDoNotMail', code: outcome.code, message: outcome.message };
	}

	try {
		await inParallel({
			next: () => {
				const address = addresses[nextAddress];
				if (address === undefined) return undefined;
				nextAddress++;
				return async () => await send(address);
			},
			parallel: () => settings.maxParallelRequests,
			intervalMs: () => Math.floor((SPREAD * shortestCallMs) / settings.maxParallelRequests),
			stopped: ended,
		});
	} finally {
		budget.leave(run);
	}
	return summary;
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
