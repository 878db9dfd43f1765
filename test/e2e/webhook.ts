import type { N8n } from './n8n';
import { until } from './until';

/** Waits until n8n knows a published webhook, which comes a moment after the publishing. */
export async function untilKnown(n8n: N8n, path: string): Promise<void> {
	// n8n's answer to a wrong method tells that the path is known by now, and runs nothing.
	await until(`the webhook ${path} is registered`, async () => {
		const reply = await fetch(`${n8n.url}/webhook/${path}`);
		return (await reply.text()).includes('Did you mean to make a POST request');
	});
}

/** Posts JSON to a published webhook, as another program does. */
export async function post(n8n: N8n, path: string, body: object): Promise<Response> {
	return await fetch(`${n8n.url}/webhook/${path}`, {
		method: 'POST',
		// n8n closes connections that were idle, and a call must not meet one that is closing.
		headers: { 'content-type': 'application/json', connection: 'close' },
		body: JSON.stringify(body),
	});
}
