/** Results of a run, as both nodes hand them to what presents them. */
import type { IDataObject, IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';
import type { Failed, Result } from '../../nodes/n8n/result';
import { failure } from '../../nodes/zoho/failures';

export const done = (status = 'unblocked', item = 0): Result => ({
	item,
	success: { id: '1', status },
});

export const failed = (rest: Partial<Failed> = {}): Failed => ({
	item: 0,
	subject: { id: '2', module: 'Leads' },
	label: '2',
	failure: failure('recordNotFound', { message: 'No such record.', code: 'C', httpStatus: 400 }),
	...rest,
});

const limited = failure('rateLimited', { message: 'Not sent: Too many calls.' });

export const unsent = (rest: Partial<Failed> = {}): Failed =>
	failed({ failure: limited, notAttempted: true, ...rest });

/** The context of a node that has these settings, and the hints that it was given. */
export function contextOf({ continues = true, node = {} as IDataObject } = {}) {
	const hints: NodeExecutionHint[] = [];
	const logs: string[] = [];
	const context = {
		continueOnFail: () => continues,
		getNode: () => ({ type: 'zohoCrmUnblockEmail', name: 'Node', parameters: {}, ...node }),
		getTimezone: () => 'Asia/Tokyo',
		logger: { info: (line: string) => logs.push(line) },
		addExecutionHints: (...added: NodeExecutionHint[]) => hints.push(...added),
	} as unknown as IExecuteFunctions;
	return { context, hints, logs };
}
