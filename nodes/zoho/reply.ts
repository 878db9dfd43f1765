import type { Failure } from './failures';

/** One call, without what the connection adds: the host and the token. */
export interface Request {
	method: 'GET' | 'POST';
	/** Path and query, encoded, from the slash after the host. */
	path: string;
	headers?: Record<string, string>;
	/** Sent as it is. */
	body?: string;
	/** For the connection to be silent, in ms; who calls keeps the deadline for the whole. */
	timeout: number;
	/** The scopes it needs, to be named where they are missing. */
	scope: string;
}

/** A reply of Zoho's as it came. */
export interface Reply {
	httpStatus: number;
	headers: Record<string, string | undefined>;
	/** Text, since JSON numbers would cut the digits of record IDs. */
	body: string;
	/** The wait that the Retry-After header asks for, in ms. */
	retryAfterMs?: number;
}

/** What became of a call: a reply, whatever its status, or the failure that kept it from coming. */
export interface Answer {
	reply: Reply | Failure;
	/** The HTTP requests that were made: more than one where n8n renewed the token on the way. */
	requests: number;
}
