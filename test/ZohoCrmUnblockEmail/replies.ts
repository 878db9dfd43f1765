/** Replies of the CRM, and how they are read. */
import { readReply, type CallResult } from '../../nodes/ZohoCrmUnblockEmail/reply';
import { isFailure } from '../../nodes/zoho/failures';

export const [A, B, C] = ['2423488000000575001', '2423488000000575002', '2423488000000575003'];
export const IDS = [A, B, C] as const;

export const read = (httpStatus: number, body: unknown, ids: readonly string[] = IDS) =>
	readReply(
		{ httpStatus, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) },
		ids,
	);

export const done = (id: unknown) => ({
	code: 'SUCCESS',
	details: { id },
	message: 'Unblocked successfully',
	status: 'success',
});
export const failed = (
	id: unknown,
	code = 'INVALID_DATA',
	message = 'Invalid record provided',
) => ({
	code,
	details: { id },
	message,
	status: 'error',
});

/** The outcomes of a reply that tells them one by one, in a form that is easy to compare. */
export const told = (result: CallResult) => {
	if (result.kind !== 'entries') throw new Error(`The reply was read as ${result.kind}`);
	return [...result.outcomes].map(([id, outcome]) => [
		id,
		isFailure(outcome) ? outcome.reason : outcome.status,
	]);
};

export const refused = (result: CallResult) => {
	if (result.kind !== 'refused') throw new Error(`The reply was read as ${result.kind}`);
	const { reason, reach } = result.failure;
	return { reason, reach, culprit: result.culprit };
};
