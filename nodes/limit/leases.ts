/**
 * One limit for many processes. A process asks the others for leave to make a few calls, a lease, by
 * a row in a table that all of them read (leaseTable.ts). Pure but for the trips to the table, which
 * are made as runs ask for calls.
 *
 * Why no window can hold more than the limit. A claim is inserted before the rows are read, and who
 * reads counts every row that may still matter, pending claims too. So of two claims that overlap,
 * whoever reads last sees both, and takes no more than the other leaves. To count the older rows only
 * would not do: a row gets its id and its time before others can see it. A row matters until a window
 * after the last of its calls has ended. "Now" is the `createdAt` of the row just inserted, which is
 * never later than the truth; ends are told as ms since the claim was sent, which is never earlier.
 * A holder that dies closes nothing, and its row ceases to matter all the same: no call starts after
 * the lease's life, and none lasts longer than its time-out.
 *
 * What it rests on: an inserted row can be seen by every reader before its own process reads, which a
 * database with one writable server gives; and nobody sets the database's clock forward. To set it
 * back costs a window, and no call too many.
 */
import { backoffMs } from '../run/retries';
import type { Supply } from './budget';
import { grant } from './grant';
import { Lease } from './lease';
import {
	asSeenFrom,
	atMostMs,
	endsAtMostMs,
	holderOf,
	mattersUntil,
	type NewRow,
	type Row,
	type Store,
	type Trip,
} from './leaseTable';
import { Lock } from './lock';
import { NOT_YOUR_TURN, wait, type CallEnd, type Refused, type Slot } from './slot';
import { Turns, type Wanted } from './turns';

/** A lease is at most this part of the limit, so that processes can share it evenly. */
const LEASES_IN_LIMIT = 10;
/** A trip that has not ended after so long counts as failed: n8n may never answer. */
const GIVE_UP_MS = 20_000;
/** The first pause after a trip that failed, and the longest. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** So many failures in a row are passing ones, of which nobody need hear. */
const TOLERATED_FAILURES = 2;
/** So many rows that no longer matter are worth removing. */
const WORTH_REMOVING = 10;
/** So many go at once: SQLite refuses a condition of 1,000 parts, and with it all that goes along. */
const MOST_AT_ONCE = 100;
/** While the table is asked, so many ms are hardly longer than an answer takes. */
const SOON_MS = 20;

/** What a process has of its own. */
export interface Means {
	/** A clock that no step of the wall clock moves, in ms. */
	readonly now: () => number;
	readonly sleep: (ms: number) => Promise<unknown>;
	/** Numbers in [0, 1). */
	readonly random: () => number;
}

/** A trip under way, and what its claim is for. */
interface Sent {
	readonly trip: Trip;
	readonly at: number;
	/** So many calls of it are for short runs; fewer than so many requests are of no use. */
	readonly short: number;
	readonly least: number;
	readonly longestCallMs: number;
}

/** A claim that got nothing. */
interface Pause {
	/** When to claim again. */
	readonly until: number;
	/** When calls are free for certain; undefined where that may be in a moment. */
	readonly freeAt?: number;
	/** The calls that it was to get for short runs. */
	readonly short: number;
	/** How many claims in a row were contended. */
	readonly contended: number;
}

const NOTHING: Wanted = { calls: 0, short: 0, requests: 1 };
const NO_PAUSE: Pause = { until: -Infinity, short: 0, contended: 0 };

const lettersFrom = (random: () => number) => random().toString(36).slice(2);

export class Leases implements Supply {
	readonly turns = new Turns();
	readonly lock = new Lock();
	private leases: readonly Lease[] = [];
	private sent: Sent | undefined;
	private pause = NO_PAUSE;
	/** Trips that have failed in a row, when to make the next one, and what was said. */
	private failures = 0;
	private retryAt = -Infinity;
	private said = '';
	/** Own rows that stand in the way of others: claims taken back, and claims whose answer was lost. */
	private readonly unwanted = new Set<string>();
	/** Rows of anybody's that no longer matter. */
	private outdated: readonly string[] = [];
	/** When each row was first seen. */
	private seenAt: ReadonlyMap<string, number> = new Map();
	/** When a short run has asked last. */
	private shortAt = -Infinity;
	/** From then on nothing that was ever claimed matters any more, whether the others were told or not. */
	private forgottenAt = 0;
	private rows = 0;

	/** @param name that no other object of this class, in any process, ever has */
	constructor(
		private readonly means: Means,
		private readonly name = lettersFrom(means.random) + lettersFrom(means.random),
	) {}

	most(): number {
		return this.turns.limits.callsPerWindow;
	}

