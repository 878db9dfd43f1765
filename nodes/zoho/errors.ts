/**
 * THE catalogue: what Zoho can answer, what it means, and what a person can do about it.
 * Pure. Both nodes read every refusal through here, so that a Switch node can rely on `reason`.
 */
import type { Service } from './hosts';

/** The closed list of reasons a record or an address can fail for. */
export type Reason =
	| 'recordNotFound'
	| 'permanentlyBlocked'
	| 'unblockLimitReached'
	| 'alreadyUnblocked'
	| 'invalidRecordId'
	| 'unknownField'
	| 'fieldNotAvailable'
	| 'missingField'
	| 'invalidModule'
	| 'invalidRequest'
	| 'noPermission'
	| 'invalidEmail'
	| 'alreadyInDoNotMail'
	| 'authenticationFailed'
	| 'scopeMismatch'
	| 'rateLimited'
	| 'serverError'
	| 'networkError'
	| 'badResponse'
	| 'notAttempted';

/**
 * How far a failure reaches: one `record` (or address), every record of the `call` (and of its group,
 * since the same call would fail again), the `account` (nothing more is sent), or the `rest`: all that
 * is still to be sent.
 */
export type Reach = 'record' | 'call' | 'account' | 'rest';

/** A failure, classified. `httpStatus` is null where no reply came; `retryAt` is an ISO time. */
export interface Fault {
	reason: Reason;
	reach: Reach;
	code: string;
	message: string;
	resolution: string;
	httpStatus: number | null;
	retryable: boolean;
	retryAt?: string;
}

/** Whether a result is a failure. */
export function isFault(result: object): result is Fault {
	return 'reason' in result;
}

interface Meaning {
	reach: Reach;
	/** Worth another try, by this node or by a later run. */
	retryable: boolean;
	resolution: string;
}

