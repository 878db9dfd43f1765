import type { NodeApiError } from 'n8n-workflow';
import { now } from '../../nodes/n8n/execution';
import { present, type Result } from '../../nodes/n8n/output';
import { contextOf, done, failed, unsent } from './results';

const WORDS = ['record', 'records'] as const;

async function presented(results: Result[], news: Array<string | false> = []) {
	const { context, hints } = contextOf();
	const output = await present(context, WORDS, results, news);
	return { output, hints: hints.map(({ message }) => message), whole: hints };
}

describe('the output', () => {
	it('has an item for each result, in their order, paired with the item that named it', async () => {
		const { output } = await presented([
			done('moved', 3),
			failed({ item: 1 }),
			done('unblocked', 0),
		]);

		expect(output).toHaveLength(1);
		expect(output[0]?.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 3 },
			{ item: 1 },
			{ item: 0 },
		]);
		expect(output[0]?.[0]?.json).toEqual({ id: '1', status: 'moved' });
	});

	it('has nothing but the error in a failed item, so that n8n routes it', async () => {
		const { output } = await presented([failed()]);
		const { failure } = failed();

		expect(output[0]?.[0]).toEqual({
			json: {
				error: {
					id: '2',
					module: 'Leads',
					code: 'C',
					reason: 'recordNotFound',
					message: 'No such record.',
					resolution: failure.resolution,
					httpStatus: 400,
					retryable: false,
				},
			},
			pairedItem: { item: 0 },
		});
	});

	it('says when a repeat is worth it, by the time of day', async () => {
		const { failure } = unsent();
		const { output } = await presented([
			failed({ failure: { ...failure, retryAt: now() + 60_000 } }),
		]);
		const { retryAt } = output[0]?.[0]?.json.error as { retryAt: string };

		expect(Math.abs(Date.parse(retryAt) - Date.now() - 60_000)).toBeLessThan(1_000);
	});
});

describe('the hint', () => {
	it('says what came of more results than one', async () => {
		const { whole } = await presented([done(), failed()]);

		expect(whole).toEqual([
			{ message: '2 records: 1 unblocked, 1 failed.', type: 'info', location: 'outputPane' },
		]);
	});

	it('is not there for a single one, nor for none', async () => {
		expect((await presented([done()])).hints).toEqual([]);
		expect((await presented([])).hints).toEqual([]);
	});

	it('tells the news, with and without results', async () => {
		expect((await presented([done()], ['It waited.', false, 'Twice.'])).hints).toEqual([
			'1 record: 1 unblocked. It waited. Twice.',
		]);
		expect((await presented([], ['No view.'])).hints).toEqual(['No view.']);
	});

	it('says why the rest was not sent, and when to come back, on the clock of the workflow', async () => {
		expect((await presented([unsent()])).hints).toEqual([
			'1 record: 1 failed, none of them sent. Not sent: Too many calls.',
		]);
		const retryAt = now() + 120_000;
		const failure = { ...unsent().failure, retryAt };
		const [hint] = (await presented([done(), unsent({ failure })])).hints;
		const [, clock, wait] =
			/calls\. Come back at (\d\d:\d\d:\d\d), in (.*)\.$/.exec(hint ?? '') ?? [];

		expect(wait).toMatch(/^(2 min|1 min 59 s)$/);
		const at = Date.now() + retryAt - now();
		const clocks = [0, 500, 1000, 1500, 2000].map((late) =>
			new Date(at + late).toLocaleTimeString('en-GB', { timeZone: 'Asia/Tokyo' }),
		);
		expect(clocks).toContain(clock);
	});

	it('of a wait that is over by then says so', async () => {
		const failure = { ...unsent().failure, retryAt: now() - 5_000 };
		const { hints } = await presented([unsent({ failure })]);

		expect(hints[0]).toMatch(/, in 0 s\.$/);
	});

	it('is left out by an n8n that knows none', async () => {
		const { context } = contextOf();
		Reflect.deleteProperty(context, 'addExecutionHints');

		expect(await present(context, WORDS, [done(), done()], [])).toHaveLength(1);
	});
});

describe('under Stop Workflow', () => {
	const stopped = async (results: Result[], settings: { continues: boolean; node?: object }) => {
		const { context } = contextOf({ continues: settings.continues, node: { ...settings.node } });
		return await present(context, WORDS, results, []).then(
			() => undefined,
			(error: NodeApiError) => error,
		);
	};

	it('the first failure ends the node, and tells how far the run had come', async () => {
		const error = await stopped([done(), failed(), unsent()], { continues: false });

		expect(error?.message).toBe('Record 2: No such record.');
		expect(error?.description).toContain('Before the stop: 1 done, 1 failed, 1 not attempted.');
		expect(error?.context.itemIndex).toBe(0);
	});

	it('nothing ends where nothing failed, or where the node goes on', async () => {
		expect(await stopped([done()], { continues: false })).toBeUndefined();
		expect(await stopped([failed()], { continues: true })).toBeUndefined();
	});
});
