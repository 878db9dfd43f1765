/**
 * A world to play the leases in, on a fake clock: any number of processes that die at any moment and
 * are started again, in the scene that leaseScene.ts describes.
 */
import { Leases, type Step } from '../../nodes/limit/leases';
import type { Trip } from '../../nodes/limit/leaseTable';
import { random } from '../support/random';
import { Server, Table, Timeline, type ProcessPlan, type WorldPlan } from './leaseScene';

export interface History {
	/** The most calls of these processes in any window of the server's, rolling or fixed. */
	readonly fullestWindow: number;
	readonly calls: number;
	readonly refused: number;
	readonly trips: number;
	/** Rows still in the table. */
	readonly rowsLeft: number;
	/** When the last process had nothing more to do; Infinity where that never came. */
	readonly endedAt: number;
	/** How long each job of one call waited before its call could start, in ms. */
	readonly waits: readonly number[];
}

/** How often a run that waits looks again, in ms: as in driver.ts. */
const TICK_MS = 200;

interface Job {
	readonly at: number;
	readonly calls: number;
	/** Calls still to be started. */
	left: number;
}

/** One life of a process: from a start to its end or its death. */
class Process {
	/** How long each job of one call waited. */
	readonly waits: number[] = [];
	finishedAt = Infinity;
	private isDead = false;
	private readonly leases: Leases;
	private readonly jobs: readonly Job[];
	private inFlight = 0;
	private sleeps = 0;

	constructor(
		private readonly plan: ProcessPlan,
		private readonly name: string,
		private readonly world: World,
	) {
		this.leases = new Leases(
			plan.limits ?? world.plan.limits,
			name,
			plan.isShort ?? false,
			world.random,
		);
		this.jobs = plan.jobs.map(({ at, calls }) => ({ at, calls, left: calls }));
		const { timeline } = world;
		for (const at of [timeline.now, ...plan.jobs.map((job) => job.at)]) {
			timeline.after(Math.max(0, at - timeline.now), () => this.act());
		}
	}

	/** Dies, and says what its next life has to do: calls under way are made again. */
	kill(): ProcessPlan['jobs'] {
		this.isDead = true;
		this.finishedAt = this.world.timeline.now;
		const left = this.jobs.map((job) => ({ at: job.at, calls: job.left }));
		return [...left, { at: 0, calls: this.inFlight }].filter(({ calls }) => calls > 0);
	}

	private clock(): number {
		const { rate, offset } = this.plan.clock;
		const now = this.world.timeline.now * rate + offset;
		return this.world.plan.mistake?.clock?.(now) ?? now;
	}

	/** The jobs that have come and are not all started, the shortest first. */
	private waiting(): Job[] {
		const { now } = this.world.timeline;
		return this.jobs
			.filter(({ at, left }) => at <= now && left > 0)
			.sort((one, other) => one.left - other.left);
	}

	private act(): void {
		while (!this.isDead) {
			const wanted = this.waiting().reduce((sum, { left }) => sum + left, 0);
			const step = this.leases.next(wanted, this.clock());
			if (step.do === 'store') this.store(step.trip);
			else if (step.do === 'wait') return this.sleep(step.until);
			else if (step.do === 'nothing') return this.finish();
			else if (!this.startCalls(step)) return;
		}
	}

	private store(trip: Trip): void {
		this.world.table.do(trip, this.name, (result) => {
			if (this.isDead) return;
			if (result) this.leases.took(trip, result, this.clock());
			else this.leases.failed(trip, this.clock());
			this.act();
		});
	}

	/** Sleeps as the nodes do: it wakes a little late, and now and then in between. */
	private sleep(until: number): void {
		const sleep = ++this.sleeps;
		const ms = Math.min(this.world.plan.tickMs ?? TICK_MS, until - this.clock());
		this.world.timeline.after(Math.max(1, ms) + 10 * this.world.random(), () => {
			if (sleep === this.sleeps) this.act();
		});
	}

	private finish(): void {
		const isDone = this.inFlight === 0 && this.jobs.every(({ left }) => left === 0);
		this.finishedAt = isDone ? this.world.timeline.now : Infinity;
	}

	/** Starts as many calls as it may. Returns whether it started any. */
	private startCalls({ slots }: Step & { do: 'start' }): boolean {
		const calls = Math.min(slots, this.plan.parallel - this.inFlight);
		for (let call = 0; call < calls; call++) this.startCall();
		return calls > 0;
	}

	private startCall(): void {
		const { timeline, server, random, plan } = this.world;
		const [job] = this.waiting();
		const slot = this.leases.start(this.clock());
		if (!job || !slot) throw new Error('a call was promised that could not be started');
		if (random() < 0.01) return this.leases.release(slot);
		job.left--;
		if (job.calls === 1) this.waits.push(timeline.now - job.at);
		this.inFlight++;
		const timedOut = plan.timeouts === true && random() < 0.01;
		const [least, most] = plan.callMs;
		const longestMs = plan.limits.longestCallMs / this.plan.clock.rate;
		const ms = timedOut ? longestMs : least + random() * (most - least);
		const arrivesAfterMs = random() * ms;
		let lockedForMs = 0;
		timeline.after(arrivesAfterMs, () => (lockedForMs = server.arrive()));
		timeline.after(ms, () => this.endCall(slot, job, lockedForMs - (ms - arrivesAfterMs)));
	}

	private endCall(slot: symbol, job: Job, lockedForMs: number): void {
		if (this.isDead) return;
		this.inFlight--;
		this.leases.end(slot, this.clock());
		if (lockedForMs > 0) {
			job.left++;
			this.leases.locked(lockedForMs, this.clock());
		}
		this.act();
	}
}

/** Everything that happens in one history. */
class World {
	readonly timeline = new Timeline();
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
		this.timeline.after(Math.max(0, kill.at - this.timeline.now), () => {
			const again = { ...plan, jobs: life.kill(), kills };
			this.timeline.after(kill.downForMs, () => this.live(again, `${name}'`));
		});
	}
}

/** Plays a history to its end, but no longer than `untilMs`. */
export function play(plan: WorldPlan, untilMs: number): History {
	const { timeline, table, server, lives } = new World(plan);
	timeline.play(untilMs);
	return {
		fullestWindow: fullestWindow(server.arrivals, plan.limits.windowMs),
		calls: server.arrivals.length,
		refused: server.refused,
		trips: table.trips,
		rowsLeft: table.rows.size,
		endedAt: Math.max(...lives.map(({ finishedAt }) => finishedAt)),
		waits: lives.flatMap(({ waits }) => waits),
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
