/** Reading a refusal: where code and message stand in a reply, and what they mean. Pure. */
import { failure, type Failure, type Reason } from './failures';
import type { Service } from './hosts';
import { asRecord, plain, text } from './json';
import type { Reply } from './reply';
import { tryAgainAfterMs } from './waits';

/** What a refusal says, in whichever shape it came. */
export interface Refusal {
	code: string;
	message: string;
}

/** A rule matches a code and, where one code means several things, a phrase of the message. */
interface Rule {
	code: string;
	phrase?: RegExp;
	reason: Reason;
	known?: Partial<Failure>;
}

/**
 * Zoho CRM's v6, v7 and v8 pages "Unblock Email", its OpenAPI file for v8, the newest specification
 * (zoho/crm-oas, 2026), and the error pages of its mass APIs. NOT_ALLOWED means five different
 * things: only the message tells them apart.
 */
const CRM_RULES: Rule[] = [
	{
		code: 'NOT_ALLOWED',
		phrase: /blocked permanently|permanently blocked/,
		reason: 'permanentlyBlocked',
	},
	{ code: 'NOT_ALLOWED', phrase: /unblocked (5|five) times/, reason: 'unblockLimitReached' },
	{ code: 'NOT_ALLOWED', phrase: /already unblocked/, reason: 'alreadyUnblocked' },
	{ code: 'NOT_ALLOWED', phrase: /unknown field/, reason: 'unknownField' },
	{ code: 'NOT_ALLOWED', phrase: /not available for module/, reason: 'fieldNotAvailable' },
	{ code: 'INVALID_DATA', phrase: /invalid record|record id|id given/, reason: 'recordNotFound' },
	{ code: 'MANDATORY_NOT_FOUND', reason: 'missingField' },
	{ code: 'INVALID_MODULE', reason: 'invalidModule' },
	{ code: 'INVALID_REQUEST_METHOD', reason: 'invalidRequest' },
	{ code: 'INVALID_URL_PATTERN', reason: 'invalidRequest' },
	// The user may lack the right to the module, or to one record in it.
	{ code: 'NO_PERMISSION', reason: 'noPermission', known: { reach: 'unclear' } },
	{ code: 'OAUTH_SCOPE_MISMATCH', reason: 'scopeMismatch' },
	{ code: 'INVALID_OAUTHSCOPE', reason: 'scopeMismatch' },
	{ code: 'AUTHENTICATION_FAILURE', reason: 'authenticationFailed' },
	{ code: 'INVALID_TOKEN', reason: 'authenticationFailed' },
	{ code: 'TOO_MANY_REQUESTS', reason: 'rateLimited' },
	{ code: 'LIMIT_EXCEEDED', reason: 'rateLimited' },
	{ code: 'LIMIT_REACHED', reason: 'rateLimited' },
	{ code: 'INTERNAL_ERROR', reason: 'serverError' },
	{ code: 'INTERNAL_SERVER_ERROR', reason: 'serverError' },
];

/**
 * Zoho Campaigns' page "Move to Do-Not-Mail" and its list of common error codes; 2001 ("Please enter
 * correct XML(or)JSON format") from the page of its sister call "contact subscribe", 2006 from a live
 * program, 6607 from the page "Get Campaign Recipients Data".
 */
const CAMPAIGNS_RULES: Rule[] = [
	{ code: '0', phrase: /already/, reason: 'alreadyInDoNotMail' },
	{ code: '2006', reason: 'alreadyInDoNotMail' },
	{ code: '2004', reason: 'invalidEmail' },
	{ code: '2104', reason: 'serverError' },
	{ code: '903', reason: 'missingField' },
	{ code: '2001', reason: 'missingField' },
	{ code: '1007', reason: 'authenticationFailed' },
	{ code: '6607', reason: 'noPermission' },
	{ code: '2008', reason: 'rateLimited' },
];

const RULES: Record<Service, Rule[]> = {
	crm: CRM_RULES,
	// What stands before every Zoho API answers in CRM's words here, too.
	campaigns: [...CAMPAIGNS_RULES, ...CRM_RULES],
};

/**
 * What Zoho's throttle filter says, which stands before every Zoho API. It has four words for too
 * many calls, and puts them into the code, the title, the message or the cause. One of the words is
 * about calls that are open at one time: fewer at once will do, and nothing is locked. HIP_REQUIRED
 * asks for a captcha.
 */