	ask(requests: number, now: number, store?: Store): number {
		if (store) this.visit(now, store);
		return this.left(requests, now);
	}

	refusal(_requests: number, now: number): Refused {
		if (now < this.retryAt && this.failures > TOLERATED_FAILURES) {
			return { ...wait(this.retryAt - now, 'store'), said: this.said };
		}
		const { freeAt = now, short } = this.pause;
		const isMore = this.turns.wanted().short > short;
		if (now < freeAt && !isMore && !this.sent?.trip.claim) return wait(freeAt - now, 'window');
		return { ...NOT_YOUR_TURN, waitMs: SOON_MS };
	}

	start(slot: Slot, now: number): void {
		this.leases.find((lease) => this.isUsable(lease, slot.requests, now))!.start(slot);
	}

	end(slot: Slot, _end: CallEnd, requests: number, at: number): void {
		this.leases.find((lease) => lease.has(slot))!.end(slot, requests, at);
	}

	/** Unless a run is still there, which may use it. */
	async flush(mostMs: number, store?: Store): Promise<void> {
		const { now, sleep } = this.means;
		const until = now() + mostMs;
		while (store && this.turns.size === 0 && now() < until) {
			this.visit(now(), store);
			if (this.hasToldAll) return;
			await sleep(SOON_MS);
		}
	}

	isIdle(now: number): boolean {
		return this.hasToldAll || now >= this.forgottenAt;
	}

	private get hasToldAll(): boolean {
		return !this.sent && this.leases.length === 0 && this.unwanted.size === 0;
	}

	/** Calls may be too long for a lease: its row would cease to matter before them. */
	private isUsable(lease: Lease, requests: number, now: number): boolean {
		return lease.left(this.turns.limits.longestCallMs, now) >= requests;
	}

	/** What may still start, of calls that need so many requests. */
	private left(requests: number, now: number): number {
		const { longestCallMs } = this.turns.limits;
		const left = this.leases.map((lease) => lease.left(longestCallMs, now));
		return left.filter((some) => some >= requests).reduce((sum, some) => sum + some, 0);
	}

	/** Makes the trip that is due, if one is. Calls need not wait for it. */
	private visit(now: number, store: Store): void {
		if (this.sent && now - this.sent.at > GIVE_UP_MS) this.failed(this.sent, 'no answer', now);
		const wanted = this.lock.isShut(now) ? NOTHING : this.turns.wanted();
		if (wanted.short > 0) this.shortAt = now;
		if (this.sent || now < this.retryAt) return;
		const left = this.left(wanted.requests, now);
		const trip = this.due(wanted, left, now);
		if (!trip) return;
		const { longestCallMs } = this.turns.limits;
		const short = Math.max(0, wanted.short - left);
		const sent = { trip, at: now, short, least: wanted.requests, longestCallMs };
		this.sent = sent;
		store(trip)
			.then((rows) => this.answered(sent, rows, this.means.now()))
			.then(undefined, (error: unknown) => this.failed(sent, error, this.means.now()));
	}

	/** What is to be told goes with a claim, unless others wait for it. */
	private due(wanted: Wanted, left: number, now: number): Trip | undefined {
		// Who keeps too few for a call may wait for ever for those that another one keeps.
		const isOver = (lease: Lease) =>
			lease.underWay === 0 && (wanted.calls === 0 || !this.isUsable(lease, wanted.requests, now));
		const over = this.leases.filter(isOver);
		const claim = this.claimFor(wanted, left, now);
		const isUrgent =
			this.unwanted.size > 0 || this.lock.hasNews(now) || over.some((lease) => lease.hasUnused);
		const willClaim = wanted.calls > left && now >= this.pause.until;
		if (!claim && !isUrgent && (willClaim || over.length === 0)) return undefined;
		const closing = over.map((lease) => lease.close());
		return {
			remove: [
				...closing.filter(({ calls }) => calls === 0).map((lease) => lease.claim),
				...[...this.unwanted].slice(0, MOST_AT_ONCE),
				...this.worthRemoving,
			],
			close: closing.filter(({ calls }) => calls > 0),
			lock: this.lockRow(now),
			claim,
		};
	}

	/** Nobody waits for it, and it must not be what makes a trip fail. */
	private get worthRemoving(): readonly string[] {
		const isWorth = this.failures === 0 && this.outdated.length >= WORTH_REMOVING;
		return isWorth ? this.outdated.slice(0, MOST_AT_ONCE) : [];
	}

	private lockRow(now: number): NewRow | undefined {
		const ms = this.lock.tell(now);
		if (ms === undefined) return undefined;
		return this.row({ state: 'lock', isShort: false, calls: 0, endsAfterMs: atMostMs(ms) });
	}

