/** What keeps every call out, whatever is left of the window. Pure; times are ms. */
import { NOT_YOUR_TURN, wait, type CallEnd, type Refused, type Slot } from './budget';

export class Gate {
	/** Outlives its end until one call, the probe, has shown that it is over. */
	private lock: { until: number; probe: Slot | undefined } | undefined;
	/** By Zoho's own count no call is left before. */
	private closedUntil = 0;

	/** Why no call may start now; undefined where one may. */
	refuses(now: number): Refused | undefined {
		if (this.lock && now < this.lock.until) return wait(this.lock.until - now, 'lock');
		if (this.lock?.probe) return NOT_YOUR_TURN;
		return now < this.closedUntil ? wait(this.closedUntil - now, 'window') : undefined;
	}

	/** The first call after a lock shows whether it is over. */
	start(slot: Slot): void {
		if (this.lock) this.lock.probe = slot;
	}

	end(slot: Slot, end: CallEnd, now: number): void {
		if (end === 'answered' && slot === this.lock?.probe) this.lock = undefined;
		this.release(slot);
		if (typeof end === 'string') return;
		const until = Math.max(Math.ceil(now + end.lockedForMs), this.lock?.until ?? 0);
		this.lock = { until, probe: undefined };
	}

	release(slot: Slot): void {
		if (slot === this.lock?.probe) this.lock.probe = undefined;
	}

	close(until: number): void {
		this.closedUntil = Math.max(this.closedUntil, Math.ceil(until));
	}

	/** From then on it keeps nobody out. */
	get opensAt(): number {
		return Math.max(this.lock?.until ?? 0, this.closedUntil);
	}
}
