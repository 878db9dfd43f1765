/** Outcomes to n8n items: order, pairing, the On Error settings, hints. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, JsonObject } from 'n8n-workflow';

import { inWords, messageOf } from '../run/words';
import { ourFault } from '../run/driver';
import type { Failure } from '../zoho/failures';
import { Count } from './count';
import { headline, isCancellation, stopError } from './ends';
import { inSlices, now } from './execution';
import type { Failed, Result } from './result';
import { timeZoneOf } from './timeZone';
import { shortForAgent, stopsAtFailure } from './tool';

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
			json: { error: failureJson({ subject: {}, failure }, 0) },
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
 * @param how.isPreview in a preview nothing is lost by a bad item: only a failure of the account stops
 * @param how.includeInputFields whether a success keeps the fields of its input item
 * @throws NodeApiError under On Error = Stop Workflow, when anything failed
 */
export async function present(
	context: IExecuteFunctions,
	[noun, plural]: readonly [string, string],
	results: Iterable<Result>,
	news: Array<string | false>,
	{
		isPreview = false,
		includeInputFields = false,
	}: { isPreview?: boolean; includeInputFields?: boolean } = {},
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
			'success' in result
				? { ...(includeInputFields && inputFields(context, result.item)), ...result.success }
				: { error: short(failureJson(result, clockAtZero)) };
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
	const branches = count.sum > 0 && count.asBranches(noun, plural);
	if (count.ofAccount && count.hasAccountFailed) {
		const { ofAccount } = count;
		const { resolution } = ofAccount.failure;
		hint(context, 'danger', [headline(context, noun, ofAccount), resolution, branches, told]);
	} else if (count.sumFailed > 0) {
		const rest = unsentWords(context, count.unsentFor, clockAtZero);
		hint(context, 'warning', [branches, told, rest]);
	} else if (count.sum > 1 || told) {
		hint(context, 'info', [branches, told]);
	}
	return [items];
}

/** The fields of an input item, but for one by which n8n would take the item for a failure. */
function inputFields(context: IExecuteFunctions, item: number): IDataObject {
	const fields = { ...context.getInputData()[item]?.json };
	delete fields.error;
	return fields;
}

function failureJson(
	{ subject, failure }: Pick<Failed, 'subject' | 'failure'>,
	clockAtZero: number,
): IDataObject {
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

function timeOfDay(time: Date, context: IExecuteFunctions): string {
	const timeZone = timeZoneOf(context);
	const said = time.toLocaleTimeString('en-GB', { timeZone: timeZone ?? 'UTC' });
	return timeZone === undefined ? `${said} UTC` : said;
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Tells the person at the screen what a run did. The editor shows a hint as HTML: this is text.
 *
 * @param type `danger` where somebody has to mend the account, `warning` where some items failed
 */
function hint(
	context: IExecuteFunctions,
	type: 'info' | 'warning' | 'danger',
	sentences: Array<string | false>,
): void {
	const text = sentences.filter(Boolean).join(' ');
	const message = text.replace(/[&<>"]/g, (character) => HTML[character]!);
	try {
		// Added to n8n in 1.8x; older ones go without.
		context.addExecutionHints?.({ message, type, location: 'outputPane' });
	} catch (error) {
		context.logger.warn(`The hint under the output could not be shown: ${messageOf(error)}`);
	}
}
