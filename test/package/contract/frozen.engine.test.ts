/** The package as built keeps the contract: the copy of its own version, and those of all before. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { told } from './change';
import { changes } from './changes';
import { contractOf, current, earlier, type Contract } from './contract';
import { readContract } from './read';

const changelog = readFileSync(path.resolve(__dirname, '../../../CHANGELOG.md'), 'utf8');

let built: Contract;
beforeAll(async () => {
	built = await readContract();
});

test('the contract is the one that is written down', () => {
	const text = told(changes(contractOf(current), built));

	if (text) throw new Error(`The contract of ${current} is not what was written down.\n${text}`);
});

describe.each(earlier)('what was made with %s', (version) => {
	const since = () => changes(contractOf(version), built);

	test('still works', () => {
		const text = told(since().filter(({ breaks }) => breaks));

		if (text) throw new Error(`What was made with ${version} breaks.\n${text}`);
	});

	test('has everything that came later in the changelog', () => {
		const start = changelog.indexOf(`\n## [${version}]`);
		const news = changelog.slice(0, start);
		const untold = since().filter(
			({ breaks, names }) => !breaks && !names.some((name) => news.includes(name)),
		);

		expect(start).toBeGreaterThan(0);
		if (untold.length > 0) {
			throw new Error(`CHANGELOG.md has no line that names these.\n${told(untold)}`);
		}
	});
});
