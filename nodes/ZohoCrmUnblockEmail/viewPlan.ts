/** Reading custom views to their ends, page by page: what to ask for next, and what came back. Pure. */
import type { Pace } from '../run/pace';
import type { Next, Plan } from '../run/plan';
import { pauseBeforeRetry, type RetrySettings } from '../run/retries';
import { WaitingList } from '../run/waiting';
import { inWords } from '../run/words';
import { dated, failure, isFailure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';
import { readPage, type PagePlace, type PageResult, type ViewRecord } from './customView';
import { keepToQuota, waitUntil } from './quota';

export interface ViewSettings extends RetrySettings {
	/** On Error is Stop Workflow: all input is read before the first page, and a failure ends the run. */
	stopAtFailure: boolean;
}

/** A custom view, as far as it has been read. */
export interface View {
	readonly module: string;
	readonly id: string;
	/** In the view's order. None where it could not be read to its end. */
	records: ViewRecord[];
	/** Whether it has been read, to its end or as far as Zoho hands it out. */
	isRead: boolean;
	/** Why it could not be read. */
	failure?: Failure;
	/** What is true of the records that Zoho did not hand out. */
	cutOff?: Failure;
}

interface ReadState extends View {
	/** The records so far, so that one that moved to the next page meanwhile is not taken twice. */
	known: Set<string>;
	/** How often it was begun again. */
	restarts: number;
}

/** A page to ask for. */
interface Errand {
	readonly view: ReadState;
	readonly place: PagePlace;
	/** How often it has failed. */
	readonly tries: number;
}

export interface PageCall extends Errand {
	readonly startedAt: number;
}

const FIRST: PagePlace = { page: 1 };

/** A token lives for a day: who has to begin again more often than this never comes to an end. */
const MOST_RESTARTS = 3;

export class ViewPlan implements Plan<PageCall> {
	readonly summary = { calls: 0, retries: 0 };
	/** Why nothing more was sent, where the run ended early. */
	ending: Failure | undefined;
	/** What Zoho said last of the API credits that are left. */
	creditsLeft: string | undefined;
	private readonly views = new Map<string, ReadState>();
	private ready: Errand[] = [];
	private readonly waiting = new WaitingList<Errand>();
	private readonly inFlight = new Set<PageCall>();
	private isWhole = false;
	private isStopped = false;

	/** @param random gives numbers in [0, 1) */
	constructor(
		private readonly settings: ViewSettings,
		private readonly pace: Pace,
		private readonly random: () => number = Math.random,
	) {}

	/** A view to read, once however often it is named. */
	view(module: string, id: string): View {
		const key = `${module}/${id}`;
		let view = this.views.get(key);
		if (!view) {
			view = { module, id, records: [], isRead: false, known: new Set(), restarts: 0 };
			this.views.set(key, view);
			this.ready.push({ view, place: FIRST, tries: 0 });
		}
		return view;
	}

	close(): void {
		this.isWhole = true;
	}

	/** Nothing more is to be sent, for this reason. */
	end(why: Failure): void {
		this.ending ??= why;
	}

	/** Nothing more is to be sent, for the failure of an item. */
	stop(): void {
		this.isStopped = true;
	}

	/** How many views were read, and the records in them. */
	get read(): { views: number; records: number } {
		const read = [...this.views.values()].filter(({ isRead }) => isRead);
		return {
			views: read.length,
			records: read.reduce((sum, { records }) => sum + records.length, 0),
		};
	}

	next(now: number): Next<PageCall> {
		const isHeldBack = this.settings.stopAtFailure && !this.isWhole;
		const mayStart = !this.ending && !this.isStopped && !isHeldBack;
		const idle: Next<PageCall> = this.inFlight.size > 0 || !this.isWhole ? LATER : { do: 'done' };
		if (!mayStart) return idle;
		const startAt = this.pace.nextStartAt(now);
		if (startAt === undefined) return LATER;
		if (this.ready.length + this.waiting.size === 0) return idle;
		if (startAt > now) return waitUntil(startAt, this.pace, now);
		const errand = this.waiting.takeDue(now) ?? this.takeReady(now);
		if (errand) return this.start(errand, now);
		return { do: 'wait', until: this.waiting.firstAt! };
	}

	take(call: PageCall, { reply, requests }: Answer, now: number): string | undefined {
		this.summary.calls += requests;
		const result = readPage(reply, call.place);
		const isPassing = result.kind === 'refused' && result.failure.transient;
		if (this.inFlight.delete(call)) this.pace.end(!isPassing);
		if (!isFailure(reply)) {
			this.creditsLeft = reply.headers['x-api-credits-remaining'] ?? this.creditsLeft;
			this.ending ??= keepToQuota(reply, this.pace, now);
		}
		if (result.kind !== 'refused') return this.takeAnswered(call, result);
		const askedMs = isFailure(reply) ? undefined : reply.retryAfterMs;
		return this.takeRefused(call, dated(result.failure, now), askedMs, now);
	}

	/** What becomes of a call that is not to be made again. */
	private takeAnswered(
		{ view, place }: PageCall,
		result: Exclude<PageResult, { kind: 'refused' }>,
	): string | undefined {
		if (result.kind === 'stale') return this.restart(view, result.failure);
		if (result.kind === 'cutOff') {
			if (view.records.length === 0) return this.fail(view, result.failure);
			view.isRead = true;
			view.cutOff = result.failure;
			return result.failure.message;
		}
		const added = result.records.filter(({ id }) => !view.known.has(id));
		for (const record of added) view.known.add(record.id);
		view.records.push(...added);
		if (!result.next) view.isRead = true;
		else if (added.length === 0) return this.fail(view, noEnd(place));
		else this.ready.push({ view, place: result.next, tries: 0 });
		return undefined;
	}

	private takeRefused(
		call: PageCall,
		why: Failure,
		askedMs: number | undefined,
		now: number,
	): string | undefined {
		const { view, place, startedAt } = call;
		const tries = call.tries + 1;
		const mayRetry = why.transient && !this.ending && !this.isStopped;
		const waitMs = mayRetry
			? pauseBeforeRetry(tries, this.settings, askedMs, this.random())
			: undefined;
		if (waitMs === undefined) return this.fail(view, why);
		this.summary.retries++;
		if (why.reason === 'rateLimited') this.pace.tooMany(startedAt, waitMs, now);
		this.waiting.add({ view, place, tries }, now + waitMs);
		return `${why.message} Trying this page again in ${inWords(waitMs)}.`;
	}

	/** Its pages are no longer good: what was read of them is read again. */
	private restart(view: ReadState, why: Failure): string | undefined {
		if (++view.restarts > MOST_RESTARTS) return this.fail(view, { ...why, retryable: true });
		view.records = [];
		view.known.clear();
		this.ready.push({ view, place: FIRST, tries: 0 });
		return `${why.message} Reading it again from its start.`;
	}

	/** Nothing of the view is unblocked. */
	private fail(view: ReadState, why: Failure): undefined {
		view.failure = why;
		view.isRead = false;
		view.records = [];
		this.ready = this.ready.filter((errand) => errand.view !== view);
		if (why.reach === 'account') this.end(why);
		if (why.reason === 'rateLimited') this.end({ ...why, reach: 'rest' });
		if (this.settings.stopAtFailure) this.stop();
	}

	private start(errand: Errand, now: number): Next<PageCall> {
		this.pace.start(now);
		const call = { ...errand, startedAt: now };
		this.inFlight.add(call);
		return { do: 'send', call };
	}

	private takeReady(now: number): Errand | undefined {
		// What is to be asked for again keeps its place: new calls do not pile up beside it.
		return this.pace.nextStartAt(now, this.waiting.size) === now ? this.ready.shift() : undefined;
	}
}

const LATER = { do: 'later' } as const;

/** A view that goes on for ever, with the same records over and over. */
function noEnd({ page }: PagePlace): Failure {
	return failure('badResponse', {
		code: 'BAD_RESPONSE',
		message: `The custom view could not be read: page ${page} of it holds no record that was not on the pages before, and Zoho says that there are more.`,
		resolution: 'Nothing of the view was unblocked. Run these items again.',
		doubtful: false,
	});
}
