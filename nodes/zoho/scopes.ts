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

/** The scope that unblocking records of a module needs: CRM's v6 page, and its v8 OpenAPI file. */
export function unblockScope(apiVersion: string, module: string): string {
	if (apiVersion === 'v8') return 'ZohoCRM.send_mail.all.CREATE';
	const name = module.toLowerCase().replace(/_/g, '');
	return `ZohoCRM.modules.${MODULES.includes(name) ? name : 'custom'}.UPDATE`;
}

/** The scope for reading the list of modules. */
export const MODULE_LIST_SCOPE = 'ZohoCRM.settings.modules.READ';

/** The scope that Campaigns' page "Move to Do-Not-Mail" asks for. */
export const DO_NOT_MAIL_SCOPE = 'ZohoCampaigns.contact.UPDATE';

/** The smallest scopes that serve every API version. */
const SCOPES: Record<Service, string[]> = {
	crm: [
		...[...MODULES, 'custom'].map((module) => unblockScope('v6', module)),
		unblockScope('v8', ''),
		MODULE_LIST_SCOPE,
	],
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
