/** Which scopes each service asks for. Pure; the credential and the nodes share it. */
import type { Service } from './hosts';

/** What the credential's "Services" can be set to. */
export type Services = 'both' | Service;

/** The names of the modules in scopes: CRM's v6 page "Unblock Email". All others are one, `custom`. */
const MODULES = [
	'leads',
	'accounts',
	'contacts',
	'deals',
	'quotes',
	'salesorders',
	'purchaseorders',
	'invoices',
	'cases',
	'custom',
];

/** For unblocking by the pages of v7 and v8, and the OpenAPI file of 2025. */
const SEND_MAIL_SCOPE = 'ZohoCRM.send_mail.all.CREATE';

/** A module as scopes name it. */
function scopeName(module: string): string {
	const name = module.toLowerCase().replace(/_/g, '');
	return MODULES.includes(name) ? name : 'custom';
}

/** For unblocking records of a module by the page of v6. */
const updateScope = (module: string) => `ZohoCRM.modules.${scopeName(module)}.UPDATE`;

/** For reading records of a module: the page "Get Records". */
export const readScope = (module: string) => `ZohoCRM.modules.${scopeName(module)}.READ`;

/**
 * Every scope that one of Zoho's sources names for unblocking, for the person who looks for the one
 * that is missing: the pages, the OpenAPI file of 2025, the newest specification (zoho/crm-oas,
 * 2026) and a mirror of it do not agree.
 */
export function unblockScopesBySource(module: string): string {
	return `${SEND_MAIL_SCOPE} (or ZohoCRM.send_mail.${module.toLowerCase()}.CREATE), ${updateScope(module)}, ZohoCRM.settings.emails.CREATE`;
}

/** The scope for reading the list of modules. */
export const MODULE_LIST_SCOPE = 'ZohoCRM.settings.modules.READ';

/** The scope for reading the list of custom views. */
export const VIEW_LIST_SCOPE = 'ZohoCRM.settings.custom_views.READ';

/** The scope that Campaigns' page "Move to Do-Not-Mail" asks for. */
export const DO_NOT_MAIL_SCOPE = 'ZohoCampaigns.contact.UPDATE';

/** The scope that Campaigns' pages on campaigns and their recipients ask for. */
export const READ_CAMPAIGNS_SCOPE = 'ZohoCampaigns.campaign.READ';

/** The smallest scopes that serve every API version. */
const SCOPES: Record<Service, string[]> = {
	crm: [...MODULES.map(updateScope), SEND_MAIL_SCOPE, MODULE_LIST_SCOPE],
	campaigns: [DO_NOT_MAIL_SCOPE],
};

/** What "Read Custom Views" asks for beside them. */
const READ_SCOPES = [...MODULES.map(readScope), VIEW_LIST_SCOPE];

/** The default scopes for the chosen services, separated by commas as Zoho wants them. */
export function scopesFor(services: Services): string {
	return services === 'both' ? `${SCOPES.crm},${SCOPES.campaigns}` : SCOPES[services].join(',');
}

/** The scopes for taking records from custom views, separated by commas. */
export const readScopes = () => READ_SCOPES.join(',');

/** What of the stored credential decides which scopes are asked for. */
export interface ScopeSettings {
	services?: string;
	readRecords?: boolean;
	readCampaigns?: boolean;
	customScopes?: boolean;
	enabledScopes?: string;
}

/** Whether a credential with these settings asks for anything of a service. */
export function asksFor(service: Service, settings: ScopeSettings): boolean {
	const { services = 'both', customScopes = false, enabledScopes = '' } = settings;
	if (!customScopes) return services === 'both' || services === service;
	const family = service === 'crm' ? /(^|[\s,])zohocrm\./i : /(^|[\s,])zohocampaigns\./i;
	return family.test(enabledScopes);
}

/** Whether a credential with these settings asks to read records, and so custom views. */
export function asksToReadRecords(settings: ScopeSettings): boolean {
	const { readRecords = false, customScopes = false, enabledScopes = '' } = settings;
	return customScopes ? /zohocrm\.modules\.(\w+\.)?(read|all)\b/i.test(enabledScopes) : readRecords;
}

/** Whether a credential with these settings asks to read campaigns. */
export function asksToReadCampaigns(settings: ScopeSettings): boolean {
	const { readCampaigns = false, customScopes = false, enabledScopes = '' } = settings;
	if (!customScopes) return readCampaigns;
	return /zohocampaigns\.campaign\.(read|all)\b/i.test(enabledScopes);
}
