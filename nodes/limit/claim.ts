/** What a claim comes to, once the rows have been read. Pure: the clock and the dice are arguments. */
import { atMostMs, callsOf, freeFrom, mattersUntil, nextNews, type Row } from './leaseTable';

export interface LeaseLimits {
	/** Calls that all processes together may make in a window: a whole number of 1 or more. */
	readonly callsPerWindow: number;
	/**
	 * So many of them are left to short runs, where there were any in the last window: a single address
	 * is not held up behind a long list then. 0 for the claims of short runs.
	 */
	readonly reserved: number;
	readonly windowMs: number;
	/** After this long every call has ended or was given up: its time-out. */
	readonly longestCallMs: number;
}

/** A claim that was inserted. Times are ms by the clock of its process. */
export interface Claim {
	readonly id: number;
	readonly calls: number;
	/** Fewer are of no use. */
	readonly least: number;
	/** Before its row was there. */
	readonly sentAt: number;
	/** After its row was there. */
	readonly answeredAt: number;
	/** How many claims in a row yielded before it. */
	readonly yields: number;
	/** It has been looked at before, and stayed. */
	readonly hasStayed: boolean;
}

/**
 * `take`: so many calls may be made, from then on. `stay`: read again then. The others: take the claim
 * back, and claim again then; `yield`, since other claims were in the way; `full`, since the limit is
 * used up; `locked`, since the account is locked.
 */
export type Verdict =
	| { readonly is: 'take'; readonly calls: number; readonly from: number }
	| { readonly is: 'stay' | 'yield' | 'locked'; readonly until: number }
	| {
			readonly is: 'full';
			readonly until: number;
			/** When calls are free for certain; claims that are worth it may come earlier. */
			readonly freeAt: number;
	  };

/** A claim whose own row was not among those read comes again after so long. */
const ODD_MS = 1_000;
/** Calls that come free within so many round trips can be taken ahead of time … */
const AHEAD = 4;
/** … or, where a claim is so small a part of the limit that it is in nobody's way, within so many ms. */
const SMALL = 0.01;
const SMALL_AHEAD_MS = 10_000;
/** But it looks so often first whether others give back what they hold: that may be far sooner. */
const LOOKS = 2;
/** For so many round trips another claim may be as undecided as the own one. */
const UNDECIDED = 3;
/** The longest pause between two tries at calls that others try to get as well. */
const LONGEST_YIELD_MS = 5_000;
/** Free calls are worth a claim once they are this part of it … */
const WORTH = 0.25;
/** … or this part of a window after the first of them came free. */
const PATIENCE = 0.01;

/**
 * Takes what the rows leave free. Where that is nothing, the claim is taken back, so as not to stand in
 * the way of others; but the oldest of claims that keep each other off may stay for a second look.
 *
 * @param rows all rows, the claim's own among them, read after it was inserted
 * @param random numbers in [0, 1)
 */
export function judge(
	claim: Claim,
	rows: readonly Row[],
	limits: LeaseLimits,
	now: number,
	random: () => number,
): Verdict {
	const own = rows.find(({ id }) => id === claim.id);
	// Who does not find the own row cannot know what else is missing.
	if (!own) return { is: 'yield', until: now + ODD_MS };

	const others = rows.filter(
		(row) => row !== own && mattersUntil(row, limits.windowMs) > own.createdAt,
	);
	const locks = others.filter(({ state }) => state === 'lock');
	if (locks.length > 0) {
		const ends = locks.map((lock) => mattersUntil(lock, limits.windowMs));
		return { is: 'locked', until: here(claim, own, Math.max(...ends)) };
	}
	const soon = own.createdAt + aheadMs(claim, limits);
	const within = { ...limits, callsPerWindow: placesIn(others, limits) };
	const free = worthFrom(claim, own, others, within);
	if (free > soon) return wait(claim, own, others, within, now, random);
	const stillTaken = others.filter((row) => mattersUntil(row, limits.windowMs) > free);
	const calls = Math.min(claim.calls, within.callsPerWindow - callsOf(stillTaken));
	const ahead = free - own.createdAt;
	return { is: 'take', calls, from: claim.answeredAt + (ahead > 0 ? atMostMs(ahead) : 0) };
}

