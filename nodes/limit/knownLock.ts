/** A lock of the account that all processes are to know of. Pure; times are ms. */
import { atMostMs, type Notice } from './leaseTable';

/** Two locks that end less than this apart are one, met by calls that were under way together. */
const SAME_LOCK_MS = 5_000;

export class KnownLock {
	until = -Infinity;
	/** The others are to be told of it. */
	private isNews = false;

	/** A call of this process was refused, since the account is locked for so many ms. */
	met(forMs: number, now: number): void {
		const until = now + atMostMs(forMs);
		if (until > this.until + SAME_LOCK_MS) this.isNews = true;
		this.until = Math.max(until, this.until);
	}

	/** Another process has met it. */
	heardOf(until: number): void {
		this.until = Math.max(this.until, until);
	}

	/** What the others are to be told; undefined for nothing. */
	tell(now: number): Notice | undefined {
		if (!this.isNews || now >= this.until) return undefined;
		this.isNews = false;
		return { kind: 'lock', endsAfterMs: atMostMs(this.until - now) };
	}

	/** They could not be told. */
	untold(): void {
		this.isNews = true;
	}
}
