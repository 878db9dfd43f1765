/**
 * What a lock teaches a process that knows of no other. Zoho locks an account when one call too many
 * comes in a window, so whoever meets a lock although it kept to the limit shares the account with
 * somebody. Its share is what it made itself: from then on it makes a little less. Shares learned from
 * one lock add up to less than the limit, so the next window ends without a lock. Pure: the caller brings
 * the clock, in ms.
 */
import type { Limits } from './slot';

/** The part of its own calls that a process keeps to. */
const KEPT = 0.98;
/** The least part of the budget that a lock leaves, so that who made few calls is not held to them. */
const LEAST = 0.1;
/**
 * More than ten processes have too much together with the least part each: a lock so soon after another
 * one halves it, and each such time without a lock doubles it again.
 */
const SOON_MS = 3_600_000;
/** So long after the last lock the others may be gone, and the whole budget is tried again. */
const FORGOTTEN_AFTER_MS = 86_400_000;

export class LearnedShare {
	/** When the calls of the last window that were let in had been started. */
	private starts: number[] = [];
	/** The calls made in the window before the last lock, the budget, and how often the least was halved. */
	private lesson: { made: number; readonly budget: number; readonly halvings: number } | undefined;
	/** When the last lock was met, and whether no call sent after it has been let in yet. */
	private lock = { at: -Infinity, isOn: false };

	/** @param bornAt when the process began: for a window, calls of the one before it may still count */
	constructor(private readonly bornAt: number) {}

	/**
	 * The calls that this process is to make in a window, a whole number of 1 or more; undefined where
	 * no share was learned, or it is forgotten.
	 */
	learned(now: number): number | undefined {
		if (!this.lesson || now - this.lock.at >= FORGOTTEN_AFTER_MS) return undefined;
		const { made, budget } = this.lesson;
		return Math.max(Math.ceil(LEAST * budget * 0.5 ** this.halvings(now)), Math.floor(KEPT * made));
	}

	/** A call that was started then has been let in, whatever the answer says about the address. */
	letIn(startedAt: number, windowMs: number): void {
		if (this.lock.isOn && startedAt <= this.lock.at) {
			// It was under way when the lock was met, and had come before it.
			if (this.lesson) this.lesson.made++;
			return;
		}
		this.lock.isOn = false;
		this.starts.push(startedAt);
		while (this.starts[0]! <= startedAt - windowMs) this.starts.shift();
	}

	/**
	 * A call was refused by a lock. Until a call is let in again, further refusals are of the same one.
	 * Nothing is learned by who made no call, nor by a process younger than a window: its own calls
	 * and those of the process before it may have been the limit together.
	 *
	 * @param limits the whole budget
	 */
	refused(now: number, { callsPerWindow, windowMs }: Limits): void {
		if (this.lock.isOn) return;
		const isAnother = this.lesson !== undefined && now - this.lock.at < SOON_MS;
		const halvings = this.halvings(now) + (isAnother ? 1 : 0);
		this.lock = { at: now, isOn: true };
		if (this.starts.length === 0 || now - this.bornAt < windowMs) return;
		this.lesson = { made: this.starts.length, budget: callsPerWindow, halvings };
	}

	/** How often the least is halved by now. */
	private halvings(now: number): number {
		const hours = Math.floor((now - this.lock.at) / SOON_MS);
		return this.lesson ? Math.max(0, this.lesson.halvings - hours) : 0;
	}
}
