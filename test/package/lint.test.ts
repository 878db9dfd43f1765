import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const OFFICIAL = 'eslint.config.mjs';

const FILES = [
	'nodes/run/pace.ts',
	'nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node.ts',
	'credentials/ZohoEmailHygieneOAuth2Api.credentials.ts',
	'package.json',
];

/** In a process of its own, since ESLint imports its configuration, which jest cannot. */
const SCRIPT = `
	const { ESLint } = require('eslint');
	const ask = async (options) => {
		const eslint = new ESLint(options);
		const files = ${JSON.stringify(FILES)};
		return await Promise.all(files.map(async (file) => await eslint.calculateConfigForFile(file)));
	};
	Promise.all([ask({}), ask({ overrideConfigFile: '${OFFICIAL}' })]).then((asked) =>
		process.stdout.write(JSON.stringify(asked.map((configs) => configs.map(({ rules }) => rules)))),
	);`;

describe('what lint asks of nodes/ and credentials/', () => {
	it("is what n8n's official configuration asks", () => {
		const said = execFileSync(process.execPath, ['-e', SCRIPT], { cwd: root, encoding: 'utf8' });
		const [ours, official] = JSON.parse(said) as [object[], object[]];

		expect(official).toHaveLength(FILES.length);
		expect(ours).toEqual(official);
	});

	it('is not changed in the file that n8n looks at', () => {
		expect(readFileSync(path.join(root, OFFICIAL), 'utf8')).toBe(
			"import { config } from '@n8n/node-cli/eslint';\n\nexport default config;\n",
		);
	});
});
