/** What keeps every call of a process out, whatever is left of the window. Pure; times are ms. */
import type { Quota } from '../zoho/waits';
import { NOT_YOUR_TURN, wait, type CallEnd, type Refused, type Slot } from './slot';

/** A lock that would keep an account shut for longer than a day is not believed, whoever tells of it. */
export const LONGEST_LOCK_MS = 86_400_000;

/** Two locks that end less than this apart are one, met by calls that were under way together. */
const SAME_LOCK_MS = 5_000;

export class Lock {
	/** When the lock ends that a call of this process has met; that of which another one tells. */
	private metUntil = -Infinity;
	private heardUntil = -Infinity;
	/** By Zoho's own count no call is left before. */
	private closedUntil = -Infinity;
	/** No call has been answered since the lock, and the one that is to show whether it is over. */
	private isUntested = false;
	private probe: Slot | undefined;
	/** Calls under way. */
	private open = 0;
	private isNews = false;

	/** Why no call may start now; undefined where one may. */
	refuses(now: number): Refused | undefined {
		const until = Math.max(this.metUntil, this.heardUntil);
		if (now < until) return wait(until - now, 'lock');
		return this.refusesByItself(now);
	}

	/** Whether no call may start, whatever the other processes say. */
	isShut(now: number): boolean {
		return now < this.metUntil || this.refusesByItself(now) !== undefined;
	}

	/** The first call after a lock shows whether it is over. */
	start(slot: Slot): void {
		this.open++;
		if (this.isUntested) this.probe ??= slot;
	}

	end(slot: Slot, end: CallEnd, now: number): void {
		this.open--;
		if (slot === this.probe) {
			this.probe = undefined;
			this.isUntested = end !== 'answered';
		}
		if (typeof end !== 'string') this.meet(Math.ceil(now + end.lockedForMs));
	}

	/** Zoho has said how many calls are left: where all of them are under way, none is to start. */
	keepTo({ remaining, retryAfterMs }: Quota, now: number): void {
		if (remaining > this.open) return;
		this.closedUntil = Math.max(this.closedUntil, Math.ceil(now + retryAfterMs));
	}

	/** Until when other processes say that the account is locked; a moment that is over for not at all. */
	hear(until: number, now: number): void {
		this.heardUntil = until;
		if (now < until) this.isUntested = true;
	}

	/** Whether the other processes are to be told of a lock. */
	hasNews(now: number): boolean {
		return this.isNews && now < this.metUntil;
	}

	/** What they are to be told, once: how many ms it still lasts; undefined for nothing. */
	tell(now: number): number | undefined {
		if (!this.hasNews(now)) return undefined;
		this.isNews = false;
		return this.metUntil - now;
	}

	/** They could not be told. */
	untold(): void {
		this.isNews = true;
	}

	/** From then on it keeps nobody out. */
	get opensAt(): number {
		return Math.max(this.metUntil, this.heardUntil, this.closedUntil);
	}

	private refusesByItself(now: number): Refused | undefined {
		if (this.probe) return NOT_YOUR_TURN;
		return now < this.closedUntil ? wait(this.closedUntil - now, 'window') : undefined;
	}

	/** Of two locks the later end counts. What the call brings that tests the water says nothing then. */
	private meet(until: number): void {
		const known = Math.max(this.metUntil, this.heardUntil);
		if (until > known + SAME_LOCK_MS) this.isNews = true;
		this.metUntil = Math.max(this.metUntil, until);
		this.isUntested = true;
		this.probe = undefined;
	}
}
