/**
 * The test runner that StrykerJS uses here: the tests of a mutant in a process that stays, the fast ones
 * first, and no more of them once one has failed.
 *
 * All of the project's modules are loaded anew for each mutant, so a mutant in what a module does while
 * it is loaded (a table, a list of properties) needs nothing special: it is switched on before.
 */
const { PluginKind, declareClassPlugin } = require('@stryker-mutator/api/plugin');
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { MOST_MS, MOST_MS_WHILE_LOADING, Order, SEPARATOR } = require('./order');

/** A test that waits for ever takes so long at most: so many ms, and so many times what it took. */
const PATIENCE_MS = 4_000;
const PATIENCE_FACTOR = 5;
/**
 * A test turns in circles that passes the places of mutants so many times as often as without a mutant,
 * and so many times more. What does so while a file is loaded has no such measure.
 */
const PASSES_FACTOR = 10;
const MORE_PASSES = 100_000;
const MOST_PASSES_WHILE_LOADING = 10_000_000;

const NOTES = 'mutation-dry-run.json';

/** What no mutant can change, or what reads the sources' text. */
const LEFT_OUT = [
	/^test\/limit\/leases\.pace\.test\.ts$/,
	/^test\/(e2e|demo|engine|mutation)\//,
	/^test\/fake-zoho\//,
	/\.long\.test\.ts$/,
];
const LEFT_OUT_IN_PACKAGE =
	/^test\/package\/(?!(reference|nodeTypes|contract\/frozen\.engine)\.test\.ts)/;

/** The beginnings of the test files to run, where not all are to be. */
const ONLY = process.env.MUTATION_TESTS?.split(',');

/** There are fewer mutants than this; a higher number would not be counted. */
const MOST_MUTANTS = 20_000;

const testFiles = (root) =>
	readdirSync(path.join(root, 'test'), { recursive: true })
		.map((file) => path.posix.join('test', file.split(path.sep).join('/')))
		.filter((file) => file.endsWith('.test.ts'))
		.filter((file) => ![...LEFT_OUT, LEFT_OUT_IN_PACKAGE].some((some) => some.test(file)))
		.filter((file) => ONLY === undefined || ONLY.some((start) => file.startsWith(start)));

/** How often each mutant was passed, those only that were. */
function passedIn(counts) {
	const passed = {};
	counts.forEach((times, mutant) => {
		if (times > 0) passed[mutant] = times;
	});
	return passed;
}

function readNotes(file) {
	const { files, whileLoading } = JSON.parse(readFileSync(file, 'utf8'));
	return { files, whileLoading: new Set(whileLoading) };
}

class Runner {
	constructor() {
		this.stryker = globalThis.__stryker__ ??= {};
	}

	capabilities() {
		return { reloadEnvironment: true };
	}

