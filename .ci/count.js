// Adds up what jest says in the files that are named: one plain line, "N passed, N failed". A file
// that jest did not write counts as a failure.
const { readFileSync } = require('node:fs');

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
	try {
		const result = JSON.parse(readFileSync(file, 'utf8'));
		passed += result.numPassedTests;
		failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
	} catch {
		failed += 1;
	}
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
