/** Ways to unblock what is in a custom view: this package's node, and what there is without it. */
import type { INodeExecutionData, INodeParameters, INodeType } from 'n8n-workflow';
import { createEngine, type NodeToRun } from '../engine';
import { CREDENTIAL_TYPE, failure } from '../support/stage';
import { ACCOUNT, type Access } from './access';
import { connectOwn, httpRequest, loadBase, peerEngine, ZOHO_CREDENTIAL } from './peerEngine';
import { batchesOf, readEntries, together, type Job, type Prepare } from './unblockContestants';
import { code, idsIn, singleCalls } from './unblockInN8n';

/** This package's node, with its defaults but for the limit. */
export const viewNode: Prepare = async ({ access, view = '' }) => {
	const engine = await createEngine();
	connectOwn(engine, access);
	return async () => {
		const { main, errors } = await engine.run({
			items: [{}],
			node: {
				type: 'zohoCrmUnblockEmail',
				onError: 'continueErrorOutput',
				credentials: { [CREDENTIAL_TYPE]: { id: ACCOUNT, name: 'Zoho' } },
				parameters: {
					recordsFrom: 'customView',
					customView: { __rl: true, mode: 'id', value: view },
					returnAll: true,
				},
			},
		});
		return {
			done: main.map(({ json }) => String(json.id)),
			failed: errors.map((item) => String(failure(item).id)),
		};
	};
};

/** HTTP Request reads the view by page tokens, a Code node makes batches of 500, HTTP Request sends them. */
export const byTokens: Prepare = async (job) => {
	return await readThenBatches(job, listPages(job, BY_TOKENS));
};

/** The same by page numbers, as most pages on the web show it. */
export const byNumbers: Prepare = async (job) => {
	return await readThenBatches(job, listPages(job, BY_NUMBERS));
};

/** n8n's own Zoho node, which can read a whole module and no view of it, and batches of 500. */
export const zohoNode: Prepare = async (job) => {
	const { ZohoCrm } = loadBase<{ ZohoCrm: new () => INodeType }>(
		job.peers,
		'nodes/Zoho/ZohoCrm.node.js',
	);
	const read: NodeToRun = {
		type: 'n8n-nodes-base.zohoCrm',
		credentials: { [ZOHO_CREDENTIAL]: { id: ACCOUNT, name: 'Zoho account' } },
		parameters: { resource: 'lead', operation: 'getAll', returnAll: true, options: {} },
	};
	return await readThenBatches(job, read, { 'n8n-nodes-base.zohoCrm': new ZohoCrm() });
};

/** HTTP Request reads the view by page tokens, and HTTP Request again makes a call a record. */
export const byTokensThenSingles: Prepare = async (job) => {
	const engine = await peerEngine(job.peers, job.access, { 'bench.split': SPLIT });
	return async () => {
		const { output } = await engine.runWorkflow({
			nodes: [
				START,
				{ name: 'Read', ...listPages(job, BY_TOKENS) },
				{ name: 'Split', type: 'bench.split' },
				{ name: 'Single', ...singleCalls(job.access) },
			],
			connections: {
				Start: { main: [to('Read')] },
				Read: { main: [to('Split')] },
				Split: { main: [to('Single')] },
			},
			startItems: [{}],
		});
		return {
			done: output('Single').flatMap(idsIn),
			failed: output('Single', 1).map(({ json }) => String(json.id)),
		};
	};
};

/** A loop: read a page, unblock what is on it, go on to the next page. */
export const pageByPage: Prepare = async ({ access, peers, view = '' }) => {
	let page = 1;
	const next = code('Next', () => [{ json: { page: ++page } }]);
	const engine = await peerEngine(peers, access, { 'bench.next': next });
	return async () => {
		const read = list(access, view, { name: 'page', value: '={{ $json.page ?? 1 }}' });
		const { output } = await engine.runWorkflow({
			nodes: [
				START,
				{ name: 'Read', ...read },
				{ name: 'Bulk', ...bulk(access, '$json.data.map((record) => record.id)') },
				{ name: 'Next', type: 'bench.next' },
			],
			connections: {
				Start: { main: [to('Read')] },
				Read: { main: [to('Bulk')] },
				// A page without content has no ids, so that the call for them fails and the loop ends.
				Bulk: { main: [to('Next')] },
				Next: { main: [to('Read')] },
			},
			startItems: [{}],
		});
		return together(output('Bulk').map(({ json }) => readEntries(json.data)));
	};
};

const START = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];

/** A list of records comes as one item a page, or, from n8n's own node, as one a record. */
const recordsIn = ({ json }: INodeExecutionData) =>
	(Array.isArray(json.data) ? json.data : [json]) as Array<{ id: string }>;

const SPLIT = code('Split', (items) =>
	items.flatMap((item, place) =>
		recordsIn(item).map(({ id }) => ({ json: { id }, pairedItem: { item: place } })),
	),
);

const BATCHES = code('Batch', (items) =>
	batchesOf(items.flatMap(recordsIn)).map((batch) => ({
		json: { ids: batch.map(({ id }) => id) },
		pairedItem: { item: 0 },
	})),
);

async function readThenBatches(
	{ access, peers }: Job,
	read: NodeToRun,
	extraNodes: Record<string, INodeType> = {},
): ReturnType<Prepare> {
	const engine = await peerEngine(peers, access, { ...extraNodes, 'bench.batch': BATCHES });
	return async () => {
		const { output } = await engine.runWorkflow({
			nodes: [
				START,
				{ name: 'Read', ...read },
				{ name: 'Batch', type: 'bench.batch' },
				{ name: 'Bulk', ...bulk(access, '$json.ids') },
			],
			connections: {
				Start: { main: [to('Read')] },
				Read: { main: [to('Batch')] },
				Batch: { main: [to('Bulk')] },
			},
			startItems: [{}],
		});
		const refused = output('Bulk', 1).flatMap(({ json }) => (json.ids ?? []) as string[]);
		const told = output('Bulk').map(({ json }) => readEntries(json.data));
		return together([...told, { done: [], failed: refused }]);
	};
}

/** The option *Pagination* of the HTTP Request node. */
const BY_TOKENS = {
	name: 'page_token',
	value: '={{ $response.body?.info?.next_page_token ?? undefined }}',
};
const BY_NUMBERS = { name: 'page', value: '={{ $pageCount + 1 }}' };

function listPages({ access, view = '' }: Job, { name, value }: typeof BY_TOKENS): NodeToRun {
	const pagination: INodeParameters = {
		paginationMode: 'updateAParameterInEachRequest',
		parameters: { parameters: [{ type: 'qs', name, value }] },
		paginationCompleteWhen: 'other',
		completeExpression: '={{ !$response.body?.info?.more_records }}',
		limitPagesFetched: false,
		requestInterval: 0,
	};
	return list(access, view, undefined, { pagination: { pagination } });
}

function list(
	{ url }: Access,
	view: string,
	place?: { name: string; value: string },
	options: INodeParameters = {},
): NodeToRun {
	const query = { cvid: view, fields: 'Email,Secondary_Email', per_page: '200' };
	const parameters = Object.entries(query).map(([name, value]) => ({ name, value }));
	return httpRequest({
		method: 'GET',
		url: `${url}/crm/v8/Leads`,
		sendQuery: true,
		queryParameters: { parameters: place ? [...parameters, place] : parameters },
		options,
	});
}

function bulk({ url }: Access, ids: string): NodeToRun {
	return httpRequest({
		url: `${url}/crm/v6/Leads/actions/unblock_email`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ ({ unblock_fields: ["Email"], ids: ${ids} }) }}`,
	});
}