/** The calls of a window that a claim can have. */
function placesIn(others: readonly Row[], { callsPerWindow, reserved }: LeaseLimits): number {
	return others.some(({ isShort }) => isShort) ? callsPerWindow - reserved : callsPerWindow;
}

/** How long to wait for calls that are taken, and whether the claim may stay meanwhile. */
function wait(
	claim: Claim,
	own: Row,
	others: readonly Row[],
	limits: LeaseLimits,
	now: number,
	random: () => number,
): Verdict {
	const roundTrip = roundTripMs(claim);
	const rivals = rivalsOf(own, others, own.createdAt - UNDECIDED * roundTrip);
	const settled = others.filter((row) => !rivals.includes(row));
	const free = worthFrom(claim, own, settled, limits);
	const mostAhead = aheadMs(claim, limits);
	if (free > own.createdAt + mostAhead) {
		const freeAt = here(claim, own, free);
		const ahead = freeAt - ((1 + random()) / 4) * mostAhead;
		const news = here(claim, own, nextNews(settled, limits.windowMs, own.createdAt));
		// Of what others hold, some may be given back in a moment.
		const certain = worthFrom(claim, own, settled.filter(isClosed), limits);
		const isOpen = certain <= own.createdAt + mostAhead;
		const isFirst = isSmall(claim, limits) && claim.yields < LOOKS;
		const soon = isOpen || isFirst ? pause(claim, now, random) : Infinity;
		return { is: 'full', until: Math.min(ahead, news + random() * roundTrip, soon), freeAt };
	}
	if (!claim.hasStayed && rivals.every((rival) => isBefore(own, rival))) {
		return { is: 'stay', until: now + roundTrip };
	}
	return { is: 'yield', until: pause(claim, now, random) };
}

const isClosed = ({ state }: Row) => state === 'closed';

/** When to claim again what others keep, the later the more often they did. */
function pause(claim: Claim, now: number, random: () => number): number {
	const roundTrip = Math.max(1, roundTripMs(claim));
	const longest = Math.min(LONGEST_YIELD_MS, roundTrip * 2 ** (claim.yields + 1));
	return now + roundTrip + random() * longest;
}

function roundTripMs({ sentAt, answeredAt }: Claim): number {
	return answeredAt - sentAt;
}

/** How long before calls come free the claim can take them. */
function aheadMs(claim: Claim, limits: LeaseLimits): number {
	const isPatient = isSmall(claim, limits) && claim.yields >= LOOKS;
	return Math.max(AHEAD * roundTripMs(claim), isPatient ? SMALL_AHEAD_MS : 0);
}

function isSmall({ calls }: Claim, { callsPerWindow }: LeaseLimits): boolean {
	return calls <= Math.max(1, SMALL * callsPerWindow);
}

/** A time of the database's clock by the clock of this process, or a little later. */
function here({ answeredAt }: Claim, own: Row, time: number): number {
	return answeredAt + time - own.createdAt;
}

/** When so many calls are free that the claim is worth making, by the database's clock. */
function worthFrom(
	{ calls, least }: Claim,
	own: Row,
	others: readonly Row[],
	limits: LeaseLimits,
): number {
	const { callsPerWindow, windowMs } = limits;
	const lacking = callsOf(others) - callsPerWindow;
	if (lacking + least <= 0) return own.createdAt;
	const worth = Math.max(least, Math.ceil(calls * WORTH));
	return Math.min(
		freeFrom(others, lacking + worth, windowMs),
		freeFrom(others, lacking + least, windowMs) + windowMs * PATIENCE,
	);
}

/**
 * Rows that may be claims as undecided as the own one, and taken back in a moment: the youngest of each
 * other holder, for who claims again has got what it claimed before.
 */
function rivalsOf(own: Row, others: readonly Row[], since: number): Row[] {
	const youngest = new Map<string, Row>();
	for (const row of others) {
		const known = youngest.get(row.holder);
		if (row.state === 'open' && (!known || isBefore(known, row))) youngest.set(row.holder, row);
	}
	youngest.delete(own.holder);
	return [...youngest.values()].filter(({ createdAt }) => createdAt > since);
}

function isBefore(one: Row, other: Row): boolean {
	return (
		one.createdAt < other.createdAt || (one.createdAt === other.createdAt && one.id < other.id)
	);
}
