/** What n8n's request helper throws, read for what it is. */
import { failure, type Failure } from '../zoho/failures';
import { refusedToken, throttledToken } from '../zoho/diagnosis';

/**
 * An error of the helper: Zoho said 401 (with the body, where the engine kept it), or whatever else
 * kept a reply from coming.
 */
export type Thrown = { unauthorized: true; body: string | undefined } | { failure: Failure };

/** What can be found in an error. The helper wraps the HTTP client's as `cause`, or loses it. */
interface Found {
	/** Of the network, such as ECONNRESET, or of n8n's OAuth2 client: EAUTH, ESTATUS. */
	code: string | undefined;
	status: number | undefined;
	message: string;
	/** Whatever else was said, for looking through. */
	words: string;
	body: unknown;
	hasResponse: boolean;
}

interface HelperError {
	message?: string;
	description?: string | null;
	messages?: string[];
	httpCode?: string | null;
	code?: string;
	status?: number;
	body?: unknown;
	response?: { status?: number; data?: unknown };
	cause?: HelperError;
}

/**
 * Reads what the helper has thrown. Where it hands over replies, whatever their status, an HTTP status
 * is one of the token endpoint's, and so are the errors of n8n's OAuth2 client.
 */
export function readThrown(error: unknown): Thrown {
	const found = find((error ?? {}) as HelperError);
	if (found.status === 401 && found.code !== 'ESTATUS') {
		const { body } = found;
		return { unauthorized: true, body: typeof body === 'string' ? body : undefined };
	}
	return { failure: cutOff(found) ?? noToken(found) ?? noReply(found) };
}

function find(error: HelperError): Found {
	const { messages = [], httpCode } = error;
	const cause = error.cause ?? error;
	const { response } = cause;
	// Without a cause n8n's error still has the status, or the code, as `httpCode`.
	const isStatus = /^\d{3}$/.test(String(httpCode));
	const said = [cause.message, ...messages, error.message].filter((text) => text !== undefined);
	return {
		code: cause.code ?? (isStatus ? undefined : (httpCode ?? undefined)),
		status: response?.status ?? cause.status ?? (isStatus ? Number(httpCode) : undefined),
		message: said[0] ?? 'no reply',
		words: [...said, error.description].join(' '),
		body: response ? asText(response.data) : cause.body,
		hasResponse: response !== undefined,
	};
}

function asText(data: unknown): string | undefined {
	return typeof data === 'string' ? data : JSON.stringify(data);
}

/** A reply that ended before its end. It had an HTTP status, and so is no failure of the network. */
function cutOff({ code, status, words, body, hasResponse }: Found): Failure | undefined {
	// The client's code for a reply that it cannot use; it has it for a plain 5xx, too.
	const isUnusable = code === 'ERR_BAD_RESPONSE' && status === undefined;
	const isCut = /\baborted\b/i.test(words) && !/timeout/i.test(words);
	if (!isCut && !isUnusable && !(hasResponse && body === undefined)) return undefined;
	return failure('badResponse', {
		message: 'The connection was cut in the middle of the reply.',
		httpStatus: status ?? null,
		code: code ?? 'BAD_RESPONSE',
	});
}

/** Words of a token endpoint that is busy; the second two from RFC 6749, 4.1.2.1. */
const TOO_MANY = /too.?many|throttl|rate.?limit/i;
const BUSY = /server.?error|temporarily.?unavailable|internal.?error/i;

/**
 * n8n's OAuth2 client could not renew the token. It was asked to since Zoho refused the call. The HTTP
 * status comes first: a server that is busy says nothing of the token, whatever words it has for that.
 */
