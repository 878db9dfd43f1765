/** One call of CRM's unblock_email: build it, send it, read the reply. */
import { jsonParse } from 'n8n-workflow';

import {
	asRecord,
	classify,
	fault,
	plain,
	refusalIn,
	text,
	type Fault,
	type Refusal,
	isFault,
} from '../zoho/errors';
import { retryAfterMs, tryAgainAfterMs } from '../zoho/retry';
import { unblockScope } from '../zoho/scopes';
import { type Connection, type Reply } from '../zoho/transport';
import type { Outcome } from './records';

/** What a call of some ids came to. */
export type CallResult =
	/** Told one by one; an id of the call that is not in here was not answered for. */
	| { kind: 'told'; outcomes: Map<string, Outcome> }
	/** Refused as a whole, and nothing was done; `culprit` is the record it was refused for, if said. */
	| { kind: 'refused'; fault: Fault; culprit?: string }
	/** Refused for its size: no more ids than this in one call. */
	| { kind: 'tooMany'; most: number };

export interface CallSettings {
	apiVersion: string;
	timeout: number;
}

/**
 * Sends up to 500 ids of one module.
 *
 * @returns what became of them, and what Retry-After asks for, in ms
 */
export async function unblock(
	connection: Connection,
	module: string,
	fields: readonly string[],
	ids: readonly string[],
	{ apiVersion, timeout }: CallSettings,
): Promise<{ result: CallResult; retryAfterMs?: number | undefined }> {
	const reply = await connection.call({
		method: 'POST',
		path: `/crm/${apiVersion}/${encodeURIComponent(module)}/actions/unblock_email`,
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ unblock_fields: fields, ids }),
		timeout,
		scope: unblockScope(apiVersion, module),
	});
	if (isFault(reply)) return { result: { kind: 'refused', fault: reply } };
	const now = Date.now();
	const result = readReply(reply, ids);
	const waitMs = retryAfterMs(reply.headers['retry-after'], now);
	if (result.kind === 'refused') {
		const saidMs = waitMs ?? tryAgainAfterMs(result.fault.message);
		if (saidMs !== undefined) result.fault.retryAt = new Date(now + saidMs).toISOString();
	}
	return { result, retryAfterMs: waitMs };
}

/**
 * Reads a reply to a call of these ids, in every documented style: 200, 202 or 207 with one entry a
 * record in `data` (Zoho's mass APIs), in whatever order; or one error for the whole call (the v8
 * OpenAPI file), which may or may not say which record it is about.
 */
export function readReply(reply: Reply, ids: readonly string[]): CallResult {
	const { httpStatus } = reply;
	const parsed = jsonParse<unknown>(keepDigits(reply.body), { fallbackValue: null });
	const body = asRecord(parsed);
	if (Array.isArray(body.data)) {
		return { kind: 'told', outcomes: readEntries(body.data, ids, httpStatus) };
	}
	// Nearly all refusals of Zoho come with 400: of one that is cut off, the status tells nothing.
	const cutOff = httpStatus === 400 && parsed === null && reply.body.startsWith('{');
	const mute = httpStatus < 400 || cutOff ? undefined : { httpStatus, code: '', message: '' };
	const refusal = refusalIn(httpStatus, body) ?? mute;
	if (!refusal || (httpStatus < 400 && isSuccess(refusal.code))) {
		return {
			kind: 'refused',
			fault: fault('badResponse', {
				code: 'BAD_RESPONSE',
				message: `Zoho's reply (HTTP status ${httpStatus}) is not the JSON it should be.`,
				httpStatus,
			}),
		};
	}
	const details = asRecord(body.details);
	const culprit = culpritIn(details, ids);
	const most = culprit === undefined ? sizeLimit(refusal, details, ids.length) : undefined;
	if (most !== undefined) return { kind: 'tooMany', most };
	const classified = classify('crm', refusal);
	if (culprit === undefined) return { kind: 'refused', fault: classified };
	// Whatever Zoho objects to, it named the one record that it is about; an index of the path may
	// also mean the module in the URL.
	const isRecords =
		classified.reason === 'invalidRequest' && details.resource_path_index === undefined;
	return {
		kind: 'refused',
		fault: isRecords ? { ...classified, reach: 'record' } : classified,
		culprit,
	};
}

/** Record IDs have up to 19 digits, and JSON.parse keeps 15: an unquoted id gets its quotes first. */
function keepDigits(json: string): string {
	return json.replace(/("id"\s*:\s*)(\d+)(?=\s*[,}])/g, '$1"$2"');
}

function readEntries(
	data: unknown[],
	ids: readonly string[],
	httpStatus: number,
): Map<string, Outcome> {
	const sent = new Set(ids);
	const outcomes = new Map<string, Outcome>();
	for (const entry of data) {
		const { details, status } = asRecord(entry);
		const named = text(asRecord(details).id);
		const id = sent.has(named) ? named : culpritIn(asRecord(details), ids);
		const { code, message } = refusalIn(httpStatus, entry) ?? { code: text(status), message: '' };
		if (id === undefined || code === '') continue;
		// Of two entries for one record, a failure counts: there is something left to do.
		const before = outcomes.get(id);
		if (before && isFault(before)) continue;
		outcomes.set(
			id,
			isSuccess(code)
				? { status: 'unblocked', code: 'SUCCESS', message }
				: classify('crm', { httpStatus, code, message }),
		);
	}
	return outcomes;
}

const isSuccess = (code: string) => /^success$/i.test(code);

/**
 * The most ids the server takes, where it refused the call for having more: `maximum_length` as in
 * Zoho's mass APIs, else a number in the message, else half of what was sent.
 */
function sizeLimit(
	{ code, httpStatus, message }: Refusal,
	details: Record<string, unknown>,
	sent: number,
): number | undefined {
	if (httpStatus === 429 || sent === 1) return undefined;
	const words = plain(message);
	const stated = Number(text(details.maximum_length) || /\b(\d+)\b/.exec(words)?.[1]);
	const isLimit = /LIMIT|LENGTH|SIZE/.test(code);
	const saysIds =
		/\b(ids?|records?)\b/.test(words) && !/\b(requests|calls|credits|minutes?)\b/.test(words);
	const aboutSize =
		httpStatus === 413 ||
		details.maximum_length !== undefined ||
		(isLimit && (saysIds || details.api_name === 'ids' || details.json_path === '$.ids')) ||
		(code === 'INVALID_DATA' && saysIds && stated < sent);
	if (!aboutSize) return undefined;
	return stated >= 1 && stated < sent ? Math.floor(stated) : Math.ceil(sent / 2);
}

/** The record a refusal is about: `json_path` like `$.ids[3]`, `id`, or `resource_path_index`. */
function culpritIn(details: Record<string, unknown>, ids: readonly string[]): string | undefined {
	const path = /\bids\[(\d+)\]/.exec(text(details.json_path))?.[1];
	if (path !== undefined) return ids[Number(path)];
	const named = text(details.id);
	if (named !== '') return ids.find((id) => id === named);
	const index = details.resource_path_index;
	return typeof index === 'number' ? ids[index] : undefined;
}
