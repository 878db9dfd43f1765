import { readThrown } from '../../nodes/n8n/thrown';
import type { Failure } from '../../nodes/zoho/failures';

/** What n8n throws around the HTTP client's error. */
const wrapped = (cause: object, rest: object = {}) =>
	Object.assign(new Error('wrapped'), { cause, ...rest });

/** What n8n throws where it has lost that error: the status or the code, and words. */
const lost = (httpCode: string | null, message: string, rest: object = {}) =>
	Object.assign(new Error(message), { httpCode, ...rest });

/** The failure that an error is read as. */
function failureOf(error: unknown): Failure {
	const thrown = readThrown(error);
	if ('failure' in thrown) return thrown.failure;
	throw new Error('it was read as a 401');
}

describe('a dead token', () => {
	it.each<[string, object, string | undefined]>([
		['words', { response: { status: 401, data: '{"code":"X"}' } }, '{"code":"X"}'],
		['JSON', { response: { status: 401, data: { code: 'X' } } }, '{"code":"X"}'],
		['nothing', { response: { status: 401 } }, undefined],
		['words of the OAuth2 client', { status: 401, body: 'words' }, 'words'],
		['JSON of the OAuth2 client, which is no reply of Zoho', { status: 401, body: {} }, undefined],
	])('is known by its status, with %s', (_, cause, body) => {
		expect(readThrown(wrapped(cause))).toEqual({ unauthorized: true, body });
		expect(readThrown(cause)).toEqual({ unauthorized: true, body });
	});

	it('is known where the engine has lost all but the status', () => {
		expect(readThrown(lost('401', 'Authorization failed'))).toEqual({
			unauthorized: true,
			body: undefined,
		});
	});
});

describe('a reply that was cut off', () => {
	it.each<[string, unknown, number | null, string]>([
		['aborted', wrapped({ code: 'ECONNRESET', message: 'aborted' }), null, 'ECONNRESET'],
		['aborted, without a code', lost(null, 'The request was Aborted'), null, 'BAD_RESPONSE'],
		['aborted, in a description', lost(null, '', { description: 'aborted' }), null, 'BAD_RESPONSE'],
		[
			'aborted, in older words',
			lost(null, 'x', { messages: ['y', 'aborted'] }),
			null,
			'BAD_RESPONSE',
		],
		['unusable', wrapped({ code: 'ERR_BAD_RESPONSE' }), null, 'ERR_BAD_RESPONSE'],
		['unusable, the error lost', lost('ERR_BAD_RESPONSE', 'x'), null, 'ERR_BAD_RESPONSE'],
		['of a status alone', wrapped({ response: { status: 200 } }), 200, 'BAD_RESPONSE'],
	])('(%s) leaves open what was done', (_, error, httpStatus, code) => {
		expect(failureOf(error)).toMatchObject({
			reason: 'badResponse',
			message: 'The connection was cut in the middle of the reply.',
			doubtful: true,
			httpStatus,
			code,
		});
	});

	it('is none where the time was up, though clients say "aborted" for it', () => {
		const error = wrapped({ code: 'ECONNABORTED', message: 'timeout of 5 ms exceeded, aborted' });

		expect(failureOf(error)).toMatchObject({ reason: 'networkError', code: 'ECONNABORTED' });
	});
});

