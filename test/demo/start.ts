/**
 * `npm start`: a night's clean-up, on nothing but this repository. A workflow of both nodes runs in
 * n8n's own engine, over a CSV of bounced leads as Zoho CRM exports it and one of addresses to
 * suppress, against the embedded Zoho. Exit code 0 when every row has come out once.
 */
import { parse } from 'csv-parse/sync';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import build from '../engine/build';
import { createEngine, type WorkflowOptions } from '../engine';
import type { FakeZoho } from '../fake-zoho';
import { CREDENTIAL_TYPE, failure, setStage } from '../support/stage';
import { table } from '../support/table';

/** What became of some leads since they were exported. */
const UNBLOCKED_FIVE_TIMES = ['2423488000000586486', '2423488000000606167'];
const DELETED = ['2423488000000578377', '2423488000000606950'];
/** Suppressed by somebody else. */
const IN_REGISTRY = [
	'vera.marsh@example.org',
	'quentin.farrow@example.net',
	'xenia.brook@example.net',
];

const READ_LEADS = 'Read Leads';
const READ_ADDRESSES = 'Read Addresses';
const UNBLOCK = 'Zoho CRM Unblock Email';
const SUPPRESS = 'Zoho Campaigns Do-Not-Mail';

const readCsv = (file: string) =>
	parse<Record<string, string>>(readFileSync(path.join(__dirname, file)), { columns: true });

/** Stands for n8n's own "Read/Write Files from Disk" and "Extract from File". */
const readCsvNode: INodeType = {
	description: {
		displayName: 'Read CSV',
		name: 'readCsv',
		group: ['input'],
		version: 1,
		description: 'Reads a CSV file, a row an item',
		defaults: {},
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'File', name: 'file', type: 'string', default: '' }],
	},
	async execute(this: IExecuteFunctions) {
		const rows = readCsv(this.getNodeParameter('file', 0) as string);
		return [rows.map((json, item) => ({ json, pairedItem: { item } }))];
	},
};

function workflow(credentialId: string): Pick<WorkflowOptions, 'nodes' | 'connections'> {
	const ours = {
		onError: 'continueErrorOutput',
		credentials: { [CREDENTIAL_TYPE]: { id: credentialId, name: 'Zoho' } },
	} as const;
	const noOp = 'n8n-nodes-base.noOp';
	const to = (...names: string[]) =>
		names.map((node) => ({ node, type: 'main' as const, index: 0 }));
	return {
		nodes: [
			{ name: 'Every Night', type: 'n8n-nodes-base.manualTrigger' },
			{ name: READ_LEADS, type: 'demo.readCsv', parameters: { file: 'leads.csv' } },
			{
				name: UNBLOCK,
				type: 'zohoCrmUnblockEmail',
				// As Zoho CRM's exports write an ID: zcrm_2423488000000575001.
				parameters: { recordIds: '={{ $json["Record Id"] }}' },
				...ours,
			},
			{ name: READ_ADDRESSES, type: 'demo.readCsv', parameters: { file: 'suppress.csv' } },
			{
				name: SUPPRESS,
				type: 'zohoCampaignsDoNotMail',
				parameters: { email: '={{ $json["Email Address"] }}' },
				...ours,
			},
			{ name: 'Done', type: noOp },
			{ name: 'To Look Into', type: noOp },
		],
		connections: {
			'Every Night': { main: [to(READ_LEADS, READ_ADDRESSES)] },
			[READ_LEADS]: { main: [to(UNBLOCK)] },
			[READ_ADDRESSES]: { main: [to(SUPPRESS)] },
			[UNBLOCK]: { main: [to('Done'), to('To Look Into')] },
			[SUPPRESS]: { main: [to('Done'), to('To Look Into')] },
		},
	};
}

