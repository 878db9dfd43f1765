import { fc } from '../support/fc';

import { LIFE_MS, type Row } from '../../nodes/limit/leaseTable';
import type { Limits } from '../../nodes/limit/slot';
import type { Clock, Mistake, ProcessPlan, WorldPlan } from './scene';
import { play, type History } from './world';

/** `LEASE_HISTORIES=100000` plays so many histories, in an hour or so. */
const HISTORIES = Number(process.env.LEASE_HISTORIES ?? 100);

/** A clock that NTP steers: at most 500 ppm too fast or too slow (RFC 5905, MAXFREQ). */
const clock: fc.Arbitrary<Clock> = fc.record({
	rate: fc.double({ min: 0.9995, max: 1.0005, noNaN: true }),
	offset: fc.integer({ min: 0, max: 10_000_000 }),
});

/** Two numbers, the smaller first. */
const range = (min: number, max: number) =>
	fc
		.tuple(fc.integer({ min, max }), fc.integer({ min, max }))
		.map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);

const limits = fc.record({
	// With 100 and more, a few calls are kept for runs that want only a few.
	callsPerWindow: fc.oneof(
		{ weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
		{ weight: 1, arbitrary: fc.integer({ min: 100, max: 300 }) },
	),
	windowMs: fc.integer({ min: 1_000, max: 120_000 }),
	longestCallMs: fc.integer({ min: 500, max: 20_000 }),
});

function processOf({ callsPerWindow, windowMs, longestCallMs }: Limits): fc.Arbitrary<ProcessPlan> {
	const at = fc.integer({ min: 0, max: 5 * windowMs });
	const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
		fc.option(arbitrary, { nil: undefined, freq: 3 });
	const job = fc.record({
		at,
		calls: fc.oneof(fc.integer({ min: 1, max: 2 * callsPerWindow }), fc.constantFrom(1, 2)),
		longestCallMs: fc.integer({ min: 500, max: longestCallMs }),
		stopsAfterMs: rarely(fc.integer({ min: 0, max: 2 * windowMs })),
	});
	return fc.record({
		jobs: fc.array(job, { minLength: 1, maxLength: 4 }),
		parallel: fc.integer({ min: 1, max: 10 }),
		clock,
		callsPerWindow: fc.oneof(
			{ weight: 3, arbitrary: fc.constant(callsPerWindow) },
			{
				weight: 1,
				arbitrary: fc.integer({ min: Math.ceil(callsPerWindow / 2), max: callsPerWindow }),
			},
		),
		kills: fc.array(fc.record({ at, downForMs: fc.integer({ min: 0, max: windowMs }) }), {
			maxLength: 3,
		}),
	});
}

/** What no process ever writes: a person has, or a fault. (Of a lock that is too long: asSeenFrom.) */
const absurdRow: fc.Arbitrary<Partial<Row>> = fc
	.record({
		claim: fc.constantFrom('nobody 1', '0 1000000'),
		state: fc.constantFrom('open' as const, 'closed' as const, 'lock' as const),
		calls: fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.constantFrom(-1e15, 1e15)),
		endsAfterMs: fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.constantFrom(-1e15, 1e15)),
		createdAt: fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.constantFrom(-1e12, 1e12)),
	})
	.filter(({ state, endsAfterMs }) => state !== 'lock' || endsAfterMs <= 1e6);

const world: fc.Arbitrary<WorldPlan> = limits.chain((limits) => {
	const { windowMs, longestCallMs } = limits;
	const at = fc.integer({ min: 0, max: 5 * windowMs });
	const lockMs = fc.integer({ min: windowMs, max: 6 * windowMs });
	const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
		fc.option(arbitrary, { nil: undefined, freq: 3 });
	return fc.record({
		limits: fc.constant(limits),
		processes: fc.array(processOf(limits), { minLength: 1, maxLength: 6 }),
		callMs: range(1, longestCallMs),
		timeouts: fc.boolean(),
		expiries: fc.boolean(),
		storeMs: fc.oneof(range(1, 200), range(20, 1_500)),
		hiddenForMs: fc.integer({ min: 0, max: 5_000 }),
		away: fc.option(
			at.map((from) => ({ from, to: from + 60_000 })),
			{ nil: undefined },
		),
		databaseClock: clock,
		setBack: rarely(fc.record({ at, byMs: fc.integer({ min: 1, max: 36_000_000 }) })),
		server: fc.record({ kind: fc.constantFrom('rolling' as const, 'fixed' as const), clock }),
		absurd: rarely(fc.record({ at, row: absurdRow })),
		stranger: rarely(fc.record({ at, lockMs })),
		tickMs: fc.constantFrom(200, 1_000),
		seed: fc.integer(),
	});
});

