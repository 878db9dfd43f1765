import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeType,
	INodeTypeDescription,
	IOAuth2Options,
} from 'n8n-workflow';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createEngine, oAuth2Client, type Engine, type NodeToRun } from '../engine';

const CREDENTIAL = 'fixtureOAuth2Api';

const root = path.resolve(__dirname, '../..');
const packageDir = path.join(root, 'test/engine/fixture');

let engine: Engine;

/** What the server has been asked: path, token, and for the token endpoint the form it was sent. */
let asked: Array<{ url: string; token: string | undefined; form: string }>;
let validToken: string;

async function formOf(request: IncomingMessage) {
	let form = '';
	for await (const chunk of request) form += String(chunk);
	return form;
}

const server = createServer((request, response) => {
	void (async () => {
		const url = request.url ?? '';
		const token = request.headers.authorization;
		asked.push({ url, token, form: await formOf(request) });
		const reply = (status: number, body: unknown) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		if (url === '/token') {
			validToken = 'fresh';
			return reply(200, { access_token: 'fresh', token_type: 'Bearer', expires_in: 3600 });
		}
		if (url === '/stale' && token !== 'Bearer fresh') return reply(400, { code: 'INVALID_TOKEN' });
		if (token !== `Bearer ${validToken}` || url === '/dead')
			return reply(401, { code: 'INVALID_TOKEN' });
		if (url.startsWith('/paths')) return reply(200, [{ name: url, value: 'a' }]);
		if (url === '/broken') return reply(400, { code: 'BROKEN' });
		return reply(200, { url });
	})();
});

const inlineDescription: Omit<INodeTypeDescription, 'name' | 'displayName'> = {
	group: ['transform'],
	version: 1,
	description: 'A node of one test',
	defaults: {},
	inputs: ['main'],
	outputs: ['main'],
	properties: [],
};

const fetchNode = (node: Partial<NodeToRun> = {}): NodeToRun => ({
	type: 'fetch',
	credentials: { [CREDENTIAL]: { id: '1', name: 'Account' } },
	...node,
});

const storedCredential = () => ({
	server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
	clientId: 'client',
	clientSecret: 'secret',
	accessTokenUrl: 'http://stored.invalid/token',
	oauthTokenData: { access_token: 'first', refresh_token: 'refresh', token_type: 'Bearer' },
});

beforeAll(async () => {
	// n8n 1.85 keeps connections, and would meet a closed one where a long test has blocked the loop.
	server.keepAliveTimeout = 0;
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	engine = await createEngine({ packageDir });
});

afterAll(async () => {
	server.closeAllConnections();
	server.close();
	await once(server, 'close');
});

