import { setTimeout as sleep } from 'node:timers/promises';

/** ms; generous, because the machine may be slow and busy. */
export const PATIENCE_MS = 180_000;

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it.
 * Throws, naming what was waited for, when that takes too long; what `ask` throws is passed on.
 */
export async function until<T>(
	what: string,
	ask: () => Promise<T | undefined | false>,
	patienceMs = PATIENCE_MS,
): Promise<T> {
	const deadline = Date.now() + patienceMs;
	while (Date.now() < deadline) {
		const answer = await ask();
		if (answer !== undefined && answer !== false) return answer;
		await sleep(200);
	}
	throw new Error(`Waited ${patienceMs / 1000} s in vain until ${what}`);
}
