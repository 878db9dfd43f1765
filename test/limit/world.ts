/**
 * A world to play the shared limit in, on a fake clock: any number of processes that die at any moment
 * and are started again, in the scene that scene.ts describes.
 */
import { Budget } from '../../nodes/limit/budget';
import { Leases } from '../../nodes/limit/leases';
import type { Row, Store } from '../../nodes/limit/leaseTable';
import type { Slot } from '../../nodes/limit/slot';
import { FakeClock } from '../support/clock';
import { random } from '../support/random';
import { Server, Table, type Job, type ProcessPlan, type WorldPlan } from './scene';

export interface History {
	/** The most calls of these processes in any window of the server's, rolling or fixed. */
	readonly fullestWindow: number;
	readonly calls: number;
	readonly refused: number;
	readonly trips: number;
	/** Rows still in the table. */
	readonly rowsLeft: number;
	/** When the last run had nothing more to do; Infinity where that never came. */
	readonly endedAt: number;
	/** How long each job of one call waited before its call could start, in ms. */
	readonly waits: readonly number[];
}

/** How often a run that waits looks again, in ms: as in driver.ts. */
const TICK_MS = 200;
/** A run that did not look for so long would lose its turn. */
const LONGEST_TICK_MS = 2_900;
/** So long a run that is over tells the others what it has not used: as the node does. */
const FLUSH_MS = 5_000;

/** A promise that is kept in the very moment of the world's time, which those of JavaScript are not. */
class Answer {
	private readonly ways: Array<(rows: readonly Row[] | undefined) => void> = [];

	then(ok?: (rows: readonly Row[]) => void, fail?: (error: Error) => void): this {
		this.ways.push((rows) => (rows ? ok?.(rows) : fail?.(new Error('the database is away'))));
		return this;
	}

	/** The rows are here, or the trip has failed. */
	come(rows: readonly Row[] | undefined): void {
		for (const way of this.ways) way(rows);
	}
}

/** A run of a process, which behaves like the node. */
class Run {
	readonly waits: number[] = [];
	endedAt = Infinity;
	left: number;
	inFlight = 0;
	private readonly budget: Budget;
	private readonly longestCallMs: number;
	private isStopped = false;
	private hasAnswer = false;
	private sleeps = 0;

	constructor(
		private readonly job: Job,
		private readonly process: Process,
		private readonly world: World,
	) {
		const { limits } = world.plan;
		const { callsPerWindow = limits.callsPerWindow } = process.plan;
		this.left = job.calls;
		this.longestCallMs = job.longestCallMs ?? limits.longestCallMs;
		const own = { ...limits, callsPerWindow, longestCallMs: this.longestCallMs };
		this.budget = new Budget(process.leases, own, process.now(), process.store);
		if (job.stopsAfterMs !== undefined) world.timeline.after(job.stopsAfterMs, () => this.stop());
		this.act();
	}

	act(): void {
		while (this.left > 0 && this.inFlight < this.process.plan.parallel) {
			if (this.isOver) return;
			const start = this.budget.tryStart(this.process.now(), this.requestsOfNext, this.left);
			if (!start.ok) return this.sleep(start.waitMs);
			this.call(start.slot);
		}
		if (this.left === 0 && this.inFlight === 0) this.end();
	}

	/** The token may have expired, and then n8n makes two requests of the first call. */
	private get requestsOfNext(): number {
		return this.world.plan.expiries === true && !this.hasAnswer ? 2 : 1;
	}

	private get isOver(): boolean {
		return this.process.isDead || this.isStopped || this.endedAt < Infinity;
	}

	/**
	 * Sleeps as the nodes do: it wakes a little late, and now and then in between; in a long wait less
	 * often than they do, which nobody but the one who plays this notices.
	 */
	private sleep(waitMs: number): void {
		const sleep = ++this.sleeps;
		const tickMs = Math.min(
			LONGEST_TICK_MS,
			Math.max(this.world.plan.tickMs ?? TICK_MS, waitMs / 20),
		);
		const ms = Math.min(tickMs, waitMs);
		this.world.timeline.after(Math.max(1, ms) + 10 * this.world.random(), () => {
			if (sleep === this.sleeps) this.act();
		});
	}

	private call(slot: Slot): void {
		const { timeline, server, random, plan } = this.world;
		this.left--;
		this.inFlight++;
		if (this.job.calls === 1) this.waits.push(timeline.now() - this.job.at);
		const timedOut = plan.timeouts === true && random() < 0.01;
		const longestMs = this.longestCallMs / this.process.plan.clock.rate;
		const [least, most] = plan.callMs;
		const ms = timedOut ? longestMs : Math.min(longestMs, least + random() * (most - least));
		const requests = slot.requests > 1 && random() < 0.2 ? 2 : 1;
		let refusal: { lockedForMs: number } | undefined;
		for (let request = 0; request < requests; request++) {
			const arrivesAfterMs = random() * ms;
			timeline.after(arrivesAfterMs, () => {
				const lockedForMs = server.arrive() - (ms - arrivesAfterMs);
				if (lockedForMs > 0) refusal = { lockedForMs };
			});
		}
		timeline.after(ms, () => this.ended(slot, requests, refusal));
	}

