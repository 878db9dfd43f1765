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
import { classify, refusalIn, scopeWordIn } from '../zoho/refusals';
import type { Answer, Reply, Request } from '../zoho/reply';
import { parseXml } from '../zoho/xml';
import { replyOf, type FullResponse } from './response';
import { readThrown, type Thrown } from './thrown';
import { inTurn, tokenOf, type Made, type Token } from './token';

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
 * @param reads whether something is to be read, which has scopes of its own: records from custom views, or
 * the recipients of campaigns
 * @returns the connection, or the failure that every call would end in
 */
export async function connect(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	service: Service,
	reads = false,
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
	const base = diagnoseCredential(service, credential, reads) ?? baseUrl(service, credential);
	if (isFailure(base)) return base;
	const key = `${context.getNode().credentials?.[CREDENTIAL_TYPE]?.id} ${base}`;
	const token = tokenOf(key);
	token.signed = headerOf(credential);
	const caller = new Caller(context, service, base, credential, token);
	const call: Connection['call'] = async (request, isGivenUp = () => false) =>
		await inTurn(token, {
			make: async () => await caller.call(request, isGivenUp),
			timeoutMs: request.timeout,
			stored: async () => headerOf(await caller.reload()),
		});
	return { key, call };
}

/** As n8n signs a call with the token of a credential. */
const headerOf = ({ oauthTokenData }: StoredCredential) => `Bearer ${oauthTokenData?.access_token}`;

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
	 * what is in an error that they throw. So a dead token is a reply, too, and is renewed only where
	 * that can mend anything.
	 */
	async call(request: Request, isGivenUp: () => boolean): Promise<Made> {
		const call: Running = { request, isGivenUp, requests: 0, signed: undefined };
		const reply = isGivenUp() ? GIVEN_UP : await this.replyTo(call);
		// Of a call that nobody waits for, nobody asks how many requests it was.
		const answer = { reply: isGivenUp() ? GIVEN_UP : reply, requests: call.requests };
		return { answer, signed: call.signed };
	}

	private async replyTo(call: Running): Promise<Reply | Failure> {
		const reply = await this.send(call);
		if (isFailure(reply) || call.isGivenUp()) return reply;
		const isScope = reply.httpStatus >= 400 && this.refusalOf(reply).reason === 'scopeMismatch';
		// Renewing the token cannot mend what it was not granted.
		if (isScope) return await this.diagnose(call, reply, false);
		if (!isTokenDead(reply)) return reply;
		if ('refreshOAuth2Token' in this.context.helpers) return await this.renew(call, reply);
		// Older versions cannot be asked to, and renew by themselves for a 401 only.
		return reply.httpStatus === 401
			? await this.sendAndRenew(call, reply)
			: cannotRenew(this.refusalOf(reply));
	}

	/** Has n8n renew the token, which it can be asked to from 1.119 on, and makes the call once more. */
	private async renew(call: Running, dead: Reply): Promise<Reply | Failure> {
		const { signed } = call;
		// Another call may have had it renewed, or somebody has connected the credential anew.
		if (headerOf(await this.reload()) === signed) {
			this.token.renewal ??= this.askForToken().finally(() => (this.token.renewal = undefined));
			const refused = await this.token.renewal;
			if (call.isGivenUp()) return GIVEN_UP;
			// Zoho refuses with HTTP 200, which n8n takes for a renewal: the old token stays.
			if (headerOf(await this.reload()) === signed) {
				return refused ?? (await this.diagnose(call, dead, false));
			}
		}
		return await this.sendAgain(call, true);
	}

	/** @returns why there is no new token, where n8n knows */
	private async askForToken(): Promise<Failure | undefined> {
		const { helpers } = this.context as IExecuteFunctions;
		const refused = await helpers.refreshOAuth2Token
			.call(this.context, CREDENTIAL_TYPE)
			.then(() => undefined, readThrown);
		return refused && 'failure' in refused ? refused.failure : undefined;
	}

	/** In n8n before 1.119: sends the call so that n8n throws for the 401, renews the token and sends again. */
	private async sendAndRenew(call: Running, dead: Reply): Promise<Reply | Failure> {
		const before = call.signed;
		const result = await this.request(call, THROW_ALL);
		const renewed = call.signed !== before;
		// n8n has sent the request again with whatever token it had then, and where that was refused, twice.
		call.requests += 'unauthorized' in result ? 3 : renewed ? 2 : 1;
		if ('httpStatus' in result) return result;
		if ('unauthorized' in result) {
			return await this.diagnose(call, { ...dead, body: result.body ?? dead.body }, renewed);
		}
		const { failure } = result;
		const status = failure.httpStatus ?? 0;
		if (call.isGivenUp()) return GIVEN_UP;
		// Whoever said it, it says that there were too many: nothing more is asked.
		if (status === 429 && !renewed) return { httpStatus: 429, headers: {}, body: '' };
		// Thrown, a refusal loses its words, and whose it is: what is true now can be had by asking.
		if (status >= 400 && status < 500) return await this.sendAgain(call, renewed);
		// The accounts server may have failed here, or Zoho itself, after it did what was asked.
		return status >= 500 ? { ...failure, reach: 'call', doubtful: true } : failure;
	}

	/** What Zoho says now, in words that no engine loses. */
	private async sendAgain(call: Running, renewed: boolean): Promise<Reply | Failure> {
		const before = call.signed;
		const reply = await this.send(call);
		if (isFailure(reply) || !isTokenDead(reply)) return reply;
		return await this.diagnose(call, reply, renewed || call.signed !== before);
	}

	/** Sends the call once, and returns whatever reply comes. */
	private async send(call: Running): Promise<Reply | Failure> {
		call.requests++;
		const result = await this.request(call, THROW_NONE);
		if ('failure' in result) return result.failure;
		return 'httpStatus' in result
			? result
			: { httpStatus: 401, headers: {}, body: result.body ?? '' };
	}

	private async request(call: Running, ignoreHttpStatusErrors: boolean): Promise<Reply | Thrown> {
		const { method, path, body, timeout, ...request } = call.request;
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
		const result = await this.context.helpers.httpRequestWithAuthentication
			.call(this.context, CREDENTIAL_TYPE, options)
			.then((response: FullResponse) => replyOf(response), readThrown);
		call.signed = headers.Authorization ?? call.signed;
		this.token.signed = call.signed ?? this.token.signed;
		return result;
	}

	/** The credential as it is stored now; as it was, where it cannot be read any more. */
	async reload(): Promise<StoredCredential> {
		this.credential = await this.context
			.getCredentials<StoredCredential>(CREDENTIAL_TYPE)
			.catch(() => this.credential);
		return this.credential;
	}

	private refusalOf({ httpStatus, body }: Reply): Failure {
		const parsed = parseXml(body) ?? parseJson(body);
		const said = refusalIn(parsed) ?? { code: '', message: 'Authorization failed' };
		// A refusal of all access: the word counts wherever it stands, and in whatever form.
		const scope = [401, 403].includes(httpStatus) ? scopeWordIn(body) : undefined;
		const refusal = scope ? { ...said, code: scope } : said;
		return classify(this.service, refusal, { httpStatus });
	}

	private async diagnose(call: Running, reply: Reply, renewed: boolean): Promise<Failure> {
		// What Zoho said to the renewal is in the credential as it is stored now.
		const credential = await this.reload();
		const { scope } = call.request;
		return diagnoseUnauthorized(scope, credential, this.refusalOf(reply), renewed);
	}
}

/** Whether n8n throws for an HTTP status of 400 and more, a dead token's among them. */
const THROW_ALL = false;
const THROW_NONE = true;

/**
 * Zoho tells of a dead token with 401, and by its newest specification (zoho/crm-oas, 2026) with 400
 * and INVALID_TOKEN.
 */
function isTokenDead({ httpStatus, body }: Reply): boolean {
	return httpStatus === 401 || (httpStatus === 400 && body.includes('"INVALID_TOKEN"'));
}

/** What nobody waits for. */
const GIVEN_UP = failure('notAttempted', { message: 'Nobody waits for this call any more.' });

/** A call while it is made. */
interface Running {
	readonly request: Request;
	readonly isGivenUp: () => boolean;
	/** How many requests it has been so far. */
	requests: number;
	/** The `Authorization` header that it went out with last. */
	signed: string | undefined;
}
