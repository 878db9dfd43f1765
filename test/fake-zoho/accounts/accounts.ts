import { randomBytes } from 'node:crypto';
import { html, json, type Reply } from '../reply';
import type { ReceivedRequest } from '../requests';
import { consentPage, NO_CAMPAIGNS_ORG } from './consentPage';
import { EVERY_SCOPE, scopeList } from './scopes';

/** What the token endpoint hands out. Zoho's token reply carries these names. */
export interface TokenReply {
	access_token: string;
	refresh_token: string;
	scope: string;
	api_domain: string;
	token_type: 'Bearer';
	/** seconds */
	expires_in: number;
}

/** What an `Authorization` header is worth. Scopes are in lower case. */
export type Grant =
	| { state: 'missing' }
	| { state: 'invalid' }
	| { state: 'granted'; scopes: ReadonlySet<string> };

interface Code {
	redirectUri: string;
	scope: string;
	givesRefreshToken: boolean;
	expiresAt: number;
}

interface RefreshToken {
	scope: string;
	/** Moments of the refreshes that were granted. */
	refreshes: number[];
}

interface AccessToken {
	scope: string;
	refreshToken: string | undefined;
	expiresAt: number;
}

const ACCESS_TOKEN_LIFE_MS = 3_600_000;
const CODE_LIFE_MS = 60_000;

/** Zoho's words for the eleventh refresh in ten minutes. */
export const TOO_MANY_REFRESHES =
	'You have made too many requests continuously. Please try again after some time.';

/**
 * Zoho's accounts server: the consent page and the token endpoint, for one client and one user.
 *
 * Its token endpoint answers HTTP 200 to whatever it refuses unless told otherwise. A refresh token
 * comes only with `access_type=offline`, and once the user has consented, only with
 * `prompt=consent`. Open in the sources and decided here: a code lives a minute and works once; a
 * refused refresh does not count towards the throttle; a revoked refresh token takes its access
 * tokens along; client and secret are read from the body or the query, never from a Basic header.
 */
export class Accounts {
	clientId = '1000.FAKECLIENTID';
	clientSecret = 'fake-client-secret';
	/** Sent back beside the code: the data center that the user belongs to. */
	location = 'us';
	/** Sent back beside the code; the server's own URL unless set. */
	accountsServer: string;
	/** `api_domain` of the token replies; the server's own URL unless set. */
	apiDomain: string;
	/** True: the consent page sends the browser back at once, as if it had been accepted. */
	autoApprove = false;
	/** False: the user has no Campaigns, and is turned away when a Campaigns scope is asked for. */
	campaignsAccount = true;
	/** HTTP status of what the token endpoint refuses: 200, as Zoho's does. */
	refusalStatus: 200 | 400 = 200;
	/** Refreshes that one refresh token is granted in a rolling window. */
	refreshThrottle = { calls: 10, windowMs: 600_000 };

	private readonly codes = new Map<string, Code>();
	private readonly refreshTokens = new Map<string, RefreshToken>();
	private readonly accessTokens = new Map<string, AccessToken>();
	private consented = false;
	private refusal: { error: string; left: number } | undefined;

	constructor(
		private readonly now: () => number,
		url: string,
	) {
		this.accountsServer = url;
		this.apiDomain = url;
	}

	/** Hands out tokens without the consent page, as a credential that is connected already. */
	issue({ expired = false, scopes = EVERY_SCOPE } = {}): TokenReply {
		const refreshToken = this.newRefreshToken(scopes);
		return {
			...this.newAccessToken(scopes, refreshToken, expired ? 0 : ACCESS_TOKEN_LIFE_MS),
			refresh_token: refreshToken,
		};
	}

	/** Ends the life of every access token; the refresh tokens stay good. */
	expire(): void {
		for (const token of this.accessTokens.values()) token.expiresAt = this.now();
	}

	/** What the user does in their account settings: the refresh token and what came of it is dead. */
	revoke(refreshToken: string): void {
		this.refreshTokens.delete(refreshToken);
		for (const [token, { refreshToken: parent }] of this.accessTokens) {
			if (parent === refreshToken) this.accessTokens.delete(token);
		}
	}

	/** Refuses the next `times` refreshes with this `error`; undefined ends it. */
	refuseRefresh(error: string | undefined, times = Infinity): void {
		this.refusal = error === undefined ? undefined : { error, left: times };
	}

	/**
	 * What the header is worth. Zoho's pages write `Zoho-oauthtoken`; `Bearer`, the `token_type` of
	 * its token replies, is taken too. A token in the query string counts for nothing.
	 */
	check(authorization: string | undefined): Grant {
		const token = /^(?:Bearer|Zoho-oauthtoken) +(\S+)$/i.exec(authorization ?? '')?.[1];
		if (token === undefined) return { state: 'missing' };
		const known = this.accessTokens.get(token);
		if (known === undefined || known.expiresAt <= this.now()) return { state: 'invalid' };
		return { state: 'granted', scopes: new Set(scopeList(known.scope)) };
	}

