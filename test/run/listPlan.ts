/** A plan that sends a list of calls, and what drives it on jest's clock. */
import { drive, type Control, type Work } from '../../nodes/run/driver';
import { Pace } from '../../nodes/run/pace';
import type { Next, Plan } from '../../nodes/run/plan';
import type { Failure } from '../../nodes/zoho/failures';
import type { Answer } from '../../nodes/zoho/reply';

// Every clock in here is jest's: no test waits, and none depends on the machine.
export function useFakeClock(): void {
	beforeEach(() => {
		jest.useFakeTimers({ now: 0 });
	});
	afterEach(() => {
		jest.useRealTimers();
	});
}

const sleep = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Lets the clock run until the work is done. */
export async function played<T>(work: Promise<T>): Promise<T> {
	let over = false;
	const end = () => {
		over = true;
	};
	work.then(end, end);
	while (!over) await jest.advanceTimersByTimeAsync(10);
	return await work;
}

/** A call that takes so long, in ms; one that never comes back where it takes forever. */
export interface Call {
	lengthMs: number;
}

export const DONE: Answer = { reply: { httpStatus: 200, headers: {}, body: 'done' }, requests: 1 };

/** Sends the calls of a list in its order, as a pace allows, and notes what became of them. */
export class ListPlan implements Plan<Call> {
	readonly starts: number[] = [];
	readonly taken: Array<{ call: Call; answer: Answer; at: number }> = [];
	open = 0;
	isWhole = false;
	mostOpen = 0;
	isStopped = false;

	constructor(
		readonly calls: Call[],
		private readonly pace = new Pace(5, () => 0),
	) {}

	next(now: number): Next<Call> {
		const call = this.calls[this.starts.length];
		if (!call || this.isStopped) return { do: this.open > 0 || !this.isWhole ? 'later' : 'done' };
		const startAt = this.pace.nextStartAt(now);
		if (startAt === undefined) return { do: 'later' };
		if (startAt > now) return { do: 'wait', until: startAt };
		this.pace.start(now);
		this.starts.push(now);
		this.mostOpen = Math.max(this.mostOpen, ++this.open);
		return { do: 'send', call };
	}

	take(call: Call, answer: Answer, now: number): string | undefined {
		this.open--;
		this.pace.answered(true);
		this.taken.push({ call, answer, at: now });
		return undefined;
	}

	close(): void {
		this.isWhole = true;
	}

	get failures(): Failure[] {
		return this.taken.map(({ answer }) => answer.reply as Failure);
	}
}

export const ofLengths = (...lengths: number[]) => lengths.map((lengthMs) => ({ lengthMs }));

/** Drives a plan; tells whether it came to its end, when, and what was logged. */
export async function run<C extends object>(
	plan: Plan<C>,
	work: Partial<Work<C>> & Pick<Work<C>, 'send'>,
	control: Partial<Control> = {},
) {
	const log: string[] = [];
	const isWhole = await played(
		drive(
			plan,
			{ timeoutMs: 60_000, read: () => false, ...work },
			{
				now: () => Date.now(),
				sleep,
				isCancelled: () => false,
				log: (message) => log.push(message),
				...control,
			},
		),
	);
	return { isWhole, log, endedAt: Date.now() };
}

export async function send({ lengthMs }: Call): Promise<Answer> {
	if (lengthMs === Infinity) return await new Promise(() => {});
	await sleep(lengthMs);
	return DONE;
}

export const cancelledAt = (ms: number) => ({ isCancelled: () => Date.now() >= ms });
