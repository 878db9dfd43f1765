export interface Limit {
	/** Calls that one window takes. */
	calls: number;
	windowMs: number;
	/** How long every call is refused once one call too many has come. */
	lockMs: number;
	/**
	 * `rolling`: the calls of the last `windowMs`. `fixed`: windows on a grid that begins when the
	 * server does, so that two full windows may follow each other within a moment.
	 */
	kind: 'rolling' | 'fixed';
}

/** Zoho's do-not-mail page: 500 calls in 5 minutes, then locked for 30 minutes. */
export const PUBLISHED_LIMIT: Readonly<Limit> = {
	calls: 500,
	windowMs: 300_000,
	lockMs: 1_800_000,
	kind: 'rolling',
};

/**
 * Zoho's limit for one API of one account. The pages leave these open, and here they are so:
 * a call counts at its arrival, whatever becomes of it; the call that is one too many is refused,
 * not counted, and starts the lock; calls during the lock are refused, not counted, and do not
 * prolong it; a rolling window lets a call go exactly `windowMs` after it came; when the lock ends
 * the window is as the clock says, which is empty only where the lock is the longer of the two.
 */
export class Throttle {
	/** May be replaced or changed at any time; the calls already counted stay. */
	limit: Limit = { ...PUBLISHED_LIMIT };
	/** How many times the lock fell. */
	locks = 0;
	/** Calls refused: those that made the lock fall and those that met it. */
	refusedCalls = 0;

	private readonly startedAt: number;
	private arrivals: number[] = [];
	private lockedUntil = -Infinity;

	constructor(private readonly now: () => number) {
		this.startedAt = now();
	}

	/** Counts a call that arrives now. Returns 0 where it may pass, else the lock's rest in ms. */
	arrive(): number {
		const now = this.now();
		if (now >= this.lockedUntil) {
			if (this.used < this.limit.calls) {
				this.arrivals.push(now);
				return 0;
			}
			this.lockedUntil = now + this.limit.lockMs;
			this.locks++;
		}
		this.refusedCalls++;
		return this.lockedUntil - now;
	}

	/** Calls in the window that is open now. */
	get used(): number {
		const now = this.now();
		const kept = this.arrivals.findIndex((arrival) => this.inOneWindow(arrival, now));
		this.arrivals.splice(0, kept < 0 ? this.arrivals.length : kept);
		return this.arrivals.length;
	}

	/** Calls that may still pass now. */
	get remaining(): number {
		return this.locked ? 0 : Math.max(0, this.limit.calls - this.used);
	}

	/** ms until a call may pass; 0 where one may now. */
	get opensInMs(): number {
		const now = this.now();
		const lockMs = Math.max(0, this.lockedUntil - now);
		if (this.used < this.limit.calls) return lockMs;
		const { kind, windowMs } = this.limit;
		const begin =
			kind === 'rolling' ? (this.arrivals[0] ?? now) : now - ((now - this.startedAt) % windowMs);
		return Math.max(lockMs, begin + windowMs - now);
	}

	/** True while every call is refused. */
	get locked(): boolean {
		return this.now() < this.lockedUntil;
	}

	private inOneWindow(arrival: number, now: number): boolean {
		const { kind, windowMs } = this.limit;
		if (kind === 'rolling') return now - arrival < windowMs;
		const cell = (moment: number) => Math.floor((moment - this.startedAt) / windowMs);
		return cell(arrival) === cell(now);
	}
}
