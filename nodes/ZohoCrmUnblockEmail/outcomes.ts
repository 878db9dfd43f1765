/** What became of the records of one group, each settled once. Pure. */
import { failure, isFailure, withDoubt, type Failure } from '../zoho/failures';

/** What came of a record that needs no further care. */
export interface Unblocked {
	status: 'unblocked' | 'alreadyUnblocked';
	code: string;
	message: string;
}

export type Outcome = Unblocked | Failure;

/** The outcome of a call whose reply was lost, when the repeated call finds the record unblocked. */
const DONE_BEFORE: Outcome = {
	status: 'unblocked',
	code: 'SUCCESS',
	message: 'Unblocked successfully (the reply was lost; the repeated call found it done)',
};

const UNKNOWN = failure('badResponse', {
	code: 'BAD_RESPONSE',
	message: 'The run ended before Zoho could be asked again what became of this record.',
});

/** A call whose reply was lost: its records may have been unblocked all the same. */
interface LostCall {
	readonly ids: ReadonlySet<string>;
	/** It has turned out that nothing was done for it. */
	isRefused: boolean;
}

export class Outcomes {
	private readonly settled = new Map<string, Outcome>();
	/** By record, the lost calls that named it. */
	private readonly lost = new Map<string, LostCall[]>();
	private isStopped = false;

	/** @param already how the user wants a record that was not blocked to be taken */
	constructor(private readonly already: 'success' | 'error') {}

	/** The outcome of a record; undefined for one that was not attempted. */
	get(id: string): Outcome | undefined {
		return this.settled.get(id);
	}

	/** An outcome as the user asked to see it. */
	judge(id: string, outcome: Outcome): Outcome {
		if (!isFailure(outcome)) return outcome;
		if (outcome.reason !== 'alreadyUnblocked') {
			// What Zoho says of the record itself, it would have said to the call that was lost, too.
			const isDoubtful = this.isInDoubt(id) && outcome.reach !== 'record' && !outcome.doubtful;
			return isDoubtful ? withDoubt(outcome) : outcome;
		}
		if (this.isInDoubt(id) && this.isStopped && this.already === 'error') {
			return withDoubt(outcome);
		}
		if (this.isInDoubt(id)) return DONE_BEFORE;
		if (this.already === 'error') return outcome;
		const { code, message } = outcome;
		return { status: 'alreadyUnblocked', code, message };
	}

	settle(id: string, outcome: Outcome): void {
		this.settled.set(id, this.judge(id, outcome));
	}

	/**
	 * The run stops at a failure of these records. Which of them it was may be lost in a doubt, but
	 * not that there was one.
	 */
	stop(): void {
		this.isStopped = true;
	}

	/** The reply to a call for these was lost. */
	doubt(ids: readonly string[]): void {
		const call: LostCall = { ids: new Set(ids), isRefused: false };
		for (const id of ids) this.lost.set(id, [...(this.lost.get(id) ?? []), call]);
	}

	/**
	 * A call for these was refused as a whole for the sake of a record in it. So was any earlier one
	 * that held them all: nothing was done then either.
	 */
	clearDoubt(ids: readonly string[]): void {
		for (const call of this.lost.get(ids[0]!) ?? []) {
			call.isRefused ||= ids.every((id) => call.ids.has(id));
		}
	}

	/** The run is over: what is still in doubt stays so. */
	close(): void {
		for (const id of this.lost.keys()) {
			if (this.isInDoubt(id) && !this.settled.has(id)) this.settled.set(id, UNKNOWN);
		}
	}

	private isInDoubt(id: string): boolean {
		return this.lost.get(id)?.some(({ isRefused }) => !isRefused) ?? false;
	}
}
