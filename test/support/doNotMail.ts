/** Addresses to move inside Zoho's limit, with the window of the limit made shorter. */
import type { FakeZoho, Limit } from '../fake-zoho';
import { stageBeside, type Stage } from './stage';

export interface Scene {
	readonly addresses: number;
	/** So many executions share the addresses and start at once. 1 unless told otherwise. */
	readonly runs?: number;
	/** How long a reply takes, in ms. */
	readonly latencyMs: number;
	readonly kind: Limit['kind'];
	readonly windowMs: number;
	/** For each execution. */
	readonly maxParallelRequests: number;
}

export interface Played {
	/** From the start of the first execution to the end of the last, in ms. */
	readonly ms: number;
	readonly moved: number;
	readonly failed: number;
	readonly inRegistry: number;
	readonly calls: number;
	readonly locks: number;
	/** The most calls that any stretch as long as the window held, as they arrived at the server. */
	readonly mostInWindow: number;
	readonly mostInFlight: number;
}

/** Zoho's limit, and the node's default below it. */
export const CALLS = 500;
export const BUDGET = 490;

/**
 * The least time in ms, whatever the node: all windows but the last have to pass, and every call
 * takes its latency in one of the places for calls under way.
 */
export function bestMs({
	addresses,
	runs = 1,
	latencyMs,
	windowMs,
	maxParallelRequests,
}: Scene): number {
	const windows = (Math.ceil(addresses / BUDGET) - 1) * windowMs;
	return Math.max(windows, (addresses * latencyMs) / (maxParallelRequests * runs));
}

/** The most arrivals in any stretch of `windowMs`. */
export function mostInWindow(zoho: FakeZoho, windowMs: number): number {
	const arrivals = zoho.calls('doNotMail').map(({ at }) => at);
	let first = 0;
	let most = 0;
	arrivals.forEach((at, last) => {
		while (at - (arrivals[first] ?? at) >= windowMs) first++;
		most = Math.max(most, last - first + 1);
	});
	return most;
}

let scenes = 0;

/** Plays a scene on an account and a Zoho of its own, so that several can be played at once. */
export async function play(stage: Stage, scene: Scene): Promise<Played> {
	const { addresses, runs = 1, latencyMs, kind, windowMs, maxParallelRequests } = scene;
	const { zoho, connect, run, stop } = await stageBeside(stage);
	try {
		// Whoever meets the lock never comes to an end.
		zoho.campaigns.limit = { calls: CALLS, windowMs, lockMs: 1_800_000, kind };
		zoho.latencyMs = latencyMs;
		const credentialId = connect({}, `scene ${++scenes}`);
		const emails = Array.from({ length: addresses }, (_, i) => ({ email: `p${i}@example.com` }));
		const share = Math.ceil(addresses / runs);
		const begin = performance.now();
		const ended = await Promise.all(
			Array.from({ length: runs }, (_, i) =>
				run('zohoCampaignsDoNotMail', emails.slice(i * share, (i + 1) * share), {
					credentialId,
					options: { windowMinutes: windowMs / 60_000, maxParallelRequests },
				}),
			),
		);
		return {
			ms: performance.now() - begin,
			moved: ended.flatMap(({ main }) => main.filter(({ json }) => json.status === 'moved')).length,
			failed: ended.flatMap(({ errors }) => errors).length,
			inRegistry: zoho.campaigns.registry.size,
			calls: zoho.calls('doNotMail').length,
			locks: zoho.campaigns.locks,
			mostInWindow: mostInWindow(zoho, windowMs),
			mostInFlight: zoho.maxInFlight('doNotMail'),
		};
	} finally {
		await stop();
	}
}

/** What the scenes have in common. */
export const COMMON = { addresses: 1500, windowMs: 3000, maxParallelRequests: 5 } as const;

/** One execution, at three latencies and with both kinds of window. */
export const SINGLE_SCENES: readonly Scene[] = [
	{ latencyMs: 3 },
	{ latencyMs: 40, maxParallelRequests: 10 },
	{ latencyMs: 400, maxParallelRequests: 10 },
].flatMap((given) => [
	{ ...COMMON, ...given, kind: 'rolling' },
	{ ...COMMON, ...given, kind: 'fixed' },
]);
