import type { OnError } from 'n8n-workflow';
import { inspect } from 'node:util';

import type { NodeRun } from '../engine';
import type { Fault, ReceivedRequest } from '../fake-zoho';
import { CREDENTIAL_TYPE, recordIds, useStage } from '../support/stage';

const NODE = 'zohoCrmUnblockEmail';

const stage = useStage();

/** Everything that must stay secret, as it is stored now. */
function storedSecrets(): string[] {
	const { clientSecret, oauthTokenData } = stage.engine.credentials.get(CREDENTIAL_TYPE, 'demo');
	const { access_token, refresh_token } = oauthTokenData as Record<string, string>;
	return [String(clientSecret), access_token ?? '', refresh_token ?? ''].filter(Boolean);
}

const tokenIn = ({ headers }: ReceivedRequest) => headers.authorization?.replace(/^Bearer /, '');

/** All that a run leaves behind: outputs, errors with their stacks and causes, hints, logs. */
const tracesOf = (run: NodeRun) =>
	inspect([run.raw, run.error, run.logs, run.hints], {
		depth: Infinity,
		showHidden: true,
		maxArrayLength: Infinity,
		maxStringLength: Infinity,
	});

/** Where else than in the Authorization header a request carries one of the secrets. */
function misplaced({ kind, path, query, headers, body }: ReceivedRequest, secrets: string[]) {
	const others = { ...headers, authorization: undefined };
	// The token endpoint is where the client's secret and the refresh token belong.
	const parts = { path, query, headers: JSON.stringify(others), ...(kind !== 'token' && { body }) };
	return Object.entries(parts)
		.filter(([, text]) => secrets.some((secret) => text.includes(secret)))
		.map(([part]) => `${kind}: ${part}`);
}

/** Runs the node over three records while Zoho behaves as told, and checks what became of the secrets. */
async function runWatched(fault: Fault | undefined, onError: OnError) {
	const secrets = new Set(storedSecrets());
	const ids = recordIds(3);
	stage.zoho.crm.style = 'allOrNothing';
	stage.zoho.crm.add('Leads', ids);
	const timeout = fault && 'hang' in fault ? 300 : 60_000;
	if (fault) stage.zoho.fault({ ...fault, kind: 'unblock', times: Infinity });
	const run = await stage.run(
		NODE,
		ids.map((id) => ({ id })),
		{ options: { batchSize: 1, maxRetries: 1, retryDelay: 0, timeout }, onError },
	);
	for (const secret of storedSecrets()) secrets.add(secret);
	const used = stage.zoho.calls('unblock').map(tokenIn);
	for (const token of used) secrets.add(token ?? '');
	secrets.delete('');

	const traces = tracesOf(run);
	return {
		run,
		used,
		leaks: [
			...[...secrets].filter((secret) => traces.includes(secret)),
			...stage.zoho.requests.flatMap((request) => misplaced(request, [...secrets])),
		],
	};
}

const SETTINGS: OnError[] = ['stopWorkflow', 'continueErrorOutput', 'continueRegularOutput'];

describe.each(SETTINGS)('with On Error = %s, the access token', (onError) => {
	it('is in the Authorization header and nowhere else', async () => {
		const { used, leaks, run } = await runWatched(undefined, onError);

		expect(run.status).toBe('success');
		expect(used).toHaveLength(3);
		expect(used.every((token) => token?.startsWith('1000.'))).toBe(true);
		expect(leaks).toEqual([]);
	});

	it.each<[string, Fault]>([
		['fails', { status: 500, body: '{"code":"INTERNAL_ERROR","message":"Internal Server Error"}' }],
		['refuses', { status: 400, body: '{"code":"INVALID_MODULE","message":"No such module"}' }],
		['forbids', { emptyBody: 403 }],
		['is at its limit', { emptyBody: 429 }],
		['cuts the connection', { reset: true }],
		['cuts the reply', { cutBody: true }],
		['hangs', { hang: true }],
		['answers in HTML', { html: 502 }],
		['sends elsewhere', { redirect: 'https://elsewhere.invalid/' }],
		['does not know the token', { status: 401, body: '{"code":"INVALID_TOKEN","message":"No"}' }],
	])('does not leak when Zoho %s', async (_, fault) => {
		const { leaks, run, used } = await runWatched(fault, onError);

		expect(run.status).toBe(onError === 'stopWorkflow' ? 'error' : 'success');
		expect(used.length).toBeGreaterThan(0);
		expect(leaks).toEqual([]);
	});

	it('does not leak when it is renewed, or when that is refused', async () => {
		stage.zoho.oauth.expire();
		const renewed = await runWatched(undefined, onError);
		stage.zoho.oauth.expire();
		stage.zoho.oauth.refuseRefresh('invalid_code');
		const refused = await runWatched(undefined, onError);

		expect(new Set(renewed.used).size).toBe(2);
		expect(renewed.leaks).toEqual([]);
		expect(refused.run.status).toBe(onError === 'stopWorkflow' ? 'error' : 'success');
		expect(refused.leaks).toEqual([]);
	});

	it('does not leak when Zoho cannot be reached', async () => {
		stage.connect({ customApiUrl: 'http://127.0.0.1:1' });

		expect((await runWatched(undefined, onError)).leaks).toEqual([]);
	});
});

describe('the watch itself', () => {
	it('would find a token in an output, an error, a log, a URL and a body', () => {
		const secret = '1000.secret';
		const run = (part: object) => ({ raw: {}, logs: [], hints: [], ...part }) as unknown as NodeRun;
		const hidden = Object.defineProperty(new Error('x'), 'config', { value: { token: secret } });
		for (const part of [
			{ raw: { data: [[{ json: { a: [{ b: secret }] } }]] } },
			{ error: hidden },
			{ error: new Error('x', { cause: new Error(secret) }) },
			{ logs: [`debug: ${secret}`] },
		]) {
			expect(tracesOf(run(part))).toContain(secret);
		}
		const request = {
			kind: 'unblock' as const,
			at: 0,
			method: 'POST',
			path: `/${secret}`,
			query: `access_token=${secret}`,
			headers: { authorization: `Bearer ${secret}`, 'x-token': secret },
			body: secret,
		};

		expect(misplaced(request, [secret])).toEqual([
			'unblock: path',
			'unblock: query',
			'unblock: headers',
			'unblock: body',
		]);
	});
});
