/** One call of CRM's unblock_email: what is sent, and what the reply says. Pure. */
import { isFailure, type Failure } from '../zoho/failures';
import { asRecord, parseJson, plain, text } from '../zoho/json';
import { classify, isListed, refusalIn, unreadable, type Refusal } from '../zoho/refusals';
import type { Reply, Request } from '../zoho/reply';
import { unblockScopesBySource } from '../zoho/scopes';
import type { Outcome } from './outcomes';
import type { Group } from './groups';

/** Told one by one; a record of the call that is not in `outcomes` was not answered for. */
export interface Entries {
	kind: 'entries';
	outcomes: Map<string, Outcome>;
	/** The call was refused as such, so that nothing was done for those that it says nothing of. */
	isRefusal: boolean;
	/** What an entry that names nobody says of the account or of a limit: it is true of the others. */
	ofOthers?: Failure | undefined;
	/** The wait that Retry-After asks for, in ms. */
	waitMs?: number | undefined;
}

/** What a call of some ids came to. */
export type CallResult =
	| Entries
	/** Refused as a whole, and nothing was done; `culprit` is the record it was refused for, if said. */
	| { kind: 'refused'; failure: Failure; culprit?: string }
	/** Refused for its size: no more ids than this in one call. */
	| { kind: 'tooMany'; most: number };

export interface CallSettings {
	apiVersion: string;
	timeout: number;
}

/** The call for up to 500 ids of one group. */
export function requestFor(
	{ module, fields }: Pick<Group, 'module' | 'fields'>,
	ids: readonly string[],
	{ apiVersion, timeout }: CallSettings,
): Request {
	return {
		method: 'POST',
		path: `/crm/${apiVersion}/${encodeURIComponent(module)}/actions/unblock_email`,
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ unblock_fields: fields, ids }),
		timeout,
		scope: unblockScopesBySource(module),
	};
}

/**
 * Reads a reply to a call of these ids, in every style that is documented or was seen: an entry a
 * record in `data`, in whatever order, with 200, 202 or 207 where some were done, and with 400 where
 * none was (the live API, by the only program found that sends 500 ids, and Zoho's specification of
 * mass_update); one error for the whole call, which may or may not say which record it is about (the
 * v8 OpenAPI file); and a flat success (the newest specification, for a single record).
 */
export function readReply(reply: Reply, ids: readonly string[]): CallResult {
	const { httpStatus } = reply;
	const body = asRecord(parseJson(reply.body));
	const { data } = body;
	const isList = Array.isArray(data);
	const entries: unknown[] = isList ? data : isFlatSuccess(body, reply) ? [body] : [];
	const outcomes = readEntries(entries, ids, reply);
	const isRefusal = httpStatus >= 400;
	const nameless = spokenIn(entries.length > 0 ? entries.filter(namesNobody) : [body]);
	const said = refusalOfAll(nameless, isRefusal);
	if (outcomes.size > 0 || (isList && !isRefusal && !said)) {
		const ofOthers = beyondRecords(nameless, reply);
		return { kind: 'entries', outcomes, isRefusal, ofOthers, waitMs: reply.retryAfterMs };
	}
	if (!said) {
		// A proxy on the way may take less than Zoho. Its page says nothing that could be read as a size.
		if (httpStatus === 413 && ids.length > 1) return { kind: 'tooMany', most: half(ids.length) };
		return { kind: 'refused', failure: unreadable('crm', reply) };
	}
	return readRefusal(said, ids, reply);
}

interface Spoken {
	refusal: Refusal;
	entry: Record<string, unknown>;
}

/** The entries that say anything, with what they say. */
function spokenIn(entries: readonly unknown[]): Spoken[] {
	return entries.flatMap((entry) => {
		const refusal = refusalIn(entry);
		return refusal ? [{ refusal, entry: asRecord(entry) }] : [];
	});
}

/**
 * What names nobody and is a refusal says no more than one error for the whole call, whatever the
 * HTTP status. Where nothing says that the call was refused, it is none if something was done.
 */
function refusalOfAll(nameless: readonly Spoken[], isRefusal: boolean): Spoken | undefined {
	const isDone = nameless.some(({ refusal, entry }) =>
		isSuccess(refusal.code || text(entry.status)),
	);
	return isDone && !isRefusal ? undefined : nameless[0];
}

/** What entries that name nobody say of more than a record. */
function beyondRecords(nameless: readonly Spoken[], { httpStatus }: Reply): Failure | undefined {
	const failures = nameless.map(({ refusal }) => classify('crm', refusal, { httpStatus }));
	return (
		failures.find(({ reach }) => reach === 'account') ??
		failures.find(({ reason }) => reason === 'rateLimited')
	);
}

/** An entry that names another record than the ones sent says nothing of them. */
function namesNobody(entry: unknown): boolean {
	const details = asRecord(asRecord(entry).details);
	return text(details.id) === '' && !ONE_INDEX.test(text(details.json_path));
}

/** What the newest specification shows for a single record in place of `data`. */
function isFlatSuccess(body: Record<string, unknown>, { httpStatus }: Reply): boolean {
	return httpStatus < 400 && isSuccess(text(body.code));
}

