/**
 * `npm run bench` measures everything, `npm run bench -- node isolation` these sections. Prints them,
 * and puts them into docs/benchmarks.md in place of what stood there. Each section has a process of
 * its own, so that none works in the memory that another one has left.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { format } from 'prettier';
import build from '../engine/build';
import { campaignPeersSection } from './campaignPeers';
import { doNotMailSection } from './doNotMail';
import { doNotMailPeersSection } from './doNotMailPeers';
import { growthSection } from './growth';
import { isolationSection } from './isolationSection';
import { livenessSection } from './liveness';
import { nodeSection } from './node';
import { refreshPeersSection } from './refreshPeers';
import { sharedLimitSection } from './sharedLimit';
import { unblockPeersSection } from './unblockPeers';
import { viewPeersSection } from './viewPeers';

interface Section {
	title: string;
	measure: () => Promise<string>;
}

const SECTIONS: Record<string, Section> = {
	unblockPeers: {
		title: 'Unblocking, beside what there is without this node',
		measure: unblockPeersSection,
	},
	viewPeers: {
		title: 'A custom view, beside what there is without this node',
		measure: viewPeersSection,
	},
	doNotMailPeers: {
		title: 'Do-Not-Mail, beside the HTTP Request node',
		measure: doNotMailPeersSection,
	},
	campaignPeers: {
		title: 'Recipients of campaigns, beside what people script',
		measure: campaignPeersSection,
	},
	refreshPeers: {
		title: 'One token for twenty runs, beside the HTTP Request node',
		measure: refreshPeersSection,
	},
	growth: { title: 'How the cost grows', measure: growthSection },
	node: { title: 'Time and memory beside what n8n itself takes', measure: nodeSection },
	liveness: { title: 'How long n8n stands still', measure: livenessSection },
	isolation: { title: 'Calls to tell bad records from good ones', measure: isolationSection },
	doNotMail: { title: 'Addresses inside the limit of Do-Not-Mail', measure: doNotMailSection },
	sharedLimit: { title: 'One limit for several n8n processes', measure: sharedLimitSection },
};

const FILE = path.resolve(__dirname, '../../docs/benchmarks.md');

const HEAD =
	"# Benchmarks\n\nWritten by `npm run bench`: both nodes in n8n's own engine, against the Zoho of the tests, in the same process unless told otherwise. Ratios come first: they say more than the times of one machine.";

const machine = () =>
	`Node.js ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores, shared with other programs.`;

/** The sections that stand in the file, by their titles. */
function writtenSections(): Map<string, string> {
	let text = '';
	try {
		text = readFileSync(FILE, 'utf8');
	} catch {
		// The first time there is no file.
	}
	return new Map(
		text
			.split(/^## /m)
			.slice(1)
			.map((section) => [section.split('\n', 1)[0] ?? '', `## ${section.trim()}`]),
	);
}

async function main(chosen: string[]): Promise<void> {
	const unknown = chosen.filter((name) => !Object.hasOwn(SECTIONS, name));
	if (unknown.length > 0) {
		throw new Error(
			`No section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}`,
		);
	}
	const [only, ...more] = chosen;
	const section = only === undefined || more.length > 0 ? undefined : SECTIONS[only];
	if (section) return await measureSection(section);
	for (const name of Object.keys(SECTIONS)) {
		if (chosen.length > 0 && !chosen.includes(name)) continue;
		const [code] = (await once(fork(__filename, [name]), 'close')) as [number | null];
		if (code !== 0) throw new Error(`The section ${name} was not measured`);
	}
}

async function measureSection({ title, measure }: Section): Promise<void> {
	await build();
	console.error(`Measuring: ${title} …`);
	const text = `## ${title}\n\n${await measure()}\n\n${machine()}`;
	const section = await format(text, { parser: 'markdown' });
	console.log(section);

	const written = writtenSections().set(title, section.trim());
	const inOrder = Object.values(SECTIONS).flatMap(({ title }) => written.get(title) ?? []);
	mkdirSync(path.dirname(FILE), { recursive: true });
	writeFileSync(FILE, `${[HEAD, ...inOrder].join('\n\n')}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
