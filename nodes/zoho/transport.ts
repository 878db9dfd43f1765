/** The only HTTP of this package: one authenticated call, and what became of it. */
import { jsonParse, type IExecuteFunctions, type ILoadOptionsFunctions } from 'n8n-workflow';

import { diagnoseCredential, diagnoseUnauthorized, type StoredCredential } from './diagnosis';
import { classify, fault, isFault, refusalIn, type Fault, type Refusal } from './errors';
import { baseUrl, customUrl, type Service } from './hosts';
import { parseXml } from './xml';

export const CREDENTIAL_TYPE = 'zohoEmailHygieneOAuth2Api';

/** A reply as it came: the body is text, since JSON numbers would cut the digits of record IDs. */
export interface Reply {
	httpStatus: number;
	headers: Record<string, string | undefined>;
	body: string;
}

export interface Request {
	method: 'GET' | 'POST';
	/** Path and query, encoded, from the slash after the host. */
	path: string;
	headers?: Record<string, string>;
	/** Sent as it is. */
	body?: string;
	/** For the whole call, in ms. */
	timeout: number;
	/** The scope it needs, to be named where it is missing. */
	scope: string;
}

/** A service, ready to be called with one credential. */
export interface Connection {
	/** One for each credential and host: what Zoho counts calls by, as far as can be seen from here. */
	key: string;
	/**
	 * Sends one request with the credential's token; n8n renews the token on a 401. Resolves to a
	 * Reply for every HTTP status but 401, else to a Fault (`networkError`, `badResponse`, or one that
	 * says what is wrong with the account). Never rejects, never follows a redirect.
	 */
	call(request: Request): Promise<Reply | Fault>;
}

/**
 * Reads the credential and makes sure that a call could succeed, before anything is sent.
 *
 * @returns the connection, or the Fault that every call would end in
 */
export async function connect(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	service: Service,
): Promise<Connection | Fault> {
	let credential: StoredCredential;
	try {
		credential = await context.getCredentials<StoredCredential>(CREDENTIAL_TYPE);
	} catch (error) {
		return fault('authenticationFailed', {
			code: 'NO_CREDENTIAL',
			message: (error as Error).message,
			resolution: 'Choose a credential in the node, or create one and connect it.',
		});
	}
	const unusable = diagnoseCredential(service, credential);
	if (unusable) return unusable;
	let base: string;
	try {
		if (credential.dataCenter === 'custom') {
			customUrl('Custom Accounts URL', credential.customAccountsUrl);
		}
		base = baseUrl(service, credential);
	} catch (error) {
		return fault('authenticationFailed', {
			message: (error as Error).message,
			resolution: 'Correct the credential, save it and connect it again.',
		});
	}

	const call = async (request: Request): Promise<Reply | Fault> => {
		const { path, scope, ...options } = request;
		try {
			const response = (await context.helpers.httpRequestWithAuthentication.call(
				context,
				CREDENTIAL_TYPE,
				{
					...options,
					url: base + path,
					encoding: 'text',
					returnFullResponse: true,
					// A redirect could carry the token to another host.
					disableFollowRedirect: true,
				},
			)) as { statusCode: number; headers: Reply['headers']; body: unknown };
			return {
				httpStatus: response.statusCode,
				headers: response.headers,
				body: asText(response.body),
			};
		} catch (error) {
			const result = readThrown(error);
			if (isFault(result) || result.httpStatus !== 401) return result;
			// What Zoho said to the refresh is in the credential as it is stored now.
			const stored = await context
				.getCredentials<StoredCredential>(CREDENTIAL_TYPE)
				.catch(() => credential);
			return diagnoseUnauthorized(
				scope,
				stored,
				classify(service, readUnauthorized(result)),
				Date.now(),
			);
		}
	};
	return { key: `${context.getNode().credentials?.[CREDENTIAL_TYPE]?.id} ${base}`, call };
}

/**
 * What n8n's request helper threw: a reply with a status that it takes for an error, a failure on
 * the way, or a token that could not be had. The helper wraps the HTTP client's error as `cause`.
 */
function readThrown(error: unknown): Reply | Fault {
	const cause = ((error as { cause?: unknown }).cause ?? error) as ThrownCause;
	const { response } = cause;
	if (response) {
		if (response.data === undefined) {
			return fault('badResponse', {
				message: 'The connection was cut in the middle of the reply.',
				httpStatus: response.status,
				code: cause.code ?? 'BAD_RESPONSE',
			});
		}
		return { httpStatus: response.status, headers: response.headers, body: asText(response.data) };
	}
	if (
		!cause.isAxiosError &&
		/token|credential|oauth|auth error/i.test(`${cause.name} ${cause.message}`)
	) {
		return fault('authenticationFailed', {
			code: cause.body?.error ?? 'NO_TOKEN',
			message: `No access token could be had for the credential${cause.body?.error ? `: ${cause.body.error}` : ''}.`,
		});
	}
	return fault('networkError', {
		code: cause.code ?? 'NETWORK',
		message:
			cause.code === 'ERR_CANCELED'
				? 'The execution was cancelled during this call, so it is not known whether it was done.'
				: `Zoho could not be reached: ${cause.message ?? 'no reply'}`,
	});
}

function readUnauthorized({ httpStatus, body }: Reply): Refusal {
	const parsed = parseXml(body) ?? jsonParse<unknown>(body, { fallbackValue: {} });
	const refusal = refusalIn(httpStatus, parsed);
	return refusal ?? { httpStatus, code: '', message: 'Authorization failed' };
}

interface ThrownCause {
	name?: string;
	message?: string;
	code?: string;
	isAxiosError?: boolean;
	body?: { error?: string };
	response?: { status: number; headers: Reply['headers']; data?: unknown };
}

/** n8n hands a body over as text; older versions parse JSON in spite of `encoding`. */
function asText(body: unknown): string {
	return typeof body === 'string' ? body : JSON.stringify(body ?? '');
}
