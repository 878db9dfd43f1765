/** Which batch to send next, of all groups. Pure. */
import type { Errand as AnyErrand, Source } from '../run/outbox';
import { counted } from '../run/words';
import type { Failure } from '../zoho/failures';
import type { Group } from './groups';
import type { Batch } from './search/isolation';

/** Records to send in one call. */
export interface Errand extends AnyErrand {
	readonly group: Group;
	readonly batch: Batch<Failure>;
}

/**
 * Asks only those groups for a batch that may have one, however many there are. A record that groups of
 * one module share is in one call at a time: who comes second waits until the other call is answered.
 */
export class Queue implements Source<Errand> {
	/** Groups that may have a batch to send. */
	private readonly ready = new Set<Group>();
	/** Groups that have one, of which a record is under way for other fields. */
	private readonly held = new Set<Group>();
	/** The size that Zoho takes is being learned. */
	isOneAtATime = false;

	/** @param underWay the calls of the run that are open, or go again */
	constructor(private readonly underWay: () => Iterable<Errand>) {}

	get hasMore(): boolean {
		return this.ready.size > 0;
	}

	/** A group may have a batch to send: there are more records in it, or one of its calls was answered. */
	offer(group: Group): void {
		if (group.refusal || group.search.isDone) this.ready.delete(group);
		else this.ready.add(group);
	}

	/** All of these may have one, and go in this order. */
	offerAll(groups: Iterable<Group>): void {
		this.ready.clear();
		for (const group of groups) this.offer(group);
	}

	/** A call of a group was answered. */
	answered(group: Group): void {
		for (const one of [group, ...this.held]) this.offer(one);
		this.held.clear();
	}

	/** Nothing is sent any more but what is offered from now on. */
	clear(): void {
		this.ready.clear();
		this.held.clear();
	}

	draw(): Errand | undefined {
		for (const group of this.ready) {
			const batch = nextBatchOf(group);
			if (batch && this.isFree(group, batch)) return { group, batch, tries: 0 };
			if (batch) {
				group.search.putBack(batch);
				this.held.add(group);
			}
			this.ready.delete(group);
		}
		return undefined;
	}

	nameOf({ batch }: Errand): string {
		return counted(batch.ids.length, 'record');
	}

	/** Whether no record of a batch is under way for other fields. */
	private isFree(group: Group, { ids }: Batch<Failure>): boolean {
		for (const other of this.underWay()) {
			if (other.group === group || other.group.module !== group.module) continue;
			const sent = new Set(other.batch.ids);
			if (ids.some((id) => sent.has(id))) return false;
		}
		return true;
	}
}

function nextBatchOf({ verdict, search }: Group): Batch<Failure> | undefined {
	if (!verdict.isOpen) return search.draw();
	// Single records decide, one after the other.
	return search.isBusy ? undefined : search.probe(verdict.singles);
}
