import type { IDataObject, INodeParameters } from 'n8n-workflow';
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
import { chain, itemsOf, nodeNamed, type Execution, type WorkflowFile } from './workflow';

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
	/** The template, with the view and the fields that a person chooses. */
	async function chosen(unblockFields = ['Email']): Promise<string> {
		const workflow = template('hygiene-every-night.json');
		const { id: value, name: cachedResultName } = BOUNCED;
		nodeNamed(workflow, UNBLOCK).parameters.unblockFields = unblockFields;
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

	/** The addresses of a lead, as the view shows them. */
	const addresses = (id: string) => addressesOf(id, stage.zoho.crm.get('Leads', id)!);
	const summaryOf = (execution: Execution) =>
		String(itemsOf(execution, 'Summary')[0]?.json.text).split('\n').slice(1).sort();

	test('of a dead secondary address, that one goes into Do-Not-Mail, and the healthy primary one does not', async () => {
		const { n8n, zoho } = stage;
		const { campaigns, crm } = zoho;
		campaigns.registry.clear();
		crm.add('Leads', [lead(20), lead(21)], { email: 'soft', secondary: 'hard' });
		crm.add('Leads', lead(22), { email: 'hard', secondary: 'soft' });
		const execution = await n8n.execute(await chosen(['Secondary_Email']), 'Every Night at Two');

		expect(execution.status).toBe('success');
		const dead = [lead(20), lead(21)].map((id) => addresses(id).Secondary_Email);
		expect([...campaigns.registry.keys()]).toEqual(expect.arrayContaining(dead));
		const primary = [...campaigns.registry.keys()].filter((address) => /^person-/.test(address));
		expect(primary).toEqual([]);
	});

	test('where both fields are to be unblocked and it is not known which is dead, nobody is suppressed, and the summary says so', async () => {
		const { n8n, zoho } = stage;
		const { campaigns, crm } = zoho;
		campaigns.registry.clear();
		bounce(zoho);
		crm.add('Leads', lead(20), { email: 'soft', secondary: 'hard' });
		crm.add('Leads', lead(21), { email: 'none', secondary: 'hard' });
		const execution = await n8n.execute(
			await chosen(['Email', 'Secondary_Email']),
			'Every Night at Two',
		);

		expect(execution.status).toBe('success');
		const summary = summaryOf(execution);
		say(`both fields: ${summary.join(' / ')}`);
		const [ofTwo] = summary.filter((line) => line.includes('which of two addresses is dead'));
		expect(ofTwo).toContain(lead(20));
		expect([...campaigns.registry.keys()]).toContain(addresses(lead(21)).Secondary_Email);
		for (const address of Object.values(addresses(lead(20)))) {
			expect(campaigns.registry.has(String(address))).toBe(false);
		}
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
		// The test says when: not the full hour, should one strike meanwhile.
		const triggerAtMinute = (new Date().getMinutes() + 30) % 60;
		nodeNamed(workflow, 'Every Hour').parameters.rule = {
			interval: [{ field: 'hours', triggerAtMinute }],
		};
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

	/** The rows of a table of n8n by its exact name. */
	async function rowsOf(name: string): Promise<IDataObject[]> {
		const { n8n } = stage;
		const reader = chain('Reads a table', [
			{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
			{
				name: 'Tables',
				...dataTable({ resource: 'table', operation: 'list', returnAll: true, options: {} }),
			},
			{
				name: 'The Table',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				parameters: {
					jsCode: `return $input.all().filter(({ json }) => json.name === ${JSON.stringify(name)});`,
				},
			},
			{
				name: 'Rows',
				...dataTable({
					resource: 'row',
					operation: 'get',
					dataTableId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
					returnAll: true,
				}),
			},
		]);
		const run = await n8n.execute(await n8n.importWorkflow(reader), 'Start');
		return itemsOf(run, 'Rows').map(({ json }) => json);
	}

	/** Makes a table of this name with these records in it, as somebody else may have. */
	async function makeTable(tableName: string, recordIds: readonly string[]): Promise<void> {
		const { n8n } = stage;
		const columns = ['recordId', 'module'].map((name) => ({ name, type: 'string' }));
		const maker = chain('Makes a table', [
			{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
			{
				name: 'Make',
				...dataTable({
					resource: 'table',
					operation: 'create',
					tableName,
					columns: { column: columns },
					options: {},
				}),
			},
			{
				name: 'Records',
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				parameters: {
					jsCode: `const { id: table } = $input.first().json;
return ${JSON.stringify(recordIds)}.map((recordId) => ({ json: { table, recordId, module: 'Leads' } }));`,
				},
			},
			{
				name: 'Fill',
				...dataTable({
					resource: 'row',
					operation: 'insert',
					dataTableId: { __rl: true, mode: 'id', value: '={{ $json.table }}' },
					columns: {
						mappingMode: 'defineBelow',
						value: { recordId: '={{ $json.recordId }}', module: '={{ $json.module }}' },
						matchingColumns: [],
						schema: columns.map(({ name: id, type }) => ({
							id,
							displayName: id,
							type,
							display: true,
						})),
					},
					options: {},
				}),
			},
		]);
		const { status } = await n8n.execute(await n8n.importWorkflow(maker), 'Start');
		expect(status).toBe('success');
	}

	const dataTable = (parameters: INodeParameters) => ({
		type: 'n8n-nodes-base.dataTable',
		typeVersion: 1.1,
		parameters,
	});

	const recordsIn = async (table: string) => (await rowsOf(table)).map(({ recordId }) => recordId);

	test("beside tables whose names hold its own, it reads, unblocks and deletes nobody else's rows", async () => {
		const { n8n, zoho } = stage;
		const others = ['zoho_bounces_of_2025', 'zohoxbounces', 'zoho_bounces (project)'];
		const id = await imported();
		await n8n.execute(id, 'Every Hour');
		// The one that was changed last is the first that n8n's own search finds.
		for (const [index, name] of others.entries()) {
			await makeTable(name, [lead(100 + index)]);
		}
		const first = await n8n.execute(id, 'Every Hour');
		expect(first.status).toBe('success');
		await n8n.activate(id);
		await untilKnown(n8n, 'zoho-bounce');
		const { status } = await post(n8n, 'zoho-bounce', { id: lead(200), module: 'Leads' });
		expect(status).toBe(200);
		expect(await recordsIn('zoho_bounces')).toEqual([lead(200)]);

		await until('the row is old enough', async () => {
			const run = await n8n.execute(id, 'Every Hour');
			return itemsOf(run, 'Bounces of a Day Ago').length === 1;
		});
		await n8n.deactivate(id);
		expect(zoho.calls('unblock').flatMap(({ ids = [] }) => ids)).toEqual([lead(200)]);
		expect(await recordsIn('zoho_bounces')).toEqual([]);
		for (const [index, name] of others.entries()) {
			expect(await recordsIn(name)).toEqual([lead(100 + index)]);
		}
	});

	test('a webhook of Zoho CRM is read as it may come, and what is no record is refused', async () => {
		const { n8n } = stage;
		const id = await imported();
		await n8n.activate(id);
		await untilKnown(n8n, 'zoho-bounce');
		const send = async (body: FormData | URLSearchParams | string) => {
			const { status } = await fetch(`${n8n.url}/webhook/zoho-bounce`, {
				method: 'POST',
				headers: {
					connection: 'close',
					...(typeof body === 'string' && { 'content-type': 'application/json' }),
				},
				body,
			});
			return status;
		};
		const form = new FormData();
		form.set('id', `${lead(301)},zcrm_${lead(302)}`);
		form.set('module', 'Leads');
		const taken = [
			await send(new URLSearchParams({ id: `zcrm_${lead(300)}`, module: 'Leads' })),
			await send(form),
			await send(`{"id":${lead(303)},"module":"Leads"}`),
			await send(`{"id":["${lead(304)}",${lead(305)}],"module":"Leads"}`),
		];
		const refused = [
			await send('{"id":"","module":"Leads"}'),
			await send(new URLSearchParams({ id: '${Leads.Lead Id}', module: 'Leads' })),
			await send(`{"id":"${lead(306)}"}`),
		];
		await n8n.deactivate(id);

		expect([taken, refused]).toEqual([
			[200, 200, 200, 200],
			[400, 400, 400],
		]);
		expect(await recordsIn('zoho_bounces')).toEqual([300, 301, 302, 303, 304, 305].map(lead));
		const { ids } = await unblockAll(id);
		expect(ids.sort()).toEqual([300, 301, 302, 303, 304, 305].map(lead));
		expect(await recordsIn('zoho_bounces')).toEqual([]);
	});

	/** Runs the hour until it has found rows that are old enough, and gives whom it unblocked. */
	async function unblockAll(id: string): Promise<{ ids: string[]; execution: Execution }> {
		const execution = await until('the rows are old enough', async () => {
			const run = await stage.n8n.execute(id, 'Every Hour');
			return itemsOf(run, 'Bounces of a Day Ago').length > 0 && run;
		});
		return { ids: itemsOf(execution, UNBLOCK).map(({ json }) => String(json.id)), execution };
	}

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

	test('what can never succeed leaves the table; what a person may mend keeps its row, as does what was noted meanwhile', async () => {
		const { n8n, zoho } = stage;
		const id = await imported();
		await n8n.activate(id);
		await untilKnown(n8n, 'zoho-bounce');
		const posts = [LEADS.hard, LEADS.worn, lead(88_888), LEADS.soft].map((one) => [one, 'Leads']);
		for (const [one, module] of [...posts, [lead(9), 'No_Such_Module']]) {
			await post(n8n, 'zoho-bounce', { id: one, module });
		}
		await until('all rows are there', async () => (await recordsIn('zoho_bounces')).length === 5);
		// Noted while the run is under way, for a record that this run unblocks.
		zoho.latencyMs = 3000;
		const running = await n8n.run(id, 'Every Hour');
		await until('its call is under way', async () => zoho.calls('unblock').length > 0);
		await post(n8n, 'zoho-bounce', { id: LEADS.soft, module: 'Leads' });
		const execution = await n8n.finished(running);
		zoho.latencyMs = 0;
		await n8n.deactivate(id);

		expect(execution.status).toBe('success');
		const reasons = itemsOf(execution, 'Cannot Be Unblocked').map(
			({ json }) => (json.error as IDataObject).reason,
		);
		expect(reasons.sort()).toEqual(['permanentlyBlocked', 'recordNotFound', 'unblockLimitReached']);
		expect((await recordsIn('zoho_bounces')).sort()).toEqual([LEADS.soft, lead(9)].sort());
	});

	test('a node that is deactivated unblocks nobody, and takes no row off the table', async () => {
		const { n8n } = stage;
		const workflow = template('on-a-bounce.json');
		nodeNamed(workflow, UNBLOCK).disabled = true;
		const { filters } = nodeNamed(workflow, 'Bounces of a Day Ago').parameters as {
			filters: { conditions: Array<{ keyValue: string }> };
		};
		filters.conditions[0]!.keyValue = '={{ $now.plus({ minutes: 1 }).toISO() }}';
		const before = await recordsIn('zoho_bounces');
		const execution = await n8n.execute(await n8n.importWorkflow(workflow), 'Every Hour');

		expect(execution.status).toBe('success');
		expect(before.length).toBeGreaterThan(0);
		expect(await recordsIn('zoho_bounces')).toEqual(before);
	});
});
