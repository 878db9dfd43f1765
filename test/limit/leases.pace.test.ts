import { random } from '../support/random';
import type { ProcessPlan, WorldPlan } from './scene';
import { play, type History } from './world';

/** `LEASE_HISTORIES=100` plays so many histories a world and prints the figures. */
const HISTORIES = Number(process.env.LEASE_HISTORIES ?? 5);

const ZOHO = { callsPerWindow: 490, windowMs: 300_000, longestCallMs: 60_000 };
const STEADY = { rate: 1, offset: 0 };

interface Pace {
	name: string;
	processes: (seed: number) => readonly ProcessPlan[];
	plan?: Partial<WorldPlan>;
	/** The most that the mean time may be of the best possible one. */
	most: number;
	/** The longest median wait of single addresses, in ms. */
	mostWaitMs?: number;
}

/** Processes that share a list of addresses evenly. */
function lists(count: number, calls: number, parallel = 5): ProcessPlan[] {
	return Array.from({ length: count }, () => ({
		jobs: [{ at: 0, calls: calls / count }],
		parallel,
		clock: STEADY,
	}));
}

/** Two processes with a list each, and 40 single addresses that come in 20 minutes, half to each. */
function singlesBesideLists(seed: number): ProcessPlan[] {
	const next = random(seed);
	return lists(2, 3_000).map((list) => ({
		...list,
		jobs: [
			...list.jobs,
			...Array.from({ length: 20 }, () => ({ at: next() * 1_200_000, calls: 1 })),
		],
	}));
}

/** Four kills, in the first 25 minutes, with five seconds until the next start. */
function killed(seed: number): ProcessPlan[] {
	const next = random(seed);
	const kill = () => ({ at: next() * 1_500_000, downForMs: 5_000 });
	return lists(3, 3_000).map((process, index) => {
		const kills = index === 0 ? [kill(), kill()] : [kill()];
		return { ...process, kills: kills.sort((one, other) => one.at - other.at) };
	});
}

const QUEUE_MODE = {
	limits: { ...ZOHO, windowMs: 15_000 },
	storeMs: [110, 450] as const,
	callMs: [5, 40] as const,
};

const worlds: Pace[] = [
	...[1, 2, 3, 8].map((count) => ({
		name: count === 1 ? '1 process' : `${count} processes`,
		processes: () => lists(count, 3_000),
		most: 1.02,
	})),
	{ name: '3 processes, 6 windows to the last call', processes: () => lists(3, 2_940), most: 1.03 },
	...[3, 8].map((count) => ({
		name: `${count} processes, table 50 to 1,500 ms`,
		processes: () => lists(count, 3_000),
		plan: { storeMs: [50, 1_500] as const },
		most: 1.03,
	})),
	{ name: '3 processes, 4 kills and restarts', processes: killed, most: 1.05 },
	{
		name: '3 processes, calls of 2 s',
		processes: () => lists(3, 3_000),
		plan: { callMs: [1_900, 2_100] },
		most: 1.09,
	},
	{
		name: '2 workers, window 15 s, 1,960 calls',
		processes: () => lists(2, 1_960, 10),
		plan: QUEUE_MODE,
		most: 1.13,
	},
	{
		name: '2 lists, 40 single addresses',
		processes: singlesBesideLists,
		most: 1.04,
		mostWaitMs: 1_000,
	},
];

/** Whole windows used to the last call, and then the rest with as many calls at once as there may be. */
function bestMs({ limits, processes, callMs }: WorldPlan): number {
	const calls = processes.flatMap(({ jobs }) => jobs).reduce((sum, job) => sum + job.calls, 0);
	const atOnce = processes.reduce((sum, { parallel }) => sum + parallel, 0);
	const windows = Math.ceil(calls / limits.callsPerWindow) - 1;
	const rest = calls - windows * limits.callsPerWindow;
	return windows * limits.windowMs + (rest / atOnce) * ((callMs[0] + callMs[1]) / 2);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const seconds = (ms: number | undefined) => (ms === undefined ? '' : (ms / 1_000).toFixed(1));

it.each(worlds)('$name: nothing refused, and hardly longer than the best possible time', (pace) => {
	const played: Array<History & { ratio: number }> = [];
	for (let seed = 1; seed <= HISTORIES; seed++) {
		const plan: WorldPlan = {
			limits: ZOHO,
			callMs: [250, 350],
			storeMs: [20, 200],
			server: { kind: 'rolling', clock: STEADY },
			...pace.plan,
			processes: pace.processes(seed),
			seed,
		};
		const history = play(plan, 10 * bestMs(plan));
		played.push({ ...history, ratio: history.endedAt / bestMs(plan) });
	}
	const sum = (of: (history: History) => number) => played.map(of).reduce((a, b) => a + b, 0);
	const ratios = played.map(({ ratio }) => ratio);
	const waits = played.flatMap((history) => history.waits).sort((a, b) => a - b);
	const median = waits[Math.floor(waits.length / 2)];
	expect(sum(({ refused }) => refused)).toBe(0);
	expect(mean(ratios)).toBeLessThanOrEqual(pace.most);
	if (pace.mostWaitMs !== undefined) expect(median).toBeLessThanOrEqual(pace.mostWaitMs);
	if (HISTORIES < 100) return;
	const figures = [
		pace.name,
		`${mean(ratios).toFixed(3)} (${Math.max(...ratios).toFixed(3)})`,
		(sum(({ trips }) => trips) / sum(({ calls }) => calls)).toFixed(2),
		seconds(median),
		seconds(waits.at(-1)),
	];
	console.log(`| ${figures.join(' | ')} |`);
});
