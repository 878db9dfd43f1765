/** Which call to send next: new batches of every group, and calls that are to be made again. Pure. */
import { Pace } from '../run/pace';
import type { Next } from '../run/plan';
import { WaitingList } from '../run/waiting';
import type { Failure } from '../zoho/failures';
import { Isolation } from './isolation';
import type { Outcomes } from './outcomes';
import type { Group } from './groups';
import { waitUntil } from './quota';
import { ShareOfBad } from './share';
import type { Part, Trial } from './trial';

export interface PaceSettings {
	/** Between the starts of two calls, in ms. */
	batchInterval: number;
	maxParallelRequests: number;
}

export interface QueueSettings extends PaceSettings {
	batchSize: number;
}

/** The pace of a run: one for all its calls, whatever they are for. */
export function paceOf({ maxParallelRequests, batchInterval }: PaceSettings): Pace {
	return new Pace(maxParallelRequests, () => batchInterval);
}

/** Records to send in one call. */
interface Errand extends Part {
	readonly group: GroupState;
	/** How often it has failed. */
	readonly tries: number;
	/** What it decides, unless that has been decided without it. */
	readonly trial?: Trial | undefined;
}

export interface Call extends Errand {
	readonly startedAt: number;
}

/** What is known of the records that may share calls. */
export interface GroupState extends Group {
	readonly search: Isolation<Failure>;
	readonly outcomes: Outcomes;
	/** Why every call would fail, once one has: what was not sent is kept back. */
	refusal?: Failure;
	/** A call of it was let in: no refusal is about all of its records. */
	hasPassed?: boolean;
	/** Whether a refusal is about one record or about all is being found out. */
	trial?: Trial | undefined;
	/** Refusals of no known meaning that were found to be about single records. */
	readonly partial: Set<string>;
	/** Records of calls that were refused for the sake of one of them. */
	readonly suspected: Set<string>;
}

export class CallQueue {
	readonly groups = new Map<Group, GroupState>();
	private readonly share = new ShareOfBad();
	private readonly inFlight = new Set<Call>();
	private readonly waiting = new WaitingList<Errand>();
	private batchSize: number;
	/** While the size that Zoho takes is being learned, calls go one at a time. */
	private isSizing = false;
	/** All input is there. */
	private isWhole = false;
	/** The run stops at a failure: only its call is still searched, by this. */
	private last: { group: GroupState; search: Part['search'] } | undefined;

	constructor(
		{ batchSize }: QueueSettings,
		readonly pace: Pace,
	) {
		this.batchSize = batchSize;
	}

	/** A record to unblock, which was not added before; `outcomes` are for a group that is new. */
	add(group: Group, id: string, outcomes: () => Outcomes): void {
		let state = this.groups.get(group);
		if (!state) {
			const search = this.newSearch();
			state = { ...group, search, outcomes: outcomes(), partial: new Set(), suspected: new Set() };
			this.groups.set(group, state);
		}
		state.search.add(id);
	}

	close(): void {
		this.isWhole = true;
		for (const { search } of this.groups.values()) search.close();
	}

	/** Calls whose answer is still to come. */
	get open(): Iterable<Call> {
		return this.inFlight;
	}

	/**
	 * The next call, or what there is to wait for.
	 *
	 * @param mayStart false holds new calls back: the run has ended, or its input is not whole
	 */
	next(now: number, mayStart: boolean): Next<Call> {
		const isBusy = this.inFlight.size > 0;
		if (!mayStart) return isBusy || !this.isWhole ? { do: 'later' } : { do: 'done' };
		const startAt = this.pace.nextStartAt(now);
		if (startAt === undefined || (this.isSizing && isBusy)) return { do: 'later' };
		if (startAt > now && this.hasWork()) {
			// Calls under way may be the last ones, and then there was no wait to tell of.
			const isSure = !isBusy && this.isWhole;
			return isSure ? waitUntil(startAt, this.pace, now) : { do: 'wait', until: startAt };
		}
		const errand = this.waiting.takeDue(now) ?? this.newErrand(now);
		if (errand) return this.start(errand, now);
		const { firstAt } = this.waiting;
		if (firstAt !== undefined) return { do: 'wait', until: firstAt };
		return isBusy || !this.isWhole ? { do: 'later' } : { do: 'done' };
	}

