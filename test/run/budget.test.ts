import { budgetFor, CallBudget, type CallEnd, type Limits } from '../../nodes/run/budget';
import { type Limit, Throttle } from '../fake-zoho/throttle';
import { fc } from '../support/fc';

/** A run asks at least this often while it waits, as the nodes do. */
const SLICE_MS = 1_000;

interface RunPlan {
	addresses: number;
	parallel: number;
	startAt?: number;
	/** From then on the run neither asks nor leaves; what is in flight ends as ever. */
	diesAt?: number;
	limits?: Limits;
}

interface Call {
	run: number;
	start: number;
	arrival: number;
	end: number;
	refused: boolean;
}

interface World {
	runs: RunPlan[];
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
	/** When the machine's clock is set back, and by how much. */
	setBack?: { at: number; byMs: number };
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
function play(world: World) {
	const { runs, limits, latencies, arrivals = [0.5], lockTold = 1 } = world;
	const budget = new CallBudget();
	const events: Array<{ at: number; act: () => void }> = [];
	const calls: Call[] = [];
	const finishedAt = runs.map(() => Infinity);
	let mostRemembered = 0;
	let time = 0;
	let made = 0;

	const after = (ms: number, act: () => void) => {
		const at = time + ms;
		let place = events.length;
		while (place > 0 && events[place - 1]!.at > at) place--;
		events.splice(place, 0, { at, act });
	};
	const shown = () => {
		const { setBack } = world;
		return 1_750_000_000_000 + time - (setBack && time >= setBack.at ? setBack.byMs : 0);
	};
	const server = world.server && serverOf(world.server, world.gridOffset ?? 0, () => time);

	runs.forEach((plan, index) => {
		let left = plan.addresses;
		let inFlight = 0;
		let asleep = false;
		let run: Limits;

		const send = (slot: symbol) => {
			const latency = latencies[made % latencies.length]!;
			const toServer = latency * arrivals[made % arrivals.length]!;
			made++;
			left--;
			inFlight++;
			const call = { run: index, start: time, arrival: 0, end: 0, refused: false };
			let outcome: CallEnd = 'answered';
			after(toServer, () => {
				call.arrival = time;
				const rest = server?.arrive() ?? 0;
				call.refused = rest > 0;
				if (call.refused) outcome = { lockedForMs: Math.ceil(rest * lockTold) };
			});
			after(latency, () => {
				call.end = time;
				calls.push(call);
				inFlight--;
				if (call.refused) left++;
				budget.end(slot, outcome, shown());
				mostRemembered = Math.max(mostRemembered, remembered(budget));
				if (!asleep) work();
			});
		};
		const work = () => {
			asleep = false;
			if (time >= (plan.diesAt ?? Infinity)) return;
			while (left > 0 && inFlight < plan.parallel) {
				const start = budget.tryStart(run, shown());
				if (!start.ok) {
					if (start.waitMs < 1) throw new Error('told to wait for nothing');
					asleep = true;
					return after(Math.min(start.waitMs, SLICE_MS), work);
				}
				send(start.slot);
			}
			if (left === 0 && inFlight === 0) {
				finishedAt[index] = time;
				budget.leave(run);
			}
		};
		after(plan.startAt ?? 0, () => {
			run = budget.join(plan.limits ?? limits, shown());
			work();
		});
	});
	if (world.stranger) {
		const { at, calls: count } = world.stranger;
		after(at, () => {
			for (let call = 0; call < count; call++) server?.arrive();
		});
	}

	for (let event = events.shift(); event; event = events.shift()) {
		time = event.at;
		event.act();
	}
	return { calls, finishedAt, server, time, mostRemembered };
}

/** How many entries all the lists, maps and sets inside a budget hold. */
const remembered = (budget: CallBudget): number =>
	Object.values(budget).reduce<number>((sum, value: unknown) => {
		if (Array.isArray(value)) return sum + value.length;
		return value instanceof Map || value instanceof Set ? sum + value.size : sum;
	}, 0);

/** The most calls that arrive in any window, both of its ends included. */
function fullestWindow(calls: Call[], windowMs: number): number {
	const arrivals = calls.map(({ arrival }) => arrival).sort((a, b) => a - b);
	let first = 0;
	let most = 0;
	arrivals.forEach((arrival, index) => {
		while (arrival - arrivals[first]! > windowMs) first++;
		most = Math.max(most, index - first + 1);
	});
	return most;
}

const within = (calls: Call[], from: number, to: number) =>
	calls.filter(({ start }) => start >= from && start < to);

/** Takes `count` slots for a run at one moment; fails the test if one is refused. */
function take(budget: CallBudget, run: Limits, count: number, now: number): symbol[] {
	return Array.from({ length: count }, () => {
		const start = budget.tryStart(run, now);
		if (!start.ok) throw new Error(`refused: ${start.why}`);
		return start.slot;
	});
}

const FIVE = { callsPerWindow: 5, windowMs: 1_000 };

const limitsArbitrary = fc.record({
	callsPerWindow: fc.integer({ min: 1, max: 25 }),
	windowMs: fc.integer({ min: 1, max: 5_000 }),
});
const runArbitrary = fc.record({
	addresses: fc.integer({ min: 1, max: 60 }),
	parallel: fc.integer({ min: 1, max: 10 }),
	startAt: fc.integer({ min: 0, max: 10_000 }),
	diesAt: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: Infinity, freq: 4 }),
});
const worldArbitrary = fc.record({
	runs: fc.array(runArbitrary, { minLength: 1, maxLength: 5 }),
	limits: limitsArbitrary,
	latencies: fc.array(fc.integer({ min: 0, max: 7_000 }), { minLength: 1, maxLength: 20 }),
	arrivals: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 }),
	gridOffset: fc.integer({ min: 0, max: 5_000 }),
	setBack: fc.record({ at: fc.nat(20_000), byMs: fc.nat(4_000_000) }),
});

