/** What a claim is granted, once the rows have been read. Pure: the clock and the dice are arguments. */
import { holderOf, LIFE_MS, mattersUntil, type Row } from './leaseTable';
import type { Limits } from './slot';
import { keptForShort } from './turns';

/** A claim that was inserted. Times are ms by the clock of its process. */
export interface Claim {
	/** Its row, as it was read. */
	readonly own: Row;
	/** So many of its calls are for short runs. */
	readonly short: number;
	/** Fewer are of no use. */
	readonly least: number;
	/** Before its row was there. */
	readonly sentAt: number;
	/** After the rows had been read. */
	readonly answeredAt: number;
	/** How many claims in a row were contended before it. */
	readonly contended: number;
}

/**
 * `granted`: so many calls may be made. The others: take the claim back, and claim again at `until`.
 * `contended`, since the claims of others were in the way; `full`, since the calls are taken, for certain
 * until `freeAt`; `locked`, since the account is locked.
 */
export type Verdict =
	| { readonly is: 'granted'; readonly calls: number }
	| { readonly is: 'contended'; readonly until: number }
	| { readonly is: 'full' | 'locked'; readonly until: number; readonly freeAt: number };

/** For so many round trips the claim of another process may be taken back. */
const UNDECIDED = 3;
/** The longest pause between two tries at calls that others try to get as well. */
const LONGEST_PAUSE_MS = 5_000;

/**
 * Grants what the rows leave free. A few calls are kept for short runs where there were any of late: a
 * single address is not held up behind a long list then.
 *
 * @param rows that matter, the own one among them, read after that was inserted
 * @param random a number in [0, 1)
 */
export function grant(
	{ own, short, least, sentAt, answeredAt, contended }: Claim,
	rows: readonly Row[],
	{ callsPerWindow, windowMs }: Limits,
	random: number,
): Verdict {
	/** A time of the database's clock by the clock of this process, or a little later. */
	const here = (time: number) => answeredAt + time - own.createdAt;
	const end = (row: Row) => mattersUntil(row, windowMs);
	const others = rows.filter(({ id }) => id !== own.id);
	const locks = others.filter(({ state }) => state === 'lock');
	if (locks.length > 0) {
		const freeAt = here(Math.max(...locks.map(end)));
		return { is: 'locked', until: freeAt, freeAt };
	}
	const kept = rows.some(({ isShort }) => isShort) ? keptForShort(callsPerWindow) : 0;
	/** What the claim can have of so many calls that are free. */
	const share = (free: number) => Math.max(free - kept, Math.min(free, short));
	const free = callsPerWindow - callsOf(others);
	if (share(free) >= least) return { is: 'granted', calls: Math.min(own.calls, share(free)) };

	const roundTripMs = answeredAt - sentAt;
	const isUndecided = ({ state, claim, createdAt }: Row) =>
		state === 'open' &&
		holderOf(claim) !== holderOf(own.claim) &&
		createdAt > own.createdAt - UNDECIDED * roundTripMs;
	const settled = others.filter((row) => !isUndecided(row));
	let freeLater = callsPerWindow - callsOf(settled);
	if (share(freeLater) >= least) {
		const longest = Math.min(LONGEST_PAUSE_MS, roundTripMs * 2 ** (contended + 1));
		return { is: 'contended', until: answeredAt + roundTripMs + random * longest };
	}
	const inTurn = [...settled].sort((one, other) => end(one) - end(other));
	const last = inTurn.find(({ calls }) => share((freeLater += calls)) >= least);
	const freeAt = here(end(last ?? own));
	const open = settled.filter(({ state }) => state === 'open');
	const changes = open
		.flatMap((row) => changesOf(row, windowMs))
		.filter((at) => at > own.createdAt);
	return { is: 'full', until: Math.min(freeAt, ...changes.map(here)), freeAt };
}

/**
 * When an open row is worth another look, for it may have been closed meanwhile: a window after its
 * claim, at the end of the lease's life, and when the last call must have ended.
 */
function changesOf({ createdAt, endsAfterMs }: Row, windowMs: number): number[] {
	return [windowMs, LIFE_MS, endsAfterMs].map((afterMs) => createdAt + afterMs);
}

function callsOf(rows: readonly Row[]): number {
	return rows.reduce((sum, { calls }) => sum + calls, 0);
}
