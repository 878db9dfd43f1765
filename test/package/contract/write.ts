/** `npm run contract`: writes down the contract of the version under way, from the package as built now. */
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import build from '../../engine/build';
import { current, fileOf } from './contract';
import { readContract } from './read';

async function main(): Promise<void> {
	await build();
	const style = await resolveConfig(fileOf(current));
	const text = JSON.stringify(await readContract());
	writeFileSync(fileOf(current), await format(text, { ...style, parser: 'json' }));
	console.log(`Written: ${fileOf(current)}`);
}

void main();
