/** What became of the records of one group, as Zoho and lost replies have it. Pure. */
import { failure, isFailure, withDoubt, type Failure } from '../zoho/failures';

/** What came of a record that needs no further care. */
export interface Unblocked {
	status: 'unblocked' | 'alreadyUnblocked';
	code: string;
	message: string;
}

export type Outcome = Unblocked | Failure;

/** What is said of a record that is found unblocked, and may have been so by a call of this run. */
const DONE_BEFORE: Outcome = {
	status: 'unblocked',
	code: 'SUCCESS',
	message: 'Already unblocked, perhaps by the call whose reply was lost.',
};

const UNKNOWN = failure('badResponse', {
	code: 'BAD_RESPONSE',
	message: 'The run ended before Zoho could be asked again what became of this record.',
});

/** What a run has seen of how Zoho takes a call. */
export interface Ways {
	/** It has refused a whole call for the sake of a record: all or nothing. */
	refusesWhole: boolean;
}

export class Outcomes {
	private readonly settled = new Map<string, Outcome>();
	/** By call whose reply was lost, its records: they may have been unblocked by it. */
	private lost: Array<ReadonlySet<string>> = [];
	/** Records that were lost each for itself: with one record a call, there may be very many. */
	private readonly lostAlone = new Set<string>();

	/** @param already how the user wants a record that was not blocked to be taken */
	constructor(
		private readonly already: 'success' | 'error',
		private readonly ways: Readonly<Ways>,
	) {}

	/**
	 * The outcome of a record, as the user asked to see it and as far as is known by now; undefined for
	 * one that was not attempted.
	 */
	get(id: string): Outcome | undefined {
		const outcome = this.settled.get(id);
		return outcome && this.judge(id, outcome);
	}

	/** What would be said of a record that comes to this. */
	judge(id: string, outcome: Outcome): Outcome {
		if (!isFailure(outcome)) return outcome;
		if (outcome.reason !== 'alreadyUnblocked') {
			// What Zoho says of the record itself, it would have said to the call that was lost, too.
			const isDoubtful = outcome.reach !== 'record' && !outcome.doubtful && this.isInDoubt(id);
			return isDoubtful ? withDoubt(outcome) : outcome;
		}
		if (this.isInDoubt(id)) return DONE_BEFORE;
		if (this.already === 'error') return outcome;
		const { code, message } = outcome;
		return { status: 'alreadyUnblocked', code, message };
	}

	/** A record has come to this. */
	settle(id: string, outcome: Outcome): void {
		this.settled.set(id, outcome);
		// All or nothing: a call that had done anything would have unblocked this one as well.
		if (!isFailure(outcome) && this.ways.refusesWhole) {
			this.lost = this.lost.filter((call) => !call.has(id));
		}
	}

	/** The reply to a call for these was lost, or what it says of one. */
	doubt(ids: readonly string[]): void {
		if (ids.length === 1) this.lostAlone.add(ids[0]!);
		else this.lost.push(new Set(ids));
	}

	/**
	 * A call for these was refused as a whole for the sake of a record in it. So was any earlier one
	 * that held them all: nothing was done then either.
	 */
	clearDoubt(ids: readonly string[]): void {
		this.lost = this.lost.filter((call) => !ids.every((id) => call.has(id)));
	}

	/** The run is over: what is still in doubt stays so. */
	finish(): void {
		for (const ids of [...this.lost, this.lostAlone]) {
			for (const id of ids) if (!this.settled.has(id)) this.settled.set(id, UNKNOWN);
		}
	}

	private isInDoubt(id: string): boolean {
		return this.lostAlone.has(id) || this.lost.some((call) => call.has(id));
	}
}
