const { default: JestRuntime } = require('jest-runtime');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const root = path.resolve(__dirname, '../..') + path.sep;

/** The install of the engine to test in; that of this repository where none is named. */
const engine = process.env.N8N_ENGINE;

/** What is installed and holds what is of one test file: its tests, and the clock that it sets. */
const OF_ONE_FILE = /[\\/](jest-circus|luxon)[\\/]/;

const isInstalled = (file) => file.includes(`${path.sep}node_modules${path.sep}`);
const isOfProject = (file) => file.startsWith(root) && !isInstalled(file);

// The package under test gets the same copy of n8n-workflow as the engine, as in n8n.
if (engine) {
	const resolve = Module._resolveFilename;
	Module._resolveFilename = (name, parent, ...rest) =>
		/^n8n-(core|workflow)$/.test(name) && isOfProject(parent?.filename ?? root)
			? resolve(`${engine}/node_modules/${name}`, parent, ...rest)
			: resolve(name, parent, ...rest);
}

/**
 * Loads the modules of a test file. Those of the project are loaded anew for each file, so that a file
 * can put mocks in their place and finds nothing that another one has left in them. What is installed
 * is loaded by Node, once a worker.
 */
module.exports = class Runtime extends JestRuntime {
	constructor(...given) {
		super(...given);
		const { executor } = this;
		executor.compile = (source, filename) =>
			vm.compileFunction(source, executor.injectedModuleParameters, {
				filename,
				importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
			});
	}

	/** What n8n has loaded of the project, which is dist/, it loads anew, too. */
	resetModules() {
		super.resetModules();
		for (const file of Object.keys(require.cache)) {
			if (isOfProject(file) && path.dirname(file) !== __dirname) delete require.cache[file];
		}
	}

	requireModule(from, name, ...rest) {
		if (name && !this._resolution.isCoreModule(name)) {
			const file = this._resolution.resolveCjs(from, name);
			if (isInstalled(file) && !OF_ONE_FILE.test(file)) return require(file);
		}
		return super.requireModule(from, name, ...rest);
	}
};
