// Reads the output of `npm pack --dry-run --json` and fails when the package holds what no user needs.
const { readFileSync } = require('node:fs');

const output = readFileSync(0, 'utf8');
const [{ files, size }] = JSON.parse(output.slice(output.indexOf('[')));
const wanted =
	/^(dist\/(nodes|credentials)\/.+\.(js|svg|node\.json)|index\.js|package\.json|README\.md|LICENSE\.md)$/;
const unwanted = files.map(({ path }) => path).filter((path) => !wanted.test(path));
if (unwanted.length > 0) throw new Error(`Not for users: ${unwanted.join(', ')}`);
if (size > 100_000) throw new Error(`The package is ${size} bytes; it may be 100 kB`);
console.log(`The package holds ${files.length} files, ${size} bytes packed`);
