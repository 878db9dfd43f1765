/** The list that the panel searches: the campaigns sent. */
import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { isFound, MOST_PAGES, shownInList, TIMEOUT_MS } from '../n8n/listSearch';
import { timeZoneOf } from '../n8n/timeZone';
import { connect } from '../n8n/transport';
import { isFailure, type Failure } from '../zoho/failures';
import { CampaignList } from './campaigns/list';
import type { ListedCampaign } from './campaigns/reply';

/**
 * The campaigns sent whose name or day holds the filter, the newest first, each with the day it was sent.
 *
 * @throws what is in the way, for the person who opened the list
 */
export async function searchCampaigns(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const campaigns = await readCampaigns(this);
	if (isFailure(campaigns)) throw shownInList(this, campaigns);
	const timeZone = timeZoneOf(this) ?? 'UTC';
	return {
		results: campaigns
			.filter(({ isSent }) => isSent)
			.sort((a, b) => (b.sentAt ?? 0) - (a.sentAt ?? 0))
			.map((campaign): INodeListSearchItems => {
				const { name, key, sentAt } = campaign;
				const day = sentAt === undefined ? '' : ` (${dayOf(sentAt, timeZone)})`;
				return { name: `${name || key}${day}`, value: key };
			})
			.filter(({ name }) => isFound(name, filter)),
	};
}

async function readCampaigns(context: ILoadOptionsFunctions): Promise<ListedCampaign[] | Failure> {
	const connection = await connect(context, 'campaigns', true);
	if (isFailure(connection)) return connection;
	const list = new CampaignList(() => true);
	for (let page = 1; page <= MOST_PAGES; page++) {
		const { reply } = await connection.call(list.request(TIMEOUT_MS));
		const result = isFailure(reply) ? reply : list.take(reply);
		if (typeof result !== 'string') return result;
		if (result === 'over') break;
	}
	return list.campaigns;
}

const dayOf = (moment: number, timeZone: string) =>
	new Date(moment).toLocaleDateString('en-GB', {
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		timeZone,
	});
