import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';
import { say } from './say';
import {
	bounce,
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
});

/** A template as it is, but for the credential, which a person chooses after the import. */
function template(file: string): WorkflowFile {
	const found = templates.get(file);
	if (found === undefined) throw new Error(`No template ${file}`);
	return structuredClone(withCredential(found, credential));
}

const idsOf = (items: Array<{ json: IDataObject }>) => items.map(({ json }) => json.id);

const NIGHTLY_BRANCHES = {
	Unblocked: [LEADS.soft, LEADS.unblocked, lead(6)],
	'Dead Address: Stop Mailing It': [LEADS.hard, LEADS.worn],
	'Stale Record: Clean the List': [LEADS.missing],
	'Everything Else: Mend or Repeat': [],
};

describe('the templates of examples/ in the real n8n', () => {
	test('every template is run here, in hygiene.e2e.ts or in longList.e2e.ts', () => {
		expect([...templates.keys()].sort()).toEqual([
			'csv-to-do-not-mail.json',
			'do-not-mail-desk.json',
			'error-summary.json',
			'hygiene-every-night.json',
			'long-list.json',
			'nightly-unblock.json',
			'on-a-bounce.json',
			'unsubscribe-webhook.json',
		]);
	});

	test('the nightly run, by hand, parts what failed by its reason', async () => {
		const { n8n, zoho } = stage;
		const id = await n8n.importWorkflow(template('nightly-unblock.json'));
		const execution = await n8n.execute(id, 'Every Night at Two');
		expect(execution.status).toBe('success');
		for (const [node, ids] of Object.entries(NIGHTLY_BRANCHES)) {
			expect({ node, ids: idsOf(itemsOf(execution, node)) }).toEqual({ node, ids });
			say(`${node}: ${ids.join(', ') || 'none'}`);
		}
		expect(zoho.crm.get('Leads', LEADS.soft)).toMatchObject({
			email: 'unblocked',
			timesUnblocked: 1,
		});
		expect(zoho.crm.get('Leads', LEADS.hard)).toMatchObject({ email: 'hard' });
	});

	test('the nightly run is started by its own schedule', async () => {
		const { n8n, zoho } = stage;
		const workflow = template('nightly-unblock.json');
		nodeNamed(workflow, 'Every Night at Two').parameters = {
			rule: { interval: [{ field: 'seconds', secondsInterval: 2 }] },
		};
		const id = await n8n.importWorkflow(workflow);
		await n8n.activate(id);
		say('published, with a schedule of two seconds');
		const first = await until('the schedule has started a run', async () =>
			(await n8n.executions(id)).at(-1),
		);
		await n8n.deactivate(id);
		const execution = await n8n.finished(first.id);
		for (const later of await n8n.executions(id)) await n8n.finished(later.id);
		say(`execution ${first.id} by ${execution.mode}: ${execution.status}`);
		expect(execution).toMatchObject({ mode: 'trigger', status: 'success' });
		for (const [node, ids] of Object.entries(NIGHTLY_BRANCHES)) {
			expect({ node, ids: idsOf(itemsOf(execution, node)) }).toEqual({ node, ids });
		}
		expect(zoho.crm.get('Leads', lead(6))).toMatchObject({ timesUnblocked: 1 });
	});

	test('an unsubscribe that arrives by webhook is suppressed, and answered', async () => {
		const { n8n, zoho } = stage;
		const id = await n8n.importWorkflow(template('unsubscribe-webhook.json'));
		await n8n.activate(id);
		await untilKnown(n8n, 'unsubscribe');
		const unsubscribe = async (email: string) => {
			const reply = await post(n8n, 'unsubscribe', { email });
			const answer = { status: reply.status, body: (await reply.json()) as IDataObject };
			say(`POST /webhook/unsubscribe ${email}: ${JSON.stringify(answer)}`);
			return answer;
		};
		await expect(unsubscribe('gone@example.com')).resolves.toEqual({
			status: 200,
			body: { email: 'gone@example.com', status: 'moved' },
		});
		await expect(unsubscribe('gone@example.com')).resolves.toEqual({
			status: 200,
			body: { email: 'gone@example.com', status: 'alreadyInDoNotMail' },
		});
		await expect(unsubscribe('no address')).resolves.toMatchObject({
			status: 422,
			body: { reason: 'invalidEmail' },
		});
		await n8n.deactivate(id);
		expect(zoho.campaigns.registry.get('gone@example.com')?.moved).toBe(1);
	});

	test('a CSV of addresses is suppressed, with a CSV of what failed', async () => {
		const { n8n, zoho } = stage;
		const id = await n8n.importWorkflow(template('csv-to-do-not-mail.json'));
		const execution = await n8n.execute(id, 'When clicking ‘Execute workflow’');
		expect(execution.status).toBe('success');
		const suppressed = itemsOf(execution, 'Suppressed').map(({ json }) => json.email);
		expect(suppressed).toEqual([
			'person.one@example.com',
			'person.two@example.com',
			'Person.One@Example.com',
			'person.three@example.org',
		]);
		expect([...zoho.campaigns.received].sort()).toEqual(
			expect.arrayContaining([
				'person.one@example.com',
				'person.three@example.org',
				'person.two@example.com',
			]),
		);
		const [report] = itemsOf(execution, 'Report of What Failed');
		const csv = await n8n.download(report?.binary?.data?.id ?? '');
		say(`${report?.binary?.data?.fileName}: ${csv.trim().split('\n').join(' / ')}`);
		expect(csv.trim().split('\n')).toHaveLength(2);
		expect(csv).toContain('not-an-address,invalidEmail');
	});

	test('a very long list goes in parts of 5,000, 500 records a call', async () => {
		const { n8n, zoho } = stage;
		const workflow = template('long-list.json');
		nodeNamed(workflow, 'Wait').parameters.amount = 1;
		const id = await n8n.importWorkflow(workflow);
		const execution = await n8n.execute(id, 'When clicking ‘Execute workflow’');
		expect(execution.status).toBe('success');
		expect(execution.data.resultData.runData['Zoho CRM Unblock Email']).toHaveLength(3);
		const unblocked = itemsOf(execution, 'Unblocked');
		const failures = itemsOf(execution, 'Failures of This Part');
		say(
			`${unblocked.length} unblocked, ${failures.length} failed, ${zoho.calls('unblock').length} calls`,
		);
		expect(idsOf(failures)).toEqual([LEADS.hard, LEADS.worn, LEADS.missing]);
		expect(new Set(idsOf(unblocked)).size).toBe(12_000 - 3);
		expect(unblocked).toHaveLength(12_000 - 3);
		// 24 full calls, and those that tell the three bad records of the first part from the rest.
		expect(zoho.calls('unblock').length).toBeLessThanOrEqual(24 + 3 * 10);
		expect(zoho.crm.get('Leads', lead(12_000))).toMatchObject({
			email: 'unblocked',
			timesUnblocked: 1,
		});
	});

	test('the failures of a run are posted as one summary', async () => {
		const { n8n } = stage;
		const posts: string[] = [];
		const chat = createServer(async (request, response) => {
			const body: Buffer[] = [];
			for await (const chunk of request) body.push(chunk as Buffer);
			posts.push(Buffer.concat(body).toString());
			response.end('ok');
		}).listen(0, '127.0.0.1');
		await once(chat, 'listening');
		try {
			const workflow = template('error-summary.json');
			const chatPost = nodeNamed(workflow, 'Post to Chat');
			chatPost.parameters.url = `http://127.0.0.1:${(chat.address() as AddressInfo).port}/hook`;
			chatPost.disabled = false;
			const id = await n8n.importWorkflow(workflow);
			const execution = await n8n.execute(id, 'When clicking ‘Execute workflow’');
			expect(execution.status).toBe('success');
			expect(idsOf(itemsOf(execution, 'Unblocked'))).toEqual([LEADS.soft]);
			expect(posts).toHaveLength(1);
			const { text } = JSON.parse(posts[0] ?? '{}') as { text: string };
			say(`posted: ${text.replaceAll('\n', ' / ')}`);
			for (const reason of ['permanentlyBlocked', 'unblockLimitReached', 'invalidRecordId']) {
				expect(text).toContain(`1 × ${reason}`);
			}
		} finally {
			chat.close();
		}
	});
});