function throttleIn(words: string): Partial<Failure> | undefined {
	if (/HIP_REQUIRED/i.test(words)) {
		return {
			retryable: false,
			transient: false,
			resolution:
				'Zoho wants to see a person: log in to Zoho in a browser as the user who connected the credential and solve the captcha. Then run these items again.',
		};
	}
	if (!/THROTTLES_LIMIT_EXCEEDED/i.test(words)) return undefined;
	return /URL_LIVE_/i.test(words) ? { reach: 'call' } : {};
}

/** The two words of Zoho's filter for a scope that was not granted. */
const SCOPE_WORDS = /INVALID_OAUTHSCOPE|OAUTH_SCOPE_MISMATCH/i;

/** The word for a scope that was not granted, wherever it stands in a text; undefined for none. */
export const scopeWordIn = (text: string) => SCOPE_WORDS.exec(text)?.[0]?.toUpperCase();

/** Codes of errors of Campaigns' sister calls, which have no rule of their own here. */
const SISTER_CODES = ['1006', '2005', '6002', '6101', '6303', '6601'];

const isOfSister = (service: Service, code: string) =>
	service === 'campaigns' && SISTER_CODES.includes(code);

/** Whether a code is one of an error that a source of Zoho's lists for a service, whatever it means. */
export function isListed(service: Service, code: string): boolean {
	return isOfSister(service, code) || RULES[service].some((rule) => rule.code === code);
}

/**
 * Reads a refusal through the catalogue: the throttle first, since it hides behind other codes, then
 * code, message and HTTP status. A code that no rule knows may be about one record of a CRM call or
 * about all; a call to Campaigns has one address, which it is about.
 *
 * @returns the failure, in Zoho's own words, with the wait that Zoho asks for
 */
export function classify(service: Service, refusal: Refusal, reply: ReplyHead): Failure {
	const { code, message } = refusal;
	const { httpStatus } = reply;
	const throttle = throttleIn(`${code} ${message}`);
	const words = plain(message);
	const rule = RULES[service].find(
		(rule) => rule.code === code && (!rule.phrase || rule.phrase.test(words)),
	);
	const waitMs = reply.retryAfterMs ?? tryAgainAfterMs(message);
	const isUnlisted =
		!throttle && !rule && !STATUSES_OF_ALL.includes(httpStatus) && httpStatus < 500;
	const reason = throttle ? 'rateLimited' : (rule?.reason ?? reasonOf(httpStatus));
	return failure(reason, {
		code: code || `HTTP_${httpStatus}`,
		message: message || `Zoho answered with HTTP status ${httpStatus}.`,
		httpStatus,
		...(waitMs === undefined ? {} : { waitMs }),
		...(reason === 'invalidRequest' && service === 'campaigns' ? { resolution: OF_CALL } : {}),
		...(isUnlisted ? reachOfUnlisted(service, refusal, reason) : {}),
		...(isUnlisted && !isOfSister(service, code) ? { unexpected: true } : {}),
		...(throttle ?? rule?.known),
	});
}

const OF_CALL =
	'Whoever answered takes no such call; the message says what it objects to. With a custom data center, check the URLs in the credential; else a proxy on the way may be answering in place of Zoho.';

const OF_ADDRESS =
	'Zoho Campaigns refused this address for a reason that is in no list of its errors; the message says what it objects to. Look the address up in Zoho Campaigns, or put it into Do-Not-Mail there by hand.';

/** How far a refusal reaches that no rule knows; what the catalogue says, where nothing was said. */
function reachOfUnlisted(
	service: Service,
	{ code, message }: Refusal,
	reason: Reason,
): Partial<Failure> {
	if (service === 'crm') return code === '' ? {} : { reach: 'unclear' };
	const isOfAddress = reason === 'invalidRequest' && code + message !== '';
	return isOfAddress ? { reach: 'record', resolution: OF_ADDRESS } : {};
}

/** What of a reply matters beside its words. */
type ReplyHead = Pick<Reply, 'httpStatus' | 'retryAfterMs'>;

