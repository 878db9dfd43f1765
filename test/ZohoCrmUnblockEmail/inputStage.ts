/** What the tests of what items may name have in common: four records in two modules. */
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { failure, recordIds, useStage } from '../support/stage';

export const NODE = 'zohoCrmUnblockEmail';

export const [A = '', B = '', C = '', D = ''] = recordIds(4);

/** What came out of an output: item and record, with the reason where it failed. */
export const told = (items: INodeExecutionData[]) =>
	items.map((item) => {
		const { item: index } = item.pairedItem as { item: number };
		const { id, reason } = 'error' in item.json ? failure(item) : item.json;
		return [index, id, reason].filter((part) => part !== undefined).join(' ');
	});

export function useInput() {
	const stage = useStage();

	/** What was sent: the module, the fields and the ids of each call, in the order of arrival. */
	const sent = () =>
		stage.zoho.calls('unblock').map(({ path, body }) => {
			const { unblock_fields, ids } = JSON.parse(body) as Record<string, string[]>;
			return [/v8\/([^/]+)\//.exec(path)?.[1], unblock_fields?.join(), ids];
		});

	async function run(items: IDataObject[], parameters: INodeParameters = {}) {
		for (const module of ['Leads', 'Contacts']) stage.zoho.crm.add(module, [A, B, C, D]);
		return await stage.run(NODE, items, { parameters, options: { maxParallelRequests: 1 } });
	}

	return { stage, sent, run };
}
