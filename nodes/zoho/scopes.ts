/** Which scopes each service asks for. Pure; the credential and the nodes share it. */
import type { Service } from './hosts';

/** What the credential's "Services" can be set to. */
export type Services = 'both' | Service;

/**
 * The smallest scopes that serve both API versions.
 *
 * CRM, v6 and v7 page: `ZohoCRM.modules.{module}.UPDATE`, with these module names. CRM, v8 OpenAPI
 * file: `ZohoCRM.send_mail.all.CREATE`. The module list: `ZohoCRM.settings.modules.READ`.
 * Campaigns page: `ZohoCampaigns.contact.UPDATE`.
 */
const SCOPES: Record<Service, string[]> = {
	crm: [
		...[
			'leads',
			'contacts',
			'accounts',
			'deals',
			'quotes',
			'salesorders',
			'purchaseorders',
			'invoices',
			'cases',
			'custom',
		].map((module) => `ZohoCRM.modules.${module}.UPDATE`),
		'ZohoCRM.send_mail.all.CREATE',
		'ZohoCRM.settings.modules.READ',
	],
	campaigns: ['ZohoCampaigns.contact.UPDATE'],
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
