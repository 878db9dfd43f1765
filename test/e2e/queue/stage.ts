import { install } from '../install';
import { startDemoZoho, withTarball, type Stage } from '../stage';
import { QueueMode } from './queueMode';

/** A real n8n in queue mode with this package in it, and an embedded Zoho. `n8n` is the main process. */
export interface QueueStage extends Stage {
	queue: QueueMode;
}

/** Sets the stage out of nothing, as `setStage` does, with an n8n in queue mode. */
export async function setQueueStage(): Promise<QueueStage> {
	const installation = await install();
	const queue = await withTarball(async (tarball) => await QueueMode.create(installation, tarball));
	const zoho = await startDemoZoho();
	const remove = async () => {
		await queue.remove();
		await zoho.stop();
	};
	return { installation, n8n: queue.n8n, queue, zoho, remove };
}
