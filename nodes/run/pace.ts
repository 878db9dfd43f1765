/** How many calls at once, and how far apart they start. Pure. */
import type { Quota } from '../zoho/waits';

/** After so many ms without "too many", one call more at once is tried again. */
const GOOD_WHILE_MS = 60_000;

/** Shorter waits are no news, nor is one that ends so much later than was told. */
const WORTH_TELLING_MS = 1000;

/**
 * The first call goes alone, so that an expired token is renewed once and not by every call at a
 * time; then as many at once as is allowed. Where Zoho says that there are too many, it is half of
 * them: one lesson for a burst, since the calls that were under way then say the same. After a good
 * while one more is tried.
 */
export class Pace {
	private open = 0;
	private hasAnswer = false;
	private nextStart = -Infinity;
	/** Zoho wants no calls before. */
	private heldUntil = -Infinity;
	/** What a person has been told of that. */
	private toldUntil = -Infinity;
	private allowed: number;
	private changedAt = -Infinity;

	/**
	 * @param most calls at once, 1 or more
	 * @param intervalMs between two starts, in ms; asked at each start
	 */
	constructor(
		private readonly most: number,
		private readonly intervalMs: () => number,
	) {
		this.allowed = most;
	}

	/**
	 * When the next call may start: a moment on the clock, or undefined for not before an answer.
	 *
	 * @param waiting calls that are to be made again, and keep their place meanwhile
	 */
	nextStartAt(now: number, waiting = 0): number | undefined {
		if (this.allowed < this.most && now - this.changedAt >= GOOD_WHILE_MS) {
			this.allowed++;
			this.changedAt = now;
		}
		const isFull = this.open + waiting >= (this.hasAnswer ? this.allowed : 1);
		return isFull ? undefined : Math.max(now, this.nextStart, this.heldUntil);
	}

	start(now: number): void {
		this.open++;
		this.nextStart = now + this.intervalMs();
	}

	/** @param isFinal false where the call failed for a passing reason, and so tells nothing yet */
	answered(isFinal: boolean): void {
		this.open--;
		this.hasAnswer ||= isFinal;
	}

	/**
	 * Zoho has said to a call that started at `startedAt` that there are too many.
	 *
	 * @param waitMs before that call goes again: others do not go before it
	 * @param isTold whether the log says so already
	 */
	tooMany(startedAt: number, waitMs: number, now: number, isTold: boolean): void {
		this.heldUntil = Math.max(this.heldUntil, now + waitMs);
		if (isTold) this.toldUntil = Math.max(this.toldUntil, now + waitMs);
		if (startedAt < this.changedAt) return;
		this.allowed = Math.max(1, Math.floor(this.allowed / 2));
		this.changedAt = now;
	}

	/** Zoho has said how many calls are left: where all of them are under way, none is to start. */
	keepTo({ remaining, retryAfterMs }: Quota, now: number): boolean {
		if (remaining > this.open) return false;
		this.heldUntil = Math.max(this.heldUntil, now + retryAfterMs);
		return true;
	}

	/** How long Zoho still wants no calls, in ms, where nobody has been told: once for each wait. */
	newsOfWait(now: number): number | undefined {
		if (this.heldUntil - Math.max(now, this.toldUntil) < WORTH_TELLING_MS) return undefined;
		this.toldUntil = this.heldUntil;
		return this.heldUntil - now;
	}
}
