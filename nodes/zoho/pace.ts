/** In which order, how many at once, and how long apart calls are sent; when to try one again. */
import { sleep } from 'n8n-workflow';

import type { Fault } from './errors';
import { backoffMs, LONGEST_WAIT_MS } from './retry';

/** A wait is slept in slices of this length, in ms, so that a cancelled run ends within a second. */
const SLICE_MS = 200;

/**
 * Sleeps, but no longer than the execution lives.
 *
 * @param ms how long
 * @param wakeUp asked between slices: true ends the sleep early
 */
export async function pause(ms: number, wakeUp: () => boolean): Promise<void> {
	const end = performance.now() + ms;
	for (let left = ms; left > 0 && !wakeUp(); left = end - performance.now()) {
		await sleep(Math.min(left, SLICE_MS));
	}
}

export interface Pace {
	/**
	 * The next call to start; asked whenever another may. Undefined for none before a call in flight
	 * has ended; with nothing in flight that ends the run.
	 */
	next: () => (() => Promise<void>) | undefined;
	/** How many calls may be in flight now; may change during the run. */
	parallel: () => number;
	/** The least time between two starts, in ms; may change during the run. */
	intervalMs: () => number;
	/** True once nothing more may be started. */
	stopped: () => boolean;
}

/**
 * Starts the calls that `next` hands out: the first one alone, so that an expired token is renewed
 * once and not by every call at a time; then as many at once as `parallel` says. Resolves when all
 * that was started has ended.
 */
export async function inParallel({ next, parallel, intervalMs, stopped }: Pace): Promise<void> {
	const inFlight = new Set<Promise<void>>();
	let firstHasEnded = false;
	let nextStart = 0;
	while (!stopped()) {
		if (inFlight.size >= (firstHasEnded ? Math.max(1, parallel()) : 1)) {
			await Promise.race(inFlight);
			continue;
		}
		const task = next();
		if (task === undefined) {
			if (inFlight.size === 0) break;
			await Promise.race(inFlight);
			continue;
		}
		await pause(nextStart - performance.now(), stopped);
		if (stopped()) break;
		nextStart = performance.now() + intervalMs();
		const running = task().finally(() => {
			firstHasEnded = true;
			inFlight.delete(running);
		});
		inFlight.add(running);
	}
	await Promise.all(inFlight);
}

export interface RetrySettings {
	maxRetries: number;
	/** The first pause, in ms; it doubles, with jitter. */
	retryDelay: number;
}

/** Whether the same call may well succeed a moment later. */
export function isTransient({ reason }: Fault): boolean {
	return ['rateLimited', 'serverError', 'networkError', 'badResponse'].includes(reason);
}

/** One try of a call: its result, the failure worth another try if it is one, and Zoho's own wish. */
export interface Try<T> {
	result: T;
	transient?: Fault | undefined;
	/** The wait that Retry-After asked for, in ms: it wins over the backoff. */
	retryAfterMs?: number | undefined;
}

export interface Retries<T> extends RetrySettings {
	/** Makes the call; told how many tries went before. */
	attempt: (triesBefore: number) => Promise<Try<T>>;
	/** True once the run is over. */
	stopped: () => boolean;
	/** Told of each pause before it begins. */
	beforeWait: (transient: Fault, waitMs: number) => void;
	/** Asked after the pause: false holds the next try back for as long as it is. */
	ready?: () => boolean;
}

/**
 * Tries a call until it ends in something that is not transient, the retries are used up, Zoho asks
 * for a longer wait than anybody would sit through, or the run is over.
 */
export async function withRetries<T>({
	maxRetries,
	retryDelay,
	attempt,
	stopped,
	beforeWait,
	ready = () => true,
}: Retries<T>): Promise<T> {
	for (let tries = 0; ; tries++) {
		const { result, transient, retryAfterMs } = await attempt(tries);
		if (!transient || tries >= maxRetries || stopped()) return result;
		const waitMs = retryAfterMs ?? backoffMs(tries, retryDelay, Math.random());
		if (waitMs > LONGEST_WAIT_MS) return result;
		beforeWait(transient, waitMs);
		await pause(waitMs, stopped);
		while (!ready() && !stopped()) await pause(SLICE_MS, stopped);
		if (stopped()) return result;
	}
}
