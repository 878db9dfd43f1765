/**
 * What is wrong with a credential, in plain words. Pure.
 *
 * Zoho's token endpoint refuses with HTTP 200 and n8n's OAuth2 client takes that for a success: the
 * refusal lands in `oauthTokenData.error`, the old token stays, and the user would read no more than
 * "Authorization failed". A stale `error` can sit beside a token that works, so it counts only where
 * there is no token, or after a 401.
 */
import { failure, type Failure } from './failures';
import { dataCenterOf, type HostSettings, type Service } from './hosts';
import {
	asksFor,
	asksToReadCampaigns,
	asksToReadRecords,
	READ_CAMPAIGNS_SCOPE,
	readScope,
	scopesFor,
	type ScopeSettings,
} from './scopes';

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

/** What is read of a service, what it is called in the credential, and the scope for it. */
const READING: Record<Service, { what: string; field: string; scope: string }> = {
	crm: {
		what: 'custom views',
		field: 'Read Custom Views',
		scope: `${readScope('Leads')}, or that of your module`,
	},
	campaigns: { what: 'campaigns', field: 'Read Campaigns', scope: READ_CAMPAIGNS_SCOPE },
};

function asksToRead(service: Service, credential: StoredCredential): boolean {
	return service === 'crm' ? asksToReadRecords(credential) : asksToReadCampaigns(credential);
}

/** Ten refreshes in ten minutes are Zoho's limit for one refresh token. */
const REFRESH_WINDOW_MS = 600_000;

/**
 * What keeps a credential from being used at all; undefined where a call is worth sending.
 *
 * @param reads whether something is to be read, which has scopes of its own: records from custom views,
 * or the recipients of campaigns
 */
export function diagnoseCredential(
	service: Service,
	credential: StoredCredential,
	reads = false,
): Failure | undefined {
	if (!asksFor(service, credential)) {
		return failure('scopeMismatch', {
			message: `The credential asks for no access to ${SERVICE_NAMES[service]}.`,
			resolution: `In the credential, set "Services" to include ${SERVICE_NAMES[service]} (or add ${scopesFor(service)} to the custom scopes), save it and connect it again.`,
		});
	}
	if (reads && !asksToRead(service, credential)) {
		const { what, field, scope } = READING[service];
		return failure('scopeMismatch', {
			message: `The credential does not ask for the scopes to read ${what}.`,
			resolution: `In the credential, switch on "${field}" (or, with custom scopes, add ${scope}), save it and connect it again.`,
		});
	}
	const { access_token: token, error } = credential.oauthTokenData ?? {};
	if (token) return undefined;
	if (error) return refusedToken(error, credential);
	return failure('authenticationFailed', {
		code: 'NO_TOKEN',
		message: 'The credential is not connected to Zoho.',
		resolution:
			'Open the credential, press "Connect" (older versions of n8n: "Connect my account") and accept on Zoho\'s page.',
	});
}

/**
 * What it means that Zoho refuses the token although n8n tried to renew it.
 *
 * @param scope what the call needs, by all of Zoho's sources
 * @param credential as stored after the call
 * @param unauthorized the reply's own failure
 * @param renewed whether the token is another one than before the call
 */
export function diagnoseUnauthorized(
	scope: string,
	credential: StoredCredential,
	unauthorized: Failure,
	renewed: boolean,
): Failure {
	const { reason, code, message, httpStatus } = unauthorized;
	const { error, scope: granted } = credential.oauthTokenData ?? {};
	// An `error` of an earlier refusal stays in the credential when a later renewal succeeds.
	if (reason === 'authenticationFailed' && error && !renewed) {
		return { ...refusedToken(error, credential), httpStatus };
	}
	// Campaigns answers a missing scope like a dead token; but the token reply said what was granted.
	if (reason === 'scopeMismatch' || (granted && !isGranted(scope, granted))) {
		return failure('scopeMismatch', {
			code,
			message,
			httpStatus,
			resolution: `The connected account did not grant what this call needs. Zoho's sources name for it: ${scope}. Let the credential ask for that ("Services", or the custom scopes), save it and connect it again.`,
		});
	}
	if (reason !== 'authenticationFailed') return unauthorized;
	if (!renewed) {
		return failure('serverError', {
			reach: 'account',
			code,
			message: `Zoho refuses the token (${message}), and its accounts server sent no new one.`,
			httpStatus,
			doubtful: false,
		});
	}
	return {
		...unauthorized,
		resolution: `Zoho refuses the token, also after renewing it. Connect the credential again. If that does not help, a scope may not be granted (${scope}), or the data center may be the wrong one${wrongDataCenter(credential)}.`,
	};
}

/** n8n before 1.119 renews a token for HTTP 401 only, and Zoho may tell of a dead one with 400. */
export function cannotRenew(unauthorized: Failure): Failure {
	return {
		...unauthorized,
		resolution:
			'The access token has expired, Zoho says so with HTTP status 400, and this version of n8n renews a token for 401 only. Update n8n (1.119 or newer does it), or open the credential and connect it again.',
	};
}

/** Whether one of the granted scopes is of the same service and kind, such as `ZohoCampaigns.contact`. */
function isGranted(scope: string, granted: string): boolean {
	const families = scope.toLowerCase().match(/zoho\w+\.\w+/g);
	const has = granted.toLowerCase();
	return families?.some((family) => has.includes(family)) ?? false;
}

/**
 * A refusal of the token endpoint, at the first connect or at a renewal.
 *
 * @param error Zoho's word for it, such as `invalid_code`
 * @param credential as stored after it, where it is at hand
 */
export function refusedToken(error: string, credential?: StoredCredential): Failure {
	const account = credential ? wrongDataCenter(credential) : '';
	const advice = account
		? `The data center is wrong${account}. Choose that one in the credential, save it and connect it again.`
		: ADVICE[error];
	const isThrottled = error === 'access_denied' && account === '';
	return failure('authenticationFailed', {
		code: error,
		message: `Zoho gave no access token: ${error}.`,
		resolution: advice ?? 'Open the credential and connect it again.',
		retryable: isThrottled || error === 'general_error',
		...(isThrottled ? { waitMs: REFRESH_WINDOW_MS } : {}),
	});
}

/**
 * The token endpoint wants fewer renewals, which says nothing of the token.
 *
 * @param httpStatus where it is known
 */
export function throttledToken(httpStatus: number | undefined): Failure {
	return failure('rateLimited', {
		reach: 'account',
		code: `HTTP_${httpStatus ?? 429}`,
		message: "Zoho's accounts server renews no more tokens for now: there were too many renewals.",
		resolution: ADVICE.access_denied!,
		httpStatus: httpStatus ?? null,
		waitMs: REFRESH_WINDOW_MS,
		transient: false,
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