const MEANINGS: Record<Reason, Meaning> = {
	recordNotFound: {
		reach: 'record',
		retryable: false,
		resolution:
			'Zoho CRM knows no such record in this module. Check that the ID belongs to the chosen module and that the record was not deleted or merged.',
	},
	permanentlyBlocked: {
		reach: 'record',
		retryable: false,
		resolution:
			'Only temporarily blocked addresses can be unblocked. This one bounced hard: correct the address in the record, or stop mailing it.',
	},
	unblockLimitReached: {
		reach: 'record',
		retryable: false,
		resolution:
			'Zoho unblocks one address five times in its life, and these are used up. Put another address into the record, or stop mailing it.',
	},
	alreadyUnblocked: {
		reach: 'record',
		retryable: false,
		resolution:
			'Nothing to do: the address is not blocked. Set the option "Already Unblocked" to "Count as Success" to have it leave by the main output.',
	},
	invalidRecordId: {
		reach: 'record',
		retryable: false,
		resolution:
			'A record ID is a long number, kept as text, such as "2423488000000575001". Check the expression in "Record IDs" and the field it reads.',
	},
	unknownField: {
		reach: 'call',
		retryable: false,
		resolution:
			'Choose "Email", "Secondary Email" or both in "Fields to Unblock". Zoho knows no others here.',
	},
	fieldNotAvailable: {
		reach: 'call',
		retryable: false,
		resolution:
			'This module does not have the chosen field. Take it out of "Fields to Unblock", or choose the module that holds the address.',
	},
	missingField: {
		reach: 'call',
		retryable: false,
		resolution:
			'Zoho missed a required field. Choose at least one field to unblock and fill in the record IDs or the address; if all are there, a proxy on the way may be dropping part of the request.',
	},
	invalidModule: {
		reach: 'call',
		retryable: false,
		resolution:
			'Zoho CRM has no such module. Pick it from the list, or enter its API name (Zoho CRM: Setup > Developer Hub > APIs & SDKs > API names).',
	},
	invalidRequest: {
		reach: 'call',
		retryable: false,
		resolution:
			'Zoho refused the request as such. Check the API version and, with a custom data center, the URL in the credential; the message says what Zoho objects to.',
	},
	noPermission: {
		reach: 'call',
		retryable: false,
		resolution:
			'The Zoho user who connected the credential may not do this. Ask the Zoho administrator for the permission (module access, sending mail), or connect with another user.',
	},
	invalidEmail: {
		reach: 'record',
		retryable: false,
		resolution:
			'This is no e-mail address. Correct it in the data, or check the expression in "Email".',
	},
	alreadyInDoNotMail: {
		reach: 'record',
		retryable: false,
		resolution:
			'Nothing to do: the address is in the Do-Not-Mail registry. Set the option "Already in Do-Not-Mail" to "Count as Success" to have it leave by the main output.',
	},
	authenticationFailed: {
		reach: 'account',
		retryable: false,
		resolution: 'Open the credential and connect it again.',
	},
	scopeMismatch: {
		reach: 'account',
		retryable: false,
		resolution:
			'The connected account did not grant what this node needs. In the credential, choose the right services (or add the scope), save it and connect it again.',
	},
	rateLimited: {
		reach: 'rest',
		retryable: true,
		resolution:
			'Zoho takes no more calls for now. Run the workflow again later with the items that were not sent, and keep other users of the same Zoho account in mind.',
	},
	serverError: {
		reach: 'call',
		retryable: true,
		resolution:
			'Zoho failed, and so did the retries, if there were any. Run these items again later; if it lasts, see status.zoho.com.',
	},
	networkError: {
		reach: 'call',
		retryable: true,
		resolution:
			"Zoho could not be reached, nor at the retries, if there were any. Check n8n's way to the internet (DNS, proxy, firewall) and run these items again: repeating is safe.",
	},
	badResponse: {
		reach: 'call',
		retryable: true,
		resolution:
			'The reply could not be read, so it is not known whether this was done. Run these items again: repeating is safe. If it lasts, a proxy on the way may be answering in place of Zoho.',
	},
	notAttempted: {
		reach: 'record',
		retryable: true,
		resolution: 'Run these items again once the cause is mended.',
	},
};

/** The code of a failure that Zoho never saw. */
export const NOT_SENT = 'NOT_SENT';

/**
 * A failure of the given reason, with the catalogue's reach and resolution unless told otherwise.
 *
 * @param detail what is known: at least a sentence that says what happened
 */
export function fault(reason: Reason, detail: Partial<Fault> & { message: string }): Fault {
	return { reason, code: NOT_SENT, httpStatus: null, ...MEANINGS[reason], ...detail };
}

/**
 * What is true of everything that a run did not get to.
 *
 * @param ending why the run ended early; none for a cancelled execution or a stop at a failure
 */
export function unsent(ending?: Fault): Fault {
	if (ending?.reach === 'rest') return { ...ending, message: `Not sent: ${ending.message}` };
	const why = ending ? `the run ended early (${ending.message})` : 'the run ended before its turn';
	return fault('notAttempted', {
		message: `Not sent: ${why}.`.replace('.).', ').'),
		...(ending ? { resolution: `${ending.resolution} Then run these items again.` } : {}),
	});
}

/** What a refusal says, in whichever shape it came. */
export interface Refusal {
	httpStatus: number;
	code: string;
	message: string;
}

/** A rule matches a code and, where one code means several things, a phrase of the message. */
interface Rule {
	code: string;
	phrase?: RegExp;
	reason: Reason;
}

