/**
 * One limit for many processes. A process asks the others for leave to make a few calls, a lease, by
 * a row in a table that all of them read (leaseTable.ts). Pure: the caller brings the clock and the
 * dice, does what the protocol asks of the table, sleeps, and asks again.
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
 * back costs time, and no call too many.
 */
import { KnownLock } from './knownLock';
import type { Why } from './budget';
import { judge, type Claim, type LeaseLimits } from './claim';
import { endsAtMostMs, Lease, type Slot } from './lease';
import {
	asSeenFrom,
	type Notice,
	type Question,
	type Result,
	type Row,
	type Trip,
} from './leaseTable';
import { Leftovers } from './leftovers';
import { Trouble } from './trouble';

/** A lease is at most this part of the limit, so that processes can share it evenly. */
const LEASES_IN_LIMIT = 10;
/** A trip that has not ended after so long counts as failed: n8n may never answer. */
const GIVE_UP_MS = 20_000;
/** When to ask again while an answer is awaited. */
const SOON_MS = 1_000;

/**
 * What the caller is to do. `store`: make the trip, and report to `took` or `failed`; ask on at once,
 * since calls need not wait for it. `start`: so many calls may start now, each by `start`. `wait`: ask
 * again at `until`, once a second meanwhile, and whenever a call or a trip has ended; `turn` is a matter
 * of moments. `nothing`: no call is wanted, and nothing is left to tell the others.
 */
export type Step =
	| { do: 'store'; trip: Trip }
	| { do: 'start'; slots: number }
	| { do: 'wait'; until: number; why: Why }
	| { do: 'nothing' };

export class Leases {
	private leases: Lease[] = [];
	/** A claim that stays for a second look. */
	private staying: { claim: Claim; until: number } | undefined;
	/** When to claim again; where the limit is used up, until when; and how many claims got nothing. */
	private pause: { until: number; freeAt?: number; yields: number } = {
		until: -Infinity,
		yields: 0,
	};
	/** The trip under way, when it began, and how few calls were of use then. */
	private sent: Readonly<{ trip: Trip; at: number; least: number }> | undefined;
	private readonly trouble = new Trouble();
	private readonly leftovers = new Leftovers();
	private readonly lock = new KnownLock();

	/**
	 * @param holder a name that no other object of this class, in any process, ever has
	 * @param isShort whether the calls are those of runs that want only a few
	 * @param random numbers in [0, 1)
	 */
	constructor(
		private limits: LeaseLimits,
		readonly holder: string,
		private readonly isShort: boolean,
		private readonly random: () => number,
	) {}

	/** From now on these limits hold. What was leased under others stays good. */
	keepTo(limits: LeaseLimits): void {
		this.limits = limits;
	}

	/**
	 * @param wanted how many calls the runs of this process have still to start
	 * @param atOnce how many of them must start together: no more than the limit
	 * @param now ms, here and everywhere, by a clock that no step of the wall clock moves; one that stops
	 * while the machine sleeps would let a lease outlive its life
	 */
	next(wanted: number, now: number, atOnce = 1): Step {
		if (this.sent && now - this.sent.at > GIVE_UP_MS) this.failed(this.sent.trip, now);
		const trip = this.due(wanted, now, atOnce);
		if (trip) {
			this.sent = { trip, at: now, least: Math.max(1, atOnce - this.left(now)) };
			return { do: 'store', trip };
		}
		const usable = now < this.lock.until ? [] : this.leases.filter((lease) => lease.free(now) > 0);
		if (wanted === 0 || usable.length === 0) return this.rest(wanted, now);
		const slots = usable.reduce((sum, lease) => sum + lease.free(now), 0);
		return { do: 'start', slots: Math.min(wanted, slots) };
	}

	/** Takes one of the calls that may start now; undefined where there is none. */
	start(now: number): Slot | undefined {
		if (now < this.lock.until) return undefined;
		return this.leases.find((lease) => lease.free(now) > 0)?.start();
	}

	/** The call has ended after so many requests, or was given up. A slot can end only once. */
	end(slot: Slot, now: number, requests = 1): void {
		for (const lease of this.leases) lease.end(slot, now, requests);
	}

	/** The call was not made after all: its slot is free at once. */
	release(slot: Slot): void {
		for (const lease of this.leases) lease.release(slot);
	}

	/** A call was refused since the account is locked for so many ms. The others will be told. */
	locked(forMs: number, now: number): void {
		this.lock.met(forMs, now);
	}

	/** The trip is made. Nothing happens where it was given up before. */
	took(trip: Trip, { id, rows = [] }: Result, now: number): void {
		if (this.sent?.trip !== trip) return;
		const { at: sentAt, least } = this.sent;
		this.sent = undefined;
		this.trouble.answered();
		for (const notice of trip.notices) this.told(notice);
		if (trip.question?.kind === 'claim' && id !== undefined) {
			const { yields } = this.pause;
			const { calls } = trip.question;
			const claim = { id, calls, least, sentAt, answeredAt: now, yields, hasStayed: false };
			this.decide(claim, asSeenFrom(rows, id), now);
		} else if (trip.question?.kind === 'read' && this.staying) {
			const { claim } = this.staying;
			this.staying = undefined;
			this.decide({ ...claim, hasStayed: true }, asSeenFrom(rows, claim.id), now);
		}
	}

