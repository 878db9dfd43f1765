/** The errors that end a node: under Stop Workflow, and when the execution was cancelled. */
import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type JsonObject,
} from 'n8n-workflow';

import { Count } from './count';
import type { Failed, Result } from './output';
import { CREDENTIAL_TYPE } from './transport';

const WAY_OUT =
	'To let the other items go on, set "On Error" to "Continue (using error output)" in the Settings of this node.';

/**
 * The error under Stop Workflow: what failed and why, what to do, and how far the run had come.
 *
 * @param noun what a result is called, such as "record"
 * @param json the failure as an item would carry it
 */
export function stopError(
	context: IExecuteFunctions,
	noun: string,
	count: Count,
	first: Failed,
	json: JsonObject,
): NodeApiError {
	const { failure, item } = first;
	const message = headline(context, noun, first);
	const advice = [failure.resolution, `Before the stop: ${count.asAttempts}.`];
	if (count.sum > 1 && failure.reach !== 'account') advice.push(WAY_OUT);
	const error = new NodeApiError(context.getNode(), json, {
		message,
		description: advice.join(' '),
		httpCode: String(failure.httpStatus ?? failure.code),
		itemIndex: item,
	});
	// n8n puts a sentence of its own in place of one that holds a code such as ECONNRESET.
	error.message = message;
	return error;
}

/** Names what the failure is about, as the user knows it: no record is accused of what is not its own. */
function headline(context: IExecuteFunctions, noun: string, first: Failed): string {
	const { failure, subject, name } = first;
	const { reach, message, httpStatus, transient } = failure;
	const { parameters, credentials } = context.getNode();
	const isOneOfItsKind = name !== undefined && reach === 'call';
	const [value] = Object.values(subject);
	if (value !== undefined && (reach === 'record' || isOneOfItsKind)) {
		const id = String(value) || '(empty)';
		return `${name ?? noun[0]!.toUpperCase() + noun.slice(1)} ${id}: ${message}`;
	}
	const credential = credentials?.[CREDENTIAL_TYPE]?.name;
	if (reach === 'account' && credential) return `Credential "${credential}": ${message}`;
	const isRefusal = reach !== 'account' && reach !== 'rest' && httpStatus !== null && !transient;
	if (isRefusal && subject.module) {
		return `Module ${labelOf(parameters.module, String(subject.module))}: ${message}`;
	}
	return message;
}

/** What the list of modules calls the one that was chosen there. */
function labelOf(chosen: unknown, module: string): string {
	const { value, cachedResultName } = (chosen ?? {}) as Partial<Record<string, unknown>>;
	return value === module && cachedResultName ? String(cachedResultName) : module;
}

const CANCELED = 'The execution was canceled.';

/** Whether an error is the one that ends a cancelled execution. */
export const isCancellation = (error: unknown) =>
	error instanceof NodeOperationError && error.message.startsWith(CANCELED);

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
		`${CANCELED} Before that: ${count.asAttempts}. Calls that were under way may have been done all the same.`,
		{ level: 'info' },
	);
}
