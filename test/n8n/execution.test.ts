import type { IExecuteFunctions } from 'n8n-workflow';
import { inSlices, now, runPlan } from '../../nodes/n8n/execution';
import type { Plan } from '../../nodes/run/plan';

/** The context of a node with so many items, and what it has logged. */
function contextWith(count: number, signal?: AbortSignal) {
	const logged: string[] = [];
	const context = {
		getInputData: () => Array(count).fill({ json: {} }) as unknown[],
		getExecutionCancelSignal: () => signal,
		logger: { info: (message: string) => logged.push(message) },
	} as unknown as IExecuteFunctions;
	return { context, logged };
}

/** A plan that sends nothing, and is done once all items are read. */
function readingPlan(next?: Plan<object>['next']) {
	const plan = { isClosed: false, reads: [] as number[], allReads: 0, failed: [] as unknown[] };
	const run = {
		plan: {
			next: next ?? (() => (plan.isClosed ? { do: 'done' as const } : { do: 'later' as const })),
			take: () => undefined,
			close: () => (plan.isClosed = true),
		} as Plan<object>,
		send: async () => await Promise.reject(new Error('nothing is sent')),
		timeoutMs: 1_000,
		readItem: (item: number) => void plan.reads.push(item),
		failItem: (item: number, error: unknown) => void plan.failed.push([item, error]),
		allRead: () => plan.allReads++,
	};
	return { plan, run };
}

function fails(): never {
	throw new Error('fault');
}

/** The clock of runs, which stands still until it is set. */
function stopClock() {
	const clock = { now: 0 };
	jest.spyOn(performance, 'now').mockImplementation(() => clock.now);
	return clock;
}
afterEach(() => void jest.restoreAllMocks());

/** How often others have their turn while something is done. */
async function turnsDuring(something: () => Promise<void>): Promise<number> {
	let turns = 0;
	const others = setInterval(() => turns++, 0);
	await something();
	clearInterval(others);
	return turns;
}

/** Works so many ms, as long items do. */
function work(ms: number) {
	const end = now() + ms;
	while (now() < end);
}

describe('a run', () => {
	it('reads every item once, in order, and says when it has read all', async () => {
		const { plan, run } = readingPlan();

		expect(await runPlan(contextWith(4).context, run)).toEqual({ kind: 'whole' });
		expect(plan.reads).toEqual([0, 1, 2, 3]);
		expect(plan.allReads).toBe(1);
	});

	it('goes on with the next item where reading one throws, whatever it throws', async () => {
		const { plan, run } = readingPlan();
		const odd = [new Error('no'), Object.create(null), undefined];
		const readItem = (item: number) => {
			plan.reads.push(item);
			if (item < odd.length) throw odd[item];
		};

		expect(await runPlan(contextWith(5).context, { ...run, readItem })).toEqual({ kind: 'whole' });
		expect(plan.reads).toEqual([0, 1, 2, 3, 4]);
		expect(plan.failed).toEqual(odd.map((error, item) => [item, error]));
		expect(plan.allReads).toBe(1);
	});

	it('without items is over as well', async () => {
		const { plan, run } = readingPlan();

		expect(await runPlan(contextWith(0).context, run)).toEqual({ kind: 'whole' });
		expect(plan).toMatchObject({ reads: [], allReads: 1 });
	});

	it('lets others have their turn while it reads what takes long', async () => {
		const { plan, run } = readingPlan();
		const turns = await turnsDuring(async () => {
			await runPlan(contextWith(4).context, { ...run, readItem: () => work(20) });
		});

		expect(plan.allReads).toBe(1);
		expect(turns).toBeGreaterThan(1);
	});

	it('reads many items in one go where they take no time, broken or not', async () => {
		stopClock();
		const whole = await turnsDuring(async () => {
			await runPlan(contextWith(200).context, readingPlan().run);
		});
		const broken = await turnsDuring(async () => {
			const { run } = readingPlan(fails);
			await runPlan(contextWith(200).context, run);
		});

		expect(whole).toBeLessThan(50);
		expect(broken).toBeLessThan(50);
	});

	it('that breaks when all items are read says once that they are', async () => {
		const { plan, run } = readingPlan(() => (plan.isClosed ? fails() : { do: 'later' }));

		expect((await runPlan(contextWith(2).context, run)).kind).toBe('broken');
		expect(plan).toMatchObject({ reads: [0, 1], allReads: 1 });
	});

	it('that is stopped says how many items were not even read', async () => {
		const stop = new AbortController();
		const { run } = readingPlan();
		const readItem = (item: number) => {
			work(20);
			if (item === 1) stop.abort();
		};

		expect(await runPlan(contextWith(5, stop.signal).context, { ...run, readItem })).toEqual({
			kind: 'cancelled',
			unread: 3,
		});
	});

	it('that breaks by a fault of ours reads its items all the same, for each has an outcome', async () => {
		const { plan, run } = readingPlan(fails);
		const readItem = (item: number) => {
			work(6);
			plan.reads.push(item);
		};
		const ending = await runPlan(contextWith(7).context, { ...run, readItem });

		expect(ending).toMatchObject({
			kind: 'broken',
			fault: { code: 'NODE_FAULT', message: expect.stringContaining('fault') },
		});
		expect(plan.reads).toEqual([0, 1, 2, 3, 4, 5, 6]);
		expect(plan.allReads).toBe(1);
	});

	it('logs what its plan says while it waits', async () => {
		let asked = 0;
		const { run } = readingPlan((at) =>
			asked++ < 3 ? { do: 'wait', until: at + 1, why: 'Waiting.' } : { do: 'done' },
		);
		const { context, logged } = contextWith(1);
		await runPlan(context, run);

		expect(logged).toEqual(['Waiting.', 'Waiting.', 'Waiting.']);
	});
});

describe('a long list', () => {
	it('is gone through in order, and others have their turn meanwhile', async () => {
		const taken: number[] = [];
		const turns = await turnsDuring(async () => {
			await inSlices([1, 2, 3, 4], (element) => {
				work(20);
				taken.push(element);
			});
		});

		expect(taken).toEqual([1, 2, 3, 4]);
		expect(turns).toBeGreaterThan(1);
	});

	it('is soon done where it takes no time, or no more of it', async () => {
		const clock = stopClock();
		const turns = await turnsDuring(async () => {
			await inSlices(Array(50).fill(0), () => {});
		});
		const turnsAfterOne = await turnsDuring(async () => {
			await inSlices(Array(50).keys(), (element) => (clock.now = element === 0 ? 20 : clock.now));
		});

		expect(turns).toBe(0);
		expect(turnsAfterOne).toBeLessThan(10);
	});
});