describe('the window', () => {
	it('lets the whole budget go at once and refuses the next call', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		take(budget, run, 5, 0);
		expect(budget.tryStart(run, 0)).toMatchObject({ ok: false, why: 'window' });
	});

	it('frees a slot a full window after the reply, not after the start', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		const [first] = take(budget, run, 5, 0);
		budget.end(first!, 'answered', 700);
		expect(budget.tryStart(run, 1_001)).toEqual({ ok: false, why: 'window', waitMs: 700 });
		expect(budget.tryStart(run, 1_700)).toEqual({ ok: false, why: 'window', waitMs: 1 });
		expect(budget.tryStart(run, 1_701)).toMatchObject({ ok: true });
	});

	it('counts a call without a reply from the moment it is given up', () => {
		const budget = new CallBudget();
		const run = budget.join({ callsPerWindow: 1, windowMs: 1_000 }, 0);
		const [slot] = take(budget, run, 1, 0);
		expect(budget.tryStart(run, 60_000)).toMatchObject({ ok: false, waitMs: 1_001 });
		budget.end(slot!, 'unanswered', 60_000);
		expect(budget.tryStart(run, 60_500)).toMatchObject({ ok: false, waitMs: 501 });
	});

	it('gives a slot back at once when no call was made, and takes an end only once', () => {
		const budget = new CallBudget();
		const run = budget.join({ callsPerWindow: 1, windowMs: 1_000 }, 0);
		const [unused] = take(budget, run, 1, 0);
		budget.release(unused!);
		budget.end(unused!, 'answered', 0);
		const [used] = take(budget, run, 1, 0);
		budget.end(used!, 'answered', 0);
		budget.end(used!, 'answered', 900);
		expect(budget.tryStart(run, 1_001)).toMatchObject({ ok: true });
	});

	it('holds every run to the strictest limits of those present', () => {
		const budget = new CallBudget();
		const generous = budget.join({ callsPerWindow: 5, windowMs: 1_000 }, 0);
		const strict = budget.join({ callsPerWindow: 3, windowMs: 4_000 }, 0);
		const slots = take(budget, generous, 3, 0);
		slots.forEach((slot) => budget.end(slot, 'answered', 0));
		expect(budget.tryStart(generous, 0)).toMatchObject({ ok: false, waitMs: 4_001 });
		budget.leave(strict);
		take(budget, generous, 2, 0);
		expect(budget.tryStart(generous, 0)).toMatchObject({ ok: false, waitMs: 1_001 });
	});

	it('tells how long until enough slots are free when a stricter run has come in', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		take(budget, run, 5, 0).forEach((slot, index) => budget.end(slot, 'answered', 100 * index));
		const strict = budget.join({ callsPerWindow: 3, windowMs: 1_000 }, 400);
		expect(budget.tryStart(strict, 400)).toMatchObject({ ok: false, waitMs: 801 });
		take(budget, strict, 1, 1_201);
	});

	it('loses no time when the clock is set back by an hour', () => {
		const budget = new CallBudget();
		const run = budget.join({ callsPerWindow: 1, windowMs: 1_000 }, 3_600_000);
		budget.end(take(budget, run, 1, 3_600_000)[0]!, 'answered', 3_600_000);
		expect(budget.tryStart(run, 3_600_400)).toMatchObject({ ok: false, waitMs: 601 });
		expect(budget.tryStart(run, 0)).toMatchObject({ ok: false, waitMs: 601 });
		take(budget, run, 1, 601);
	});

	it.each([0, -1, 2.5, NaN, Infinity])('refuses a budget of %p calls', (callsPerWindow) => {
		const budget = new CallBudget();
		expect(() => budget.join({ callsPerWindow, windowMs: 1 }, 0)).toThrow('Calls per window');
	});

	it.each([0, -1, NaN, Infinity])('refuses a window of %p ms', (windowMs) => {
		const budget = new CallBudget();
		expect(() => budget.join({ callsPerWindow: 1, windowMs }, 0)).toThrow('The window');
	});

	it('never lets a window hold more than the budget, whatever the latencies, runs, deaths and clock', () => {
		fc.assert(
			fc.property(worldArbitrary, (world) => {
				const { calls } = play(world);
				const { windowMs, callsPerWindow } = world.limits;
				expect(fullestWindow(calls, windowMs)).toBeLessThanOrEqual(callsPerWindow);
			}),
			{ numRuns: 500 },
		);
	});

	it.each(['rolling', 'fixed'] as const)(
		'never meets the lock of a server with %s windows',
		(kind) => {
			fc.assert(
				fc.property(worldArbitrary, (world) => {
					const { callsPerWindow: calls, windowMs } = world.limits;
					const server = { calls, windowMs, lockMs: 60_000, kind };
					expect(play({ ...world, server }).server!.locks).toBe(0);
				}),
				{ numRuns: 300 },
			);
		},
	);

	it('keeps to the strictest limits of the runs present when they differ', () => {
		const run = fc.record({
			addresses: fc.integer({ min: 1, max: 30 }),
			parallel: fc.integer({ min: 1, max: 10 }),
			startAt: fc.integer({ min: 0, max: 5_000 }),
			limits: limitsArbitrary,
		});
		const runs = fc.array(run, { minLength: 2, maxLength: 4 });
		fc.assert(
			fc.property(runs, worldArbitrary, (mixed, world) => {
				const { calls, finishedAt } = play({ ...world, runs: mixed });
				mixed.forEach(({ limits, startAt }, index) => {
					for (const { start } of calls) {
						if (start <= startAt || start >= finishedAt[index]!) continue;
						const since = Math.max(startAt, start - limits.windowMs);
						const taken = calls.filter((call) => call.start <= start && call.end >= since);
						expect(taken.length).toBeLessThanOrEqual(limits.callsPerWindow);
					}
				});
			}),
			{ numRuns: 300 },
		);
	});

	it('brings every run that lives to its end, each address sent once', () => {
		fc.assert(
			fc.property(worldArbitrary, (world) => {
				const { calls, finishedAt } = play(world);
				world.runs.forEach(({ addresses, diesAt }, index) => {
					if (diesAt < Infinity) return;
					expect(finishedAt[index]).toBeLessThan(Infinity);
					expect(calls.filter(({ run }) => run === index)).toHaveLength(addresses);
				});
			}),
			{ numRuns: 300 },
		);
	});

	it('remembers no more calls than the budget has slots', () => {
		fc.assert(
			fc.property(worldArbitrary, (world) => {
				const most = world.limits.callsPerWindow + world.runs.length;
				expect(play(world).mostRemembered).toBeLessThanOrEqual(most);
			}),
			{ numRuns: 200 },
		);
	});

	it.each([3, 40, 400])(
		'sends 1,500 addresses in the best possible time at %i ms a call',
		(latency) => {
			const limits = { callsPerWindow: 490, windowMs: 3_000 };
			for (const kind of ['rolling', 'fixed'] as const) {
				const server = { calls: 500, windowMs: 3_000, lockMs: 20_000, kind };
				const runs = [{ addresses: 1_500, parallel: 5 }];
				const played = play({ runs, limits, latencies: [latency], server });
				const best = Math.max(3 * 3_000, (1_500 / 5) * latency);
				expect(played.server!.locks).toBe(0);
				expect(played.time / best).toBeLessThan(1.01);
			}
		},
	);

	it.each([2, 5])(
		'keeps %i runs at once as quick as the windows allow, without a lock',
		(count) => {
			for (const latency of [3, 40, 400]) {
				const runs = Array.from({ length: count }, () => ({ addresses: 1_500, parallel: 5 }));
				const limits = { callsPerWindow: 490, windowMs: 3_000 };
				const server: Limit = { calls: 500, windowMs: 3_000, lockMs: 20_000, kind: 'fixed' };
				const played = play({ runs, limits, latencies: [latency], server });
				const windows = Math.ceil((count * 1_500) / 490) - 1;
				// A slot is also held while its call is under way: that much longer is each window.
				const best = Math.max(windows * (3_000 + latency), 300 * latency);
				expect(played.server!.locks).toBe(0);
				expect(played.time / best).toBeLessThan(1.02);
			}
		},
	);
});

