/** What can go wrong between a plan and Zoho. */
import { readThrown } from '../../../nodes/n8n/thrown';
import type { Failure, Reason } from '../../../nodes/zoho/failures';
import type { Service } from '../../../nodes/zoho/hosts';
import { retryAfterMs } from '../../../nodes/zoho/waits';
import type { Reply } from '../../../nodes/zoho/reply';
import { html, json, type Reply as ZohoReply } from '../../fake-zoho/reply';

export interface Trouble {
	/** What a call fails for that meets it, and is not made again. */
	reason: Reason;
	/** Requests that reach Zoho, where it is not the usual one. */
	arrivals?: 0 | 1;
	/** Whether Zoho does what it was asked to. */
	done: boolean;
	/** Whether nobody can know from here that it was not done. */
	leavesDoubt: boolean;
	/** Whether the plan may not try again after it. */
	ends?: true;
	/** It arrives only after the plan has given it up. */
	isLate?: true;
	/** What comes back in place of Zoho's reply: `nothing` ever, or a fault in the sender itself. */
	back: Failure | ((reply: Reply) => Reply) | 'nothing' | 'throws';
}

/** What n8n's request helper throws with this code, as the node reads it. */
function thrown(code: string, more: object = {}): Failure {
	const result = readThrown({ message: code, cause: { code, message: code, ...more } });
	if (!('failure' in result)) throw new Error(`${code} is read as a 401`);
	return result.failure;
}

function neverThere(code: string, more: object = {}): Trouble {
	const back = thrown(code, more);
	return { reason: 'networkError', arrivals: 0, done: false, leavesDoubt: false, back };
}

/** Zoho refuses the token, and no new one is to be had. */
function noToken(reason: Reason, code: string, more: object): Trouble {
	return { reason, arrivals: 1, done: false, leavesDoubt: false, back: thrown(code, more) };
}

function answer({ status, headers, body }: ZohoReply): Reply {
	return toReply(status, headers, body);
}

/** The answer of somebody on the way, or of a Zoho that fails, before or after the work. */
function instead(reason: Reason, reply: ZohoReply, done: boolean): Trouble {
	return { reason, done, leavesDoubt: true, back: () => answer(reply) };
}

/** Zoho takes no more for now, and has done nothing. */
function refused(reason: Reason, reply: ZohoReply): Trouble {
	return { reason, done: false, leavesDoubt: false, back: () => answer(reply) };
}

/** The connection fails once the call is under way. */
function lost(reason: Reason, code: string, done: boolean): Trouble {
	return { reason, done, leavesDoubt: true, back: thrown(code) };
}

function silent(done: boolean): Trouble {
	return { reason: 'networkError', done, leavesDoubt: true, back: 'nothing' };
}

/** A whole HTTP message whose JSON ends half way. */
function cutShort(done: boolean): Trouble {
	return {
		reason: 'badResponse',
		done,
		leavesDoubt: true,
		back: (reply) => ({ ...reply, body: reply.body.slice(0, reply.body.length / 2) }),
	};
}

/** A fault of the sender's own, which is not tried again. */
function broken(done: boolean): Trouble {
	return { reason: 'badResponse', done, leavesDoubt: true, ends: true, back: 'throws' };
}

const FAILED = json(500, '{"code":"INTERNAL_ERROR","message":"Internal Server Error"}');
const BAD_GATEWAY = html(502, '<h1>Bad Gateway</h1>');
const PAGE = html(200, '<h1>Log in</h1>');
const NOT_MOVED = json(200, '{"Code":"2104","message":"Error in Do-not-mail."}');
const TOO_MANY = json(429, '{"code":"TOO_MANY_REQUESTS","message":"too many"}');
const empty = (status: number) => ({ status, headers: {}, body: '' });

/** By name, so that a counterexample can be read. */
const NAMED = {
	connectionRefused: neverThere('ECONNREFUSED'),
	nameNotFound: neverThere('ENOTFOUND'),
	noProxyTunnel: neverThere('ERR_BAD_REQUEST', { message: 'tunneling socket failed' }),
	proxyWantsLogin: { ...refused('networkError', empty(407)), arrivals: 0 },
	tokenEndpointDown: noToken('serverError', 'ESTATUS', { status: 502 }),
	tokenRevoked: {
		...noToken('authenticationFailed', 'EAUTH', { body: { error: 'invalid_code' } }),
		ends: true,
	},
	resetBefore: lost('networkError', 'ECONNRESET', false),
	resetAfter: lost('networkError', 'ECONNRESET', true),
	timedOutBefore: lost('networkError', 'ECONNABORTED', false),
	timedOutAfter: lost('networkError', 'ECONNABORTED', true),
	cutOffBefore: lost('badResponse', 'ERR_BAD_RESPONSE', false),
	cutOffAfter: lost('badResponse', 'ERR_BAD_RESPONSE', true),
	cutJsonBefore: cutShort(false),
	cutJsonAfter: cutShort(true),
	silentBefore: silent(false),
	silentAfter: silent(true),
	late: { ...silent(true), isLate: true },
	failedBefore: instead('serverError', FAILED, false),
	failedAfter: instead('serverError', FAILED, true),
	badGatewayBefore: instead('serverError', BAD_GATEWAY, false),
	badGatewayAfter: instead('serverError', BAD_GATEWAY, true),
	notMovedBefore: instead('serverError', NOT_MOVED, false),
	notMovedAfter: instead('serverError', NOT_MOVED, true),
	unavailable: instead('serverError', empty(503), false),
	pageBefore: instead('badResponse', PAGE, false),
	pageAfter: instead('badResponse', PAGE, true),
	emptyBefore: instead('badResponse', empty(200), false),
	emptyAfter: instead('badResponse', empty(204), true),
	tooMany: refused('rateLimited', TOO_MANY),
	tooManyForAWhile: refused('rateLimited', { ...TOO_MANY, headers: { 'retry-after': '2' } }),
	brokenBefore: broken(false),
	brokenAfter: broken(true),
} satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof NAMED;

export const TROUBLES: Record<TroubleName, Trouble> = NAMED;

/** What can go wrong with any call of Zoho's; an error of Campaigns' own cannot with the CRM's. */
export const troubleNames = (service: Service) =>
	(Object.keys(NAMED) as TroubleName[]).filter(
		(name) => service === 'campaigns' || !name.startsWith('notMoved'),
	);

/** A reply as the connection hands it over. */
export function toReply(
	httpStatus: number,
	headers: Record<string, string>,
	body: string,
	now = 0,
): Reply {
	const waitMs = retryAfterMs(headers['retry-after'], now);
	return {
		httpStatus,
		headers,
		body,
		...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
	};
}