/** By when a history must have ended, in ms: a number of windows, and the troubles on top. */
function latestEnd({ limits, processes, away, setBack, absurd, stranger }: WorldPlan): number {
	const { windowMs, longestCallMs } = limits;
	const budgets = processes.map((process) => process.callsPerWindow ?? Infinity);
	const calls = processes.flatMap(({ jobs }) => jobs).reduce((sum, job) => sum + job.calls, 0);
	const kills = processes.flatMap((process) => process.kills ?? []);
	const windows = 10 + Math.ceil(calls / Math.min(...budgets)) + 2 * kills.length;
	// One process may have to make all calls one by one, the timed out ones too.
	const callingMs = calls * longestCallMs;
	// A row that nobody has written may look like calls with the longest time-out that there is.
	const absurdMs = absurd ? 4_000_000 : 0;
	const troubleMs = (away ? 120_000 : 0) + (setBack ? windowMs : 0) + (stranger?.lockMs ?? 0);
	return 2 * windows * (windowMs + LIFE_MS + longestCallMs) + callingMs + troubleMs + absurdMs;
}

/** What is wrong with a history; undefined where nothing is. */
function wrongWith(plan: WorldPlan, history: History): string | undefined {
	const { fullestWindow, refused, endedAt } = history;
	if (fullestWindow > plan.limits.callsPerWindow) return `${fullestWindow} calls in one window`;
	if (endedAt === Infinity) return 'no end';
	// Another program's lock costs each life of a process the calls that were under way, and no more.
	const lives = plan.processes.map(
		({ parallel, jobs, kills = [] }) => 2 * jobs.length * parallel * (kills.length + 1),
	);
	const blind = plan.stranger ? lives.reduce((sum, calls) => sum + calls, 0) : 0;
	return refused > blind ? `${refused} calls refused` : undefined;
}

function check(plan: WorldPlan): History {
	const history = play(plan, latestEnd(plan));
	const wrong = wrongWith(plan, history);
	if (wrong) throw new Error(wrong);
	return history;
}

describe('random histories', () => {
	it('never put more than the limit into a window, and all end', () => {
		const startedAt = performance.now();
		let calls = 0;
		let full = 0;
		const property = fc.property(world, (plan) => {
			const history = check(plan);
			calls += history.calls;
			if (history.fullestWindow === plan.limits.callsPerWindow) full++;
		});
		fc.assert(property, { numRuns: HISTORIES });
		// A world in which nobody ever reaches the limit would show nothing.
		expect(full).toBeGreaterThan(HISTORIES / 20);
		const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
		console.log(
			`${HISTORIES} histories, ${calls} calls, in ${full} of them a window used to the last call; ${seconds} s`,
		);
	}, 7_200_000);

	const HOUR_MS = 3_600_000;
	const mistakes: Array<Mistake & { what: string }> = [
		{
			what: 'counts only the rows that were inserted before its own',
			rows: (rows, own) => {
				const { id } = rows.find(({ claim }) => claim === own)!;
				return rows.filter((row) => row.id <= id);
			},
		},
		{
			what: 'forgets the lease of a dead process when its life is over',
			rows: (rows, own) => {
				const now = rows.find(({ claim }) => claim === own)!.createdAt;
				const isOver = (row: Row) => row.state === 'open' && row.createdAt + LIFE_MS < now;
				return rows.filter((row) => !isOver(row));
			},
		},
		{
			what: 'takes its time from a wall clock that is set back',
			clock: (now) => (now % 100_000 > 50_000 ? now - HOUR_MS : now),
		},
		{
			what: 'writes its own time into its rows, as n8n does with updatedAt',
			written: (row) => ({
				...row,
				createdAt: row.createdAt + 20_000 * (Number(row.claim[0]) % 2),
			}),
		},
	];
	it.each(mistakes)('notice a process that $what', (mistake) => {
		const property = fc.property(world, (plan) => {
			const { fullestWindow } = play({ ...plan, mistake }, latestEnd(plan));
			return fullestWindow <= plan.limits.callsPerWindow;
		});
		expect(fc.check(property, { numRuns: 5_000, endOnFailure: true }).failed).toBe(true);
	});
});
