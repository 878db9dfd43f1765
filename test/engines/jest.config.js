const path = require('node:path');
const base = require('../../jest.config.js');

/** The install of the engine to test in; that of this repository where none is named. */
const engine = process.env.N8N_ENGINE;

// Jest takes the ES modules that some engines need as what they are not: it compiles them.
const ES_MODULES = '/node_modules/(p-retry|is-network-error)/';
const [compiler, options] = base.transform['\\.ts$'];

// In each engine run the tests of behaviour, `*.engine.test.ts`. What no engine can change does not:
// what is pure, the embedded Zoho's own tests, and what `npm start` prints.
module.exports = {
	...base,
	rootDir: path.resolve(__dirname, '../..'),
	testMatch: ['<rootDir>/test/**/*.engine.test.ts'],
	// The package under test gets the same copy of n8n-workflow as the engine, as in n8n.
	...(engine && { moduleNameMapper: { '^n8n-(core|workflow)$': `${engine}/node_modules/n8n-$1` } }),
	transform: { ...base.transform, [ES_MODULES]: [compiler, options] },
	transformIgnorePatterns: [`^(?!.*${ES_MODULES}).*/node_modules/`],
	setupFilesAfterEnv: [path.join(__dirname, 'retry.js')],
	// Older engines look after SSH connections by a timer that nobody can stop.
	forceExit: true,
	// Most of the time goes by in waits.
	maxWorkers: 3,
};
