/**
 * Plays one of the ways to unblock a list of records in a process of its own, so that its memory is
 * its own; the Zoho it talks to is in the process that asks.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Access } from './access';

/** The ways, and the file that knows how: n8n is loaded only where it is used. */
const WAYS = {
	node: async () => (await import('./unblockInN8n')).node,
	httpRequest: async () => (await import('./unblockInN8n')).httpRequestNode,
	httpRequestBatching: async () => (await import('./unblockInN8n')).httpRequestNodeBatching,
	code: async () => (await import('./unblockInN8n')).codeNode,
	codeAtFive: async () => (await import('./unblockInN8n')).codeNodeAtFive,
	codeAndSingles: async () => (await import('./unblockInN8n')).codeNodeAndSingles,
	sdk: async () => (await import('./unblockInScripts')).sdk,
	floor: async () => (await import('./unblockInScripts')).floor,
	viewNode: async () => (await import('./viewInN8n')).viewNode,
	viewTokens: async () => (await import('./viewInN8n')).byTokens,
	viewTokensSingle: async () => (await import('./viewInN8n')).byTokensThenSingles,
	viewNumbers: async () => (await import('./viewInN8n')).byNumbers,
	viewLoop: async () => (await import('./viewInN8n')).pageByPage,
	viewZohoNode: async () => (await import('./viewInN8n')).zohoNode,
} satisfies Record<string, () => Promise<Prepare>>;

export type Way = keyof typeof WAYS;
/** Those that begin with a custom view, and those that begin with a list. */
export type ViewWay = Extract<Way, `view${string}`>;
export type ListWay = Exclude<Way, ViewWay>;

export interface Job {
	access: Access;
	/** The folder of the peers. */
	peers: string;
	/** The records, in the order of the list. */
	ids: string[];
	/** The custom view that holds them, for those ways that begin there. */
	view?: string;
	/** The ids of each call that the node made for them, which is what the floor repeats. */
	calls: string[][];
}

/** The records that a way reports as unblocked, and those that it reports as failed. */
export interface Told {
	done: string[];
	failed: string[];
}

/** Gets ready, and returns what is to be measured. */
export type Prepare = (job: Job) => Promise<() => Promise<Told>>;

export interface Played extends Told {
	/** From the start of the run to its end; n8n and the like are loaded before. */
	ms: number;
	/** What the processor worked meanwhile. */
	cpuMs: number;
	/** Resident memory before the run, and the most during it. */
	idleBytes: number;
	peakBytes: number;
}

/** Records of a call. */
export const BATCH = 500;
/** So long Zoho's reply takes. */
export const LATENCY_MS = 20;

export function batchesOf<T>(list: T[]): T[][] {
	return Array.from({ length: Math.ceil(list.length / BATCH) }, (_, i) =>
		list.slice(i * BATCH, (i + 1) * BATCH),
	);
}

export function together(told: Told[]): Told {
	return {
		done: told.flatMap(({ done }) => done),
		failed: told.flatMap(({ failed }) => failed),
	};
}

/** An entry of a reply's `data`. */
export interface Entry {
	status: string;
	details: { id: string };
}

/** What a reply says of each record, by the `status` of its entries; nothing where it has none. */
export function readEntries(data: unknown): Told {
	const entries = (data ?? []) as Entry[];
	const idsWith = (isDone: boolean) =>
		entries
			.filter(({ status }) => (status === 'success') === isDone)
			.map(({ details }) => details.id);
	return { done: idsWith(true), failed: idsWith(false) };
}

/** Plays a job in a process of its own. Throws what that said where it ends without a result. */
export async function play(way: Way, job: Job): Promise<Played> {
	// Standard output is the report's.
	const child = fork(__filename, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
	const said: string[] = [];
	child.stderr?.on('data', (chunk: Buffer) => said.push(String(chunk)));
	let played: Played | undefined;
	child.once('message', (message) => (played = message as Played));
	child.send([way, job]);
	await once(child, 'close');
	if (played === undefined) throw new Error(`${way} ended without a result: ${said.join('')}`);
	return played;
}

async function playHere(way: Way, job: Job): Promise<Played> {
	const prepare = await WAYS[way]();
	const run = await prepare(job);
	const idleBytes = process.memoryUsage.rss();
	let peakBytes = idleBytes;
	const look = () => (peakBytes = Math.max(peakBytes, process.memoryUsage.rss()));
	const looking = setInterval(look, 20);
	const cpuBefore = process.cpuUsage();
	const begin = performance.now();
	const told = await run();
	const ms = performance.now() - begin;
	const { user, system } = process.cpuUsage(cpuBefore);
	look();
	clearInterval(looking);
	return { ...told, ms, cpuMs: (user + system) / 1000, idleBytes, peakBytes };
}

if (require.main === module) {
	process.once('message', ([way, job]: [Way, Job]) => {
		void playHere(way, job).then((played) => process.send?.(played, () => process.exit()));
	});
}
