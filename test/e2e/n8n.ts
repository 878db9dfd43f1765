import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IDataObject, INode, INodeExecutionData, IRun, IWorkflowBase } from 'n8n-workflow';
import { run } from '../install';
import type { Installation } from './install';
import { say } from './say';
import { until } from './until';

/** The owner of every n8n that is started here. */
export const OWNER = {
	email: 'demo@example.com',
	password: 'Demo-1234',
	firstName: 'Demo',
	lastName: 'Owner',
};

/** What a workflow file of the editor holds. */
export type WorkflowFile = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'settings'>;

/** An execution as n8n has stored it. */
export interface Execution {
	id: string;
	status: IRun['status'];
	mode: IRun['mode'];
	data: IRun['data'];
}

/** Everything that n8n would fetch from, or tell to, the rest of the world is turned off. */
const OFFLINE = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
	// It fetches a list of servers.
	N8N_DISABLED_MODULES: 'mcp-registry',
};

/**
 * A real n8n on loopback, with a fresh database in a folder of its own and this package in it.
 *
 *     const n8n = await N8n.create(installation, tarball);
 *     const id = await n8n.importWorkflow(workflow);
 *     const { status } = await n8n.execute(id, 'Schedule Trigger');
 *     await n8n.remove();
 */
export class N8n {
	readonly url: string;
	private readonly cookies = new Map<string, string>();
	private process: ChildProcess | undefined;

	private constructor(
		private readonly installation: Installation,
		readonly folder: string,
		private readonly ports: { editor: number; broker: number },
	) {
		this.url = `http://127.0.0.1:${ports.editor}`;
	}

	/** Installs the tarball as users do by hand, starts n8n, and makes its owner. */
	static async create(installation: Installation, tarball: string): Promise<N8n> {
		const folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-'));
		const n8n = new N8n(installation, folder, {
			editor: await freePort(),
			broker: await freePort(),
		});
		let ready = false;
		try {
			const nodes = path.join(folder, '.n8n/nodes');
			await mkdir(nodes, { recursive: true });
			// As n8n's own panel does, without the peer: n8n-workflow is n8n's.
			await run('npm', ['install', tarball, '--legacy-peer-deps', '--no-audit', '--no-fund'], {
				cwd: nodes,
			});
			await n8n.start();
			await n8n.rest('POST', '/owner/setup', OWNER);
			ready = true;
			return n8n;
		} finally {
			if (!ready) await n8n.remove();
		}
	}

	get log(): string {
		return path.join(this.folder, 'n8n.log');
	}

	private get environment(): NodeJS.ProcessEnv {
		return {
			PATH: process.env.PATH,
			HOME: this.folder,
			...OFFLINE,
			N8N_USER_FOLDER: this.folder,
			N8N_HOST: '127.0.0.1',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_PORT: String(this.ports.editor),
			N8N_RUNNERS_BROKER_PORT: String(this.ports.broker),
			// Without it the browser gets no cookie over plain http.
			N8N_SECURE_COOKIE: 'false',
			GENERIC_TIMEZONE: 'UTC',
		};
	}

