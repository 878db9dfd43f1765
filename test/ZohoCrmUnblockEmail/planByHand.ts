/** The plan of the node, played call by call with replies that are written by hand. */
import { Groups, type Group } from '../../nodes/ZohoCrmUnblockEmail/groups';
import type { Outcome } from '../../nodes/ZohoCrmUnblockEmail/outcomes';
import { UnblockPlan, type Call, type UnblockSettings } from '../../nodes/ZohoCrmUnblockEmail/plan';
import { isFailure, type Failure } from '../../nodes/zoho/failures';
import type { Reply } from '../../nodes/zoho/reply';

export const LEADS = { module: 'Leads', fields: ['Email'] };
export const CONTACTS = { module: 'Contacts', fields: ['Email'] };

const SETTINGS: UnblockSettings = {
	batchSize: 500,
	batchInterval: 0,
	maxParallelRequests: 1,
	maxRetries: 3,
	retryDelay: 1000,
	alreadyUnblocked: 'success',
	stopAtFailure: false,
};

export const reply = (httpStatus: number, body: unknown, more: Partial<Reply> = {}): Reply => ({
	httpStatus,
	headers: {},
	body: JSON.stringify(body),
	...more,
});

/** An entry of a reply for one record. */
export const entry = (id: string, code = 'SUCCESS', message = 'Done') => ({
	code,
	message,
	details: { id },
});

const HARD = 'Cannot unblock, Email is blocked permanently';

/** Unblocked, all of them, but for those that are dead. */
export const told = (ids: string, dead = '', more: Partial<Reply> = {}) =>
	reply(
		200,
		{
			data: [
				...[...ids].map((id) => entry(id)),
				...[...dead].map((id) => entry(id, 'NOT_ALLOWED', HARD)),
			],
		},
		more,
	);

/** One error for the whole call. */
export const refusal = (code: string, message: string, details: object = {}, httpStatus = 400) =>
	reply(httpStatus, { code, message, details });

/** For the sake of a record that is dead, and nobody says which. */
export const ONE_IS_DEAD = refusal('NOT_ALLOWED', HARD);
/** For the sake of one record or of all: nobody knows. */
export const LOCKED = refusal('NOT_ALLOWED', 'The record is locked by a process');
export const NO_MODULE = refusal('INVALID_MODULE', 'no such module');
export const BUSY = refusal('INTERNAL_ERROR', 'Busy', {}, 500);
export const TOO_MANY = refusal('TOO_MANY_REQUESTS', 'too many', {}, 429);
export const REVOKED = refusal('INVALID_TOKEN', 'invalid oauth token', {}, 401);

/** A server that refuses a call with one of these in it, and does not say which. */
export const refusing =
	(bad: string, refused = ONE_IS_DEAD) =>
	(ids: string) =>
		[...ids].some((id) => bad.includes(id)) ? refused : told(ids);

/** Records are named by letters here, so that calls are words. */
export class HandPlayed {
	readonly plan: UnblockPlan;
	readonly groups: Groups;
	/** On the clock of the run, in ms. */
	now = 0;

	constructor(records: string, settings: Partial<UnblockSettings> = {}) {
		const all = { ...SETTINGS, ...settings };
		this.groups = new Groups(all);
		this.plan = new UnblockPlan(all, this.groups, undefined, () => 1);
		this.add(records);
	}

	/** A plan whose input is whole. */
	static of(records: string, settings?: Partial<UnblockSettings>): HandPlayed {
		const played = new HandPlayed(records, settings);
		played.plan.close();
		return played;
	}

	/** Adds records, each named by a letter. */
	add(records: string, to = LEADS): void {
		for (const id of records) this.plan.add(this.group(to), id);
	}

	group({ module, fields }: typeof LEADS): Group {
		return this.groups.of({ module, unblockFields: fields });
	}

	/** The call that is handed out now. */
	call(): Call {
		const next = this.plan.next(this.now);
		if (next.do !== 'send') throw new Error(`The plan says ${JSON.stringify(next)}`);
		return next.call;
	}

	/** What the plan says now: the records of a call, or what there is to wait for. */
	next(): string {
		const next = this.plan.next(this.now);
		if (next.do === 'send') return next.call.batch.ids.join('');
		return next.do === 'wait' ? `wait ${next.until - this.now}` : next.do;
	}

	take(call: Call, answer: Reply | Failure, requests = 1): string | undefined {
		return this.plan.take(call, { reply: answer, requests }, this.now);
	}

	/** Sends the next call and answers it. Returns the records in it. */
	play(answer: Reply | Failure | ((ids: string) => Reply | Failure)): string {
		const call = this.call();
		const ids = call.batch.ids.join('');
		this.take(call, typeof answer === 'function' ? answer(ids) : answer);
		return ids;
	}

	/** Plays to the end, waits included. Returns the records of each call. */
	playAll(answer: (ids: string) => Reply | Failure): string[] {
		const calls: string[] = [];
		for (let steps = 0; steps < 200; steps++) {
			const next = this.plan.next(this.now);
			if (next.do === 'done') return calls;
			if (next.do === 'later') throw new Error('The plan waits for nothing');
			if (next.do === 'wait') this.now = next.until;
			else {
				const ids = next.call.batch.ids.join('');
				calls.push(ids);
				this.take(next.call, answer(ids));
			}
		}
		throw new Error('The plan never ends');
	}

	/** What is said of a record, a question mark behind it where it may have been done. */
	said(id: string, group = LEADS): string {
		const outcome = this.outcome(id, group);
		if (!outcome) return 'not sent';
		if (!isFailure(outcome)) return outcome.status;
		return outcome.doubtful ? `${outcome.reason}?` : outcome.reason;
	}

	outcome(id: string, group = LEADS): Outcome | undefined {
		return this.group(group).outcomes.get(id);
	}

	/** Why what was not sent of a group is kept back. */
	refusal(group = LEADS): Failure | undefined {
		return this.group(group).refusal;
	}

	/** What is said of each of these records. */
	saidOf(ids: string): string[] {
		return [...ids].map((id) => this.said(id));
	}
}
