import { createRequire } from 'node:module';
import path from 'node:path';
import { installPinned, nodeFolderIn, packInto, run } from '../install';
import { say } from './say';

/** A real n8n with a Node of its own, as `package-lock.json` beside this file pins them. */
export class Installation {
	/** Loads a module of the installation, such as `playwright-core`. */
	readonly require: NodeJS.Require;
	/** The folder of the Node that n8n runs on; the headers are in it too. */
	readonly nodeFolder: string;

	/** Throws where the folder holds no Node for this system. */
	constructor(readonly folder: string) {
		this.nodeFolder = nodeFolderIn(folder);
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
					// After the -O3 of its own, which takes minutes; the tests need no fast SQLite.
					CFLAGS: '-O1',
				},
			});
		},
	});
	say(started === undefined ? 'n8n is installed already' : `n8n is installed after ${passed()}`);
	return new Installation(folder);
}

/** Packs this package as `npm publish` would, out of dist/ as it is. Returns the tarball's path. */
export async function pack(into: string): Promise<string> {
	const tarball = await packInto(into);
	say(`packed ${path.basename(tarball)}`);
	return tarball;
}
