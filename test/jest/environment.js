const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** A function that starts timers, and adds each to a set. */
const noting = (start, timers) =>
	Object.assign((...given) => {
		const timer = start(...given);
		timers.add(timer);
		return timer;
	}, start);

/**
 * Jest's environment for all tests: the worker's own globals, in place of a sandbox for each file. So
 * n8n is loaded once a worker, by `runtime.js`: to load it for each file took longer than the tests.
 *
 * A file leaves nothing behind: its mocks are undone, and its waits end with it. The nodes cannot
 * cancel n8n's `sleep`, and one of a minute would keep the worker from ending.
 */
module.exports = class {
	constructor({ projectConfig }) {
		this.global = globalThis;
		this.moduleMocker = new ModuleMocker(globalThis);
		this.fakeTimers = null;
		this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
		const { console, setInterval, setTimeout } = globalThis;
		const { env, exit } = process;
		this.found = { globals: { console, setInterval, setTimeout }, process: { env, exit } };
		this.timers = new Set();
		globalThis.setInterval = noting(setInterval, this.timers);
		globalThis.setTimeout = noting(setTimeout, this.timers);
		process.env = { ...env };
	}

	async setup() {}

	async teardown() {
		this.fakeTimersModern.dispose();
		this.moduleMocker.restoreAllMocks();
		for (const timer of this.timers) clearTimeout(timer);
		Object.assign(globalThis, this.found.globals);
		Object.assign(process, this.found.process);
		// What jest-circus keeps of the tests of a file, and its listeners: JEST_STATE_SYMBOL and others.
		for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
			if (/^[A-Z_]+$/.test(symbol.description)) delete globalThis[symbol];
		}
	}

	exportConditions() {
		return ['node', 'node-addons'];
	}

	/** There is none: `runtime.js` compiles what it loads for this one. */
	getVmContext() {
		return null;
	}
};
