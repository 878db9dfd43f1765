import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { token, useFakeZoho, zoho } from './client';
import { startProxy, type ForwardProxy } from './proxy';

useFakeZoho();

let proxy: ForwardProxy;
beforeEach(async () => {
	proxy = await startProxy();
});
afterEach(() => proxy.stop());

const path = '/crm/v8/Leads/actions/unblock_email';
const body = '{"unblock_fields":["Email"],"ids":["1"]}';
const zohosAddress = () => zoho.url.replace('http://', '');

async function post(options: RequestOptions) {
	const reply = await new Promise<IncomingMessage>((resolve, reject) => {
		const headers = { authorization: `Bearer ${token}` };
		request({ method: 'POST', headers, ...options }, resolve)
			.once('error', reject)
			.end(body);
	});
	return { status: reply.statusCode, headers: reply.headers, text: await text(reply) };
}

/** Sends a request through the proxy as clients do for plain HTTP: with the whole URL as its path. */
async function postThrough() {
	const { hostname, port } = new URL(proxy.url);
	return await post({ hostname, port, path: `${zoho.url}${path}` });
}

/** Asks the proxy for a tunnel. */
async function connectThrough(target: string) {
	const { hostname, port } = new URL(proxy.url);
	return await new Promise<{ reply: IncomingMessage; socket: Socket }>((resolve, reject) => {
		request({ hostname, port, method: 'CONNECT', path: target })
			.once('connect', (reply, socket) => resolve({ reply, socket: socket as Socket }))
			.once('error', reject)
			.end();
	});
}

describe('the proxy', () => {
	beforeEach(() => zoho.crm.add('Leads', '1'));

	it('passes plain requests on, and their replies back', async () => {
		const reply = await postThrough();
		expect(reply.status).toBe(200);
		expect(reply.headers['content-type']).toContain('application/json');
		expect(JSON.parse(reply.text)).toMatchObject({ data: [{ code: 'SUCCESS' }] });
		expect(zoho.requests).toMatchObject([{ path, body }]);
		expect(proxy.requests).toEqual([{ method: 'POST', target: `${zoho.url}${path}` }]);
	});

	it('tunnels what is asked for by CONNECT', async () => {
		const { reply, socket } = await connectThrough(zohosAddress());
		expect(reply.statusCode).toBe(200);
		expect(await post({ createConnection: () => socket, path })).toMatchObject({ status: 200 });
		expect(proxy.requests).toEqual([{ method: 'CONNECT', target: zohosAddress() }]);
	});

	it.each([
		[407, 'Basic realm="proxy"'],
		[403, undefined],
	] as const)('refuses both with %i, so that nothing reaches Zoho', async (status, asks) => {
		proxy.refuse = status;
		const plain = await postThrough();
		expect([plain.status, plain.headers['proxy-authenticate']]).toEqual([status, asks]);
		const { reply, socket } = await connectThrough(zohosAddress());
		expect([reply.statusCode, reply.headers['proxy-authenticate']]).toEqual([status, asks]);
		socket.destroy();
		expect(zoho.requests).toEqual([]);
		expect(proxy.requests.map(({ refused }) => refused)).toEqual([status, status]);
	});

	it('cuts the connection where the target cannot be reached', async () => {
		const { hostname, port } = new URL(proxy.url);
		await expect(post({ hostname, port, path: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
			code: 'ECONNRESET',
		});
		await expect(connectThrough('127.0.0.1:1')).rejects.toMatchObject({ code: 'ECONNRESET' });
	});

	it('stops with tunnels open, which then end', async () => {
		const { socket } = await connectThrough(zohosAddress());
		const ended = new Promise((resolve) => socket.once('close', resolve));
		await proxy.stop();
		await ended;
		const { hostname, port } = new URL(proxy.url);
		const refused = new Promise((resolve) => {
			connect(Number(port), hostname).once('error', resolve);
		});
		expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
	});
});
