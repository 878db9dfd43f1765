/**
 * What is wrong with a credential, in plain words. Pure.
 *
 * Zoho's token endpoint refuses with HTTP 200 and n8n's OAuth2 client takes that for a success: the
 * refusal lands in `oauthTokenData.error`, the old token stays, and the user would read no more than
 * "Authorization failed". A stale `error` can sit beside a token that works, so it counts only where
 * there is no token, or after a 401.
 */
import { fault, type Fault } from './errors';
import { dataCenterOf, type HostSettings, type Service } from './hosts';
import { asksFor, scopesFor, type ScopeSettings } from './scopes';

/** The credential as n8n stores it, as far as this package looks at it. */
export interface StoredCredential extends HostSettings, ScopeSettings {
	oauthTokenData?: {
		access_token?: string;
		api_domain?: string;
		error?: string;
		/** What the account granted, where Zoho's token reply says so. */
		scope?: string;
		/** The rest of the query that Zoho came back with from the consent page. */
		callbackQueryString?: { location?: string };
	};
}

const SERVICE_NAMES: Record<Service, string> = { crm: 'Zoho CRM', campaigns: 'Zoho Campaigns' };

/** Ten refreshes in ten minutes are Zoho's limit for one refresh token. */
const REFRESH_WINDOW_MS = 600_000;

/** What keeps a credential from being used at all; undefined where a call is worth sending. */
export function diagnoseCredential(
	service: Service,
	credential: StoredCredential,
): Fault | undefined {
	if (!asksFor(service, credential)) {
		return fault('scopeMismatch', {
			message: `The credential asks for no access to ${SERVICE_NAMES[service]}.`,
			resolution: `In the credential, set "Services" to include ${SERVICE_NAMES[service]} (or add ${scopesFor(service)} to the custom scopes), save it and connect it again.`,
		});
	}
	const { access_token: token, error } = credential.oauthTokenData ?? {};
	if (token) return undefined;
	if (error) return refusedToken(error, credential);
	return fault('authenticationFailed', {
		code: 'NO_TOKEN',
		message: 'The credential is not connected to Zoho.',
		resolution: 'Open the credential, press "Connect my account" and accept on Zoho\'s page.',
	});
}

/**
 * What a 401 means, which came although n8n tried to renew the token.
 *
 * @param scope what the call needs
 * @param credential as stored after the call
 * @param unauthorized the reply's own failure
 * @param now in ms since 1970
 */
export function diagnoseUnauthorized(
	scope: string,
	credential: StoredCredential,
	unauthorized: Fault,
	now: number,
): Fault {
	const { reason, code, message, httpStatus } = unauthorized;
	const { error, scope: granted } = credential.oauthTokenData ?? {};
	if (reason === 'authenticationFailed' && error) {
		return { ...refusedToken(error, credential, now), httpStatus };
	}
	// Campaigns answers a missing scope like a dead token; but the token reply said what was granted.
	if (reason === 'scopeMismatch' || (granted && !isGranted(scope, granted))) {
		return fault('scopeMismatch', {
			code,
			message,
			httpStatus,
			resolution: `The connected account did not grant the scope ${scope}. Let the credential ask for it ("Services", or the custom scopes), save it and connect it again.`,
		});
	}
	if (reason !== 'authenticationFailed') return unauthorized;
	return {
		...unauthorized,
		resolution: `Zoho refuses the token, also after renewing it. Connect the credential again. If that does not help, the scope ${scope} may not be granted, or the data center may be the wrong one${wrongDataCenter(credential)}.`,
	};
}

/** Whether one of the granted scopes is of the same family, such as `ZohoCampaigns.contact`. */
function isGranted(scope: string, granted: string): boolean {
	const family = scope.split('.').slice(0, 2).join('.').toLowerCase();
	return granted.toLowerCase().includes(family);
}

/** A refusal of the token endpoint, at the first connect or at a refresh. */
function refusedToken(error: string, credential: StoredCredential, now?: number): Fault {
	const account = wrongDataCenter(credential);
	const advice = account
		? `The data center is wrong${account}. Choose that one in the credential, save it and connect it again.`
		: ADVICE[error];
	const throttled = error === 'access_denied' && now !== undefined && !account;
	return fault('authenticationFailed', {
		code: error,
		message: `Zoho gave no access token: ${error}.`,
		resolution: advice ?? 'Open the credential and connect it again.',
		retryable: throttled || error === 'general_error',
		...(throttled ? { retryAt: new Date(now + REFRESH_WINDOW_MS).toISOString() } : {}),
	});
}

const ADVICE: Record<string, string> = {
	invalid_code:
		'The refresh token or the authorization code is no longer valid: access was revoked, the code was used twice or too late, or too many newer tokens pushed it out. Connect the credential again.',
	access_denied:
		'Zoho allows ten renewals of a token in ten minutes, and they are used up. Wait ten minutes, then run again; if it comes back, look for other programs that use the same token.',
	invalid_client:
		'Nearly always the data center is wrong: choose the one whose address you see when you log in to Zoho. Else the Client ID is mistyped, or its client was deleted in the API console.',
	invalid_client_secret:
		'The Client Secret does not belong to the Client ID. In the API console a client has one secret for each data center: copy the one of yours, then connect again.',
	invalid_redirect_uri:
		"Copy the OAuth Redirect URL from the credential into the client's Authorized Redirect URIs in the API console, then connect again.",
	general_error: "Zoho's accounts server failed. Run again in a few minutes.",
};

/** Where the account lives, when that is known and is not the chosen data center; for a sentence. */
function wrongDataCenter({ dataCenter, oauthTokenData }: StoredCredential): string {
	const location = oauthTokenData?.callbackQueryString?.location;
	const home = dataCenterOf(location);
	return home && dataCenter !== 'custom' && dataCenter !== location
		? `: your account lives in ${home.name}`
		: '';
}
