import { isFailure } from '../../nodes/zoho/failures';
import {
	DO_NOT_MAIL_ERRORS,
	DO_NOT_MAIL_JSON_SAMPLE,
	DO_NOT_MAIL_XML_SAMPLE,
} from '../fake-zoho/facts';
import { error, read, reasonOf, throttled, xml } from './replies';

describe('a success', () => {
	const moved = {
		status: 'moved',
		code: '0',
		message: 'User successfully moved to Do-Not-Mail.',
	};

	it.each([
		['the JSON sample of the page', DO_NOT_MAIL_JSON_SAMPLE],
		['the XML sample of the page', DO_NOT_MAIL_XML_SAMPLE],
		['the JSON sample under `response`', { response: DO_NOT_MAIL_JSON_SAMPLE }],
		['a code that is a number', { ...DO_NOT_MAIL_JSON_SAMPLE, code: 0 }],
		['XML without a head', xml('0', 'User successfully moved to Do-Not-Mail.', '')],
		['XML in one line', DO_NOT_MAIL_XML_SAMPLE.replace(/\s*\n\s*/g, '')],
		['XML with text that is spaced', xml('0', '\n User successfully moved to Do-Not-Mail. \n')],
	])('is read from %s', (_, body) => {
		expect(read(body)).toEqual(moved);
	});

	it.each([
		['the code 200', { code: '200' }, '200'],
		['a code of no known kind', { code: 'SUCCESS' }, 'SUCCESS'],
		['a number for it', { code: 200 }, '200'],
		['no code', { code: undefined }, '0'],
		['a status in capitals', { code: '200', status: 'SUCCESS' }, '200'],
	])('is what says so in its status, with %s', (_, known, code) => {
		const body = { ...DO_NOT_MAIL_JSON_SAMPLE, ...known };

		expect(read(body)).toEqual({ ...moved, code });
		expect(read({ response: body }, 202)).toEqual({ ...moved, code });
		expect(reasonOf({ ...body, message: 'User already in Do-Not-Mail.' })).toBe(
			'alreadyInDoNotMail',
		);
	});

	it('is one with nothing but the status', () => {
		for (const body of [{ status: 'success' }, { response: { status: 'SUCCESS', code: null } }]) {
			expect(read(body)).toEqual({ status: 'moved', code: '0', message: '' });
		}
	});

	it('is not "already in" for the words of the address', () => {
		const body = { ...DO_NOT_MAIL_JSON_SAMPLE, message: 'already.there@example.com was moved.' };

		expect(reasonOf(body)).toBe('moved');
	});

	it.each([
		'903',
		'1006',
		'2001',
		'2005',
		'6002',
		'6303',
		'6601',
		'2004',
		'2104',
		'1007',
		'6607',
		'INVALID_OAUTHSCOPE',
		'NO_PERMISSION',
	])('is none where its code is a listed error: %s', (code) => {
		expect(isFailure(read({ ...DO_NOT_MAIL_JSON_SAMPLE, code }))).toBe(true);
	});

	it('is none where it speaks of the throttle', () => {
		const message = 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED';

		expect(reasonOf({ ...DO_NOT_MAIL_JSON_SAMPLE, code: '200', message })).toBe('rateLimited');
	});

	it('is none where neither status nor code says so', () => {
		expect(reasonOf({ code: '200', message: 'Done.' })).toBe('invalidRequest');
		expect(reasonOf({ code: '0', status: 'failure', message: 'Not done.' })).toBe('invalidRequest');
		expect(reasonOf(xml('200', 'Done.'))).toBe('invalidRequest');
	});

	it('is told from "already in" by the message alone, without case and punctuation', () => {
		for (const message of ['User already in Do-Not-Mail.', 'USER ALREADY IN DO NOT MAIL!']) {
			for (const body of [
				{ ...DO_NOT_MAIL_JSON_SAMPLE, message },
				error('0', message),
				{ response: error('0', message) },
				xml('0', message),
			]) {
				expect(read(body)).toMatchObject({ reason: 'alreadyInDoNotMail', code: '0', message });
			}
		}
	});

	it('is never read from a status of 400 or more', () => {
		expect(reasonOf(DO_NOT_MAIL_JSON_SAMPLE, 400)).toBe('invalidRequest');
		expect(reasonOf(DO_NOT_MAIL_JSON_SAMPLE, 503)).toBe('serverError');
	});
});

