/** The engines of older n8n versions: which there are, and where they are installed. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { installPinned } from '../install';

/** The engine that the package is developed with, from the install of this repository. */
const NEWEST = 'newest';

/** The engines that have a recipe, the oldest first. */
export function olderEngines(): string[] {
	return readdirSync(__dirname, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

export function allEngines(): string[] {
	return [...olderEngines(), NEWEST];
}

/** The folder in which the engine is installed; nothing for the one of this repository. */
export async function folderOf(engine: string): Promise<string | undefined> {
	if (engine === NEWEST) return undefined;
	return await installPinned({
		name: `engine-${engine}`,
		recipe: path.join(__dirname, engine),
		begins: () => console.error(`Installing n8n-core ${engine} …`),
	});
}
