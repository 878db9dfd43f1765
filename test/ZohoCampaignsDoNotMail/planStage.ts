/** A plan with addresses to send, and what may come back for them. */
import { Budget } from '../../nodes/limit/budget';
import type { CallEnd, Limits } from '../../nodes/limit/slot';
import { Window } from '../../nodes/limit/window';
import type { Address } from '../../nodes/ZohoCampaignsDoNotMail/addresses';

import { MovePlan, type Call, type MoveSettings } from '../../nodes/ZohoCampaignsDoNotMail/plan';
import { failure, isFailure, type Failure } from '../../nodes/zoho/failures';
import type { Answer } from '../../nodes/zoho/reply';
import { DO_NOT_MAIL_JSON_SAMPLE } from '../fake-zoho/facts';

/** In XML there is one form, so that nothing has to be found out first. */
const SETTINGS: MoveSettings = {
	callsPerWindow: 490,
	windowMinutes: 5,
	lockMinutes: 30,
	whenLimitReached: 'wait',
	responseFormat: 'xml',
	maxParallelRequests: 4,
	alreadyInDoNotMail: 'success',
	maxRetries: 3,
	retryDelay: 1000,
	stopAtFailure: false,
};

export const moved = (headers: Record<string, string> = {}): Answer => ({
	reply: { httpStatus: 200, headers, body: JSON.stringify(DO_NOT_MAIL_JSON_SAMPLE) },
	requests: 1,
});
export const failed = (...given: Parameters<typeof failure>): Answer => ({
	reply: failure(...given),
	requests: 1,
});

export const DOWN = failed('serverError', { message: 'Down.' });
export const LOCKED = failed('rateLimited', { message: 'Locked.', reach: 'rest' });
export const TOO_MANY = failed('rateLimited', { message: 'Too many at once.', reach: 'call' });
export const INVALID = failed('invalidEmail', { message: 'Invalid.' });

/** The budget of a run, out of a window of its own unless one is given. */
export function budgetOf(
	settings: Partial<MoveSettings> = {},
	window = new Window(-Infinity),
): Budget {
	return new Budget(window, limitsOf(settings), 0);
}

function limitsOf(settings: Partial<MoveSettings>): Limits {
	const { callsPerWindow, windowMinutes } = { ...SETTINGS, ...settings };
	return { callsPerWindow, windowMs: windowMinutes * 60_000, longestCallMs: 60_000 };
}

export class Stage {
	readonly plan: MovePlan;
	readonly addresses: Address[];

	constructor(
		count: number,
		settings: Partial<MoveSettings> = {},
		budget: Budget = budgetOf(settings),
		isWhole = true,
	) {
		this.plan = new MovePlan({ ...SETTINGS, ...settings }, budget, () => 0.5);
		this.addresses = Array.from({ length: count }, (_, i) => ({ email: `${i}@example.com` }));
		for (const address of this.addresses) this.plan.add(address);
		if (isWhole) this.plan.close();
	}

	/** The call that is sent now. */
	sent(now = 0): Call {
		const next = this.plan.next(now);
		if (next.do !== 'send') throw new Error(`${JSON.stringify(next)} where a call was expected`);
		return next.call;
	}

	/** Sends a call that is answered so. Returns what the log says of it. */
	send(answer: Answer, now = 0): string | undefined {
		return this.plan.take(this.sent(now), answer, now);
	}

	/** What became of the addresses: a status, a reason, or nothing. */
	get outcomes(): Array<string | undefined> {
		return this.addresses.map((address) => {
			const outcome = this.plan.outcomeOf(address);
			return outcome && (isFailure(outcome) ? outcome.reason : outcome.status);
		});
	}

	failureOf(index: number): Failure {
		return this.plan.outcomeOf(this.addresses[index]!) as Failure;
	}
}

/** A budget that lets everything start, and notes how it ended, and in how many requests. */
export class Notes extends Budget {
	readonly told: Array<[CallEnd, number]> = [];

	constructor() {
		super(new Window(-Infinity), limitsOf({}), 0);
	}

	override end(...[slot, end, now, requests = 1, at]: Parameters<Budget['end']>): void {
		this.told.push([end, requests]);
		super.end(slot, end, now, requests, at);
	}
}