describe('a token that could not be renewed', () => {
	it.each<[string, unknown]>([
		['as the client says', wrapped({ code: 'EAUTH', body: { error: 'invalid_code' } })],
		[
			'as its message says',
			wrapped({ code: 'EAUTH', message: 'invalid_code', body: { error: 7 } }),
		],
		['the error lost', lost('EAUTH', 'invalid_code')],
	])('is told with the word of Zoho, %s', (_, error) => {
		expect(failureOf(error)).toMatchObject({
			reason: 'authenticationFailed',
			code: 'invalid_code',
			resolution: expect.stringContaining('access was revoked'),
		});
	});

	it.each<[string, unknown, number | null, string]>([
		[
			'failed (HTTP status 503)',
			wrapped({ response: { status: 503, data: 'x' } }),
			503,
			'HTTP_503',
		],
		[
			'failed (HTTP status 502)',
			wrapped({ code: 'ERR_BAD_RESPONSE', status: 502 }),
			502,
			'HTTP_502',
		],
		['failed (HTTP status 300)', wrapped({ code: 'ESTATUS', status: 300 }), 300, 'HTTP_300'],
		[
			'sent no token that can be read',
			wrapped({ response: { status: 299, data: 'x' } }),
			299,
			'HTTP_299',
		],
		['sent no token that can be read', wrapped({ code: 'ESTATUS' }), null, 'NO_TOKEN'],
		[
			'sent no token that can be read',
			wrapped({ message: 'Unexpected token < in JSON at 0' }),
			null,
			'NO_TOKEN',
		],
		[
			'sent no token that can be read',
			lost(null, 'Unsupported content type: text/html'),
			null,
			'NO_TOKEN',
		],
	])(
		'since the accounts server %s fails the account, and no call is in doubt',
		(how, error, httpStatus, code) => {
			expect(failureOf(error)).toMatchObject({
				reason: 'serverError',
				reach: 'account',
				message: `Zoho's accounts server ${how} when the access token was to be renewed.`,
				doubtful: false,
				httpStatus,
				code,
			});
		},
	);

	it.each<[string, unknown, number | null, string]>([
		['a status', wrapped({ code: 'ESTATUS', status: 429, body: '<html>' }), 429, 'HTTP_429'],
		['a status, the error lost', lost('429', 'too many'), 429, 'HTTP_429'],
		[
			'a status, beside words that the client takes for a refusal',
			wrapped({ code: 'EAUTH', status: 429, body: { error: 'invalid_code' } }),
			429,
			'HTTP_429',
		],
		['words', wrapped({ code: 'EAUTH', body: { error: 'too_many_requests' } }), null, 'HTTP_429'],
		[
			'a description',
			wrapped({
				code: 'EAUTH',
				body: { error: 'invalid_request', error_description: 'Rate limit exceeded' },
			}),
			null,
			'HTTP_429',
		],
		["a throttle's word", lost('EAUTH', 'URL_THROTTLES_LIMIT_EXCEEDED'), null, 'HTTP_429'],
	])(
		'since there were too many renewals says to wait, and not to connect it anew: %s',
		(...row) => {
			const [, error, httpStatus, code] = row;
			const found = failureOf(error);

			expect(found).toMatchObject({ reason: 'rateLimited', reach: 'account', httpStatus, code });
			expect(found).toMatchObject({ retryable: true, transient: false, waitMs: 600_000 });
			expect(found.resolution).toContain('Wait ten minutes');
		},
	);

	it('without a word of Zoho, by 401 or 403, is a refusal of the renewal', () => {
		for (const status of [401, 403]) {
			expect(failureOf(wrapped({ code: 'ESTATUS', status, body: '<html>' }))).toMatchObject({
				reason: 'authenticationFailed',
				code: `HTTP_${status}`,
			});
		}
	});

	it.each([
		['server_error', wrapped({ code: 'EAUTH', body: { error: 'server_error' } })],
		['temporarily_unavailable', lost('EAUTH', 'temporarily_unavailable')],
	])('for a passing reason of the accounts server (%s) may be renewed later', (word, error) => {
		expect(failureOf(error)).toMatchObject({
			reason: 'serverError',
			reach: 'account',
			retryable: true,
			message: `Zoho's accounts server failed (${word}) when the access token was to be renewed.`,
		});
	});

	it.each<[string, unknown]>([
		['No refresh token', lost(null, 'No refresh token')],
		['no refresh TOKEN', wrapped({ code: 'ERR_ASSERTION', message: 'no refresh TOKEN' })],
		['OAuth failed', lost(null, 'OAuth failed')],
		['x', lost(null, 'x', { description: 'The credential is gone' })],
	])('for want of one ("%s") asks to connect the credential', (words, error) => {
		expect(failureOf(error)).toMatchObject({
			reason: 'authenticationFailed',
			code: 'NO_TOKEN',
			message: `No access token could be had for the credential: ${words}`,
		});
	});
});

