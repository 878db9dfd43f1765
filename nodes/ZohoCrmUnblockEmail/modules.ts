/** The searchable list of modules. */
import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { connect } from '../n8n/transport';
import { isFailure } from '../zoho/failures';
import { asRecord, parseJson } from '../zoho/json';
import { MODULE_LIST_SCOPE } from '../zoho/scopes';

/** The modules that the unblock_email page names; they are always in the list. */
const STANDARD_MODULES: INodeListSearchItems[] = [
	{ name: 'Accounts', value: 'Accounts' },
	{ name: 'Cases', value: 'Cases' },
	{ name: 'Contacts', value: 'Contacts' },
	{ name: 'Deals', value: 'Deals' },
	{ name: 'Invoices', value: 'Invoices' },
	{ name: 'Leads', value: 'Leads' },
	{ name: 'Purchase Orders', value: 'Purchase_Orders' },
	{ name: 'Quotes', value: 'Quotes' },
	{ name: 'Sales Orders', value: 'Sales_Orders' },
];

const TIMEOUT_MS = 20_000;

/**
 * The modules whose name holds the filter: the nine standard ones, and the account's custom modules
 * where the token may read them. A token that may not is no reason to show an empty list.
 */
export async function searchModules(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const wanted = filter.trim().toLowerCase();
	const modules = [...STANDARD_MODULES, ...(await customModules(this))];
	return {
		results: modules
			.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted))
			.sort((a, b) => a.name.localeCompare(b.name)),
	};
}

async function customModules(context: ILoadOptionsFunctions): Promise<INodeListSearchItems[]> {
	const connection = await connect(context, 'crm');
	if (isFailure(connection)) return [];
	const { reply } = await connection.call({
		method: 'GET',
		path: '/crm/v8/settings/modules',
		timeout: TIMEOUT_MS,
		scope: MODULE_LIST_SCOPE,
	});
	if (isFailure(reply)) return [];
	const { modules } = asRecord(parseJson(reply.body));
	return (Array.isArray(modules) ? modules : []).map(asRecord).flatMap((module) => {
		const { api_name: value, plural_label: label, generated_type: type } = module;
		const usable = type === 'custom' && module.api_supported !== false && typeof value === 'string';
		return usable ? [{ name: typeof label === 'string' && label ? label : value, value }] : [];
	});
}