	private ended(slot: Slot, requests: number, refusal: { lockedForMs: number } | undefined): void {
		if (this.isOver) return;
		this.inFlight--;
		this.hasAnswer = true;
		if (refusal) this.left++;
		this.budget.end(slot, refusal ?? 'answered', this.process.now(), requests);
		this.act();
	}

	/** Calls that are under way may still arrive. */
	private stop(): void {
		if (this.isOver) return;
		this.isStopped = true;
		this.end();
	}

	private end(): void {
		this.endedAt = this.world.timeline.now();
		this.budget.leave(this.process.now());
		this.process.flush(FLUSH_MS);
	}
}

/** One life of a process: from a start to its end or its death. */
class Process {
	isDead = false;
	readonly leases: Leases;
	readonly runs: Run[] = [];
	readonly notBegun: Set<Job>;

	constructor(
		readonly plan: ProcessPlan,
		name: string,
		private readonly world: World,
	) {
		const { random, timeline } = world;
		const sleep = async () => await Promise.reject(new Error('nobody sleeps here'));
		this.leases = new Leases({ now: this.now, sleep, random }, name);
		this.notBegun = new Set(plan.jobs);
		for (const job of plan.jobs) {
			timeline.after(Math.max(0, job.at - timeline.now()), () => this.begin(job));
		}
	}

	readonly now = (): number => {
		const { rate, offset } = this.plan.clock;
		const now = this.world.timeline.now() * rate + offset;
		return this.world.plan.mistake?.clock?.(now) ?? now;
	};

	readonly store: Store = (trip) => {
		const answer = new Answer();
		this.world.table.do(trip, (rows) => {
			if (!this.isDead) answer.come(rows);
		});
		return answer as unknown as PromiseLike<readonly Row[]>;
	};

	/** As `Leases.flush` does: tells what is not used for so long. */
	flush(leftMs: number): void {
		if (this.isDead || leftMs <= 0 || this.leases.turns.size > 0) return;
		this.leases.ask(1, this.now(), this.store);
		this.world.timeline.after(20, () => this.flush(leftMs - 20));
	}

	/** Dies, and says what its next life has to do: calls under way are made again. */
	kill(): readonly Job[] {
		this.isDead = true;
		const alive = this.runs.filter(({ endedAt }) => endedAt === Infinity);
		for (const run of alive) run.endedAt = this.world.timeline.now();
		return [...this.notBegun, ...alive.map((run) => ({ at: 0, calls: run.left + run.inFlight }))];
	}

	private begin(job: Job): void {
		if (this.isDead) return;
		this.notBegun.delete(job);
		this.runs.push(new Run(job, this, this.world));
	}
}

/** Everything that happens in one history. */
class World {
	readonly timeline = new FakeClock();
	readonly random: () => number;
	readonly table: Table;
	readonly server: Server;
	/** All lives of all processes. */
	readonly lives: Process[] = [];

	constructor(readonly plan: WorldPlan) {
		this.random = random(plan.seed);
		this.table = new Table(plan, this.timeline, this.random);
		this.server = new Server(plan, this.timeline);
		plan.processes.forEach((process, index) => this.live(process, `${index}`));
	}

	private live(plan: ProcessPlan, name: string): void {
		const life = new Process(plan, name, this);
		this.lives.push(life);
		const [kill, ...kills] = plan.kills ?? [];
		if (!kill) return;
		this.timeline.after(Math.max(0, kill.at - this.timeline.now()), () => {
			const again = { ...plan, jobs: life.kill(), kills };
			this.timeline.after(kill.downForMs, () => this.live(again, `${name}'`));
		});
	}
}

/** Plays a history to its end, but no longer than `untilMs`. */
export function play(plan: WorldPlan, untilMs: number): History {
	const { timeline, table, server, lives } = new World(plan);
	timeline.play(untilMs);
	const runs = lives.flatMap((life) => life.runs);
	const isWhole = lives.every(({ isDead, notBegun }) => isDead || notBegun.size === 0);
	return {
		fullestWindow: fullestWindow(server.arrivals, plan.limits.windowMs),
		calls: server.arrivals.length,
		refused: server.refused,
		trips: table.trips,
		rowsLeft: table.rows.length,
		endedAt: isWhole ? Math.max(...runs.map(({ endedAt }) => endedAt)) : Infinity,
		waits: runs.flatMap(({ waits }) => waits),
	};
}

/** The most of the moments that lie in one window; a fixed window is one of the rolling ones. */
function fullestWindow(moments: readonly number[], windowMs: number): number {
	let first = 0;
	let fullest = 0;
	moments.forEach((moment, index) => {
		while (moment - moments[first]! >= windowMs) first++;
		fullest = Math.max(fullest, index - first + 1);
	});
	return fullest;
}
