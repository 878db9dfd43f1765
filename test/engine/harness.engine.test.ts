import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createEngine } from '.';
import { fetchNode, fixture, inlineDescription, packageDir, useFixture } from './fixtureStage';

const root = path.resolve(__dirname, '../..');

useFixture();

test('the engine is the one that was asked for, and the package shares its n8n-workflow', () => {
	const modules = realpathSync(path.join(process.env.N8N_ENGINE || root, 'node_modules'));
	const core = require.resolve('n8n-core');
	const folders = [path.dirname(core), path.join(root, 'dist'), packageDir, __dirname];

	expect(core).toContain(path.join(modules, 'n8n-core'));
	for (const folder of folders) {
		const resolved = createRequire(path.join(folder, 'any.js')).resolve('n8n-workflow');
		expect(resolved).toContain(path.join(modules, 'n8n-workflow'));
	}
});

describe('a run', () => {
	it('hands every item to the node and resolves expressions item by item', async () => {
		const run = await fixture.engine.run({
			items: [{ id: 1 }, { json: { id: 2 } }],
			node: fetchNode({ parameters: { path: '={{ "item-" + $json.id }}' } }),
		});

		expect(run.status).toBe('success');
		expect(run.error).toBeUndefined();
		expect(run.main).toEqual([
			{ json: { url: '/item-1' }, pairedItem: { item: 0 } },
			{ json: { url: '/item-2' }, pairedItem: { item: 1 } },
		]);
		expect(run.errors).toEqual([]);
	});

	it('fills in the defaults of parameters that were left out', async () => {
		const run = await fixture.engine.run({ items: [{ path: 'a' }], node: fetchNode() });

		expect(run.main.map(({ json }) => json)).toEqual([{ url: '/a' }]);
	});

	it('accepts the full name of a node type, as exported workflows have it', async () => {
		const run = await fixture.engine.run({
			items: [{ path: 'a' }],
			node: fetchNode({ type: 'n8n-nodes-fixture.fetch' }),
		});

		expect(run.main).toHaveLength(1);
	});

	it('sends an item whose json is only an error to the error branch, with the input item merged in', async () => {
		const run = await fixture.engine.run({
			items: [{ path: 'a' }, { path: 'broken', name: 'B' }],
			node: fetchNode({ onError: 'continueErrorOutput' }),
		});

		expect(run.status).toBe('success');
		expect(run.main.map(({ json }) => json)).toEqual([{ url: '/a' }]);
		expect(run.errors.map(({ json }) => json)).toEqual([
			{ path: 'broken', name: 'B', error: { reason: 'failed', path: 'broken' } },
		]);
	});

	it('keeps a failed item in its place on the main output when the node continues', async () => {
		const run = await fixture.engine.run({
			items: [{ path: 'broken' }, { path: 'a' }],
			node: fetchNode({ onError: 'continueRegularOutput' }),
		});

		expect(run.main.map(({ json }) => json)).toEqual([
			{ error: { reason: 'failed', path: 'broken' } },
			{ url: '/a' },
		]);
		expect(run.errors).toEqual([]);
	});

	it('ends in an error with what the node threw when it stops', async () => {
		const run = await fixture.engine.run({
			items: [{ path: 'a' }, { path: 'broken' }, { path: 'c' }],
			node: fetchNode(),
		});

		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({
			name: 'NodeApiError',
			httpCode: '400',
			context: { itemIndex: 1 },
		});
		expect(run.main).toEqual([]);
		expect(fixture.asked.map(({ url }) => url)).toEqual(['/a', '/broken']);
	});

	it('runs a failed node again where the node is set to', async () => {
		const run = await fixture.engine.run({
			items: [{ path: 'broken' }],
			node: fetchNode({ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 }),
		});

		expect(run.status).toBe('error');
		expect(fixture.asked.map(({ url }) => url)).toEqual(['/broken', '/broken']);
	});

	it('is refused before it starts when a required parameter is empty', async () => {
		const run = fixture.engine.run({ items: [{}], node: fetchNode({ parameters: { path: '' } }) });

		// Newer engines name the parameter, older ones leave that to the editor.
		await expect(run).rejects.toThrow(/Parameter "Path" is required|The workflow has issues/);
	});

	it('ends in an error when the node has no credential', async () => {
		const run = await fixture.engine.run({ items: [{ path: 'a' }], node: { type: 'fetch' } });

		expect(run.status).toBe('error');
		expect(run.error?.message).toBe('Node does not have any credentials set');
	});

	it('tells what the node threw where n8n goes on, and hands on the input items as n8n does', async () => {
		const run = await fixture.engine.run({
			items: [{ path: 'a' }],
			node: { type: 'fetch', onError: 'continueErrorOutput' },
		});

		expect(run.status).toBe('success');
		expect(run.error?.message).toBe('Node does not have any credentials set');
		expect(run.main.map(({ json }) => json)).toEqual([{ path: 'a' }]);
		expect(run.errors).toEqual([]);
	});

	it('collects the hints and what is logged at any level, with its details', async () => {
		const run = await fixture.engine.run({ items: [{ path: 'a' }], node: fetchNode() });

		expect(run.hints).toEqual([{ message: '1 fetched', location: 'outputPane' }]);
		expect(run.logs).toContain('info: Fetching a { item: 0 }');
		expect(run.logs.join('\n')).toMatch(/^debug: (Start executing|Running) node "Fetch"/m);
	});

	it('shares nothing but the credentials with a run beside it', async () => {
		const [one, two] = await Promise.all([
			fixture.engine.run({ items: [{ path: 'one' }], node: fetchNode() }),
			fixture.engine.run({ items: [{ path: 'two' }, { path: 'broken' }], node: fetchNode() }),
		]);

		expect(one.status).toBe('success');
		expect(one.main.map(({ json }) => json)).toEqual([{ url: '/one' }]);
		expect(one.logs.join('\n')).not.toContain('Fetching two');
		expect(two.status).toBe('error');
		expect(two.logs.join('\n')).not.toContain('Fetching one');
	});

	it('can be cancelled: the node gets the signal, and what it still emits is kept', async () => {
		let startWaiting = () => {};
		const isWaiting = new Promise<void>((resolve) => (startWaiting = resolve));
		const wait: INodeType = {
			description: { ...inlineDescription, name: 'wait', displayName: 'Wait' },
			async execute(this: IExecuteFunctions) {
				const aborted = once(this.getExecutionCancelSignal()!, 'abort');
				startWaiting();
				await aborted;
				return [[{ json: { aborted: true } }]];
			},
		};
		const waiting = await createEngine({ packageDir, extraNodes: { 'test.wait': wait } });

		const running = waiting.run({ items: [{}], node: { type: 'test.wait' } });
		await isWaiting;
		running.cancel();
		const run = await running;

		expect(run.status).toBe('canceled');
		expect(run.main.map(({ json }) => json)).toEqual([{ aborted: true }]);
	});

	it('emits nothing when the start node emits nothing', async () => {
		const run = await fixture.engine.run({ items: [], node: fetchNode() });

		expect(run).toMatchObject({ status: 'success', main: [], errors: [], hints: [] });
	});

	it('carries 50,000 items and sorts out those for the error branch', async () => {
		const sort: INodeType = {
			description: {
				...inlineDescription,
				name: 'sort',
				displayName: 'Sort',
			},
			async execute(this: IExecuteFunctions) {
				return [
					this.getInputData().map(({ json: { id } }, item) => ({
						json: item % 2 === 0 ? { id } : { error: { id } },
						pairedItem: { item },
					})),
				];
			},
		};
		const sorting = await createEngine({ packageDir, extraNodes: { 'test.sort': sort } });

		const run = await sorting.run({
			items: Array.from({ length: 50_000 }, (_, id): IDataObject => ({ id })),
			node: { type: 'test.sort', onError: 'continueErrorOutput' },
		});

		expect(run.main).toHaveLength(25_000);
		expect(run.errors).toHaveLength(25_000);
		expect(run.errors.at(-1)?.json).toEqual({ id: 49_999, error: { id: 49_999 } });
	});
});

describe('a workflow', () => {
	it('runs node after node, each with what the one before it emitted', async () => {
		const { credentials } = fetchNode();
		const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
		const run = await fixture.engine.runWorkflow({
			nodes: [
				{ name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
				{ name: 'First', type: 'fetch', credentials: credentials! },
				{
					name: 'Second',
					type: 'fetch',
					credentials: credentials!,
					parameters: { path: "={{ $json.url.slice(1) }}-{{ $('Start').item.json.path }}" },
				},
			],
			connections: { Start: to('First'), First: to('Second') },
			startItems: [{ path: 'a' }, { path: 'b' }],
		});

		expect(run.status).toBe('success');
		expect(run.output('First').map(({ json }) => json)).toEqual([{ url: '/a' }, { url: '/b' }]);
		expect(run.output('Second').map(({ json }) => json)).toEqual([
			{ url: '/a-a' },
			{ url: '/b-b' },
		]);
		expect(run.hints('Second')).toHaveLength(1);
		expect(run.output('Nobody')).toEqual([]);
	});
});
