import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Installation } from '../install';
import { N8n } from '../n8n';
import { say } from '../say';
import { freePort, isHealthy, Server } from '../server';
import { startPostgres, startRedis, type Service } from './services';

/** What every process of an n8n in queue mode runs with, main process and workers. */
const QUEUE_MODE = {
	EXECUTIONS_MODE: 'queue',
	OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
};

/** A worker, and the file that it writes its log to. */
export interface Worker {
	name: string;
	log: string;
	server: Server;
}

/**
 * A real n8n in queue mode on loopback: a main process and two workers, on a PostgreSQL and a Redis
 * of their own, with this package in the user folder that all three have in common.
 *
 *     const queue = await QueueMode.create(installation, tarball);
 *     const id = await queue.n8n.importWorkflow(workflow);
 *     const execution = await queue.n8n.execute(id, 'Schedule Trigger');
 *     (await queue.workerOf(execution.id))?.name; // 'worker-2'
 *     await queue.remove();
 */
export class QueueMode {
	/** Every worker that was ever started, the dead ones too. */
	readonly workers: Worker[] = [];

	private constructor(
		/** The main process. */
		readonly n8n: N8n,
		private readonly services: Service[],
	) {}

	/** Starts everything on empty databases; two workers. */
	static async create(installation: Installation, tarball: string): Promise<QueueMode> {
		const services: Service[] = [];
		let queue: QueueMode | undefined;
		let ready = false;
		try {
			services.push(await startPostgres());
			services.push(await startRedis());
			const settings = Object.assign(
				{},
				QUEUE_MODE,
				...services.map((service) => service.settings),
			);
			const n8n = await N8n.create(installation, tarball, {
				...settings,
				N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			});
			queue = new QueueMode(n8n, services);
			await queue.addWorker();
			await queue.addWorker();
			ready = true;
			return queue;
		} finally {
			if (!ready) {
				await queue?.n8n.remove();
				for (const service of services) await service.remove();
			}
		}
	}

	/** Starts one worker more. */
	async addWorker(): Promise<Worker> {
		const { installation, folder, environment } = this.n8n;
		const name = `worker-${this.workers.length + 1}`;
		const log = path.join(folder, `${name}.log`);
		const port = await freePort();
		const server = new Server({
			name,
			command: installation.node,
			args: [installation.n8n, 'worker', '--concurrency=10'],
			cwd: folder,
			env: {
				...environment,
				QUEUE_HEALTH_CHECK_ACTIVE: 'true',
				QUEUE_HEALTH_CHECK_PORT: String(port),
				N8N_RUNNERS_BROKER_PORT: String(await freePort()),
				// In a user folder in common each has to have its own: a worker that starts takes what is
				// unfinished in this file for its own and crashed.
				N8N_EVENTBUS_LOGWRITER_LOGBASENAME: `events-${name}`,
			},
			log,
			isReady: async () => await isHealthy(`http://127.0.0.1:${port}`),
		});
		const worker = { name, log, server };
		await server.start();
		this.workers.push(worker);
		say(`${name} is up`);
		return worker;
	}

	/** The worker that an execution was given to; undefined where none has begun it. */
	async workerOf(executionId: string): Promise<Worker | undefined> {
		for (const worker of this.workers) {
			const log = await readFile(worker.log, 'utf8');
			if (log.includes(`Worker started execution ${executionId} (job`)) return worker;
		}
		return undefined;
	}

	/** Ends every process at once and unprepared, the databases in order, and starts all of it again. */
	async restart(): Promise<void> {
		const running = this.workers.filter(({ server }) => server.isRunning);
		await Promise.all([
			this.n8n.stop('SIGKILL'),
			...running.map(async ({ server }) => await server.stop('SIGKILL')),
		]);
		for (const { server, endsOn } of this.services) await server.stop(endsOn);
		for (const { server } of this.services) await server.start();
		// All at once, as a machine that comes up again does it.
		await Promise.all([
			this.n8n.start(),
			...running.map(async ({ server }) => await server.start()),
		]);
		say('everything was ended and started again');
	}

	/** Ends everything and leaves nothing behind. */
	async remove(): Promise<void> {
		for (const { server } of this.workers) await server.stop('SIGKILL');
		await this.n8n.remove();
		for (const service of this.services) await service.remove();
	}
}
