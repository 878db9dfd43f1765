/** What n8n reads of the node types and the credential type: where they stand, and what they look like. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import packageJson from '../../package.json';
import { campaignsNode, credential, crmNode, descriptions } from '../support/panels';

const root = path.resolve(__dirname, '../..');

/** The files that an icon names, from the folder of whoever has it. */
const filesOf = (icon: unknown, folder: string) =>
	Object.values(icon as Record<string, string>).map((file) =>
		path.join(root, folder, file.replace(/^file:/, '')),
	);

describe.each([
	['nodes/ZohoCrmUnblockEmail', crmNode.description],
	['nodes/ZohoCampaignsDoNotMail', campaignsNode.description],
] as const)('%s', (folder, description) => {
	it('has pictures for a light and for a dark screen', () => {
		const files = filesOf(description.icon, folder);

		expect(new Set(files).size).toBe(2);
		for (const file of files) expect(readFileSync(file, 'utf8')).toContain('<svg');
		expect(description.icon).toEqual({
			light: expect.stringMatching(/^file:\w+\.svg$/),
			dark: expect.stringMatching(/^file:\w+\.dark\.svg$/),
		});
	});

	it('comes onto the canvas under the name that the list of nodes has for it', () => {
		expect(description.defaults).toEqual({ name: description.displayName });
	});

	it('is in the list under what people search for', () => {
		const file = path.join(root, folder, `${path.basename(folder)}.node.json`);
		const codex = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

		expect(codex).toMatchObject({
			node: `${packageJson.name}.${description.name}`,
			categories: expect.arrayContaining(['Marketing']),
			alias: expect.arrayContaining([
				'zoho email',
				'bounced',
				'blocked',
				'email validation',
				'clean email list',
				'newsletter',
				'gdpr',
			]),
		});
	});

	it('takes items from the node before it, hands them on, and starts no workflow', () => {
		expect(description.inputs).toEqual(['main']);
		expect(description.outputs).toEqual(['main']);
		expect(description.group).toEqual(['output']);
	});

	it('can be the tool of an agent', () => {
		expect(description.usableAsTool).toBe(true);
	});

	it('asks for its credential before it can run', () => {
		expect(description.credentials).toEqual([{ name: credential.name, required: true }]);
	});
});

describe('the credential', () => {
	it('is an OAuth2 credential of n8n, so that n8n connects it and renews its token', () => {
		expect(credential.extends).toEqual(['oAuth2Api']);
	});

	it('has pictures for a light and for a dark screen', () => {
		const files = filesOf(credential.icon, 'credentials');

		expect(new Set(files).size).toBe(2);
		for (const file of files) expect(existsSync(file)).toBe(true);
		expect(Object.values(credential.icon)).toEqual(
			Array(2).fill(expect.stringMatching(/^file:\w+(\.dark)?\.svg$/)),
		);
	});

	it('leads to the page that explains it', () => {
		const [repository, anchor] = credential.documentationUrl.split('#');
		const headings = readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(/^#+ (.+)$/gm);
		const anchors = [...headings].map(([, text = '']) => text.toLowerCase().replaceAll(' ', '-'));

		expect(`git+${repository}.git`).toBe(packageJson.repository.url);
		expect(anchors).toContain(anchor);
	});

	it('and every node say in the list what they are', () => {
		expect(credential.displayName).toContain('Zoho Email Hygiene');
		expect(descriptions.map(({ description }) => description)).toEqual([
			expect.stringContaining('temporarily bounced'),
			expect.stringContaining('Do-Not-Mail'),
		]);
	});
});
