const { availableParallelism } = require('node:os');

module.exports = {
	testEnvironment: '<rootDir>/test/jest/environment.js',
	runtime: '<rootDir>/test/jest/runtime.js',
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/', '\\.long\\.test\\.ts$'],
	// Copies of the project, in which the mutation tests run.
	modulePathIgnorePatterns: ['<rootDir>/.cache/'],
	// Built by the global setup, which would else begin the next round of `npm test -- --watch`.
	watchPathIgnorePatterns: ['<rootDir>/dist/'],
	globalSetup: '<rootDir>/test/engine/build.js',
	transform: {
		'\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	// For hangs alone: a test may run on a machine that is busy with other things.
	testTimeout: 180_000,
	// Many tests wait: on two cores, three workers keep both busy. Jest itself would take one.
	maxWorkers: Math.ceil(1.5 * availableParallelism()),
	// The seed of everything random: `npx jest --seed=…` plays it again.
	showSeed: true,
};
