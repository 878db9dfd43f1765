/**
 * The table in which the processes that share one limit tell each other of their calls: what a row
 * says, what is done with rows, and what rows together say about the window. Pure; the adapter that
 * reaches the real table lives elsewhere.
 */

/** Leave for `calls` calls (a lease, or the claim for one), or a lock that somebody has met. */
export interface Row {
	/** Unique. Of two rows either may be visible first, whatever their ids say. */
	readonly id: number;
	/** ms by the clock of the database, the only clock that all processes share. */
	readonly createdAt: number;
	/** The name of the process that inserted the row. */
	readonly holder: string;
	/** `open`: calls may still be made. `closed`: no more will be. */
	readonly state: 'open' | 'closed' | 'lock';
	/** Whether the calls are those of runs that want only a few. */
	readonly isShort: boolean;
	/** How many calls may be made (`open`) or were made (`closed`); 0 for a lock. */
	readonly calls: number;
	/**
	 * ms from `createdAt` until all calls have ended: at the latest (`open`) or in truth (`closed`).
	 * For a lock: until it ends.
	 */
	readonly endsAfterMs: number;
}

/** What a process tells the others. Times are whole ms. To tell it twice changes nothing. */
export type Notice =
	/** What became of a lease, into its row. Not an error where the row is gone. */
	| {
			readonly kind: 'close';
			readonly id: number;
			readonly calls: number;
			readonly endsAfterMs: number;
	  }
	/** Rows that are to go. Not an error where one is gone. */
	| { readonly kind: 'remove'; readonly ids: readonly number[] }
	/** A lock, in a row of its own. */
	| { readonly kind: 'lock'; readonly endsAfterMs: number };

/** What a process asks the others. */
export type Question =
	/** Inserts an open row, and reads all rows once it is visible to every other reader. */
	| {
			readonly kind: 'claim';
			readonly isShort: boolean;
			readonly calls: number;
			readonly endsAfterMs: number;
	  }
	/** Reads all rows. */
	| { readonly kind: 'read' };

/** One trip to the table, which has something to tell, or to ask, or both. */
export interface Trip {
	readonly notices: readonly Notice[];
	readonly question?: Question | undefined;
}

/** What a trip brought: rows where it read any, and the id of a row that it claimed. */
export interface Result {
	readonly id?: number;
	readonly rows?: readonly Row[];
}

/**
 * Makes one trip to the rows of one account: tells first, then asks. A claim is inserted first, and the
 * rows are read once it is there: in this order, which is what the whole protocol rests on. Rejects where
 * it cannot tell whether all the work was done, or where not all rows could be read: a row that was left
 * out would be a limit that was broken.
 *
 * @param holder whose rows it inserts
 */
export type Store = (trip: Trip, holder: string) => Promise<Result>;

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

/** When the row ceases to matter, by the database's clock: a window after its last call; a lock's end. */
export function mattersUntil(row: Row, windowMs: number): number {
	const end = row.createdAt + row.endsAfterMs;
	return row.state === 'lock' ? end : end + atMostMs(windowMs);
}

/**
 * The rows as the one who has inserted one of them is to see them. Those that came after it are no older,
 * whatever their time says: the database's clock may have been set back in between.
 */
export function asSeenFrom(rows: readonly Row[], id: number): readonly Row[] {
	const own = rows.find((row) => row.id === id);
	if (!own) return rows;
	const { createdAt } = own;
	return rows.map((row) =>
		row.id > id ? { ...row, createdAt: Math.max(row.createdAt, createdAt) } : row,
	);
}

/** The calls that the rows stand for. */
export function callsOf(rows: readonly Row[]): number {
	return rows.reduce((sum, { calls }) => sum + calls, 0);
}

/** When `calls` of those that the rows stand for are free again for certain; Infinity for never. */
export function freeFrom(rows: readonly Row[], calls: number, windowMs: number): number {
	const ends = rows.map((row) => ({ at: mattersUntil(row, windowMs), calls: row.calls }));
	let free = 0;
	for (const end of ends.sort((one, other) => one.at - other.at)) {
		free += end.calls;
		if (free >= calls) return end.at;
	}
	return Infinity;
}

/**
 * When open rows are worth another look, for they may have been closed meanwhile: a window after their
 * claim, at the end of the lease's life, and when the last call must have ended. Infinity where there
 * are none.
 */
export function nextNews(rows: readonly Row[], windowMs: number, now: number): number {
	const changes = rows
		.filter(({ state }) => state === 'open')
		.flatMap(({ createdAt, endsAfterMs }) =>
			[windowMs, LIFE_MS, endsAfterMs].map((afterMs) => createdAt + afterMs),
		);
	return Math.min(...changes.filter((change) => change > now));
}
