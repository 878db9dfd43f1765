import { say } from './say';
import {
	bounce,
	connect,
	lead,
	LEADS,
	readTemplates,
	setStage,
	withAllLeads,
	withCredential,
	type Stage,
} from './stage';
import { until } from './until';
import { itemsOf, nodeNamed, type WorkflowFile } from './workflow';

const TRIGGER = 'When clicking ‘Execute workflow’';
/** The records of the list, but for those that cannot be unblocked. */
const GOOD = Array.from({ length: 12_000 }, (_, index) => lead(index + 1)).filter(
	(id) => ![LEADS.hard, LEADS.worn, LEADS.missing, LEADS.unblocked].includes(id),
);

let stage: Stage;
let longList: WorkflowFile;

beforeAll(async () => {
	stage = await setStage();
	const credential = await connect(stage);
	const template = (await readTemplates()).get('long-list.json');
	if (template === undefined) throw new Error('No template long-list.json');
	longList = withAllLeads(withCredential(template, credential));
});
afterAll(async () => await stage?.remove());
beforeEach(() => {
	bounce(stage.zoho);
	stage.zoho.requests = [];
	stage.zoho.latencyMs = 0;
});

/** The long list with other pauses, in seconds, between its parts. */
function withPause(seconds: number | string): WorkflowFile {
	const workflow = structuredClone(longList);
	nodeNamed(workflow, 'Wait').parameters.amount = seconds;
	return workflow;
}

/** How often the good records were unblocked: times -> records. */
function timesUnblocked(): Record<number, number> {
	const counts: Record<number, number> = {};
	for (const id of GOOD) {
		const times = stage.zoho.crm.get('Leads', id)?.timesUnblocked ?? 0;
		counts[times] = (counts[times] ?? 0) + 1;
	}
	return counts;
}

async function kill(): Promise<void> {
	await stage.n8n.stop('SIGKILL');
	say(`killed n8n (SIGKILL); records by times unblocked: ${JSON.stringify(timesUnblocked())}`);
}

describe('n8n is killed', () => {
	test('in the middle of a long run: run again, it loses nothing and harms nothing', async () => {
		const { n8n, zoho } = stage;
		const id = await n8n.importWorkflow(withPause(1));
		zoho.latencyMs = 500;
		const killed = await n8n.run(id, TRIGGER);
		await until('many of its calls are answered, and some are not', async () =>
			zoho.calls('unblock').some(({ ids }) => ids?.includes(lead(3_000))),
		);
		await kill();
		const done = timesUnblocked();
		expect(done[0]).toBeGreaterThan(0);
		expect(done[1]).toBeGreaterThan(0);
		await n8n.start();
		expect((await n8n.finished(killed)).status).toBe('crashed');

		zoho.latencyMs = 0;
		zoho.requests = [];
		const execution = await n8n.execute(id, TRIGGER);
		expect(execution.status).toBe('success');
		const statuses = itemsOf(execution, 'Unblocked').map(({ json }) => json.status);
		const already = statuses.filter((status) => status === 'alreadyUnblocked').length;
		const failures = itemsOf(execution, 'Failures of This Part').map(({ json }) => json.id);
		say(
			`run again, ${zoho.calls('unblock').length} calls: ${statuses.length - already} unblocked, ` +
				`${already} unblocked already, ${failures.length} failed`,
		);
		expect(statuses).toHaveLength(12_000 - 3);
		// The one that was unblocked before either run is among them.
		expect(already).toBe((done[1] ?? 0) + 1);
		expect(failures).toEqual([LEADS.hard, LEADS.worn, LEADS.missing]);
		expect(timesUnblocked()).toEqual({ 1: GOOD.length });
	});

	test('while a long list waits between two parts: it goes on by itself after the restart', async () => {
		const { n8n } = stage;
		// n8n keeps a wait of 65 seconds and more in its database, a shorter one in its memory.
		const id = await n8n.importWorkflow(withPause('={{ $runIndex === 0 ? 66 : 1 }}'));
		const waiting = await n8n.run(id, TRIGGER);
		await until('the run waits', async () =>
			(await n8n.executions(id)).some(({ status }) => status === 'waiting'),
		);
		await kill();
		expect(timesUnblocked()).toMatchObject({ 0: 7_000 });
		await n8n.start();
		const execution = await n8n.finished(waiting);
		say(`execution ${waiting} went on and ended: ${execution.status}`);
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, 'Unblocked')).toHaveLength(12_000 - 3);
		expect(timesUnblocked()).toEqual({ 1: GOOD.length });
	});
});
