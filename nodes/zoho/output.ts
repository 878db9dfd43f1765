/** Outcomes to n8n items: order, pairing, the On Error settings, hints. */
import {
	NodeApiError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type JsonObject,
} from 'n8n-workflow';

import type { Fault } from './errors';

/**
 * What came of one record or address that one item named: the json of a success, or a failure and
 * what identifies it (`id` and `module`, or `email`). `notAttempted`: it was not sent, for the sake of
 * a failure that is not its own.
 */
export type Result = { item: number } & (
	| { success: IDataObject }
	| { subject: IDataObject; fault: Fault; notAttempted?: boolean }
);

/**
 * The output of a run, one item a result, in the order given. A failed item's json holds nothing but
 * `error`: then n8n itself routes it to the error branch and merges the input item's fields in. The
 * item's own `error` property stays unset, since n8n would replace the json by it.
 *
 * @param results made anew at each call
 * @param name what a result is called, such as "record"
 * @throws NodeApiError under On Error = Stop Workflow, when anything failed
 */
export function present(
	context: IExecuteFunctions,
	name: string,
	results: () => Iterable<Result>,
): INodeExecutionData[][] {
	if (!context.continueOnFail()) throwFirst(context, name, results());
	const items: INodeExecutionData[] = [];
	for (const result of results()) {
		const json =
			'success' in result ? result.success : { error: failureJson(result.subject, result.fault) };
		items.push({ json, pairedItem: { item: result.item } });
	}
	return [items];
}

function failureJson(subject: IDataObject, fault: Fault): IDataObject {
	const { reason, code, message, resolution, httpStatus, retryable, retryAt } = fault;
	return {
		...subject,
		code,
		reason,
		message,
		resolution,
		httpStatus,
		retryable,
		...(retryAt === undefined ? {} : { retryAt }),
	};
}

/** Throws for the first failure: which record, why, what to do, and how far the run had come. */
function throwFirst(context: IExecuteFunctions, name: string, results: Iterable<Result>): void {
	const count = { done: 0, failed: 0, notAttempted: 0 };
	let first: Extract<Result, { fault: Fault }> | undefined;
	for (const result of results) {
		if ('success' in result) {
			count.done++;
			continue;
		}
		if (result.notAttempted) count.notAttempted++;
		else count.failed++;
		// What was not attempted is only ever the effect of another failure.
		if (!first || (first.notAttempted && !result.notAttempted)) first = result;
	}
	if (!first) return;
	const { fault, subject, item } = first;
	const message = `${name} ${String(Object.values(subject)[0]) || '(empty)'}: ${fault.message}`;
	const error = new NodeApiError(context.getNode(), failureJson(subject, fault) as JsonObject, {
		message,
		description: `${fault.resolution} Before the stop: ${count.done} done, ${count.failed} failed, ${count.notAttempted} not attempted.`,
		httpCode: String(fault.httpStatus ?? fault.code),
		itemIndex: item,
	});
	// n8n puts a sentence of its own in place of one that holds a code such as ECONNRESET.
	error.message = message;
	throw error;
}

/** Tells the person at the screen what a run did that they could not see. */
export function hint(context: IExecuteFunctions, sentences: Array<string | false>): void {
	const message = sentences.filter(Boolean).join(' ');
	// Added to n8n in 1.8x; older ones go without.
	if (message) context.addExecutionHints?.({ message, type: 'info', location: 'outputPane' });
}

/** `1 call`, `2 calls`, `10,000 records`. */
export function counted(count: number, noun: string): string {
	return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A time for a person to read, rounded up: `12 s`, `30 min`, `4 min 12 s`. */
export function inWords(ms: number): string {
	const seconds = Math.ceil(ms / 1000);
	const minutes = Math.floor(seconds / 60);
	const parts = [minutes > 0 && `${minutes} min`, seconds % 60 > 0 && `${seconds % 60} s`];
	return parts.filter(Boolean).join(' ') || '0 s';
}
