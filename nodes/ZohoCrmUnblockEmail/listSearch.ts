/** The lists that the panel searches: modules, and the custom views of one. */
import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { isFound, MOST_PAGES, shownInList, TIMEOUT_MS } from '../n8n/listSearch';
import { connect } from '../n8n/transport';
import { isFailure, type Failure } from '../zoho/failures';
import { asRecord, parseJson, text } from '../zoho/json';
import { classify, refusalIn, unreadable } from '../zoho/refusals';
import type { Reply } from '../zoho/reply';
import { MODULE_LIST_SCOPE, VIEW_LIST_SCOPE } from '../zoho/scopes';

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

/**
 * The modules whose name holds the filter: the nine standard ones, and the account's custom modules
 * where the token may read them. A token that may not is no reason to show an empty list; one that Zoho
 * refuses is, or nobody would hear of it before the first run.
 *
 * @throws what is wrong with the token, for the person who opened the list
 */
export async function searchModules(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const custom = await customModules(this);
	if (isFailure(custom) && isOfToken(custom)) throw shownInList(this, custom);
	const modules = [...STANDARD_MODULES, ...(isFailure(custom) ? [] : custom)];
	return found(modules, filter, ({ name, value }) => `${name} ${value}`);
}

/** Whether Zoho has refused the token itself; where there is none yet, nobody has. */
function isOfToken({ reason, reach, code, httpStatus }: Failure): boolean {
	if (reason === 'authenticationFailed') return code !== 'NO_TOKEN' && code !== 'NO_CREDENTIAL';
	// Its accounts server did not give another one for it.
	return reach === 'account' && reason !== 'scopeMismatch' && httpStatus === 401;
}

async function customModules(
	context: ILoadOptionsFunctions,
): Promise<INodeListSearchItems[] | Failure> {
	const connection = await connect(context, 'crm');
	if (isFailure(connection)) return connection;
	const { reply } = await connection.call({
		method: 'GET',
		path: '/crm/v8/settings/modules',
		timeout: TIMEOUT_MS,
		scope: MODULE_LIST_SCOPE,
	});
	if (isFailure(reply)) return reply;
	const body = asRecord(parseJson(reply.body));
	if (!Array.isArray(body.modules)) return refusedIn(body, reply);
	return body.modules.map(asRecord).flatMap((module) => {
		const { api_name: value, plural_label: label, generated_type: type } = module;
		const usable = type === 'custom' && module.api_supported !== false && typeof value === 'string';
		return usable ? [{ name: typeof label === 'string' && label ? label : value, value }] : [];
	});
}

/** The page "Get Custom Views": so many a page. */
const PER_PAGE = 200;

interface Page {
	views: INodeListSearchItems[];
	isLast: boolean;
}

/**
 * The custom views of the chosen module whose name holds the filter.
 *
 * @throws what is in the way, for the person who opened the list
 */
export async function searchViews(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const views = await readViews(this);
	if (isFailure(views)) throw shownInList(this, views);
	return found(views, filter, ({ name }) => name);
}

async function readViews(
	context: ILoadOptionsFunctions,
): Promise<INodeListSearchItems[] | Failure> {
	const module = context.getCurrentNodeParameter('module', { extractValue: true });
	const connection = await connect(context, 'crm', true);
	if (isFailure(connection)) return connection;
	const views: INodeListSearchItems[] = [];
	for (let page = 1; page <= MOST_PAGES; page++) {
		const { reply } = await connection.call({
			method: 'GET',
			path: `/crm/v8/settings/custom_views?module=${encodeURIComponent(text(module))}&page=${page}&per_page=${PER_PAGE}`,
			timeout: TIMEOUT_MS,
			scope: `${VIEW_LIST_SCOPE} ("Read Custom Views" in the credential)`,
		});
		const read = isFailure(reply) ? reply : readPage(reply);
		if (isFailure(read)) return read;
		views.push(...read.views);
		if (read.isLast) break;
	}
	return views;
}

function readPage(reply: Reply): Page | Failure {
	if (reply.httpStatus === 204) return { views: [], isLast: true };
	const body = asRecord(parseJson(reply.body));
	if (!Array.isArray(body.custom_views)) return refusedIn(body, reply);
	const views = body.custom_views.map(asRecord).flatMap(({ id, display_value, name }) => {
		const value = text(id);
		return value === '' ? [] : [{ name: text(display_value) || text(name) || value, value }];
	});
	return { views, isLast: asRecord(body.info).more_records !== true };
}

/** Why a reply holds no list. */
function refusedIn(body: Record<string, unknown>, reply: Reply): Failure {
	const refusal = refusalIn(body);
	return refusal ? classify('crm', refusal, reply) : unreadable('crm', reply);
}

/** Those whose words hold the filter, by their names. */
function found(
	all: INodeListSearchItems[],
	filter: string,
	wordsOf: (one: INodeListSearchItems) => string,
): INodeListSearchResult {
	return {
		results: all
			.filter((one) => isFound(wordsOf(one), filter))
			.sort((a, b) => a.name.localeCompare(b.name)),
	};
}
