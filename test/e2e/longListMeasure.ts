/**
 * What a long list costs a real n8n: seconds and memory of its upload, of one run and of the page.
 *
 *     npx tsx test/e2e/longListMeasure.ts 100000
 *
 * Memory is what n8n's own process and its task runner hold (RSS), so this needs Linux. Processor time is
 * that of both: on a machine that others use as well, it says more than seconds do.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { choose, listOf, LOGIN_HEADERS, openDesk, PAGE, press, send } from './longList';
import type { N8n } from './n8n';
import { say } from './say';
import { connect, setStage } from './stage';

const ADDRESSES = Number(process.argv[2] ?? 100_000);
const PAGE_BYTES = 4_096;
const MEGABYTE = 1_000_000;

/** The processes that run in a folder. */
function processesIn(folder: string): string[] {
	return readdirSync('/proc').filter((pid) => {
		try {
			return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder;
		} catch {
			return false;
		}
	});
}

/** What n8n's processes hold now, in MB: the larger one is n8n, the other one its task runner. */
function memory({ folder }: N8n): number[] {
	const held = processesIn(folder).map((pid) => {
		const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
		return (Number(resident) * PAGE_BYTES) / MEGABYTE;
	});
	return held.sort((one, other) => other - one);
}

/** The processor time of n8n's processes until now, in seconds: user and system time, in hundredths of one. */
function processorTime({ folder }: N8n): number {
	const ticks = processesIn(folder).map((pid) => {
		const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
		const [user, system] = fields.split(' ').slice(11, 13).map(Number);
		return (user ?? 0) + (system ?? 0);
	});
	return ticks.reduce((sum, one) => sum + one, 0) / 100;
}

/** Does something, and says how long it took and how much memory n8n held at most. */
async function measure<T>(n8n: N8n, what: string, act: () => Promise<T>): Promise<T> {
	const before = memory(n8n);
	let most = before;
	const watch = setInterval(() => {
		const now = memory(n8n);
		most = now.map((held, index) => Math.max(held, most[index] ?? 0));
	}, 100);
	const begin = performance.now();
	const used = processorTime(n8n);
	try {
		return await act();
	} finally {
		clearInterval(watch);
		const seconds = ((performance.now() - begin) / 1000).toFixed(2);
		const words = (held: number[]) => held.map((size) => size.toFixed(0)).join(' + ');
		const processor = (processorTime(n8n) - used).toFixed(1);
		say(
			`${what}: ${seconds} s (processor ${processor} s), ${words(before)} MB before, ${words(most)} MB at most`,
		);
	}
}

/** What n8n's database takes on disk, in MB. */
function databaseSize({ folder }: N8n): number {
	const files = readdirSync(path.join(folder, '.n8n')).filter((name) =>
		name.startsWith('database'),
	);
	const sizes = files.map((name) => statSync(path.join(folder, '.n8n', name)).size);
	return sizes.reduce((sum, size) => sum + size, 0) / MEGABYTE;
}

async function upload(n8n: N8n): Promise<void> {
	const rows = Array.from(
		{ length: ADDRESSES },
		(_, i) => `${i},"Doe, Jo",person.${i}@example.com`,
	);
	const file = new Blob([`Id,Name,Email\r\n${rows.join('\r\n')}`]);
	say(`a file of ${ADDRESSES} rows, ${(file.size / MEGABYTE).toFixed(1)} MB`);
	const columns = await measure(
		n8n,
		'the file is sent, and its columns are offered',
		async () => await send(n8n.url, file),
	);
	const size = databaseSize(n8n);
	const ending = await measure(
		n8n,
		'the column is chosen, and the list is in',
		async () => await choose(columns, 'Email (column 3)'),
	);
	await press(n8n.url, 'confirm', (await listOf(ending))!);
	const reply = await fetch(n8n.url + PAGE, { headers: LOGIN_HEADERS });
	const [said = 'nothing'] = /<b>[\d,]+<\/b> of <b>[\d,]+/.exec(await reply.text()) ?? [];
	say(`the page says: ${said.replaceAll(/<.*?>/g, '')}`);
	say(`the database grew by ${(databaseSize(n8n) - size).toFixed(1)} MB`);
}

async function main(): Promise<void> {
	const stage = await setStage(
		process.env.N8N_NODE_OPTIONS === undefined
			? {}
			: { NODE_OPTIONS: process.env.N8N_NODE_OPTIONS },
	);
	const { n8n } = stage;
	try {
		const workflow = await openDesk(stage, await connect(stage));
		await upload(n8n);
		await n8n.deactivate(workflow);
		for (let run = 1; run <= 5; run++) {
			await measure(n8n, `run ${run}`, async () => await n8n.execute(workflow, 'Every 20 Seconds'));
		}
		await n8n.activate(workflow);
		for (let time = 1; time <= 3; time++) {
			await measure(n8n, 'the page', async () => {
				const reply = await fetch(n8n.url + PAGE, { headers: LOGIN_HEADERS });
				await reply.text();
			});
		}
	} finally {
		await stage.remove();
	}
}

void main();
