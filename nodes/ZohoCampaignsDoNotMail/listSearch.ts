/** The list that the panel searches: the campaigns sent. */
import {
	NodeOperationError,
	type ILoadOptionsFunctions,
	type INodeListSearchItems,
	type INodeListSearchResult,
} from 'n8n-workflow';

import { connect } from '../n8n/transport';
import { isFailure, type Failure } from '../zoho/failures';
import { CampaignList } from './campaigns/list';
import type { ListedCampaign } from './campaigns/reply';

const TIMEOUT_MS = 20_000;

/** More pages than this, of 100 campaigns each, nobody looks through. */
const MOST_PAGES = 10;

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
	if (isFailure(campaigns)) {
		// The list shows the message, and nothing else of the error.
		const message = `${campaigns.message} ${campaigns.resolution}`;
		throw new NodeOperationError(this.getNode(), message);
	}
	const wanted = filter.trim().toLowerCase();
	return {
		results: campaigns
			.filter(({ isSent }) => isSent)
			.sort((a, b) => (b.sentAt ?? 0) - (a.sentAt ?? 0))
			.map((campaign): INodeListSearchItems => {
				const { name, key, sentAt } = campaign;
				const day = sentAt === undefined ? '' : ` (${dayOf(sentAt, this)})`;
				return { name: `${name || key}${day}`, value: key };
			})
			.filter(({ name }) => name.toLowerCase().includes(wanted)),
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

/** In the workflow's time zone. n8n takes some that only its own library of dates knows: then in UTC. */
function dayOf(moment: number, context: ILoadOptionsFunctions): string {
	const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
	try {
		return new Date(moment).toLocaleDateString('en-GB', {
			...day,
			timeZone: context.getTimezone(),
		});
	} catch {
		return new Date(moment).toLocaleDateString('en-GB', { ...day, timeZone: 'UTC' });
	}
}
