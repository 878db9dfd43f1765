/** Reading campaigns to their ends: what to ask for next, and what came back. Pure. */
import type { Budget } from '../../limit/budget';
import {
	Outbox,
	type Errand as AnyErrand,
	type OutboxSettings,
	type Sent,
	type Source,
	type Wait,
} from '../../run/outbox';
import { Pace } from '../../run/pace';
import type { Next, Plan } from '../../run/plan';
import { dated, isFailure, type Failure } from '../../zoho/failures';
import type { Answer } from '../../zoho/reply';
import { LimitedCalls, type Leave } from '../limitedCalls';
import type { Limit } from '../limitWait';
import { Ask, type Asked } from './ask';
import { Campaign } from './campaign';
import { CampaignList } from './list';
import { PageSize, type Reading } from './pages';
import { ofReading, RECIPIENTS_A_PAGE, type ListedCampaign } from './reply';

export interface ReadSettings extends OutboxSettings, Limit {
	maxParallelRequests: number;
}

interface Errand extends AnyErrand {
	readonly reading: Reading;
}

export type ReadCall = Sent<Errand, Leave>;

export class CampaignsPlan implements Plan<ReadCall>, Source<Errand, Leave> {
	readonly outbox: Outbox<Errand, Leave>;
	readonly limited: LimitedCalls;
	readonly isOneAtATime = false;
	private readonly asks = new Map<string, Ask>();
	private readonly campaigns = new Map<string, Campaign>();
	private readonly list = new CampaignList(() => this.all.some(({ wantsList }) => wantsList));
	/** A page of the list is under way, or goes again. */
	private isListOut = false;
	private readonly readings: Reading[] = [];
	private readonly pageSize = new PageSize(RECIPIENTS_A_PAGE);

	/**
	 * @param budget leave for calls, of those that all runs on this account share
	 * @param random gives numbers in [0, 1)
	 */
	constructor(
		private readonly settings: ReadSettings,
		budget: Budget,
		random: () => number = Math.random,
	) {
		const pace = new Pace(settings.maxParallelRequests, () => 0);
		this.outbox = new Outbox(settings, this, pace, random);
		this.limited = new LimitedCalls(settings, budget, ['page of campaigns', 'pages of campaigns']);
	}

	/** What is to be read, once however often it is asked for. */
	ask(asked: Asked): Ask {
		const key = JSON.stringify([asked.which, asked.recipients, String(asked.most)]);
		let ask = this.asks.get(key);
		if (!ask) {
			ask = new Ask(asked, this.list, (listed) => this.campaignOf(listed));
			this.asks.set(key, ask);
			ask.advance();
		}
		return ask;
	}

	close(): void {
		this.outbox.close();
	}

	/** The run is over: what has been read is handed on. */
	finish(now: number): void {
		for (const ask of this.all) ask.finish();
		this.limited.leave(now);
	}

	/** How many campaigns were read, and the addresses found in them. */
	get read(): { campaigns: number; addresses: number } {
		const addresses = this.all.reduce((sum, ask) => sum + [...ask.addresses].length, 0);
		return { campaigns: this.campaigns.size, addresses };
	}

	/** Whether a limit may have kept addresses out. */
	get isCut(): boolean {
		return this.all.some(({ isFull }) => isFull);
	}

	get hasMore(): boolean {
		while (this.readings[0]?.isWanted === false) this.readings.shift();
		return this.needsList || this.readings.length > 0;
	}

	draw(): Errand | undefined {
		const needsList = this.needsList;
		this.isListOut ||= needsList;
		const reading = needsList ? this.list : this.hasMore ? this.readings.shift() : undefined;
		return reading && { reading, tries: 0 };
	}

	nameOf(): string {
		return 'this page';
	}

	admit(now: number): Leave | Wait | Failure {
		const { open, toRepeat, isClosed: isWhole } = this.outbox;
		const toSend = this.readings.length + toRepeat.length + (this.needsList ? 1 : 0);
		return this.limited.admit({ toSend, left: toSend + [...open].length, isWhole }, now);
	}

	next(now: number): Next<ReadCall> {
		return this.outbox.next(now);
	}

	take(call: ReadCall, answer: Answer, now: number): string | undefined {
		const { reading } = call;
		const { reply, requests } = answer;
		const result = isFailure(reply) ? ofReading(reply, reading.name) : reading.take(reply);
		const why = isFailure(result) ? dated(result, now) : undefined;
		this.outbox.answered(call, requests, !why?.transient);
		this.outbox.noteShape(reply, why?.unexpected === true);
		const lockedUntil = this.limited.ended(call, answer, why, now);
		if (why) return this.takeFailure(call, why, lockedUntil, now);
		this.isListOut &&= reading !== this.list;
		if (result === 'more' && reading !== this.list) this.readings.push(reading);
		this.advance();
		return undefined;
	}

	private takeFailure(
		call: ReadCall,
		why: Failure,
		lockedUntil: number | undefined,
		now: number,
	): string | undefined {
		if (lockedUntil !== undefined) {
			if (this.settings.whenLimitReached === 'wait') this.outbox.enqueue(call);
			else this.outbox.abort({ ...why, retryAt: lockedUntil });
			return this.limited.learn(now);
		}
		const news = this.outbox.repeat(call, call, why, why.waitMs, now);
		if (news !== undefined) return news;
		// What ends the run is told once, and not for each page that was under way.
		if (!this.outbox.abortedFor) call.reading.fail(why);
		if (this.settings.stopAtFailure) this.outbox.abort();
		this.advance();
		return undefined;
	}

	private get all(): Ask[] {
		return [...this.asks.values()];
	}

	private get needsList(): boolean {
		return !this.isListOut && this.list.isWanted;
	}

	private advance(): void {
		for (const ask of this.all) ask.advance();
		// Nobody waits for the rest of a page that goes again, once there are addresses enough.
		this.outbox.keep(({ reading }) => reading.isWanted);
	}

	private campaignOf({ key, name, isTest }: ListedCampaign): Campaign {
		let campaign = this.campaigns.get(key);
		if (!campaign) {
			const begin = (reading: Reading) => this.readings.push(reading);
			campaign = new Campaign(key, name, isTest, this.pageSize, begin);
			this.campaigns.set(key, campaign);
		}
		return campaign;
	}
}