function readRefusal(said: Spoken, ids: readonly string[], reply: Reply): CallResult {
	const { refusal } = said;
	const details = asRecord(said.entry.details);
	const culprit = recordIn(details, ids, new Set(ids), /\bids\[(\d+)\]/);
	const classified = classify('crm', refusal, reply);
	if (culprit === undefined) {
		const most = sizeLimit(refusal, said.entry, ids.length, reply.httpStatus);
		if (most !== undefined) return { kind: 'tooMany', most };
		return { kind: 'refused', failure: classified };
	}
	// Whatever Zoho objects to, it named the one record that it is about.
	const isRecords = classified.reason === 'invalidRequest' || classified.reach === 'unclear';
	const failure: Failure = isRecords ? { ...classified, reach: 'record' } : classified;
	return { kind: 'refused', failure, culprit };
}

function readEntries(
	entries: unknown[],
	ids: readonly string[],
	reply: Reply,
): Map<string, Outcome> {
	const sent = new Set(ids);
	const outcomes = new Map<string, Outcome>();
	for (const entry of entries) {
		const { details: told, status } = asRecord(entry);
		const details = asRecord(told);
		// An entry that names another record is not about the one that was sent.
		const isOnly = ids.length === 1 && entries.length === 1 && text(details.id) === '';
		const id = recordIn(details, ids, sent, ONE_INDEX) ?? (isOnly ? ids[0] : undefined);
		const refusal = refusalIn(entry) ?? { code: text(status), message: '' };
		if (id === undefined || refusal.code === '') continue;
		const before = outcomes.get(id);
		const outcome = readEntry(refusal, reply);
		if (!before || weightOf(outcome) > weightOf(before)) outcomes.set(id, outcome);
	}
	return outcomes;
}

/** Of two entries for one record, the one counts that leaves more to do; of two alike, the first. */
function weightOf(outcome: Outcome): number {
	if (!isFailure(outcome)) return 0;
	return outcome.reason === 'alreadyUnblocked' ? 1 : 2;
}

function readEntry(refusal: Refusal, reply: Reply): Outcome {
	const { code, message } = refusal;
	if (isSuccess(code)) return { status: 'unblocked', code: 'SUCCESS', message };
	const classified = classify('crm', refusal, { httpStatus: reply.httpStatus });
	// An entry is about its record, whatever it says; a limit and a token are not.
	const isRecords = classified.reach === 'unclear' || classified.reach === 'call';
	return isRecords && !classified.transient ? { ...classified, reach: 'record' } : classified;
}

/** A path with one index in it: in an entry of `data`, that is the place of its record. */
const ONE_INDEX = /^(?!.*unblock_fields)[^[]*\[(\d+)\][^[]*$/;

const isSuccess = (code: string) => /^success$/i.test(code);

/**
 * The most ids the server takes, where it refused the call for having more: `maximum_length` as in
 * Zoho's mass APIs, else a number of ids in Zoho's message, else half of what was sent. In what a proxy
 * says, a number is a status, a version or a size in bytes.
 */
function sizeLimit(
	{ code, message }: Refusal,
	entry: Record<string, unknown>,
	sent: number,
	httpStatus: number,
): number | undefined {
	if (httpStatus === 429 || sent === 1) return undefined;
	const isZohos = isListed('crm', code) || text(entry.status) === 'error';
	const details = isZohos ? asRecord(entry.details) : {};
	const words = plain(message);
	const saysIds =
		/\b(ids?|records?)\b/.test(words) && !/\b(requests|calls|credits|minutes?)\b/.test(words);
	const inMessage =
		saysIds && isZohos ? /\b(\d+)\b(?! ?([kmg]i?b|bytes?)\b)/.exec(words)?.[1] : undefined;
	const stated = Number(text(details.maximum_length) || inMessage);
	const isLimit = /LIMIT|LENGTH|SIZE/.test(code);
	const saysMost = /\b(max\w*|more than|up to|at most|exceed\w*|limit\w*|only)\b/.test(words);
	const aboutSize =
		httpStatus === 413 ||
		details.maximum_length !== undefined ||
		(isLimit && (saysIds || details.api_name === 'ids' || details.json_path === '$.ids')) ||
		(code === 'INVALID_DATA' && saysIds && saysMost && stated < sent);
	if (!aboutSize) return undefined;
	return stated >= 1 && stated < sent ? Math.floor(stated) : half(sent);
}

const half = (sent: number) => Math.ceil(sent / 2);

/**
 * The record that something is about, by `details.id` or by its place among the ids. Not by
 * `resource_path_index`: it counts segments of the URL, and names nobody.
 *
 * @param place finds the index in `json_path`, such as `$.ids[3]`
 */
function recordIn(
	details: Record<string, unknown>,
	ids: readonly string[],
	sent: ReadonlySet<string>,
	place: RegExp,
): string | undefined {
	const named = text(details.id);
	if (sent.has(named)) return named;
	return ids[Number(place.exec(text(details.json_path))?.[1])];
}