	/** The trip failed, or what was done of it is not known: all of it comes again after a pause. */
	failed(trip: Trip, now: number): void {
		if (this.sent?.trip !== trip) return;
		this.sent = undefined;
		if (trip.notices.some(({ kind }) => kind === 'lock')) this.lock.untold();
		this.trouble.failed(now, this.random());
	}

	/** One trip at a time: what is to be told goes with a question, unless others wait for it. */
	private due(wanted: number, now: number, atOnce: number): Trip | undefined {
		if (this.sent || now < this.trouble.until) return undefined;
		// Who keeps too few to start together may wait for ever for those that another one keeps.
		const used = this.open === 0 && this.left(now) < atOnce ? 0 : wanted;
		const over = this.leases.filter((lease) => lease.isOver(used, now));
		const isUrgent = this.leftovers.hasOwn || over.some(({ hasUnused }) => hasUnused);
		const willAsk = wanted > this.left(now) && now >= Math.max(this.lock.until, this.pause.until);
		if (!isUrgent && willAsk && !this.toAsk(wanted, now, atOnce)) return undefined;
		const notices = this.toTell(over, now);
		const question = this.toAsk(wanted, now, atOnce);
		return question || notices.length > 0 ? { notices, question } : undefined;
	}

	private toTell(over: readonly Lease[], now: number): Notice[] {
		const closed = over.map((lease) => lease.close());
		// Nobody waits for the last of them, and it must not be what makes a trip fail.
		const outdated = this.trouble.isOn ? undefined : this.leftovers.removeOutdated();
		return [this.lock.tell(now), ...closed, this.leftovers.removeOwn(), outdated].filter(
			(notice) => notice !== undefined,
		);
	}

	/**
	 * The next lease is asked for when no more calls are left than are under way, or than half a lease:
	 * so early that the runs hardly wait for it.
	 */
	private toAsk(wanted: number, now: number, atOnce: number): Question | undefined {
		if (this.staying) return now < this.staying.until ? undefined : { kind: 'read' };
		if (now < this.lock.until || now < this.pause.until) return undefined;
		const left = this.left(now);
		const largest = Math.max(atOnce, Math.floor(this.limits.callsPerWindow / LEASES_IN_LIMIT));
		if (wanted <= left || left >= Math.max(this.open + 1, largest / 2)) return undefined;
		const calls = Math.min(wanted - left, largest);
		const endsAfterMs = endsAtMostMs(this.limits.longestCallMs);
		return { kind: 'claim', isShort: this.isShort, calls, endsAfterMs };
	}

	private decide(claim: Claim, rows: readonly Row[], now: number): void {
		this.tidy(claim, rows);
		const counting = rows.filter(({ id }) => !this.leftovers.isOwn(id));
		const verdict = judge(claim, counting, this.limits, now, this.random);
		if (verdict.is === 'take') {
			this.leases = [...this.leases, new Lease(claim, verdict.calls, verdict.from)];
			this.pause.yields = 0;
		} else if (verdict.is === 'stay') {
			this.staying = { claim, until: verdict.until };
		} else {
			this.leftovers.add(claim.id);
			this.pause = { ...verdict, yields: claim.yields + 1 };
			if (verdict.is === 'locked') this.lock.heardOf(verdict.until);
		}
	}

	/** Looks for rows that are to go: an open one of one's own that is no lease comes from a lost claim. */
	private tidy(claim: Claim, rows: readonly Row[]): void {
		const own = rows.find(({ id }) => id === claim.id);
		const known = new Set([claim.id, ...this.leases.map(({ id }) => id)]);
		if (own) this.leftovers.look(rows, own.createdAt, this.limits.windowMs, this.holder, known);
	}

	private told(notice: Notice): void {
		if (notice.kind === 'lock') return;
		const ids = notice.kind === 'close' ? [notice.id] : notice.ids;
		this.leftovers.forget(ids);
		this.leases = this.leases.filter(({ id }) => !ids.includes(id));
	}

	/** Calls that may still start. */
	private left(now: number): number {
		return this.leases.reduce((sum, lease) => sum + lease.left(now), 0);
	}

	/** Calls under way. */
	private get open(): number {
		return this.leases.reduce((sum, { open }) => sum + open, 0);
	}

	/** What to say when no call may start and no trip is due. */
	private rest(wanted: number, now: number): Step {
		const wait = (until: number, why: Why) => ({ do: 'wait', until, why }) as const;
		if (wanted > 0 && now < this.lock.until) return wait(this.lock.until, 'lock');
		if (now < this.trouble.until) {
			return wait(this.trouble.until, this.trouble.isSerious ? 'store' : 'turn');
		}
		if (wanted > 0 && now < this.pause.until) {
			const { until, freeAt } = this.pause;
			return freeAt === undefined ? wait(until, 'turn') : wait(freeAt, 'window');
		}
		const begin = Math.min(...this.leases.map(({ from }) => from).filter((from) => from > now));
		if (begin < Infinity) return wait(begin, 'turn');
		if (this.staying && !this.sent) return wait(this.staying.until, 'turn');
		// Who still wants calls waits for one of these, or for a trip.
		const isDone = !this.sent && this.leases.length === 0;
		return isDone ? { do: 'nothing' } : wait(now + SOON_MS, 'turn');
	}
}
