/** Outcomes to n8n items: order, pairing, the On Error settings, hints. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, JsonObject } from 'n8n-workflow';

import { inWords, messageOf } from '../run/words';
import { ourFault } from '../run/driver';
import type { Failure } from '../zoho/failures';
import { Count } from './count';
import { isCancellation, stopError } from './ends';
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
 * Runs a node so that it throws for nothing but Stop Workflow and a cancelled execution: of any other
 * throw n8n would send the whole input out by the main output, as if all of it had been done.
 */
export async function losingNothing(
	context: IExecuteFunctions,
	execute: () => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	return await execute().catch(async (error: Error) => {
		const mayThrow = stopsAtFailure(context) || isCancellation(error);
		return mayThrow ? await Promise.reject(error) : [faults(context, 0, error)];
	});
}

/** The items from one on, each failed by a fault of our own. */
function faults(context: IExecuteFunctions, from: number, error: unknown): INodeExecutionData[] {
	const failure = ourFault(error);
	return context
		.getInputData()
		.slice(from)
		.map((_, index) => ({
			json: { error: failureJson({ item: from + index, subject: {}, failure }, 0) },
			pairedItem: { item: from + index },
		}));
}

/**
 * The output of a run, one item a result, in the order given, and a hint for the person at the screen.
 * A failed item's json holds nothing but `error`: then n8n itself routes it to the error branch and
 * merges the input item's fields in. The item's own `error` property stays unset, since n8n would
 * replace the json by it.
 *
 * @param name what a result is called, one and several, such as "record" and "records"
 * @param results in the order of their items; where they break off, the items behind are failures
 * @param news sentences on what the run did that nobody could see
 * @param isPreview in a preview nothing is lost by a bad item, so that only a failure of the account stops
 * @throws NodeApiError under On Error = Stop Workflow, when anything failed
 */
export async function present(
	context: IExecuteFunctions,
	[noun, plural]: readonly [string, string],
	results: Iterable<Result>,
	news: Array<string | false>,
	isPreview = false,
): Promise<INodeExecutionData[][]> {
	const items: INodeExecutionData[] = [];
	const count = new Count();
	const short = shortForAgent(context);
	// The time of day for moments on the run's clock: it is asked for once, so that one moment is one time.
	const clockAtZero = Date.now() - now();
	let next = 0;
	const add = (result: Result) => {
		count.add(result);
		const json =
			'success' in result ? result.success : { error: short(failureJson(result, clockAtZero)) };
		items.push({ json, pairedItem: { item: result.item } });
		next = result.item + 1;
	};
	await inSlices(results, add).catch(async (error: Error) => {
		if (stopsAtFailure(context)) return await Promise.reject(error);
		for (const fault of faults(context, next, error)) items.push(fault);
	});
	const { first } = count;
	const stops = stopsAtFailure(context) && (!isPreview || first?.failure.reach === 'account');
	if (first && stops) {
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
	const at = timeOf(retryAt, clockAtZero);
	return {
		...subject,
		code,
		reason,
		message,
		resolution,
		httpStatus,
		retryable,
		...(at ? { retryAt: at.toISOString() } : {}),
	};
}

/** A moment on the run's clock, in ms, as a time; undefined where there is none that a date can hold. */
function timeOf(moment: number | undefined, clockAtZero: number): Date | undefined {
	const time = new Date(clockAtZero + (moment ?? NaN));
	return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Why the rest was not sent, and when to come back, where that is known. */
function unsentWords(
	context: IExecuteFunctions,
	why: Failure | undefined,
	clockAtZero: number,
): string {
	if (!why) return '';
	const { message, retryAt = NaN } = why;
	// To the whole second above: who comes a moment too early would come in vain.
	const when = timeOf(Math.ceil((clockAtZero + retryAt) / 1000) * 1000, 0);
	if (!when) return message;
	return `${message} Come back at ${timeOfDay(when, context)}, in ${inWords(Math.max(0, retryAt - now()))}.`;
}

/** In the workflow's time zone. n8n takes some that only its own library of dates knows: then in UTC. */
function timeOfDay(time: Date, context: IExecuteFunctions): string {
	try {
		return time.toLocaleTimeString('en-GB', { timeZone: context.getTimezone() });
	} catch {
		return `${time.toLocaleTimeString('en-GB', { timeZone: 'UTC' })} UTC`;
	}
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Tells the person at the screen what a run did. The editor shows a hint as HTML: this is text. */
function hint(context: IExecuteFunctions, text: string): void {
	const message = text.replace(/[&<>"]/g, (character) => HTML[character]!);
	try {
		// Added to n8n in 1.8x; older ones go without.
		context.addExecutionHints?.({ message, type: 'info', location: 'outputPane' });
	} catch (error) {
		context.logger.warn(`The hint under the output could not be shown: ${messageOf(error)}`);
	}
}