describe('a refusal', () => {
	it('of the page has a reason of its own for each of its errors, with capitals or without', () => {
		const reasons = DO_NOT_MAIL_ERRORS.map(([code, message]) => {
			const answers = [error(code, message), { code, message }, xml(code, message)];
			const [reason, ...others] = [
				...answers.map((body) => reasonOf(body)),
				...answers.map((body) => reasonOf(body, 400)),
			];
			expect(new Set(others)).toEqual(new Set([reason]));
			return reason;
		});
		expect(reasons).toEqual(['alreadyInDoNotMail', 'invalidEmail', 'serverError']);
	});

	it.each([
		['903', 'Mandatory fields are missing', 200, 'missingField'],
		['1007', 'Unauthorized request.', 401, 'authenticationFailed'],
		['1007', 'Unauthorized request.', 200, 'authenticationFailed'],
		['2008', 'Calls limit exceeded.', 200, 'rateLimited'],
		['2007', 'Parameter value is invalid', 200, 'invalidRequest'],
		['9999', 'Never heard of', 200, 'invalidRequest'],
		['9999', 'Never heard of', 403, 'noPermission'],
		['9999', 'Never heard of', 429, 'rateLimited'],
		['9999', 'Never heard of', 500, 'serverError'],
		['', 'Only words', 400, 'invalidRequest'],
	])('with code %p, "%s" and HTTP %i is %4$s', (code, message, status, reason) => {
		const outcome = read(error(code, message), status);

		expect(outcome).toMatchObject({
			reason,
			message,
			code: code || `HTTP_${status}`,
			httpStatus: status,
		});
		expect((outcome as { resolution: string }).resolution).toMatch(/\w/);
	});

	it.each([
		[400, 'invalidRequest'],
		[401, 'authenticationFailed'],
		[403, 'noPermission'],
		[404, 'invalidRequest'],
		[429, 'rateLimited'],
		[500, 'serverError'],
		[503, 'serverError'],
	])('that says nothing but HTTP %i goes by the status', (status, reason) => {
		for (const body of ['', '<html><body>Gateway</body></html>', 'null']) {
			expect(read(body, status)).toMatchObject({
				reason,
				code: `HTTP_${status}`,
				httpStatus: status,
			});
		}
	});
});

describe('a refusal of the sister calls and of other programs', () => {
	it.each([
		['2001', 'Please enter correct XML(or)JSON format', 'missingField', 'call'],
		['2006', 'Contact is in Do-Not-Mail registry', 'alreadyInDoNotMail', 'record'],
		['6607', 'You do not have permission', 'noPermission', 'call'],
		['2005', 'Group email address added.', 'invalidRequest', 'record'],
		['1006', 'Multiple key entries are not supported.', 'invalidRequest', 'record'],
		['', 'No.', 'invalidRequest', 'record'],
	])('%s "%s" means %s', (code, message, reason, reach) => {
		for (const status of [200, 400]) {
			expect(read(error(code, message), status)).toMatchObject({ reason, reach, message });
		}
	});

	it('speaks of no API version, which a call to Campaigns does not have', () => {
		for (const body of [error('2005', 'Group email address added.'), '<html>gone</html>', '']) {
			for (const status of [400, 404, 405]) {
				expect(read(body, status)).not.toHaveProperty(
					'resolution',
					expect.stringContaining('API version'),
				);
			}
		}
	});
});

describe('a refusal that is cut off', () => {
	it.each([400, 401, 403, 404])('says nothing by its HTTP status (%i)', (status) => {
		for (const body of ['{"code":"1007","mess', '<response><code>1007</co']) {
			expect(read(body, status)).toMatchObject({ reason: 'badResponse', httpStatus: status });
		}
	});

	it('is a failure of the server where its status says so', () => {
		expect(reasonOf('{"code":"1007","mess', 503)).toBe('serverError');
	});

	it('is a limit where its status says so', () => {
		expect(reasonOf('{"code":"2008","mess', 429)).toBe('rateLimited');
	});
});

