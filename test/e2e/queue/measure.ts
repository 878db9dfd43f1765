/**
 * Plays scenes in a real n8n in queue mode and prints their figures, a table for each:
 *
 *     npx tsx test/e2e/queue/measure.ts four-lists killed-worker --options '{"shareLimit":"instance"}'
 *
 * `--picture <file>` draws the window of the last scene that was played.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { INodeParameters } from 'n8n-workflow';
import { markdownTable, median, shown } from '../../support/markdown';
import type { Limit } from '../../fake-zoho';
import { arrivalsByTime, type Figures } from './figures';
import { picture } from './picture';
import {
	A_TENTH,
	fourLists,
	killedWorker,
	LONGER_THAN_A_RESTART,
	oneWorker,
	restart,
	SHORT,
	SHORTEST,
	webhookBesideLists,
	type WebhookFigures,
} from './scenes';
import { setQueueStage, type QueueStage } from './stage';

interface Scene {
	limit: Limit;
	play: (stage: QueueStage, options: INodeParameters) => Promise<Figures | WebhookFigures>;
}

const SCENES: Record<string, Scene> = {
	'four-lists': { limit: SHORT, play: fourLists },
	'one-worker': { limit: SHORT, play: oneWorker },
	'killed-worker': { limit: SHORT, play: killedWorker },
	restart: { limit: LONGER_THAN_A_RESTART, play: restart },
	'webhook-beside-lists': { limit: SHORT, play: webhookBesideLists },
	'short-windows': {
		limit: SHORTEST,
		play: async (stage, options) =>
			await fourLists(stage, options, { addresses: 2940, limit: SHORTEST }),
	},
	'short-windows-tenth': {
		limit: A_TENTH,
		play: async (stage, options) =>
			await fourLists(stage, options, { addresses: 296, limit: A_TENTH }),
	},
};

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { options: { type: 'string', default: '{}' }, picture: { type: 'string' } },
	});
	const scenes = positionals.map((name) => {
		const scene = SCENES[name];
		if (scene === undefined) throw new Error(`No scene ${name}: ${Object.keys(SCENES).join(', ')}`);
		return { name, ...scene };
	});
	const stage = await setQueueStage();
	try {
		for (const { name, limit, play } of scenes) {
			const figures = await play(stage, JSON.parse(values.options) as INodeParameters);
			process.stdout.write(`\n${name} ${values.options}\n\n${report(figures, limit)}\n`);
			if (values.picture !== undefined) await writeFile(values.picture, picture(figures, limit));
		}
	} finally {
		await stage.remove();
	}
}

function report(figures: Figures | WebhookFigures, { windowMs }: Limit): string {
	const { calls, refused, locks, seconds, best, lists } = figures;
	const total = markdownTable(
		['calls', 'refused', 'locks', 'seconds', 'best possible', 'times best'],
		[[calls, refused, locks, shown(seconds, 1), shown(best), shown(seconds / best, 2)]],
	);
	const ends = markdownTable(
		['list', 'worker', 'status', 'addresses', 'suppressed', 'registered'],
		lists.map((list) => [
			list.name,
			list.worker,
			list.status,
			list.addresses,
			list.suppressed,
			list.registered,
		]),
	);
	const stretches = arrivalsByTime(figures, windowMs / 3000);
	const workers = [...new Set(stretches.flatMap(({ calls: sent }) => Object.keys(sent)))].sort();
	const times = markdownTable(
		['s', ...workers, 'refused'],
		stretches.map(({ from, calls: sent, refused: no }) => [
			from,
			...workers.map((worker) => sent[worker] ?? 0),
			no,
		]),
	);
	return [total, ends, times, 'answers' in figures ? answersOf(figures) : ''].join('\n');
}

function answersOf({ answers, failed }: WebhookFigures): string {
	return markdownTable(
		['webhook requests', 'failed', 'median s', 'slowest s'],
		[
			[
				answers.length + failed,
				failed,
				shown(median(answers) / 1000, 2),
				shown(Math.max(...answers) / 1000, 2),
			],
		],
	);
}

void main();
