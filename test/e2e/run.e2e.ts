import { createHmac } from 'node:crypto';
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
	withAllLeads,
	withCredential,
	type Stage,
} from './stage';
import { until } from './until';
import { LOGIN, post, signatureOf, untilKnown, withKeys } from './webhook';
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
	test('every template is run here, in hygiene.e2e.ts, longList.e2e.ts or campaigns.e2e.ts', () => {
		expect([...templates.keys()].sort()).toEqual([
			'campaign-hygiene.json',
			'csv-to-do-not-mail.json',
			'do-not-mail-desk.json',
			'error-summary.json',
			'hygiene-every-night.json',
			'long-list.json',
			'nightly-unblock.json',
			'on-a-bounce.json',
			'opt-outs-of-one-list.json',
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

	describe('an unsubscribe that arrives by webhook', () => {
		let id: string;
		let link: string;

		beforeAll(async () => {
			const { n8n } = stage;
			const workflow = await withKeys(n8n, template('unsubscribe-webhook.json'));
			link = `${n8n.url}/webhook/unsubscribe-link`;
			const { assignments } = nodeNamed(workflow, 'A Recipient (Replace Me)').parameters
				.assignments as { assignments: Array<{ name: string; value: string }> };
			for (const one of assignments) one.value = one.name === 'url' ? link : 'ada+news@example.com';
			id = await n8n.importWorkflow(workflow);
			await n8n.activate(id);
			await untilKnown(n8n, 'unsubscribe');
		});
		afterAll(async () => await stage.n8n.deactivate(id));
		beforeEach(() => {
			const { campaigns } = stage.zoho;
			campaigns.registry.clear();
			campaigns.received.length = 0;
		});

		/** What a mail program does at one click on "unsubscribe". */
		async function click(url: string, init: RequestInit = {}) {
			const reply = await fetch(url, {
				method: 'POST',
				headers: { connection: 'close' },
				body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
				...init,
			});
			return { status: reply.status, text: await reply.text() };
		}
		const linkTo = (address: string, signed = address) =>
			`${link}?email=${encodeURIComponent(address)}&signature=${signatureOf(signed)}`;
		const registry = () => [...stage.zoho.campaigns.registry.keys()];

		test('is suppressed for a program that logs in, and answered', async () => {
			const { n8n } = stage;
			const unsubscribe = async (email: unknown, login = LOGIN) => {
				const reply = await post(n8n, 'unsubscribe', { email }, login);
				return { status: reply.status, body: await reply.text() };
			};

			const { status, body } = await unsubscribe('gone@example.com');
			expect([status, JSON.parse(body)]).toEqual([
				200,
				{ email: 'gone@example.com', status: 'moved' },
			]);
			const again = await unsubscribe('gone@example.com');
			expect(JSON.parse(again.body)).toEqual({
				email: 'gone@example.com',
				status: 'alreadyInDoNotMail',
			});
			await expect(unsubscribe('no address')).resolves.toMatchObject({ status: 400 });
			await expect(unsubscribe('no.address')).resolves.toMatchObject({ status: 422 });
			await expect(unsubscribe(['a@example.com', 'b@example.com'])).resolves.toMatchObject({
				status: 400,
			});
			await expect(
				unsubscribe('eve@example.com', { 'x-unsubscribe-key': 'guess' }),
			).resolves.toMatchObject({ status: 403 });
			expect(registry()).toEqual(['gone@example.com']);
		});

		test('is suppressed at one click on a link that the template has made', async () => {
			const run = await stage.n8n.execute(id, 'When clicking ‘Execute workflow’');
			const [{ json } = { json: {} as IDataObject }] = itemsOf(run, 'Link and Headers');
			expect(json).toEqual({
				link: linkTo('ada+news@example.com'),
				'List-Unsubscribe': `<${linkTo('ada+news@example.com')}>`,
				'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
			});

			const answer = await click(String(json.link));
			say(`one click: ${answer.status} ${answer.text}`);
			expect(answer.status).toBe(200);
			expect(registry()).toEqual(['ada+news@example.com']);
			const form = new FormData();
			form.set('List-Unsubscribe', 'One-Click');
			await expect(click(linkTo('ben@example.com'), { body: form })).resolves.toMatchObject({
				status: 200,
			});
			expect(registry()).toEqual(['ada+news@example.com', 'ben@example.com']);
		});

		test('is done by nobody who opens the link, and by nobody without the signature of this very address', async () => {
			const opened = await click(linkTo('ada@example.com'), { method: 'GET', body: null });
			expect(opened.status).toBe(200);
			expect(opened.text).toContain('<form method="post">');
			const statuses = async (...urls: string[]) =>
				await Promise.all(urls.map(async (url) => (await click(url)).status));

			expect(
				await statuses(
					linkTo('eve@example.com', 'ada@example.com'),
					linkTo('ADA@example.com', 'ada@example.com'),
					`${link}?email=eve@example.com&signature=${'0'.repeat(64)}`,
				),
			).toEqual([403, 403, 403]);
			expect(
				await statuses(
					`${link}?email=eve@example.com`,
					link,
					`${link}?email=&signature=${signatureOf('')}`,
					`${link}?email=ada+x@example.com&signature=${signatureOf('ada x@example.com')}`,
					`${link}?email=ada+x@example.com&signature=${signatureOf('ada+x@example.com')}`,
					`${linkTo('ada@example.com')}&email=eve@example.com`,
					linkTo('ada@example.com,eve@example.com'),
					`${link}?email[]=ada@example.com&signature=${signatureOf('ada@example.com')}`,
				),
			).toEqual([400, 400, 400, 400, 400, 400, 400, 400]);
			const { status } = await click(linkTo('ada@example.com'), { body: null });
			expect(status).toBe(400);
			expect(stage.zoho.campaigns.received).toEqual([]);
		});

		test('that was not sent is never answered as done', async () => {
			const { n8n, zoho } = stage;
			const asked = async () => {
				const { status } = await post(n8n, 'unsubscribe', { email: 'later@example.com' }, LOGIN);
				return [status, (await click(linkTo('later@example.com'))).status];
			};
			zoho.randomFault = ({ kind }) => (kind === 'doNotMail' ? { emptyBody: 503 } : undefined);
			expect(await asked()).toEqual([503, 503]);
			zoho.randomFault = () => undefined;
			expect(registry()).toEqual([]);
		});
	});

	test('an unsubscribe that a deactivated node lets pass is not answered as done', async () => {
		const { n8n, zoho } = stage;
		const workflow = await withKeys(n8n, template('unsubscribe-webhook.json'));
		nodeNamed(workflow, 'Zoho Campaigns Do-Not-Mail').disabled = true;
		const id = await n8n.importWorkflow(workflow);
		await n8n.activate(id);
		await untilKnown(n8n, 'unsubscribe');
		const reply = await post(n8n, 'unsubscribe', { email: 'passed@example.com' }, LOGIN);
		await n8n.deactivate(id);

		expect(reply.status).toBe(503);
		await expect(reply.json()).resolves.toMatchObject({ reason: 'notAttempted' });
		expect(zoho.campaigns.registry.has('passed@example.com')).toBe(false);
	});

	test('an unsubscribe webhook without its keys is not published, and with an empty one it signs nothing', async () => {
		const { n8n, zoho } = stage;
		const bare = await n8n.importWorkflow(template('unsubscribe-webhook.json'));
		await expect(n8n.activate(bare)).rejects.toThrow();

		const workflow = await withKeys(n8n, template('unsubscribe-webhook.json'));
		const empty = { id: '', name: 'Nothing in It' };
		empty.id = await n8n.createCredential(empty.name, 'crypto', { hmacSecret: '' });
		for (const node of workflow.nodes) {
			if (node.type.endsWith('.crypto')) node.credentials = { crypto: empty };
		}
		const id = await n8n.importWorkflow(workflow);
		await n8n.activate(id);
		await untilKnown(n8n, 'unsubscribe');
		const signature = createHmac('sha256', '').update('eve@example.com').digest('hex');
		const { status } = await fetch(
			`${n8n.url}/webhook/unsubscribe-link?email=eve@example.com&signature=${signature}`,
			{
				method: 'POST',
				headers: { connection: 'close' },
				body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
			},
		);
		await n8n.deactivate(id);

		expect(status).toBe(500);
		expect(zoho.campaigns.registry.has('eve@example.com')).toBe(false);
	});

	describe('a CSV of addresses', () => {
		/** Runs the template on a file in the place of its sample. */
		async function run(file?: Buffer | string, fileName = 'addresses.csv', column = '') {
			const { n8n, zoho } = stage;
			zoho.campaigns.registry.clear();
			zoho.campaigns.received.length = 0;
			zoho.requests = [];
			const workflow = template('csv-to-do-not-mail.json');
			if (file !== undefined) {
				nodeNamed(workflow, 'Sample CSV (Replace Me)').parameters.jsonOutput = JSON.stringify({
					csv: Buffer.from(file).toString('base64'),
				});
				nodeNamed(workflow, 'Text to File').parameters = {
					operation: 'toBinary',
					sourceProperty: 'csv',
					options: { fileName, mimeType: fileName.endsWith('.txt') ? 'text/plain' : 'text/csv' },
				};
			}
			nodeNamed(workflow, 'Your Column').parameters.assignments = {
				assignments: [{ id: 'column', name: 'column', type: 'string', value: column }],
			};
			const id = await n8n.importWorkflow(workflow);
			const execution = await n8n.execute(id, 'When clicking ‘Execute workflow’');
			const [made] = itemsOf(execution, 'Report of What Failed');
			return {
				status: execution.status,
				error: execution.data.resultData.error?.message ?? '',
				suppressed: itemsOf(execution, 'Suppressed').map(({ json }) => json.email),
				report: made === undefined ? '' : await n8n.download(made.binary?.data?.id ?? ''),
			};
		}
		const received = () => [...stage.zoho.campaigns.received].sort();

		test('of the template itself does no harm at the first press: Zoho hears nothing', async () => {
			const { status, report } = await run();

			expect(status).toBe('success');
			expect(stage.zoho.requests).toEqual([]);
			expect(report.trim().split('\n')).toHaveLength(2);
			expect(report).toContain('not-an-address,invalidEmail');
		});

		test('is suppressed, with a CSV of what failed, which may be taken as the file of the next run', async () => {
			const rows = [
				'Ada;ada@example.com',
				"Ben;'=ben@example.com",
				'Eve;=1+1',
				"Fay;'+x y@example.com",
				'Cy',
			];
			const first = await run(
				Buffer.from(`\uFEFFName;E-Mail\r\n${rows.join('\r\n')}\r\n`, 'utf16le'),
			);
			expect(first).toMatchObject({ status: 'success', error: '' });
			expect(first.suppressed).toEqual(['ada@example.com', '=ben@example.com']);
			say(first.report.trim().split('\n').join(' / '));
			const [, ...cells] = first.report
				.trim()
				.split('\r\n')
				.map((line) => line.split(',')[0]);
			expect(cells).toEqual(["'=1+1", "'+x y@example.com", '']);

			const second = await run(first.report);
			expect(second.report.split('\r\n').map((line) => line.split(',')[0])).toEqual(
				first.report.split('\r\n').map((line) => line.split(',')[0]),
			);
		});

		test.each<[string, string, string, number]>([
			['a cell too many', 'list.csv', 'a@example.com,A\nb@example.com,B,C\nc@example.com,C\n', 3],
			['a cell too many', 'LIST.CSV', 'a@example.com,A\nb@example.com,B\nc@example.com,C,D\n', 4],
			['a quotation mark that is missing', 'list.txt', 'a@example.com,A\n"b@example.com,B\n', 3],
			[
				'an address on two lines',
				'list.csv',
				'"a@example.com\nb@example.com",B\nc@example.com,C\n',
				2,
			],
			[
				'a cell on two lines',
				'list.csv',
				'a@example.com,"A\nb@example.com,B"\nc@example.com,C\n',
				2,
			],
		])(
			'with %s in %s is not sent at all, and the error names the row',
			async (_, name, rows, row) => {
				const { status, error } = await run(`Email,Name\n${rows}`, name);

				expect(status).toBe('error');
				expect(error).toMatch(new RegExp(`^Nothing of the file was sent\\. Row ${row}\\b`));
				expect(received()).toEqual([]);
			},
		);

		test('with two columns of one name takes the one of the number that is asked for', async () => {
			const file = 'Email,Email\na@example.com,b@example.com\n';

			expect((await run(file)).status).toBe('error');
			expect(received()).toEqual([]);
			await run(file, 'list.csv', '2');
			expect(received()).toEqual(['b@example.com']);
		});

		test.each<[string, Buffer]>([
			['Windows-1252', Buffer.from('Name;E-Mail\r\nZoë;zoë@example.com\r\n', 'latin1')],
			['UTF-8 with a byte order mark', Buffer.from('\uFEFFE-Mail\tName\nzoë@example.com\tZoë\n')],
			['UTF-8 with rows that are too short', Buffer.from('E-Mail|Name|x\nzoë@example.com\n')],
		])('in %s is read as it is meant', async (_, file) => {
			expect((await run(file)).suppressed).toEqual(['zoë@example.com']);
			expect(received()).toEqual(['zoë@example.com']);
		});
	});

	test('the long list of the template itself does no harm at the first press: Zoho hears nothing', async () => {
		const { n8n, zoho } = stage;
		const workflow = template('long-list.json');
		nodeNamed(workflow, 'Wait').parameters.amount = 1;
		const id = await n8n.importWorkflow(workflow);
		const execution = await n8n.execute(id, 'When clicking ‘Execute workflow’');

		expect(execution.status).toBe('success');
		expect(itemsOf(execution, 'The Sample: Not Sent')).toHaveLength(3);
		expect(zoho.requests).toEqual([]);
	});

	test('a very long list goes in parts of 5,000, 500 records a call', async () => {
		const { n8n, zoho } = stage;
		const workflow = withAllLeads(template('long-list.json'));
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
