import type { NodeApiError } from 'n8n-workflow';
import { cancelledError } from '../../nodes/n8n/ends';
import { now } from '../../nodes/n8n/execution';
import { losingNothing, present } from '../../nodes/n8n/output';
import type { Result } from '../../nodes/n8n/result';
import { failure, REASONS, unsent as notSent } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';
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
			{
				message: '2 records: 1 unblocked, 1 failed: 1 not found.',
				type: 'warning',
				location: 'outputPane',
			},
		]);
	});

	it('is no warning where all went well', async () => {
		expect((await presented([done(), done()])).whole).toEqual([
			{ message: '2 records: 2 unblocked.', type: 'info', location: 'outputPane' },
		]);
	});

	it('is a danger where the account failed, and says first what to do', async () => {
		const dead = failure('authenticationFailed', { message: 'The token is revoked.' });
		const { whole } = await presented(
			[done(), failed({ failure: dead }), unsent({ failure: notSent(dead) })],
			['2 calls.'],
		);

		expect(whole).toEqual([
			{
				message: `The token is revoked. ${dead.resolution.replaceAll('"', '&quot;')} 3 records: 1 unblocked, 2 failed: 1 token refused, 1 not sent. 2 calls.`,
				type: 'danger',
				location: 'outputPane',
			},
		]);
	});

	it('is not there for a single one that was done, nor for none', async () => {
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

describe('results that break off', () => {
	function* broken(): Iterable<Result> {
		yield done('unblocked', 0);
		yield failed({ item: 1 });
		throw new Error('a bug');
	}
	const items = [{ json: {} }, { json: {} }, { json: {} }, { json: {} }];

	it('leave what came before them, and fail the items behind: none is told as done', async () => {
		const { context } = contextOf();
		Object.assign(context, { getInputData: () => items });
		const [output = []] = await present(context, WORDS, broken(), []);

		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
		expect(output[0]?.json.status).toBe('unblocked');
		for (const { json } of output.slice(2)) {
			expect(json.error).toMatchObject({ code: 'NODE_FAULT', reason: 'badResponse' });
			expect((json.error as { message: string }).message).toContain('a bug');
		}
	});

	it('end the node under Stop Workflow', async () => {
		const { context } = contextOf({ continues: false });

		await expect(present(context, WORDS, broken(), [])).rejects.toThrow('a bug');
	});
});

describe('a node that throws', () => {
	const items = [{ json: {} }, { json: {} }];
	const thrown = async (error: unknown, continues: boolean) => {
		const { context } = contextOf({ continues });
		Object.assign(context, { getInputData: () => items });
		return await losingNothing(context, async () => await Promise.reject(error as Error));
	};

	it.each([new Error('a bug'), Object.create(null), undefined, 'words', Symbol('s')])(
		'hands on every item as a failure where it is to go on: %p',
		async (error) => {
			const [output = []] = await thrown(error, true);

			expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
			for (const { json } of output) {
				expect(Object.keys(json)).toEqual(['error']);
				expect(json.error).toMatchObject({ code: 'NODE_FAULT' });
			}
		},
	);

	it('throws under Stop Workflow, and where the execution was cancelled', async () => {
		const { context } = contextOf();
		await expect(thrown(new Error('a bug'), false)).rejects.toThrow('a bug');
		await expect(thrown(cancelledError(context, [], 2), true)).rejects.toThrow('canceled');
	});
});

describe('odd results', () => {
	const moment = fc.oneof(
		fc.constantFrom(NaN, Infinity, -Infinity, 8.64e15, 1e300, -1e300),
		fc.double(),
	);
	const word = fc.oneof(fc.string(), fc.constantFrom('<b>', '&', '\u202e', '\ud800', ''));
	const oddFailure = fc
		.record({
			reason: fc.constantFrom(...REASONS),
			message: word,
			code: word,
			resolution: word,
			httpStatus: fc.option(fc.integer()),
			retryAt: fc.option(moment, { nil: undefined }),
		})
		.map(({ reason, retryAt, ...known }) =>
			failure(reason, { ...known, ...(retryAt === undefined ? {} : { retryAt }) }),
		);
	const result: fc.Arbitrary<Result> = fc.oneof(
		fc.record({ item: fc.nat(), success: fc.dictionary(fc.string(), fc.anything()) }),
		fc.record({
			item: fc.nat(),
			subject: fc.dictionary(fc.string(), fc.anything()),
			label: fc.string(),
			failure: oddFailure,
			notAttempted: fc.boolean(),
		}),
	) as never;
	const zone = fc.oneof(
		fc.constantFrom('UTC', 'Asia/Tokyo', 'UTC+2', 'DEFAULT', 'local', '', 'GMT+25:99'),
		fc.string(),
	);

	it('are presented, one item each, whatever the time zone, and none throws', async () => {
		const results = fc.array(result, { minLength: 20, maxLength: 60 });
		await fc.assert(
			fc.asyncProperty(results, zone, fc.array(word), async (odd, timezone, news) => {
				const { context, hints } = contextOf();
				Object.assign(context, { getTimezone: () => timezone });
				const [output = []] = await present(context, WORDS, odd, news);

				expect(output).toHaveLength(odd.length);
				for (const { message } of hints) expect(message).not.toMatch(/[<>]/);
			}),
			{ numRuns: 50 },
		);
	});

	it('are presented also where n8n takes no hint and knows no time zone', async () => {
		const { context } = contextOf();
		const warned: string[] = [];
		const refuse = () => {
			throw new Error('no');
		};
		Object.assign(context, {
			getTimezone: refuse,
			addExecutionHints: refuse,
			logger: { warn: (message: string) => warned.push(message) },
		});
		const failure = { ...unsent().failure, retryAt: now() + 1_000 };

		expect(await present(context, WORDS, [unsent({ failure }), done()], [])).toHaveLength(1);
		expect(warned).toEqual(['The hint under the output could not be shown: no']);
	});
});