describe('the turns', () => {
	it.each([1, 3, 40, 400])(
		'give 20 addresses beside 1,500 every second slot at %i ms a call',
		(latency) => {
			const limits = { callsPerWindow: 490, windowMs: 3_000 };
			const long = { addresses: 1_500, parallel: 5 };
			const short = { addresses: 20, parallel: 5, startAt: 1_500 };
			const { calls, finishedAt } = play({ runs: [long, short], limits, latencies: [latency] });
			const ofShort = calls.filter(({ run }) => run === 1);
			const span = within(calls, ofShort[0]!.start, ofShort.at(-1)!.start + 1);
			expect(span.length).toBeLessThanOrEqual(45);
			expect(finishedAt[1]).toBeLessThan(finishedAt[0]! / 2);
		},
	);

	it('share scarce slots equally among the runs that wait', () => {
		const seconds = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 12 });
		fc.assert(
			fc.property(fc.integer({ min: 2, max: 5 }), seconds, (count, latencies) => {
				const runs = Array.from({ length: count }, () => ({ addresses: 400, parallel: 10 }));
				const limits = { callsPerWindow: 20, windowMs: 20_000 };
				const { calls, finishedAt } = play({ runs, limits, latencies });
				const contended = within(calls, 20_000, Math.min(...finishedAt));
				const shares = runs.map((_, index) => contended.filter(({ run }) => run === index).length);
				expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(25);
			}),
			{ numRuns: 50 },
		);
	});

	it('halve what falls free at one moment, whoever asks first', () => {
		const budget = new CallBudget();
		const limits = { callsPerWindow: 6, windowMs: 1_000 };
		const [greedy, other] = [budget.join(limits, 0), budget.join(limits, 0)];
		take(budget, greedy, 6, 0).forEach((slot) => budget.end(slot, 'answered', 0));
		budget.tryStart(greedy, 0);
		budget.tryStart(other, 0);
		take(budget, greedy, 3, 1_001);
		expect(budget.tryStart(greedy, 1_001)).toMatchObject({ ok: false, why: 'turn' });
		take(budget, other, 3, 1_001);
	});

	it('come to a long run also while new short ones never cease to come', () => {
		const shorts = Array.from({ length: 300 }, (_, index) => ({
			addresses: 1,
			parallel: 1,
			startAt: 10 + index * 300,
		}));
		const limits = { callsPerWindow: 5, windowMs: 1_000 };
		const runs = [{ addresses: 60, parallel: 1 }, ...shorts];
		const { finishedAt } = play({ runs, limits, latencies: [50] });
		expect(finishedAt[0]).toBeLessThan(60_000);
	});

	it('are not saved up by a run that was away', () => {
		const budget = new CallBudget();
		const limits = { callsPerWindow: 10, windowMs: 1_000 };
		const [away, steady] = [budget.join(limits, 0), budget.join(limits, 0)];
		for (let now = 0; now < 20_000; now += 1_001) {
			take(budget, steady, 10, now).forEach((slot) => budget.end(slot, 'answered', now));
		}
		expect(budget.tryStart(away, 20_020)).toMatchObject({ ok: true });
		expect(budget.tryStart(steady, 20_020)).toMatchObject({ ok: true });
	});

	it('leave a slot to the run whose turn it is, but not for long when it no longer asks', () => {
		const budget = new CallBudget();
		const limits = { callsPerWindow: 1, windowMs: 1_000 };
		const [dead, alive] = [budget.join(limits, 0), budget.join(limits, 0)];
		const [slot] = take(budget, alive, 1, 0);
		budget.end(slot!, 'answered', 0);
		budget.tryStart(dead, 0);
		budget.end(take(budget, alive, 1, 1_001)[0]!, 'answered', 1_001);
		budget.tryStart(dead, 1_002);
		expect(budget.tryStart(alive, 2_002)).toMatchObject({ ok: false, why: 'turn' });
		expect(budget.tryStart(alive, 4_002)).toMatchObject({ ok: false, why: 'turn' });
		expect(budget.tryStart(alive, 4_003)).toMatchObject({ ok: true });
	});

	it('leave a slot to the run whose turn it is, but not when it has left', () => {
		const budget = new CallBudget();
		const limits = { callsPerWindow: 1, windowMs: 1_000 };
		const [gone, alive] = [budget.join(limits, 0), budget.join(limits, 0)];
		budget.end(take(budget, alive, 1, 0)[0]!, 'answered', 0);
		budget.tryStart(gone, 0);
		budget.end(take(budget, alive, 1, 1_001)[0]!, 'answered', 1_001);
		expect(budget.tryStart(alive, 2_002)).toMatchObject({ ok: false, why: 'turn' });
		budget.leave(gone);
		expect(budget.tryStart(alive, 2_002)).toMatchObject({ ok: true });
	});
});

