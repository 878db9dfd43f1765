/** Reading custom views, page by page: what to ask for next, and what came back. Pure. */
import {
	Outbox,
	type Errand as AnyErrand,
	type OutboxSettings,
	type Sent,
	type Source,
} from '../../run/outbox';
import type { Pace } from '../../run/pace';
import type { Next, Plan } from '../../run/plan';
import { dated, failure, isFailure, type Failure } from '../../zoho/failures';
import type { Answer } from '../../zoho/reply';
import {
	BEYOND_LIMIT,
	MOST_RECORDS,
	readPage,
	type PagePlace,
	type PageResult,
	type ViewRecord,
} from './page';

/** A custom view, as far as it has been read. */
export interface View {
	readonly module: string;
	readonly id: string;
	/** In the view's order, as far as it has been read: at least those that were wanted, where it has them. */
	records: ViewRecord[];
	/** Whether it has been read, to its end or as far as Zoho hands it out. */
	isRead: boolean;
	/** The page that comes next, where nobody wanted more records. */
	rest?: PagePlace | undefined;
	/** Why it could not be read any further. */
	failure?: Failure;
	/** What is true of the records that Zoho did not hand out. */
	cutOff?: Failure;
}

interface ReadState extends View {
	/** So many of its records are wanted by the item that wants most. */
	wanted: number;
	/** The records so far, so that one that moved to the next page meanwhile is not taken twice. */
	known: Set<string>;
	/** How often it was begun again. */
	restarts: number;
}

/** A page to ask for. */
interface Errand extends AnyErrand {
	readonly view: ReadState;
	readonly place: PagePlace;
}

export type PageCall = Sent<Errand>;

const FIRST: PagePlace = { page: 1 };

/** A token lives for a day: who has to begin again more often than this never comes to an end. */
const MOST_RESTARTS = 3;

export class ViewPlan implements Plan<PageCall>, Source<Errand> {
	readonly outbox: Outbox<Errand>;
	readonly isOneAtATime = false;
	private readonly views = new Map<string, ReadState>();
	private readonly pages: Errand[] = [];

	/** @param random gives numbers in [0, 1) */
	constructor(
		private readonly settings: OutboxSettings,
		pace: Pace,
		random: () => number = Math.random,
	) {
		this.outbox = new Outbox(settings, this, pace, random);
	}

	/**
	 * A view to read, once however often it is named.
	 *
	 * @param wanted so many of its records, from its top; Infinity for all
	 */
	view(module: string, id: string, wanted: number): View {
		const key = `${module}/${id}`;
		let view = this.views.get(key);
		if (!view) {
			const nothing = { records: [], isRead: false, known: new Set<string>(), restarts: 0 };
			view = { module, id, wanted, ...nothing };
			this.views.set(key, view);
			this.ask(view, FIRST);
		}
		view.wanted = Math.max(view.wanted, wanted);
		// It may have been read as far as the items before wanted it.
		if (view.rest && view.records.length < wanted) {
			this.ask(view, view.rest);
			view.rest = undefined;
		}
		return view;
	}

	close(): void {
		this.outbox.close();
	}

	/** How many views were read as far as they were wanted, and how many records they gave. */
	get read(): { views: number; records: number } {
		const read = [...this.views.values()].filter(({ isRead, rest }) => isRead || rest);
		const taken = read.map(({ records, wanted }) => Math.min(records.length, wanted));
		return { views: read.length, records: taken.reduce((sum, count) => sum + count, 0) };
	}

	get hasMore(): boolean {
		return this.pages.length > 0;
	}

	draw(): Errand | undefined {
		return this.pages.shift();
	}

	nameOf(): string {
		return 'this page';
	}

	next(now: number): Next<PageCall> {
		return this.outbox.next(now);
	}

	take(call: PageCall, { reply, requests }: Answer, now: number): string | undefined {
		const result = readPage(reply, call.place);
		const isPassing = result.kind === 'refused' && result.failure.transient;
		this.outbox.answered(call, requests, !isPassing);
		if (!isFailure(reply)) this.outbox.heedQuota(reply, now);
		if (result.kind !== 'refused') return this.takeAnswered(call, result);
		const askedMs = isFailure(reply) ? undefined : reply.retryAfterMs;
		const why = dated(result.failure, now);
		return this.outbox.repeat(call, call, why, askedMs, now) ?? this.fail(call.view, why);
	}

	/** What becomes of a call that is not to be made again. */
	private takeAnswered(
		{ view, place }: PageCall,
		result: Exclude<PageResult, { kind: 'refused' }>,
	): string | undefined {
		if (result.kind === 'stale') return this.restart(view, result.failure);
		if (result.kind === 'cutOff') return this.cutOff(view, result.failure);
		const before = view.records.length;
		for (const record of result.records) {
			if (view.known.has(record.id)) continue;
			view.known.add(record.id);
			view.records.push(record);
		}
		if (!result.next) view.isRead = true;
		else if (view.records.length === before) return this.fail(view, noEnd(place));
		else if (view.records.length >= view.wanted) view.rest = result.next;
		else if (view.records.length >= MOST_RECORDS) return this.cutOff(view, BEYOND_LIMIT);
		else this.ask(view, result.next);
		return undefined;
	}

	private ask(view: ReadState, place: PagePlace): void {
		this.pages.push({ view, place, tries: 0 });
	}

	/** Its pages are no longer good: what was read of them is read again. */
	private restart(view: ReadState, why: Failure): string | undefined {
		if (++view.restarts > MOST_RESTARTS) return this.fail(view, { ...why, retryable: true });
		view.records = [];
		view.known.clear();
		this.ask(view, FIRST);
		return `${why.message} Reading it again from its start.`;
	}

	/** Zoho hands out no more of the view. */
	private cutOff(view: ReadState, why: Failure): string | undefined {
		if (view.records.length === 0) return this.fail(view, why);
		view.isRead = true;
		view.cutOff = why;
		return why.message;
	}

	/** No more of the view is read. */
	private fail(view: ReadState, why: Failure): undefined {
		view.failure = why;
		view.isRead = false;
		const asked = this.pages.findIndex((page) => page.view === view);
		if (asked >= 0) this.pages.splice(asked, 1);
		if (this.settings.stopAtFailure) this.outbox.abort();
	}
}

/** A view that goes on for ever, with the same records over and over. */
function noEnd({ page }: PagePlace): Failure {
	return failure('badResponse', {
		code: 'BAD_RESPONSE',
		message: `The custom view could not be read: page ${page} of it holds no record that was not on the pages before, and Zoho says that there are more.`,
		resolution: 'Nothing of the view was unblocked for this item. Run it again.',
		doubtful: false,
	});
}
