/** The searchable list of a module's custom views. */
import {
	NodeOperationError,
	type ILoadOptionsFunctions,
	type INodeListSearchItems,
	type INodeListSearchResult,
} from 'n8n-workflow';

import { connect } from '../n8n/transport';
import { isFailure, type Failure } from '../zoho/failures';
import { asRecord, parseJson, text } from '../zoho/json';
import { classify, refusalIn, unreadable } from '../zoho/refusals';
import type { Reply } from '../zoho/reply';
import { VIEW_LIST_SCOPE } from '../zoho/scopes';
import { keepDigits } from './reply';

const TIMEOUT_MS = 20_000;

/** The page "Get Custom Views": so many a page. More pages than this nobody looks through. */
const PER_PAGE = 200;
const MOST_PAGES = 10;

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
	if (isFailure(views)) {
		// The list shows the message, and nothing else of the error.
		const message = `${views.message} ${views.resolution}`;
		throw new NodeOperationError(this.getNode(), message);
	}
	const wanted = filter.trim().toLowerCase();
	return {
		results: views
			.filter(({ name }) => name.toLowerCase().includes(wanted))
			.sort((a, b) => a.name.localeCompare(b.name)),
	};
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
	const body = asRecord(parseJson(keepDigits(reply.body)));
	if (!Array.isArray(body.custom_views)) {
		const refusal = refusalIn(body);
		return refusal ? classify('crm', refusal, reply) : unreadable('crm', reply);
	}
	const views = body.custom_views.map(asRecord).flatMap(({ id, display_value, name }) => {
		const value = text(id);
		return value === '' ? [] : [{ name: text(display_value) || text(name) || value, value }];
	});
	return { views, isLast: asRecord(body.info).more_records !== true };
}