describe('the lock', () => {
	it('stops every run at once and tells each how long', () => {
		const budget = new CallBudget();
		const [one, two] = [budget.join(FIVE, 0), budget.join(FIVE, 0)];
		const [slot] = take(budget, one, 1, 0);
		budget.end(slot!, { lockedForMs: 30_000 }, 10);
		for (const run of [one, two]) {
			expect(budget.tryStart(run, 20)).toEqual({ ok: false, why: 'lock', waitMs: 29_990 });
		}
	});

	it('is not opened by the late reply of a call that was sent before it', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		const [locked, late] = take(budget, run, 2, 0);
		budget.end(locked!, { lockedForMs: 30_000 }, 10);
		budget.end(late!, 'answered', 500);
		expect(budget.tryStart(run, 600)).toMatchObject({ ok: false, why: 'lock' });
	});

	it('that is reported while a call tests the water holds, whatever that call brings', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		const [locked, late] = take(budget, run, 2, 0);
		budget.end(locked!, { lockedForMs: 5_000 }, 0);
		const [probe] = take(budget, run, 1, 5_000);
		budget.end(late!, { lockedForMs: 5_000 }, 5_100);
		budget.end(probe!, 'answered', 5_200);
		expect(budget.tryStart(run, 5_300)).toEqual({ ok: false, why: 'lock', waitMs: 4_800 });
	});

	it('ends at the later time when two replies disagree', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		const [one, two] = take(budget, run, 2, 0);
		budget.end(one!, { lockedForMs: 30_000 }, 0);
		budget.end(two!, { lockedForMs: 10_000 }, 1_000);
		expect(budget.tryStart(run, 2_000)).toMatchObject({ waitMs: 28_000 });
	});

	it('is followed by one call that tests the water, and the rest wait for its reply', () => {
		const budget = new CallBudget();
		const [one, two] = [budget.join(FIVE, 0), budget.join(FIVE, 0)];
		const [slot] = take(budget, one, 1, 0);
		budget.end(slot!, { lockedForMs: 5_000 }, 0);
		const [probe] = take(budget, two, 1, 5_000);
		expect(budget.tryStart(one, 5_000)).toMatchObject({ ok: false, why: 'turn' });
		expect(budget.tryStart(two, 9_000)).toMatchObject({ ok: false, why: 'turn' });
		budget.end(probe!, 'answered', 9_000);
		take(budget, one, 2, 9_000);
		take(budget, two, 2, 9_000);
	});

	it('begins anew when the call that tests the water meets it', () => {
		const budget = new CallBudget();
		const run = budget.join(FIVE, 0);
		budget.end(take(budget, run, 1, 0)[0]!, { lockedForMs: 5_000 }, 0);
		budget.end(take(budget, run, 1, 5_000)[0]!, { lockedForMs: 7_000 }, 5_100);
		expect(budget.tryStart(run, 5_200)).toEqual({ ok: false, why: 'lock', waitMs: 6_900 });
		const [probe] = take(budget, run, 1, 12_100);
		expect(budget.tryStart(run, 12_100)).toMatchObject({ ok: false, why: 'turn' });
		budget.end(probe!, 'answered', 12_200);
		take(budget, run, 2, 12_200);
	});

	it.each(['no reply', 'no call'])(
		'lets the next call test the water when the first had %s',
		(what) => {
			const budget = new CallBudget();
			const run = budget.join(FIVE, 0);
			budget.end(take(budget, run, 1, 0)[0]!, { lockedForMs: 5_000 }, 0);
			const [probe] = take(budget, run, 1, 5_000);
			if (what === 'no reply') budget.end(probe!, 'unanswered', 6_000);
			else budget.release(probe!);
			take(budget, run, 1, 6_000);
			expect(budget.tryStart(run, 6_000)).toMatchObject({ ok: false, why: 'turn' });
		},
	);

	it('caused by another client is met, waited out and lost nothing to', () => {
		const plan = fc.record({
			runs: fc.array(
				fc.record({
					addresses: fc.integer({ min: 100, max: 400 }),
					parallel: fc.integer({ min: 1, max: 10 }),
				}),
				{ minLength: 1, maxLength: 3 },
			),
			latencies: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 }),
			arrivals: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
				minLength: 1,
				maxLength: 7,
			}),
			strangerAt: fc.integer({ min: 0, max: 3_000 }),
			kind: fc.constantFrom('rolling' as const, 'fixed' as const),
			lockTold: fc.double({ min: 0.6, max: 1.2, noNaN: true }),
		});
		fc.assert(
			fc.property(plan, ({ strangerAt, kind, ...rest }) => {
				const server = { calls: 100, windowMs: 3_000, lockMs: 20_000, kind };
				const limits = { callsPerWindow: 98, windowMs: 3_000 };
				const stranger = { at: strangerAt, calls: 101 };
				const { calls, finishedAt } = play({ ...rest, limits, server, stranger });
				const refused = calls.filter((call) => call.refused);
				const done = calls.length - refused.length;
				expect(done).toBe(rest.runs.reduce((sum, run) => sum + run.addresses, 0));
				expect(Math.max(...finishedAt)).toBeLessThan(Infinity);

				const inFlight = rest.runs.reduce((sum, run) => sum + run.parallel, 0);
				const firstNews = Math.min(...refused.map(({ end }) => end));
				const blind = refused.filter(({ start }) => start <= firstNews).length;
				expect(blind).toBeLessThanOrEqual(inFlight);
				// After the news, calls go into the lock one by one, each after the end it was told.
				const probes = refused.filter(({ start }) => start > firstNews);
				probes.slice(1).forEach((probe, index) => {
					expect(probe.start).toBeGreaterThanOrEqual(probes[index]!.end);
				});
				if (rest.lockTold >= 1) expect(probes).toHaveLength(0);
			}),
			{ numRuns: 200 },
		);
	});
});

