/** What the tests of Zoho's errors have in common: leads for which every call fails, and contacts. */
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { Fault } from '../fake-zoho';
import { failure, recordIds, useStage } from '../support/stage';

/** Zoho's own words, as its pages have them. */
export const error = (status: number, code: string, message: string): Fault => ({
	status,
	body: JSON.stringify({ code, details: {}, message, status: 'error' }),
});

export const [LEADS, CONTACTS] = [recordIds(6), recordIds(4, 100)];

export const reasons = (items: INodeExecutionData[]) => items.map((item) => failure(item).reason);
export const many = (reason: string, count: number) => Array<string>(count).fill(reason);

export function useErrors() {
	const stage = useStage();
	const calls = (module: string) =>
		stage.zoho.calls('unblock').filter(({ path }) => path.includes(`/${module}/`));

	/**
	 * Six leads in batches of two, then four contacts in batches of two; every call for leads goes
	 * wrong. Retries are off unless told otherwise.
	 */
	async function runWith(fault: Fault, options: INodeParameters = {}) {
		stage.zoho.crm.add('Leads', LEADS);
		stage.zoho.crm.add('Contacts', CONTACTS);
		stage.zoho.fault({ ...fault, match: ({ path }) => path.includes('/Leads/'), times: Infinity });
		return await stage.run(
			'zohoCrmUnblockEmail',
			[
				...LEADS.map((id) => ({ id, module: 'Leads' })),
				...CONTACTS.map((id) => ({ id, module: 'Contacts' })),
			],
			{
				parameters: { module: { __rl: true, mode: 'name', value: '={{ $json.module }}' } },
				options: { batchSize: 2, maxRetries: 0, ...options },
			},
		);
	}

	return { stage, calls, runWith };
}
