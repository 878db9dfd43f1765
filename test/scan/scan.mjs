// One scan, in the Node that n8n's scanner needs: node scan.mjs <scanner.mjs> <folder> <source|package>.
// Prints what the scanner says as JSON, with the number of files it read, in the last line.
import { createRequire } from 'node:module';

const [, , scanner, folder, kind] = process.argv;
const { analyzePackage, SOURCE_FILE_PATTERNS } = await import(scanner);

// As the scanner itself does with a package on npm: the sources by its own list, and of the packed
// package the code that runs.
const patterns = kind === 'source' ? SOURCE_FILE_PATTERNS : ['**/*.js', 'package.json'];
const files = createRequire(scanner)('fast-glob').sync(patterns, {
	cwd: folder,
	ignore: ['node_modules/**', '**/package-lock.json'],
});
const verdict = await analyzePackage(folder, patterns);

process.stdout.write(`\n${JSON.stringify({ ...verdict, files: files.length })}\n`);