function noToken({ code, status, message, words, body }: Found): Failure | undefined {
	const { error: named, error_description: described } = (body ?? {}) as Record<string, unknown>;
	const error = typeof named === 'string' ? named : message;
	const said = `${error} ${message} ${String(described ?? '')}`;
	const isPermanent = code === 'EAUTH' && error === 'access_denied';
	if (status === 429 || (code === 'EAUTH' && !isPermanent && TOO_MANY.test(said))) {
		return throttledToken(status);
	}
	if (code === 'EAUTH' && (status ?? 0) < 500 && !BUSY.test(said)) return refusedToken(error);
	// A refusal without a word of Zoho's, such as that of a firewall.
	if (code === 'ESTATUS' && (status === 401 || status === 403)) {
		return refusedToken(`HTTP_${status}`);
	}
	const isUnreadable =
		/unsupported content type|expected json|unexpected (end|token)|not valid json|in json at/i;
	if (code === 'EAUTH' || code === 'ESTATUS' || status !== undefined || isUnreadable.test(words)) {
		const isFailed = code === 'EAUTH' || (status !== undefined && status >= 300);
		const how = isFailed
			? `failed (${status === undefined ? error : `HTTP status ${status}`})`
			: 'sent no token that can be read';
		return failure('serverError', {
			reach: 'account',
			code: status === undefined ? (isFailed ? error : 'NO_TOKEN') : `HTTP_${status}`,
			message: `Zoho's accounts server ${how} when the access token was to be renewed.`,
			httpStatus: status ?? null,
			doubtful: false,
		});
	}
	// Older versions of the client check with an assertion that there is a refresh token.
	if ((code === undefined || code === 'ERR_ASSERTION') && /token|credential|oauth/i.test(words)) {
		return failure('authenticationFailed', {
			code: 'NO_TOKEN',
			message: `No access token could be had for the credential: ${message}`,
		});
	}
	return undefined;
}

/** Codes that say that no connection was made, so that Zoho cannot have seen the call. */
const NOT_CONNECTED =
	/^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ERR_INVALID_URL|ERR_TLS_\w+|EPROTO|ERR_SSL_\w+)$/;

/** OpenSSL's and Node.js's codes for a certificate that is not trusted, whatever the call. */
const NOT_TRUSTED =
	/^(CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_CERT_\w+|CRL_\w+|ERROR_IN_C\w+|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)$/;

const ADVICE_ON_TRUST =
	'A proxy or a gateway on the way to Zoho answers with a certificate of its own. Have the administrator of n8n give its root certificate to n8n, in a file that the environment variable NODE_EXTRA_CA_CERTS names, and restart n8n. Zoho has not seen the call.';

const OTHER_ADVICE: Record<string, string> = {
	CERT_NOT_YET_VALID:
		'The certificate is not valid yet, or the clock of the machine that n8n runs on is wrong: correct the clock. NODE_EXTRA_CA_CERTS does not help here. Zoho has not seen the call.',
	CERT_REVOKED:
		'The certificate was revoked by those who issued it. Ask the administrator of n8n what answers at this address; NODE_EXTRA_CA_CERTS does not help here. Zoho has not seen the call.',
	CERT_HAS_EXPIRED:
		'The certificate has run out, or the clock of the machine that n8n runs on is wrong: correct whichever it is. Where it is the certificate of a proxy or a gateway of yours, renew it; one that n8n is to trust besides goes into a file that NODE_EXTRA_CA_CERTS names. Zoho has not seen the call.',
	ERR_TLS_CERT_ALTNAME_INVALID:
		'The certificate is for another host than the one that was called: a proxy or a gateway on the way has answered, or a custom URL in the credential is wrong. NODE_EXTRA_CA_CERTS does not help here. Zoho has not seen the call.',
};

/** A call that meets such a certificate would meet it again: nothing more is sent. */
function notTrusted(code: string, message: string): Failure {
	return failure('networkError', {
		reach: 'account',
		code,
		message: `n8n does not trust the certificate that came from Zoho's address (${code}): ${message}`,
		resolution: OTHER_ADVICE[code] ?? ADVICE_ON_TRUST,
		doubtful: false,
		transient: false,
	});
}

function noReply({ code, message, words }: Found): Failure {
	if (code === 'ERR_CANCELED') {
		return failure('networkError', {
			code,
			message:
				'The execution was cancelled during this call, so it is not known whether it was done.',
		});
	}
	if (code !== undefined && NOT_TRUSTED.test(code)) return notTrusted(code, message);
	const isUnreached = NOT_CONNECTED.test(String(code));
	if (!isUnreached && /tunnel|proxy/i.test(words)) {
		return failure('networkError', {
			code: code ?? 'PROXY',
			message: `A proxy on the way to Zoho refused the connection: ${message}`,
			resolution:
				"Check n8n's proxy settings (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) and what the proxy lets through. Zoho has not seen the call.",
			doubtful: false,
		});
	}
	return failure('networkError', {
		code: code ?? 'NETWORK',
		message: `Zoho could not be reached: ${message}`,
		doubtful: !isUnreached,
	});
}
