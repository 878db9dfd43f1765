/**
 * Runs files of jest tests in this process, with jest's own parts: its loop (jest-circus), its
 * `expect`, its mocks and timers. What is left out is jest's sandbox for each file: instead of it, the
 * project's own modules are loaded anew for each run, and n8n-core only once a process. That is what
 * makes a mutant cost milliseconds instead of seconds.
 */
const { ModernFakeTimers } = require('@jest/fake-timers');
const { jestExpect } = require('@jest/expect');
const swcJest = require('@swc/jest');
const circus = require('jest-circus');
const { ModuleMocker } = require('jest-mock');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

/** All chance in a mutant's run is the same as in the run without it. */
const SEED = 1;
/** A property is tried so often at most: what a mutant breaks shows early, or in an example. */
const MOST_RUNS = 100;
const MOST_PLAN_RUNS = 30;

const root = path.resolve(__dirname, '../..');
const { transform, testTimeout } = require('../../jest.config.js');
const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({ config: { fakeTimers: {} }, global: globalThis });

/** The test file that is being run, and what it has put in the place of modules. */
let testFile;
let mocks = new Map();

function forgetProjectModules() {
	for (const file of Object.keys(require.cache)) {
		const isOurs = file.startsWith(root + path.sep) && !file.includes('node_modules');
		if (isOurs && path.dirname(file) !== __dirname) delete require.cache[file];
	}
}

const jest = {
	fn: (implementation) => mocker.fn(implementation),
	getSeed: () => SEED,
	spyOn: (...args) => mocker.spyOn(...args),
	restoreAllMocks: () => mocker.restoreAllMocks(),
	useFakeTimers: (options) => timers.useFakeTimers(options),
	useRealTimers: () => timers.useRealTimers(),
	advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
	advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
	resetModules: forgetProjectModules,
	requireActual: (name) => Module.createRequire(testFile)(name),
	mock: (name, factory) => mocks.set(name, factory()),
};

/** What Stryker adds to each source to count what is passed, and where it calls that. */
const COUNTING = /function (stryCov_\w+)\(\) \{[\s\S]*?\n\}\n(?=function stryMutAct_)/;
const CALLS = /(stryCov_\w+\()((?:"\d+"(?:,\s*)?)+)(?=\))/g;
/** The same with numbers in an array of them: ten times as fast, in loops that are passed millions of times. */
const FAST_COUNTING = `function $1() {
	const { counts } = globalThis.__stryker__;
	for (let i = 0; i < arguments.length; i++) counts[arguments[i]]++;
}
`;
/** What Stryker adds to each source to ask whether a mutant is switched on. */
const ASKING = /function (stryMutAct_\w+)\(id\) \{[\s\S]*?\n\}\n/;
/**
 * The same, of the run in which the module was loaded: what a run has left behind goes on with its own
 * mutant, and counts for its own run. Counts how often anything is asked: what turns in circles asks
 * without end.
 */
const COUNTED_ASKING = `var stryRun = globalThis.__stryker__.run;
function $1(id) {
	if (++stryRun.passes > stryRun.mostPasses) throw new Error('turns in circles');
	return stryRun.activeMutant === id;
}
`;
let isCounting = true;
const compiled = new Map();

/**
 * Whether the sources that are loaded from now on count what is passed in them, in
 * `__stryker__.counts`: by number of the mutant, how often.
 */
function countWhatIsPassed(isOn) {
	if (isOn !== isCounting) compiled.clear();
	isCounting = isOn;
}

/** The compiled text of a source, each compiled once. */
function textOf(file, compile) {
	if (!compiled.has(file)) {
		const source = readFileSync(file, 'utf8')
			.replace(COUNTING, isCounting ? FAST_COUNTING : 'function $1() {}\n')
			.replace(ASKING, COUNTED_ASKING)
			.replace(CALLS, (_, call, ids) => call + ids.replaceAll('"', ''));
		compiled.set(file, compile(source, file));
	}
	return compiled.get(file);
}

