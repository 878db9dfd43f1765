/** The story of a run of the Unblock Email node, told without an engine. */
import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { ZohoCrmUnblockEmail } from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node';
import { brokenStop, contextOf, runNode, type Said, type Scene } from '../support/context';
import { done, failed, IDS } from './replies';

/** Zoho unblocks every record that it is asked to. */
function unblockAll({ body }: IHttpRequestOptions): Said {
	const { ids } = JSON.parse(String(body)) as { ids: string[] };
	return [200, { data: ids.map(done) }];
}

const sceneOf = (ids: readonly string[], options: IDataObject = {}): Scene => ({
	items: ids.map((id) => ({ id })),
	parameters: {
		module: 'Leads',
		recordIds: ({ id }: IDataObject) => id,
		unblockFields: ['Email'],
		options: { retryDelay: 1, ...options },
	},
	credential: { services: 'crm', readRecords: true, oauthTokenData: { access_token: 'token' } },
	answer: unblockAll,
});

const run = async (scene: Scene) => await runNode(new ZohoCrmUnblockEmail(), scene);

/** Says these things one after the other, and then unblocks all. */
const saying =
	(...replies: Said[]) =>
	(request: IHttpRequestOptions) =>
		replies.shift() ?? unblockAll(request);

describe('what a run tells the person at the screen', () => {
	it('is how many calls it was, and which records came twice', async () => {
		const { hint } = await run(sceneOf([...IDS, IDS[0]], { batchSize: 2 }));

		expect(hint).toBe('4 records: 4 unblocked. 2 calls. 1 duplicate: each record was sent once.');
	});

	it('is nothing, of a single record that was unblocked', async () => {
		expect((await run(sceneOf([IDS[0]]))).hint).toBe('');
	});

	it('is that a call was repeated', async () => {
		const { hint } = await run({ ...sceneOf([IDS[0]]), answer: saying([503, {}]) });

		expect(hint).toBe('1 record: 1 unblocked. 1 call repeated after a transient failure.');
	});

	it('is why there were more calls than batches', async () => {
		const bad = 'INVALID_DATA';
		const answer = (request: IHttpRequestOptions): Said =>
			String(request.body).includes(IDS[1])
				? [400, { code: bad, details: {}, message: 'invalid data', status: 'error' }]
				: unblockAll(request);
		const { hint, results } = await run({ ...sceneOf(IDS), answer });

		expect(results.map(({ status }) => status)).toEqual(['unblocked', undefined, 'unblocked']);
		expect(hint).toContain(' calls, since Zoho refused whole batches.');
	});

	it('is how many API credits are left, where Zoho says so', async () => {
		const answer = (request: IHttpRequestOptions): Said => [
			...(unblockAll(request).slice(0, 2) as [number, object]),
			{ 'x-api-credits-remaining': '4990' },
		];

		expect((await run({ ...sceneOf([IDS[0]]), answer })).hint).toContain(
			'Zoho says that 4990 API credits are left.',
		);
	});
});

