import type { IDataObject } from 'n8n-workflow';
import { addressesOf, type Fault } from '../fake-zoho';
import { say } from './say';
import {
	bounce,
	BOUNCED,
	connect,
	lead,
	LEADS,
	readTemplates,
	setStage,
	withCredential,
	type Stage,
} from './stage';
import { until } from './until';
import { post, untilKnown } from './webhook';
import { itemsOf, nodeNamed, type WorkflowFile } from './workflow';

let stage: Stage;
let credential: string;
let templates: Map<string, WorkflowFile>;

beforeAll(async () => {
	stage = await setStage();
	credential = await connect(stage);
	templates = await readTemplates();
});
afterAll(async () => await stage?.remove());
beforeEach(() => {
	bounce(stage.zoho);
	stage.zoho.requests = [];
	stage.zoho.crm.style = 'mixed';
});

/** A template as it is, but for the credential, which a person chooses after the import. */
function template(file: string): WorkflowFile {
	const found = templates.get(file);
	if (found === undefined) throw new Error(`No template ${file}`);
	return structuredClone(withCredential(found, credential));
}

const UNBLOCK = 'Zoho CRM Unblock Email';

describe('hygiene, every night', () => {
	/** The template, with the view that a person chooses. */
	async function chosen(): Promise<string> {
		const workflow = template('hygiene-every-night.json');
		const { id: value, name: cachedResultName } = BOUNCED;
		nodeNamed(workflow, UNBLOCK).parameters.customView = {
			__rl: true,
			mode: 'list',
			value,
			cachedResultName,
		};
		return await stage.n8n.importWorkflow(workflow);
	}

	test('what is in the view is unblocked, dead addresses go into Do-Not-Mail, and all is summed up', async () => {
		const { n8n, zoho } = stage;
		const id = await chosen();
		const execution = await n8n.execute(id, 'Every Night at Two');
		expect(execution.status).toBe('success');

		expect(itemsOf(execution, UNBLOCK)).toHaveLength(496);
		const moved = itemsOf(execution, 'Zoho Campaigns Do-Not-Mail').map(({ json }) => json.email);
		const addresses = [LEADS.hard, LEADS.worn].map(
			(id) => addressesOf(id, zoho.crm.get('Leads', id)!).Email,
		);
		expect(moved).toEqual(addresses);
		expect([...zoho.campaigns.registry.keys()].sort()).toEqual([...addresses].sort());
		expect([zoho.calls('records').length, zoho.calls('unblock').length]).toEqual([3, 1]);
		const [{ json } = { json: {} as IDataObject }] = itemsOf(execution, 'Summary');
		say(`summary: ${String(json.text).replaceAll('\n', ' / ')}`);
		expect(String(json.text).split('\n').slice(1).sort()).toEqual([
			'• 2 × moved',
			'• 496 × unblocked',
		]);

		zoho.requests = [];
		const again = await n8n.execute(id, 'Every Night at Two');
		const [next] = itemsOf(again, 'Summary');
		say(`the night after: ${String(next?.json.text).replaceAll('\n', ' / ')}`);
		expect(next?.json.text).toContain('• 2 × alreadyInDoNotMail');
	});

	test('an empty view is a quiet night', async () => {
		const { n8n, zoho } = stage;
		zoho.crm.add(
			'Leads',
			Array.from({ length: 500 }, (_, i) => lead(i + 1)),
			{ email: 'unblocked' },
		);
		const execution = await n8n.execute(await chosen(), 'Every Night at Two');

		expect(execution.status).toBe('success');
		expect(Object.keys(execution.data.resultData.runData)).toEqual(['Every Night at Two', UNBLOCK]);
	});
});

