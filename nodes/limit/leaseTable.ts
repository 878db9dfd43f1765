/**
 * The table in which the processes that share one limit tell each other of their calls: what a row
 * says, what is done with rows, and what rows together say about the window. Pure; the adapter that
 * reaches the real table lives elsewhere.
 */
import { LONGEST_LOCK_MS } from './lock';

/** Leave for `calls` calls (a lease, or the claim for one), or a lock that somebody has met. */
export interface NewRow {
	/** The name of the process that inserts the row, and a number: no other row has the same. */
	readonly claim: string;
	/** `open`: calls may still be made. `closed`: no more will be. */
	readonly state: 'open' | 'closed' | 'lock';
	/** Whether the process has lately had runs that want only a few calls. */
	readonly isShort: boolean;
	/** How many calls may be made (`open`) or were made (`closed`); 0 for a lock. */
	readonly calls: number;
	/**
	 * ms from `createdAt` until all calls have ended: at the latest (`open`) or in truth (`closed`).
	 * For a lock: until it ends.
	 */
	readonly endsAfterMs: number;
}

/** The process that has inserted a row, by the name that begins the row's claim. */
export function holderOf(claim: string): string {
	return claim.slice(0, claim.lastIndexOf(' '));
}

export interface Row extends NewRow {
	/** Grows from row to row, though of two rows either may be visible first. */
	readonly id: number;
	/** ms by the clock of the database, the only clock that all processes share. */
	readonly createdAt: number;
}

/** What became of a lease, into its row. */
export type Closing = Pick<Row, 'claim' | 'calls' | 'endsAfterMs'>;

/** One trip to the table. Times are whole ms. To do the same work twice changes nothing. */
export interface Trip {
	/** Rows that are to go, by their claims. Not an error where one is gone. */
	readonly remove: readonly string[];
	/** Not an error where the row is gone. */
	readonly close: readonly Closing[];
	/** A lock to tell of. */
	readonly lock?: NewRow | undefined;
	readonly claim?: NewRow | undefined;
}

/**
 * Makes one trip to the rows of one account, in the order of its parts. Where there is a claim, it
 * resolves to all rows, read once the claim is visible to every other reader: in this order, which is
 * what the whole protocol rests on. Rejects where it cannot tell whether all the work was done, or where
 * not all rows could be read: a row that was left out would be a limit that was broken.
 */
export type Store = (trip: Trip) => PromiseLike<readonly Row[]>;

/**
 * How far two clocks may run apart: NTP corrects a clock by at most 500 ppm (RFC 5905, MAXFREQ), and
 * there are two of them.
 */
const CLOCKS_APART = 0.001;

/** A span by one clock, as long as it can be by another; 2 ms for times cut to whole ms. */
export function atMostMs(ms: number): number {
	return Math.ceil(ms * (1 + CLOCKS_APART)) + 2;
}

/** No call of a lease starts later than this after its claim was sent. */
export const LIFE_MS = 30_000;
/** The longest time-out that the nodes let a user set. */
const LONGEST_CALL_MS = 3_600_000;

/** The ms after a claim by which all calls of its lease have ended, whatever becomes of the holder. */
export function endsAtMostMs(longestCallMs: number): number {
	return atMostMs(LIFE_MS + longestCallMs);
}

/** When the row ceases to matter, by the database's clock: a window after its last call; a lock's end. */
export function mattersUntil({ state, createdAt, endsAfterMs }: Row, windowMs: number): number {
	const end = createdAt + endsAfterMs;
	return state === 'lock' ? end : end + atMostMs(windowMs);
}

/**
 * The rows as the one who has inserted `own` is to see them, whatever their numbers say: somebody may
 * have changed them, or set the database's clock back. None stands for fewer than no calls, or matters
 * longer than a lease or a lock can. One that came after the own row is no older than that, and one that
 * was there before is no younger than is known here.
 *
 * @param knownForMs how long before the own row was sent a row was seen first; less than 0 for after it
 */
export function asSeenFrom(
	own: Row,
	rows: readonly Row[],
	knownForMs: (row: Row) => number,
): readonly Row[] {
	return rows.map((row) => {
		const mostMs = row.state === 'lock' ? atMostMs(LONGEST_LOCK_MS) : endsAtMostMs(LONGEST_CALL_MS);
		const oldest = row.id > own.id ? own.createdAt : -Infinity;
		return {
			...row,
			calls: Math.max(0, row.calls),
			endsAfterMs: Math.min(Math.max(0, row.endsAfterMs), mostMs),
			createdAt: Math.min(Math.max(oldest, row.createdAt), own.createdAt - knownForMs(row)),
		};
	});
}
