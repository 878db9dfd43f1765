/** The one loop: it sends what a plan hands out, waits, logs the waits, and ends when told to. */
import { failure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';
import type { Next, Plan } from './plan';

/** How a run is watched and ended from outside. */
export interface Control {
	/** The run's clock, in ms: it never steps, whatever the machine's own clock does. */
	now: () => number;
	sleep: (ms: number) => Promise<void>;
	/** Whether somebody pressed Stop, or the execution ran out of its time. */
	isCancelled: () => boolean;
	/** For what a person should know while they wait. */
	log: (message: string) => void;
}

export interface Work<Call> {
	/**
	 * Sends a call. What it rejects with is a fault of our own, and fails that call only.
	 *
	 * @param isGivenUp true once nobody waits for the answer: no further request is to go out for it
	 */
	send: (call: Call, isGivenUp: () => boolean) => Promise<Answer>;
	/** The longest that a call may take, all that it entails included, in ms. */
	timeoutMs: number;
	/** Reads input into the plan until the moment given. Returns false once there is no more. */
	read: (until: number) => boolean;
}

/** Nobody waits longer than this, in ms, for Stop to be seen, or for a call that is overdue. */
export const TICK_MS = 200;

/** So long, in ms, may reading hold n8n up before others have their turn. */
const SLICE_MS = 15;

/**
 * Runs a plan to its end: sends, reads the input meanwhile, and waits where there is nothing to do.
 *
 * @returns false where the execution was cancelled: calls that are still open are left to themselves
 */
export async function drive<Call extends object>(
	plan: Plan<Call>,
	work: Work<Call>,
	control: Control,
): Promise<boolean> {
	return await new Driver(plan, work, control).run();
}

class Driver<Call extends object> {
	private readonly open = new Map<Call, { deadline: number }>();
	private hasInput = true;
	/** Ends the sleep that is under way: an answer has come. */
	private wake = () => {};
	/** What the plan threw, although it had been told that we had failed. */
	private broken: { error: unknown } | undefined;

	constructor(
		private readonly plan: Plan<Call>,
		private readonly work: Work<Call>,
		private readonly control: Control,
	) {}

	async run(): Promise<boolean> {
		for (;;) {
			if (this.control.isCancelled()) return this.abandon();
			if (this.broken) throw this.broken.error;
			const now = this.control.now();
			this.giveUpOverdue(now);
			const next = this.plan.next(now);
			if (next.do === 'done') return true;
			if (next.do === 'send') this.send(next.call, now);
			else await this.pass(next, now);
		}
	}

	/** Nothing to send for now: the time is for reading, and then for waiting. */
	private async pass(next: Next<Call> & { do: 'wait' | 'later' }, now: number): Promise<void> {
		if (next.do === 'wait' && next.why) this.control.log(next.why);
		if (this.hasInput) {
			this.hasInput = this.work.read(now + SLICE_MS);
			if (!this.hasInput) this.plan.close();
			await this.control.sleep(0);
			return;
		}
		const waitMs = next.do === 'wait' ? next.until - now : TICK_MS;
		if (waitMs > 0) {
			const answered = new Promise<void>((resolve) => (this.wake = resolve));
			await Promise.race([answered, this.control.sleep(Math.min(waitMs, TICK_MS))]);
		}
	}

	private send(call: Call, now: number): void {
		const open = { deadline: now + this.work.timeoutMs };
		this.open.set(call, open);
		const settle = (answer: Answer) => {
			// What comes after the deadline has been given up already.
			if (this.open.get(call) === open) this.take(call, answer);
		};
		this.work
			.send(call, () => this.open.get(call) !== open)
			.then(settle, (error: unknown) => settle({ reply: ourFault(error), requests: 1 }));
	}

	private take(call: Call, answer: Answer): void {
		this.open.delete(call);
		const now = this.control.now();
		const tell = (given: Answer) => {
			const news = this.plan.take(call, given, now);
			if (news) this.control.log(news);
		};
		try {
			tell(answer);
		} catch (error) {
			try {
				tell({ reply: ourFault(error), requests: answer.requests });
			} catch {
				this.broken = { error };
			}
		}
		this.wake();
	}

	/** The run is over: what comes of its open calls changes nothing any more. */
	private abandon(): false {
		this.open.clear();
		return false;
	}

	private giveUpOverdue(now: number): void {
		for (const [call, { deadline }] of this.open) {
			if (now >= deadline) this.take(call, overdue(this.work.timeoutMs));
		}
	}
}

function overdue(timeoutMs: number): Answer {
	return {
		reply: failure('networkError', {
			code: 'ETIMEDOUT',
			message: `No whole reply came within ${timeoutMs} ms, the option "Timeout".`,
		}),
		requests: 1,
	};
}

/** The failure of a call by a fault of this package, which must cost no item. */
export function ourFault(error: unknown): Failure {
	return failure('badResponse', {
		code: 'NODE_FAULT',
		message: `This node failed by a fault of its own: ${error instanceof Error ? error.message : String(error)}.`,
		resolution:
			'It is not known whether this was done; running these items again is safe. Please report the message as an issue of n8n-nodes-zoho-email-hygiene.',
		transient: false,
	});
}
