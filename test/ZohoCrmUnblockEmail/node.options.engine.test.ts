import type { INodeParameters } from 'n8n-workflow';
import { failure, recordIds, useStage } from '../support/stage';

const NODE = 'zohoCrmUnblockEmail';

const stage = useStage();

const crm = () => stage.zoho.crm;
const calls = () => stage.zoho.calls('unblock');

/** Runs the node over items that each name one record of Leads, which are put in beforehand. */
async function unblock(ids: string[], options?: INodeParameters) {
	crm().add('Leads', ids);
	return await stage.run(
		NODE,
		ids.map((id) => ({ id })),
		options ? { options } : {},
	);
}

describe('an option', () => {
	it.each(['v6', 'v7', 'v8'])('chooses API version %s', async (apiVersion) => {
		const run = await unblock(recordIds(1), { apiVersion });

		expect(run.main).toHaveLength(1);
		expect(calls().map(({ path }) => path)).toEqual([
			`/crm/${apiVersion}/Leads/actions/unblock_email`,
		]);
	});

	it('sets how many records share a call', async () => {
		await unblock(recordIds(7), { batchSize: 3, maxParallelRequests: 1 });

		expect(calls().map((call) => call.ids)).toEqual([
			recordIds(3),
			recordIds(3, 3),
			recordIds(1, 6),
		]);
	});

	it('sets how many calls are under way at once', async () => {
		stage.zoho.latencyMs = 5;
		await unblock(recordIds(12), { batchSize: 2, maxParallelRequests: 1 });
		expect(stage.zoho.maxInFlight('unblock')).toBe(1);

		stage.zoho.reset();
		stage.connect();
		stage.zoho.latencyMs = 20;
		await unblock(recordIds(24), { batchSize: 2, maxParallelRequests: 3 });
		expect(stage.zoho.maxInFlight('unblock')).toBeLessThanOrEqual(3);
		expect(calls()).toHaveLength(12);
	});

	it('sets the least time between two starts', async () => {
		const intervalMs = 60;
		const startedAt = performance.timeOrigin + performance.now();

		await unblock(recordIds(10), { batchSize: 2, batchInterval: intervalMs });

		// What can be said for certain on a busy machine: no call comes before its turn, counted from
		// the start of the run. That two starts lie an interval apart is tested on a clock of its own.
		expect(calls()).toHaveLength(5);
		calls().forEach(({ at }, turn) => {
			expect(at - startedAt).toBeGreaterThanOrEqual(turn * (intervalMs - 1));
		});
	});

	it('ends a call that takes too long, which is tried again', async () => {
		stage.zoho.fault({ kind: 'unblock', hang: true });

		const run = await unblock(recordIds(2), { timeout: 3_000, retryDelay: 0 });

		expect(run.main).toHaveLength(2);
		expect(calls()).toHaveLength(2);
		expect(run.hints[0]?.message).toContain('1 call repeated after a transient failure.');
	});

	it('gives up once the retries are used up', async () => {
		stage.zoho.fault({ kind: 'unblock', hang: true, times: Infinity });

		const run = await unblock(recordIds(2), { timeout: 1_000, maxRetries: 1, retryDelay: 0 });

		expect(run.main).toEqual([]);
		expect(run.errors.map((item) => failure(item).reason)).toEqual([
			'networkError',
			'networkError',
		]);
		expect(calls()).toHaveLength(2);
	});

	it('lets records that are not blocked succeed, or fail', async () => {
		const ids = recordIds(1);
		crm().style = 'allOrNothing';
		crm().add('Leads', ids, { email: 'unblocked' });
		const items = ids.map((id) => ({ id }));

		const asSuccess = await stage.run(NODE, items);
		const asError = await stage.run(NODE, items, { options: { alreadyUnblocked: 'error' } });

		expect(asSuccess.errors).toEqual([]);
		expect(asSuccess.main.map(({ json }) => json)).toEqual([
			{
				id: ids[0],
				module: 'Leads',
				fields: ['Email'],
				status: 'alreadyUnblocked',
				code: 'NOT_ALLOWED',
				message: 'Email is already unblocked',
			},
		]);
		expect(asError.main).toEqual([]);
		expect(failure(asError.errors[0])).toMatchObject({
			id: ids[0],
			module: 'Leads',
			code: 'NOT_ALLOWED',
			reason: 'alreadyUnblocked',
			httpStatus: 400,
			retryable: false,
		});
	});

	it.each<[INodeParameters, string]>([
		[
			{ batchSize: '={{ 501 }}' },
			'"Batch Size (Records)" takes a whole number from 1 to 500, and is 501',
		],
		[
			{ batchSize: '={{ 2.5 }}' },
			'"Batch Size (Records)" takes a whole number from 1 to 500, and is 2.5',
		],
		[
			{ maxParallelRequests: '={{ 11 }}' },
			'"Max Parallel Requests" takes a whole number from 1 to 10, and is 11',
		],
		[{ maxRetries: '={{ -1 }}' }, '"Max Retries" takes a whole number from 0 to 20, and is -1'],
		[
			{ retryDelay: '={{ "soon" }}' },
			'"Retry Delay (Milliseconds)" takes a number of 0 or more, and is "soon"',
		],
		[
			{ timeout: '={{ 0 }}' },
			'"Timeout (Milliseconds)" takes a number from 1 to 3600000, and is 0',
		],
		[{ timeout: '={{ 1e12 }}' }, '"Timeout (Milliseconds)" takes a number from 1 to 3600000'],
		[
			{ batchInterval: '={{ -1 }}' },
			'"Batch Interval (Milliseconds)" takes a number of 0 or more, and is -1',
		],
		[{ apiVersion: '={{ "v5" }}' }, '"API Version" takes one of v6, v7, v8, and is "v5"'],
		[
			{ alreadyUnblocked: '={{ "skip" }}' },
			'"Already Unblocked" takes one of success, error, and is "skip"',
		],
	])('that is wrong, as in %j, fails every item before a call', async (options, message) => {
		const run = await unblock(recordIds(3), options);

		expect(run.main).toEqual([]);
		expect(run.errors).toHaveLength(3);
		for (const item of run.errors) {
			expect(failure(item)).toMatchObject({ reason: 'invalidRequest', httpStatus: null });
			expect(failure(item).message).toContain(message);
		}
		expect(stage.zoho.requests).toEqual([]);
	});

	it('may be an expression, also one that yields a text', async () => {
		await unblock(recordIds(4), { batchSize: '={{ "2" }}', apiVersion: '={{ "v" + 7 }}' });

		expect(calls().map(({ path, ids }) => [path, ids?.length])).toEqual([
			['/crm/v7/Leads/actions/unblock_email', 2],
			['/crm/v7/Leads/actions/unblock_email', 2],
		]);
	});
});
