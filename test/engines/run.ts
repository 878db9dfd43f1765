/**
 * `npm run check -- engines`: the tests of behaviour in the engines of several n8n versions, two at a
 * time, and a table of how they went. Ends with 1 when anything failed.
 *
 *     npm run check -- engines --engine=1.100.0 --engine=newest --results=folder unblock
 *
 * `--engine` names those to run in (all, unless given), `--older` leaves out the newest, in which
 * `npm test` runs, `--results` is the folder for jest's own results, a file an engine; what else is
 * given are patterns of test files, as for jest.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../support/table';
import { allEngines, folderOf, olderEngines } from './install';

const ROOT = path.resolve(__dirname, '../..');

/** What is read of the results that jest writes. */
interface JestResults {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numRuntimeErrorTestSuites: number;
	testResults: Array<{
		name: string;
		status: string;
		assertionResults: Array<{ status: string }>;
	}>;
}

interface Outcome {
	engine: string;
	seconds: number;
	/** Nothing where jest ended without writing any. */
	results?: JestResults;
}

/** So many engines at once: in each most of the time goes by in waits. */
const AT_ONCE = 2;

/** Runs jest in an engine and returns what it printed; a failed test makes this process end with 1. */
async function runJest(folder: string | undefined, args: string[]): Promise<string> {
	const jest = spawn(
		process.execPath,
		[require.resolve('jest/bin/jest'), '--config', path.join(__dirname, 'jest.config.js'), ...args],
		{
			cwd: ROOT,
			env: { ...process.env, N8N_ENGINE: folder ?? '' },
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	let printed = '';
	for (const stream of [jest.stdout, jest.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
	}
	const code = await new Promise<number | null>((resolve, reject) => {
		jest.once('error', reject).once('close', resolve);
	});
	if (code !== 0) process.exitCode = 1;
	return printed;
}

/** Runs the tests in an engine and prints how they went; jest's own results go into the folder. */
async function runEngine(
	engine: string,
	install: string | undefined,
	folder: string,
	patterns: string[],
): Promise<Outcome> {
	const started = Date.now();
	const file = path.resolve(folder, `engine-${engine}.json`);
	const printed = await runJest(install, ['--json', `--outputFile=${file}`, ...patterns]);
	console.error(`\n=== ${engine} ===\n${printed}`);
	return {
		engine,
		seconds: Math.round((Date.now() - started) / 1000),
		...(existsSync(file) && { results: JSON.parse(readFileSync(file, 'utf8')) as JestResults }),
	};
}

/** How many tests passed: a row for each file and for the sums, a column for each engine. */
function outcomesTable(outcomes: Outcome[]): string {
	const files = new Set(
		outcomes.flatMap(({ results }) => results?.testResults.map(({ name }) => name) ?? []),
	);
	const sum = (name: string, cell: (results: JestResults) => number) => [
		name,
		...outcomes.map(({ results }) => (results ? cell(results) : 'no results')),
	];
	const rows = [
		...[...files].sort().map((file) => [
			path.relative(path.join(ROOT, 'test'), file).replace(/(\.engine)?\.test\.ts$/, ''),
			...outcomes.map(({ results }) => {
				const told = results?.testResults.find(({ name }) => name === file);
				if (told === undefined) return '';
				const count = (status: string) =>
					told.assertionResults.filter((test) => test.status === status).length;
				if (count('failed') > 0) return `${count('failed')} failed`;
				// It could not be loaded, or something went wrong outside of its tests.
				if (told.status === 'failed') return 'failed';
				return count('passed') > 0 ? count('passed') : 'not run';
			}),
		]),
		sum('passed', ({ numPassedTests }) => numPassedTests),
		sum('failed', (told) => told.numFailedTests + told.numRuntimeErrorTestSuites),
		sum('skipped', ({ numPendingTests }) => numPendingTests),
		['seconds', ...outcomes.map(({ seconds }) => seconds)],
	];
	return table(
		[{ heading: 'test' }, ...outcomes.map(({ engine }) => ({ heading: engine, right: true }))],
		rows,
	);
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		options: {
			engine: { type: 'string', multiple: true },
			older: { type: 'boolean', default: false },
			results: { type: 'string' },
		},
		allowPositionals: true,
	});
	const folders = new Map<string, string | undefined>();
	const engines = values.engine ?? (values.older ? olderEngines() : allEngines());
	for (const engine of engines) folders.set(engine, await folderOf(engine));

	const folder = values.results ?? mkdtempSync(path.join(tmpdir(), 'engines-results-'));
	mkdirSync(folder, { recursive: true });
	const outcomes: Outcome[] = [];
	// Both lanes take from the same list.
	const waiting = [...folders].entries();
	const lane = async () => {
		for (const [place, [engine, install]] of waiting) {
			outcomes[place] = await runEngine(engine, install, folder, positionals);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, lane));
	if (values.results === undefined) rmSync(folder, { recursive: true });
	console.log(`\n${outcomesTable(outcomes)}`);
}

void main();
