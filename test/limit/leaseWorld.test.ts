import { fc } from '../support/fc';

import { LIFE_MS, type Row } from '../../nodes/limit/leaseTable';
import type { Clock, Mistake, ProcessPlan, WorldPlan } from './leaseScene';
import { play, type History } from './leaseWorld';

/** `LEASE_HISTORIES=100000` plays so many histories, in some minutes. */
const HISTORIES = Number(process.env.LEASE_HISTORIES ?? 500);

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
	callsPerWindow: fc.integer({ min: 1, max: 40 }),
	reserved: fc.constant(0),
	windowMs: fc.integer({ min: 1_000, max: 120_000 }),
	longestCallMs: fc.integer({ min: 500, max: 20_000 }),
});

function processOf(world: WorldPlan['limits']): fc.Arbitrary<ProcessPlan> {
	const { callsPerWindow, windowMs } = world;
	const at = fc.integer({ min: 0, max: 5 * windowMs });
	const list = fc.record({ at, calls: fc.integer({ min: 1, max: 2 * callsPerWindow }) });
	const single = fc.record({ at, calls: fc.constant(1) });
	const fewer = fc
		.integer({ min: Math.ceil(callsPerWindow / 2), max: callsPerWindow })
		.map((calls) => ({ ...world, callsPerWindow: calls }));
	const leaving = fc
		.integer({ min: 0, max: Math.floor(callsPerWindow / 10) })
		.map((reserved) => ({ ...world, reserved }));
	return fc.record({
		jobs: fc.array(fc.oneof(list, single), { minLength: 1, maxLength: 4 }),
		parallel: fc.integer({ min: 1, max: 10 }),
		clock,
		limits: fc.oneof({ weight: 3, arbitrary: leaving }, { weight: 1, arbitrary: fewer }),
		isShort: fc.boolean(),
		kills: fc.array(fc.record({ at, downForMs: fc.integer({ min: 0, max: windowMs }) }), {
			maxLength: 3,
		}),
	});
}

const world: fc.Arbitrary<WorldPlan> = limits.chain((limits) => {
	const { windowMs, longestCallMs } = limits;
	const at = fc.integer({ min: 0, max: 5 * windowMs });
	const lockMs = fc.integer({ min: windowMs, max: 6 * windowMs });
	return fc.record({
		limits: fc.constant(limits),
		processes: fc.array(processOf(limits), { minLength: 1, maxLength: 6 }),
		callMs: range(1, longestCallMs),
		timeouts: fc.boolean(),
		storeMs: fc.oneof(range(1, 200), range(20, 1_500)),
		hiddenForMs: fc.integer({ min: 0, max: 5_000 }),
		away: fc.option(
			at.map((from) => ({ from, to: from + 60_000 })),
			{ nil: undefined },
		),
		databaseClock: clock,
		setBack: fc.option(fc.record({ at, byMs: fc.integer({ min: 1, max: 60_000 }) }), {
			nil: undefined,
			freq: 3,
		}),
		server: fc.record({ kind: fc.constantFrom('rolling' as const, 'fixed' as const), clock }),
		stranger: fc.option(fc.record({ at, lockMs }), { nil: undefined, freq: 3 }),
		tickMs: fc.constantFrom(200, 1_000),
		seed: fc.integer(),
	});
});

/** By when a history must have ended, in ms: a number of windows, and the troubles on top. */
function latestEnd({ limits, processes, away, setBack, stranger }: WorldPlan): number {
	const { windowMs, longestCallMs } = limits;
	const budgets = processes.map((process) => process.limits?.callsPerWindow ?? Infinity);
	const calls = processes.flatMap(({ jobs }) => jobs).reduce((sum, job) => sum + job.calls, 0);
	const kills = processes.flatMap((process) => process.kills ?? []);
	const windows = 10 + Math.ceil(calls / Math.min(...budgets)) + 2 * kills.length;
	// One process may have to make all calls one by one, the timed out ones too.
	const callingMs = calls * longestCallMs;
	const troubleMs = (away ? 120_000 : 0) + (setBack?.byMs ?? 0) + (stranger?.lockMs ?? 0);
	return 2 * windows * (windowMs + LIFE_MS + longestCallMs) + callingMs + troubleMs;
}

/** What is wrong with a history; undefined where nothing is. */
function wrongWith(plan: WorldPlan, history: History): string | undefined {
	const { fullestWindow, refused, endedAt } = history;
	if (fullestWindow > plan.limits.callsPerWindow) return `${fullestWindow} calls in one window`;
	if (endedAt === Infinity) return 'no end';
	// Another program's lock costs each life of a process the calls that were under way, and no more.
	const lives = plan.processes.map(({ parallel, kills = [] }) => parallel * (kills.length + 1));
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
			rows: (rows, own) => rows.filter(({ id }) => own === undefined || id <= own),
		},
		{
			what: 'forgets the lease of a dead process when its life is over',
			rows: (rows, own) => {
				const now = rows.find(({ id }) => id === own)?.createdAt ?? 0;
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
				createdAt: row.createdAt + 20_000 * (Number(row.holder[0]) % 2),
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
