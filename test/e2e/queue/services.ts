/**
 * PostgreSQL and Redis for an n8n in queue mode: Debian's programs (`postgresql`, `redis-server`) on
 * ports of their own, with their data in a temporary folder. Debian's own services are not used.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../../install';
import { freePort, Server } from '../server';

/** Debian's folder of PostgreSQL: one folder for each version. */
const POSTGRES = '/usr/lib/postgresql';

/** A service that runs, and the environment variables that lead n8n to it. */
export interface Service {
	server: Server;
	settings: NodeJS.ProcessEnv;
	/** The signal that ends it in an orderly way. */
	endsOn: NodeJS.Signals;
	/** Ends it and removes its data. */
	remove(): Promise<void>;
}

/** Starts a new and empty PostgreSQL. Throws where Debian's package is not installed. */
export async function startPostgres(): Promise<Service> {
	const binary = await postgresBinaries();
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-postgres-'));
	if (isRoot()) await run('chown', ['postgres:', folder], { cwd: folder });
	const data = path.join(folder, 'data');
	const [initdb, ...options] = asPostgres(binary('initdb'));
	await run(initdb, [...options, '--pgdata', data, '-U', 'n8n', '--auth', 'trust', '-E', 'UTF8'], {
		cwd: folder,
	});
	const port = String(await freePort());
	const [postgres, ...args] = asPostgres(binary('postgres'));
	const address = ['-h', '127.0.0.1', '-p', port];
	const server = new Server({
		name: 'PostgreSQL',
		command: postgres,
		args: [...args, '-D', data, '-k', folder, ...address],
		cwd: folder,
		env: process.env,
		log: path.join(folder, 'postgres.log'),
		isReady: async () => await succeeds(binary('pg_isready'), address, folder),
	});
	const settings = {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: port,
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'n8n',
	};
	// Its "fast shutdown": open connections are cut, what was committed stays.
	return await start({ server, settings, endsOn: 'SIGINT', folder });
}

/** Starts a Redis that keeps nothing on disk. Throws where Debian's package is not installed. */
export async function startRedis(): Promise<Service> {
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-redis-'));
	const port = String(await freePort());
	const server = new Server({
		name: 'Redis',
		command: 'redis-server',
		args: ['--bind', '127.0.0.1', '--port', port, '--save', '', '--appendonly', 'no'],
		cwd: folder,
		env: process.env,
		log: path.join(folder, 'redis.log'),
		isReady: async () => await succeeds('redis-cli', ['-p', port, 'ping'], folder),
	});
	const settings = { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: port };
	return await start({ server, settings, endsOn: 'SIGTERM', folder });
}

async function start({
	folder,
	...service
}: Omit<Service, 'remove'> & { folder: string }): Promise<Service> {
	const remove = async () => {
		await service.server.stop('SIGKILL');
		await rm(folder, { recursive: true, force: true, maxRetries: 10 });
	};
	await service.server.start().catch(async (error: unknown) => {
		await remove();
		throw error;
	});
	return { ...service, remove };
}

/** Finds the programs of the newest PostgreSQL that Debian has installed. */
async function postgresBinaries(): Promise<(program: string) => string> {
	const versions = await readdir(POSTGRES).catch(() => []);
	const newest = versions.map(Number).sort((a, b) => b - a)[0];
	if (newest === undefined) {
		throw new Error(`No PostgreSQL in ${POSTGRES}: apt-get install postgresql redis-server`);
	}
	return (program) => path.join(POSTGRES, String(newest), 'bin', program);
}

function isRoot(): boolean {
	return process.getuid?.() === 0;
}

/** The words of a command that runs as the user `postgres` where we are root, which it refuses. */
function asPostgres(program: string): [string, ...string[]] {
	if (!isRoot()) return [program];
	return ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', program];
}

async function succeeds(command: string, args: string[], cwd: string): Promise<boolean> {
	return await run(command, args, { cwd }).then(
		() => true,
		() => false,
	);
}
