/** The list of the campaigns sent, read from the newest on, as far as anybody needs it. Pure. */
import { isFailure, type Failure } from '../../zoho/failures';
import type { Reply, Request } from '../../zoho/reply';
import { noEnd, PageSize, type Reading } from './pages';
import {
	CAMPAIGNS_A_PAGE,
	campaignsRequest,
	ofReading,
	readCampaigns,
	type ListedCampaign,
} from './reply';

/** A list that changes more often than this while it is read never comes to an end. */
const MOST_RESTARTS = 3;

export class CampaignList implements Reading {
	readonly name = 'The list of campaigns';
	/** Each once, in the order of the list. */
	readonly campaigns: ListedCampaign[] = [];
	/** It was read to its end, or cannot be. */
	isOver = false;
	/** Why it cannot be. */
	failure: Failure | undefined;
	/** Whether it comes as it was asked for, the newest first, as far as it was read. */
	isInOrder = true;
	/** When the last campaign was sent of which that is known, in ms since 1970. */
	oldest = Infinity;
	private readonly known = new Set<string>();
	/** Those that it has come by since it was begun, or begun again. */
	private readonly passed = new Set<string>();
	private readonly pageSize = new PageSize(CAMPAIGNS_A_PAGE);
	private last: string | undefined;
	private rows = 0;
	private restarts = 0;

	/** @param wants whether anybody needs more of it */
	constructor(private readonly wants: () => boolean) {}

	get isWanted(): boolean {
		return !this.isOver && this.wants();
	}

	/** The last row comes once more: where another stands there, the list has changed meanwhile. */
	request(timeout: number): Request {
		return campaignsRequest(Math.max(1, this.rows), timeout);
	}

	take(reply: Reply): 'more' | 'over' | Failure {
		const page = readCampaigns(reply);
		if (isFailure(page)) return ofReading(page, this.name);
		const [first] = page;
		const hasNew = page.some(({ key }) => !this.passed.has(key));
		const isMoved = first !== undefined && this.last !== undefined && first.key !== this.last;
		// Where some were deleted, others moved up to rows that have been read. New ones only push them down.
		const isLost = isMoved && (!this.passed.has(first.key) || !hasNew);
		if (isLost && this.restarts++ < MOST_RESTARTS) return this.restart();
		if (page.length > 1 && !hasNew) return noEnd(this.name, this.rows);
		for (const campaign of page) this.see(campaign);
		this.rows += page.length - (this.last === undefined ? 0 : 1);
		this.last = page.at(-1)?.key;
		this.isOver = page.length === 0 || this.pageSize.isLast(page.length);
		return this.isOver ? 'over' : 'more';
	}

	fail(why: Failure): void {
		this.failure = why;
		this.isOver = true;
	}

	private see(campaign: ListedCampaign): void {
		const { key, sentAt } = campaign;
		if (this.passed.has(key)) return;
		this.passed.add(key);
		if (sentAt !== undefined) {
			if (sentAt > this.oldest) this.isInOrder = false;
			this.oldest = sentAt;
		}
		if (this.known.has(key)) return;
		this.known.add(key);
		this.campaigns.push(campaign);
	}

	private restart(): 'more' {
		this.passed.clear();
		this.last = undefined;
		this.rows = 0;
		this.oldest = Infinity;
		return 'more';
	}
}
