import { createHmac } from 'node:crypto';
import type { N8n } from './n8n';
import { until } from './until';
import type { WorkflowFile } from './workflow';

/** What a program sends along to be let in by the unsubscribe webhook. */
export const LOGIN = { 'x-unsubscribe-key': 'open sesame' };
const LINK_KEY = 'the key of the links, 32 characters and more';

/** Makes the credentials that the unsubscribe webhook wants beside ours, and chooses them in it. */
export async function withKeys(n8n: N8n, workflow: WorkflowFile): Promise<WorkflowFile> {
	const [[name, value]] = Object.entries(LOGIN) as [[string, string]];
	const key = { id: '', name: 'Key of the Links' };
	key.id = await n8n.createCredential(key.name, 'crypto', { hmacSecret: LINK_KEY });
	const login = { id: '', name: 'Login of Programs' };
	login.id = await n8n.createCredential(login.name, 'httpHeaderAuth', { name, value });
	for (const node of workflow.nodes) {
		if (node.type.endsWith('.crypto')) node.credentials = { crypto: key };
		if (node.parameters.authentication === 'headerAuth') {
			node.credentials = { httpHeaderAuth: login };
		}
	}
	return workflow;
}

/** The signature of an address in a link, as a program of one's own would make it. */
export function signatureOf(address: string): string {
	return createHmac('sha256', LINK_KEY).update(address).digest('hex');
}

/** Waits until n8n knows a published webhook, which comes a moment after the publishing. */
export async function untilKnown(n8n: N8n, path: string): Promise<void> {
	// n8n's answer to a wrong method tells that the path is known by now, and runs nothing.
	await until(`the webhook ${path} is registered`, async () => {
		const reply = await fetch(`${n8n.url}/webhook/${path}`);
		return (await reply.text()).includes('Did you mean to make a POST request');
	});
}

/** Posts JSON to a published webhook, as another program does; `headers` come on top. */
export async function post(
	n8n: N8n,
	path: string,
	body: object,
	headers: Record<string, string> = {},
): Promise<Response> {
	return await fetch(`${n8n.url}/webhook/${path}`, {
		method: 'POST',
		// n8n closes connections that were idle, and a call must not meet one that is closing.
		headers: { 'content-type': 'application/json', connection: 'close', ...headers },
		body: JSON.stringify(body),
	});
}
