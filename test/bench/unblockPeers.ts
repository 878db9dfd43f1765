/** The Unblock Email node beside what there is without it. */
import { startFakeZoho, type FakeZoho } from '../fake-zoho';
import { recordIds } from '../support/stage';
import { accessTo } from './access';
import { random } from '../support/random';
import { installPeers } from './peers';
import { markdownTable, median, shown } from '../support/markdown';
import { LATENCY_MS, play, type ListWay, type Played } from './unblockContestants';

const SEED = 1;
/** A way is played up to three times, but not again once it has taken so many ms. */
const ROUNDS = 3;
const ENOUGH_MS = 3_000;

const NAMES: Record<ListWay, string> = {
	node: '**This node**',
	floor: 'Floor: the same calls by undici, no n8n',
	sdk: "Zoho's SDK 8.0 in a script",
	code: 'Code node + HTTP Request, 500 a call',
	codeAtFive: 'The same, 5 calls at once, as the node does',
	codeAndSingles: 'The same, then refused ones a call each',
	httpRequest: 'HTTP Request, a call a record',
	httpRequestBatching: 'HTTP Request, Batching as it comes (50 a second)',
};

const EVERYBODY: readonly ListWay[] = ['node', 'floor', 'sdk', 'code', 'httpRequest'];

interface Scene {
	title: string;
	records: number;
	bad: number;
	style: FakeZoho['crm']['style'];
	/** Calls that Zoho lets be open at once. */
	openCalls?: number;
	/** The node comes first: the floor repeats its calls. */
	ways: readonly ListWay[];
}

const SCENES: readonly Scene[] = [
	{
		title: 'All good',
		records: 10_000,
		bad: 0,
		style: 'allOrNothing',
		ways: [...EVERYBODY, 'codeAtFive'],
	},
	{
		title: '100,000 records, all good',
		records: 100_000,
		bad: 0,
		style: 'allOrNothing',
		ways: ['node', 'sdk', 'code', 'codeAtFive'],
	},
	{
		title: '1 % bad, a bad record fails its whole call',
		records: 10_000,
		bad: 100,
		style: 'allOrNothing',
		ways: [...EVERYBODY, 'codeAndSingles'],
	},
	{
		title: '20 % bad, a bad record fails its whole call',
		records: 10_000,
		bad: 2_000,
		style: 'allOrNothing',
		ways: EVERYBODY,
	},
	{
		title: '1 % bad, the reply has an entry for each record',
		records: 10_000,
		bad: 100,
		style: 'mixed',
		ways: EVERYBODY,
	},
	{
		title: '20 % bad, the reply has an entry for each record',
		records: 10_000,
		bad: 2_000,
		style: 'mixed',
		ways: EVERYBODY,
	},
	{
		title: 'All good, and Zoho takes 20 calls at once (Enterprise edition)',
		records: 10_000,
		bad: 0,
		style: 'allOrNothing',
		openCalls: 20,
		ways: ['node', 'httpRequest'],
	},
	{
		title: '1,000 records, all good',
		records: 1_000,
		bad: 0,
		style: 'allOrNothing',
		ways: ['node', 'httpRequest', 'httpRequestBatching'],
	},
];

interface Result extends Pick<Played, 'ms' | 'cpuMs' | 'idleBytes' | 'peakBytes'> {
	calls: number;
	mostAtOnce: number;
	/** Good records that are not unblocked at the end, and records that came out of no output. */
	lost: number;
	/** Records reported as unblocked that are not, or as failed that are unblocked. */
	toldWrong: number;
}

/** Plays a way on a fresh account with the same records, and looks at the account afterwards. */
async function playOnce(
	zoho: FakeZoho,
	peers: string,
	{ records, bad, style, openCalls = Infinity }: Scene,
	way: ListWay,
	calls: string[][],
): Promise<Result> {
	const ids = recordIds(records);
	const next = random(SEED);
	const badIds = new Set<string>();
	while (badIds.size < bad) badIds.add(ids[Math.floor(next() * records)]!);
	zoho.reset();
	zoho.latencyMs = LATENCY_MS;
	// The other ways find a record by its id alone, and read no reply with an error's status.
	Object.assign(zoho.crm, { style, entriesBy: 'id', allBadStatus: 207 });
	zoho.crm.concurrencyLimit = openCalls;
	for (const id of ids) zoho.crm.add('Leads', id, { email: badIds.has(id) ? 'hard' : 'soft' });

	const played = await play(way, { access: accessTo(zoho), peers, ids, calls });

	const isUnblocked = (id: string) => zoho.crm.get('Leads', id)?.email === 'unblocked';
	const done = new Set(played.done);
	const failed = new Set(played.failed);
	const isLost = (id: string) =>
		(!badIds.has(id) && !isUnblocked(id)) || !(done.has(id) || failed.has(id));
	return {
		...played,
		calls: zoho.calls('unblock').length,
		mostAtOnce: zoho.maxInFlight('unblock'),
		lost: ids.filter(isLost).length,
		toldWrong: ids.filter((id) => (isUnblocked(id) ? failed : done).has(id)).length,
	};
}

