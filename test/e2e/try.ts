/**
 * `npm run try`: the real editor with both nodes, a connected credential and the templates, against
 * the embedded Zoho. Ctrl-C ends it and leaves nothing behind.
 */
import { once } from 'node:events';
import { OWNER } from './n8n';
import { connect, readTemplates, setStage, withCredential } from './stage';

async function main(): Promise<void> {
	const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
	const stage = await setStage();
	try {
		const credential = await connect(stage);
		for (const template of (await readTemplates()).values()) {
			await stage.n8n.importWorkflow(withCredential(template, credential));
		}
		process.stdout.write(`
  n8n with both nodes, a connected credential and the templates: ${stage.n8n.url}
  log in with ${OWNER.email} / ${OWNER.password}
  the embedded Zoho is at ${stage.zoho.url}
  Ctrl-C ends it; nothing is kept.

`);
		await interrupted;
	} finally {
		await stage.remove();
	}
}

void main();
