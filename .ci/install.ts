/**
 * Installs what the tests need beside the project, one after the other: a real n8n, and the engines of
 * older versions. `.ci/run` has it done beside its first checks and `npm test`: most of it waits for
 * the network.
 */
import { install } from '../test/e2e/install';
import { folderOf, olderEngines } from '../test/engines/install';

async function main(): Promise<void> {
	await install();
	for (const engine of olderEngines()) await folderOf(engine);
}

void main();
