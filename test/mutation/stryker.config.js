/** What `npm run check -- mutation` gives to StrykerJS. */
module.exports = {
	mutate: ['nodes/**/*.ts', 'credentials/**/*.ts'],
	plugins: ['./test/mutation/runner.js'],
	testRunner: 'in-process',
	coverageAnalysis: 'perTest',
	// The engine's tests run what is built. Types are no check on mutants: Stryker switches them off.
	buildCommand: 'npm run build',
	concurrency: 2,
	// `order.js` bounds what a mutant costs; this is for loops that pass by no mutant.
	timeoutMS: 20_000,
	timeoutFactor: 0,
	// Two minutes, on a machine that has nothing else to do.
	dryRunTimeoutMinutes: 30,
	// What some of the tests say is not to be kept as what all of them say.
	incremental: !process.env.MUTATION_TESTS,
	incrementalFile: '.cache/mutation/incremental.json',
	tempDirName: '.cache/mutation/sandbox',
	ignorePatterns: ['.cache', 'dist', 'test/e2e', 'test/bench'],
	// A process that is given up is no news.
	logLevel: 'error',
	reporters: ['json', 'progress-append-only'],
	jsonReporter: { fileName: '.cache/mutation/report.json' },
};
