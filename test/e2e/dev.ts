/**
 * `npm run dev`: what `npm run check -- try` opens, and what is saved in nodes/ or credentials/ is in it a
 * moment later, the open panel included.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import packageJson from '../../package.json';
import { openPlayground } from './playground';

const ROOT = path.resolve(__dirname, '../..');

/** Compiles into a folder at every change. Returns what ends it. */
function compileInto(dist: string): () => void {
	const compiler = spawn(
		process.execPath,
		[require.resolve('typescript/bin/tsc'), '--watch', '--preserveWatchOutput', '--outDir', dist],
		{ cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
	);
	return () => compiler.kill();
}

/** Copies icons and codex files, which tsc leaves behind, at every change. Returns what ends it. */
function copyAssetsInto(dist: string): () => void {
	const watchers = ['nodes', 'credentials'].map((folder) =>
		watch(path.join(ROOT, folder), { recursive: true }, (_, file) => {
			if (file === null || !/\.(svg|node\.json)$/.test(file)) return;
			const asset = path.join(folder, file);
			// A file that is gone is none to copy.
			void cp(path.join(ROOT, asset), path.join(dist, asset)).catch(() => {});
		}),
	);
	return () => {
		for (const watcher of watchers) watcher.close();
	};
}

// n8n's own switch for developers of nodes: it loads a package again when a file of it changes.
void openPlayground({ N8N_DEV_RELOAD: 'true' }, ({ n8n }) => {
	const dist = path.join(n8n.folder, '.n8n/nodes/node_modules', packageJson.name, 'dist');
	const endings = [compileInto(dist), copyAssetsInto(dist)];
	return () => {
		for (const end of endings) end();
	};
});
