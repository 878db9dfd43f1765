// Adds up what jest says in the files that are named: names again what failed, with the beginning of
// its message, since the output before is long; then one plain line, "N passed, N failed". A file
// that jest did not write counts as a failure. Ends with 1 where there was one.
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { stripVTControlCharacters } = require('node:util');

const MESSAGE_LINES = 12;

function tell(what, message) {
	const lines = stripVTControlCharacters(message).trim().split('\n').slice(0, MESSAGE_LINES);
	process.stdout.write(`\nFailed: ${what}\n${lines.map((line) => `    ${line}\n`).join('')}`);
}

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
	try {
		const result = JSON.parse(readFileSync(file, 'utf8'));
		passed += result.numPassedTests;
		failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
		for (const { name, message, status, assertionResults } of result.testResults) {
			const suite = `${path.basename(file, '.json')}, ${path.relative(process.cwd(), name)}`;
			const broken = assertionResults.filter((test) => test.status === 'failed');
			for (const test of broken) tell(`${suite}: ${test.fullName}`, test.failureMessages[0] ?? '');
			if (status === 'failed' && broken.length === 0) tell(suite, message);
		}
	} catch (error) {
		failed += 1;
		tell(path.basename(file, '.json'), String(error));
	}
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
