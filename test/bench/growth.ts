/** How the cost of a record grows with their number: the node, and what n8n alone costs. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { recordIds } from '../support/stage';
import { setBench } from './node';
import { plot } from './plot';
import { markdownTable, median, shown } from '../support/markdown';

const FILE = 'growth.svg';

/**
 * How many records, and how many times each. An even number of times: the two take turns in going
 * first, since who is the first with so many records pays for a heap that has to grow.
 */
const ROUNDS: ReadonlyArray<readonly [records: number, rounds: number]> = [
	[1_000, 8],
	[2_000, 8],
	[5_000, 6],
	[10_000, 6],
	[20_000, 4],
	[50_000, 2],
	[200_000, 2],
];

const NODE_FIRST = ['node', 'reading'] as const;
const NODE_LAST = ['reading', 'node'] as const;

/** What a record costs. */
interface Cost {
	/** Of the processor, in microseconds. */
	time: number;
	/** Held by the finished run. */
	bytes: number;
}

/** The table, in Markdown; the plot goes to docs/. Takes about three minutes. */
export async function growthSection(): Promise<string> {
	const { measure, stop } = await setBench();
	const costs = { node: [] as Cost[], reading: [] as Cost[] };
	for (let round = 0; round < 3; round++) await measure('node', recordIds(2_000));
	for (const [records, rounds] of ROUNDS) {
		const ids = recordIds(records);
		const measured = { node: [] as Cost[], reading: [] as Cost[] };
		for (let round = 0; round < rounds; round++) {
			const order = round % 2 === 0 ? NODE_LAST : NODE_FIRST;
			for (const contestant of order) {
				// What n8n keeps of the run before goes with this one.
				await measure('reading', ids.slice(0, 1));
				const { cpuMs, heldBytes } = await measure(contestant, ids);
				measured[contestant].push({ time: (cpuMs * 1000) / records, bytes: heldBytes / records });
			}
		}
		for (const contestant of NODE_FIRST) {
			const rows = measured[contestant];
			costs[contestant].push({
				time: median(rows.map(({ time }) => time)),
				bytes: median(rows.map(({ bytes }) => bytes)),
			});
		}
	}
	await stop();

	const sizes = ROUNDS.map(([records]) => records);
	const linesOf = (value: (cost: Cost) => number) => [
		{ name: 'this node', color: '#2563eb', values: costs.node.map(value) },
		{ name: 'n8n alone', color: '#d97706', values: costs.reading.map(value) },
	];
	const svg = plot(sizes, 'records, an item each', [
		{ title: 'Microseconds of processor time a record', lines: linesOf(({ time }) => time) },
		{ title: 'Bytes held a record', lines: linesOf(({ bytes }) => bytes) },
	]);
	writeFileSync(path.resolve(__dirname, '../../docs', FILE), svg);

	const rows = sizes.map((records, i) => {
		const [node, alone] = [costs.node[i]!, costs.reading[i]!];
		return [
			shown(records),
			shown(node.time / alone.time, 2),
			shown(node.time, 1),
			shown(alone.time, 1),
			shown(node.bytes),
			shown(alone.bytes),
		];
	});
	return [
		'Good records, an item each, 500 a call; a finished run, the input not counted. "n8n alone" is a node in the same engine that reads one expression an item, hands its input on and makes no calls; the processor time of the node includes the embedded Zoho, which is in the same process. What grows faster than the records grows in n8n alone as well.',
		`![What a record costs, by the number of records: processor time and memory of this node and of n8n alone](${FILE})`,
		markdownTable(
			[
				'Records',
				'Node ÷ n8n alone, time',
				'Node, µs',
				'n8n alone, µs',
				'Node, bytes',
				'n8n alone, bytes',
			],
			rows,
		),
	].join('\n\n');
}
