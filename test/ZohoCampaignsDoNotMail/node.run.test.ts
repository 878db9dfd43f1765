/** The story of a run of the Do-Not-Mail node, told without an engine. */
import type { IDataObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import { ZohoCampaignsDoNotMail } from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node';
import { DataTables } from '../engine/dataTables';
import { brokenStop, contextOf, runNode, type Said, type Scene } from '../support/context';
import { throttled } from './replies';

const MOVED: Said = [200, { code: '0', message: 'User successfully moved to Do-Not-Mail.' }];

const sceneOf = (count: number, options: IDataObject = {}): Scene => ({
	items: Array.from({ length: count }, (_, i) => ({ email: `person${i}@example.com` })),
	parameters: { email: ({ email }: IDataObject) => email, options: { retryDelay: 1, ...options } },
	credential: { services: 'campaigns', oauthTokenData: { access_token: 'token' } },
	answer: () => MOVED,
});

const run = async (scene: Scene) => await runNode(new ZohoCampaignsDoNotMail(), scene);

/** Says these things one after the other, and then that the address was moved. */
const saying =
	(...replies: Said[]) =>
	() =>
		replies.shift() ?? MOVED;

describe('what a run tells the person at the screen', () => {
	it('is how many calls it was, and which addresses came twice', async () => {
		const scene = sceneOf(2);
		const { hint } = await run({ ...scene, items: [...scene.items, scene.items[0]!] });

		expect(hint).toBe(
			'3 addresses: 3 moved. 2 calls, one address each. 1 duplicate: each address was sent once.',
		);
	});

	it('is nothing, of a single address that was moved', async () => {
		expect((await run(sceneOf(1))).hint).toBe('');
	});

	it('is that a call was repeated', async () => {
		const { hint } = await run({ ...sceneOf(1), answer: saying([503, {}]) });

		expect(hint).toBe(
			'1 address: 1 moved. 2 calls, one address each. 1 call repeated after a transient failure.',
		);
	});

	it('is that it waited, that Zoho locked the API, and what is to be learned of that', async () => {
		jest.useFakeTimers();
		try {
			// Nothing is learned before a process is as old as a window.
			await jest.advanceTimersByTimeAsync(1000);
			const lock = throttled('API calls limit exceeded. Please try again after sometime.');
			const running = run({
				...sceneOf(2, { lockMinutes: 0, windowMinutes: 0.001, maxParallelRequests: 1 }),
				answer: saying(MOVED, [400, lock]),
			});
			await jest.advanceTimersByTimeAsync(10_000);
			const { hint, results } = await running;

			expect(results.map(({ status }) => status)).toEqual(['moved', 'moved']);
			expect(hint).toContain(
				" Waited 1 s for Zoho's limit. Zoho locked the API: 1 call refused. Zoho locked the API although this n8n process kept to its limit,",
			);
		} finally {
			jest.useRealTimers();
		}
	});
});

describe('a run', () => {
	it('without a credential fails all items, and sends nothing', async () => {
		const { results, requests, hint } = await run({ ...sceneOf(3), credential: undefined });

		expect(results.map(({ error }) => error?.code)).toEqual(Array(3).fill('NO_CREDENTIAL'));
		expect(requests).toEqual([]);
		expect(hint).toMatch(
			/^No credential is chosen .* connect it\. 3 addresses: 3 failed, none of them sent\.$/,
		);
	});

	it('without a credential asks no other process, either', async () => {
		const tables = new DataTables();
		const { executeWorkflow } = tables;
		const scene = sceneOf(1, { shareLimit: 'instance' });
		await run({ ...scene, credential: undefined, executeWorkflow });

		expect(tables.workflows).toEqual([]);
	});

	it('fails the item whose expression cannot be resolved, and no other', async () => {
		const email = ({ email }: IDataObject) => {
			if (email === 'person1@example.com') throw new Error('no such node');
			return email;
		};
		const scene = sceneOf(3);
		const { results } = await run({ ...scene, parameters: { ...scene.parameters, email } });

		expect(results.map(({ status }) => status)).toEqual(['moved', undefined, 'moved']);
		expect(results[1]?.error).toMatchObject({
			reason: 'invalidEmail',
			message: expect.stringContaining('no such node'),
		});
	});

	it('under Stop Workflow sends nothing where an item names no address', async () => {
		const scene = sceneOf(2);
		const { context, requests } = contextOf({
			...scene,
			items: [...scene.items, { email: '' }],
			onError: 'stop',
		});

		await expect(new ZohoCampaignsDoNotMail().execute.call(context)).rejects.toThrow();
		expect(requests).toEqual([]);
	});

	it('that is stopped ends as canceled, and says what was done', async () => {
		const stop = new AbortController();
		const scene = sceneOf(3, { maxParallelRequests: 1 });
		const answer = async () => {
			stop.abort();
			return await new Promise<never>(() => {});
		};
		const { context } = contextOf({ ...scene, answer, stop: stop.signal });

		await expect(new ZohoCampaignsDoNotMail().execute.call(context)).rejects.toThrow(
			'The execution was canceled.',
		);
	});

	it('that fails by a fault of its own says so of every item', async () => {
		const { results } = await run({ ...sceneOf(2), stop: brokenStop });

		expect(results.map(({ error }) => error?.message)).toEqual(
			Array(2).fill(expect.stringContaining('a bug')),
		);
	});

	it('with an option out of its range sends nothing, and says what it takes', async () => {
		const { results, requests } = await run(sceneOf(2, { lockMinutes: -1 }));

		expect(results[0]?.error?.message).toContain('"Limit: Lock Time (Minutes)"');
		expect(requests).toEqual([]);
	});
});

describe('Share Limit With', () => {
	const shared = { shareLimit: 'instance' };

	it('This Process needs no Data Tables, and All Processes does', async () => {
		expect((await run(sceneOf(1))).results[0]?.status).toBe('moved');
		const { results, requests } = await run(sceneOf(1, shared));

		expect(results[0]?.error).toMatchObject({
			code: 'NO_DATA_TABLE',
			message: expect.stringContaining('this n8n has no Data Tables'),
		});
		expect(requests).toEqual([]);
	});

	it('All Processes tells them of every call, also where the table has become slow', async () => {
		const tables = new DataTables();
		const { executeWorkflow } = tables;
		let calls = 0;
		const answer = () => {
			calls++;
			return MOVED;
		};
		tables.before = async () => {
			if (calls === 3) await sleep(700);
		};
		await run({ ...sceneOf(3, shared), answer, executeWorkflow });
		const rows = tables.tables.flatMap((table) => table.rows);

		expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'closed'));
		expect(rows.reduce((sum, { calls }) => sum + Number(calls), 0)).toBe(3);
	});

	it('All Processes leaves each account its own limit', async () => {
		const { executeWorkflow } = new DataTables();
		const options = { ...shared, callsPerWindow: 1, whenLimitReached: 'error' };
		const runs = ['one account', 'another account'].map(
			async () => await run({ ...sceneOf(1, options), executeWorkflow }),
		);
		const results = (await Promise.all(runs)).flatMap((done) => done.results);

		expect(results.map(({ status }) => status)).toEqual(['moved', 'moved']);
	});

	it('This Process tells nobody', async () => {
		const tables = new DataTables();
		const { executeWorkflow } = tables;
		await run({ ...sceneOf(1), executeWorkflow });

		expect(tables.workflows).toEqual([]);
	});

	it('All Processes lets a run that is stopped end soon, where the table never answers', async () => {
		const tables = new DataTables();
		const stop = new AbortController();
		const answer = () => {
			tables.before = async () => await new Promise(() => {});
			stop.abort();
			return MOVED;
		};
		const { executeWorkflow } = tables;
		const { context } = contextOf({
			...sceneOf(3, { ...shared, maxParallelRequests: 1 }),
			answer,
			executeWorkflow,
			stop: stop.signal,
		});
		const began = performance.now();

		await expect(new ZohoCampaignsDoNotMail().execute.call(context)).rejects.toThrow('canceled');
		// n8n ends what has not ended a few seconds after Stop was pressed.
		expect(performance.now() - began).toBeLessThan(3_000);
	});
});
