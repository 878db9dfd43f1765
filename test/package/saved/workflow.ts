/** Workflows and credentials as people have saved them with earlier versions, and how they are played. */
import type {
	ICredentialDataDecryptedObject,
	IConnections,
	IDataObject,
	INode,
	INodeExecutionData,
} from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CREDENTIAL_TYPE, type Stage } from '../../support/stage';

/** A workflow as n8n stores it, with the items that are pinned to its trigger. */
export interface SavedWorkflow {
	name: string;
	nodes: INode[];
	connections: IConnections;
	pinData: Record<string, INodeExecutionData[]>;
}

/** What a run came to. */
export interface Outcome {
	status: string;
	/** What left the node by its outputs. */
	main: IDataObject[];
	errors: IDataObject[];
	/** What Zoho was asked: the paths, each once. */
	paths: string[];
	/** What was done at Zoho: the records unblocked, and the addresses in Do-Not-Mail. */
	unblocked: string[];
	inDoNotMail: string[];
}

const read = (version: string, file: string): unknown =>
	JSON.parse(readFileSync(path.join(__dirname, version, file), 'utf8'));

/** The versions that something was saved with. */
export const versions = readdirSync(__dirname, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

/** The names of the workflows that were saved with a version. */
export const workflowsOf = (version: string): string[] =>
	readdirSync(path.join(__dirname, version, 'workflows')).map((file) =>
		path.basename(file, '.json'),
	);

export const workflowOf = (version: string, name: string) =>
	read(version, `workflows/${name}.json`) as SavedWorkflow;

/** What the version itself made of the workflow. */
export const outcomeOf = (version: string, name: string) =>
	read(version, `outcomes/${name}.json`) as Outcome;

/** Credentials as n8n stores them, and what each came to: the defaults filled in, expressions resolved. */
export const credentialsOf = (version: string) =>
	read(version, 'credentials.json') as Array<{
		data: ICredentialDataDecryptedObject;
		comesTo: Record<string, unknown> & { scope: string };
	}>;

/** The node of this package in a workflow. */
export function ourNode({ nodes }: SavedWorkflow): INode {
	const node = nodes.find(({ type }) => type.startsWith('n8n-nodes-zoho-email-hygiene.'));
	if (!node) throw new Error('No node of this package');
	return node;
}

/** A credential as n8n stores it. The embedded Zoho's URL and a token of its own are put in. */
export function connectSaved({ engine, zoho }: Stage, version: string, expired: boolean): void {
	const text = readFileSync(path.join(__dirname, version, 'connected.json'), 'utf8');
	const token = zoho.oauth.issue({ expired });
	const { id, data } = JSON.parse(
		text
			.replaceAll('https://zoho.example.com', zoho.url)
			.replaceAll('ACCESS-TOKEN', token.access_token)
			.replaceAll('REFRESH-TOKEN', String(token.refresh_token)),
	) as { id: string; data: ICredentialDataDecryptedObject };
	engine.credentials.set(CREDENTIAL_TYPE, id, data);
}

/** IDs of the records that the workflows name, and how each of them stands. */
const RECORDS = {
	soft: ['2423488000000575001', '2423488000000575002', '2423488000000575003'],
	unblocked: ['2423488000000575004'],
	hard: ['2423488000000575005'],
	worn: ['2423488000000575006'],
};
const MODULES = ['Leads', 'Contacts', 'Accounts', 'Bounced_Partners'];
const EVERY_RECORD = MODULES.flatMap((module) =>
	Object.values(RECORDS)
		.flat()
		.map((id) => ({ module, id })),
);
const ADDRESSES = ['ada', 'ben', 'cleo', 'dan', 'eve'].map((name) => `${name}@example.com`);

/** Puts the records and addresses of the workflows into a Zoho that is busy at the first call. */
function setScene({ zoho }: Stage): void {
	zoho.reset();
	zoho.crm.style = 'allOrNothing';
	zoho.crm.modules.push({
		api_name: 'Bounced_Partners',
		plural_label: 'Bounced Partners',
		generated_type: 'custom',
		api_supported: true,
	});
	for (const module of MODULES) {
		zoho.crm.add(module, RECORDS.soft, { email: 'soft', secondary: 'soft' });
		zoho.crm.add(module, RECORDS.unblocked, { email: 'unblocked', secondary: 'unblocked' });
		zoho.crm.add(module, RECORDS.hard, { email: 'hard', secondary: 'hard' });
		zoho.crm.add(module, RECORDS.worn, { timesUnblocked: 5, secondary: 'soft' });
	}
	zoho.campaigns.add('dan@example.com');
	for (const kind of ['unblock', 'doNotMail'] as const) zoho.fault({ kind, status: 503, body: '' });
}

/** Runs a saved workflow, unchanged, with the credential of its version. */
export async function play(
	stage: Stage,
	version: string,
	saved: SavedWorkflow,
	{ expired = false } = {},
): Promise<Outcome> {
	setScene(stage);
	connectSaved(stage, version, expired);
	const { nodes, connections, pinData } = saved;
	const [startItems = []] = Object.values(pinData);
	const run = await stage.engine.runWorkflow({ nodes, connections, startItems });
	const { zoho } = stage;
	const { name } = ourNode(saved);
	const timesBefore = (id: string) => (RECORDS.worn.includes(id) ? 5 : 0);
	return {
		status: run.status,
		main: run.output(name, 0).map(({ json }) => json),
		errors: run.output(name, 1).map(({ json }) => json),
		paths: [...new Set(zoho.requests.map(({ path: asked }) => asked))].sort(),
		unblocked: EVERY_RECORD.filter(
			({ module, id }) => (zoho.crm.get(module, id)?.timesUnblocked ?? 0) > timesBefore(id),
		).map(({ module, id }) => `${module}/${id}`),
		inDoNotMail: ADDRESSES.filter((address) => zoho.campaigns.has(address)),
	};
}
