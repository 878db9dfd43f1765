/** Outcomes to n8n items: order, pairing, the On Error settings, hints. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, JsonObject } from 'n8n-workflow';

import { inWords } from '../run/words';
import type { Failure } from '../zoho/failures';
import { Count } from './count';
import { stopError } from './ends';
import { inSlices, now } from './execution';
import { shortForAgent, stopsAtFailure } from './tool';

/** What identifies a record or address that failed (`id` and `module`, or `email`), and why it did. */
export interface Failed {
	item: number;
	subject: IDataObject;
	failure: Failure;
	/** What it is called, where that is not what the others are. */
	name?: string;
	/** It was not sent, for the sake of a failure that is not its own. */
	notAttempted?: boolean;
}

/** What came of one record or address that one item named: the json of a success, or a failure. */
export type Result = { item: number; success: IDataObject } | Failed;

/**
 * The output of a run, one item a result, in the order given, and a hint for the person at the screen.
 * A failed item's json holds nothing but `error`: then n8n itself routes it to the error branch and
 * merges the input item's fields in. The item's own `error` property stays unset, since n8n would
 * replace the json by it.
 *
 * @param name what a result is called, one and several, such as "record" and "records"
 * @param news sentences on what the run did that nobody could see
 * @throws NodeApiError under On Error = Stop Workflow, when anything failed
 */
export async function present(
	context: IExecuteFunctions,
	[noun, plural]: readonly [string, string],
	results: Iterable<Result>,
	news: Array<string | false>,
): Promise<INodeExecutionData[][]> {
	const items: INodeExecutionData[] = [];
	const count = new Count();
	const short = shortForAgent(context);
	// The time of day for moments on the run's clock: it is asked for once, so that one moment is one time.
	const clockAtZero = Date.now() - now();
	await inSlices(results, (result) => {
		count.add(result);
		const json =
			'success' in result ? result.success : { error: short(failureJson(result, clockAtZero)) };
		items.push({ json, pairedItem: { item: result.item } });
	});
	const { first } = count;
	if (first && stopsAtFailure(context)) {
		const json = failureJson(first, clockAtZero) as JsonObject;
		throw stopError(context, noun, count, first, json);
	}
	const told = news.filter(Boolean).join(' ');
	const rest = unsentWords(context, count.unsentFor, clockAtZero);
	if (count.sum > 1 || told || rest) {
		const branches = count.sum > 0 && count.asBranches(noun, plural);
		hint(context, [branches, told, rest].filter(Boolean).join(' '));
	}
	return [items];
}

function failureJson({ subject, failure }: Failed, clockAtZero: number): IDataObject {
	const { reason, code, message, resolution, httpStatus, retryable, retryAt } = failure;
	return {
		...subject,
		code,
		reason,
		message,
		resolution,
		httpStatus,
		retryable,
		...(retryAt === undefined ? {} : { retryAt: new Date(clockAtZero + retryAt).toISOString() }),
	};
}

/** Why the rest was not sent, and when to come back, where that is known. */
function unsentWords(
	context: IExecuteFunctions,
	why: Failure | undefined,
	clockAtZero: number,
): string {
	if (!why) return '';
	const { message, retryAt } = why;
	if (retryAt === undefined) return message;
	// To the whole second above: who comes a moment too early would come in vain.
	const when = new Date(Math.ceil((clockAtZero + retryAt) / 1000) * 1000);
	const clock = when.toLocaleTimeString('en-GB', { timeZone: context.getTimezone() });
	return `${message} Come back at ${clock}, in ${inWords(Math.max(0, retryAt - now()))}.`;
}

/** Tells the person at the screen what a run did. */
function hint(context: IExecuteFunctions, message: string): void {
	// Added to n8n in 1.8x; older ones go without.
	context.addExecutionHints?.({ message, type: 'info', location: 'outputPane' });
}
