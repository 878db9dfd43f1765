import type { INodeParameters, IRun } from 'n8n-workflow';
import { CREDENTIAL_TYPE, type ReceivedRequest } from '../../fake-zoho';
import { CREDENTIAL_NAME } from '../stage';
import { chain, itemsOf, type WorkflowFile } from '../workflow';
import type { QueueStage } from './stage';

const TRIGGER = 'When clicking ‘Execute workflow’';
const DO_NOT_MAIL = 'Zoho Campaigns Do-Not-Mail';
/** ms; a run may meet several locks. */
const PATIENCE_MS = 1_800_000;

/** A list of addresses that one execution suppresses. */
export interface List {
	/** The list's name, which is in its addresses. */
	name: string;
	addresses: number;
	workflowId: string;
	executionId: string;
}

/** How the execution of a list ended. */
export interface Ended extends List {
	/** The worker that the execution was given to, or `none`. */
	worker: string;
	status: IRun['status'];
	/** Addresses that the execution says are in the registry. */
	suppressed: number;
	/** Addresses of the list that the embedded Zoho has in its registry. */
	registered: number;
}

/** Starts the suppression of a new list, by hand. `options` are those of the node. */
export async function startList(
	{ n8n }: QueueStage,
	credential: string,
	name: string,
	addresses: number,
	options: INodeParameters,
): Promise<List> {
	const workflow = listWorkflow(credential, name, addresses, options);
	const workflowId = await n8n.importWorkflow(workflow);
	const executionId = await n8n.run(workflowId, TRIGGER);
	return { name, addresses, workflowId, executionId };
}

/** Waits until the execution of a list has ended. */
export async function endOf({ n8n, queue, zoho }: QueueStage, list: List): Promise<Ended> {
	const execution = await n8n.finished(list.executionId, PATIENCE_MS);
	const worker = await queue.workerOf(list.executionId);
	const registry = [...zoho.campaigns.registry.values()];
	return {
		...list,
		worker: worker?.name ?? 'none',
		status: execution.status,
		suppressed: itemsOf(execution, DO_NOT_MAIL).length,
		registered: registry.filter(({ address }) => listOf(address) === list.name).length,
	};
}

/** The name of the list that a call's address is from; undefined for other addresses. */
export function listOfCall({ query }: ReceivedRequest): string | undefined {
	return listOf(decodeURIComponent(query));
}

function listOf(text: string): string | undefined {
	return /person\.\d+@([\w-]+)\.example\.com/.exec(text)?.[1];
}

function listWorkflow(
	credential: string,
	name: string,
	addresses: number,
	options: INodeParameters,
): WorkflowFile {
	const emails = `={{ Array.from({ length: ${addresses} }, (_, i) => 'person.' + i + '@${name}.example.com') }}`;
	return chain(name, [
		{ name: TRIGGER, type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		{
			name: 'List',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: {
				assignments: {
					assignments: [{ id: 'email', name: 'email', type: 'array', value: emails }],
				},
				options: {},
			},
		},
		{
			name: 'One Item an Address',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'email', options: {} },
		},
		{
			name: DO_NOT_MAIL,
			type: 'n8n-nodes-zoho-email-hygiene.zohoCampaignsDoNotMail',
			typeVersion: 1,
			parameters: { email: '={{ $json.email }}', options },
			onError: 'continueErrorOutput',
			credentials: { [CREDENTIAL_TYPE]: { id: credential, name: CREDENTIAL_NAME } },
		},
	]);
}
