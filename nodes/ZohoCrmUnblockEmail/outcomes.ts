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

export class Outcomes {
	private readonly settled = new Map<string, Outcome>();
	/** Records of calls whose reply was lost: they may have been unblocked all the same. */
	private readonly doubted = new Set<string>();

	/** @param already how the user wants a record that was not blocked to be taken */
	constructor(private readonly already: 'success' | 'error') {}

	/** The outcome of a record; undefined for one that was not attempted. */
	get(id: string): Outcome | undefined {
		return this.settled.get(id);
	}

	get size(): number {
		return this.settled.size;
	}

	/** An outcome as the user asked to see it. */
	judge(id: string, outcome: Outcome): Outcome {
		if (!isFailure(outcome)) return outcome;
		if (outcome.reason !== 'alreadyUnblocked') {
			// What Zoho says of the record itself, it would have said to the call that was lost, too.
			const isInDoubt = this.doubted.has(id) && outcome.reach !== 'record' && !outcome.doubtful;
			return isInDoubt ? withDoubt(outcome) : outcome;
		}
		if (this.doubted.has(id)) return DONE_BEFORE;
		if (this.already === 'error') return outcome;
		const { code, message } = outcome;
		return { status: 'alreadyUnblocked', code, message };
	}

	settle(id: string, outcome: Outcome): void {
		this.settled.set(id, this.judge(id, outcome));
	}

	/** A reply for these was lost. */
	doubt(ids: readonly string[]): void {
		for (const id of ids) this.doubted.add(id);
	}

	/**
	 * A call for these was refused as a whole for the sake of a record in it. So was any earlier one
	 * that held them all: nothing was done then either.
	 */
	clearDoubt(ids: readonly string[]): void {
		for (const id of ids) this.doubted.delete(id);
	}

	/** The run is over: what is still in doubt stays so. */
	close(): void {
		for (const id of this.doubted) {
			if (!this.settled.has(id)) this.settled.set(id, UNKNOWN);
		}
	}
}
