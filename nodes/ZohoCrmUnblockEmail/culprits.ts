/** Calls that are refused as a whole for the sake of single records: which ones are they? Pure. */
import { isFailure, type Failure } from '../zoho/failures';
import type { Call, CallQueue, GroupState } from './queue';
import { sameRefusal, Trial } from './trial';

export class Culprits {
	/** Records that were found by splitting batches. */
	found = 0;

	/** @param stopAtFailure the first failure ends the run: only its call is still searched */
	constructor(
		private readonly queue: CallQueue,
		private readonly stopAtFailure: boolean,
	) {}

	/** Refused as a whole for a record's sake; which one, Zoho says or it is to be found. */
	blame(call: Call, why: Failure, named: string | undefined): void {
		const { group, batch } = call;
		if (isOfTrial(call)) {
			if (call.trial.isAbout(why)) call.trial.lose();
			this.decideForRecords(group);
		}
		if (batch.ids.length > 1) for (const id of batch.ids) group.suspected.add(id);
		if (why.reason !== 'alreadyUnblocked') group.outcomes.clearDoubt(batch.ids);
		const others = batch.ids.filter((id) => id !== named);
		const stops = this.stopsFor(group, named === undefined ? batch.ids : [named], why);
		const search = stops ? this.queue.narrow(group, batch.ids) : call.search;
		const part = stops ? search.adopt(batch.ids) : batch;
		if (named !== undefined) {
			search.again(part, others);
			this.settle(group, named, why);
		} else {
			const found = search.failed(part, why);
			if (found) this.settle(group, found.id, found.failure);
		}
	}

	/** A call of the group was let in: what others were refused for is about single records. */
	letIn(group: GroupState): void {
		group.hasPassed = true;
		// A single record that is under way may be the one that the others wait for.
		if (!group.trial?.isTesting) this.decideForRecords(group);
	}

	/** Refused as a whole, and nobody can say whether for one record's sake. */
	question(call: Call, why: Failure): void {
		const { group, batch } = call;
		if (group.hasPassed || group.partial.has(sameRefusal(why))) {
			return this.blame(call, { ...why, reach: 'record' }, undefined);
		}
		const stops = this.stopsFor(group, batch.ids, why);
		const search = stops ? this.queue.narrow(group, batch.ids) : call.search;
		const part = { search, batch: stops ? search.adopt(batch.ids) : batch };
		const trial = (group.trial ??= new Trial());
		if (batch.ids.length > 1) return trial.hold(part, why);
		for (const id of batch.ids) group.outcomes.settle(id, why);
		search.settled(part.batch);
		call.trial?.lose();
		if (trial.refuse(why)) this.decideForAll(group, trial, why);
	}

	/** Every call of the group would be refused like this. */
	private decideForAll(group: GroupState, trial: Trial, why: Failure): void {
		for (const { search, batch, failure } of trial.held) {
			for (const id of batch.ids) group.outcomes.settle(id, failure);
			search.settled(batch);
		}
		group.trial = undefined;
		group.refusal = { ...why, reach: 'call' };
	}

	/** The refusals in question are about single records: they are found like any other bad one. */
	decideForRecords(group: GroupState): void {
		const { trial } = group;
		if (!trial) return;
		group.trial = undefined;
		for (const failure of trial.failures) group.partial.add(sameRefusal(failure));
		for (const { search, batch, failure, isCleared } of trial.held) {
			for (const id of batch.ids) group.suspected.add(id);
			if (isCleared) {
				search.again(batch, batch.ids);
				continue;
			}
			const found = search.failed(batch, { ...failure, reach: 'record' });
			if (found) this.settle(group, found.id, found.failure);
		}
	}

	settle(group: GroupState, id: string, why: Failure): void {
		if (group.suspected.has(id)) this.found++;
		group.outcomes.settle(id, why);
	}

	/** Whether a first failure would end the run now. */
	get mayStop(): boolean {
		return this.stopAtFailure && !this.queue.isNarrow;
	}

	/** Whether On Error says to stop: whichever of the records it is true of, it is a failure. */
	stopsFor(group: GroupState, ids: readonly string[], why: Failure): boolean {
		return this.mayStop && ids.every((id) => isFailure(group.outcomes.judge(id, why)));
	}
}

/** Whether a call decides what is being found out now, and not what was found out before. */
export function isOfTrial(call: Call): call is Call & { trial: Trial } {
	return call.trial !== undefined && call.trial === call.group.trial;
}
