import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IDataObject, IRun } from 'n8n-workflow';
import { run } from '../install';
import type { Installation } from './install';
import { say } from './say';
import { freePort, isHealthy, Server } from './server';
import { until } from './until';
import type { Execution, WorkflowFile } from './workflow';

/** The owner of every n8n here. */
export const OWNER = {
	email: 'demo@example.com',
	password: 'Demo-1234',
	firstName: 'Demo',
	lastName: 'Owner',
};

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
	/** What n8n wrote. */
	readonly log: string;
	private readonly cookies = new Map<string, string>();
	private readonly server: Server;

	private constructor(
		readonly installation: Installation,
		/** n8n's user folder, with its settings, its database and the package. */
		readonly folder: string,
		/** What n8n runs with: the whole environment. */
		readonly environment: NodeJS.ProcessEnv,
	) {
		this.url = `http://127.0.0.1:${environment.N8N_PORT}`;
		this.log = path.join(folder, 'n8n.log');
		this.server = new Server({
			name: 'n8n',
			command: installation.node,
			args: [installation.n8n, 'start'],
			cwd: folder,
			env: environment,
			log: this.log,
			isReady: async () => await isHealthy(this.url),
		});
	}

	/**
	 * Installs the tarball as users do by hand, starts n8n, and makes its owner.
	 * `settings` are environment variables of n8n beside those that every n8n here has.
	 */
	static async create(
		installation: Installation,
		tarball: string,
		settings: NodeJS.ProcessEnv = {},
	): Promise<N8n> {
		const folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-'));
		const n8n = new N8n(installation, folder, {
			PATH: process.env.PATH,
			HOME: folder,
			...OFFLINE,
			N8N_USER_FOLDER: folder,
			N8N_HOST: '127.0.0.1',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_PORT: String(await freePort()),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			// Without it the browser gets no cookie over plain http.
			N8N_SECURE_COOKIE: 'false',
			GENERIC_TIMEZONE: 'UTC',
			...settings,
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

	/** Starts n8n on what its folder holds, and waits until it is ready. Throws its log when it ends. */
	async start(): Promise<void> {
		await this.server.start();
		say(`n8n is up at ${this.url}`);
	}

	/** Ends n8n as a service manager would, or at once and unprepared. Its folder stays. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		await this.server.stop(signal);
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

	/** Waits until an execution has ended and returns it; throws after `patienceMs`. */
	async finished(executionId: string, patienceMs?: number): Promise<Execution> {
		const ask = async () => {
			const found = await this.rest<Omit<Execution, 'data'> & { data: string }>(
				'GET',
				`/executions/${executionId}`,
			);
			return ['new', 'running', 'waiting'].includes(found.status) ? undefined : found;
		};
		const stored = await until(`execution ${executionId} ends`, ask, patienceMs);
		const { parse } = this.installation.require('flatted') as { parse(text: string): IRun['data'] };
		return { ...stored, data: parse(stored.data) };
	}
}
