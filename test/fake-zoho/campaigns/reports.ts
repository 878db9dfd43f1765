import type { Reply } from '../reply';
import type { ReceivedRequest, ReportKind } from '../requests';
import { report, reportRefusal, type CampaignsCode } from './replies';
import type { CampaignsSettings } from './settings';

/** What may be asked for of the recipients of a campaign: of all that Zoho has, what tests need. */
export const RECIPIENT_ACTIONS = [
	'senthardbounce',
	'sentsoftbounce',
	'spamcontacts',
	'optoutcontacts',
] as const;
export type RecipientAction = (typeof RECIPIENT_ACTIONS)[number];

export interface Campaign {
	key: string;
	name: string;
	/** As Zoho writes it; `abtesting` for an A/B test, in any case. */
	type: string;
	/** As Zoho writes it: `Sent`, `Draft` … */
	status: string;
	/** ms since 1970; what is no number is told as it is. */
	sentAt: number | string;
	recipients: Partial<Record<RecipientAction, string[]>>;
	/** The keys of the two campaigns in which an A/B test keeps those of its test phase. */
	children?: readonly [string, string];
}

type NewCampaign = Partial<Omit<Campaign, 'children'>> & {
	/** Makes it an A/B test, whose test phase has reached these. */
	testPhase?: readonly [Campaign['recipients'], Campaign['recipients']];
};

/**
 * What Zoho Campaigns tells of campaigns: recentcampaigns, getcampaignrecipientsdata and
 * getcampaigndetails, as far as facts of December 2026 have them. Decided here:
 * - Rows are counted from 1 at the moment of the call: where a campaign is deleted meanwhile, those
 *   behind it move up.
 * - Recipients stand in the order in which they were added, the same address as often as it was.
 * - A campaign is read by its key as long as it is there and was sent, also where no list has it.
 */
export class Reports {
	private readonly campaigns = new Map<string, Campaign>();
	/** The two campaigns of a test phase are in no list. */
	private readonly unlisted = new Set<string>();

	constructor(
		private readonly settings: CampaignsSettings,
		private readonly now: () => number,
	) {}

	/** Adds a campaign, sent now unless told otherwise. Returns its key. */
	add({ testPhase, ...given }: NewCampaign): string {
		const key = given.key ?? `3z${String(2423488000000087501n + BigInt(this.campaigns.size))}`;
		const name = `Campaign ${this.campaigns.size + 1}`;
		const type = testPhase ? 'abtesting' : 'normal';
		const campaign: Campaign = {
			key,
			name,
			type,
			status: 'Sent',
			sentAt: this.now(),
			recipients: {},
			...given,
		};
		this.campaigns.set(key, campaign);
		if (testPhase) {
			const [a, b] = testPhase.map((recipients, i) => {
				const child = { ...campaign, key: `${key}${'ab'[i]}`, type: 'normal', recipients };
				this.campaigns.set(child.key, child);
				this.unlisted.add(child.key);
				return child.key;
			});
			campaign.children = [a!, b!];
		}
		return key;
	}

	/** Deletes a campaign. */
	delete(key: string): void {
		this.campaigns.delete(key);
	}

	/** A campaign as it stands now, to be looked at or changed. */
	get(key: string): Campaign | undefined {
		return this.campaigns.get(key);
	}

	answer(kind: ReportKind, { path, method, query: text }: ReceivedRequest): Reply {
		const query = new URLSearchParams(text);
		const isJson = query.get('resfmt')?.toUpperCase() === 'JSON';
		const refuse = (code: CampaignsCode) => reportRefusal(path, code, isJson, this.settings);
		if (method !== (kind === 'campaignRecipients' ? 'POST' : 'GET')) {
			return { ...refuse('901'), status: 405 };
		}
		const told = this.tell(kind, query);
		return typeof told === 'string'
			? refuse(told)
			: report(path, told, isJson, this.settings.nested);
	}

