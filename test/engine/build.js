const { spawnSync } = require('node:child_process');
const { readdirSync, rmSync, statSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');

/** Modification time in ms; 0 for a file that does not exist, so that it counts as out of date. */
const modified = (file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const filesUnder = (folder) =>
	readdirSync(path.join(root, folder), { recursive: true })
		.map((file) => path.join(folder, file))
		.filter((file) => statSync(path.join(root, file)).isFile());

/** Whether dist/ lacks the output of a source, or is older than a source or the settings. */
function isStale() {
	const sources = ['nodes', 'credentials'].flatMap(filesUnder);
	const code = sources.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
	const assets = sources.filter((file) => /\.(svg|node\.json)$/.test(file));
	const settings = ['package.json', 'tsconfig.json', 'gulpfile.js'];
	const newest = Math.max(...[...code, ...assets, ...settings].map(modified));
	// gulp copies a file with its time, so only tsc's output tells when the build was.
	return (
		assets.some((file) => !modified(path.join('dist', file))) ||
		code.some((file) => modified(path.join('dist', file.replace(/ts$/, 'js'))) < newest)
	);
}

/** Whether the tests that a pattern asks for may run what was built: all others read the sources. */
const mayNeedDist = (pattern) =>
	!pattern.endsWith('.test.ts') || /\.(engine|long)\.test\.ts$/.test(pattern);

/**
 * Jest's global setup: builds dist/ where it is missing or out of date, silently. Nothing is built
 * when only files were asked for that do not run in n8n's engine.
 * A script calls it without an argument, which builds in any case where dist/ is out of date.
 * Throws when the build fails, after printing what it said.
 */
module.exports = async function build({ nonFlagArgs = [] } = {}) {
	const needsDist = nonFlagArgs.length === 0 || nonFlagArgs.some(mayNeedDist);
	if (!needsDist || !isStale()) return;
	const { status, stdout, stderr } = spawnSync('npm', ['run', 'build'], {
		cwd: root,
		encoding: 'utf8',
		shell: process.platform === 'win32',
	});
	if (status === 0) return;
	// tsc emits code that has type errors; it must not pass for built the next time.
	rmSync(path.join(root, 'dist'), { recursive: true, force: true });
	process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
	throw new Error('npm run build failed');
};
