/**
 * `npm run test:engines`: the tests of behaviour in the engines of several n8n versions, one after
 * the other, and a table of how they went. Ends with 1 when anything failed.
 *
 *     npm run test:engines -- --engine=1.100.0 --engine=newest --results=folder crm-errors
 *
 * `--engine` names those to run in (all, unless given), `--results` the folder for jest's own
 * results, a file an engine; what else is given are patterns of test files, as for jest.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../support/table';
import { installPinned } from '../install';

const ROOT = path.resolve(__dirname, '../..');

/** The engine that the package is developed with, from the install of this repository. */
const NEWEST = 'newest';

/** What is read of the results that jest writes. */
interface Results {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numRuntimeErrorTestSuites: number;
}

/** The engines that have a recipe, the oldest first, and the newest. */
function allEngines(): string[] {
	const recipes = readdirSync(__dirname, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
	return [...recipes, NEWEST];
}

/** The folder in which the engine is installed; nothing for the one of this repository. */
async function folderOf(engine: string): Promise<string | undefined> {
	if (engine === NEWEST) return undefined;
	return await installPinned({
		name: `engine-${engine}`,
		recipe: path.join(__dirname, engine),
		begins: () => console.error(`Installing n8n-core ${engine} …`),
	});
}

/** Runs jest in an engine, lets it print, and returns its exit code. */
async function runJest(folder: string | undefined, args: string[]): Promise<number> {
	const jest = spawn(
		process.execPath,
		[require.resolve('jest/bin/jest'), '--config', path.join(__dirname, 'jest.config.js'), ...args],
		{
			cwd: ROOT,
			env: { ...process.env, N8N_ENGINE: folder ?? '' },
			stdio: ['ignore', 'inherit', 'inherit'],
		},
	);
	return await new Promise((resolve, reject) => {
		jest.once('error', reject).once('close', (code) => resolve(code ?? 1));
	});
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		options: {
			engine: { type: 'string', multiple: true, default: allEngines() },
			results: { type: 'string' },
		},
		allowPositionals: true,
	});
	const folders = new Map<string, string | undefined>();
	for (const engine of values.engine) folders.set(engine, await folderOf(engine));

	const results = path.resolve(
		values.results ?? mkdtempSync(path.join(tmpdir(), 'engines-results-')),
	);
	const rows: Array<Array<string | number>> = [];
	for (const [engine, folder] of folders) {
		console.error(`\n=== ${engine} ===`);
		const started = Date.now();
		const file = path.join(results, `engine-${engine}.json`);
		const code = await runJest(folder, ['--json', `--outputFile=${file}`, ...positionals]);
		if (code !== 0) process.exitCode = 1;
		const told = JSON.parse(readFileSync(file, 'utf8')) as Results;
		rows.push([
			engine,
			told.numPassedTests,
			told.numFailedTests + told.numRuntimeErrorTestSuites,
			told.numPendingTests,
			Math.round((Date.now() - started) / 1000),
		]);
	}
	if (values.results === undefined) rmSync(results, { recursive: true });
	const headings = ['passed', 'failed', 'skipped', 'seconds'];
	console.log(
		`\n${table([{ heading: 'engine' }, ...headings.map((heading) => ({ heading, right: true }))], rows)}`,
	);
}

void main();
