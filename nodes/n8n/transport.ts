/** The only HTTP of this package: one authenticated call, and what became of it, in every n8n. */
import type { IExecuteFunctions, IHttpRequestOptions, ILoadOptionsFunctions } from 'n8n-workflow';

import {
	cannotRenew,
	diagnoseCredential,
	diagnoseUnauthorized,
	type StoredCredential,
} from '../zoho/diagnosis';
import { failure, isFailure, type Failure } from '../zoho/failures';
import { baseUrl, type Service } from '../zoho/hosts';
import { parseJson } from '../zoho/json';
import { classify, refusalIn } from '../zoho/refusals';
import type { Answer, Reply, Request } from '../zoho/reply';
import { parseXml } from '../zoho/xml';
import { replyOf, type FullResponse } from './response';
import { readThrown, type Thrown } from './thrown';
import { inTurn, tokenOf, type Token } from './token';

export const CREDENTIAL_TYPE = 'zohoEmailHygieneOAuth2Api';

/** A service, ready to be called with one credential. */
export interface Connection {
	/** One for each credential and host: what Zoho counts calls by, as far as can be seen from here. */
	key: string;
	/**
	 * Sends one request with the credential's token. Never rejects, never follows a redirect.
	 *
	 * @param isGivenUp true once nobody waits for the answer: then nothing more is sent for it
	 */
	call(request: Request, isGivenUp?: () => boolean): Promise<Answer>;
}

/**
 * Reads the credential and makes sure that a call could succeed, before anything is sent.
 *
 * @param readsRecords whether records are to be read from custom views, which has scopes of its own
 * @returns the connection, or the failure that every call would end in
 */
export async function connect(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	service: Service,
	readsRecords = false,
): Promise<Connection | Failure> {
	let credential: StoredCredential;
	try {
		credential = await context.getCredentials<StoredCredential>(CREDENTIAL_TYPE);
	} catch (error) {
		return failure('authenticationFailed', {
			code: 'NO_CREDENTIAL',
			message: context.getNode().credentials?.[CREDENTIAL_TYPE]
				? (error as Error).message
				: 'No credential is chosen in this node.',
			resolution: 'Choose a credential in the node, or create one and connect it.',
		});
	}
	const base =
		diagnoseCredential(service, credential, readsRecords) ?? baseUrl(service, credential);
	if (isFailure(base)) return base;
	const key = `${context.getNode().credentials?.[CREDENTIAL_TYPE]?.id} ${base}`;
	const token = tokenOf(key);
	token.signed = `Bearer ${credential.oauthTokenData!.access_token}`;
	const caller = new Caller(context, service, base, credential, token);
	const call: Connection['call'] = async (request, isGivenUp = () => false) =>
		await inTurn(token, request.timeout, async () => await caller.call(request, isGivenUp));
	return { key, call };
}

/**
 * Which HTTP statuses n8n is to throw for: a dead token's, which makes it renew the token and send the
 * request again. Engines before about 2.15 know only all or none.
 */
const THROW_401 = { ignore: true as const, except: [401] };
const THROW_ALL = false;
const THROW_NONE = true;

class Caller {
	constructor(
		private readonly context: IExecuteFunctions | ILoadOptionsFunctions,
		private readonly service: Service,
		private readonly base: string,
		private credential: StoredCredential,
		private readonly token: Token,
	) {}

	/**
	 * A refusal is a reply like any other, so that it arrives whole: engines from 1.102 to 2.33 lose
	 * what is in an error that they throw. Only a dead token must be thrown for, or n8n does not renew
	 * it.
	 */
	async call(request: Request, isGivenUp: () => boolean): Promise<Answer> {
		if (isGivenUp()) return GIVEN_UP;
		const sent = await this.send(request, THROW_401);
		if (isGivenUp()) return GIVEN_UP;
		const { result, renewed, requests } = sent;
		if ('failure' in result) return { reply: result.failure, requests };
		if ('httpStatus' in result) {
			if (!isTokenDead(result)) return { reply: result, requests };
			// Renewing the token cannot mend what it was not granted.
			if (this.refusalOf(result).reason !== 'scopeMismatch')
				return await this.renew(request, result, isGivenUp);
			return { reply: await this.diagnose(request, result, renewed), requests };
		}
		if (result.body === undefined) return await this.readAgain(request, sent);
		return { reply: await this.diagnose(request, unauthorized(result.body), renewed), requests };
	}

