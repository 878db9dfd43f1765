/**
 * `npm run check -- mutation`: changes the sources in thousands of places, one at a time, and counts how
 * often a test fails. Prints what nothing noticed, a table by file, and last `mutation score: N %`.
 * Ends with 1 below 90 %, and where `harmless.js` names what is no longer so.
 *
 *     npm run check -- mutation nodes/run credentials    # only in these folders and files
 *     npm run check -- mutation --since=main             # only in files that differ from this commit's
 *     npm run check -- mutation --landed                 # only what was merged last, the sample where that is nothing or much
 *     npm run check -- mutation nodes/run --tests=test/run   # with these tests alone, while writing them
 */
const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync, readFileSync, statSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const harmless = require('./harmless');
const { judge, scoreOf } = require('./report');
const sample = require('./sample');

const root = path.resolve(__dirname, '../..');
const LEAST_SCORE = 90;

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** The sources that differ from those of a commit, of which there still is something to test. */
const changedSince = (commit) =>
	git('diff', '--name-only', commit, '--', 'nodes', 'credentials')
		.split('\n')
		.filter((file) => file.endsWith('.ts') && existsSync(path.join(root, file)));

/** What the newest commit has merged; nothing where it is no merge, or git does not know (a shallow clone). */
function landed() {
	try {
		git('rev-parse', '--verify', '--quiet', 'HEAD^2');
		return changedSince('HEAD^1');
	} catch {
		return [];
	}
}

const { values, positionals } = parseArgs({
	options: {
		since: { type: 'string' },
		landed: { type: 'boolean', default: false },
		tests: { type: 'string', multiple: true },
	},
	allowPositionals: true,
});
// Both the configuration and the runner, which StrykerJS loads in processes of its own, look there.
if (values.tests) process.env.MUTATION_TESTS = values.tests.join();

/** The files to mutate; undefined for all. */
function filesToMutate() {
	if (values.since !== undefined) return changedSince(values.since);
	if (values.landed) {
		const files = landed();
		// Of a change that is everywhere nobody wants to wait for the end in CI.
		return files.length > 0 && files.length <= sample.length ? files : sample;
	}
	if (positionals.length === 0) return undefined;
	return positionals.map((file) =>
		statSync(path.join(root, file)).isDirectory() ? path.posix.join(file, '**/*.ts') : file,
	);
}

function runStryker(files) {
	const { jsonReporter } = require('./stryker.config');
	const bin = path.join(
		path.dirname(require.resolve('@stryker-mutator/core/package.json')),
		'bin/stryker.js',
	);
	const args = [bin, 'run', path.join(__dirname, 'stryker.config.js')];
	if (files) args.push('--mutate', files.join(','));
	const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
	if (status !== 0) throw new Error(`StrykerJS ended with ${status}`);
	return JSON.parse(readFileSync(path.join(root, jsonReporter.fileName), 'utf8'));
}

/** A row for each file, the lowest score first. */
function table(files) {
	const rows = Object.entries(files).map(([file, counts]) => ({
		file,
		score: scoreOf([counts]),
		...counts,
	}));
	rows.sort((a, b) => a.score - b.score);
	const width = Math.max(...rows.map(({ file }) => file.length));
	return rows.map(
		({ file, score, mutants, missed, harmless: named }) =>
			`${file.padEnd(width)} ${score.toFixed(1).padStart(6)} % of ${mutants}, ${missed} not noticed` +
			(named > 0 ? `, ${named} harmless` : ''),
	);
}

function main() {
	const files = filesToMutate();
	if (files?.length === 0) {
		console.log('mutation score: 100 % (no source has changed)');
		return;
	}
	const { files: counts, survivors, stale, score } = judge(runStryker(files), harmless);
	for (const { file, location, mutatorName, original, replacement, status } of survivors) {
		const [from, to] = [original, replacement].map((text) => JSON.stringify(text.slice(0, 100)));
		const seen =
			{ NoCoverage: 'no test comes by', Survived: 'no test fails' }[status] ?? `ended as ${status}`;
		console.log(`${file}:${location.start.line}: ${seen}, ${mutatorName}: ${from} -> ${to}`);
	}
	console.log(table(counts).join('\n'));
	for (const { file, original } of stale) {
		console.log(`harmless.js: ${file} has no survivor ${JSON.stringify(original)} any more`);
	}
	// Rounded down: 89.99 is not 90.
	console.log(`mutation score: ${Math.floor(10 * score) / 10} %`);
	if (score < LEAST_SCORE || stale.length > 0) process.exitCode = 1;
}

main();
