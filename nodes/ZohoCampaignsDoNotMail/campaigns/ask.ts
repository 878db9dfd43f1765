/** What an item asks for: recipients of campaigns, and what has been found of them so far. Pure. */
import { failure, type Failure } from '../../zoho/failures';
import { keyOf } from '../addresses';
import type { Asker, Campaign, Recipients } from './campaign';
import type { CampaignList } from './list';
import { RECIPIENTS, type ListedCampaign, type Origin, type Recipient } from './reply';

/** One item's parameters, checked. */
export interface Asked {
	/** The campaigns sent since then, in ms since 1970, or the one with this key. */
	readonly which: { readonly since: number } | { readonly key: string };
	/** Each once, in the order of `RECIPIENTS`. */
	readonly recipients: readonly Recipient[];
	/** So many addresses at the most; Infinity for all. */
	readonly most: number;
}

export interface Found extends Origin {
	readonly email: string;
}

/** Something of what was asked for cannot be read. */
export interface Unread {
	readonly campaign?: Pick<Campaign, 'name' | 'key'>;
	readonly failure: Failure;
}

export class Ask implements Asker {
	readonly recipients: readonly Recipient[];
	/** What cannot be read, the same once. */
	readonly unread: Unread[] = [];
	/** All was read, or cannot be. */
	isWhole = false;
	private readonly most: number;
	private readonly campaigns: Campaign[] = [];
	private readonly found = new Map<string, Found>();
	/** How much of the list it has looked at. */
	private listed = 0;
	/** How far it has come: in which campaign, in which of its readings, at which address. */
	private readonly place = { campaign: 0, reading: 0, address: 0 };

	/** @param campaignOf the campaign with a key, the same for all who ask for it */
	constructor(
		private readonly asked: Asked,
		private readonly list: CampaignList,
		private readonly campaignOf: (listed: ListedCampaign) => Campaign,
	) {
		this.recipients = asked.recipients;
		this.most = asked.most;
	}

	/** Each once, by campaign and kind. */
	get addresses(): Iterable<Found> {
		return this.found.values();
	}

	get isFull(): boolean {
		return this.found.size >= this.most;
	}

	/** Whether more of the list has to be read for it. */
	get wantsList(): boolean {
		return !this.isFull && !this.hasAllCampaigns;
	}

	/** Takes in what has been read meanwhile. */
	advance(): void {
		this.lookThroughList();
		for (let next = this.next(); next && this.takeIn(next); next = this.next()) {
			this.place.reading++;
			this.place.address = 0;
		}
		const isPastAll = this.place.campaign === this.campaigns.length;
		this.isWhole = this.isFull || (this.hasAllCampaigns && isPastAll);
	}

	/** Nothing more is read: takes in the rest of what was. */
	finish(): void {
		for (const campaign of this.campaigns.slice(this.place.campaign)) {
			for (const reading of campaign.readingsOf(this.recipients)) {
				this.place.address = 0;
				this.takeIn(reading);
			}
			this.noteFailureOf(campaign);
		}
		const { failure } = this.list;
		if (failure && this.lacksCampaigns && !this.isFull) this.note({ failure });
	}

	/** Of the list nothing more is needed, or there is no more of it. */
	private get hasAllCampaigns(): boolean {
		return this.list.isOver || !this.lacksCampaigns;
	}

	/** Whether the list may hold more, as far as it was read. */
	private get lacksCampaigns(): boolean {
		if ('key' in this.asked.which) return this.campaigns.length === 0;
		return !(this.list.isInOrder && this.list.oldest < this.asked.which.since);
	}

	private lookThroughList(): void {
		const { which } = this.asked;
		for (; this.listed < this.list.campaigns.length; this.listed++) {
			const listed = this.list.campaigns[this.listed]!;
			if ('key' in which ? listed.key === which.key : this.isRecent(listed, which.since)) {
				this.add(listed);
			}
		}
		// The list is of those sent; what Zoho says of another key is for Zoho to say.
		if ('key' in which && this.list.isOver && !this.list.failure && this.campaigns.length === 0) {
			this.add({ key: which.key, name: '', isTest: false, sentAt: undefined, isSent: true });
		}
	}

	private isRecent(listed: ListedCampaign, since: number): boolean {
		if (!listed.isSent) return false;
		if (listed.sentAt === undefined) this.note({ campaign: listed, failure: UNDATED(listed.name) });
		return listed.sentAt !== undefined && listed.sentAt >= since;
	}

	private add(listed: ListedCampaign): void {
		const campaign = this.campaignOf(listed);
		this.campaigns.push(campaign);
		campaign.addAsker(this);
	}

	/** The reading that it has come to; undefined where nothing is known of one. */
	private next(): Recipients | undefined {
		for (;;) {
			const campaign = this.campaigns[this.place.campaign];
			const reading = campaign?.readingsOf(this.recipients)[this.place.reading];
			if (reading || !campaign?.hasAllKeys) return reading;
			this.noteFailureOf(campaign);
			this.place.campaign++;
			this.place.reading = 0;
		}
	}

	/** @returns whether all of it was taken in */
	private takeIn({ addresses, campaign, recipient, isOver, failure }: Recipients): boolean {
		const { name, key: campaignKey } = campaign;
		while (this.place.address < addresses.length && !this.isFull) {
			const email = addresses[this.place.address++]!;
			const key = keyOf(email);
			const known = this.found.get(key);
			const isFirst = !known || rank(recipient) < rank(known.recipient);
			if (isFirst) this.found.set(key, { email, campaign: name, campaignKey, recipient });
		}
		if (this.isFull || !isOver) return false;
		if (failure) this.note({ campaign, failure });
		return true;
	}

	private noteFailureOf(campaign: Campaign): void {
		if (campaign.failure) this.note({ campaign, failure: campaign.failure });
	}

	private note(unread: Unread): void {
		const isKnown = this.unread.some(
			({ campaign, failure: { message } }) =>
				campaign?.key === unread.campaign?.key && message === unread.failure.message,
		);
		if (!isKnown) this.unread.push(unread);
	}
}

const rank = (recipient: Recipient) => RECIPIENTS.indexOf(recipient);

const UNDATED = (name: string) =>
	failure('badResponse', {
		code: 'BAD_RESPONSE',
		message: `Zoho does not say when the campaign "${name}" was sent, so it was not read.`,
		resolution: 'Choose it by itself, with "Campaigns" set to "One Campaign".',
		doubtful: false,
		transient: false,
	});
