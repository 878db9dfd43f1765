/** One limit for several n8n processes, beside a limit that each process keeps for itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DataTables } from '../engine/dataTables';
import { startFakeZoho } from '../fake-zoho';
import { BUDGET, CALLS } from '../support/doNotMail';
import { markdownTable, shown } from '../support/markdown';
import { random } from '../support/random';
import { accessTo } from './access';
import { MoveProcess } from './moveProcess';

const WINDOW_MS = 15_000;
const LOCK_MS = 90_000;
const LATENCY_MS = 20;
const ADDRESSES = 1_960;
/** What a trip to the table took in a real queue mode (docs/queue-mode.md). */
const TABLE_MS = [50, 250] as const;

interface Scene {
	name: string;
	processes: number;
	share: 'instance' | 'process';
	/** When one process is killed, in ms; another takes over at once. */
	killAfterMs?: number;
}

const SCENES: readonly Scene[] = [
	{ name: 'One process, a limit of its own', processes: 1, share: 'process' },
	{ name: '**One process, a shared limit**', processes: 1, share: 'instance' },
	{ name: 'Two processes, a limit each', processes: 2, share: 'process' },
	{ name: '**Two processes, a shared limit**', processes: 2, share: 'instance' },
	{ name: '**Four processes, a shared limit**', processes: 4, share: 'instance' },
	{
		name: '**Two, a shared limit, one is killed and started again**',
		processes: 2,
		share: 'instance',
		killAfterMs: 7_000,
	},
];

interface Played {
	/** s from the first call to the last. */
	seconds: number;
	calls: number;
	refused: number;
	locks: number;
	/** Addresses that are not in the registry at the end. */
	lost: number;
	trips: number;
}

async function play({ processes, share, killAfterMs }: Scene): Promise<Played> {
	const zoho = await startFakeZoho();
	const tables = new DataTables();
	const next = random(1);
	tables.before = async () => {
		await sleep(TABLE_MS[0] + next() * (TABLE_MS[1] - TABLE_MS[0]));
	};
	const workers = Array.from({ length: processes }, () => new MoveProcess(tables));
	try {
		zoho.campaigns.limit = {
			calls: CALLS,
			windowMs: WINDOW_MS,
			lockMs: LOCK_MS,
			kind: 'rolling',
		};
		zoho.latencyMs = LATENCY_MS;
		const access = accessTo(zoho);
		const options = {
			shareLimit: share,
			windowMinutes: WINDOW_MS / 60_000,
			lockMinutes: LOCK_MS / 60_000,
		};
		const lists = workers.map((_, worker) => addressesOf(worker, ADDRESSES / processes));
		await Promise.all(workers.map(async (worker) => await worker.ready()));
		const moveBy = async (worker: MoveProcess, addresses: string[]) =>
			await worker.move({ access, options, addresses });
		const moving = workers.map((worker, index) => moveBy(worker, lists[index]!));
		if (killAfterMs !== undefined) {
			const successor = new MoveProcess(tables);
			await sleep(killAfterMs);
			await workers[0]!.kill();
			workers.push(successor);
			await successor.ready();
			const isDone = (email: string) => zoho.campaigns.registry.has(email);
			moving[0] = moveBy(
				successor,
				lists[0]!.filter((email) => !isDone(email)),
			);
		}
		await Promise.all(moving);
		const calls = zoho.calls('doNotMail');
		return {
			seconds: ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1000,
			calls: calls.length,
			refused: zoho.campaigns.refusedCalls,
			locks: zoho.campaigns.locks,
			lost: ADDRESSES - zoho.campaigns.registry.size,
			trips: tables.workflows.length,
		};
	} finally {
		await Promise.all(workers.map(async (worker) => await worker.kill()));
		await zoho.stop();
	}
}

const addressesOf = (worker: number, count: number) =>
	Array.from({ length: count }, (_, i) => `w${worker}.p${i}@example.com`);

/** The table, in Markdown. Takes some eight minutes, which are nearly all waiting. */
export async function sharedLimitSection(): Promise<string> {
	const best = ((Math.ceil(ADDRESSES / BUDGET) - 1) * WINDOW_MS) / 1000;
	const rows: string[][] = [];
	for (const scene of SCENES) {
		const { seconds, calls, refused, locks, lost, trips } = await play(scene);
		console.error(`${scene.name}: ${shown(seconds / best, 2)}`);
		const figures = [calls, refused, locks, lost, trips].map((figure) => shown(figure));
		rows.push([scene.name, shown(seconds / best, 2), shown(seconds, 1), ...figures]);
	}
	return [
		`${shown(ADDRESSES)} addresses in all, a window of ${WINDOW_MS / 1000} s in which Zoho allows ${CALLS} calls and the nodes make ${BUDGET}, and a lock of ${LOCK_MS / 1000} s (in life 5 and 30 minutes); replies take ${LATENCY_MS} ms. Each process is one of its own with n8n's engine in it. n8n's Data Tables are imitated, and a sub-workflow of theirs takes ${TABLE_MS[0]} to ${TABLE_MS[1]} ms, as in a real queue mode; what that does by itself is in [queue-mode.md](queue-mode.md). The best possible time is ${best} s: all windows but the last. Goal: at most 1.10 times as long, and never a call refused. What a window loses is about a second, whatever its length.`,
		markdownTable(
			['', 'Time ÷ best', 'Time, s', 'Calls', 'Refused', 'Locks', 'Lost', 'Sub-workflows'],
			rows,
		),
	].join('\n\n');
}