	/** `GET` shows the consent page, `POST` is its form with `decision` in the body. */
	authorize({ method, query: rawQuery, body }: ReceivedRequest): Reply {
		const query = new URLSearchParams(rawQuery);
		const redirectUri = query.get('redirect_uri') ?? '';
		const scope = query.get('scope') ?? '';
		if (query.get('client_id') !== this.clientId) return html(400, '<p>Invalid Client Id</p>');
		if (query.get('response_type') !== 'code') return html(400, '<p>Invalid Response Type</p>');
		if (!URL.canParse(redirectUri)) return html(400, '<p>Invalid Redirect Uri</p>');
		if (scopeList(scope).length === 0) return html(400, '<p>Invalid OAuth Scope</p>');
		if (!this.campaignsAccount && scopeList(scope).some((s) => s.startsWith('zohocampaigns.'))) {
			return html(200, `<p>${NO_CAMPAIGNS_ORG}</p>`);
		}

		const decision = method === 'POST' ? new URLSearchParams(body).get('decision') : null;
		if (decision === 'reject') return this.sendBack(redirectUri, query, { error: 'access_denied' });
		if (decision !== 'accept' && !this.autoApprove) return consentPage(rawQuery, scope);

		const givesRefreshToken =
			query.get('access_type') === 'offline' &&
			(!this.consented || query.get('prompt') === 'consent');
		this.consented = true;
		const code = newToken();
		const expiresAt = this.now() + CODE_LIFE_MS;
		this.codes.set(code, { redirectUri, scope, givesRefreshToken, expiresAt });
		return this.sendBack(redirectUri, query, {
			code,
			location: this.location,
			'accounts-server': this.accountsServer,
		});
	}

	/** The token endpoint. */
	token({ method, query, body }: ReceivedRequest): Reply {
		if (method !== 'POST') return html(405, '<p>Method Not Allowed</p>');
		const form = new URLSearchParams(`${body}&${query}`);
		if (form.get('client_id') !== this.clientId) return this.refuse('invalid_client');
		if (form.get('client_secret') !== this.clientSecret)
			return this.refuse('invalid_client_secret');
		switch (form.get('grant_type')) {
			case 'authorization_code':
				return this.exchange(form.get('code') ?? '', form.get('redirect_uri'));
			case 'refresh_token':
				return this.refresh(form.get('refresh_token') ?? '');
			default:
				return this.refuse('unsupported_grant_type');
		}
	}

	private exchange(code: string, redirectUri: string | null): Reply {
		const known = this.codes.get(code);
		if (known === undefined || known.expiresAt <= this.now()) return this.refuse('invalid_code');
		if (known.redirectUri !== redirectUri) return this.refuse('invalid_redirect_uri');
		this.codes.delete(code);
		if (!known.givesRefreshToken) return json(200, this.newAccessToken(known.scope));
		const refreshToken = this.newRefreshToken(known.scope);
		return json(200, {
			...this.newAccessToken(known.scope, refreshToken),
			refresh_token: refreshToken,
		});
	}

	private refresh(refreshToken: string): Reply {
		if (this.refusal !== undefined && this.refusal.left > 0) {
			this.refusal.left--;
			return this.refuse(this.refusal.error);
		}
		const known = this.refreshTokens.get(refreshToken);
		if (known === undefined) return this.refuse('invalid_code');
		const since = this.now() - this.refreshThrottle.windowMs;
		known.refreshes = known.refreshes.filter((moment) => moment > since);
		if (known.refreshes.length >= this.refreshThrottle.calls) return this.refuse('access_denied');
		known.refreshes.push(this.now());
		return json(200, this.newAccessToken(known.scope, refreshToken));
	}

	private refuse(error: string): Reply {
		return json(this.refusalStatus, {
			error,
			...(error === 'access_denied' && {
				error_description: TOO_MANY_REFRESHES,
				status: 'failure',
			}),
		});
	}

	private newRefreshToken(scope: string): string {
		const token = newToken();
		this.refreshTokens.set(token, { scope, refreshes: [] });
		return token;
	}

	private newAccessToken(scope: string, refreshToken?: string, lifeMs = ACCESS_TOKEN_LIFE_MS) {
		const token = newToken();
		this.accessTokens.set(token, { scope, refreshToken, expiresAt: this.now() + lifeMs });
		return {
			access_token: token,
			scope: scope.replaceAll(',', ' '),
			api_domain: this.apiDomain,
			token_type: 'Bearer' as const,
			expires_in: ACCESS_TOKEN_LIFE_MS / 1000,
		};
	}

	private sendBack(redirectUri: string, query: URLSearchParams, answer: Record<string, string>) {
		const location = new URL(redirectUri);
		const state = query.get('state');
		if (state !== null) location.searchParams.set('state', state);
		for (const [name, value] of Object.entries(answer)) location.searchParams.set(name, value);
		return { status: 302, headers: { location: location.href }, body: '' };
	}
}

function newToken(): string {
	return `1000.${randomBytes(16).toString('hex')}.${randomBytes(16).toString('hex')}`;
}
