import {
	createServer,
	request as httpRequest,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { html } from './reply';

/** One request as the proxy received it. */
export interface ProxiedRequest {
	method: string;
	/** A whole URL; for CONNECT a host and a port. */
	target: string;
	/** The HTTP status of a refusal; absent where it was passed on. */
	refused?: 407 | 403;
}

/** Starts a proxy on 127.0.0.1, to stand between the code under test and a fake Zoho. */
export async function startProxy(): Promise<ForwardProxy> {
	const proxy = new ForwardProxy();
	await proxy.listen();
	return proxy;
}

/** Passes plain HTTP requests on and tunnels CONNECT, or refuses both, as a company's proxy does. */
export class ForwardProxy {
	url = '';
	/** `407`: credentials are asked for by `Proxy-Authenticate`. `403`: the target is forbidden. */
	refuse: 407 | 403 | undefined;
	/** Every request, in the order of arrival. */
	readonly requests: ProxiedRequest[] = [];

	private readonly tunnels = new Set<Duplex>();
	private readonly server = createServer((message, response) => this.pass(message, response)).on(
		'connect',
		(message: IncomingMessage, socket: Duplex, head: Buffer) => this.tunnel(message, socket, head),
	);

	async listen(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.server.listen(0, '127.0.0.1', resolve);
		});
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	/** Closes the port, every connection and every tunnel. */
	async stop(): Promise<void> {
		for (const socket of this.tunnels) socket.destroy();
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
	}

	private pass(message: IncomingMessage, response: ServerResponse): void {
		const refused = this.receive(message);
		if (refused !== undefined) {
			response.writeHead(refused.status, refused.headers).end(refused.body);
			return;
		}
		const { method, headers, url = '' } = message;
		const onward = httpRequest(url, { method, headers }, (reply) => {
			response.writeHead(reply.statusCode ?? 502, reply.headers);
			reply.pipe(response);
		});
		onward.once('error', () => response.destroy());
		response.once('close', () => onward.destroy());
		message.pipe(onward);
	}

	private tunnel(message: IncomingMessage, socket: Duplex, head: Buffer): void {
		const refused = this.receive(message);
		if (refused !== undefined) {
			const { status, headers, body } = refused;
			const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
			socket.end([`HTTP/1.1 ${status} Refused`, ...lines, '', body].join('\r\n'));
			return;
		}
		const { hostname, port } = new URL(`http://${message.url}`);
		const onward = connect(Number(port), hostname, () => {
			socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			onward.write(head);
			onward.pipe(socket).pipe(onward);
		});
		for (const [end, other] of [
			[socket, onward],
			[onward, socket],
		] as const) {
			this.tunnels.add(end);
			end.once('error', () => other.destroy());
			end.once('close', () => {
				this.tunnels.delete(end);
				other.destroy();
			});
		}
	}

	/** Keeps a request; returns the refusal where there is one. */
	private receive({ method = '', url = '' }: IncomingMessage) {
		const { refuse } = this;
		this.requests.push({ method, target: url, ...(refuse !== undefined && { refused: refuse }) });
		if (refuse === undefined) return undefined;
		const { headers, body } = html(refuse, '<h1>Refused by the proxy</h1>');
		const asks = refuse === 407 ? { 'proxy-authenticate': 'Basic realm="proxy"' } : {};
		const length = { 'content-length': String(Buffer.byteLength(body)) };
		return { status: refuse, headers: { ...headers, ...asks, ...length }, body };
	}
}
