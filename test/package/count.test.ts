/** The line that a run of all tests ends with: `.ci/count.js`, over results as jest writes them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'count-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Test {
	name: string;
	/** Why it failed; none where it passed. */
	why?: string;
}

/** What jest says of a test file. */
const suite = (name: string, ...tests: Test[]) => ({
	name: path.join(root, name),
	status: tests.some(({ why }) => why !== undefined) ? 'failed' : 'passed',
	message: '',
	assertionResults: tests.map(({ name: fullName, why }) => ({
		fullName,
		status: why === undefined ? 'passed' : 'failed',
		failureMessages: why === undefined ? [] : [why],
	})),
});

/** What jest says of a test file that failed as a file, before its tests or after them. */
const broken = (name: string, message: string, ...tests: Test[]) => ({
	...suite(name, ...tests),
	status: 'failed',
	message,
});

/** Writes a file of results. Returns its path. */
function results(name: string, ...suites: Array<ReturnType<typeof suite>>): string {
	const tests = suites.flatMap(({ assertionResults }) => assertionResults);
	const numberOf = (status: string) => tests.filter((test) => test.status === status).length;
	const file = path.join(folder, `${name}.json`);
	const said = {
		numPassedTests: numberOf('passed'),
		numFailedTests: numberOf('failed'),
		numRuntimeErrorTestSuites: suites.filter(({ message }) => message !== '').length,
		testResults: suites,
	};
	writeFileSync(file, JSON.stringify(said));
	return file;
}

/** What is printed for these files. It has to end with 1 where it says that something failed. */
function count(...files: string[]): string {
	const { status, stdout } = spawnSync(process.execPath, ['.ci/count.js', ...files], {
		cwd: root,
		encoding: 'utf8',
	});
	expect(status).toBe(stdout.endsWith(' 0 failed\n') ? 0 : 1);
	return stdout;
}

describe('the results of several runs of jest', () => {
	it('are added up in one plain last line, and nothing else is said where all have passed', () => {
		const tests = results('tests', suite('test/a.test.ts', { name: 'one' }, { name: 'two' }));
		const long = results('long', suite('test/b.long.test.ts', { name: 'three' }));

		expect(count(tests, long)).toBe('\n3 passed, 0 failed\n');
	});

	it('name each test that failed, by its run and file, with the reason', () => {
		const [first, second] = ['Expected 1, received 2', 'Timed out'];
		const tests = results(
			'tests',
			suite('test/a.test.ts', { name: 'one' }, { name: 'two', why: first }),
		);
		const long = results('long', suite('test/b.long.test.ts', { name: 'three', why: second }));

		expect(count(tests, long)).toBe(
			[
				'\nFailed: tests, test/a.test.ts: two\n    Expected 1, received 2\n',
				'\nFailed: long, test/b.long.test.ts: three\n    Timed out\n',
				'\n1 passed, 2 failed\n',
			].join(''),
		);
	});

	it('hold only the beginning of a long reason, and no colours of a terminal', () => {
		const lines = Array.from({ length: 40 }, (_, i) => `\u001b[31mline ${i + 1}.\u001b[39m`);
		const why = lines.join('\n');
		const said = count(results('tests', suite('test/a.test.ts', { name: 'one', why })));

		expect(said).toContain('\n    line 1.\n');
		expect(said).not.toContain('line 40.');
		expect(said).not.toContain('\u001b');
		expect(said.endsWith('\n0 passed, 1 failed\n')).toBe(true);
	});

	it('count a test file that could not be loaded as failed, and name it', () => {
		const unloaded = broken('test/b.test.ts', 'SyntaxError: Unexpected token');

		expect(count(results('tests', suite('test/a.test.ts', { name: 'one' }), unloaded))).toBe(
			'\nFailed: tests, test/b.test.ts\n    SyntaxError: Unexpected token\n\n1 passed, 1 failed\n',
		);
	});

	it('count a test file that failed once its tests had passed as failed, and name it', () => {
		const unclean = broken('test/a.test.ts', 'The server does not stop', { name: 'one' });

		expect(count(results('tests', unclean))).toBe(
			'\nFailed: tests, test/a.test.ts\n    The server does not stop\n\n1 passed, 1 failed\n',
		);
	});

	it('that are missing count as failed, and the others are counted all the same', () => {
		const tests = results('tests', suite('test/a.test.ts', { name: 'one' }));
		const said = count(path.join(folder, 'long.json'), tests);

		expect(said).toMatch(/^\nFailed: long\n {4}Error: ENOENT/);
		expect(said.endsWith('\n1 passed, 1 failed\n')).toBe(true);
	});

	it('that were cut off count as failed, too', () => {
		const long = path.join(folder, 'long.json');
		writeFileSync(long, '{"numPassedTests":7,');

		expect(count(long)).toMatch(/^\nFailed: long\n {4}SyntaxError: [^]*\n0 passed, 1 failed\n$/);
	});
});
