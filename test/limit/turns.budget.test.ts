import { Budget } from '../../nodes/limit/budget';
import { Window } from '../../nodes/limit/window';
import { fc } from '../support/fc';
import { FIVE, play, start, within } from './windowWorld';

/** Two runs that share so many calls in a second. */
function two(callsPerWindow: number): [Budget, Budget] {
	const window = new Window(-Infinity);
	const limits = { ...FIVE, callsPerWindow };
	return [new Budget(window, limits, 0), new Budget(window, limits, 0)];
}

describe('the turns', () => {
	it.each([1, 3, 40, 400])(
		'give 20 addresses beside 1,500 every second slot at %i ms a call',
		(latency) => {
			const limits = { ...FIVE, callsPerWindow: 490, windowMs: 3_000 };
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
				const limits = { ...FIVE, callsPerWindow: 20, windowMs: 20_000 };
				const { calls, finishedAt } = play({ runs, limits, latencies });
				const contended = within(calls, 20_000, Math.min(...finishedAt));
				const shares = runs.map((_, index) => contended.filter(({ run }) => run === index).length);
				expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(25);
			}),
			{ numRuns: 50 },
		);
	});

	it('halve what falls free at one moment, whoever asks first', () => {
		const [greedy, other] = two(6);
		start(greedy, 6, 0).forEach((slot) => greedy.end(slot, 'answered', 0));
		greedy.tryStart(0, 1, 9);
		other.tryStart(0, 1, 9);
		start(greedy, 3, 1_001);
		expect(greedy.tryStart(1_001, 1, 9)).toMatchObject({ ok: false, why: 'turn' });
		start(other, 3, 1_001);
	});

	it('come to a long run also while new short ones never cease to come', () => {
		const shorts = Array.from({ length: 300 }, (_, index) => ({
			addresses: 1,
			parallel: 1,
			startAt: 10 + index * 300,
		}));
		const runs = [{ addresses: 60, parallel: 1 }, ...shorts];
		const { finishedAt } = play({ runs, limits: FIVE, latencies: [50] });
		expect(finishedAt[0]).toBeLessThan(60_000);
	});

	it('are not saved up by a run that was away', () => {
		const [away, steady] = two(10);
		for (let now = 0; now < 20_000; now += 1_001) {
			start(steady, 10, now).forEach((slot) => steady.end(slot, 'answered', now));
		}
		expect(away.tryStart(20_020, 1, 9)).toMatchObject({ ok: true });
		expect(steady.tryStart(20_020, 1, 9)).toMatchObject({ ok: true });
	});

	/** Of two runs with one call in a second, the first waits for it since the second had it last. */
	function waitingAndServed(): [Budget, Budget] {
		const [waiting, served] = two(1);
		served.end(start(served, 1, 0)[0]!, 'answered', 0);
		waiting.tryStart(0, 1, 9);
		served.end(start(served, 1, 1_001)[0]!, 'answered', 1_001);
		return [waiting, served];
	}

	it('leave a slot to the run whose turn it is, but not for long when it no longer asks', () => {
		const [dead, alive] = waitingAndServed();
		dead.tryStart(1_002, 1, 9);
		expect(alive.tryStart(2_002, 1, 9)).toMatchObject({ ok: false, why: 'turn' });
		expect(alive.tryStart(4_002, 1, 9)).toMatchObject({ ok: false, why: 'turn' });
		expect(alive.tryStart(4_003, 1, 9)).toMatchObject({ ok: true });
	});

	it('leave a slot to the run whose turn it is, but not when it has left', () => {
		const [gone, alive] = waitingAndServed();
		gone.tryStart(1_002, 1, 9);
		expect(alive.tryStart(2_002, 1, 9)).toMatchObject({ ok: false, why: 'turn' });
		gone.leave(2_002);
		expect(alive.tryStart(2_002, 1, 9)).toMatchObject({ ok: true });
	});

	it('leave no more slots to a run than it has calls left', () => {
		const [few, many] = two(6);
		start(many, 6, 0).forEach((slot) => many.end(slot, 'answered', 0));
		few.tryStart(0, 1, 2);
		start(many, 4, 1_001);
		expect(many.tryStart(1_001, 1, 9)).toMatchObject({ ok: false, why: 'turn' });
		start(few, 2, 1_001);
	});
});

describe('a short run', () => {
	/** So many that a hundredth of them, which is five calls, makes a run a short one. */
	const limits = { ...FIVE, callsPerWindow: 500 };
	let window: Window;
	beforeEach(() => (window = new Window(-Infinity)));
	const run = () => new Budget(window, limits, 0);

	/** Runs that wait since the window is used up, and so many calls that come free in it later. */
	function waiting(wants: number[], free: number): Budget[] {
		const other = run();
		const slots = start(other, 500, 0);
		slots.slice(0, free).forEach((slot) => other.end(slot, 'answered', 0));
		return wants.map((left) => {
			const one = run();
			one.tryStart(0, 1, left);
			return one;
		});
	}

	it.each([1, 5])('that wants %i calls comes before a long one, which asks first', (left) => {
		const [long, short] = waiting([6, left], left);
		expect(long!.tryStart(1_001, 1, 6)).toMatchObject({ ok: false, why: 'turn' });
		expect(start(short!, left, 1_001)).toHaveLength(left);
	});

	it('leaves to a long one what it does not need', () => {
		const [long] = waiting([6, 1], 2);
		expect(long!.tryStart(1_001, 1, 6)).toMatchObject({ ok: true });
		expect(long!.tryStart(1_001, 1, 5)).toMatchObject({ ok: false, why: 'turn' });
	});

	it('is none that has wanted more before', () => {
		const [long, late] = waiting([6, 6], 1);
		late!.tryStart(500, 1, 1);
		expect(long!.tryStart(1_001, 1, 6)).toMatchObject({ ok: true });
	});

	it('is followed by others, and the long one still comes to its turn', () => {
		const [long] = waiting([9], 100);
		let before = 0;
		for (; before < 100; before++) {
			const short = run();
			short.tryStart(1_000, 1, 1);
			if (long!.tryStart(1_001, 1, 9).ok) break;
			start(short, 1, 1_001);
			short.leave(1_001);
		}
		expect(before).toBeLessThanOrEqual(6);
	});
});
