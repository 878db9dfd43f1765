import type { IDataObject } from 'n8n-workflow';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import build from '../engine/build';
import {
	credentialFor,
	CREDENTIAL_TYPE,
	startFakeZoho,
	type CustomView,
	type FakeZoho,
} from '../fake-zoho';
import { install, pack, type Installation } from './install';
import { N8n } from './n8n';
import { say } from './say';
import { nodeNamed, type WorkflowFile } from './workflow';

export const CREDENTIAL_NAME = 'Zoho Email Hygiene account';

/** The folder of the templates. */
export const EXAMPLES = path.resolve(__dirname, '../../examples');

/** A real n8n with this package in it, and an embedded Zoho that holds the records of the templates. */
export interface Stage {
	installation: Installation;
	n8n: N8n;
	zoho: FakeZoho;
	/** Ends both and leaves nothing behind. */
	remove(): Promise<void>;
}

/**
 * Sets the stage out of nothing: builds and packs this package, installs n8n where needed, starts both.
 * `settings` are environment variables of n8n.
 */
export async function setStage(settings?: NodeJS.ProcessEnv): Promise<Stage> {
	const installation = await install();
	const n8n = await withTarball(
		async (tarball) => await N8n.create(installation, tarball, settings),
	);
	const zoho = await startDemoZoho();
	const remove = async () => {
		await n8n.remove();
		await zoho.stop();
	};
	return { installation, n8n, zoho, remove };
}

/** Builds and packs this package, and removes the tarball once it was used. */
export async function withTarball<T>(use: (tarball: string) => Promise<T>): Promise<T> {
	await build();
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-e2e-package-'));
	try {
		return await use(await pack(folder));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Starts an embedded Zoho that holds the records of the templates. */
export async function startDemoZoho(): Promise<FakeZoho> {
	const zoho = await startFakeZoho();
	// The style that costs calls: the hints of the templates are to be seen.
	zoho.crm.style = 'allOrNothing';
	zoho.crm.modules.push({
		api_name: CUSTOM_MODULE.apiName,
		plural_label: CUSTOM_MODULE.label,
		generated_type: 'custom',
		api_supported: true,
	});
	zoho.crm.add(CUSTOM_MODULE.apiName, CUSTOM_MODULE.record);
	bounce(zoho);
	zoho.crm.addView(BOUNCED);
	return zoho;
}

/** The record IDs that the templates name, and how each of them stands at the embedded Zoho. */
export const LEADS = {
	soft: lead(1),
	hard: lead(2),
	worn: lead(3),
	missing: lead(4),
	unblocked: lead(5),
};

/** A lead of the demo account: the nth, from 1 to 12,000. */
export function lead(n: number): string {
	return String(2423488000000575000n + BigInt(n));
}

/** The template of the long list with all leads of the demo account in the place of its sample. */
export function withAllLeads(workflow: WorkflowFile): WorkflowFile {
	const ids = `Array.from({ length: 12000 }, (_, i) => String(${lead(1)}n + BigInt(i)))`;
	nodeNamed(workflow, 'Sample List (Replace Me)').parameters.assignments = {
		assignments: [{ id: 'id', name: 'id', type: 'array', value: `={{ ${ids} }}` }],
	};
	return workflow;
}

/** Puts 12,000 bounced leads into the embedded Zoho, or puts them back as they were. */
export function bounce(zoho: FakeZoho): void {
	const leads = Array.from({ length: 12_000 }, (_, index) => lead(index + 1));
	zoho.crm.add(
		'Leads',
		leads.filter((id) => id !== LEADS.missing),
	);
	zoho.crm.add('Leads', LEADS.hard, { email: 'hard' });
	zoho.crm.add('Leads', LEADS.worn, { timesUnblocked: 5 });
	zoho.crm.add('Leads', LEADS.unblocked, { email: 'unblocked' });
}

/** A module of the account's own, with one bounced record. */
export const CUSTOM_MODULE = {
	apiName: 'Event_Guests',
	label: 'Event Guests',
	record: lead(99_001),
};

/** A view of the demo account: the first 500 leads, but for those that have not bounced or are not there. */
export const BOUNCED = {
	id: '2423488000000087501',
	name: 'Temporarily Bounced',
	module: 'Leads',
	holds: ({ email }, id) => email !== 'unblocked' && id <= lead(500),
} satisfies Partial<CustomView>;

/**
 * Stores a credential and connects it as its Connect button does, with no browser. Returns its id.
 *
 * @param more fields of the credential
 */
export async function connect(
	{ n8n, zoho }: Stage,
	readRecords = true,
	more: IDataObject = {},
): Promise<string> {
	const id = await n8n.createCredential(CREDENTIAL_NAME, CREDENTIAL_TYPE, {
		...credentialFor(zoho.client),
		readRecords,
		...more,
	});
	zoho.oauth.autoApprove = true;
	const consent = await n8n.rest<string>('GET', `/oauth2-credential/auth?id=${id}`);
	const { headers } = await fetch(consent, { redirect: 'manual' });
	await n8n.request(headers.get('location') ?? '');
	zoho.oauth.autoApprove = false;
	say(`connected a credential (${id})`);
	return id;
}

/** The templates of examples/ by file name. */
export async function readTemplates(): Promise<Map<string, WorkflowFile>> {
	const files = (await readdir(EXAMPLES)).filter((file) => file.endsWith('.json'));
	const templates = await Promise.all(
		files.map(async (file) => {
			const text = await readFile(path.join(EXAMPLES, file), 'utf8');
			return [file, JSON.parse(text) as WorkflowFile] as const;
		}),
	);
	return new Map(templates);
}

/** Chooses the credential in both of our nodes, as a person does after an import. */
export function withCredential(workflow: WorkflowFile, id: string): WorkflowFile {
	return {
		...workflow,
		nodes: workflow.nodes.map((node) =>
			node.credentials?.[CREDENTIAL_TYPE] === undefined
				? node
				: { ...node, credentials: { [CREDENTIAL_TYPE]: { id, name: CREDENTIAL_NAME } } },
		),
	};
}
