/** The templates that run unattended, in a real n8n, where the account fails and where a record does. */
import type { IDataObject } from 'n8n-workflow';
import { say } from './say';
import {
	bounce,
	BOUNCED,
	connect,
	LEADS,
	readTemplates,
	setStage,
	withCredential,
	type Stage,
} from './stage';
import { until } from './until';
import { LOGIN, post, untilKnown, withKeys } from './webhook';
import { itemsOf, nodeNamed, type Execution, type WorkflowFile } from './workflow';

const UNBLOCK = 'Zoho CRM Unblock Email';
const ENDS = 'The Account Failed';

let stage: Stage;
let credential: string;
let templates: Map<string, WorkflowFile>;

beforeAll(async () => {
	stage = await setStage();
	credential = await connect(stage);
	templates = await readTemplates();
});
afterAll(async () => await stage?.remove());
beforeEach(() => bounce(stage.zoho));
afterEach(() => {
	stage.zoho.randomFault = () => undefined;
});

function template(file: string): WorkflowFile {
	const found = templates.get(file);
	if (found === undefined) throw new Error(`No template ${file}`);
	return structuredClone(withCredential(found, credential));
}

/** Zoho takes no token any more, as after somebody has revoked it. */
function revoke(): void {
	stage.zoho.randomFault = ({ kind }) => {
		switch (kind) {
			case 'token':
				return undefined;
			case 'doNotMail':
				return {
					status: 401,
					body: '{"message":"Unauthorized request.","version":"1.1","Code":"1007","status":"error"}',
				};
			default:
				return {
					status: 401,
					body: '{"code":"AUTHENTICATION_FAILURE","message":"Authentication failed"}',
				};
		}
	};
}

const errorOf = ({ data }: Execution) => {
	const { error, lastNodeExecuted } = data.resultData;
	return { message: String(error?.message), node: lastNodeExecuted };
};

/** Runs a template with a token that was revoked: it is to end red, and to say what to do. */
async function endsRed(id: string, trigger: string): Promise<Execution> {
	revoke();
	const execution = await stage.n8n.execute(id, trigger);
	const { message, node } = errorOf(execution);
	say(`${execution.status} at ${node}: ${message}`);
	expect(execution.status).toBe('error');
	expect(node).toBe(ENDS);
	expect(message).toMatch(/connect (the credential|it) again/i);
	return execution;
}

test('nightly-unblock', async () => {
	const { n8n } = stage;
	const id = await n8n.importWorkflow(template('nightly-unblock.json'));
	expect((await n8n.execute(id, 'Every Night at Two')).status).toBe('success');
	const execution = await endsRed(id, 'Every Night at Two');
	expect(itemsOf(execution, 'Everything Else: Mend or Repeat')).not.toEqual([]);
});

test('hygiene-every-night, behind its summary', async () => {
	const { n8n } = stage;
	const workflow = template('hygiene-every-night.json');
	const { id: value, name: cachedResultName } = BOUNCED;
	nodeNamed(workflow, UNBLOCK).parameters.customView = {
		__rl: true,
		mode: 'list',
		value,
		cachedResultName,
	};
	const id = await n8n.importWorkflow(workflow);
	expect((await n8n.execute(id, 'Every Night at Two')).status).toBe('success');
	const execution = await endsRed(id, 'Every Night at Two');
	expect(itemsOf(execution, 'Summary')[0]?.json.text).toContain('authenticationFailed');
});

test('on-a-bounce, every hour, and its webhook goes on noting', async () => {
	const { n8n } = stage;
	const workflow = template('on-a-bounce.json');
	const { filters } = nodeNamed(workflow, 'Bounces of a Day Ago').parameters as {
		filters: { conditions: Array<{ keyValue: string }> };
	};
	filters.conditions[0]!.keyValue = '={{ $now.plus({ minutes: 1 }).toISO() }}';
	const id = await n8n.importWorkflow(workflow);
	await n8n.activate(id);
	await untilKnown(n8n, 'zoho-bounce');
	for (const one of [LEADS.soft, LEADS.hard]) {
		expect((await post(n8n, 'zoho-bounce', { id: one, module: 'Leads' })).status).toBe(200);
	}
	const execution = await endsRed(id, 'Every Hour');
	expect(itemsOf(execution, 'Left for the Next Hour')).toHaveLength(2);
	expect((await post(n8n, 'zoho-bounce', { id: LEADS.soft, module: 'Leads' })).status).toBe(200);
	stage.zoho.randomFault = () => undefined;
	expect((await n8n.execute(id, 'Every Hour')).status).toBe('success');
	await n8n.deactivate(id);
});

test('unsubscribe-webhook, when its caller has its answer', async () => {
	const { n8n } = stage;
	const id = await n8n.importWorkflow(await withKeys(n8n, template('unsubscribe-webhook.json')));
	await n8n.activate(id);
	await untilKnown(n8n, 'unsubscribe');
	revoke();
	const reply = await post(n8n, 'unsubscribe', { email: 'gone@example.com' }, LOGIN);
	expect(reply.status).toBe(503);
	expect((await reply.json()) as IDataObject).toMatchObject({ reason: 'authenticationFailed' });
	const [red] = await until('its run has ended', async () => {
		const all = await n8n.executions(id);
		return all.length === 1 && all[0]?.status !== 'running' && all;
	});
	expect(errorOf(await n8n.finished(red!.id)).node).toBe(ENDS);

	stage.zoho.randomFault = () => undefined;
	expect((await post(n8n, 'unsubscribe', { email: 'no.address' }, LOGIN)).status).toBe(422);
	const good = await until('the next has ended', async () => {
		const all = await n8n.executions(id);
		return all.length === 2 && all[0]?.status !== 'running' && all[0];
	});
	expect(good.status).toBe('success');
	await n8n.deactivate(id);
});

test.each([
	['error-summary.json', 'Post to Chat'],
	['long-list.json', 'Failures of This Part'],
])('%s', async (file, before) => {
	const { n8n } = stage;
	const workflow = template(file);
	// The sample of the long list is kept back: here it is a list of one's own.
	const sample = nodeNamed(workflow, 'Sample List (Replace Me)');
	if (file === 'long-list.json') {
		const { assignments } = sample.parameters.assignments as {
			assignments: Array<{ value: string }>;
		};
		assignments[0]!.value = JSON.stringify([LEADS.soft]);
	}
	const id = await n8n.importWorkflow(workflow);
	const execution = await endsRed(id, 'When clicking ‘Execute workflow’');
	expect(execution.data.resultData.runData[before]).toHaveLength(1);
});

test('csv-to-do-not-mail, with its report', async () => {
	const { n8n } = stage;
	const workflow = template('csv-to-do-not-mail.json');
	const sample = nodeNamed(workflow, 'Sample CSV (Replace Me)').parameters;
	sample.jsonOutput = String(sample.jsonOutput).replaceAll('sample.', 'person.');
	const id = await n8n.importWorkflow(workflow);
	const execution = await endsRed(id, 'When clicking ‘Execute workflow’');
	expect(itemsOf(execution, 'Report of What Failed')).toHaveLength(1);
});
