/**
 * What happens to an account's limit when several processes call it. Each scene has an account of
 * its own and takes the node's options, so that it can be played with and without a shared limit.
 */
import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit } from '../../fake-zoho';
import { say } from '../say';
import { readTemplates, withCredential } from '../stage';
import { until } from '../until';
import { LOGIN, post, untilKnown, withKeys } from '../webhook';
import { nodeNamed } from '../workflow';
import { optionsFor, withAccount, type Account } from './account';
import { figuresOf, type Figures } from './figures';
import { endOf, startList, type Ended, type List } from './lists';
import type { QueueStage } from './stage';

/** Zoho's limit with short times, so that a scene takes minutes and not hours. */
export const SHORT: Limit = { calls: 500, windowMs: 15_000, lockMs: 90_000, kind: 'rolling' };
/** A window so long that a restart of everything fits into it. */
export const LONGER_THAN_A_RESTART: Limit = { ...SHORT, windowMs: 60_000 };
/**
 * So short that several windows pass in half a minute. A machine that cannot make 163 calls a second
 * never fills one: for that there is a limit of a tenth of the calls.
 */
export const SHORTEST: Limit = { ...SHORT, windowMs: 3000, lockMs: 18_000 };
export const A_TENTH: Limit = { ...SHORTEST, calls: SHORTEST.calls / 10 };

const LISTS = ['list-1', 'list-2', 'list-3', 'list-4'];

/** Four executions at once, the addresses shared out evenly. Returns once all have ended. */
export async function fourLists(
	stage: QueueStage,
	options: INodeParameters,
	{ addresses, limit }: { addresses: number; limit: Limit } = { addresses: 1960, limit: SHORT },
): Promise<Figures> {
	return await withAccount(stage, limit, async (account) => {
		const lists = await startLists(account, LISTS, addresses / 4, options);
		return figuresOf(account, await endsOf(account, lists));
	});
}

/** The same with one worker left, for every scene after it as well: what this machine makes of it. */
export async function oneWorker(stage: QueueStage, options: INodeParameters): Promise<Figures> {
	const running = stage.queue.workers.filter(({ server }) => server.isRunning);
	for (const { server } of running.slice(1)) await server.stop('SIGKILL');
	return await fourLists(stage, options);
}

/**
 * Four executions at once, 490 addresses each. In the middle of it a worker that has some of them is
 * killed and another one started, and as many new lists as died with it.
 */
export async function killedWorker(stage: QueueStage, options: INodeParameters): Promise<Figures> {
	return await withAccount(stage, SHORT, async (account) => {
		const lists = await startLists(account, LISTS, 490, options);
		await arrived(account, 600);
		const workers = await Promise.all(
			lists.map(async ({ executionId }) => await account.queue.workerOf(executionId)),
		);
		const victim = workers.find((worker) => worker !== undefined);
		if (victim === undefined) throw new Error('No worker has a list');
		await victim.server.stop('SIGKILL');
		say(`killed ${victim.name} after ${account.zoho.calls('doNotMail').length} calls`);
		const dead = lists.filter((_, index) => workers[index] === victim);
		await account.queue.addWorker();
		const again = await startLists(account, namesAfter(dead), 490, options);
		const alive = lists.filter((list) => !dead.includes(list));
		return figuresOf(account, await endsOf(account, [...alive, ...again, ...dead]));
	});
}

/**
 * Four executions at once, 245 addresses each. In the middle of their first window every process is
 * killed and started again, and so are as many new lists.
 */
export async function restart(stage: QueueStage, options: INodeParameters): Promise<Figures> {
	return await withAccount(stage, LONGER_THAN_A_RESTART, async (account) => {
		const dead = await startLists(account, LISTS, 245, options);
		await arrived(account, 300);
		await account.queue.restart();
		const again = await startLists(account, namesAfter(dead), 245, options);
		return figuresOf(account, await endsOf(account, again));
	});
}

/** What a scene with a webhook came to. */
export interface WebhookFigures extends Figures {
	/** ms from each request to its answer, in the order of the requests. */
	answers: number[];
	/** Requests that were not answered with "moved". */
	failed: number;
}

/** Two lists of 2,000 addresses; beside them a webhook gets one address every three seconds. */
export async function webhookBesideLists(
	stage: QueueStage,
	options: INodeParameters,
): Promise<WebhookFigures> {
	return await withAccount(stage, SHORT, async (account) => {
		const unsubscribe = await publishWebhook(account, optionsFor(SHORT, options));
		const lists = await startLists(account, LISTS.slice(0, 2), 2000, options);
		const ends = endsOf(account, lists);
		const answers: Array<Promise<number | undefined>> = [];
		const over = ends.then(() => true);
		while (!(await Promise.race([over, sleep(3000, false)]))) {
			answers.push(unsubscribe(`person.${answers.length}@single.example.com`));
		}
		const times = await Promise.all(answers);
		const answered = times.filter((ms) => ms !== undefined);
		const figures = figuresOf(account, await ends);
		return { ...figures, answers: answered, failed: times.length - answered.length };
	});
}

async function startLists(
	account: Account,
	names: string[],
	addresses: number,
	options: INodeParameters,
): Promise<List[]> {
	const all = optionsFor(account.zoho.campaigns.limit, options);
	return await Promise.all(
		names.map(async (name) => await startList(account, account.credential, name, addresses, all)),
	);
}

/** Names for new lists in the place of those that have died. */
function namesAfter(lists: List[]): string[] {
	return lists.map(({ name }) => `${name}-again`);
}

async function endsOf(account: Account, lists: List[]): Promise<Ended[]> {
	return await Promise.all(
		lists.map(async (list) => {
			const ended = await endOf(account, list);
			const { name, worker, status, suppressed, addresses } = ended;
			say(`${name} on ${worker}: ${status}, ${suppressed} of ${addresses} suppressed`);
			return ended;
		}),
	);
}

async function arrived({ zoho }: Account, calls: number): Promise<void> {
	await until(
		`${calls} calls have arrived`,
		async () => zoho.calls('doNotMail').length >= calls,
		600_000,
	);
}

/** Publishes the template of the webhook. What is returned posts an address: ms, or undefined. */
async function publishWebhook(
	{ n8n, credential }: Account,
	options: INodeParameters,
): Promise<(email: string) => Promise<number | undefined>> {
	const template = (await readTemplates()).get('unsubscribe-webhook.json');
	if (template === undefined) throw new Error('No template unsubscribe-webhook.json');
	const workflow = await withKeys(n8n, structuredClone(withCredential(template, credential)));
	nodeNamed(workflow, 'Zoho Campaigns Do-Not-Mail').parameters.options = options;
	await n8n.activate(await n8n.importWorkflow(workflow));
	await untilKnown(n8n, 'unsubscribe');
	return async (email) => {
		const begin = performance.now();
		const reply = await post(n8n, 'unsubscribe', { email }, LOGIN).catch(() => undefined);
		return reply?.ok ? performance.now() - begin : undefined;
	};
}
