import { bounce, connect, lead, LEADS, readTemplates, withCredential } from '../stage';
import { say } from '../say';
import { until } from '../until';
import { LOGIN, post, untilKnown, withKeys } from '../webhook';
import { itemsOf, nodeNamed, type Execution, type WorkflowFile } from '../workflow';
import { fourLists } from './scenes';
import { setQueueStage, type QueueStage } from './stage';

const NIGHTLY = 'Every Night at Two';
const BY_HAND = 'When clicking ‘Execute workflow’';

/** The demo account's leads, but for those that cannot be unblocked. */
const GOOD = Array.from({ length: 12_000 }, (_, index) => lead(index + 1)).filter(
	(id) => ![LEADS.hard, LEADS.worn, LEADS.missing, LEADS.unblocked].includes(id),
);

let stage: QueueStage;
let credential: string;
let templates: Map<string, WorkflowFile>;

beforeAll(async () => {
	stage = await setQueueStage();
	credential = await connect(stage);
	templates = await readTemplates();
});
afterAll(async () => await stage?.remove());
beforeEach(() => {
	bounce(stage.zoho);
	stage.zoho.requests = [];
	stage.zoho.latencyMs = 0;
});

function template(file: string): WorkflowFile {
	const found = templates.get(file);
	if (found === undefined) throw new Error(`No template ${file}`);
	return structuredClone(withCredential(found, credential));
}

/** The name of the worker that ran an execution. Throws where none did. */
async function workerOf({ id }: Pick<Execution, 'id'>): Promise<string> {
	const worker = await stage.queue.workerOf(id);
	if (worker === undefined) throw new Error(`Execution ${id} was given to no worker`);
	return worker.name;
}

/** Stores the template of the long list with 3,000 of the demo account's leads and returns its id. */
async function importPart(offset: number): Promise<string> {
	const workflow = template('long-list.json');
	nodeNamed(workflow, 'Wait').parameters.amount = 1;
	const list = nodeNamed(workflow, 'Sample List (Replace Me)');
	const ids = `Array.from({ length: 3000 }, (_, i) => String(${lead(1)}n + ${offset}n + BigInt(i)))`;
	list.parameters.assignments = {
		assignments: [{ id: 'id', name: 'id', type: 'array', value: `={{ ${ids} }}` }],
	};
	return await stage.n8n.importWorkflow(workflow);
}

/** How often the good ones of 12,000 leads were unblocked: times -> records. */
function timesUnblocked(): Record<number, number> {
	const counts: Record<number, number> = {};
	for (const id of GOOD) {
		const times = stage.zoho.crm.get('Leads', id)?.timesUnblocked ?? 0;
		counts[times] = (counts[times] ?? 0) + 1;
	}
	return counts;
}

const idsOf = (execution: Execution, node: string) =>
	itemsOf(execution, node).map(({ json }) => json.id);

/** What one nightly run on the demo account comes to, wherever it ran. */
function expectNightly(execution: Execution): void {
	expect(execution.status).toBe('success');
	expect(idsOf(execution, 'Unblocked')).toEqual([LEADS.soft, LEADS.unblocked, lead(6)]);
	expect(idsOf(execution, 'Stale Record: Clean the List')).toEqual([LEADS.missing]);
}

describe('a worker runs what is started', () => {
	test('by hand', async () => {
		const { n8n } = stage;
		const id = await n8n.importWorkflow(template('nightly-unblock.json'));
		const execution = await n8n.execute(id, NIGHTLY);
		say(`execution ${execution.id} by ${execution.mode} on ${await workerOf(execution)}`);
		expect(execution.mode).toBe('manual');
		expectNightly(execution);
	});

	test('by its schedule', async () => {
		const { n8n } = stage;
		const workflow = template('nightly-unblock.json');
		nodeNamed(workflow, NIGHTLY).parameters = {
			rule: { interval: [{ field: 'seconds', secondsInterval: 2 }] },
		};
		const id = await n8n.importWorkflow(workflow);
		await n8n.activate(id);
		const first = await until('the schedule has started a run', async () =>
			(await n8n.executions(id)).at(-1),
		);
		await n8n.deactivate(id);
		const execution = await n8n.finished(first.id);
		for (const later of await n8n.executions(id)) await n8n.finished(later.id);
		say(`execution ${execution.id} by ${execution.mode} on ${await workerOf(execution)}`);
		expect(execution.mode).toBe('trigger');
		expectNightly(execution);
	});

	test('by a webhook, and the main process gives its answer to the caller', async () => {
		const { n8n, zoho } = stage;
		const id = await n8n.importWorkflow(await withKeys(n8n, template('unsubscribe-webhook.json')));
		await n8n.activate(id);
		await untilKnown(n8n, 'unsubscribe');
		const answer = await post(n8n, 'unsubscribe', { email: 'gone@example.com' }, LOGIN);
		await expect(answer.json()).resolves.toEqual({ email: 'gone@example.com', status: 'moved' });
		const [execution] = await n8n.executions(id);
		await n8n.deactivate(id);
		if (execution === undefined) throw new Error('The webhook has started no execution');
		say(`execution ${execution.id} by ${execution.mode} on ${await workerOf(execution)}`);
		expect(execution.mode).toBe('webhook');
		expect(zoho.campaigns.registry.get('gone@example.com')?.moved).toBe(1);
	});
});