/** HTTP statuses that no single record can be the cause of. */
const STATUSES_OF_ALL = [401, 404, 405, 407, 408, 413, 415, 425, 429];

/** Request Timeout and Too Early (RFC 9110, 15.5.9; RFC 8470, 5.2): the same call may pass later. */
const PASSING_STATUSES = [408, 425];

/** What an HTTP status means where code and message say nothing. */
function reasonOf(httpStatus: number): Reason {
	if (httpStatus === 401) return 'authenticationFailed';
	if (httpStatus === 403) return 'noPermission';
	if (httpStatus === 407) return 'networkError';
	if (httpStatus === 429) return 'rateLimited';
	if (httpStatus >= 500 || PASSING_STATUSES.includes(httpStatus)) return 'serverError';
	// A refusal that comes with HTTP 200 is one all the same; a redirect leads away from Zoho.
	return httpStatus >= 300 && httpStatus < 400 ? 'badResponse' : 'invalidRequest';
}

/**
 * The failure of a reply in which nothing of Zoho's can be read: it was cut off, or somebody else
 * on the way has answered, such as a proxy or a firewall.
 */
export function unreadable(service: Service, reply: Reply): Failure {
	const { httpStatus, body } = reply;
	if (httpStatus === 407) {
		return failure('networkError', {
			code: 'HTTP_407',
			message: 'A proxy on the way to Zoho refused the call (HTTP status 407): it wants a login.',
			resolution:
				"Give n8n the proxy's user name and password (HTTP_PROXY and HTTPS_PROXY), or have the proxy let n8n through. Zoho has not seen the call.",
			httpStatus,
			doubtful: false,
		});
	}
	const isCutOff = /^\s*[[{<]/.test(body) && !/<html|<!doctype/i.test(body.slice(0, 1000));
	const answer = classify(service, { code: '', message: '' }, reply);
	// A limit is one whatever its words are: calls that go on would meet a lock.
	if (httpStatus < 400 || (isCutOff && !answer.transient)) {
		return failure('badResponse', {
			code: 'BAD_RESPONSE',
			message: `Zoho's reply (HTTP status ${httpStatus}) cannot be read: it is not the ${service === 'crm' ? 'JSON' : 'JSON or XML'} that it should be.`,
			httpStatus,
			unexpected: true,
		});
	}
	if (answer.transient || body.trim() === '') return answer;
	return {
		...answer,
		message: `HTTP status ${httpStatus} came with a reply that is not Zoho's.`,
		resolution: `A proxy or a firewall on the way may have answered in place of Zoho. If not: ${answer.resolution}`,
		unexpected: true,
	};
}

/**
 * Finds code and message in a reply's parsed body, in every shape Zoho is known to use:
 * `code`/`message` (CRM), `Code`/`message` (Campaigns' errors), either of them nested under
 * `response`, the throttle's `error: { title, details: { message } }`, and a `cause`.
 *
 * @returns undefined where the body says none of them
 */
export function refusalIn(body: unknown): Refusal | undefined {
	const top = asRecord(body);
	const throttle = asRecord(top.error);
	if (typeof throttle.title === 'string' && !scopeWordIn(throttle.title)) {
		return { code: throttle.title, message: text(asRecord(throttle.details).message) };
	}
	const said = saidIn(body);
	const code = text(said.code ?? said.Code) || text(said.cause);
	const message = text(said.message);
	const cause = text(said.cause);
	const scope = scopeWordIn(filterWords(said));
	if (scope) return { code: scope, message: message || 'A scope was not granted.' };
	// The throttle's word must not get lost behind another code.
	const isThrottle = throttleIn(cause) && !throttleIn(`${code} ${message}`);
	if (isThrottle) return { code: cause, message };
	return code || message ? { code, message } : undefined;
}

/**
 * All that a body says: the filter puts its words into code, message, cause, `data.errorCode`, details
 * and more. `data` as a list is one of records, each with words of its own.
 */
function filterWords(said: Record<string, unknown>): string {
	const words = Array.isArray(said.data) ? { ...said, data: [] } : said;
	return JSON.stringify(words, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));
}

/** What a body says, be it at its top or nested under `response`. */
export function saidIn(body: unknown): Record<string, unknown> {
	const top = asRecord(body);
	return 'response' in top ? asRecord(top.response) : top;
}
