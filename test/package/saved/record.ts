/** Writes down what the workflows of the version under way come to: they are held to it from then on. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { setStage } from '../../support/stage';
import { play, versions, workflowOf, workflowsOf } from './workflow';

/** Plays the workflows of a version that have no outcome yet, with the package as built. */
export async function recordOutcomes(version: string): Promise<void> {
	if (!versions.includes(version)) return;
	const stage = await setStage();
	try {
		for (const name of workflowsOf(version)) {
			const file = path.join(__dirname, version, 'outcomes', `${name}.json`);
			if (existsSync(file)) continue;
			const text = JSON.stringify(await play(stage, version, workflowOf(version, name)));
			mkdirSync(path.dirname(file), { recursive: true });
			const style = await resolveConfig(file);
			writeFileSync(file, await format(text, { ...style, parser: 'json' }));
			console.log(`Written: ${file}`);
		}
	} finally {
		await stage.stop();
	}
}