	private tell(kind: ReportKind, query: URLSearchParams): object | CampaignsCode {
		if (kind === 'recentCampaigns') return this.list(query);
		const key = query.get('campaignkey') ?? '';
		if (key === '') return '903';
		const campaign = this.campaigns.get(key);
		return kind === 'campaignRecipients'
			? this.recipients(campaign, query)
			: this.details(campaign, query);
	}

	private list(query: URLSearchParams): object | CampaignsCode {
		const { ignored } = this.settings.lists;
		const status = ignored.has('status') ? 'all' : (query.get('status') ?? 'all').toLowerCase();
		const all = [...this.campaigns.values()].filter(
			(one) =>
				!this.unlisted.has(one.key) && (status === 'all' || one.status.toLowerCase() === status),
		);
		if (!ignored.has('sort')) {
			const way = query.get('sort') === 'asc' ? 1 : -1;
			all.sort((a, b) => way * (Number(a.sentAt) - Number(b.sentAt)));
		}
		const rows = this.rowsOf(all.map(entryOf), query);
		return rows.length === 0 && this.settings.lists.endAs === 'refusal'
			? '6101'
			: { ...this.requestDetails(query), recent_campaigns: rows };
	}

	private recipients(
		campaign: Campaign | undefined,
		query: URLSearchParams,
	): object | CampaignsCode {
		const action = RECIPIENT_ACTIONS.find((known) => known === query.get('action'));
		if (action === undefined) return query.has('action') ? '2007' : '903';
		if (campaign?.status.toLowerCase() !== 'sent') return '6002';
		const addresses = this.rowsOf(campaign.recipients[action] ?? [], query);
		const { endAs, addressAs } = this.settings.lists;
		if (addresses.length === 0 && endAs === 'refusal') return '6303';
		const contacts = addresses.map((address, i) => ({
			contactid: String(2423488000000900001n + BigInt(i)),
			[addressAs]: address,
			contactfn: 'null',
			contactln: 'null',
			contactstatus: 'active',
			sent_time: time(campaign.sentAt),
		}));
		return { ...this.requestDetails(query), list_of_details: contacts };
	}

	private details(campaign: Campaign | undefined, query: URLSearchParams): object | CampaignsCode {
		if (!campaign) return '6002';
		const { key, name, type, children } = campaign;
		const isAsked = query.get('campaigntype')?.toLowerCase() === 'abtesting';
		const split = children &&
			isAsked && {
				'AB-split-details': [
					{ a_child_campaignkey: children[0], b_child_campaignkey: children[1] },
				],
			};
		const about = [{ campaign_key: key, campaign_name: name, campaigntype: type }];
		return { 'campaign-details': about, ...split };
	}

	private rowsOf<T>(all: readonly T[], query: URLSearchParams): T[] {
		const { rows, mostRows, ignored } = this.settings.lists;
		const number = (name: 'range' | 'fromindex', byDefault: number) =>
			ignored.has(name) ? byDefault : Number(query.get(name) ?? byDefault);
		const from = number('fromindex', 1) - 1;
		return all.slice(from, from + Math.min(number('range', rows), mostRows));
	}

	private requestDetails(query: URLSearchParams): object {
		const asked = Object.fromEntries(query);
		const text = Object.entries(asked).map(([name, value]) => `${name}=${value}`);
		return { requestdetails: this.settings.lists.requestAsText ? `{${text.join(', ')}}` : asked };
	}
}

/** A campaign as an entry of the list. */
function entryOf({ key, name, type, status, sentAt }: Campaign) {
	return {
		campaign_key: key,
		campaign_name: name,
		campaigntype: type,
		campaign_status: status,
		sent_time: time(sentAt),
		created_time: time(sentAt),
		subject: name,
		isfrom: 'Zoho',
	};
}

/** As Zoho writes a moment: in whole ms. */
function time(sentAt: Campaign['sentAt']): string {
	return typeof sentAt === 'number' ? String(Math.floor(sentAt)) : sentAt;
}
