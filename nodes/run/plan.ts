import type { Answer } from '../zoho/reply';

/**
 * What a run does next: send a call; wait until a moment on the run's clock (ms), with a sentence for
 * the log where it is worth one; `later`, after an answer or more input; or nothing more.
 */
export type Next<Call> =
	| { do: 'send'; call: Call }
	| { do: 'wait'; until: number; why?: string }
	| { do: 'later' }
	| { do: 'done' };

/**
 * What to send, given what came back. Pure: the clock comes in as an argument, in ms, and only ever
 * moves forward. One driver runs the plans of both nodes; the tests play them on a clock of their own.
 */
export interface Plan<Call> {
	/** May be asked at any time, as often as one likes. A call that is handed out is to be sent. */
	next(now: number): Next<Call>;
	/**
	 * Takes in what became of a call, once for each.
	 *
	 * @returns a sentence for the log, where there is something to say
	 */
	take(call: Call, answer: Answer, now: number): string | undefined;
	/** All input is there. */
	close(): void;
}
