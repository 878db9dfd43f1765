/** The Do-Not-Mail node beside n8n's HTTP Request node, under Zoho's limit with a shorter window. */
import type { NodeToRun } from '../engine';
import { startFakeZoho } from '../fake-zoho';
import { CREDENTIAL_TYPE } from '../support/stage';
import { ACCOUNT, accessTo } from './access';
import { bestMs, mostInWindow } from '../support/doNotMail';
import { batching, connectOwn, httpRequest, peerEngine } from './peerEngine';
import { installPeers } from './peers';
import { markdownTable, shown } from '../support/markdown';

/** In 2.45 s as many calls as in the real 5 minutes: 490 are two in 10 ms. */
const WINDOW_MS = 2_450;
/** 370 ms, as it were, in the real window. */
const LATENCY_MS = 3;
/** The node's defaults. */
const BUDGET = 490;
const PARALLEL = 5;

/** Makes the node that a way is about, for a Zoho at this address. */
type Way = (url: string) => NodeToRun;

const node: Way = () => ({
	type: 'zohoCampaignsDoNotMail',
	parameters: { options: { windowMinutes: WINDOW_MS / 60_000 } },
	onError: 'continueErrorOutput',
	credentials: { [CREDENTIAL_TYPE]: { id: ACCOUNT, name: 'Zoho' } },
});

const httpRequestWith =
	(options = {}): Way =>
	(url) =>
		httpRequest({
			url: `=${url}/api/v1.1/json/contactdonotmail?resfmt=JSON&contactinfo={{ encodeURIComponent(JSON.stringify({ "Contact Email": $json.email })) }}`,
			options,
		});

const AS_IT_COMES = { name: 'HTTP Request as it comes', way: httpRequestWith() };
const IN_WINDOWS = {
	name: 'HTTP Request, Batching: 490 items, then the window',
	way: httpRequestWith(batching(BUDGET, WINDOW_MS)),
};
const EVENLY = {
	name: 'HTTP Request, Batching: evenly spaced, 490 a window',
	way: httpRequestWith(batching(2, 10)),
};
const NODE = { name: '**This node**', way: node };

interface Scene {
	name: string;
	way: Way;
	addresses: number;
	/** Executions that share the addresses and start at once. */
	runs: number;
}

const SCENES: readonly Scene[] = [
	...[NODE, AS_IT_COMES, IN_WINDOWS, EVENLY].map((way) => ({ ...way, addresses: 1_500, runs: 1 })),
	...[NODE, EVENLY].map((way) => ({ ...way, addresses: 1_500, runs: 2 })),
	...[NODE, EVENLY].map((way) => ({ ...way, addresses: 10_000, runs: 1 })),
];

/** Plays a scene on an account of its own, and returns its row. */
async function playOnce(folder: string, { name, way, addresses, runs }: Scene): Promise<string[]> {
	const zoho = await startFakeZoho();
	try {
		const access = accessTo(zoho);
		const engine = await peerEngine(folder, access);
		connectOwn(engine, access);
		zoho.latencyMs = LATENCY_MS;
		// Whoever meets the lock never comes to an end.
		const limit = { calls: 500, windowMs: WINDOW_MS, lockMs: 1_800_000, kind: 'rolling' } as const;
		zoho.campaigns.limit = limit;
		const emails = Array.from({ length: addresses }, (_, i) => ({ email: `p${i}@example.com` }));
		const share = Math.ceil(addresses / runs);
		const begin = performance.now();
		await Promise.all(
			Array.from({ length: runs }, (_, run) =>
				engine.run({
					items: emails.slice(run * share, (run + 1) * share),
					node: way(zoho.url),
				}),
			),
		);
		const ms = performance.now() - begin;
		const best = bestMs({
			addresses,
			runs,
			latencyMs: LATENCY_MS,
			kind: limit.kind,
			windowMs: WINDOW_MS,
			maxParallelRequests: PARALLEL,
		});
		const moved = zoho.campaigns.registry.size;
		return [
			`${shown(addresses)}${runs > 1 ? ` in ${runs} executions` : ''}`,
			name,
			moved === addresses ? shown(ms / best, 2) : 'never done',
			shown(moved / addresses, 2),
			shown(moved),
			shown(zoho.campaigns.refusedCalls),
			shown(zoho.campaigns.locks),
			shown(ms / 1000, 2),
			shown(best / 1000, 2),
			shown(mostInWindow(zoho, WINDOW_MS)),
		];
	} finally {
		await zoho.stop();
	}
}

/** The table, in Markdown. Takes nearly three minutes, most of it waiting. */
export async function doNotMailPeersSection(): Promise<string> {
	const folder = await installPeers();
	const rows: string[][] = [];
	for (const scene of SCENES) rows.push(await playOnce(folder, scene));
	return [
		`Zoho's limit of 500 calls in a rolling window, then locked for 30 minutes; the window is ${shown(WINDOW_MS / 1000, 2)} s long in place of 5 minutes, and replies take ${LATENCY_MS} ms. Who meets the lock has lost the rest of the addresses for this run; as it comes, the HTTP Request node ends so with 10,000 addresses, too, which is not in the table because their connections, all opened at once in one process, keep each other waiting for minutes. *Batching* of the HTTP Request node is set as an expert would who knows the limit: "evenly spaced" is one call in 612 ms in real time. Its rows are kind to it in that n8n's own Zoho credential type does not ask for Campaigns' scope and was given it here, and unkind in that timers are late by a millisecond or two, which is much of 10 ms and nothing of 612. Several executions share one window only in this node.`,
		markdownTable(
			[
				'Addresses',
				'By',
				'Time ÷ best',
				'Moved ÷ all',
				'Moved',
				'Calls refused',
				'Locks',
				'Time, s',
				'Best, s',
				'Most arrivals in a window',
			],
			rows,
		),
	].join('\n\n');
}
