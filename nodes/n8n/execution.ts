/** Running a plan inside an execution of n8n: its clock, its log, its Stop button, its items. */
import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import { drive, ourFault, SLICE_MS, type Control } from '../run/driver';
import type { Plan } from '../run/plan';
import type { Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';

export interface PlannedRun<Call> {
	plan: Plan<Call>;
	send: (call: Call, isGivenUp: () => boolean) => Promise<Answer>;
	/** The longest that a call may take, in ms. */
	timeoutMs: number;
	/** Reads one item into the plan. */
	readItem: (item: number) => void;
	/** Told why an item could not be read, where reading it threw: that is a failure of this item alone. */
	failItem: (item: number, error: unknown) => void;
	/** Told once all items are read. */
	allRead: () => void;
}

export type Ending =
	| { kind: 'whole'; fault?: undefined }
	| { kind: 'cancelled'; unread: number; fault?: undefined }
	| { kind: 'broken'; fault: Failure };

/**
 * Reads the items and runs the plan, both at once. Every item is read in the end, unless the
 * execution was cancelled.
 */
export async function runPlan<Call extends object>(
	context: IExecuteFunctions,
	{ plan, send, timeoutMs, readItem, failItem, allRead }: PlannedRun<Call>,
): Promise<Ending> {
	const control = controlOf(context);
	const count = context.getInputData().length;
	let item = 0;
	const read = (until: number) => {
		while (item < count) {
			const next = item++;
			try {
				readItem(next);
			} catch (error) {
				failItem(next, error);
			}
			if (control.now() >= until) break;
		}
		if (item === count) allRead();
		return item < count;
	};
	try {
		const isWhole = await drive(plan, { send, timeoutMs, read }, control);
		return isWhole ? { kind: 'whole' } : { kind: 'cancelled', unread: count - item };
	} catch (error) {
		while (item < count && read(control.now() + SLICE_MS)) await sleep(0);
		return { kind: 'broken', fault: ourFault(error) };
	}
}

/** A clock that no change of the machine's own can turn: every wait and window goes by it. */
export const now = () => performance.now();

function controlOf(context: IExecuteFunctions): Control {
	const signal = context.getExecutionCancelSignal();
	return {
		now,
		sleep,
		isCancelled: () => signal?.aborted ?? false,
		log: (message) => context.logger.info(message),
	};
}

/**
 * Goes through a list and gives way to others on the way, so that n8n stays alive.
 *
 * @param afterPause told whenever others have had their turn; it may throw, to end it
 */
export async function inSlices<T>(
	list: Iterable<T>,
	take: (element: T) => void,
	afterPause = () => {},
): Promise<void> {
	let until = now() + SLICE_MS;
	for (const element of list) {
		take(element);
		if (now() < until) continue;
		await sleep(0);
		afterPause();
		until = now() + SLICE_MS;
	}
}
