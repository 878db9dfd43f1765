/** What the tests of the limit have in common: what was let in, another program, waits. */
import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeRun } from '../engine';
import type { ReceivedRequest } from '../fake-zoho';
import { CREDENTIAL_TYPE } from '../support/stage';
import { runOver, useCampaigns, type CampaignsStage } from './stage';

export const MINUTE_MS = 60_000;

/** Sleeps end early when cancelled: this is how long a test gives a run that would wait minutes. */
export const SOON_MS = 60_000;

export const addresses = (count: number) =>
	Array.from({ length: count }, (_, i) => ({ email: `person${i}@example.com` }));

export const waitsIn = ({ logs }: NodeRun) =>
	logs.filter((line) => line.startsWith('info: Waiting '));

/** A stage whose Zoho notes what it takes up, and has a second client: another program. */
export function limitOn(stage: CampaignsStage) {
	/** Every call of the node, in the order in which Zoho took them up, and whether it was let in. */
	let taken: Array<{ request: ReceivedRequest; refusedBefore: number }>;

	/** No fault: it only looks at what comes. */
	function record(request: ReceivedRequest): undefined {
		if (request.kind !== 'doNotMail' || request.headers['user-agent'] === 'stranger') return;
		taken.push({ request, refusedBefore: stage.zoho.campaigns.refusedCalls });
	}

	function watch(): void {
		taken = [];
		stage.zoho.randomFault = record;
	}

	const run = (count: number, options: INodeParameters) =>
		runOver(
			stage,
			addresses(count).map(({ email }) => email),
			{ options },
		);

	/** Another program with the same account makes calls. */
	async function strangerCalls(count: number): Promise<void> {
		const { oauthTokenData } = stage.engine.credentials.get(CREDENTIAL_TYPE, stage.credentialId);
		const token = (oauthTokenData as { access_token: string }).access_token;
		for (let i = 0; i < count; i++) {
			const contactInfo = encodeURIComponent(`{Contact Email:stranger${i}@example.com}`);
			const url = `${stage.zoho.url}/api/v1.1/json/contactdonotmail?resfmt=JSON&contactinfo=${contactInfo}`;
			const headers = { authorization: `Bearer ${token}`, 'user-agent': 'stranger' };
			await (await fetch(url, { method: 'POST', headers })).text();
		}
	}

	/** Waits until every call has its reply and the node has made of it what it will. */
	async function quiet(calls: () => boolean): Promise<void> {
		await until(() => calls() && stage.zoho.requests.every(({ endedAt }) => endedAt !== undefined));
		for (let i = 0; i < 5; i++) await sleep(60);
	}

	return { stage, run, watch, record, taken: () => taken, strangerCalls, quiet };
}

export function useLimit() {
	const { stage } = useCampaigns();
	const limit = limitOn(stage);
	beforeEach(() => limit.watch());
	return limit;
}

export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await sleep(5);
}

/** Every item is out once: by the main output or by the error branch, each in input order. */
export function expectAllOut({ main, errors }: NodeRun, count: number): void {
	const items = (out: NodeRun['main']) =>
		out.map(({ pairedItem }) => (pairedItem as { item: number }).item);
	for (const out of [items(main), items(errors)])
		expect(out).toEqual([...out].sort((a, b) => a - b));
	expect([...items(main), ...items(errors)].sort((a, b) => a - b)).toEqual([
		...Array(count).keys(),
	]);
}