async function playScene(zoho: FakeZoho, peers: string, scene: Scene) {
	const results = new Map<ListWay, Result>();
	let nodesCalls: string[][] = [];
	for (const way of scene.ways) {
		const rounds: Result[] = [];
		const begin = performance.now();
		do {
			rounds.push(await playOnce(zoho, peers, scene, way, nodesCalls));
		} while (rounds.length < ROUNDS && performance.now() - begin < ENOUGH_MS);
		if (way === 'node') nodesCalls = zoho.calls('unblock').map(({ ids = [] }) => ids);
		const middle = (value: (result: Result) => number) => median(rounds.map(value));
		const worst = (value: (result: Result) => number) => Math.max(...rounds.map(value));
		results.set(way, {
			calls: middle(({ calls }) => calls),
			ms: middle(({ ms }) => ms),
			cpuMs: middle(({ cpuMs }) => cpuMs),
			idleBytes: middle(({ idleBytes }) => idleBytes),
			peakBytes: middle(({ peakBytes }) => peakBytes),
			mostAtOnce: worst(({ mostAtOnce }) => mostAtOnce),
			lost: worst(({ lost }) => lost),
			toldWrong: worst(({ toldWrong }) => toldWrong),
		});
	}
	return results;
}

const megabytes = (bytes: number) => shown(bytes / 1e6);

/** The tables, in Markdown. Takes about five minutes. */
export async function unblockPeersSection(): Promise<string> {
	const peers = await installPeers();
	const zoho = await startFakeZoho();
	const tables: string[] = [];
	let idleBytes = 0;
	try {
		for (const scene of SCENES) {
			const results = await playScene(zoho, peers, scene);
			const node = results.get('node')!;
			idleBytes = node.idleBytes;
			const rows = [...results].map(([way, result]) => [
				NAMES[way],
				shown(result.calls / node.calls, 2),
				shown(result.ms / node.ms, 2),
				shown(result.cpuMs / node.cpuMs, 2),
				// The floor repeats calls and draws no conclusions from the replies.
				way === 'floor' ? '–' : shown(result.lost),
				way === 'floor' ? '–' : shown(result.toldWrong),
				shown(result.calls),
				shown(result.ms / 1000, 2),
				shown(result.cpuMs / 1000, 2),
				megabytes(result.peakBytes),
				shown(result.mostAtOnce),
			]);
			const headings = [
				scene.title,
				'Calls ÷ node',
				'Time ÷ node',
				'CPU ÷ node',
				'Lost',
				'Told wrong',
				'Calls',
				'Time, s',
				'CPU, s',
				'Peak memory, MB',
				'Most at once',
			];
			tables.push(markdownTable(headings, rows));
		}
	} finally {
		await zoho.stop();
	}
	return [
		`10,000 records, an item each, failed ones to the error output, all options at their defaults; Zoho's replies take ${LATENCY_MS} ms, and it takes any number of calls at once unless told otherwise. Each way runs in a process of its own, Zoho in another. "Lost" are records that could have been unblocked and are not, and records that came out of no output; "told wrong" are records that left as unblocked and are not, or as failed and are unblocked. Resident memory is of the whole process; n8n's engine with nothing run takes ${megabytes(idleBytes)} MB.`,
		"The peers are the real packages: `n8n-nodes-base` 2.41.1 (HTTP Request 4.5 with n8n's own credential type *Zoho OAuth2 API*, whose scopes allow the call in v6), `@zohocrm/typescript-sdk-8.0` 3.0.0, `undici` 7.30.2. In place of the Code node stands a node that does what its code would do: n8n's own needs a task runner, which is not part of its engine; so its row is kinder than life. It reads the entries of mixed replies, which the HTTP Request node alone does not; the script reads the status of each entry, because the SDK makes a `SuccessResponse` of errors, too. The HTTP Request node starts all calls at once unless its option *Batching* is added; at the values that the option comes with, 10,000 records take 199 s of waiting alone, so that it is measured with 1,000. It is fast where Zoho takes thousands of calls at once, which no edition does: they take 5 to 25.",
		...tables,
	].join('\n\n');
}
