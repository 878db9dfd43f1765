/**
 * `npm run check -- contract`: writes down the contract of the version under way, from the package as built now,
 * and what those of its saved workflows come to that have no outcome yet.
 */
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import build from '../../engine/build';
import { current, fileOf } from './contract';
import { recordOutcomes } from '../saved/record';
import { readContract } from './read';

async function main(): Promise<void> {
	await build();
	const style = await resolveConfig(fileOf(current));
	const text = JSON.stringify(await readContract());
	writeFileSync(fileOf(current), await format(text, { ...style, parser: 'json' }));
	console.log(`Written: ${fileOf(current)}`);
	await recordOutcomes(current);
}

void main();