describe('the budgets of a process', () => {
	it('are one for each key', () => {
		const budget = budgetFor('7 campaigns.zoho.com', 0);
		budget.join(FIVE, 0);
		expect(budgetFor('7 campaigns.zoho.com', 1)).toBe(budget);
		expect(budgetFor('8 campaigns.zoho.com', 1)).not.toBe(budget);
	});

	it('are forgotten when nobody is there and neither window nor lock can matter any more', () => {
		const budget = budgetFor('idle', 0);
		const run = budget.join(FIVE, 0);
		const [slot, other] = take(budget, run, 2, 0);
		budget.end(slot!, { lockedForMs: 9_000 }, 0);
		budget.leave(run);
		expect(budgetFor('idle', 20_000)).toBe(budget);
		budget.end(other!, 'answered', 20_000);
		expect(budgetFor('idle', 21_000)).toBe(budget);
		expect(budgetFor('idle', 21_001)).not.toBe(budget);
	});

	it('forget a run that died, hours later', () => {
		const budget = budgetFor('dead', 0);
		budget.join(FIVE, 0);
		expect(budgetFor('dead', 7_200_000)).toBe(budget);
		expect(budgetFor('dead', 7_200_001)).not.toBe(budget);
	});
});

it('sends 100,000 addresses within a day at 97 % of the published limit, in three runs of which one is restarted over and over', () => {
	const hour = 3_600_000;
	const limits = { callsPerWindow: 490, windowMs: 300_000 };
	const server: Limit = { calls: 500, windowMs: 300_000, lockMs: 1_800_000, kind: 'rolling' };
	// The third run dies without a word every 93 minutes, and three minutes later begins again.
	const restarted = Array.from({ length: 11 }, (_, life) => ({
		startAt: 1.6 * life * hour,
		diesAt: (1.6 * life + 1.55) * hour,
		addresses: 20_000,
		parallel: 5,
	}));
	const steady = { addresses: 35_000, parallel: 5 };
	// A reply takes 0.2 to 2 seconds, and one in a thousand calls is given up after a minute.
	const latencies = Array.from({ length: 1_009 }, (_, n) =>
		n === 500 ? 60_000 : 200 + ((n * 377) % 1_800),
	);
	const runs = [steady, steady, ...restarted];
	const { calls, server: zoho, mostRemembered } = play({ runs, limits, latencies, server });

	const hours = Math.floor(Math.max(...calls.map(({ start }) => start)) / hour);
	const perHour = Array.from(
		{ length: hours },
		(_, n) => within(calls, n * hour, (n + 1) * hour).length,
	);
	const share = (of: number) => `${((100 * Math.min(...perHour)) / of).toFixed(2)} % of ${of}`;
	console.log(
		`${calls.length} calls; in each hour: ${perHour.join(' ')}; ` +
			`the slowest: ${share(490 * 12)} (the budget), ${share(500 * 12)} (the limit)`,
	);
	expect(calls.length).toBeGreaterThanOrEqual(100_000);
	expect(hours).toBeLessThan(24);
	expect(Math.min(...perHour)).toBeGreaterThanOrEqual(0.97 * 500 * 12);
	expect(fullestWindow(calls, limits.windowMs)).toBeLessThanOrEqual(490);
	expect(mostRemembered).toBeLessThanOrEqual(490 + 3 + 2);
	expect(zoho!.locks).toBe(0);
});
