/** Outcomes to n8n items: order, pairing, the On Error settings, hints. */
import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type JsonObject,
} from 'n8n-workflow';

import type { Failure } from '../zoho/failures';
import { inSlices, now } from './execution';

/**
 * What came of one record or address that one item named: the json of a success, or a failure and
 * what identifies it (`id` and `module`, or `email`). `notAttempted`: it was not sent, for the sake of
 * a failure that is not its own. `name`: what it is called, where that is not what the others are.
 */
export type Result = { item: number } & (
	| { success: IDataObject }
	| { subject: IDataObject; failure: Failure; name?: string; notAttempted?: boolean }
);

/**
 * The output of a run, one item a result, in the order given. A failed item's json holds nothing but
 * `error`: then n8n itself routes it to the error branch and merges the input item's fields in. The
 * item's own `error` property stays unset, since n8n would replace the json by it.
 *
 * @param name what a result is called, such as "record"
 * @throws NodeApiError under On Error = Stop Workflow, when anything failed
 */
export async function present(
	context: IExecuteFunctions,
	name: string,
	results: Iterable<Result>,
): Promise<INodeExecutionData[][]> {
	const items: INodeExecutionData[] = [];
	const count = new Count();
	// The time of day for moments on the run's clock: it is asked for once, so that one moment is one time.
	const clockAtZero = Date.now() - now();
	await inSlices(results, (result) => {
		count.add(result);
		const json =
			'success' in result
				? result.success
				: { error: failureJson(result.subject, result.failure, clockAtZero) };
		items.push({ json, pairedItem: { item: result.item } });
	});
	if (!context.continueOnFail() && count.first) {
		throw stopError(context, name, count, count.first, clockAtZero);
	}
	return [items];
}

/** How many results came to what, and the first failure; one of its own before a mere effect. */
class Count {
	first: Extract<Result, { failure: Failure }> | undefined;
	private done = 0;
	private failed = 0;

	/** @param notAttempted items that were not even read */
	constructor(private notAttempted = 0) {}

	add(result: Result): void {
		if ('success' in result) {
			this.done++;
			return;
		}
		if (result.notAttempted) this.notAttempted++;
		else this.failed++;
		if (!this.first || (this.first.notAttempted && !result.notAttempted)) this.first = result;
	}

	toString(): string {
		return `${this.done} done, ${this.failed} failed, ${this.notAttempted} not attempted`;
	}
}

function failureJson(subject: IDataObject, failure: Failure, clockAtZero: number): IDataObject {
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

/** Which record, why, what to do, and how far the run had come. */
function stopError(
	context: IExecuteFunctions,
	name: string,
	count: Count,
	{ failure, subject, item, name: ownName = name }: Extract<Result, { failure: Failure }>,
	clockAtZero: number,
): NodeApiError {
	const message = `${ownName} ${String(Object.values(subject)[0]) || '(empty)'}: ${failure.message}`;
	const json = failureJson(subject, failure, clockAtZero);
	const error = new NodeApiError(context.getNode(), json as JsonObject, {
		message,
		description: `${failure.resolution} Before the stop: ${count}.`,
		httpCode: String(failure.httpStatus ?? failure.code),
		itemIndex: item,
	});
	// n8n puts a sentence of its own in place of one that holds a code such as ECONNRESET.
	error.message = message;
	return error;
}

/**
 * The error that ends a cancelled execution: n8n takes one for a cancellation that has the word
 * "canceled" in its message, and any other for a failed node.
 *
 * @param unread items that were not even read
 */
export function cancelledError(
	context: IExecuteFunctions,
	results: Iterable<Result>,
	unread: number,
): NodeOperationError {
	const count = new Count(unread);
	for (const result of results) count.add(result);
	return new NodeOperationError(
		context.getNode(),
		`The execution was canceled. Before that: ${count}. Calls that were under way may have been done all the same.`,
		{ level: 'info' },
	);
}

/** Tells the person at the screen what a run did that they could not see. */
export function hint(context: IExecuteFunctions, sentences: Array<string | false>): void {
	const message = sentences.filter(Boolean).join(' ');
	// Added to n8n in 1.8x; older ones go without.
	if (message) context.addExecutionHints?.({ message, type: 'info', location: 'outputPane' });
}