/**
 * Zoho CRM's v6 and v8 pages "Unblock Email", its OpenAPI file for v8, and the error pages of its
 * mass APIs. NOT_ALLOWED means five different things: only the message tells them apart.
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
	{ code: 'NO_PERMISSION', reason: 'noPermission' },
	{ code: 'OAUTH_SCOPE_MISMATCH', reason: 'scopeMismatch' },
	{ code: 'AUTHENTICATION_FAILURE', reason: 'authenticationFailed' },
	{ code: 'INVALID_TOKEN', reason: 'authenticationFailed' },
	{ code: 'TOO_MANY_REQUESTS', reason: 'rateLimited' },
	{ code: 'LIMIT_EXCEEDED', reason: 'rateLimited' },
	{ code: 'LIMIT_REACHED', reason: 'rateLimited' },
	{ code: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED', reason: 'rateLimited' },
	{ code: 'INTERNAL_ERROR', reason: 'serverError' },
	{ code: 'INTERNAL_SERVER_ERROR', reason: 'serverError' },
];

/**
 * Zoho Campaigns' page "Move to Do-Not-Mail" and its list of common error codes. The throttle that
 * stands before every Zoho API answers with a title instead of a code.
 */
const CAMPAIGNS_RULES: Rule[] = [
	{ code: '0', phrase: /already/, reason: 'alreadyInDoNotMail' },
	{ code: '2004', reason: 'invalidEmail' },
	{ code: '2104', reason: 'serverError' },
	{ code: '903', reason: 'missingField' },
	{ code: '1007', reason: 'authenticationFailed' },
	{ code: '2008', reason: 'rateLimited' },
];

const RULES: Record<Service, Rule[]> = {
	crm: CRM_RULES,
	// What stands before every Zoho API answers in CRM's words here, too.
	campaigns: [...CAMPAIGNS_RULES, ...CRM_RULES],
};

/**
 * Reads a refusal through the catalogue: code first, then message, then HTTP status.
 *
 * @returns the failure; `message` is Zoho's own
 */
export function classify(service: Service, refusal: Refusal): Fault {
	const { code, httpStatus } = refusal;
	const words = plain(refusal.message);
	const rule = RULES[service].find(
		(rule) => rule.code === code && (!rule.phrase || rule.phrase.test(words)),
	);
	return fault(rule?.reason ?? reasonOf(httpStatus), {
		code: code || `HTTP_${httpStatus}`,
		message: refusal.message || `Zoho answered with HTTP status ${httpStatus}.`,
		httpStatus,
	});
}

/** What an HTTP status means where code and message say nothing. */
function reasonOf(httpStatus: number): Reason {
	if (httpStatus === 401) return 'authenticationFailed';
	if (httpStatus === 403) return 'noPermission';
	if (httpStatus === 429) return 'rateLimited';
	if (httpStatus >= 500) return 'serverError';
	// A refusal that comes with HTTP 200 is one all the same; a redirect leads away from Zoho.
	return httpStatus >= 300 && httpStatus < 400 ? 'badResponse' : 'invalidRequest';
}

/** A message without case and punctuation, for comparing: Zoho writes the same one in several ways. */
export function plain(message: string): string {
	return message
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, ' ')
		.trim();
}

/**
 * Finds code and message in a reply's parsed body, in every shape Zoho is documented to use:
 * `code`/`message` (CRM), `Code`/`message` (Campaigns' errors), either of them nested under
 * `response`, and the throttle's `error: { title, details: { message } }`.
 *
 * @returns undefined where the body says neither
 */
export function refusalIn(httpStatus: number, body: unknown): Refusal | undefined {
	const top = asRecord(body);
	const throttle = asRecord(top.error);
	if (typeof throttle.title === 'string') {
		return { httpStatus, code: throttle.title, message: text(asRecord(throttle.details).message) };
	}
	const said = saidIn(body);
	const code = text(said.code ?? said.Code);
	const message = text(said.message);
	return code || message ? { httpStatus, code, message } : undefined;
}

/** What a body says, be it at its top or nested under `response`. */
export function saidIn(body: unknown): Record<string, unknown> {
	const top = asRecord(body);
	return 'response' in top ? asRecord(top.response) : top;
}

/** The value as an object to look into; an empty one where it is none. */
export function asRecord(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A text, or a number as text; empty for anything else that a reply may hold in its place. */
export function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
