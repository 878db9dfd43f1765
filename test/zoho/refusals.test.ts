import { failure, isFailure, type Reach, type Reason } from '../../nodes/zoho/failures';
import type { Service } from '../../nodes/zoho/hosts';
import { plain } from '../../nodes/zoho/json';
import { classify, refusalIn } from '../../nodes/zoho/refusals';
import { fc } from '../support/fc';
import { REACH } from './reach';

const read = (service: Service, code: string, message: string, httpStatus: number) =>
	classify(service, { code, message }, { httpStatus });

type Row = [code: string, message: string, httpStatus: number, reason: Reason, reach?: Reach];

/**
 * The v6 page's thirteen errors, and what Zoho's other pages add; the words are Zoho's. A refusal
 * that no page explains, or that may be about the right to one record, reaches nobody knows how far.
 */
const CRM_ERRORS: Row[] = [
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

describe('CRM', () => {
	const rows = CRM_ERRORS.map(
		([code, message, httpStatus, reason, reach = REACH[reason]]) =>
			[code, message, httpStatus, reason, reach] as const,
	);

	it.each(rows)('%s "%s" (%i) means %s', (code, message, httpStatus, reason, reach) => {
		expect(read('crm', code, message, httpStatus)).toEqual({
			...failure(reason, { message: message || `Zoho answered with HTTP status ${httpStatus}.` }),
			reach,
			code: code || `HTTP_${httpStatus}`,
			httpStatus,
		});
	});

	it.each([
		['CANNOT UNBLOCK, EMAIL IS BLOCKED PERMANENTLY!', 'permanentlyBlocked'],
		['cannot unblock email is permanently blocked', 'permanentlyBlocked'],
		['Cannot unblock: e-mail has been unblocked (5) times, already.', 'unblockLimitReached'],
		['Email has been unblocked five times already', 'unblockLimitReached'],
		['email is ALREADY-unblocked.', 'alreadyUnblocked'],
		['Unknown field(s) provided', 'unknownField'],
		['SECONDARY_EMAIL  field  not  available for module "Deals"', 'fieldNotAvailable'],
	])('reads NOT_ALLOWED "%s" without case and punctuation: %s', (message, reason) => {
		expect(read('crm', 'NOT_ALLOWED', message, 400).reason).toBe(reason);
	});

	it('keeps the words of Zoho as they are', () => {
		const message = 'Cannot unblock, Email is blocked permanently';

		expect(read('crm', 'NOT_ALLOWED', message, 400).message).toBe(message);
	});
});

describe('Campaigns', () => {
	it.each<[string, string, number, Reason]>([
		['0', 'User already in Do-Not-Mail.', 200, 'alreadyInDoNotMail'],
		['2004', 'Invalid email address pattern.', 200, 'invalidEmail'],
		['2104', 'Error in Do-not-mail. Please retry after sometime.', 200, 'serverError'],
		['903', 'Mandatory fields are missing', 200, 'missingField'],
		['1007', 'Unauthorized request.', 401, 'authenticationFailed'],
		['2008', 'Calls limit exceeded.', 200, 'rateLimited'],
		['URL_ROLLING_THROTTLES_LIMIT_EXCEEDED', 'Try again after 22 minutes.', 400, 'rateLimited'],
		['OAUTH_SCOPE_MISMATCH', 'Unauthorized', 401, 'scopeMismatch'],
		['2007', 'Parameter value is invalid', 200, 'invalidRequest'],
		['', '', 502, 'serverError'],
	])('%s "%s" (%i) means %s', (code, message, httpStatus, reason) => {
		expect(read('campaigns', code, message, httpStatus).reason).toBe(reason);
	});

	it('has codes that mean nothing to CRM', () => {
		expect(read('crm', '2004', '', 400).reason).toBe('invalidRequest');
	});
});

describe('the throttle', () => {
	it.each<[string, string, string, number]>([
		['its code', 'URL_FIXED_THROTTLES_LIMIT_EXCEEDED', '', 400],
		['its message', 'INTERNAL_ERROR', 'URL_FIXED_THROTTLES_LIMIT_EXCEEDED', 200],
		['small letters', 'throttles_limit_exceeded', 'Slow down.', 400],
		['the sliding kind', 'URL_THROTTLES_LIMIT_EXCEEDED', '', 400],
		['the status of an error of its own', 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED', '', 500],
	])('is known by %s, in both services', (_, code, message, httpStatus) => {
		for (const service of ['crm', 'campaigns'] as const) {
			expect(read(service, code, message, httpStatus)).toMatchObject({
				reason: 'rateLimited',
				reach: 'rest',
				transient: true,
			});
		}
	});

	it('that counts calls at one time reaches no further than its call', () => {
		expect(read('campaigns', 'URL_LIVE_THROTTLES_LIMIT_EXCEEDED', '', 400)).toMatchObject({
			reason: 'rateLimited',
			reach: 'call',
			transient: true,
		});
	});

	it('that asks for a captcha needs a person, and no retry helps', () => {
		expect(read('crm', 'HIP_REQUIRED', '', 400)).toMatchObject({
			reason: 'rateLimited',
			transient: false,
			retryable: false,
			resolution: expect.stringContaining('captcha'),
		});
	});

	it('is found in the cause of a refusal with another code', () => {
		expect(refusalIn({ code: 'X', cause: 'throttles_limit_exceeded', message: 'M' })).toEqual({
			code: 'throttles_limit_exceeded',
			message: 'M',
		});
	});
});

describe('a refusal is found', () => {
	const found = { code: 'C', message: 'M' };

	it.each<[string, unknown]>([
		['at the top', { code: 'C', message: 'M', details: {}, status: 'error' }],
		['in capitals', { Code: 'C', message: 'M', URI: '/x' }],
		['under response', { response: { Code: 'C', message: 'M' } }],
		["in the throttle's form", { error: { title: 'C', details: { message: 'M' } } }],
	])('%s', (_, body) => {
		expect(refusalIn(body)).toEqual(found);
	});

	it('with a code that is a number', () => {
		expect(refusalIn({ code: 0, message: 'M' })).toEqual({
			code: '0',
			message: 'M',
		});
	});

	it.each<unknown>([
		undefined,
		null,
		'',
		'C',
		7,
		[],
		{},
		{ response: null },
		{ error: 'C' },
		{ code: {} },
	])('nowhere in %j', (body) => {
		expect(refusalIn(body)).toBeUndefined();
	});
});

describe('whatever Zoho answers', () => {
	const codes = [...new Set(CRM_ERRORS.map(([code]) => code)), '0', '903', '1007', '2004', '2008'];
	const refusal = fc.record({
		code: fc.oneof(fc.string(), fc.constantFrom(...codes, 'toString', '__proto__')),
		message: fc.oneof(
			fc.string({ unit: 'grapheme' }),
			fc.constantFrom(...CRM_ERRORS.map(([, message]) => message)),
		),
		httpStatus: fc.integer({ min: 100, max: 999 }),
	});

	it('has a reason of the closed list, a message, and advice', () => {
		fc.assert(
			fc.property(
				fc.constantFrom('crm' as const, 'campaigns' as const),
				refusal,
				(service, said) => {
					const { httpStatus, ...words } = said;
					const result = classify(service, words, { httpStatus });

					expect(isFailure(result)).toBe(true);
					expect(REACH).toHaveProperty(result.reason);
					expect([REACH[result.reason], 'unclear']).toContain(result.reach);
					expect(result.resolution.length).toBeGreaterThan(25);
					expect(result.message).not.toBe('');
					expect(result.code).not.toBe('');
					expect(result.httpStatus).toBe(httpStatus);
				},
			),
			{ numRuns: 5000 },
		);
	});

	it('means the same in any case and with any punctuation between its words', () => {
		const separators = fc.array(fc.constantFrom(' ', ', ', '  ', ' - ', '. ', '_', '\n'), {
			minLength: 12,
			maxLength: 12,
		});
		fc.assert(
			fc.property(fc.constantFrom(...CRM_ERRORS), fc.boolean(), separators, (error, upper, by) => {
				const [code, message, httpStatus, reason] = error;
				const words = plain(message).split(' ');
				const spaced = words.map((word, i) => word + (by[i] ?? ' ')).join('');
				const written = upper ? spaced.toUpperCase() : spaced;

				expect(read('crm', code, written, httpStatus).reason).toBe(reason);
			}),
			{ numRuns: 2000 },
		);
	});

	it('is looked through for a refusal without an error', () => {
		fc.assert(
			fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (body) => {
				const result = refusalIn(body);

				if (result) expect(`${result.code}${result.message}`).not.toBe('');
			}),
			{ numRuns: 3000 },
		);
	});
});
