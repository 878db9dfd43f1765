/** Runs that share a budget of calls, and the server that counts them, on a clock of their own. */
import { Budget } from '../../nodes/limit/budget';
import type { CallEnd, Limits, Slot } from '../../nodes/limit/slot';
import { Window } from '../../nodes/limit/window';
import { Throttle, type Limit } from '../fake-zoho/throttle';
import { FakeClock } from '../support/clock';

/** A run asks at least this often while it waits, as the nodes do. */
const SLICE_MS = 1_000;

export interface PlannedRun {
	addresses: number;
	parallel: number;
	startAt?: number;
	/** From then on the run neither asks nor leaves; what is in flight ends as ever. */
	diesAt?: number;
	/** Then the run leaves, and waits for no reply; what is in flight arrives as ever. */
	stopsAt?: number;
	limits?: Limits;
}

export interface Call {
	run: number;
	start: number;
	arrival: number;
	end: number;
	refused: boolean;
}

export interface World {
	runs: PlannedRun[];
	limits: Limits;
	/** Round-trip times and the share of each that is over when the call arrives, used in turn. */
	latencies: number[];
	arrivals?: number[];
	/** Absent: a server that counts nothing and lets everything in. */
	server?: Limit;
	/** How long before the runs the server's grid of fixed windows began. */
	gridOffset?: number;
	/** How far a reply about a lock is from the truth: below 1 it promises too early an end. */
	lockTold?: number;
	/** Another program on the same account: when, and how many calls. */
	stranger?: { at: number; calls: number };
}

/** A server that has been up for `age` ms already: its grid of fixed windows began then. */
function serverOf(limit: Limit, age: number, clock: () => number): Throttle {
	let up = false;
	const throttle = new Throttle(() => (up ? clock() + age : 0));
	up = true;
	throttle.limit = limit;
	return throttle;
}

/** Plays a world on a fake clock, event by event, with runs that behave like the nodes. */
export function play(world: World) {
	const { runs, limits, latencies, arrivals = [0.5], lockTold = 1 } = world;
	const window = new Window(-Infinity);
	const clock = new FakeClock();
	const { now, after } = clock;
	const calls: Call[] = [];
	const finishedAt = runs.map(() => Infinity);
	let mostRemembered = 0;
	let made = 0;

	const server = world.server && serverOf(world.server, world.gridOffset ?? 0, now);

	runs.forEach((plan, index) => {
		let left = plan.addresses;
		let inFlight = 0;
		let asleep = false;
		let budget: Budget;

		const isOver = () => now() >= Math.min(plan.diesAt ?? Infinity, plan.stopsAt ?? Infinity);
		const send = (slot: Slot) => {
			const latency = latencies[made % latencies.length]!;
			const toServer = latency * arrivals[made % arrivals.length]!;
			made++;
			left--;
			inFlight++;
			const call = { run: index, start: now(), arrival: 0, end: 0, refused: false };
			let outcome: CallEnd = 'answered';
			after(toServer, () => {
				call.arrival = now();
				const rest = server?.arrive() ?? 0;
				call.refused = rest > 0;
				if (call.refused) outcome = { lockedForMs: Math.ceil(rest * lockTold) };
			});
			after(latency, () => {
				call.end = now();
				calls.push(call);
				inFlight--;
				if (call.refused) left++;
				budget.end(slot, outcome, now());
				mostRemembered = Math.max(mostRemembered, remembered(window), remembered(budget));
				if (!asleep) work();
			});
		};
		const work = () => {
			asleep = false;
			if (isOver()) return;
			while (left > 0 && inFlight < plan.parallel) {
				const start = budget.tryStart(now(), 1, left);
				if (!start.ok) {
					if (start.waitMs < 1) throw new Error('told to wait for nothing');
					asleep = true;
					return after(Math.min(start.waitMs, SLICE_MS), work);
				}
				send(start.slot);
			}
			if (left === 0 && inFlight === 0) {
				finishedAt[index] = now();
				budget.leave(now());
			}
		};
		after(plan.startAt ?? 0, () => {
			if (isOver()) return;
			budget = new Budget(window, plan.limits ?? limits, now());
			const { stopsAt } = plan;
			if (stopsAt !== undefined) after(stopsAt - now(), () => budget.leave(now()));
			work();
		});
	});
	if (world.stranger) {
		const { at, calls: count } = world.stranger;
		after(at, () => {
			for (let call = 0; call < count; call++) server?.arrive();
		});
	}

	clock.play();
	return { calls, finishedAt, server, time: now(), mostRemembered };
}

/** How many entries the lists, maps and sets inside something hold. */
const remembered = (thing: object): number =>
	Object.values(thing).reduce<number>((sum, value: unknown) => {
		if (Array.isArray(value)) return sum + value.length;
		return value instanceof Map || value instanceof Set ? sum + value.size : sum;
	}, 0);

/** The most calls that arrive in any window, both of its ends included. */
export function fullestWindow(calls: Call[], windowMs: number): number {
	const arrivals = calls.map(({ arrival }) => arrival).sort((a, b) => a - b);
	let first = 0;
	let most = 0;
	arrivals.forEach((arrival, index) => {
		while (arrival - arrivals[first]! > windowMs) first++;
		most = Math.max(most, index - first + 1);
	});
	return most;
}

export const within = (calls: Call[], from: number, to: number) =>
	calls.filter(({ start }) => start >= from && start < to);

/** Starts so many calls of a run at one moment, the last of which is its last; fails if one is refused. */
export function start(budget: Budget, count: number, now: number): Slot[] {
	return Array.from({ length: count }, (_, made) => {
		const start = budget.tryStart(now, 1, count - made);
		if (!start.ok) throw new Error(`refused: ${start.why}`);
		return start.slot;
	});
}

export const FIVE: Limits = { callsPerWindow: 5, windowMs: 1_000, longestCallMs: 60_000 };