describe('a token that has run out', () => {
	test('is refreshed once and stored by n8n, and the next run uses the new one', async () => {
		const { n8n, zoho } = stage;
		const id = await n8n.importWorkflow(template('nightly-unblock.json'));
		zoho.oauth.expire();
		for (const refreshes of [1, 1]) {
			const execution = await n8n.execute(id, 'Every Night at Two');
			expect(execution.status).toBe('success');
			expect(idsOf(itemsOf(execution, 'Unblocked'))).toEqual(NIGHTLY_BRANCHES.Unblocked);
			expect(zoho.calls('token')).toHaveLength(refreshes);
		}
		say('two runs after the token ran out: one refresh');
		await n8n.stop('SIGKILL');
		await n8n.start();
		const execution = await n8n.execute(id, 'Every Night at Two');
		expect(execution.status).toBe('success');
		expect(zoho.calls('token')).toHaveLength(1);
		say('a third after a restart of n8n: still one');
	});
});

test('n8n has written no token and no client secret into its log', async () => {
	const { n8n, zoho } = stage;
	await n8n.execute(
		await n8n.importWorkflow(template('nightly-unblock.json')),
		'Every Night at Two',
	);
	const log = await readFile(n8n.log, 'utf8');
	const bearers = zoho.calls('unblock').map(({ headers }) => headers.authorization?.split(' ')[1]);
	const secrets = [...new Set(bearers), zoho.oauth.clientSecret];
	say(`looked for ${secrets.length} secrets in ${log.length} characters of n8n's log`);
	expect(secrets).toHaveLength(2);
	for (const secret of secrets) expect(log).not.toContain(secret);
});