	init() {
		this.root = process.cwd();
		this.jest = require(path.join(this.root, 'test/mutation/jestInProcess.js'));
		this.jest.prepare();
		// Stryker's own listener looks at the clock for its log, which a test may have put away.
		process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => {});
	}

	/** Runs everything once, and notes what each test took and which mutants it came by. */
	async dryRun() {
		const tests = [];
		const files = {};
		const perTest = {};
		const whileLoading = {};
		for (const file of testFiles(this.root)) {
			const began = Date.now();
			const { results, coverage } = await this.runWatched(file);
			const failed = results.find(({ errors }) => errors.length > 0);
			if (failed)
				return { status: 'error', errorMessage: `${file}: ${failed.name}: ${failed.errors[0]}` };
			const inTests = results.reduce((sum, { ms }) => sum + ms, 0);
			files[file] = { loadMs: Date.now() - began - inTests, tests: {}, passes: coverage.passes };
			Object.assign(whileLoading, coverage.static);
			for (const { name, ms } of results) {
				const id = file + SEPARATOR + name;
				files[file].tests[name] = ms;
				tests.push({ id, name, fileName: path.join(this.root, file), status: 0, timeSpentMs: ms });
				perTest[id] = { ...coverage.perTest[name] };
				for (const [mutant, hits] of Object.entries(coverage.static)) {
					perTest[id][mutant] = (perTest[id][mutant] ?? 0) + Math.ceil(hits / results.length);
				}
			}
		}
		const notes = { files, whileLoading: Object.keys(whileLoading) };
		writeFileSync(path.join(this.root, NOTES), JSON.stringify(notes));
		return { status: 'complete', tests, mutantCoverage: { static: {}, perTest } };
	}

	/** Runs a file, and counts what is passed in each test, and outside of them: while it is loaded, say. */
	async runWatched(file) {
		this.jest.countWhatIsPassed(true);
		const outside = new Uint32Array(MOST_MUTANTS);
		const perTest = {};
		const passes = {};
		const run = { passes: 0, mostPasses: Infinity };
		Object.assign(this.stryker, { counts: outside, run });
		const results = await this.jest.runTestFile(path.join(this.root, file), {
			onStart: () => {
				this.stryker.counts = new Uint32Array(MOST_MUTANTS);
				run.passes = 0;
			},
			onEnd: (test, name) => {
				passes[name] = run.passes;
				perTest[name] = { ...perTest[name], ...passedIn(this.stryker.counts) };
				this.stryker.counts = outside;
			},
		});
		return { results, coverage: { static: passedIn(outside), perTest, passes } };
	}

	async mutantRun({ activeMutant, testFilter, sandboxFileName }) {
		// Stryker asks again in another process.
		if (this.isGivenUp) return await new Promise(() => {});
		this.notes ??= readNotes(path.join(this.root, NOTES));
		this.order ??= new Order(this.notes.files);
		this.jest.countWhatIsPassed(false);
		const mostMs = this.notes.whileLoading.has(activeMutant.id) ? MOST_MS_WHILE_LOADING : MOST_MS;
		const plan = this.order.testsFor(sandboxFileName, testFilter ?? [], mostMs);
		let nrOfTests = 0;
		for (const { file, names } of plan) {
			const { results, inCircles } = await this.runUntilFailure(file, names, activeMutant.id);
			nrOfTests += results.length;
			const verdict = inCircles
				? { status: 'timeout', reason: inCircles }
				: this.verdictOn(file, results, nrOfTests);
			this.order.learn(sandboxFileName, file, verdict !== undefined);
			if (verdict) return verdict;
		}
		return { status: 'survived', nrOfTests };
	}

	/** What the results of a file say of the mutant; nothing where all of its tests passed. */
	verdictOn(file, results, nrOfTests) {
		const failed = results.find(({ errors }) => errors.length > 0);
		if (failed === undefined) return undefined;
		const [failureMessage] = failed.errors;
		if (failureMessage.includes('Exceeded timeout of')) return this.timeout(failed.name);
		const killedBy = [file + SEPARATOR + failed.name];
		return { status: 'killed', killedBy, failureMessage, nrOfTests };
	}

	/** What waits for ever may go on with something: the process is given up, and Stryker starts another. */
	timeout(reason) {
		this.isGivenUp = true;
		setTimeout(() => process.exit(1), 50);
		return { status: 'timeout', reason };
	}

	/**
	 * Runs tests of a file until one fails. A file that cannot even be loaded has failed, too.
	 * `inCircles` is the name of the test, if any, that was stopped because it turned in circles.
	 */
	async runUntilFailure(file, names, activeMutant) {
		const { tests, passes } = this.notes.files[file];
		const run = { activeMutant, passes: 0, mostPasses: MOST_PASSES_WHILE_LOADING };
		this.stryker.run = run;
		let hasFailed = false;
		let inCircles;
		try {
			const results = await this.jest.runTestFile(path.join(this.root, file), {
				isWanted: (name) => names.has(name) && !hasFailed,
				timeoutOf: (name) => PATIENCE_MS + PATIENCE_FACTOR * tests[name],
				onStart: (name) => {
					run.passes = 0;
					run.mostPasses = PASSES_FACTOR * passes[name] + MORE_PASSES;
				},
				onEnd: ({ errors }, name) => {
					if (run.passes > run.mostPasses) inCircles = name;
					hasFailed ||= errors.length > 0 || inCircles !== undefined;
				},
			});
			return { results, inCircles };
		} catch (error) {
			const message = String(error?.message ?? error);
			return { results: [{ name: [...names][0], ms: 0, errors: [message] }], inCircles };
		}
	}
}

exports.strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', Runner)];