	/**
	 * An answer is here. Told once for each call; a second time is ignored.
	 *
	 * @param isAnswered false where the call is to be made again
	 */
	end(call: Call, isAnswered: boolean): void {
		if (!this.inFlight.delete(call)) return;
		this.pace.end(isAnswered);
		if (call.trial) call.trial.isTesting = false;
	}

	/** Makes a call again, from a moment on, for these records of it. */
	repeat({ group, search, trial, tries }: Call, batch: Part['batch'], from: number): void {
		this.waiting.add({ group, search, batch, trial, tries: tries + 1 }, from);
		if (trial) trial.isTesting = true;
	}

	/**
	 * From now on only what this search holds of the group is sent.
	 *
	 * @param failing the records of the call that the run stops at: it may be a part of a larger one that
	 * was refused for the sake of single records, and then the search holds the others of that one
	 */
	narrow(group: GroupState, failing?: readonly string[]): Isolation<Failure> {
		const search = this.newSearch();
		const open = [...this.inFlight].filter((call) => call.group === group);
		const taken = new Set([...(failing ?? []), ...open.flatMap(({ batch }) => batch.ids)]);
		for (const id of failing ? group.suspected : []) {
			if (!taken.has(id) && !group.outcomes.get(id)) search.add(id);
		}
		search.close();
		group.outcomes.stop();
		this.last = { group, search };
		this.waiting.clear();
		group.trial = undefined;
		return search;
	}

	/** Whether only one call's records are still sent. */
	get isNarrow(): boolean {
		return this.last !== undefined;
	}

	/** A part of such a larger call was under way, and was refused: it is searched as well. */
	searchToo({ group, batch }: Part & { group: GroupState }): void {
		if (group !== this.last?.group) return;
		const ids = batch.ids.filter((id) => group.suspected.has(id));
		this.last.search.again(this.last.search.adopt(ids), ids);
	}

	/** Whether a call no longer counts, since only another one's records are still sent. */
	isDropped({ search }: Part): boolean {
		return this.last !== undefined && search !== this.last.search;
	}

	/** Zoho takes no more than `most` ids in a call, and has done nothing for this one. */
	limitSize({ search, batch }: Part, most: number): void {
		this.isSizing = true;
		this.batchSize = Math.min(this.batchSize, most);
		for (const group of this.groups.values()) group.search.limitSize(this.batchSize);
		this.last?.search.limitSize(this.batchSize);
		search.returned(batch);
	}

	/** Zoho has taken the size of a call. */
	sizeTaken(): void {
		this.isSizing = false;
	}

	private newSearch(): Isolation<Failure> {
		return new Isolation<Failure>(this.batchSize, this.share);
	}

	private hasWork(): boolean {
		if (this.waiting.size > 0) return true;
		if (this.last) return !this.last.search.isDone;
		return [...this.groups.values()].some(({ search, refusal }) => !refusal && !search.isDone);
	}

	private start(errand: Errand, now: number): Next<Call> {
		this.pace.start(now);
		const call = { ...errand, startedAt: now };
		this.inFlight.add(call);
		return { do: 'send', call };
	}

	private newErrand(now: number): Errand | undefined {
		// What is to be made again keeps its place: new calls do not pile up beside it.
		if (this.pace.nextStartAt(now, this.waiting.size) !== now) return undefined;
		for (const group of this.last ? [this.last.group] : this.groups.values()) {
			const { refusal, trial } = group;
			if (refusal || trial?.isTesting) continue;
			const { search } = this.last ?? group;
			const ofList = () => {
				const batch = search.next(trial ? 1 : undefined);
				return batch && { search, batch };
			};
			const part = trial?.next() ?? ofList();
			if (!part) continue;
			if (trial) trial.isTesting = true;
			return { ...part, group, tries: 0, trial };
		}
		return undefined;
	}
}
