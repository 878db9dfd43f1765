/** Which scopes each service asks for. Pure; the credential and the nodes share it. */
import type { Service } from './hosts';

/** What the credential's "Services" can be set to. */
export type Services = 'both' | Service;

/** The names of the modules in scopes: CRM's v6 page "Unblock Email". */
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
];

/** For unblocking by the pages of v7 and v8, and the OpenAPI file of 2025. */
const SEND_MAIL_SCOPE = 'ZohoCRM.send_mail.all.CREATE';

/** For unblocking records of a module by the page of v6. */
function updateScope(module: string): string {
	const name = module.toLowerCase().replace(/_/g, '');
	return `ZohoCRM.modules.${MODULES.includes(name) ? name : 'custom'}.UPDATE`;
}

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

/** The scope that Campaigns' page "Move to Do-Not-Mail" asks for. */
export const DO_NOT_MAIL_SCOPE = 'ZohoCampaigns.contact.UPDATE';

/** The smallest scopes that serve every API version. */
const SCOPES: Record<Service, string[]> = {
	crm: [...[...MODULES, 'custom'].map(updateScope), SEND_MAIL_SCOPE, MODULE_LIST_SCOPE],
	campaigns: [DO_NOT_MAIL_SCOPE],
};

/** The default scopes for the chosen services, separated by commas as Zoho wants them. */
export function scopesFor(services: Services): string {
	return services === 'both' ? `${SCOPES.crm},${SCOPES.campaigns}` : SCOPES[services].join(',');
}

/** What of the stored credential decides which scopes are asked for. */
export interface ScopeSettings {
	services?: string;
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
