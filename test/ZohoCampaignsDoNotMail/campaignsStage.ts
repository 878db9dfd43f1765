/** What the tests of recipients of campaigns have in common: campaigns, and a credential that may read them. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { useStage, type RunSettings } from '../support/stage';

export const NODE = 'zohoCampaignsDoNotMail';
export const DAY_MS = 86_400_000;

export const people = (name: string, count: number) =>
	Array.from({ length: count }, (_, i) => `${name}${i}@example.com`);

/** A campaign, as the node's panel stores it. */
export const campaign = (value: string, mode = 'list') => ({ __rl: true, mode, value });

export function useCampaignReports() {
	const stage = useStage();
	let accounts = 0;
	let credentialId = '';
	const connect = (data: IDataObject = {}) => {
		// Of its own for each test, since runs on one share a budget of calls.
		credentialId = stage.connect({ readCampaigns: true, ...data }, `reader-${++accounts}`);
		return credentialId;
	};
	beforeEach(() => {
		connect();
	});
	return {
		stage,
		connect,
		/** A campaign that was sent so many days ago. */
		add: (daysAgo: number, given: Parameters<typeof stage.zoho.campaigns.reports.add>[0] = {}) =>
			stage.zoho.campaigns.reports.add({ sentAt: Date.now() - daysAgo * DAY_MS, ...given }),
		/** Runs the node over items that ask for recipients of campaigns, all that there are. */
		run(
			parameters: INodeParameters = {},
			items: IDataObject[] = [{}],
			{ options, ...settings }: RunSettings = {},
		) {
			return stage.run(NODE, items, {
				credentialId,
				...settings,
				options: { retryDelay: 1, ...options },
				parameters: { addressesFrom: 'campaigns', returnAll: true, ...parameters },
			});
		},
		moves: () => stage.zoho.calls('doNotMail'),
	};
}
