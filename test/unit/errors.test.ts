import fc from 'fast-check';

import {
	classify,
	fault,
	isFault,
	NOT_SENT,
	plain,
	refusalIn,
	unsent,
	type Reach,
	type Reason,
} from '../../nodes/zoho/errors';

const seed = Math.floor(Math.random() * 2 ** 31);
fc.configureGlobal({ seed });

/** The closed list that a Switch node relies on, with how far each failure reaches. */
const REACH: Record<Reason, Reach> = {
	recordNotFound: 'record',
	permanentlyBlocked: 'record',
	unblockLimitReached: 'record',
	alreadyUnblocked: 'record',
	invalidRecordId: 'record',
	unknownField: 'call',
	fieldNotAvailable: 'call',
	missingField: 'call',
	invalidModule: 'call',
	invalidRequest: 'call',
	noPermission: 'call',
	invalidEmail: 'record',
	alreadyInDoNotMail: 'record',
	authenticationFailed: 'account',
	scopeMismatch: 'account',
	rateLimited: 'rest',
	serverError: 'call',
	networkError: 'call',
	badResponse: 'call',
	notAttempted: 'record',
};
const REASONS = Object.keys(REACH) as Reason[];

/** Failures that pass by themselves: the others need somebody who mends their cause. */
const RETRYABLE = ['rateLimited', 'serverError', 'networkError', 'badResponse', 'notAttempted'];

describe.each(REASONS)('a failure for the reason %s', (reason) => {
	it('reaches as far as it should, and says whether it passes by itself', () => {
		const { reach, retryable } = fault(reason, { message: 'It failed.' });

		expect(reach).toBe(REACH[reason]);
		expect(retryable).toBe(RETRYABLE.includes(reason));
	});

	it('comes with advice in whole sentences', () => {
		expect(fault(reason, { message: 'It failed.' }).resolution).toMatch(/^[A-Z].{25,}[.)]$/);
	});
});

describe('the catalogue', () => {
	it('gives every reason advice of its own', () => {
		const advice = REASONS.map((reason) => fault(reason, { message: '' }).resolution);

		expect(new Set(advice).size).toBe(REASONS.length);
	});

	it('says that nothing was sent unless told otherwise, and lets what is known win', () => {
		expect(fault('invalidModule', { message: 'No.' })).toMatchObject({
			code: NOT_SENT,
			httpStatus: null,
			message: 'No.',
		});
		const known = { code: 'X', httpStatus: 400, resolution: 'Do.', retryable: true } as const;
		expect(fault('invalidModule', { message: 'No.', ...known })).toMatchObject(known);
	});
});

/** The v6 page's thirteen errors, and what Zoho's other pages add; the words are Zoho's. */
const CRM_ERRORS: Array<[code: string, message: string, httpStatus: number, reason: Reason]> = [
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
	['NO_PERMISSION', 'permission denied', 403, 'noPermission'],
	['TOO_MANY_REQUESTS', 'You have made too many requests.', 429, 'rateLimited'],
	['LIMIT_EXCEEDED', 'You have reached the maximum limit.', 400, 'rateLimited'],
	['LIMIT_REACHED', 'Maximum number of API credits reached', 400, 'rateLimited'],
	['URL_ROLLING_THROTTLES_LIMIT_EXCEEDED', 'Cannot execute more.', 400, 'rateLimited'],
	['INVALID_DATA', 'invalid data', 400, 'invalidRequest'],
	['NOT_ALLOWED', 'something that no page knows', 400, 'invalidRequest'],
	['', '', 401, 'authenticationFailed'],
	['', '', 403, 'noPermission'],
	['', '', 404, 'invalidRequest'],
	['', '', 413, 'invalidRequest'],
	['', '', 429, 'rateLimited'],
	['', '', 500, 'serverError'],
	['', '', 503, 'serverError'],
	['', '', 302, 'badResponse'],
	['SOMETHING_NEW', 'Zoho has thought of something.', 200, 'invalidRequest'],
	['SOMETHING_NEW', 'Zoho has thought of something.', 502, 'serverError'],
];

describe('CRM', () => {
	it.each(CRM_ERRORS)('%s "%s" (%i) means %s', (code, message, httpStatus, reason) => {
		expect(classify('crm', { code, message, httpStatus })).toEqual({
			...fault(reason, { message: message || `Zoho answered with HTTP status ${httpStatus}.` }),
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
		expect(classify('crm', { code: 'NOT_ALLOWED', message, httpStatus: 400 }).reason).toBe(reason);
	});

	it('keeps the words of Zoho as they are', () => {
		const message = 'Cannot unblock, Email is blocked permanently';

		expect(classify('crm', { code: 'NOT_ALLOWED', message, httpStatus: 400 }).message).toBe(
			message,
		);
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
		expect(classify('campaigns', { code, message, httpStatus }).reason).toBe(reason);
	});

	it('has codes that mean nothing to CRM', () => {
		expect(classify('crm', { code: '2004', message: '', httpStatus: 400 }).reason).toBe(
			'invalidRequest',
		);
	});
});

describe('a refusal is found', () => {
	const found = { httpStatus: 400, code: 'C', message: 'M' };

	it.each<[string, unknown]>([
		['at the top', { code: 'C', message: 'M', details: {}, status: 'error' }],
		['in capitals', { Code: 'C', message: 'M', URI: '/x' }],
		['under response', { response: { Code: 'C', message: 'M' } }],
		["in the throttle's form", { error: { title: 'C', details: { message: 'M' } } }],
	])('%s', (_, body) => {
		expect(refusalIn(400, body)).toEqual(found);
	});

	it('with a code that is a number', () => {
		expect(refusalIn(200, { code: 0, message: 'M' })).toEqual({
			httpStatus: 200,
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
		expect(refusalIn(400, body)).toBeUndefined();
	});
});

describe('what was not sent', () => {
	it('is not attempted when the run was stopped or cancelled', () => {
		expect(unsent()).toMatchObject({
			reason: 'notAttempted',
			code: NOT_SENT,
			message: 'Not sent: the run ended before its turn.',
			httpStatus: null,
			retryable: true,
		});
	});

	it('says what ended the run, and what to do about it first', () => {
		const ending = fault('authenticationFailed', { message: 'The token is dead.' });

		expect(unsent(ending)).toMatchObject({
			reason: 'notAttempted',
			message: 'Not sent: the run ended early (The token is dead).',
			resolution: `${ending.resolution} Then run these items again.`,
		});
	});

	it('is itself limited when a limit ended the run', () => {
		const ending = fault('rateLimited', { message: 'Too many.', retryAt: '2030-01-01T00:00:00Z' });

		expect(unsent(ending)).toEqual({ ...ending, message: 'Not sent: Too many.' });
	});
});

describe(`whatever Zoho answers (seed ${seed})`, () => {
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
					const result = classify(service, said);

					expect(isFault(result)).toBe(true);
					expect(REACH).toHaveProperty(result.reason);
					expect(result.reach).toBe(REACH[result.reason]);
					expect(result.resolution.length).toBeGreaterThan(25);
					expect(result.message).not.toBe('');
					expect(result.code).not.toBe('');
					expect(result.httpStatus).toBe(said.httpStatus);
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

				expect(classify('crm', { code, message: written, httpStatus }).reason).toBe(reason);
			}),
			{ numRuns: 2000 },
		);
	});

	it('is looked through for a refusal without an error', () => {
		fc.assert(
			fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (body) => {
				const result = refusalIn(400, body);

				if (result) expect(`${result.code}${result.message}`).not.toBe('');
			}),
			{ numRuns: 3000 },
		);
	});
});
