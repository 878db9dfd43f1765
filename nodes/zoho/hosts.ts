/**
 * Where Zoho lives, and which host may see a token. Pure: the credential builds its URLs from this
 * table, the nodes build theirs, and nothing else in the package knows a host name.
 */
import { failure, isFailure, type Failure } from './failures';

export type Service = 'crm' | 'campaigns';
export type Environment = 'production' | 'sandbox' | 'developer';

interface DataCenter {
	name: string;
	accounts: string;
	/** The part behind `www.`, `sandbox.` or `developer.` of the CRM host. */
	crmDomain: string;
	/** Left out where no host of Zoho Campaigns is known. */
	campaigns?: string;
}

/**
 * The data centers of Zoho's multi-DC page ("Domain-specific URLs"). campaigns.zoho.ca does not
 * resolve, Canada's is zohocloud.ca; the UK's Campaigns host follows the pattern of the others. The
 * two newest, `ae` and `sg`, were found for other Zoho products only: CRM follows the pattern there,
 * and no Campaigns host of either was found anywhere.
 */
export const DATA_CENTERS = {
	us: {
		name: 'United States (zoho.com)',
		accounts: 'accounts.zoho.com',
		crmDomain: 'zohoapis.com',
		campaigns: 'campaigns.zoho.com',
	},
	eu: {
		name: 'Europe (zoho.eu)',
		accounts: 'accounts.zoho.eu',
		crmDomain: 'zohoapis.eu',
		campaigns: 'campaigns.zoho.eu',
	},
	in: {
		name: 'India (zoho.in)',
		accounts: 'accounts.zoho.in',
		crmDomain: 'zohoapis.in',
		campaigns: 'campaigns.zoho.in',
	},
	au: {
		name: 'Australia (zoho.com.au)',
		accounts: 'accounts.zoho.com.au',
		crmDomain: 'zohoapis.com.au',
		campaigns: 'campaigns.zoho.com.au',
	},
	jp: {
		name: 'Japan (zoho.jp)',
		accounts: 'accounts.zoho.jp',
		crmDomain: 'zohoapis.jp',
		campaigns: 'campaigns.zoho.jp',
	},
	ca: {
		name: 'Canada (zohocloud.ca)',
		accounts: 'accounts.zohocloud.ca',
		crmDomain: 'zohoapis.ca',
		campaigns: 'campaigns.zohocloud.ca',
	},
	cn: {
		name: 'China (zoho.com.cn)',
		accounts: 'accounts.zoho.com.cn',
		crmDomain: 'zohoapis.com.cn',
		campaigns: 'campaigns.zoho.com.cn',
	},
	sa: {
		name: 'Saudi Arabia (zoho.sa)',
		accounts: 'accounts.zoho.sa',
		crmDomain: 'zohoapis.sa',
		campaigns: 'campaigns.zoho.sa',
	},
	uk: {
		name: 'United Kingdom (zoho.uk)',
		accounts: 'accounts.zoho.uk',
		crmDomain: 'zohoapis.uk',
		campaigns: 'campaigns.zoho.uk',
	},
	ae: {
		name: 'United Arab Emirates (zoho.ae)',
		accounts: 'accounts.zoho.ae',
		crmDomain: 'zohoapis.ae',
	},
	sg: {
		name: 'Singapore (zoho.sg)',
		accounts: 'accounts.zoho.sg',
		crmDomain: 'zohoapis.sg',
	},
} as const satisfies Record<string, DataCenter>;

const ENVIRONMENT_PREFIX: Record<Environment, string> = {
	production: 'www',
	sandbox: 'sandbox',
	developer: 'developer',
};

/** What of the stored credential decides where a call goes. */
export interface HostSettings {
	dataCenter?: string;
	environment?: string;
	customAccountsUrl?: string;
	customApiUrl?: string;
	customCampaignsUrl?: string;
	oauthTokenData?: { api_domain?: unknown } | undefined;
}

