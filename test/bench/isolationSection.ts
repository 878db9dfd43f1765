/** How many calls it takes to tell the bad records from the good ones, through the whole node. */
import { setStage } from '../support/stage';
import { bound } from '../support/isolation';
import { meanCalls, type Scene } from '../support/isolationThroughNode';
import { markdownTable, shown } from '../support/markdown';

const SEED = 1;

/** `placements`: how many random choices of the bad records the mean is of. */
const SCENES = [
	{ records: 500, bad: 0, placements: 3 },
	{ records: 500, bad: 1, placements: 30 },
	{ records: 500, bad: 5, placements: 30 },
	{ records: 500, bad: 25, placements: 30 },
	{ records: 500, bad: 100, placements: 30 },
	{ records: 500, bad: 250, placements: 10 },
	{ records: 500, bad: 500, placements: 3 },
	{ records: 10_000, bad: 0, placements: 1 },
	{ records: 10_000, bad: 10, placements: 5 },
	{ records: 10_000, bad: 100, placements: 5 },
	{ records: 500, bad: 25, placements: 5, named: true },
	{ records: 500, bad: 100, placements: 5, named: true },
];

function yardstickFor({ records, bad, named = false }: Scene): number {
	if (named) return bad + 1;
	if (bad >= 0.38 * records) return records;
	return Math.max(Math.ceil(records / 500), bound({ records, bad }) + 1);
}

/** The table, in Markdown. */
export async function isolationSection(): Promise<string> {
	const stage = await setStage();
	const rows: string[][] = [];
	for (const { placements, ...scene } of SCENES) {
		const { records, bad, named } = scene;
		const calls = await meanCalls(stage, scene, placements, SEED);
		const yardstick = yardstickFor(scene);
		rows.push([
			`${shown(records)}, ${shown(bad)} bad${named ? ', named' : ''}`,
			shown(calls / yardstick, 2),
			shown(calls, 1),
			shown(yardstick, 1),
			shown(records),
		]);
	}
	await stage.stop();
	return [
		'A call with a bad record in it is refused as a whole, and the reply does not say for which record, unless it is "named". Mean calls over random placements of the bad records, all options at their defaults. No procedure can do with fewer calls than log2(C(n, k)) on average; the yardstick is one call more. From 38 % bad records upwards nothing better is known than a call a record. Where the bad records are named, the yardstick is a call for each and one more; it is never less than a call a batch. More than 25 of them in a batch cost more calls on purpose: their batch goes in small parts, several at once, and not whole, one call after the other.',
		markdownTable(['Records', 'Calls ÷ yardstick', 'Calls', 'Yardstick', 'A call a record'], rows),
	].join('\n\n');
}