describe('no reply', () => {
	it('to a run that was stopped leaves open what was done', () => {
		expect(failureOf(wrapped({ code: 'ERR_CANCELED', message: 'canceled' }))).toMatchObject({
			reason: 'networkError',
			code: 'ERR_CANCELED',
			message: expect.stringContaining('The execution was cancelled during this call'),
			doubtful: true,
		});
	});

	it.each([
		'ECONNREFUSED',
		'ENOTFOUND',
		'EAI_AGAIN',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'EADDRNOTAVAIL',
		'ERR_INVALID_URL',
		'ERR_TLS_PROTOCOL_VERSION_CONFLICT',
		'EPROTO',
		'ERR_SSL_WRONG_VERSION_NUMBER',
	])('for %s: Zoho cannot have seen the call, so a repeat is no second try', (code) => {
		for (const error of [wrapped({ code, message: 'no proxy' }), lost(code, 'no proxy')]) {
			expect(failureOf(error)).toMatchObject({
				reason: 'networkError',
				code,
				message: 'Zoho could not be reached: no proxy',
				httpStatus: null,
				doubtful: false,
			});
		}
	});

	it.each([
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
		'CERT_UNTRUSTED',
		'CERT_NOT_YET_VALID',
		'CERT_REVOKED',
		'CRL_HAS_EXPIRED',
		'PATH_LENGTH_EXCEEDED',
		'CERT_HAS_EXPIRED',
		'ERR_TLS_CERT_ALTNAME_INVALID',
	])('for %s: the certificate is named with its cure, and nothing is tried again', (code) => {
		for (const error of [wrapped({ code, message: 'no proxy' }), lost(code, 'no proxy')]) {
			expect(failureOf(error)).toMatchObject({
				reason: 'networkError',
				reach: 'account',
				code,
				message: `n8n does not trust the certificate that came from Zoho's address (${code}): no proxy`,
				resolution: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
				doubtful: false,
				transient: false,
			});
		}
	});

	it.each(['ECONNRESET', 'ETIMEDOUT', 'XECONNREFUSED', 'ENOTFOUNDX', 'EPIPE'])(
		'for %s: Zoho may have done what was asked',
		(code) => {
			expect(failureOf(wrapped({ code, message: 'token gone' }))).toMatchObject({
				reason: 'networkError',
				code,
				message: 'Zoho could not be reached: token gone',
				doubtful: true,
			});
		},
	);

	it('for a proxy on the way says so, and that Zoho has not seen the call', () => {
		const message = 'tunneling socket could not be established';
		const error = failureOf(wrapped({ code: 'ECONNRESET', message }));

		expect(error).toMatchObject({
			reason: 'networkError',
			code: 'ECONNRESET',
			message: `A proxy on the way to Zoho refused the connection: ${message}`,
			doubtful: false,
		});
		expect(error.resolution).toContain('HTTPS_PROXY');
		expect(failureOf(lost(null, 'Proxy said no')).code).toBe('PROXY');
	});

	it.each([null, undefined, 'words', 7, { cause: null }])(
		'of %p is a failure all the same',
		(error) => {
			expect(failureOf(error)).toMatchObject({ reason: 'networkError' });
		},
	);

	it('of which nothing is known is a failure all the same', () => {
		expect(failureOf({})).toMatchObject({
			reason: 'networkError',
			code: 'NETWORK',
			message: 'Zoho could not be reached: no reply',
			doubtful: true,
		});
		expect(failureOf({ message: undefined, cause: { message: 'inner' } }).message).toContain(
			'inner',
		);
	});

	it('is told in the words of the client, before those that n8n puts in their place', () => {
		const error = wrapped({ message: 'read ECONNRESET' }, { messages: ['Something went wrong'] });

		expect(failureOf(error).message).toBe('Zoho could not be reached: read ECONNRESET');
		expect(failureOf(wrapped({}, { messages: ['Inner'] })).message).toContain('reached: Inner');
	});

	it.each(['12', '4010', 'x401'])('has no HTTP status where its code is %s', (code) => {
		expect(failureOf(lost(code, 'gone'))).toMatchObject({ code, httpStatus: null });
	});
});
