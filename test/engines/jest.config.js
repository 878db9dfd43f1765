const path = require('node:path');
const base = require('../../jest.config.js');

/** The install of the engine to test in; that of this repository where none is named. */
const engine = process.env.N8N_ENGINE;

// In each engine run the tests of behaviour, `*.engine.test.ts`. What no engine can change does not:
// what is pure, the embedded Zoho's own tests, and what `npm start` prints.
module.exports = {
	...base,
	rootDir: path.resolve(__dirname, '../..'),
	testMatch: ['<rootDir>/test/**/*.engine.test.ts'],
	// What dist/ asks for, `test/jest/runtime.js` finds there as well.
	...(engine && { moduleNameMapper: { '^n8n-(core|workflow)$': `${engine}/node_modules/n8n-$1` } }),
	setupFilesAfterEnv: [path.join(__dirname, 'retry.js')],
	// Most of the time goes by in waits.
	maxWorkers: 3,
};