beforeEach(() => {
	asked = [];
	validToken = 'first';
	engine.credentials.set(CREDENTIAL, '1', storedCredential());
});

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
		const run = await engine.run({
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
		const run = await engine.run({ items: [{ path: 'a' }], node: fetchNode() });

		expect(run.main.map(({ json }) => json)).toEqual([{ url: '/a' }]);
	});

	it('accepts the full name of a node type, as exported workflows have it', async () => {
		const run = await engine.run({
			items: [{ path: 'a' }],
			node: fetchNode({ type: 'n8n-nodes-fixture.fetch' }),
		});

		expect(run.main).toHaveLength(1);
	});

	it('sends an item whose json is only an error to the error branch, with the input item merged in', async () => {
		const run = await engine.run({
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
		const run = await engine.run({
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
		const run = await engine.run({
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
		expect(asked.map(({ url }) => url)).toEqual(['/a', '/broken']);
	});

	it('runs a failed node again where the node is set to', async () => {
		const run = await engine.run({
			items: [{ path: 'broken' }],
			node: fetchNode({ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 }),
		});

		expect(run.status).toBe('error');
		expect(asked.map(({ url }) => url)).toEqual(['/broken', '/broken']);
	});

	it('is refused before it starts when a required parameter is empty', async () => {
		const run = engine.run({ items: [{}], node: fetchNode({ parameters: { path: '' } }) });

		// Newer engines name the parameter, older ones leave that to the editor.
		await expect(run).rejects.toThrow(/Parameter "Path" is required|The workflow has issues/);
	});

	it('ends in an error when the node has no credential', async () => {
		const run = await engine.run({ items: [{ path: 'a' }], node: { type: 'fetch' } });

		expect(run.status).toBe('error');
		expect(run.error?.message).toBe('Node does not have any credentials set');
	});

	it('tells what the node threw where n8n goes on, and hands on the input items as n8n does', async () => {
		const run = await engine.run({
			items: [{ path: 'a' }],
			node: { type: 'fetch', onError: 'continueErrorOutput' },
		});

		expect(run.status).toBe('success');
		expect(run.error?.message).toBe('Node does not have any credentials set');
		expect(run.main.map(({ json }) => json)).toEqual([{ path: 'a' }]);
		expect(run.errors).toEqual([]);
	});

	it('collects the hints and what is logged at any level, with its details', async () => {
		const run = await engine.run({ items: [{ path: 'a' }], node: fetchNode() });

		expect(run.hints).toEqual([{ message: '1 fetched', location: 'outputPane' }]);
		expect(run.logs).toContain('info: Fetching a { item: 0 }');
		expect(run.logs.join('\n')).toMatch(/^debug: (Start executing|Running) node "Fetch"/m);
	});

	it('shares nothing but the credentials with a run beside it', async () => {
		const [one, two] = await Promise.all([
			engine.run({ items: [{ path: 'one' }], node: fetchNode() }),
			engine.run({ items: [{ path: 'two' }, { path: 'broken' }], node: fetchNode() }),
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
		const run = await engine.run({ items: [], node: fetchNode() });

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
		const run = await engine.runWorkflow({
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

describe('credentials', () => {
	it('are refreshed at the token endpoint after a 401, stored, and the call is repeated', async () => {
		validToken = 'another';
		const run = await engine.run({
			items: [{ path: 'a' }, { path: 'b' }],
			node: fetchNode(),
		});

		expect(run.main.map(({ json }) => json)).toEqual([{ url: '/a' }, { url: '/b' }]);
		expect(asked.map(({ url, token }) => [url, token])).toEqual([
			['/a', 'Bearer first'],
			['/token', undefined],
			['/a', 'Bearer fresh'],
			['/b', 'Bearer fresh'],
		]);
		expect(Object.fromEntries(new URLSearchParams(asked[1]?.form))).toEqual({
			grant_type: 'refresh_token',
			refresh_token: 'refresh',
			client_id: 'client',
			client_secret: 'secret',
		});
		expect(engine.credentials.get(CREDENTIAL, '1')).toMatchObject({
			clientId: 'client',
			oauthTokenData: { access_token: 'fresh', refresh_token: 'refresh' },
		});
	});

	it('count how often a refresh has stored new token data', async () => {
		const before = engine.credentials.updates;
		await engine.run({ items: [{ path: 'a' }], node: fetchNode() });
		expect(engine.credentials.updates).toBe(before);

		validToken = 'another';
		await engine.run({ items: [{ path: 'a' }], node: fetchNode() });
		expect(engine.credentials.updates).toBe(before + 1);
	});

	it('reach a node complete: defaults, hidden properties and resolved expressions', async () => {
		let seen: IDataObject = {};
		const look: INodeType = {
			description: {
				...inlineDescription,
				name: 'look',
				displayName: 'Look',
				credentials: [{ name: CREDENTIAL, required: true }],
			},
			async execute(this: IExecuteFunctions) {
				seen = await this.getCredentials<IDataObject>(CREDENTIAL);
				return [[]];
			},
		};
		const looking = await createEngine({ packageDir, extraNodes: { 'test.look': look } });
		const stored = storedCredential();
		looking.credentials.set(CREDENTIAL, '1', stored);
		await looking.run({ items: [{}], node: fetchNode({ type: 'test.look' }) });

		expect(seen).toEqual({
			...stored,
			accessTokenUrl: `${stored.server}/token`,
			authentication: 'body',
			authQueryParameters: '',
			authUrl: '',
			grantType: 'authorizationCode',
			scope: '',
			useDynamicClientRegistration: false,
		});
		seen.oauthTokenData = { access_token: 'changed by the node' };
		expect(looking.credentials.get(CREDENTIAL, '1')).toEqual(stored);
	});

	it('that are not stored end the run in an error', async () => {
		const run = await engine.run({
			items: [{ path: 'a' }],
			node: fetchNode({ credentials: { [CREDENTIAL]: { id: '2', name: 'Gone' } } }),
		});

		expect(run.status).toBe('error');
		expect(run.error?.message).toContain('Credential with ID "2" does not exist');
	});
});

describe('a list search', () => {
	it('runs with filter, page, parameters and a credential that is refreshed on the way', async () => {
		validToken = 'another';
		const { credentials } = fetchNode();
		const found = await engine.listSearch('fetch', 'paths', 'x', {
			parameters: { path: 'p' },
			credentials: credentials!,
			paginationToken: '2',
		});

		expect(found).toEqual({
			results: [{ name: '/paths?filter=x&after=2&near=p', value: 'a' }],
			paginationToken: `${storedCredential().server}/token`,
		});
	});

	it('is refused when the node has none of that name', async () => {
		await expect(engine.listSearch('fetch', 'missing')).rejects.toThrow(
			'fetch has no list search "missing"',
		);
	});
});

describe("n8n's OAuth2 client, in the ways in which its versions differ,", () => {
	/** Asks for a path in the given way; returns what was asked of the server, and the status or the error. */
	async function ask(options: Partial<IHttpRequestOptions>, oauth2?: IOAuth2Options) {
		let status: unknown;
		const node: INodeType = {
			description: {
				...inlineDescription,
				name: 'ask',
				displayName: 'Ask',
				credentials: [{ name: CREDENTIAL, required: true }],
			},
			async execute(this: IExecuteFunctions) {
				const { server } = await this.getCredentials<{ server: string }>(CREDENTIAL);
				status = await this.helpers.httpRequestWithAuthentication
					.call(
						this,
						CREDENTIAL,
						{ ...options, url: `${server}${options.url}`, returnFullResponse: true },
						{ ...(oauth2 && { oauth2 }) },
					)
					.then(
						({ statusCode }: { statusCode: number }) => statusCode,
						({ httpCode }: { httpCode: string }) => httpCode,
					);
				return [[]];
			},
		};
		const asking = await createEngine({ packageDir, extraNodes: { 'test.ask': node } });
		asking.credentials.set(CREDENTIAL, '1', storedCredential());
		await asking.run({ items: [{}], node: fetchNode({ type: 'test.ask' }) });
		return { asked: asked.map(({ url }) => url), status };
	}

	it('repeats a call whose token stays dead once, or twice', async () => {
		const { asked, status } = await ask({ url: '/dead' });

		expect(status).toBe('401');
		expect(asked).toEqual([
			'/dead',
			'/token',
			...Array<string>(oAuth2Client.callsWithDeadToken - 1).fill('/dead'),
		]);
	});

	it('renews the token for a 401 that is excepted from those to ignore, or hands it over', async () => {
		validToken = 'another';
		const { asked, status } = await ask({
			url: '/a',
			ignoreHttpStatusErrors: { ignore: true, except: [401] },
		});

		expect({ asked, status }).toEqual(
			oAuth2Client.excepts401
				? { asked: ['/a', '/token', '/a'], status: 200 }
				: { asked: ['/a'], status: 401 },
		);
	});

	it('renews the token at another status than 401 that was named, or does not', async () => {
		const { asked, status } = await ask({ url: '/stale' }, { tokenExpiredStatusCode: 400 });

		expect({ asked, status }).toEqual(
			oAuth2Client.renewsAtOtherStatus
				? { asked: ['/stale', '/token', '/stale'], status: 200 }
				: { asked: ['/stale'], status: '400' },
		);
	});

	it('lets runs at once share a refresh, or has each make its own', async () => {
		validToken = 'another';
		await Promise.all(
			['a', 'b', 'c'].map((path) => engine.run({ items: [{ path }], node: fetchNode() })),
		);

		const refreshes = asked.filter(({ url }) => url === '/token').length;
		expect(refreshes > 1).toBe(!oAuth2Client.sharesRefreshes);
	});
});
