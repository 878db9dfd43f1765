const path = require('node:path');
const base = require('../../jest.config.js');

/** The install of the engine to test in; that of this repository where none is named. */
const engine = process.env.N8N_ENGINE;

// Jest takes the ES modules that some engines need as what they are not: it compiles them.
const ES_MODULES = '/node_modules/(p-retry|is-network-error)/';
const [compiler, options] = base.transform['\\.ts$'];

/**
 * What does not run in each engine, because no engine changes it: what is pure and plays through a
 * node only to be counted (how many calls isolation takes, how a list fills the windows of a limit),
 * and what `npm start` prints, which runs in a process of its own. Nor does any of test/unit.
 */
const SAME_IN_EVERY_ENGINE = ['crm-isolation', 'campaigns-window', 'demo'];

module.exports = {
	...base,
	rootDir: path.resolve(__dirname, '../..'),
	testMatch: ['<rootDir>/test/workflow/**/*.test.ts'],
	testPathIgnorePatterns: [
		...base.testPathIgnorePatterns,
		...SAME_IN_EVERY_ENGINE.map((name) => `<rootDir>/test/workflow/${name}.test.ts`),
	],
	// The package under test gets the same copy of n8n-workflow as the engine, as in n8n.
	...(engine && { moduleNameMapper: { '^n8n-(core|workflow)$': `${engine}/node_modules/n8n-$1` } }),
	transform: { ...base.transform, [ES_MODULES]: [compiler, options] },
	transformIgnorePatterns: [`^(?!.*${ES_MODULES}).*/node_modules/`],
	// Older engines look after SSH connections by a timer that nobody can stop.
	forceExit: true,
	// Most of the time goes by in waits.
	maxWorkers: 3,
};