describe('a run over a custom view', () => {
	const scene = sceneOf(['1']);
	const page: Said = [
		200,
		{ data: IDS.map((id) => ({ id, Email: 'a@b.c' })), info: { more_records: false } },
	];
	const viewScene: Scene = {
		...scene,
		parameters: { ...scene.parameters, recordsFrom: 'customView', customView: IDS[2] },
	};

	it('reads its records, unblocks them, and tells of both', async () => {
		const { hint, results } = await run({ ...viewScene, answer: saying(page) });

		expect(results).toHaveLength(3);
		expect(hint).toBe(
			'3 records: 3 unblocked. 3 records read from 1 custom view in 1 call. 1 call to unblock them.',
		);
	});

	it('counts the calls that were repeated while it was read', async () => {
		const { hint } = await run({ ...viewScene, answer: saying([503, {}], page, [503, {}]) });

		expect(hint).toContain('2 calls repeated after a transient failure.');
	});

	it('unblocks nothing where the view cannot be read, and says why', async () => {
		const refusal = { code: 'NO_PERMISSION', details: {}, message: 'denied', status: 'error' };
		const { results, requests, hint } = await run({
			...viewScene,
			answer: saying([403, refusal]),
		});

		expect(requests.map(({ method }) => method)).toEqual(['GET']);
		expect(results[0]?.error?.message).toContain('The custom view could not be read');
		expect(hint).not.toContain('read from');
	});

	it('unblocks nothing of one view where Zoho shuts the account out at another', async () => {
		const parameters = {
			...viewScene.parameters,
			customView: ({ id }: IDataObject) => id,
		};
		const refusal = { code: 'OAUTH_SCOPE_MISMATCH', details: {}, message: 'no', status: 'error' };
		const answer = ({ url }: IHttpRequestOptions): Said =>
			url.includes(IDS[0]) ? page : [401, refusal];
		const items = [{ id: IDS[0] }, { id: IDS[1] }];
		const { requests, results } = await run({ ...viewScene, items, parameters, answer });

		expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['GET']));
		expect(results.filter(({ error }) => error === undefined)).toEqual([]);
	});

	it('asks for the scopes to read it before anything is sent', async () => {
		const credential = { ...viewScene.credential, readRecords: false };
		const { results, requests } = await run({ ...viewScene, credential });

		expect(results[0]?.error).toMatchObject({ reason: 'scopeMismatch' });
		expect(requests).toEqual([]);
	});
});

describe('a run', () => {
	it('without a credential fails all items, and sends nothing', async () => {
		const { results, requests, hint } = await run({ ...sceneOf(IDS), credential: undefined });

		expect(results.map(({ error }) => error?.code)).toEqual(Array(3).fill('NO_CREDENTIAL'));
		expect(requests).toEqual([]);
		expect(hint).toMatch(
			/^No credential is chosen .* connect it\. 3 records: 3 failed, none of them sent\.$/,
		);
	});

	it('with an option out of its range says so, and sends nothing', async () => {
		const { results, requests } = await run(sceneOf(IDS, { batchSize: 0 }));

		expect(results[0]?.error?.message).toContain('"Batch Size (Records)"');
		expect(requests).toEqual([]);
	});

	it('under Stop Workflow sends nothing where an item names no record', async () => {
		const { context, requests } = contextOf({ ...sceneOf([...IDS, '']), onError: 'stop' });

		await expect(new ZohoCrmUnblockEmail().execute.call(context)).rejects.toThrow();
		expect(requests).toEqual([]);
	});

	it('under Stop Workflow sends a list that is in order', async () => {
		const { results } = await run({ ...sceneOf(IDS), onError: 'stop' });

		expect(results.map(({ status }) => status)).toEqual(Array(3).fill('unblocked'));
	});

	it('that goes on at failures sends the others where an item names no record', async () => {
		const { results } = await run(sceneOf([IDS[0], '', IDS[1]]));

		expect(results.map(({ status }) => status)).toEqual(['unblocked', undefined, 'unblocked']);
	});

	it('under Stop Workflow names the first failure', async () => {
		const answer = (): Said => [200, { data: [failed(IDS[0])] }];
		const { context } = contextOf({ ...sceneOf([IDS[0]]), answer, onError: 'stop' });

		await expect(new ZohoCrmUnblockEmail().execute.call(context)).rejects.toThrow(
			`Record ${IDS[0]}: Invalid record provided`,
		);
	});

	it('that is stopped ends as canceled', async () => {
		const stop = new AbortController();
		const answer = async () => {
			stop.abort();
			return await new Promise<never>(() => {});
		};
		const { context } = contextOf({ ...sceneOf(IDS), answer, stop: stop.signal });

		await expect(new ZohoCrmUnblockEmail().execute.call(context)).rejects.toThrow(
			'The execution was canceled.',
		);
	});

	it('that fails by a fault of its own says so of every item', async () => {
		const { results } = await run({ ...sceneOf(IDS), stop: brokenStop });

		expect(results.map(({ error }) => error?.message)).toEqual(
			Array(3).fill(expect.stringContaining('a bug')),
		);
	});
});
