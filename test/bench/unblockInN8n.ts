/** Ways to unblock a list of records in n8n: this package's node, and what there is without it. */
import type { INodeExecutionData, INodeParameters, INodeType } from 'n8n-workflow';
import { createEngine } from '../engine';
import { CREDENTIAL_TYPE, failure } from '../support/stage';
import { ACCOUNT, type Access } from './access';
import { batching, connectOwn, httpRequest, peerEngine } from './peerEngine';
import {
	BATCH,
	LATENCY_MS,
	batchesOf,
	readEntries,
	together,
	type Entry,
	type Job,
	type Prepare,
} from './unblockContestants';

/** This package's node, with its defaults. */
export const node: Prepare = async ({ access, ids }) => {
	const engine = await createEngine();
	connectOwn(engine, access);
	return async () => {
		const { main, errors } = await engine.run({
			items: ids.map((id) => ({ id })),
			node: {
				type: 'zohoCrmUnblockEmail',
				onError: 'continueErrorOutput',
				credentials: { [CREDENTIAL_TYPE]: { id: ACCOUNT, name: 'Zoho' } },
			},
		});
		return {
			done: main.map(({ json }) => String(json.id)),
			failed: errors.map((item) => String(failure(item).id)),
		};
	};
};

/** The HTTP Request node, a call a record, with no option set: it starts all calls at once. */
export const httpRequestNode: Prepare = async (job) => await aCallARecord(job, {});

/** The same with the option *Batching* added, at the values that it then has. */
export const httpRequestNodeBatching: Prepare = async (job) =>
	await aCallARecord(job, batching(50, 1000));

/**
 * A Code node that makes batches of 500, the HTTP Request node, and a Code node that reads the
 * replies entry by entry.
 */
export const codeNode: Prepare = async (job) => await aCallABatch(job, {});

/**
 * The same with the option *Batching*, so that as many calls are under way as the node has by default:
 * five, and the next five a little later than a reply takes.
 */
export const codeNodeAtFive: Prepare = async (job) =>
	await aCallABatch(job, { options: batching(5, LATENCY_MS + 5) });

/** The same as the first, and the records of each refused call once more, a call a record. */
export const codeNodeAndSingles: Prepare = async (job) =>
	await aCallABatch(job, { thenSingles: true });

async function aCallARecord(
	{ access, peers, ids }: Job,
	options: INodeParameters,
): ReturnType<Prepare> {
	const engine = await peerEngine(peers, access);
	return async () => {
		const { main, errors } = await engine.run({
			items: ids.map((id) => ({ id })),
			node: singleCalls(access, options),
		});
		return { done: main.flatMap(idsIn), failed: errors.map(({ json }) => String(json.id)) };
	};
}

async function aCallABatch(
	{ access, peers, ids }: Job,
	{ thenSingles = false, options = {} }: { thenSingles?: boolean; options?: INodeParameters },
): ReturnType<Prepare> {
	const engine = await peerEngine(peers, access, {
		'bench.batch': code('Batch', (items) =>
			batchesOf(items.map(({ json }) => json.id)).map((batch, i) => ({
				json: { ids: batch },
				pairedItem: batch.map((_, j) => ({ item: i * BATCH + j })),
			})),
		),
		'bench.split': code('Split', (items) =>
			items.flatMap(({ json }, item) =>
				(json.ids as string[]).map((id) => ({ json: { id }, pairedItem: { item } })),
			),
		),
	});
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return async () => {
		const { output } = await engine.runWorkflow({
			nodes: [
				{ name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
				{ name: 'Batch', type: 'bench.batch' },
				{
					name: 'Bulk',
					...httpRequest({
						url: `${access.url}/crm/v6/Leads/actions/unblock_email`,
						sendBody: true,
						specifyBody: 'json',
						jsonBody: '={{ ({ unblock_fields: ["Email"], ids: $json.ids }) }}',
						options,
					}),
				},
				{ name: 'Split', type: 'bench.split' },
				{ name: 'Single', ...singleCalls(access) },
			],
			connections: {
				Start: { main: [to('Batch')] },
				Batch: { main: [to('Bulk')] },
				...(thenSingles && {
					Bulk: { main: [[], to('Split')] },
					Split: { main: [to('Single')] },
				}),
			},
			startItems: ids.map((id) => ({ id })),
		});
		const told = output('Bulk').map(({ json }) => readEntries(json.data));
		const refused = output('Bulk', 1).flatMap(({ json }) => json.ids as string[]);
		const singles = {
			done: output('Single').flatMap(idsIn),
			failed: output('Single', 1).map(({ json }) => String(json.id)),
		};
		return together([...told, thenSingles ? singles : { done: [], failed: refused }]);
	};
}

/** A call a record, for items that have its `id`. */
export function singleCalls({ url }: Access, options: INodeParameters = {}) {
	return httpRequest({
		url: `=${url}/crm/v6/Leads/{{ $json.id }}/actions/unblock_email`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '{"unblock_fields":["Email"]}',
		options,
	});
}

/** The records named in a reply that left by the main output, where n8n puts what it takes for a success. */
export function idsIn({ json }: INodeExecutionData): string[] {
	return ((json.data ?? []) as unknown as Entry[]).map(({ details }) => details.id);
}

/** Does what a Code node with this code would do; n8n's own needs a task runner beside the engine. */
export function code(
	displayName: string,
	run: (items: INodeExecutionData[]) => INodeExecutionData[],
): INodeType {
	return {
		description: {
			displayName,
			name: displayName.toLowerCase(),
			group: ['transform'],
			version: 1,
			description: 'Stands in for a Code node',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
		},
		async execute() {
			return [run(this.getInputData())];
		},
	};
}
