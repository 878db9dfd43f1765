const { transform } = require('../../jest.config');

// A real n8n at a time: one file after the other, and patience for a slow machine.
module.exports = {
	rootDir: '../..',
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/e2e/**/*.e2e.ts'],
	globalSetup: '<rootDir>/test/e2e/setup.ts',
	transform,
	maxWorkers: 1,
	testTimeout: 600_000,
	verbose: true,
};
