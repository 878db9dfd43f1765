import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { until } from './until';

export interface ServerOptions {
	/** What it is called in messages. */
	name: string;
	command: string;
	args: string[];
	cwd: string;
	/** The whole environment. */
	env: NodeJS.ProcessEnv;
	/** The file that its output is appended to. */
	log: string;
	/** Whether it can be used by now. */
	isReady: () => Promise<boolean>;
}

/** A server on this machine, in a process of its own, that can be ended and started again. */
export class Server {
	private child: ChildProcess | undefined;

	constructor(private readonly options: ServerOptions) {}

	get isRunning(): boolean {
		const { child } = this;
		return child !== undefined && child.exitCode === null && child.signalCode === null;
	}

	/** Starts it and waits until it is ready. Throws its log when it ends before. */
	async start(): Promise<void> {
		const { name, command, args, cwd, env, log, isReady } = this.options;
		const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
		let failure: Error | undefined;
		child.once('error', (error) => (failure = error));
		this.child = child;
		const output = createWriteStream(log, { flags: 'a' });
		child.stdout.pipe(output, { end: false });
		child.stderr.pipe(output, { end: false });
		await until(`${name} is ready`, async () => {
			if (failure !== undefined) throw failure;
			if (!this.isRunning) {
				throw new Error(`${name} ended before it was ready:\n${await readFile(log, 'utf8')}`);
			}
			return await isReady();
		});
	}

	/** Ends it by a signal and waits for its end. Does nothing where it does not run. */
	async stop(signal: NodeJS.Signals): Promise<void> {
		const { child } = this;
		if (child === undefined || !this.isRunning) return;
		const ended = once(child, 'exit');
		child.kill(signal);
		await ended;
	}
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** Whether the n8n at a URL, a main process or a worker, says that it is ready. */
export async function isHealthy(url: string): Promise<boolean> {
	const reply = await fetch(`${url}/healthz/readiness`).catch(() => undefined);
	return reply?.ok ?? false;
}
