/** The pages of the project, and the tables in them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(__dirname, '../..');
export const PAGES = [
	'README.md',
	'CONTRIBUTING.md',
	'CHANGELOG.md',
	'SECURITY.md',
	'docs/install.md',
	'docs/credential.md',
	'docs/zoho-crm-unblock-email.md',
	'docs/zoho-campaigns-do-not-mail.md',
	'docs/failures.md',
	'docs/questions.md',
	'docs/verification.md',
];

export const page = (name: string) => readFileSync(path.join(root, name), 'utf8');
export const readme = page('README.md');
export const credentialPage = page('docs/credential.md');
export const failuresPage = page('docs/failures.md');

/** What stands under a heading, with what stands under the smaller headings in it. It must be there. */
export function section(text: string, heading: string): string {
	const lines = text.split('\n');
	const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading);
	const level = /^#+/.exec(lines[start] ?? '')?.[0].length;
	if (level === undefined) throw new Error(`No heading "${heading}"`);
	const rest = lines.slice(start + 1);
	const end = rest.findIndex((line) => (/^(#+) /.exec(line)?.[1] ?? '#######').length <= level);
	return rest.slice(0, end === -1 ? undefined : end).join('\n');
}

/** The tables of a text, each as its rows of trimmed cells: its head, then its body. */
export function tables(text: string): string[][][] {
	return (text.match(/(^\|.*\|\n)+/gm) ?? []).map((table) =>
		table
			.trim()
			.split('\n')
			.filter((_, row) => row !== 1)
			.map((row) =>
				row
					.slice(1, -1)
					.split('|')
					.map((cell) => cell.trim()),
			),
	);
}

/** The rows of the table in a text whose first column has this head. */
export function rowsOf(text: string, head: string): string[][] {
	return (
		tables(text)
			.find(([names]) => names?.[0] === head)
			?.slice(1) ?? []
	);
}

export const withoutTicks = (cell: string | undefined) => cell?.replace(/`/g, '');

/** The anchors that GitHub gives the headings of a page. */
export const anchorsOf = (text: string) =>
	[...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replace(/[^\w\- ]/g, '')
			.replaceAll(' ', '-'),
	);
