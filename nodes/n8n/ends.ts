/** The errors that end a node: under Stop Workflow, and when the execution was cancelled. */
import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type JsonObject,
} from 'n8n-workflow';

import { Count, isOfItsOwn } from './count';
import type { Failed, Result } from './result';
import { CREDENTIAL_TYPE } from './transport';

const WAY_OUT =
	'To let the other items go on, set "On Error" to "Continue (using error output)" in the Settings of this node.';

/**
 * The error under Stop Workflow: what failed and why, which others did, what to do, and how far the run
 * had come.
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
	const message = [headline(context, noun, first), ...others(count, first)].reduce(after);
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

/** The others that failed for a reason of their own: to mend them one a run would take many runs. */
function others({ ownFailures, ownFailed }: Count, first: Failed): string[] {
	const names = ownFailures.filter((failed) => failed !== first).map(nameOf);
	if (names.length === 0 || !isOfItsOwn(first)) return [];
	const more = ownFailed - 1 - names.length;
	return [
		`Also failed: ${names.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}.`,
	];
}

/** A sentence behind another one: Zoho's own often have no full stop. */
const after = (said: string, next: string) => `${said}${/[.!?]$/.test(said) ? '' : '.'} ${next}`;

/** What a failed record, address or view is called by the user. */
const nameOf = ({ label }: Failed) => label || '(empty)';

/** Names what the failure is about, as the user knows it: no record is accused of what is not its own. */
export function headline(context: IExecuteFunctions, noun: string, first: Failed): string {
	const { failure, subject, label, name } = first;
	const { reach, message, httpStatus, transient } = failure;
	const { parameters, credentials } = context.getNode();
	if (label !== undefined && isOfItsOwn(first)) {
		return `${name ?? noun[0]!.toUpperCase() + noun.slice(1)} ${nameOf(first)}: ${message}`;
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

type Done = Exclude<Result, Failed>;

/** Which item was done last, for the log: where the record is known by its ID, with that; never an address. */
function lastWords({ item, success: { id } }: Done): string {
	const record = typeof id === 'string' && /^\d+$/.test(id) ? `, record ${id}` : '';
	return ` The last one done: item ${item + 1} of the input${record}.`;
}

const CANCELED = 'The execution was canceled.';

/** Whether an error is the one that ends a cancelled execution. */
export const isCancellation = (error: unknown) =>
	error instanceof NodeOperationError && error.message.startsWith(CANCELED);

/**
 * The error that ends a cancelled execution: n8n takes one for a cancellation that has the word
 * "canceled" in its message, and any other for a failed node. What came of the items is lost with it, so
 * the log says how far the run had come.
 *
 * @param unread items that were not even read
 */
export function cancelledError(
	context: IExecuteFunctions,
	results: Iterable<Result>,
	unread: number,
): NodeOperationError {
	const count = new Count(unread);
	let last: Done | undefined;
	for (const result of results) {
		count.add(result);
		if ('success' in result) last = result;
	}
	context.logger.info(`Stopped. Before that: ${count.asAttempts}.${last ? lastWords(last) : ''}`);
	return new NodeOperationError(
		context.getNode(),
		`${CANCELED} Before that: ${count.asAttempts}. Calls that were under way may have been done all the same.`,
		{ level: 'info' },
	);
}