/** Compiles TypeScript as jest does. */
function compileTypeScript() {
	const compiler = swcJest.createTransformer(transform['\\.ts$'][1]);
	const options = {
		config: { rootDir: root, cwd: root },
		transformerConfig: {},
		cacheFS: new Map(),
	};
	const compile = (source, file) => compiler.process(source, file, options).code;
	const others = { ...Module._extensions };
	const dist = path.join(root, 'dist') + path.sep;
	// Before `.json`: beside each `*.node.ts` lies a `*.node.json`.
	for (const extension of Object.keys(others)) delete Module._extensions[extension];
	Object.assign(Module._extensions, {
		'.ts': (module, file) =>
			module._compile(
				textOf(file, (text) => compile(text, file)),
				file,
			),
		...others,
		'.js': (module, file) =>
			file.startsWith(dist)
				? module._compile(
						textOf(file, (text) => text),
						file,
					)
				: others['.js'](module, file),
	});
}

/** Lets properties run less often, and stop at the first counterexample instead of shrinking it. */
function shortenProperties() {
	const { default: fc, ...rest } = require('fast-check');
	const assert = (property, params) =>
		fc.assert(property, {
			...params,
			numRuns: Math.min(params?.numRuns ?? 100, MOST_RUNS),
			endOnFailure: true,
		});
	require.cache[require.resolve('fast-check')].exports = {
		__esModule: true,
		...rest,
		default: { ...fc, assert },
	};
}

/** Makes this process one in which test files can be loaded. To be called once. */
function prepare() {
	process.env.PLAN_RUNS = String(MOST_PLAN_RUNS);
	process.env.LEASE_HISTORIES = String(MOST_RUNS);
	compileTypeScript();
	shortenProperties();
	const load = Module._load;
	Module._load = (name, ...rest) => mocks.get(name) ?? load(name, ...rest);
	const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
	Object.assign(globalThis, { describe, it, test, beforeAll, beforeEach, afterAll, afterEach });
	Object.assign(globalThis, { expect: jestExpect, jest });
}

/** The whole name of a test, as jest prints it. */
function nameOf(test) {
	const names = [test.name];
	for (let { parent } = test; parent?.parent; { parent } = parent) names.unshift(parent.name);
	return names.join(' ');
}

/**
 * Runs tests of one file, the project's modules loaded anew.
 *
 * `isWanted(name)` says, when it is a test's turn, whether to run it; `timeoutOf(name)` how many ms it
 * may take at most, nothing for what the file says; `onStart(name)` is called before each.
 * Returns the tests that were run: name, ms, and the errors' texts. Throws what loading the file throws.
 */
async function runTestFile(
	file,
	{ isWanted = () => true, timeoutOf = () => undefined, onStart = () => {}, onEnd = () => {} },
) {
	forgetProjectModules();
	circus.resetState();
	testFile = file;
	mocks = new Map();
	const results = [];
	const handler = ({ name, test }) => {
		if (name === 'test_started') {
			test.timeout = timeoutOf(nameOf(test)) ?? test.timeout;
			onStart(nameOf(test));
		}
		if (name === 'test_done') {
			const errors = test.errors.map((error) => String([error].flat()[0]?.message ?? error));
			results.push({ name: nameOf(test), ms: test.duration ?? 0, errors });
			onEnd(test, nameOf(test));
		}
	};
	circus.getState().testTimeout = testTimeout;
	require(file);
	circus.addEventHandler(handler);
	circus.getState().testNamePattern = { test: (id) => isWanted(id) };
	try {
		const { unhandledErrors } = await circus.run();
		// Of what goes wrong after the tests, say in `afterAll`, the last one is told.
		results.at(-1)?.errors.push(...unhandledErrors);
	} finally {
		circus.removeEventHandler(handler);
		timers.useRealTimers();
		mocker.restoreAllMocks();
	}
	return results;
}

module.exports = { countWhatIsPassed, prepare, runTestFile };
