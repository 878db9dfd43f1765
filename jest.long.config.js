const { testPathIgnorePatterns: _, ...base } = require('./jest.config');

// What `npm test` has no time for: thousands of random runs through n8n's engine, real windows.
module.exports = { ...base, testMatch: ['<rootDir>/test/**/*.long.test.ts'] };
