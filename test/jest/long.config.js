const { testPathIgnorePatterns: _, ...base } = require('../../jest.config');

// What `npm test` has no time for: real windows, thousands of random runs of the nodes in n8n's engine, and
// thousands of runs of each plan on a fake clock.
process.env.PLAN_RUNS ??= '10000';

module.exports = {
	...base,
	rootDir: '../..',
	testMatch: [
		'<rootDir>/test/**/*.long.test.ts',
		'<rootDir>/test/**/plan.random.test.ts',
		'<rootDir>/test/**/node.random.engine.test.ts',
	],
	testTimeout: 1_200_000,
};
