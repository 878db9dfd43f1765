/** How long n8n stands still while a run is under way, and whether reading and sending go on at once. */
import { sleep, type INodeType } from 'n8n-workflow';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createEngine } from '../engine';
import { credentialFor, CREDENTIAL_TYPE, startFakeZoho } from '../fake-zoho';
import { markdownTable, shown } from '../support/markdown';
import { recordIds } from '../support/stage';

const RECORDS = 100_000;
const SLOW_CALL_MS = 300;
const PARALLEL = 5;
const BATCH_SIZE = 500;
const NOTHING = 'bench.nothing';

/**
 * Hands its input on and does nothing else: what n8n itself takes for so many items. Most of it goes into
 * looking for failed ones among them, which it does at once for all, where they have an output of their own.
 */
const nothing: INodeType = {
	description: {
		name: 'nothing',
		displayName: 'Nothing',
		group: ['transform'],
		version: 1,
		description: 'Does nothing',
		defaults: { name: 'Nothing' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData().map(({ json }, item) => ({ json, pairedItem: { item } }))];
	},
};

/** Runs something; how long it took, and the longest that the event loop stood still meanwhile, in ms. */
async function watched(run: () => Promise<unknown>): Promise<{ ms: number; stillMs: number }> {
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	// A standstill is seen between two turns of the loop: one before it, and one after.
	await sleep(20);
	const startedAt = performance.now();
	await run();
	const ms = performance.now() - startedAt;
	await sleep(20);
	delay.disable();
	return { ms, stillMs: delay.max / 1e6 };
}

/** The table, in Markdown. Takes about two minutes. */
export async function livenessSection(): Promise<string> {
	const [engine, zoho] = await Promise.all([
		createEngine({ extraNodes: { [NOTHING]: nothing } }),
		startFakeZoho(),
	]);
	engine.credentials.set(CREDENTIAL_TYPE, 'bench', {
		...credentialFor(zoho.client),
		oauthTokenData: { ...zoho.oauth.issue() },
	});
	const ids = recordIds(RECORDS);
	const items = ids.map((id) => ({ id }));
	const unblock = async () => {
		zoho.crm.add('Leads', ids);
		return await watched(() =>
			engine.run({
				items,
				node: {
					type: 'zohoCrmUnblockEmail',
					// With Stop Workflow everything is read before the first call.
					onError: 'continueErrorOutput',
					credentials: { [CREDENTIAL_TYPE]: { id: 'bench', name: 'Zoho' } },
				},
			}),
		);
	};
	const alone = await watched(() =>
		engine.run({ items, node: { type: NOTHING, onError: 'continueErrorOutput' } }),
	);
	const fast = await unblock();
	zoho.latencyMs = SLOW_CALL_MS;
	const slow = await unblock();
	const calls = RECORDS / BATCH_SIZE;
	const sendingMs = (calls / PARALLEL) * SLOW_CALL_MS;
	await zoho.stop();

	const seconds = (ms: number) => shown(ms / 1000, 1);
	const row = (name: string, { ms, stillMs }: { ms: number; stillMs: number }) => [
		name,
		seconds(ms),
		shown(stillMs),
	];
	return [
		`${shown(RECORDS)} records, an item each. "Stands still" is the longest time in which n8n's process did nothing else: no webhook is answered meanwhile. The embedded Zoho is in the same process.`,
		markdownTable(
			['Run', 'Seconds', 'Stands still, ms'],
			[
				row('A node that does nothing', alone),
				row('This node, calls that take no time', fast),
				row(`This node, calls of ${SLOW_CALL_MS} ms`, slow),
			],
		),
		`Reading and sending go on at once: sending alone takes ${seconds(sendingMs)} s at ${SLOW_CALL_MS} ms a call (${calls} calls, ${PARALLEL} at once), reading alone about as long as the run whose calls take no time, ${seconds(fast.ms)} s. Both together took ${shown(slow.ms / Math.max(sendingMs, fast.ms), 2)} times the longer of the two.`,
	].join('\n\n');
}
