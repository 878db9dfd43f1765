import type { Next } from '../../nodes/run/plan';
import { ListPlan, ofLengths, run, send, useFakeClock, type Call } from './listPlan';

useFakeClock();

describe('the input', () => {
	it('is read in slices while there is nothing to send, and the plan is told of its end', async () => {
		const plan = new ListPlan([]);
		const slices: number[] = [];
		const { isWhole } = await run(plan, {
			send,
			read: (until) => {
				expect(plan.isWhole).toBe(false);
				return slices.push(until - Date.now()) < 3;
			},
		});

		expect(slices).toEqual([15, 15, 15]);
		expect(plan.isWhole).toBe(true);
		expect(isWhole).toBe(true);
	});

	it('that has come so far is sent before more of it is read', async () => {
		const plan = new ListPlan([]);
		const sentBefore: number[] = [];
		await run(plan, {
			send,
			read: () => {
				sentBefore.push(plan.starts.length);
				return plan.calls.push({ lengthMs: 1_000 }) < 3;
			},
		});

		// The first call goes alone: the others wait for its answer.
		expect(sentBefore).toEqual([0, 1, 1]);
		expect(plan.taken).toHaveLength(3);
	});

	it('does not hold up a call that is due', async () => {
		const plan = new ListPlan(ofLengths(10, 10));
		let reads = 0;
		await run(plan, {
			send,
			read: (until) => {
				reads++;
				jest.advanceTimersByTime(until - Date.now());
				return reads < 100;
			},
		});

		expect(plan.starts[1]).toBeLessThan(50);
		expect(reads).toBe(100);
	});
});

it('a moment that has come is not slept for', async () => {
	const plan = new ListPlan([]);
	const script: Array<Next<Call>> = [{ do: 'later' }, { do: 'wait', until: 0 }];
	plan.next = () => script.shift() ?? { do: 'done' };
	const sleeps: number[] = [];
	await run(plan, { send }, { sleep: async (ms) => void sleeps.push(ms) });

	// Others have their turn after the input has been read.
	expect(sleeps).toEqual([0]);
});

describe('the log', () => {
	it('gets the waits that are worth telling, before they begin', async () => {
		const script: Array<Next<Call>> = [
			{ do: 'wait', until: 100, why: 'Waiting for the limit.' },
			{ do: 'wait', until: 300 },
		];
		const plan = new ListPlan([]);
		plan.next = () => script.shift() ?? { do: 'done' };
		const toldAt: number[] = [];
		await run(plan, { send }, { log: () => toldAt.push(Date.now()) });

		expect(toldAt).toEqual([0]);
	});

	it('gets nothing of a call that went as it should', async () => {
		expect((await run(new ListPlan(ofLengths(10)), { send })).log).toStrictEqual([]);
	});

	it('gets what the plan says to an answer', async () => {
		const plan = new ListPlan(ofLengths(10));
		const take = plan.take.bind(plan);
		plan.take = (...answered) => {
			take(...answered);
			return 'Trying again in a moment.';
		};

		expect((await run(plan, { send })).log).toEqual(['Trying again in a moment.']);
	});
});
