/**
 * `npm run check -- scan`: n8n's own scanner of community packages over what it looks at before a package is
 * verified, the sources and the packed package. Ends with 1 when it finds anything.
 *
 *     npm run check -- scan n8n-nodes-zoho-email-hygiene-0.2.0.tgz
 *
 * Without a tarball it builds and packs one.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import build from '../engine/build';
import { installPinned, nodeFolderIn, packInto, run } from '../install';

const ROOT = path.resolve(__dirname, '../..');

/** What the scanner says of a folder, and how many files it read there. */
interface Verdict {
	passed: boolean;
	message?: string;
	details?: string;
	files: number;
}

/** Scans a folder: as a checkout of the sources, or as what npm hands out. */
type Scan = (folder: string, kind: 'source' | 'package') => Promise<Verdict>;

/** Installs the scanner and the Node 24 that it runs on, or finds them installed. About 400 MB. */
async function installScanner(): Promise<Scan> {
	const folder = await installPinned({
		name: 'scanner',
		recipe: __dirname,
		begins: () => console.error("Installing n8n's scanner …"),
	});
	const node = path.join(nodeFolderIn(folder), 'bin/node');
	const scanner = path.join(folder, 'node_modules/@n8n/scan-community-package/scanner/scanner.mjs');
	return async (scanned, kind) => {
		const script = path.join(__dirname, 'scan.mjs');
		const said = await run(node, [script, scanner, scanned, kind], { cwd: folder });
		return JSON.parse(said.slice(said.lastIndexOf('\n{') + 1)) as Verdict;
	};
}

/** A scanner that finds nothing anywhere proves nothing: it must find what is wrong in these files. */
async function holdToFaults(scan: Scan, folder: string): Promise<void> {
	const bad = path.join(folder, 'bad');
	await mkdir(path.join(bad, 'nodes'), { recursive: true });
	await cp(path.join(ROOT, 'package.json'), path.join(bad, 'package.json'));
	for (const file of ['nodes/bad.ts', 'nodes/bad.js']) {
		await writeFile(path.join(bad, file), 'export const home = process.env.HOME;\n');
	}
	const expected = { source: 2, package: 1 };
	for (const kind of ['source', 'package'] as const) {
		const { details = '' } = await scan(bad, kind);
		const found = details.match(/no-restricted-globals/g)?.length ?? 0;
		if (found < expected[kind]) {
			throw new Error(`The scanner lets process.env pass in a ${kind}:\n${details}`);
		}
	}
}

function tell(what: string, { passed, message = '', details = '', files }: Verdict): void {
	console.log(`${what}, ${files} files: ${passed ? 'passed' : `failed, ${message}`}`);
	if (details) console.log(details);
	if (!passed) process.exitCode = 1;
}

async function main(given: string | undefined): Promise<void> {
	const scan = await installScanner();
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-scan-'));
	try {
		await holdToFaults(scan, folder);
		if (given === undefined) await build();
		const tarball = given === undefined ? await packInto(folder) : path.resolve(given);
		await run('tar', ['-xzf', tarball, '-C', folder], { cwd: folder });
		tell('The sources', await scan(ROOT, 'source'));
		tell(path.basename(tarball), await scan(path.join(folder, 'package'), 'package'));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

void main(process.argv[2]);
