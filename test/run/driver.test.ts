import { Pace } from '../../nodes/run/pace';
import { fc } from '../support/fc';
import { cancelledAt, DONE, ListPlan, ofLengths, run, send, useFakeClock } from './listPlan';

useFakeClock();

describe('calls', () => {
	it('begin with one alone, then as many as the plan lets out', async () => {
		const plan = new ListPlan(ofLengths(...Array<number>(11).fill(100)));
		await run(plan, { send });

		expect(plan.starts).toEqual([0, 100, 100, 100, 100, 100, 200, 200, 200, 200, 200]);
		expect(plan.mostOpen).toBe(5);
	});

	it('follow as soon as one of them has ended', async () => {
		const plan = new ListPlan(ofLengths(10, 300, 100, 50, 50), new Pace(2, () => 0));
		await run(plan, { send });

		expect(plan.starts).toEqual([0, 10, 10, 110, 160]);
	});

	it('start when the plan said that they would', async () => {
		const plan = new ListPlan(ofLengths(10, 500, 10, 10), new Pace(5, () => 250));
		await run(plan, { send });

		expect(plan.starts).toEqual([0, 250, 500, 750]);
	});

	it('that are under way when the plan sends no more are waited for', async () => {
		const plan = new ListPlan(ofLengths(100, 500, 700, 10));
		const sent = run(plan, {
			send: async (call) => {
				const answer = await send(call);
				plan.isStopped = true;
				return answer;
			},
		});

		expect((await sent).isWhole).toBe(true);
		expect(plan.taken.map(({ at }) => at)).toEqual([100]);
	});

	it('all end, each once, never too many at a time or too close', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 15 }),
				fc.integer({ min: 1, max: 10 }),
				fc.constantFrom(0, 0, 15, 40),
				async (lengths, parallel, intervalMs) => {
					const calls = ofLengths(...lengths);
					const plan = new ListPlan(calls, new Pace(parallel, () => intervalMs));
					const { starts, taken } = plan;
					await run(plan, { send });

					expect(starts).toHaveLength(calls.length);
					expect(new Set(taken.map(({ call }) => call))).toEqual(new Set(calls));
					expect(taken).toHaveLength(calls.length);
					expect(plan.mostOpen).toBeLessThanOrEqual(parallel);
					const gaps = starts.slice(1).map((start, i) => start - starts[i]!);
					expect(Math.min(...gaps, Infinity)).toBeGreaterThanOrEqual(intervalMs);
					if (starts.length > 1) expect(starts[1]).toBeGreaterThanOrEqual(lengths[0]!);
				},
			),
			{ numRuns: 150 },
		);
	});
});

describe('a call', () => {
	it('has its answer handed to the plan', async () => {
		const plan = new ListPlan(ofLengths(10));
		await run(plan, { send });

		expect(plan.taken).toEqual([{ call: plan.calls[0], answer: DONE, at: 10 }]);
	});

	it('that takes longer than the time-out fails then, and its answer comes too late', async () => {
		const plan = new ListPlan(ofLengths(5_000, 3_000), new Pace(1, () => 0));
		await run(plan, { send, timeoutMs: 1_000 });

		expect(plan.taken.map(({ call }) => call)).toEqual(plan.calls);
		for (const why of plan.failures) {
			expect(why).toMatchObject({
				reason: 'networkError',
				code: 'ETIMEDOUT',
				message: 'No whole reply came within 1000 ms, the option "Timeout".',
				doubtful: true,
			});
		}
		expect(plan.taken[0]!.at).toBe(1_000);
	});

	it('knows when it is given up, so that no further request goes out for it', async () => {
		const plan = new ListPlan(ofLengths(Infinity));
		const isGivenUpAt = new Map<number, boolean>();
		await run(plan, {
			timeoutMs: 1_000,
			send: async (call, isGivenUp) => {
				for (const ms of [0, 990, 1_010]) {
					setTimeout(() => isGivenUpAt.set(ms, isGivenUp()), ms);
				}
				setTimeout(() => (plan.isStopped = true), 1_010);
				return await send(call);
			},
		});

		await jest.advanceTimersByTimeAsync(100);
		expect([...isGivenUpAt]).toEqual([
			[0, false],
			[990, false],
			[1_010, true],
		]);
	});

	it('that rejects is a fault of our own, and costs no other call', async () => {
		const plan = new ListPlan(ofLengths(1, 2, 3));
		await run(plan, {
			send: async (call) => {
				if (call === plan.calls[1]) throw new Error('a slip');
				return await send(call);
			},
		});

		const [first, second, third] = plan.taken;
		expect([first?.answer, third?.answer]).toEqual([DONE, DONE]);
		expect(second?.call).toBe(plan.calls[1]);
		expect(second?.answer.reply).toMatchObject({
			reason: 'badResponse',
			code: 'NODE_FAULT',
			message: 'This node failed by a fault of its own: a slip.',
			resolution: expect.stringContaining('running these items again is safe'),
			transient: false,
			doubtful: true,
		});
	});

	it('whose answer the plan cannot take is handed to it again, as a fault of our own', async () => {
		const plan = new ListPlan(ofLengths(10, 10));
		const take = plan.take.bind(plan);
		plan.take = (call, answer, now) => {
			if (call === plan.calls[0] && answer === DONE) throw new Error('unforeseen');
			return take(call, answer, now);
		};
		const { isWhole } = await run(plan, { send });

		expect(isWhole).toBe(true);
		expect(plan.failures[0]).toMatchObject({ code: 'NODE_FAULT' });
		expect(plan.taken[1]?.answer).toBe(DONE);
	});

	it('that the plan cannot even take as a fault ends the run in the first error', async () => {
		const plan = new ListPlan(ofLengths(10));
		let times = 0;
		plan.take = () => {
			throw new Error(`unforeseen ${++times}`);
		};

		await expect(run(plan, { send })).rejects.toThrow('unforeseen 1');
	});
});

describe('a run that is cancelled', () => {
	it('ends within a second although a call never comes back', async () => {
		const plan = new ListPlan(ofLengths(Infinity));
		const { isWhole, endedAt } = await run(plan, { send }, cancelledAt(5_000));

		expect(isWhole).toBe(false);
		expect(endedAt).toBeLessThan(6_000);
		expect(plan.taken).toEqual([]);
	});

	it('ends within a second in the middle of a wait, and sends nothing more', async () => {
		const plan = new ListPlan(ofLengths(10, 10), new Pace(1, () => 3_600_000));
		const { isWhole, endedAt } = await run(plan, { send }, cancelledAt(5_000));

		expect(isWhole).toBe(false);
		expect(endedAt).toBeLessThan(6_000);
		expect(plan.starts).toEqual([0]);
	});

	it('has given up the calls that are under way: nothing more goes out for them', async () => {
		const plan = new ListPlan(ofLengths(Infinity));
		let isGivenUpThen = () => false;
		await run(
			plan,
			{
				send: async (call, isGivenUp) => {
					isGivenUpThen = isGivenUp;
					return await send(call);
				},
			},
			cancelledAt(5_000),
		);

		expect(isGivenUpThen()).toBe(true);
	});

	it('sends nothing at all where it was cancelled before', async () => {
		const plan = new ListPlan(ofLengths(10));
		const { isWhole } = await run(plan, { send }, cancelledAt(0));

		expect(isWhole).toBe(false);
		expect(plan.starts).toEqual([]);
	});
});

it('an error of the plan itself reaches who started the run', async () => {
	const plan = new ListPlan([]);
	plan.next = () => {
		throw new Error('unforeseen');
	};

	await expect(run(plan, { send })).rejects.toThrow('unforeseen');
});
