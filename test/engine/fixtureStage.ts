/** An engine with the package of fixture/ in it, and the server that its node asks. */
import type { INodeTypeDescription } from 'n8n-workflow';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createEngine, type Engine, type NodeToRun } from '.';

export const CREDENTIAL = 'fixtureOAuth2Api';

export const packageDir = path.join(__dirname, 'fixture');

export const fixture = {} as {
	engine: Engine;
	/** What the server has been asked: path, token, and for the token endpoint the form it was sent. */
	asked: Array<{ url: string; token: string | undefined; form: string }>;
	/** The token that the server takes. */
	validToken: string;
};

async function formOf(request: IncomingMessage) {
	let form = '';
	for await (const chunk of request) form += String(chunk);
	return form;
}

const server = createServer((request, response) => {
	void (async () => {
		const url = request.url ?? '';
		const token = request.headers.authorization;
		fixture.asked.push({ url, token, form: await formOf(request) });
		const reply = (status: number, body: unknown) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		if (url === '/token') {
			fixture.validToken = 'fresh';
			return reply(200, { access_token: 'fresh', token_type: 'Bearer', expires_in: 3600 });
		}
		if (url === '/stale' && token !== 'Bearer fresh') return reply(400, { code: 'INVALID_TOKEN' });
		if (token !== `Bearer ${fixture.validToken}` || url === '/dead')
			return reply(401, { code: 'INVALID_TOKEN' });
		if (url.startsWith('/paths')) return reply(200, [{ name: url, value: 'a' }]);
		if (url === '/broken') return reply(400, { code: 'BROKEN' });
		return reply(200, { url });
	})();
});

/** The description of a node that one test makes up. */
export const inlineDescription: Omit<INodeTypeDescription, 'name' | 'displayName'> = {
	group: ['transform'],
	version: 1,
	description: 'A node of one test',
	defaults: {},
	inputs: ['main'],
	outputs: ['main'],
	properties: [],
};

/** The node of the package, with its credential. */
export const fetchNode = (node: Partial<NodeToRun> = {}): NodeToRun => ({
	type: 'fetch',
	credentials: { [CREDENTIAL]: { id: '1', name: 'Account' } },
	...node,
});

export const storedCredential = () => ({
	server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
	clientId: 'client',
	clientSecret: 'secret',
	accessTokenUrl: 'http://stored.invalid/token',
	oauthTokenData: { access_token: 'first', refresh_token: 'refresh', token_type: 'Bearer' },
});

export function useFixture(): void {
	beforeAll(async () => {
		// n8n 1.85 keeps connections, and would meet a closed one where a long test has blocked the loop.
		server.keepAliveTimeout = 0;
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		fixture.engine = await createEngine({ packageDir });
	});

	afterAll(async () => {
		server.closeAllConnections();
		server.close();
		await once(server, 'close');
	});

	beforeEach(() => {
		fixture.asked = [];
		fixture.validToken = 'first';
		fixture.engine.credentials.set(CREDENTIAL, '1', storedCredential());
	});
}
