/** What the tests of records in a custom view have in common: leads, a view of them, a credential. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Fault } from '../fake-zoho';
import { failure, recordIds, useStage, type RunSettings } from '../support/stage';

export const NODE = 'zohoCrmUnblockEmail';

/** A custom view, as the node's panel stores it. */
export const view = (value: string, mode = 'list') => ({ __rl: true, mode, value });

export const inModule = (value: string) => ({ __rl: true, mode: 'name', value });

/** A refusal in Zoho's words. */
export const refusal = (
	status: number,
	code: string,
	message: string,
	details: object = {},
): Fault => ({
	status,
	body: JSON.stringify({ code, message, details, status: 'error' }),
	headers: { 'content-type': 'application/json' },
});

export function useViews() {
	const stage = useStage();
	beforeEach(() => {
		stage.connect({ readRecords: true });
	});

	return {
		stage,
		crm: () => stage.zoho.crm,
		/** So many leads with a temporarily bounced address, but for those given, in a view of such. */
		addLeads(count: number, worn: readonly string[] = []) {
			const ids = recordIds(count);
			stage.zoho.crm.add('Leads', ids);
			stage.zoho.crm.add('Leads', worn, { timesUnblocked: 5 });
			return { ids, id: stage.zoho.crm.addView({ module: 'Leads' }) };
		},
		/** Runs the node over all records of the views that the items name, unless told otherwise. */
		run(
			customView: INodeParameters[string],
			items: IDataObject[] = [{}],
			{ parameters, ...settings }: RunSettings = {},
		) {
			return stage.run(NODE, items, {
				...settings,
				parameters: { recordsFrom: 'customView', customView, returnAll: true, ...parameters },
			});
		},
		/** The pages that were asked for: the place of each in its view. */
		pages: () =>
			stage.zoho.calls('records').map(({ query }) => {
				const asked = new URLSearchParams(query);
				return asked.get('page') ?? asked.get('page_token');
			}),
		failures: (items: Parameters<typeof failure>[0][]) => items.map(failure),
	};
}
