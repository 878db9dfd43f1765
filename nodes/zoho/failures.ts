/**
 * THE catalogue of failures: why a record or an address failed, how far the failure reaches, and
 * what a person can do about it. Pure. A Switch node can rely on `reason`: the list is closed.
 */

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
 * How far a failure reaches: one `record` (or address); every record of the `call`, and of all calls
 * like it; `unclear`, where nobody has said which of these two it is; the `account` (nothing more is
 * sent); or the `rest`: all that is still to be sent.
 */
export type Reach = 'record' | 'call' | 'unclear' | 'account' | 'rest';

/** A failure, classified. */
export interface Failure {
	reason: Reason;
	reach: Reach;
	code: string;
	message: string;
	resolution: string;
	/** Null where no reply came. */
	httpStatus: number | null;
	/** Whether the same item is worth another run as it is. */
	retryable: boolean;
	/** From when on it is, in ms on the clock of the run. */
	retryAt?: number;
	/** Whether Zoho may have done what was asked, although nobody has said so. */
	doubtful: boolean;
	/** Whether the same call may well succeed a moment later. */
	transient: boolean;
	/** The wait that Zoho asks for before that, in ms. */
	waitMs?: number;
	/** Whether the reply is one that nobody knew of: what it looks like is worth a report. */
	unexpected?: boolean;
}

/** Whether a result is a failure. */
export function isFailure(result: object | string): result is Failure {
	return typeof result === 'object' && 'reason' in result;
}

interface Meaning {
	reach: Reach;
	/** Whether the same item is worth another run as it is. */
	retryable: boolean;
	resolution: string;
}

/** Reasons that the same call may well be free of a moment later; the last three leave a doubt. */
const TRANSIENT: Reason[] = ['rateLimited', 'serverError', 'networkError', 'badResponse'];
const DOUBTFUL: Reason[] = TRANSIENT.slice(1);

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
			'Only temporarily blocked addresses can be unblocked. This one bounced for good (hard bounce): correct the address in the record, or stop mailing it.',
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
			'Zoho refused this for a reason of its own. Check the API version and, with a custom data center, the URL in the credential; the message says what Zoho objects to.',
	},
	noPermission: {
		reach: 'call',
		retryable: false,
		resolution:
			'The Zoho user who connected the credential may not do this, be it for the module or for this record. Ask the Zoho administrator for the permission (module access, sending mail), or connect with another user.',
	},
	invalidEmail: {
		reach: 'record',
		retryable: false,
		resolution:
			'This is no email address. Correct it in the data, or check the expression in "Email".',
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
		resolution:
			'Open the credential and connect it again: press "Switch account" (older versions of n8n: "Reconnect").',
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
			"Zoho could not be reached or did not reply in time, nor at the retries, if there were any. Check n8n's way to the internet (DNS, proxy, firewall) and run these items again: repeating is safe.",
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

/** Every reason, in the order in which the documentation lists them. */
export const REASONS = Object.keys(MEANINGS) as Reason[];

/** The code of a failure that Zoho never saw. */
export const NOT_SENT = 'NOT_SENT';

/**
 * A failure of the given reason, with what the catalogue says of it unless told otherwise.
 *
 * @param known at least a sentence that says what happened
 */
export function failure(reason: Reason, known: Partial<Failure> & { message: string }): Failure {
	return {
		reason,
		code: NOT_SENT,
		httpStatus: null,
		doubtful: DOUBTFUL.includes(reason),
		transient: TRANSIENT.includes(reason),
		...MEANINGS[reason],
		...known,
	};
}

/** The failure with the moment from when on a repeat is worth it, where a wait is known. */
export function dated(known: Failure, now: number): Failure {
	return known.waitMs === undefined ? known : { ...known, retryAt: now + known.waitMs };
}

/**
 * What is true of everything that a run did not get to.
 *
 * @param ending why the run ended early; none where it stopped at the failure of another item
 */
export function unsent(ending?: Failure): Failure {
	if (ending?.reach === 'rest') return { ...ending, message: `Not sent: ${ending.message}` };
	const why = ending ? `the run ended early (${ending.message})` : 'the run ended before its turn';
	return failure('notAttempted', {
		message: `Not sent: ${why}.`.replace('.).', ').'),
		...(ending ? { resolution: `${ending.resolution} Then run these items again.` } : {}),
	});
}

/**
 * The failure of a call whose repeat failed for another reason, where the reply to the first try was
 * lost: it may have been done then.
 */
export function withDoubt(later: Failure): Failure {
	return {
		...later,
		doubtful: true,
		retryable: true,
		message: `${later.message} The reply to an earlier call for this one was lost, so it is not known whether it was done.`,
	};
}