describe('on a bounce', () => {
	/** The template, with no day to wait. */
	async function imported(): Promise<string> {
		const workflow = template('on-a-bounce.json');
		const { filters } = nodeNamed(workflow, 'Bounces of a Day Ago').parameters as {
			filters: { conditions: Array<{ keyValue: string }> };
		};
		filters.conditions[0]!.keyValue = '={{ $now.toISO() }}';
		return await stage.n8n.importWorkflow(workflow);
	}

	test('a flood of 500 bounces is unblocked in one call, a restart of n8n in between, and nothing is lost', async () => {
		const { n8n, zoho } = stage;
		const id = await imported();
		await n8n.execute(id, 'Every Hour');
		await n8n.activate(id);
		await untilKnown(n8n, 'zoho-bounce');

		const bounced = Array.from({ length: 500 }, (_, i) => lead(i + 10));
		const begin = performance.now();
		const statuses: number[] = [];
		const waiting = [...bounced];
		const caller = async () => {
			for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
				const { status } = await post(n8n, 'zoho-bounce', { id: one, module: 'Leads' });
				statuses.push(status);
			}
		};
		await Promise.all(Array.from({ length: 20 }, caller));
		say(`500 bounces in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
		expect(statuses.filter((status) => status !== 200)).toEqual([]);
		expect(zoho.calls('unblock')).toEqual([]);
		await n8n.stop('SIGKILL');
		await n8n.start();

		const execution = await n8n.execute(id, 'Every Hour');
		expect(execution.status).toBe('success');
		const calls = zoho.calls('unblock');
		say(`${calls.length} call to Zoho for ${calls.flatMap(({ ids = [] }) => ids).length} records`);
		expect(calls).toHaveLength(1);
		expect(itemsOf(execution, UNBLOCK).map(({ json }) => json.id)).toHaveLength(500);
		const left = bounced.filter((one) => zoho.crm.get('Leads', one)?.timesUnblocked !== 1);
		expect(left).toEqual([]);

		const next = await n8n.execute(id, 'Every Hour');
		expect(itemsOf(next, 'Bounces of a Day Ago')).toEqual([]);
		expect(zoho.calls('unblock')).toHaveLength(1);
		await n8n.deactivate(id);
	});

	test('what cannot be unblocked leaves the table, and what failed for no fault of its own has its turn again', async () => {
		const { n8n, zoho } = stage;
		const id = await imported();
		await n8n.execute(id, 'Every Hour');
		await n8n.activate(id);
		await untilKnown(n8n, 'zoho-bounce');
		for (const one of [LEADS.soft, LEADS.hard]) {
			await post(n8n, 'zoho-bounce', { id: one, module: 'Leads' });
		}
		let trouble: Fault | undefined = { emptyBody: 503 };
		zoho.randomFault = ({ kind }) => (kind === 'unblock' ? trouble : undefined);
		const reasonsLeft = async () => {
			const failed = await until('the rows are old enough', async () => {
				const run = await n8n.execute(id, 'Every Hour');
				return itemsOf(run, 'Bounces of a Day Ago').length === 2 && run;
			});
			return itemsOf(failed, 'Left for the Next Hour').map(
				({ json }) => (json.error as IDataObject).reason,
			);
		};
		expect(await reasonsLeft()).toEqual(['serverError', 'serverError']);
		trouble = {
			status: 401,
			body: '{"code":"AUTHENTICATION_FAILURE","message":"Authentication failed"}',
		};
		expect(await reasonsLeft()).toEqual(['authenticationFailed', 'authenticationFailed']);
		trouble = undefined;
		const execution = await n8n.execute(id, 'Every Hour');
		expect(itemsOf(execution, UNBLOCK).map(({ json }) => json.id)).toEqual([LEADS.soft]);
		expect(itemsOf(execution, 'Cannot Be Unblocked').map(({ json }) => json.error)).toEqual([
			expect.objectContaining({ id: LEADS.hard, reason: 'permanentlyBlocked' }),
		]);

		const last = await n8n.execute(id, 'Every Hour');
		expect(itemsOf(last, 'Bounces of a Day Ago')).toEqual([]);
		await n8n.deactivate(id);
	});
});
