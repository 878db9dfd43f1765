/**
 * What the processes of the simulation share: the time, a table whose rows show late and out of order,
 * a database that goes away, and an account that counts calls and locks.
 */
import type { NewRow, Row, Trip } from '../../nodes/limit/leaseTable';
import type { Limits } from '../../nodes/limit/slot';
import { Throttle } from '../fake-zoho/throttle';
import type { FakeClock } from '../support/clock';
import { MemoryTable } from '../support/memoryTable';

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

/** The table as the processes see it: late, out of order, and not at all while the database is away. */
export class Table {
	trips = 0;
	private readonly table = new MemoryTable();

	constructor(
		private readonly plan: WorldPlan,
		private readonly timeline: FakeClock,
		private readonly random: () => number,
	) {
		const { absurd } = plan;
		if (absurd) timeline.after(absurd.at, () => this.put(absurd.row));
	}

	get rows(): readonly Row[] {
		return this.table.rows;
	}

	/** Answers with rows, or with nothing where the trip failed. */
	do(trip: Trip, answer: (rows: readonly Row[] | undefined) => void): void {
		this.trips++;
		const leg = () => this.between(this.plan.storeMs) / 3;
		this.timeline.after(leg(), () => {
			if (this.isAway()) return this.timeline.after(leg(), () => answer(undefined));
			this.table.now = this.clock();
			const apply = this.table.begin(trip, this.plan.mistake?.written);
			this.timeline.after(this.hiddenFor(), () => {
				apply();
				this.timeline.after(leg(), () => {
					const rows = trip.claim ? this.seenBy(trip.claim) : [];
					this.timeline.after(leg(), () => answer(this.isAway() ? undefined : rows));
				});
			});
		});
	}

	private put({ createdAt = 0, ...row }: Partial<Row>): void {
		const usual = { claim: 'nobody 1', state: 'closed', calls: 1, endsAfterMs: 0 } as const;
		this.table.insert({ ...usual, ...row, createdAt: this.clock() + createdAt });
	}

	private seenBy({ claim }: NewRow): readonly Row[] {
		return this.plan.mistake?.rows?.(this.rows, claim) ?? [...this.rows];
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
		const now = this.timeline.now();
		return away !== undefined && now >= away.from && now < away.to;
	}

	private clock(): number {
		const { databaseClock = { rate: 1, offset: 0 }, setBack } = this.plan;
		const now = this.timeline.now();
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
		private readonly timeline: FakeClock,
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
		return this.timeline.now() * rate + offset;
	}
}
