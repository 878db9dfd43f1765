/** One page of a custom view: what is sent, and what the reply says. Pure. */
import { failure, isFailure, type Failure } from '../../zoho/failures';
import { asRecord, parseJson, text } from '../../zoho/json';
import { classify, refusalIn, unreadable } from '../../zoho/refusals';
import type { Reply, Request } from '../../zoho/reply';
import { readScope } from '../../zoho/scopes';
import { keepDigits, type CallSettings } from '../reply';

/** A record as a view shows it; null where it has no such address. */
export interface ViewRecord {
	readonly id: string;
	readonly email: string | null;
	readonly secondaryEmail: string | null;
}

/** Which page: by its number, from 1 on, or by the token that the page before it came with. */
export interface PagePlace {
	readonly page: number;
	readonly token?: string;
}

export type PageResult =
	| { kind: 'page'; records: ViewRecord[]; next: PagePlace | undefined }
	/** The token of the page is no longer good: the view is to be read from its start. */
	| { kind: 'stale'; failure: Failure }
	/** Zoho hands out no more of the view. */
	| { kind: 'cutOff'; failure: Failure }
	| { kind: 'refused'; failure: Failure };

/** Zoho's page "Get Records": so many records a page, at the most. */
const PER_PAGE = 200;

/** And so many pages by their numbers; those behind them by tokens only. */
const NUMBERED_PAGES = 10;

/**
 * The call for a page. Not sorted: Zoho's pages "Get Records" (v3, v5) say that `cvid` and `sort_by` do not
 * go together, and a program that calls v8 was refused for it.
 */
export function pageRequest(
	{ module, id }: { module: string; id: string },
	{ page, token }: PagePlace,
	{ apiVersion, timeout }: CallSettings,
): Request {
	const place = token === undefined ? `page=${page}` : `page_token=${encodeURIComponent(token)}`;
	const query = `cvid=${id}&fields=Email,Secondary_Email&per_page=${PER_PAGE}&${place}`;
	return {
		method: 'GET',
		path: `/crm/${apiVersion}/${encodeURIComponent(module)}?${query}`,
		headers: { accept: 'application/json' },
		timeout,
		scope: `${readScope(module)} ("Read Custom Views" in the credential)`,
	};
}

/** What a call for a page came to. */
export function readPage(reply: Reply | Failure, asked: PagePlace): PageResult {
	if (isFailure(reply)) return refused(reply);
	// An empty view, or a page behind the last record.
	if (reply.httpStatus === 204) return { kind: 'page', records: [], next: undefined };
	const body = asRecord(parseJson(keepDigits(reply.body)));
	if (reply.httpStatus < 300 && Array.isArray(body.data)) {
		const records = body.data.map(readRecord);
		const info = asRecord(body.info);
		const isWhole = records.every(({ id }) => id !== '') && typeof info.more_records === 'boolean';
		if (!isWhole) return refused(unreadable('crm', reply));
		const next = info.more_records ? pageAfter(asked, text(info.next_page_token)) : undefined;
		return { kind: 'page', records, next };
	}
	const refusal = refusalIn(body);
	if (!refusal) return refused(unreadable('crm', reply));
	return refused(classify('crm', refusal, reply), asRecord(body.details));
}

function readRecord(entry: unknown): ViewRecord {
	const { id, Email: email, Secondary_Email: secondary } = asRecord(entry);
	return { id: text(id), email: text(email) || null, secondaryEmail: text(secondary) || null };
}

function pageAfter({ page }: PagePlace, token: string): PagePlace {
	const next = { page: page + 1 };
	return next.page > NUMBERED_PAGES && token !== '' ? { ...next, token } : next;
}

const STALE = ['EXPIRED_VALUE', 'TOKEN_BOUND_DATA_MISMATCH'];
const CUT_OFF = ['PAGINATION_LIMIT_EXCEEDED', 'DISCRETE_PAGINATION_LIMIT_EXCEEDED'];

function refused(why: Failure, details: Record<string, unknown> = {}): PageResult {
	if (CUT_OFF.includes(why.code)) {
		const message = `Zoho hands out no more records of this custom view: ${why.message}`;
		return { kind: 'cutOff', failure: cutOff(why.code, message, why.httpStatus) };
	}
	const known = meaningHere(why, details);
	const message = `The custom view could not be read: ${why.message}`;
	// Reading changes nothing, so there is nothing that may have been done.
	const failure = { ...known, message, doubtful: false };
	return { kind: STALE.includes(why.code) ? 'stale' : 'refused', failure };
}

/** What a code of Zoho's says of a page, where that is something else than of a call that unblocks. */
function meaningHere(why: Failure, details: Record<string, unknown>): Failure {
	const { reason, code, message, httpStatus } = why;
	if (reason === 'badResponse') return { ...why, resolution: UNREADABLE };
	const parameter = text(details.param_name) || text(details.api_name);
	const isLimit = code === 'LIMIT_EXCEEDED' && httpStatus !== 429 && parameter !== '';
	if (code !== 'INVALID_DATA' && !isLimit) return why;
	const isOfView = parameter === 'cvid' || /\bcvid\b/.test(message);
	const known = { code, message, httpStatus };
	return failure('invalidRequest', isOfView ? { ...known, resolution: NO_SUCH_VIEW } : known);
}

const UNREADABLE =
	'The reply could not be read, and nothing of the view was unblocked for this item. Run it again. If it lasts, a proxy on the way may be answering in place of Zoho.';

export const NO_SUCH_VIEW =
	'The module has no custom view with this ID, or the Zoho user who connected the credential may not see it. Choose the view from the list, or take the ID from the address of the view in Zoho CRM: it is the long number behind "custom-view/".';

/** By Zoho's page "Get Records", page tokens lead to so many records of a view. */
export const MOST_RECORDS = 100_000;

/** A view that goes on behind them all the same: it may never end. */
export const BEYOND_LIMIT = cutOff(
	'TOO_MANY_RECORDS',
	`This custom view goes on after ${MOST_RECORDS.toLocaleString('en-US')} records, and no more are read of one.`,
);

function cutOff(code: string, message: string, httpStatus: number | null = null): Failure {
	return failure('notAttempted', {
		code,
		message,
		resolution:
			'The records up to there were read. For the others, run the workflow again once the unblocked ones have left the view, or split the view in Zoho CRM by a further filter.',
		httpStatus,
	});
}