/** The data center that a code stands for, or undefined for `custom` and for what is none. */
export function dataCenterOf(code: string | undefined): DataCenter | undefined {
	return Object.entries(DATA_CENTERS).find(([key]) => key === code)?.[1];
}

/**
 * The base URL, without a slash at its end, that calls to one service go to.
 *
 * The token reply's `api_domain` names the data center the account really lives in. It is believed
 * only when its host stands in the table above, since the token is sent there.
 *
 * @returns a failure, with what to do, where the settings name no place a token may go to
 */
export function baseUrl(service: Service, settings: HostSettings): string | Failure {
	const { dataCenter = 'us', environment = 'production' } = settings;
	if (dataCenter === 'custom') return customBaseUrl(service, settings);
	const chosen = dataCenterOf(dataCenter);
	if (!chosen) return unusable(`"${dataCenter}" is no Zoho data center.`);
	if (service === 'campaigns') {
		if (chosen.campaigns) return `https://${chosen.campaigns}`;
		return unusable(
			`No Zoho Campaigns is known in the data center ${chosen.name}.`,
			'If your Zoho Campaigns lives there, set the data center of the credential to "Custom" and enter its URLs; else choose the data center that Campaigns shows in its address.',
		);
	}
	const prefix = Object.entries(ENVIRONMENT_PREFIX).find(([key]) => key === environment)?.[1];
	if (!prefix) return unusable(`"${environment}" is no Zoho CRM environment.`);
	return `https://${prefix}.${crmDomainOf(settings.oauthTokenData?.api_domain) ?? chosen.crmDomain}`;
}

/** The custom URL of a service; the one of the accounts server, where secrets go, must be fit as well. */
function customBaseUrl(service: Service, settings: HostSettings): string | Failure {
	const accounts = customUrl('Custom Accounts URL', settings.customAccountsUrl);
	if (isFailure(accounts)) return accounts;
	return service === 'crm'
		? customUrl('Custom CRM API URL', settings.customApiUrl)
		: customUrl('Custom Campaigns URL', settings.customCampaignsUrl);
}

/** The CRM domain of the table that an `api_domain` belongs to, if it belongs to any. */
function crmDomainOf(apiDomain: unknown): string | undefined {
	const host = parseUrl(apiDomain)?.host;
	return Object.values(DATA_CENTERS).find(({ crmDomain }) =>
		Object.values(ENVIRONMENT_PREFIX).some((prefix) => `${prefix}.${crmDomain}` === host),
	)?.crmDomain;
}

/**
 * A custom base URL, checked: https, or http on this very machine, and nothing in it that could
 * lead a call elsewhere.
 *
 * @param name how the credential calls the field, for the message
 * @returns the URL without a slash at its end, or what is wrong with it
 */
export function customUrl(name: string, value: string | undefined): string | Failure {
	const text = (value ?? '').trim();
	if (text === '') {
		return unusable(`The credential's data center is "Custom" but its ${name} is empty.`);
	}
	const url = parseUrl(text);
	if (!url) {
		return unusable(
			`The credential's ${name} is no URL. Write it like https://gateway.example.com.`,
		);
	}
	const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
		return unusable(
			`The credential's ${name} must begin with https:// (http:// is for this machine only), since an access token is sent there.`,
		);
	}
	// Looked for in the text as written: the parser has already folded "..", "\\" and the like away.
	if (/[?#\\\s@%]|\/\.{1,2}(\/|$)|[^:]\/\//.test(text)) {
		return unusable(
			`The credential's ${name} may hold a host, a port and a plain path: no user name, no "?", "#", "%", "\\" or "..".`,
		);
	}
	return `${url.origin}${url.pathname}`.replace(/\/$/, '');
}

function unusable(
	message: string,
	resolution = 'Correct the credential, save it and connect it again.',
): Failure {
	return failure('authenticationFailed', { message, resolution });
}

function parseUrl(text: unknown): URL | undefined {
	try {
		return new URL(String(text));
	} catch {
		return undefined;
	}
}
