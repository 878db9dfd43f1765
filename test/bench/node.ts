/**
 * What the Unblock Email node costs above what n8n itself costs: beside floors that do only what no
 * node can do without, in the same engine and process, in turn.
 */
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createEngine } from '../engine';
import { CREDENTIAL_TYPE, recordIds, setStage } from '../support/stage';
import { markdownTable, median, shown } from '../support/markdown';

/** The node's defaults. */
const BATCH = 500;
const PARALLEL = 5;

const ROUNDS = 9;
const TIMED_AT = [10_000, 50_000];
/** Held heap is looked at after every run; here after one run that is not timed. */
const ALSO_HELD_AT = 100_000;

/** `floor` reads one expression an item and makes the node's calls; `reading` makes none. */
const CONTESTANTS = { node: 'zohoCrmUnblockEmail', floor: 'bench.floor', reading: 'bench.reading' };
type Contestant = keyof typeof CONTESTANTS;

interface Measured {
	ms: number;
	cpuMs: number;
	/** Heap that the finished run holds, its input items not counted. */
	heldBytes: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Hands its input on. With a `url`, sends the node's calls there, and does not read the replies. */
function floorNode(name: string, url?: string): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: 1,
			description: 'The least that a node can do',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: CREDENTIAL_TYPE, required: true }],
			properties: [{ displayName: 'ID', name: 'recordIds', type: 'string', default: '' }],
		},
		async execute(this: IExecuteFunctions) {
			const items = this.getInputData();
			const ids = items.map((_, item) => this.getNodeParameter('recordIds', item) as string);
			if (url === undefined) return [items];
			const bodies = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, i) => {
				const batch = ids.slice(i * BATCH, (i + 1) * BATCH);
				return JSON.stringify({ unblock_fields: ['Email'], ids: batch });
			});
			const sendOneByOne = async () => {
				for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
					await this.helpers.httpRequestWithAuthentication.call(this, CREDENTIAL_TYPE, {
						method: 'POST',
						url: `${url}/crm/v8/Leads/actions/unblock_email`,
						headers: { 'content-type': 'application/json', accept: 'application/json' },
						body,
						encoding: 'text',
						returnFullResponse: true,
						disableFollowRedirect: true,
						timeout: 60_000,
					});
				}
			};
			await Promise.all(Array.from({ length: PARALLEL }, sendOneByOne));
			return [items];
		},
	};
}

/** n8n's engine with the node and the floors in it, connected to an embedded Zoho. */
export async function setBench() {
	const { engine: staged, zoho, connect, stop } = await setStage();
	const engine = await createEngine({
		extraNodes: {
			[CONTESTANTS.floor]: floorNode('floor', zoho.url),
			[CONTESTANTS.reading]: floorNode('reading'),
		},
	});
	const id = connect();
	engine.credentials.set(CREDENTIAL_TYPE, id, staged.credentials.get(CREDENTIAL_TYPE, id));

	/** Runs one of them over records that are blocked, each an item. */
	async function measure(contestant: Contestant, ids: string[]): Promise<Measured> {
		const items = ids.map((id) => ({ id }));
		zoho.requests = [];
		zoho.crm.add('Leads', ids);
		collectGarbage();
		const heapBefore = process.memoryUsage().heapUsed;
		const cpuBefore = process.cpuUsage();
		const begin = performance.now();
		const run = await engine.run({
			items,
			node: {
				type: CONTESTANTS[contestant],
				parameters: { recordIds: '={{ $json.id }}' },
				onError: 'continueErrorOutput',
				credentials: { [CREDENTIAL_TYPE]: { id, name: 'Zoho' } },
			},
		});
		const ms = performance.now() - begin;
		const { user, system } = process.cpuUsage(cpuBefore);
		const calls = zoho.calls('unblock').length;
		zoho.requests = [];
		collectGarbage();
		const heldBytes = process.memoryUsage().heapUsed - heapBefore;
		// Looked at only now, so that the garbage collector had to keep the run until here.
		const callsDue = contestant === 'reading' ? 0 : Math.ceil(ids.length / BATCH);
		if (run.main.length !== ids.length || calls !== callsDue) {
			throw new Error(`${contestant}: ${run.main.length} items came out, in ${calls} calls`);
		}
		return { ms, cpuMs: (user + system) / 1000, heldBytes };
	}

	return { measure, stop };
}

/** One run of each contestant a round; who goes first changes from round to round. */
async function race(
	measure: (contestant: Contestant, ids: string[]) => Promise<Measured>,
	records: number,
	rounds: number,
): Promise<Array<Record<Contestant, Measured>>> {
	const ids = recordIds(records);
	const names = Object.keys(CONTESTANTS) as Contestant[];
	const results: Array<Record<Contestant, Measured>> = [];
	for (let round = 0; round < rounds; round++) {
		const order = names.map((_, i) => names[(round + i) % names.length] ?? 'node');
		const measured: Partial<Record<Contestant, Measured>> = {};
		for (const name of order) {
			// What n8n keeps of the run before goes with this one.
			await measure('reading', ids.slice(0, 1));
			measured[name] = await measure(name, ids);
		}
		results.push(measured as Record<Contestant, Measured>);
	}
	return results;
}

/** The tables, in Markdown. */
export async function nodeSection(): Promise<string> {
	const { measure, stop } = await setBench();
	await race(measure, 2_000, 3);
	const times: string[][] = [];
	const heaps: string[][] = [];
	for (const records of [...TIMED_AT, ALSO_HELD_AT]) {
		const rounds = await race(measure, records, TIMED_AT.includes(records) ? ROUNDS : 1);
		const middle = (value: (round: Record<Contestant, Measured>) => number) =>
			median(rounds.map(value));
		if (TIMED_AT.includes(records)) {
			times.push([
				shown(records),
				shown(
					middle(({ node, floor }) => node.ms / floor.ms),
					2,
				),
				shown(
					middle(({ node, floor }) => node.cpuMs / floor.cpuMs),
					2,
				),
				...(['node', 'floor', 'reading'] as const).map((name) =>
					shown(middle((round) => round[name].ms)),
				),
			]);
		}
		const bytes = (name: Contestant) => middle((round) => round[name].heldBytes) / records;
		heaps.push([
			shown(records),
			...[bytes('node') - bytes('floor'), bytes('node'), bytes('floor')].map((b) => shown(b)),
		]);
	}
	await stop();
	return [
		`Good records, an item each, 500 a call, 5 calls at once. The floor reads one expression an item, makes the same calls and hands its input on; "reading" makes no calls. Times are of the whole workflow run; the ratios are medians of ${ROUNDS} rounds in which they took turns. Goal: at most 1.30, and 1.15 with 50,000 items.`,
		markdownTable(
			['Items', 'Node ÷ floor', 'by CPU time', 'Node, ms', 'Floor, ms', 'Reading, ms'],
			times,
		),
		'What a finished run holds in memory, in bytes an item, the input not counted. Goal: it grows no faster than the items, and is at most 1,500 above what n8n itself holds.',
		markdownTable(['Items', 'Node − floor', 'Node', 'Floor'], heaps),
	].join('\n\n');
}