describe('a code of success', () => {
	it('with the status of an error is none, unless the address is in already', () => {
		expect(reasonOf(error('0', 'Error occurred while processing.'))).toBe('invalidRequest');
		expect(reasonOf(error('0', 'User already in Do-Not-Mail.'))).toBe('alreadyInDoNotMail');
	});
});

describe('a failure with Retry-After', () => {
	it('says when to try again', () => {
		expect(read('', 503, 7_200_000)).toMatchObject({
			reason: 'serverError',
			waitMs: 7_200_000,
		});
	});
});

describe('a reply that cannot be read', () => {
	it.each([
		['nothing', ''],
		['white space', ' \n'],
		['a page', '<!DOCTYPE html><html><body><h1>Welcome</h1></body></html>'],
		['JSON that ends half way', '{"code":"0","message":"User succ'],
		['XML that ends half way', DO_NOT_MAIL_XML_SAMPLE.slice(0, 120)],
		['JSON without code, message and status', '{"version":"1.1"}'],
		['a list', '[{"code":"0"}]'],
		['a number', '0'],
		['a text', '"code 0"'],
		['XML with a DOCTYPE', `<!DOCTYPE a [<!ENTITY e "0">]>${xml('&e;', 'a', '')}`],
		['XML with an entity of its own', xml('0', '&e;')],
		['XML with CDATA', xml('<![CDATA[0]]>', 'moved')],
		['XML with a comment', xml('0', '<!-- a -->moved')],
		['XML with a field in a field', xml('0', '<b>moved</b>')],
		['XML whose tags do not match', xml('0', 'moved').replace('</code>', '</kode>')],
		['XML with something after it', `${xml('0', 'moved')}<response/>`],
		['another document', '<result><code>0</code></result>'],
	])('is a bad one: %s', (_, body) => {
		expect(read(body)).toMatchObject({ reason: 'badResponse', httpStatus: 200 });
	});

	it('is a redirect too, whatever it says', () => {
		expect(reasonOf('', 302)).toBe('badResponse');
	});

	it('is given up on at once, however long it is', () => {
		for (const body of ['<response>'.repeat(50_000), `<response${' a="b"'.repeat(50_000)}`]) {
			expect(reasonOf(body)).toBe('badResponse');
		}
	});
});

describe('a lock', () => {
	const message = 'Cannot execute more than 100 requests per API in 2 minutes. Try again after ';

	it.each<[string, string | object, number, number | undefined, number | undefined]>([
		['the throttle with HTTP 400', throttled(`${message}22 minutes.`), 400, undefined, 22 * 60_000],
		['the throttle with HTTP 200', throttled(`${message}1 minute.`), 200, undefined, 60_000],
		['the throttle in hours', throttled(`${message}2 hours`), 400, undefined, 7_200_000],
		['the throttle in seconds', throttled(`${message}45 seconds.`), 400, undefined, 45_000],
		['the throttle without a time', throttled(`${message}sometime.`), 400, undefined, undefined],
		['2008', error('2008', 'Calls limit exceeded.'), 200, undefined, undefined],
		['2008 in XML', xml('2008', 'Calls limit exceeded.'), 200, undefined, undefined],
		['a bare 429', 'Too Many Requests', 429, undefined, undefined],
		['Retry-After', 'Too Many Requests', 429, 90_000, 90_000],
		['Retry-After before the message', throttled(`${message}22 minutes.`), 400, 90_000, 90_000],
		['a time that is over', '', 429, 0, 0],
	])('is as long as the reply says: %s', (_, body, status, retryAfterMs, waitMs) => {
		const outcome = read(body, status, retryAfterMs);

		expect(outcome).toMatchObject({ reason: 'rateLimited', retryable: true });
		expect(isFailure(outcome) && outcome.waitMs).toBe(waitMs);
	});

	it('is not read into a failure that says to try again after a while', () => {
		const failure = read(error('2104', 'Error in Do-not-mail. Please retry after 5 minutes.'));

		expect(failure).toMatchObject({ reason: 'serverError' });
		expect(failure).not.toHaveProperty('waitMs');
	});
});
