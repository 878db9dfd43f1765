import { json, type Reply } from '../reply';
import type { RecordReason } from './records';

/** One of Zoho's refusals: code, message, HTTP status. */
export interface Refusal {
	code: string;
	message: string;
	httpStatus: number;
}

/** Code, message and status as on the v6 page, for what is about the whole call. */
export const CALL_REFUSALS = {
	unauthenticated: refusal('AUTHENTICATION_FAILURE', 'Authentication failed', 401),
	deadToken: refusal('INVALID_TOKEN', 'invalid oauth token', 401),
	scope: refusal('OAUTH_SCOPE_MISMATCH', 'Unauthorized', 401),
	tooMany: refusal(
		'TOO_MANY_REQUESTS',
		'You have made too many requests. Please try again after some time.',
		429,
	),
	method: refusal('INVALID_REQUEST_METHOD', 'The http request method type is not a valid one', 400),
	url: refusal(
		'INVALID_URL_PATTERN',
		'Please check if the URL trying to access is a correct one',
		404,
	),
	module: refusal('INVALID_MODULE', 'The module name given seems to be invalid', 400),
	missing: refusal('MANDATORY_NOT_FOUND', 'required field not found', 400),
	wrongType: refusal('INVALID_DATA', 'invalid data', 400),
	unknownField: refusal('NOT_ALLOWED', 'unknown field provided', 400),
};

/**
 * Refusals of a list of records, by the pages "Get Records" (v3, v5) and the newest specification
 * (zoho/crm-oas 2026).
 */
export const PAGE_REFUSALS = {
	missing: refusal('REQUIRED_PARAM_MISSING', 'One of the expected parameter is missing', 400),
	limit: refusal('LIMIT_EXCEEDED', 'The value given exceeds the limit that is allowed', 400),
	cvid: refusal('INVALID_DATA', 'the cvid given seems to be invalid', 400),
	both: refusal('AMBIGUITY_DURING_PROCESSING', 'Ambiguity while processing', 400),
	pages: refusal(
		'DISCRETE_PAGINATION_LIMIT_EXCEEDED',
		'You can only get the first 2000 records without using page_token param',
		400,
	),
	records: refusal(
		'PAGINATION_LIMIT_EXCEEDED',
		'You can only get up to first 100000 records using page_token param',
		400,
	),
	token: refusal(
		'TOKEN_BOUND_DATA_MISMATCH',
		'The page_token given seems to be invalid or input param is added or altered or deleted',
		400,
	),
	expired: refusal('EXPIRED_VALUE', 'Page token expired', 400),
};

/** Code, message and status as on the v6 page, for what is about one record. */
export const RECORD_REFUSALS: Readonly<Record<RecordReason, Refusal>> = {
	noRecord: refusal('INVALID_DATA', 'Invalid record provided', 400),
	hard: refusal('NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently', 400),
	worn: refusal('NOT_ALLOWED', 'Cannot unblock, email has been unblocked 5 times already', 400),
	already: refusal('NOT_ALLOWED', 'Email is already unblocked', 400),
};

export function refusal(code: string, message: string, httpStatus: number): Refusal {
	return { code, message, httpStatus };
}

/** The refusal of a whole call: one error at the top, as the OpenAPI file has it. */
export function refuse({ code, message, httpStatus }: Refusal, details: object = {}): Reply {
	return json(httpStatus, { code, details, message, status: 'error' });
}

/** Where in the body something is missing or wrong. */
export function place(name: string) {
	return { api_name: name, json_path: `$.${name}` };
}

export function wrongType(name: string) {
	return { expected_data_type: 'jsonarray', ...place(name) };
}