/** Makes the embedded Zoho the one that the CSV was exported from, some days later. */
function fillZoho(zoho: FakeZoho, leads: Array<Record<string, string>>): void {
	zoho.crm.style = 'allOrNothing';
	for (const lead of leads) {
		const id = (lead['Record Id'] ?? '').replace('zcrm_', '');
		if (id === '' || DELETED.includes(id)) continue;
		const bounce = lead['Email Bounce Type'] ?? '';
		zoho.crm.add('Leads', id, {
			email: bounce === '' ? 'unblocked' : bounce === 'Hard Bounce' ? 'hard' : 'soft',
			timesUnblocked: UNBLOCKED_FIVE_TIMES.includes(id) ? 5 : 0,
		});
	}
	zoho.campaigns.add(...IN_REGISTRY);
}

/** Items by a word that each carries, with the first of each kind, in the order of the first ones. */
function grouped(items: INodeExecutionData[], wordOf: (item: INodeExecutionData) => unknown) {
	const groups = new Map<string, INodeExecutionData[]>();
	for (const item of items) {
		const word = String(wordOf(item));
		groups.set(word, [...(groups.get(word) ?? []), item]);
	}
	return [...groups].map(([word, [first, ...others]]) => ({
		word,
		first,
		count: 1 + others.length,
	}));
}

/** Who a failed item is about, as somebody with the CSV at hand would look for it. */
const who = (json: IDataObject = {}) => json.Email ?? (json['Email Address'] || '(empty)');

async function main(): Promise<void> {
	await build();
	const { engine, zoho, connect, stop } = await setStage();
	const reading = await createEngine({ extraNodes: { 'demo.readCsv': readCsvNode } });
	const credentialId = connect();
	reading.credentials.set(
		CREDENTIAL_TYPE,
		credentialId,
		engine.credentials.get(CREDENTIAL_TYPE, credentialId),
	);
	const leads = readCsv('leads.csv');
	const addresses = readCsv('suppress.csv');
	fillZoho(zoho, leads);
	const run = await reading.runWorkflow({ ...workflow(credentialId), startItems: [{}] });
	await stop();

	const steps = [
		{ name: UNBLOCK, rows: leads.length, calls: zoho.calls('unblock').length },
		{ name: SUPPRESS, rows: addresses.length, calls: zoho.calls('doNotMail').length },
	].map((step) => ({ ...step, done: run.output(step.name, 0), failed: run.output(step.name, 1) }));
	const lost = steps.some(({ rows, done, failed }) => done.length + failed.length !== rows);
	if (run.error || lost) throw run.error ?? new Error('A row has come out twice, or not at all');

	console.log(
		`\n${leads.length} bounced leads to unblock, ${addresses.length} addresses to suppress: a workflow of both nodes in n8n's engine.\n`,
	);
	console.log('Outcomes\n');
	console.log(
		table(
			[{ heading: 'Node' }, { heading: 'Outcome' }, { heading: 'Items', right: true }],
			steps.flatMap(({ name, done, failed }) => [
				...grouped(done, ({ json }) => json.status).map(({ word, count }) => [name, word, count]),
				[name, 'failed (error branch)', failed.length],
			]),
		),
	);
	console.log('Failures\n');
	console.log(
		table(
			[
				{ heading: 'Items', right: true },
				{ heading: 'Reason' },
				{ heading: 'The first of them', width: 26 },
				{ heading: 'Resolution', width: 43 },
			],
			steps.flatMap(({ failed }) =>
				grouped(failed, (item) => failure(item).reason).map(({ word, first, count }) => [
					count,
					word,
					`${who(first?.json)}: ${failure(first).message}`,
					String(failure(first).resolution),
				]),
			),
		),
	);
	console.log('API calls\n');
	console.log(
		table(
			[
				{ heading: 'Node' },
				{ heading: 'Calls made', right: true },
				{ heading: 'HTTP Request node, a call a row', right: true },
			],
			steps.map(({ name, rows, calls }) => [name, calls, rows]),
		),
	);
	console.log(
		'A batch with a bad record in it is refused as a whole here, without a word on which one: the\n' +
			"hardest of the documented replies. The hints below are shown in n8n's editor.\n",
	);
	console.log(
		table(
			[{ heading: 'Node' }, { heading: 'Hint', width: 70 }],
			steps.flatMap(({ name }) => run.hints(name).map(({ message }) => [name, message])),
		),
	);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
