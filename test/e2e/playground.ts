import { once } from 'node:events';
import { OWNER } from './n8n';
import { connect, readTemplates, setStage, withCredential, type Stage } from './stage';

/**
 * Opens the real editor with both nodes, a connected credential and the templates, against the
 * embedded Zoho, until Ctrl-C. Leaves nothing behind.
 *
 * @param settings environment variables of n8n
 * @param accompany does something with the stage as long as it is open; returns what ends it
 */
export async function openPlayground(
	settings?: NodeJS.ProcessEnv,
	accompany: (stage: Stage) => () => void = () => () => {},
): Promise<void> {
	const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
	const stage = await setStage(settings);
	const end = accompany(stage);
	try {
		const credential = await connect(stage);
		for (const template of (await readTemplates()).values()) {
			await stage.n8n.importWorkflow(withCredential(template, credential));
		}
		process.stdout.write(`
  n8n with both nodes, a connected credential and the templates: ${stage.n8n.url}
  log in with ${OWNER.email} / ${OWNER.password}
  the embedded Zoho is at ${stage.zoho.url}, n8n's log in ${stage.n8n.log}
  Ctrl-C ends it; nothing is kept.

`);
		await interrupted;
	} finally {
		end();
		await stage.remove();
	}
}
