/** What the CRM says when it refuses, and what that means. */
import type { Reach, Reason } from '../../nodes/zoho/failures';

type Row = [code: string, message: string, httpStatus: number, reason: Reason, reach?: Reach];

/**
 * The v6 page's thirteen errors, and what Zoho's other pages add; the words are Zoho's. A refusal
 * that no page explains, or that may be about the right to one record, reaches nobody knows how far.
 */
export const CRM_ERRORS: Row[] = [
	['NOT_ALLOWED', 'unknown field provided', 400, 'unknownField'],
	['INVALID_DATA', 'Invalid record provided', 400, 'recordNotFound'],
	[
		'NOT_ALLOWED',
		'EMAIL, SECONDARY_EMAIL field not available for module',
		400,
		'fieldNotAvailable',
	],
	[
		'NOT_ALLOWED',
		'Cannot unblock, email has been unblocked 5 times already',
		400,
		'unblockLimitReached',
	],
	['NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently', 400, 'permanentlyBlocked'],
	['NOT_ALLOWED', 'Email is already unblocked', 400, 'alreadyUnblocked'],
	['MANDATORY_NOT_FOUND', 'required field not found', 400, 'missingField'],
	[
		'INVALID_REQUEST_METHOD',
		'The http request method type is not a valid one',
		400,
		'invalidRequest',
	],
	['INVALID_MODULE', 'The module name given seems to be invalid', 400, 'invalidModule'],
	['OAUTH_SCOPE_MISMATCH', 'Unauthorized', 401, 'scopeMismatch'],
	['AUTHENTICATION_FAILURE', 'Authentication failed', 401, 'authenticationFailed'],
	[
		'INVALID_URL_PATTERN',
		'Please check if the URL trying to access is a correct one',
		404,
		'invalidRequest',
	],
	['INTERNAL_ERROR', 'Internal Server Error', 500, 'serverError'],
	['INTERNAL_SERVER_ERROR', 'Internal Server Error', 500, 'serverError'],
	['INVALID_TOKEN', 'invalid oauth token', 401, 'authenticationFailed'],
	['NO_PERMISSION', 'permission denied', 403, 'noPermission', 'unclear'],
	['TOO_MANY_REQUESTS', 'You have made too many requests.', 429, 'rateLimited'],
	['LIMIT_EXCEEDED', 'You have reached the maximum limit.', 400, 'rateLimited'],
	['LIMIT_REACHED', 'Maximum number of API credits reached', 400, 'rateLimited'],
	['URL_ROLLING_THROTTLES_LIMIT_EXCEEDED', 'Cannot execute more.', 400, 'rateLimited'],
	['INVALID_DATA', 'invalid data', 400, 'invalidRequest', 'unclear'],
	['NOT_ALLOWED', 'something that no page knows', 400, 'invalidRequest', 'unclear'],
	['', '', 401, 'authenticationFailed'],
	['', '', 403, 'noPermission'],
	['', '', 404, 'invalidRequest'],
	['', '', 413, 'invalidRequest'],
	['', '', 429, 'rateLimited'],
	['', '', 500, 'serverError'],
	['', '', 503, 'serverError'],
	['', '', 302, 'badResponse'],
	['SOMETHING_NEW', 'Zoho has thought of something.', 200, 'invalidRequest', 'unclear'],
	['SOMETHING_NEW', 'Zoho has thought of something.', 405, 'invalidRequest', 'call'],
	['SOMETHING_NEW', 'Zoho has thought of something.', 502, 'serverError'],
];
