/**
 * What the processes of the simulation share: the time, a table whose rows show late and out of order,
 * a database that goes away, and an account that counts calls and locks.
 */
import type { NewRow, Row, Trip } from '../../nodes/limit/leaseTable';
import type { Limits } from '../../nodes/limit/slot';
import { Throttle } from '../fake-zoho/throttle';

/** A clock that runs too fast or too slow, and shows any time at all at the beginning. */
export interface Clock {
	/** 1.0001 gains 0.1 ms a second. */
	readonly rate: number;
	readonly offset: number;
}

/** One run: calls that somebody wants from a moment on, one for a webhook, thousands for a list. */
export interface Job {
	readonly at: number;
	readonly calls: number;
	/** The longest that a call of it may take; the world's unless told otherwise. */
	readonly longestCallMs?: number;
	/** Somebody presses Stop so many ms after it began. */
	readonly stopsAfterMs?: number | undefined;
}

export interface ProcessPlan {
	readonly jobs: readonly Job[];
	/** Calls at once, of each job. */
	readonly parallel: number;
	readonly clock: Clock;
	/** Other than the world's. */
	readonly callsPerWindow?: number;
	/** When it is killed, and how long until it is started again with what was left. */
	readonly kills?: ReadonlyArray<{ readonly at: number; readonly downForMs: number }>;
}

export interface WorldPlan {
	readonly limits: Limits;
	readonly processes: readonly ProcessPlan[];
	/** Shortest and longest call; one in a hundred takes as long as it may where `timeouts` is set. */
	readonly callMs: readonly [number, number];
	readonly timeouts?: boolean;
	/** The first call of a run may come to two requests, and does so now and then. */
	readonly expiries?: boolean;
	/** Shortest and longest round trip to the table. */
	readonly storeMs: readonly [number, number];
	/** How much longer than that a row may take to be seen, now and then. */
	readonly hiddenForMs?: number;
	/** While the database cannot be reached. What was under way may be done all the same. */
	readonly away?: { readonly from: number; readonly to: number } | undefined;
	readonly databaseClock?: Clock;
	/** When somebody sets that clock back, and how far. */
	readonly setBack?: { readonly at: number; readonly byMs: number } | undefined;
	readonly server: { readonly kind: 'rolling' | 'fixed'; readonly clock: Clock };
	/** A row that no process has written, and when it comes. */
	readonly absurd?: { readonly at: number; readonly row: Partial<Row> } | undefined;
	/** When another program uses the account up, and how long the lock lasts. */
	readonly stranger?: { readonly at: number; readonly lockMs: number } | undefined;
	/** How often a run that waits looks again; 200 unless told otherwise. */
	readonly tickMs?: number;
	readonly seed: number;
	/** How the processes do what the protocol forbids, to see that it shows. */
	readonly mistake?: Mistake | undefined;
}

/** What a process that does it wrong makes of the rows it reads, or of its own clock. */
export interface Mistake {
	readonly rows?: (rows: readonly Row[], own: string) => readonly Row[];
	/** What a process takes for the ms that have passed. */
	readonly clock?: (now: number) => number;
	/** A row as it is written. */
	readonly written?: (row: Row) => Row;
}

/** What happens, in the order of its time. */
export class Timeline {
	now = 0;
	/** The latest first; of two at the same time, the one that was added last. */
	private readonly events: Array<{ at: number; act: () => void }> = [];

	after(ms: number, act: () => void): void {
		const at = this.now + ms;
		let [place, end] = [0, this.events.length];
		while (place < end) {
			const middle = (place + end) >> 1;
			if (this.events[middle]!.at <= at) end = middle;
			else place = middle + 1;
		}
		this.events.splice(place, 0, { at, act });
	}

	/** Plays until nothing more can happen, or the time is up. */
	play(until: number): void {
		for (;;) {
			const event = this.events.pop();
			if (!event || event.at > until) return;
			this.now = event.at;
			event.act();
		}
	}
}

export class Table {
	trips = 0;
	/** By their claims. */
	readonly rows = new Map<string, Row>();
	private lastId = 0;