	/** Starts n8n on what its folder holds, and waits until it is ready. Throws its log when it ends. */
	async start(): Promise<void> {
		const child = spawn(this.installation.node, [this.installation.n8n, 'start'], {
			cwd: this.folder,
			env: this.environment,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.process = child;
		const log = createWriteStream(this.log, { flags: 'a' });
		child.stdout.pipe(log, { end: false });
		child.stderr.pipe(log, { end: false });
		await until('n8n is ready', async () => {
			if (child.exitCode !== null || child.signalCode !== null) {
				throw new Error(`n8n ended before it was ready:\n${await readFile(this.log, 'utf8')}`);
			}
			const reply = await fetch(`${this.url}/healthz/readiness`).catch(() => undefined);
			return reply?.ok;
		});
		say(`n8n is up at ${this.url}`);
	}

	/** Ends n8n as a service manager would, or at once and unprepared. Its folder stays. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		const child = this.process;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, 'exit');
		child.kill(signal);
		await ended;
	}

	/** Ends n8n and removes its folder. */
	async remove(): Promise<void> {
		await this.stop('SIGKILL');
		await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
	}

	/** Calls n8n as its editor does and returns the `data` of the reply. Throws what n8n refused. */
	async rest<T>(
		method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
		where: string,
		body?: object,
	): Promise<T> {
		const reply = await this.request(`/rest${where}`, {
			method,
			...(body && { body: JSON.stringify(body) }),
		});
		return ((await reply.json()) as { data: T }).data;
	}

	/** Opens an address of n8n with the owner's login. Throws where n8n shows an error. */
	async request(where: string, init: RequestInit = {}): Promise<Response> {
		const reply = await fetch(new URL(where, this.url), {
			...init,
			headers: {
				'content-type': 'application/json',
				// n8n closes connections that were idle, and a call must not meet one that is closing.
				connection: 'close',
				cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
			},
		});
		if (!reply.ok) {
			throw new Error(
				`${init.method ?? 'GET'} ${where}: HTTP ${reply.status} ${await reply.text()}`,
			);
		}
		for (const cookie of reply.headers.getSetCookie()) {
			const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
			this.cookies.set(name, value);
		}
		return reply;
	}

	/** A file of an execution's binary data, as text. */
	async download(binaryId: string): Promise<string> {
		const reply = await this.request(
			`/rest/binary-data?action=download&id=${encodeURIComponent(binaryId)}`,
		);
		return await reply.text();
	}

	/** One of the lists of types that n8n gives to its editor. */
	async types<T>(list: 'nodes' | 'credentials'): Promise<T[]> {
		return (await (await this.request(`/types/${list}.json`)).json()) as T[];
	}

	/** Stores a credential and returns its id. */
	async createCredential(name: string, type: string, data: IDataObject): Promise<string> {
		const { id } = await this.rest<{ id: string }>('POST', '/credentials', { name, type, data });
		return id;
	}

	/** Every credential as it is stored, with what n8n shows to nobody. */
	async exportCredentials(): Promise<Array<{ type: string; data: IDataObject }>> {
		const file = path.join(this.folder, 'credentials.json');
		await run(
			this.installation.node,
			[this.installation.n8n, 'export:credentials', '--all', '--decrypted', `--output=${file}`],
			{ cwd: this.folder, env: this.environment },
		);
		const text = await readFile(file, 'utf8');
		await rm(file);
		return JSON.parse(text) as Array<{ type: string; data: IDataObject }>;
	}

	/** Stores a workflow as the editor's import does and returns its id. */
	async importWorkflow(workflow: WorkflowFile): Promise<string> {
		const { id } = await this.rest<{ id: string }>('POST', '/workflows', workflow);
		return id;
	}

	/** Runs a workflow by hand from one of its triggers and returns the id of the execution. */
	async run(workflowId: string, trigger: string): Promise<string> {
		const { executionId } = await this.rest<{ executionId: string }>(
			'POST',
			`/workflows/${workflowId}/run`,
			{ triggerToStartFrom: { name: trigger } },
		);
		return executionId;
	}

	/** Runs a workflow by hand to its end. */
	async execute(workflowId: string, trigger: string): Promise<Execution> {
		return await this.finished(await this.run(workflowId, trigger));
	}

	/** Publishes a workflow, so that its own triggers start it. */
	async activate(workflowId: string): Promise<void> {
		const { versionId } = await this.rest<{ versionId: string }>('GET', `/workflows/${workflowId}`);
		await this.rest('POST', `/workflows/${workflowId}/activate`, { versionId });
	}

	async deactivate(workflowId: string): Promise<void> {
		await this.rest('POST', `/workflows/${workflowId}/deactivate`, {});
	}

	/** The newest executions of a workflow, the last one first. */
	async executions(workflowId: string): Promise<Array<Pick<Execution, 'id' | 'status' | 'mode'>>> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.rest<{ results: Execution[] }>(
			'GET',
			`/executions?filter=${filter}`,
		);
		return results;
	}

	/** Waits until an execution has ended and returns it. */
	async finished(executionId: string): Promise<Execution> {
		const stored = await until(`execution ${executionId} ends`, async () => {
			const found = await this.rest<Omit<Execution, 'data'> & { data: string }>(
				'GET',
				`/executions/${executionId}`,
			);
			return ['new', 'running', 'waiting'].includes(found.status) ? undefined : found;
		});
		const { parse } = this.installation.require('flatted') as { parse(text: string): IRun['data'] };
		return { ...stored, data: parse(stored.data) };
	}
}

/** The items that left a node by one of its outputs, over all its runs. */
export function itemsOf(execution: Execution, node: string, output = 0): INodeExecutionData[] {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.flatMap(({ data }) => data?.main?.[output] ?? []);
}

/** The one node of a workflow with this name. Throws where there is none. */
export function nodeNamed(workflow: WorkflowFile, name: string): INode {
	const node = workflow.nodes.find((candidate) => candidate.name === name);
	if (node === undefined) throw new Error(`No node "${name}" in "${workflow.name}"`);
	return node;
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}
