/** n8n's guidelines: for the texts that the panel shows, and for a package that is to be verified. */
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ZohoEmailHygieneOAuth2Api } from '../../credentials/ZohoEmailHygieneOAuth2Api.credentials';
import { ZohoCampaignsDoNotMail } from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node';
import { ZohoCrmUnblockEmail } from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node';
import packageJson from '../../package.json';
import { page, PAGES, root, rowsOf, section } from './pages';

const campaigns = new ZohoCampaignsDoNotMail().description;
const nodes = [new ZohoCrmUnblockEmail().description, campaigns];
const credential = new ZohoEmailHygieneOAuth2Api();

const optionsOf = ({ properties }: INodeTypeDescription) =>
	properties.find(({ name }) => name === 'options')!.options as INodeProperties[];

const everyProperty = (properties: INodeProperties[]): INodeProperties[] =>
	properties.flatMap((property) => [
		property,
		...(property.type === 'collection' ? everyProperty(property.options as INodeProperties[]) : []),
	]);
const shown = [...nodes.flatMap(({ properties }) => properties), ...credential.properties]
	.flatMap((property) => everyProperty([property]))
	.filter(({ type }) => type !== 'hidden' && type !== 'notice');

test('names are in title case', () => {
	for (const { displayName } of shown) {
		for (const word of displayName.split(/[ -]/)) {
			expect(word).toMatch(/^\(?([A-Z]|(in|is|to|per|of|and|the)$)/);
		}
	}
});

test('a number that is not a count of what its name says has its unit in the name', () => {
	const numbers = shown.filter(({ type }) => type === 'number');
	const counts = ['callsPerWindow', 'limit', 'maxParallelRequests', 'maxRetries'];

	for (const { name, displayName } of numbers) {
		if (!counts.includes(name))
			expect(displayName).toMatch(/ \((Milliseconds|Minutes|Days|Records)\)$/);
	}
});

test('options that belong together begin with the same word, since n8n sorts them by name', () => {
	for (const node of nodes) {
		const options = optionsOf(node).map(({ displayName }) => displayName);
		expect(options).toEqual([...options].sort((one, other) => one.localeCompare(other)));
	}
	const limits = optionsOf(campaigns).filter(({ name }) => /window|lock|limit/i.test(name));
	expect(limits.length).toBeGreaterThanOrEqual(4);
	for (const { displayName } of limits) expect(displayName).toMatch(/^(Limit: |Share Limit With$)/);
});

test('every option has an example in its tooltip', () => {
	const options = nodes.flatMap(optionsOf);

	for (const { name, description: text } of options) {
		expect({ name, text }).toEqual({ name, text: expect.stringContaining('Example: ') });
	}
});

test('descriptions begin with a capital; one sentence has no full stop, several have', () => {
	for (const { description: text = '' } of shown) {
		if (!text) continue;
		expect(text).toMatch(/^[A-Z/]/);
		const sentences = text.split(/[.!?] (?=[A-Z])/).length;
		expect({ text, stop: text.endsWith('.') }).toEqual({ text, stop: sentences > 1 });
	}
});

describe('what n8n asks of a package that is to be verified', () => {
	test('is proven by what docs/verification.md names: tests, commands and files that are there', () => {
		const rows = rowsOf(
			section(page('docs/verification.md'), "n8n's technical guidelines, line by line"),
			'n8n asks for',
		);
		const proofs = rows.map(([, , proof = '']) => proof);
		const named = proofs.flatMap((proof) =>
			[...proof.matchAll(/`([^`]+)`/g)].map(([, word]) => word!),
		);
		const isThere = (word: string) =>
			word.startsWith('npm run ')
				? word.split(' ')[2]! in packageJson.scripts
				: existsSync(path.join(root, word));

		expect(rows.length).toBeGreaterThan(20);
		for (const proof of proofs) expect(proof).not.toBe('');
		expect(named.filter((word) => !isThere(word))).toEqual([]);
	});

	test('names, keyword, the one author, and one repository on GitHub', () => {
		const { name, keywords, author, repository, homepage, bugs } = packageJson;
		const github = repository.url.replace(/^git\+|\.git$/g, '');

		expect(name).toMatch(/^n8n-nodes-/);
		expect(keywords).toContain('n8n-community-node-package');
		expect(author.name).not.toBe('');
		expect(github).toMatch(/^https:\/\/github\.com\/[\w-]+\/n8n-nodes-[\w-]+$/);
		expect(homepage).toBe(`${github}#readme`);
		expect(bugs.url).toBe(`${github}/issues`);
		for (const text of PAGES.map(page)) {
			for (const [link] of text.matchAll(/https:\/\/github\.com\/[\w-]+\/n8n-nodes-zoho[\w-]+/g)) {
				expect(link).toBe(github);
			}
		}
	});

	test('the license is MIT, in a file that is part of the package, as the README is', () => {
		expect(packageJson.license).toBe('MIT');
		expect(page('LICENSE.md')).toMatch(/^MIT License/m);
		// npm takes both into every package, whatever "files" says.
		expect(existsSync(path.join(root, 'README.md'))).toBe(true);
	});

	test('every node and credential is in the "n8n" section, and nothing that is not there', () => {
		const { nodes: listed, credentials } = packageJson.n8n;
		const sources = ['nodes', 'credentials'].flatMap((folder) =>
			readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
				.filter((file) => /\.(node|credentials)\.ts$/.test(file))
				.map((file) => path.posix.join('dist', folder, file.replace(/ts$/, 'js'))),
		);

		expect([...listed, ...credentials].sort()).toEqual(sources.sort());
		expect(packageJson.n8n.n8nNodesApiVersion).toBe(1);
		// n8n-node lint and release then hold the configuration of ESLint to be n8n's.
		expect(packageJson.n8n.strict).toBe(true);
	});

	test('the credential has an icon for light and dark', () => {
		for (const icon of Object.values(credential.icon as { light: string; dark: string })) {
			expect(existsSync(path.join(root, 'credentials', icon.replace('file:', '')))).toBe(true);
		}
	});

	test('it is published by a GitHub action that can prove where the package comes from', () => {
		const workflow = page('.github/workflows/publish.yml');

		expect(workflow).toContain('id-token: write');
		expect(workflow).toContain('registry-url: https://registry.npmjs.org');
		expect(workflow).toContain('- run: npm run release');
		expect(packageJson.scripts.release).toBe('n8n-node release');
	});

	test('the code reads no environment and no files', () => {
		for (const folder of ['nodes', 'credentials']) {
			for (const file of readdirSync(path.join(root, folder), {
				recursive: true,
				encoding: 'utf8',
			})) {
				if (!file.endsWith('.ts')) continue;
				const code = readFileSync(path.join(root, folder, file), 'utf8');
				expect(code).not.toMatch(/\bprocess\.\w|\bglobalThis\b|from '(node:|fs)/);
			}
		}
	});

	test('documentation and panel are in English, as far as letters tell', () => {
		const texts = [...PAGES.map(page), JSON.stringify(nodes), JSON.stringify(credential)];

		for (const text of texts) expect(text).not.toMatch(/(?=\p{L})[^\p{Script=Latin}]|[äöüßéèñ]/u);
	});
});