	constructor(
		private readonly plan: WorldPlan,
		private readonly timeline: Timeline,
		private readonly random: () => number,
	) {
		const { absurd } = plan;
		if (absurd) timeline.after(absurd.at, () => this.put(absurd.row));
	}

	/** Answers with rows, or with nothing where the trip failed. */
	do(trip: Trip, answer: (rows: readonly Row[] | undefined) => void): void {
		this.trips++;
		const leg = () => this.between(this.plan.storeMs) / 3;
		this.timeline.after(leg(), () => {
			if (this.isAway()) return this.timeline.after(leg(), () => answer(undefined));
			const apply = this.begin(trip);
			this.timeline.after(this.hiddenFor(), () => {
				apply();
				this.timeline.after(leg(), () => {
					const rows = trip.claim ? this.seenBy(trip.claim) : [];
					this.timeline.after(leg(), () => answer(this.isAway() ? undefined : rows));
				});
			});
		});
	}

	private put(row: Partial<Row>): void {
		const usual = { claim: 'nobody 1', state: 'closed', isShort: false, calls: 1 } as const;
		const { createdAt = 0, ...others } = row;
		const id = ++this.lastId;
		const whole = { endsAfterMs: 0, ...usual, ...others, id, createdAt: this.clock() + createdAt };
		this.rows.set(whole.claim, whole);
	}

	private seenBy({ claim }: NewRow): readonly Row[] {
		const rows = [...this.rows.values()];
		return this.plan.mistake?.rows?.(rows, claim) ?? rows;
	}

	private between([least, most]: readonly [number, number]): number {
		return least + this.random() * (most - least);
	}

	private hiddenFor(): number {
		const { hiddenForMs = 0 } = this.plan;
		return this.random() < 0.2 ? this.random() * hiddenForMs : 0;
	}

	private isAway(): boolean {
		const { away } = this.plan;
		return away !== undefined && this.timeline.now >= away.from && this.timeline.now < away.to;
	}

	/** Ids and times are given when the work begins; it shows when what is returned is called. */
	private begin({ remove, close, lock, claim }: Trip): () => void {
		const inserts = [lock, claim].filter((row) => row !== undefined).map((row) => this.insert(row));
		return () => {
			for (const mark of remove) this.rows.delete(mark);
			for (const closing of close) {
				const row = this.rows.get(closing.claim);
				if (row) this.rows.set(row.claim, { ...row, ...closing, state: 'closed' });
			}
			for (const show of inserts) show();
		};
	}

	private insert(told: NewRow): () => void {
		const row = { ...told, id: ++this.lastId, createdAt: this.clock() };
		const written = this.plan.mistake?.written?.(row) ?? row;
		return () => this.rows.set(written.claim, written);
	}

	private clock(): number {
		const { databaseClock = { rate: 1, offset: 0 }, setBack } = this.plan;
		const { now } = this.timeline;
		const setBackMs = setBack && now >= setBack.at ? setBack.byMs : 0;
		return Math.round(now * databaseClock.rate + databaseClock.offset - setBackMs);
	}
}

/** The account: counts calls as they arrive, by a clock of its own. */
export class Server {
	refused = 0;
	readonly arrivals: number[] = [];
	private readonly throttle: Throttle;

	constructor(
		private readonly plan: WorldPlan,
		private readonly timeline: Timeline,
	) {
		const { limits, server, stranger } = plan;
		this.throttle = new Throttle(() => this.clock());
		this.throttle.limit = {
			calls: limits.callsPerWindow,
			windowMs: limits.windowMs,
			lockMs: stranger?.lockMs ?? 6 * limits.windowMs,
			kind: server.kind,
		};
		if (stranger) timeline.after(stranger.at, () => this.lock());
	}

	/** A call arrives. Returns how long the account is locked if it is refused, else 0. */
	arrive(): number {
		this.arrivals.push(this.clock());
		const lockedForMs = this.throttle.arrive();
		if (lockedForMs > 0) this.refused++;
		return lockedForMs;
	}

	private lock(): void {
		for (let call = 0; call <= this.plan.limits.callsPerWindow; call++) this.throttle.arrive();
	}

	private clock(): number {
		const { rate, offset } = this.plan.server.clock;
		return this.timeline.now * rate + offset;
	}
}