describe('two workers', () => {
	test('a token that one of them has refreshed is used by the other', async () => {
		const { n8n, zoho } = stage;
		const id = await n8n.importWorkflow(template('nightly-unblock.json'));
		zoho.oauth.expire();
		const first = await n8n.execute(id, NIGHTLY);
		expectNightly(first);
		expect(zoho.calls('token')).toHaveLength(1);
		const refreshedBy = await workerOf(first);

		const other = await until(`a worker beside ${refreshedBy} has run one`, async () => {
			bounce(zoho);
			const execution = await n8n.execute(id, NIGHTLY);
			return (await workerOf(execution)) === refreshedBy ? undefined : execution;
		});
		say(`refreshed on ${refreshedBy}, used on ${await workerOf(other)}`);
		expectNightly(other);
		expect(zoho.calls('token')).toHaveLength(1);
		const tokens = zoho.calls('unblock').map(({ headers }) => headers.authorization);
		expect(new Set(tokens).size).toBe(2);
	});

	test('share one limit of Do-Not-Mail: no call is refused, and no sub-execution stays in the list', async () => {
		const limit = { calls: 100, windowMs: 5_000, lockMs: 90_000, kind: 'rolling' } as const;
		const scene = { addresses: 400, limit };
		const { refused, lists } = await fourLists(stage, { shareLimit: 'instance' }, scene);
		expect(refused).toBe(0);
		expect(lists.map(({ suppressed }) => suppressed)).toEqual(Array(4).fill(100));
		for (const { workflowId, executionId } of lists) {
			const listed = await stage.n8n.executions(workflowId);
			expect(listed.map(({ id }) => id)).toEqual([executionId]);
		}
	});

	test('unblock at the same time, and every record once', async () => {
		const { n8n, zoho } = stage;
		const parts = await Promise.all([0, 3000, 6000, 9000].map(importPart));
		zoho.latencyMs = 500;
		const ids = await Promise.all(parts.map(async (id) => await n8n.run(id, BY_HAND)));
		const executions = await Promise.all(ids.map(async (id) => await n8n.finished(id)));
		const workers = await Promise.all(executions.map(workerOf));
		say(`parts on ${workers.join(', ')}; ${zoho.maxInFlight('unblock')} calls at once`);
		expect(new Set(workers).size).toBe(2);
		// One execution alone makes five at once.
		expect(zoho.maxInFlight('unblock')).toBeGreaterThan(5);
		expect(executions.map(({ status }) => status)).toEqual(Array(4).fill('success'));
		expect(executions.flatMap((execution) => idsOf(execution, 'Unblocked'))).toHaveLength(11_997);
		expect(timesUnblocked()).toEqual({ 1: GOOD.length });
	});
});

describe('the main process is killed and started again', () => {
	test('while a worker works: the run goes on, and its end is told by the new process', async () => {
		const { n8n, zoho } = stage;
		const id = await importPart(3000);
		zoho.latencyMs = 2000;
		const execution = await n8n.run(id, BY_HAND);
		await until('its first calls have arrived', async () => zoho.calls('unblock').length > 0);
		await n8n.stop('SIGKILL');
		expect(timesUnblocked()[0]).toBeGreaterThan(0);
		await n8n.start();
		const { status } = await n8n.finished(execution);
		say(`execution ${execution} ended: ${status}`);
		expect(status).toBe('success');
		expect(timesUnblocked()).toEqual({ 0: GOOD.length - 3000, 1: 3000 });
	});

	test('and what was published before still starts', async () => {
		const { n8n } = stage;
		const id = await n8n.importWorkflow(await withKeys(n8n, template('unsubscribe-webhook.json')));
		await n8n.activate(id);
		await untilKnown(n8n, 'unsubscribe');
		await n8n.stop('SIGKILL');
		await n8n.start();
		await untilKnown(n8n, 'unsubscribe');
		const answer = await post(n8n, 'unsubscribe', { email: 'later@example.com' }, LOGIN);
		await expect(answer.json()).resolves.toEqual({ email: 'later@example.com', status: 'moved' });
		await n8n.deactivate(id);
	});
});

test('a worker is killed: the run of the other one ends well, and the dead one can be run again', async () => {
	const { n8n, queue, zoho } = stage;
	const parts = await Promise.all([3000, 6000].map(importPart));
	zoho.latencyMs = 2000;
	const ids = await Promise.all(parts.map(async (id) => await n8n.run(id, BY_HAND)));
	await until('both workers work', async () => {
		const workers = await Promise.all(ids.map(async (id) => await queue.workerOf(id)));
		return new Set(workers.filter((worker) => worker !== undefined)).size === 2;
	});
	const victim = await queue.workerOf(ids[0] ?? '');
	await victim?.server.stop('SIGKILL');
	await queue.addWorker();
	const other = await n8n.finished(ids[1] ?? '');
	say(`${victim?.name} was killed; on ${await workerOf(other)}: ${other.status}`);
	expect(other.status).toBe('success');
	expect(idsOf(other, 'Unblocked')).toHaveLength(3000);
	// n8n itself gives the dead run up only when its job has been silent for a minute.
	const again = await n8n.execute(parts[0] ?? '', BY_HAND);
	expect(again.status).toBe('success');
	expect(idsOf(again, 'Unblocked')).toHaveLength(3000);
});
