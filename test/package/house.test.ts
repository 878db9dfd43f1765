import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { page, root, rowsOf, section, withoutTicks } from './pages';

/** Every TypeScript file in a folder of the project, by its path from the root. */
const filesIn = (folder: string) =>
	readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => path.posix.join(folder, file.split(path.sep).join('/')));

/** The files that a file imports, by their paths from the root. */
function importsOf(file: string): string[] {
	const text = readFileSync(path.join(root, file), 'utf8');
	return [...text.matchAll(/ from '(\.[^']*)'/g)].map(([, from = '']) =>
		path.posix.join(path.posix.dirname(file), from),
	);
}

/** A folder of nodes/ or test/, of which a file is part. */
const roomOf = (file: string) => file.split('/').slice(0, 2).join('/');

/** The imports that lead from one room to another, where that room is none of those given. */
const strayImports = (files: string[], isOpenTo: (room: string, from: string) => boolean) =>
	files.flatMap((file) =>
		importsOf(file)
			.filter((found) => roomOf(found) !== roomOf(file))
			.filter((found) => !isOpenTo(roomOf(found), roomOf(file)))
			.map((found) => `${file}: ${found}`),
	);

describe('nodes/', () => {
	const files = filesIn('nodes');

	it('has no file that is not on the map', () => {
		const rows = rowsOf(section(page('CONTRIBUTING.md'), 'The map of the house'), 'Room');
		const rooms = rows.flatMap(([names]) => withoutTicks(names)?.split(', ') ?? []);
		const isOnMap = (file: string) =>
			rooms.some((room) => (room.endsWith('/') ? file.startsWith(room) : file === room));

		expect(files.filter((file) => !isOnMap(file))).toEqual([]);
	});

	it('has arrows in one direction: what Zoho is knows nobody, how a run goes knows only that', () => {
		const allowed: Record<string, string[]> = {
			'nodes/zoho': [],
			'nodes/run': ['nodes/zoho'],
			'nodes/limit': ['nodes/zoho', 'nodes/run'],
			'nodes/n8n': ['nodes/zoho', 'nodes/run', 'nodes/limit'],
		};
		const nodeMay = ['nodes/zoho', 'nodes/run', 'nodes/limit', 'nodes/n8n'];

		expect(files.length).toBeGreaterThan(30);
		expect(strayImports(files, (room, from) => (allowed[from] ?? nodeMay).includes(room))).toEqual(
			[],
		);
	});

	it('has no circle of imports', () => {
		// What imports nothing that is left goes, until all have gone, or a circle is what is left.
		let left = new Map(files.map((file) => [file, importsOf(file).map((found) => `${found}.ts`)]));
		for (let before = Infinity; left.size < before; ) {
			before = left.size;
			left = new Map([...left].filter(([, imports]) => imports.some((found) => left.has(found))));
		}

		expect([...left.keys()]).toEqual([]);
	});

	it('is walked through once in each way, by files that exist', () => {
		const map = section(page('CONTRIBUTING.md'), 'The map of the house');
		const ways = map.split('\n').filter((line) => line.startsWith('**The way of one '));
		const nodes = ['nodes/ZohoCrmUnblockEmail', 'nodes/ZohoCampaignsDoNotMail'];

		expect(ways).toHaveLength(nodes.length);
		ways.forEach((way, i) => {
			const named = [...way.matchAll(/`([\w/]+\.ts)`/g)].map(([, file = '']) => file);
			const isThere = (file: string) =>
				files.includes(`${nodes[i]}/${file}`) || files.includes(`nodes/${file}`);

			expect(named.filter((file) => !isThere(file))).toEqual([]);
			expect(named).toEqual([...new Set(named)]);
		});
	});

	it('knows n8n in nodes/n8n and in the nodes only', () => {
		const knowsN8n = (file: string) =>
			readFileSync(path.join(root, file), 'utf8').includes("from 'n8n-workflow'");
		const rooms = new Set(files.filter(knowsN8n).map(roomOf));

		expect(rooms).not.toContain('nodes/zoho');
		expect(rooms).not.toContain('nodes/run');
		expect(rooms).not.toContain('nodes/limit');
	});
});

/** The source that a test is named after, in the folder of `nodes/` that its own is called like. */
function sourceOf(test: string): string {
	const [, ...folders] = path.posix.dirname(test).split('/');
	const [name] = path.posix.basename(test).split('.');
	if (folders[0] === 'credentials') return `credentials/${name}.credentials.ts`;
	const node = name === 'node' ? `${folders[0]}.node` : name;
	return path.posix.join('nodes', ...folders, `${node}.ts`);
}

describe('test/', () => {
	it('has the test of a source where its name says: <folder>/<file>.<aspect>.test.ts', () => {
		const rooms = ['credentials', ...readdirSync(path.join(root, 'nodes'))];
		const tests = filesIn('test').filter(
			(file) => file.endsWith('.test.ts') && rooms.includes(file.split('/')[1]!),
		);
		const isThere = (file: string) => existsSync(path.join(root, file));

		expect(new Set(tests.map((file) => file.split('/')[1]))).toEqual(new Set(rooms));
		expect(tests.filter((test) => !isThere(sourceOf(test)))).toEqual([]);
	});

	it('has no file that imports from another kind of test', () => {
		const shared = ['test/support', 'test/engine', 'test/fake-zoho', 'test/install', 'test/check'];
		const isOutside = (room: string) => !room.startsWith('test/');

		expect(
			strayImports(filesIn('test'), (room) => isOutside(room) || shared.includes(room)),
		).toEqual([]);
	});
});