	/**
	 * The next lease is asked for when no more calls are left than are under way, or than half a lease:
	 * so early that the runs hardly wait for it.
	 */
	private claimFor({ calls, short, requests }: Wanted, left: number, now: number) {
		const isPaused = now < this.pause.until;
		// What is kept for short runs may be free, although there is nothing for long ones.
		if (isPaused && (short <= this.pause.short || this.lock.refuses(now))) return undefined;
		const most = isPaused ? short : calls;
		const { callsPerWindow, windowMs, longestCallMs } = this.turns.limits;
		const largest = Math.max(requests, Math.floor(callsPerWindow / LEASES_IN_LIMIT));
		const underWay = this.leases.reduce((sum, lease) => sum + lease.underWay, 0);
		if (most <= left || left >= Math.max(underWay + 1, largest / 2)) return undefined;
		const endsAfterMs = endsAtMostMs(longestCallMs);
		this.forgottenAt = now + endsAfterMs + atMostMs(windowMs);
		const isShort = now - this.shortAt < windowMs;
		const size = Math.min(Math.max(requests, most - left), largest);
		return this.row({ state: 'open', isShort, calls: size, endsAfterMs });
	}

	private row(row: Omit<NewRow, 'claim'>): NewRow {
		return { claim: `${this.name} ${++this.rows}`, ...row };
	}

	/** Nothing happens where the trip was given up before. */
	private answered(sent: Sent, rows: readonly Row[], now: number): void {
		if (this.sent !== sent) return;
		const { close, remove, claim } = sent.trip;
		const own = claim && rows.find((row) => row.claim === claim.claim);
		if (claim && !own) return this.failed(sent, 'a row that was inserted cannot be seen', now);
		this.sent = undefined;
		this.failures = 0;
		const gone = new Set([...remove, ...close.map((lease) => lease.claim)]);
		this.leases = this.leases.filter((lease) => !gone.has(lease.claim));
		for (const other of gone) this.unwanted.delete(other);
		if (own) this.decide(own, this.look(own, rows, sent.at, now), sent, now);
	}

	/** It failed, or what was done of it is not known: all of it comes again after a pause. */
	private failed(sent: Sent, error: unknown, now: number): void {
		if (this.sent !== sent) return;
		this.sent = undefined;
		if (sent.trip.lock) this.lock.untold();
		this.said = error instanceof Error ? error.message : String(error);
		const pauseMs = backoffMs(this.failures++, PAUSE_MS, this.means.random());
		this.retryAt = now + Math.min(LONGEST_PAUSE_MS, pauseMs);
	}

	/** The rows that count. An open one of one's own that is no lease comes from a claim that was lost. */
	private look(own: Row, rows: readonly Row[], sentAt: number, now: number): readonly Row[] {
		const { windowMs } = this.turns.limits;
		this.seenAt = new Map(rows.map(({ claim }) => [claim, this.seenAt.get(claim) ?? now]));
		const seen = asSeenFrom(own, rows, ({ claim }) => sentAt - this.seenAt.get(claim)!);
		const known = new Set([own.claim, ...this.leases.map(({ claim }) => claim)]);
		for (const { claim, state } of seen) {
			const isLost = state === 'open' && holderOf(claim) === this.name && !known.has(claim);
			if (isLost) this.unwanted.add(claim);
		}
		const isOutdated = (row: Row) => mattersUntil(row, windowMs) <= own.createdAt;
		this.outdated = seen.filter(isOutdated).map(({ claim }) => claim);
		return seen.filter((row) => !this.unwanted.has(row.claim) && !isOutdated(row));
	}

	private decide(own: Row, rows: readonly Row[], sent: Sent, now: number): void {
		const { short, least } = sent;
		const { contended } = this.pause;
		const limits = this.turns.limits;
		const claim = { own, short, least, sentAt: sent.at, answeredAt: now, contended };
		const verdict = grant(claim, rows, limits, this.means.random());
		this.lock.hear(verdict.is === 'locked' ? verdict.freeAt : -Infinity, now);
		if (verdict.is === 'granted') {
			// A claim in a pause was for short runs alone, and the long ones wait on.
			if (now >= this.pause.until) this.pause = NO_PAUSE;
			const lease = new Lease(own, verdict.calls, sent.at, sent.longestCallMs);
			this.leases = [...this.leases, lease];
			return;
		}
		this.unwanted.add(own.claim);
		// Rows may be changed or removed by a person, and clocks may be set: nobody relies on them for long.
		const until = Math.min(verdict.until, now + limits.windowMs);
		this.pause =
			verdict.is === 'contended'
				? { until, short, contended: contended + 1 }
				: { until, short, contended, freeAt: verdict.freeAt };
	}
}
