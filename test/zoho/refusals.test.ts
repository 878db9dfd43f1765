import { failure, type Reason } from '../../nodes/zoho/failures';
import type { Service } from '../../nodes/zoho/hosts';
import { classify, refusalIn } from '../../nodes/zoho/refusals';
import { CRM_ERRORS } from './crmErrors';
import { REACH } from './reach';

const read = (service: Service, code: string, message: string, httpStatus: number) =>
	classify(service, { code, message }, { httpStatus });

describe('CRM', () => {
	const rows = CRM_ERRORS.map(
		([code, message, httpStatus, reason, reach = REACH[reason]]) =>
			[code, message, httpStatus, reason, reach] as const,
	);

	it.each(rows)('%s "%s" (%i) means %s', (code, message, httpStatus, reason, reach) => {
		expect(read('crm', code, message, httpStatus)).toMatchObject({
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

	it.each<[string, Reason]>([
		['MANDATORY_NOT_FOUND', 'missingField'],
		['INVALID_MODULE', 'invalidModule'],
		['NO_PERMISSION', 'noPermission'],
		['OAUTH_SCOPE_MISMATCH', 'scopeMismatch'],
		['INVALID_OAUTHSCOPE', 'scopeMismatch'],
		['AUTHENTICATION_FAILURE', 'authenticationFailed'],
		['INVALID_TOKEN', 'authenticationFailed'],
		['TOO_MANY_REQUESTS', 'rateLimited'],
		['LIMIT_EXCEEDED', 'rateLimited'],
		['LIMIT_REACHED', 'rateLimited'],
		['INTERNAL_ERROR', 'serverError'],
		['INTERNAL_SERVER_ERROR', 'serverError'],
	])('means %s by its code, whatever the HTTP status: %s', (code, reason) => {
		for (const service of ['crm', 'campaigns'] as const) {
			expect(read(service, code, 'No.', 200).reason).toBe(reason);
		}
	});

	it.each(['INVALID_REQUEST_METHOD', 'INVALID_URL_PATTERN'])(
		'blames no record for %s, which is about the request',
		(code) => {
			expect(read('crm', code, 'No.', 400)).toMatchObject({
				reason: 'invalidRequest',
				reach: 'call',
			});
		},
	);

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
		['1007', 'Unauthorized request.', 200, 'authenticationFailed'],
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

describe('a scope that was not granted', () => {
	it.each<[string, object]>([
		['as code', { code: 'INVALID_OAUTHSCOPE', message: 'No.' }],
		['as message', { code: '403', message: 'INVALID_OAUTHSCOPE' }],
		['as cause', { code: '1', message: 'No.', cause: 'INVALID_OAUTHSCOPE' }],
		['in data', { data: { errorCode: 'INVALID_OAUTHSCOPE' }, status: { code: 401 } }],
		['beside details that are a list', { code: 'INVALID_OAUTHSCOPE', details: [] }],
		['in details that are a list', { code: '7', details: [{ code: 'INVALID_OAUTHSCOPE' }] }],
		['under response', { response: { code: '7', details: ['INVALID_OAUTHSCOPE'] } }],
		["in the throttle's shape", { error: { title: 'INVALID_OAUTHSCOPE', details: {} } }],
		['in small letters', { code: 'invalid_oauthscope', message: 'no' }],
		['as an error', { error: 'INVALID_OAUTHSCOPE' }],
		['as the code of an error', { error: { code: 'OAUTH_SCOPE_MISMATCH' } }],
		['in a list of errors', { errors: [{ code: 'INVALID_OAUTHSCOPE' }] }],
		['as errorCode', { errorCode: 'INVALID_OAUTHSCOPE' }],
		['in the status', { status: { code: 401, description: 'INVALID_OAUTHSCOPE' } }],
		['in the older word', { code: 'X', message: 'OAUTH_SCOPE_MISMATCH: no' }],
	])('is known by its word: %s', (_, body) => {
		for (const service of ['crm', 'campaigns'] as const) {
			for (const httpStatus of [200, 401, 403]) {
				const refusal = refusalIn(body);
				expect(refusal && classify(service, refusal, { httpStatus })).toMatchObject({
					reason: 'scopeMismatch',
					reach: 'account',
				});
			}
		}
	});

	it('is not looked for among the records of a list, each of which has words of its own', () => {
		const body = { code: 'MULTIPLE', message: 'No.', data: [{ code: 'INVALID_OAUTHSCOPE' }] };

		expect(refusalIn(body)).toEqual({ code: 'MULTIPLE', message: 'No.' });
	});
});