	/** The token is dead, and n8n has handed the reply over in place of renewing it: once more. */
	private async renew(request: Request, dead: Reply, isGivenUp: () => boolean): Promise<Answer> {
		if (dead.httpStatus !== 401) return await this.renewByHand(request, dead, isGivenUp);
		const sent = await this.send(request, THROW_ALL);
		const { result, renewed } = sent;
		const requests = sent.requests + 1;
		if ('httpStatus' in result) return { reply: result, requests };
		if ('unauthorized' in result) {
			const reply = unauthorized(result.body ?? dead.body);
			return { reply: await this.diagnose(request, reply, renewed), requests };
		}
		const { failure } = result;
		const status = failure.httpStatus ?? 0;
		if (isGivenUp()) return { ...GIVEN_UP, requests };
		// Whoever said it, it says that there were too many: nothing more is asked.
		if (status === 429 && !renewed) {
			return { reply: { httpStatus: 429, headers: {}, body: '' }, requests };
		}
		// Thrown, a refusal loses its words, and whose it is: what is true now can be had by asking.
		if (status >= 400 && status < 500) return await this.readAgain(request, { renewed, requests });
		// The accounts server may have failed here, or Zoho itself, after it did what was asked.
		const reply: Failure = status >= 500 ? { ...failure, reach: 'call', doubtful: true } : failure;
		return { reply, requests };
	}

	/** n8n renews by itself for a 401 only; from 1.119 on it can be asked to. */
	private async renewByHand(
		request: Request,
		dead: Reply,
		isGivenUp: () => boolean,
	): Promise<Answer> {
		const { helpers } = this.context;
		// Older versions have no such function.
		if (!('refreshOAuth2Token' in helpers)) {
			return { reply: cannotRenew(this.refusalOf(dead)), requests: 1 };
		}
		const refused = await helpers.refreshOAuth2Token
			.call(this.context, CREDENTIAL_TYPE)
			.then(() => undefined, readThrown);
		if (refused && 'failure' in refused) return { reply: refused.failure, requests: 1 };
		if (isGivenUp()) return { ...GIVEN_UP, requests: 1 };
		return await this.readAgain(request, { renewed: false, requests: 1 });
	}

	/** What Zoho says now, in words that no engine loses. */
	private async readAgain(
		request: Request,
		{ renewed, requests }: Omit<Sent, 'result'>,
	): Promise<Answer> {
		const again = await this.send(request, THROW_NONE);
		const { result } = again;
		const sum = requests + again.requests;
		if ('failure' in result) return { reply: result.failure, requests: sum };
		const reply = 'httpStatus' in result ? result : unauthorized('');
		if (!isTokenDead(reply)) return { reply, requests: sum };
		const isNew = renewed || again.renewed;
		return { reply: await this.diagnose(request, reply, isNew), requests: sum };
	}

	private async send(
		request: Request,
		ignoreHttpStatusErrors: NonNullable<IHttpRequestOptions['ignoreHttpStatusErrors']>,
	): Promise<Sent> {
		const { method, path, body, timeout } = request;
		// n8n signs the headers of the very object that it is given.
		const headers: Record<string, string> = { ...request.headers };
		const options: IHttpRequestOptions = {
			method,
			url: this.base + path,
			headers,
			timeout,
			body,
			encoding: 'text',
			returnFullResponse: true,
			// A redirect could carry the token to another host.
			disableFollowRedirect: true,
			ignoreHttpStatusErrors,
		};
		const before = this.token.signed;
		const result = await this.context.helpers.httpRequestWithAuthentication
			.call(this.context, CREDENTIAL_TYPE, options)
			.then((response: FullResponse) => replyOf(response), readThrown);
		const signed = headers.Authorization ?? before;
		const renewed = signed !== before;
		this.token.signed = signed;
		// After a 401 n8n has sent the request again, with whatever token it had then; before 2.40 twice.
		const requests = 'unauthorized' in result ? 3 : renewed ? 2 : 1;
		return { result, renewed, requests };
	}

	private refusalOf({ httpStatus, body }: Reply): Failure {
		const parsed = parseXml(body) ?? parseJson(body);
		const refusal = refusalIn(parsed) ?? { code: '', message: 'Authorization failed' };
		return classify(this.service, refusal, { httpStatus });
	}

	private async diagnose(request: Request, reply: Reply, renewed: boolean): Promise<Failure> {
		// What Zoho said to the renewal is in the credential as it is stored now.
		this.credential = await this.context
			.getCredentials<StoredCredential>(CREDENTIAL_TYPE)
			.catch(() => this.credential);
		return diagnoseUnauthorized(request.scope, this.credential, this.refusalOf(reply), renewed);
	}
}

/**
 * Zoho tells of a dead token with 401, and by its newest specification (zoho/crm-oas, 2026) with 400
 * and INVALID_TOKEN.
 */
function isTokenDead({ httpStatus, body }: Reply): boolean {
	return httpStatus === 401 || (httpStatus === 400 && body.includes('"INVALID_TOKEN"'));
}

const unauthorized = (body: string): Reply => ({ httpStatus: 401, headers: {}, body });

/** What nobody hears of. */
const GIVEN_UP: Answer = {
	reply: failure('notAttempted', { message: 'Nobody waits for this call any more.' }),
	requests: 0,
};

/** What came of one request, and how many requests it was. */
interface Sent {
	result: Reply | Thrown;
	renewed: boolean;
	requests: number;
}
