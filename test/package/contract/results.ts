/** What leaves the nodes, by running them: the keys of each kind of result, and the statuses. */
import type {
	IDataObject,
	INodeExecutionData,
	INodeParameters,
	INodeProperties,
} from 'n8n-workflow';
import { CREDENTIAL_TYPE, recordIds, type Stage } from '../../support/stage';
import type { Output } from './contract';

type Run = (items: IDataObject[], parameters: INodeParameters) => Promise<IDataObject[]>;
type Results = Record<string, Output>;

const RETRY_NEVER = { maxRetries: 0 };
/** A refusal that says when to come back. */
const TOO_MANY = { status: 429, headers: { 'retry-after': '600' }, body: '{}' };

/** The results of a version of a node. Leaves the stage's Zoho with what was put in. */
export async function resultsOf(
	stage: Stage,
	type: string,
	typeVersion: number,
	parameters: INodeProperties[],
): Promise<Results> {
	const run: Run = async (items, given) => {
		const id = stage.connect({ readRecords: true, readCampaigns: true });
		const credentials = { [CREDENTIAL_TYPE]: { id, name: 'Zoho' } };
		const node = {
			type,
			typeVersion,
			parameters: given,
			credentials,
			onError: 'continueRegularOutput',
		} as const;
		return jsonOf((await stage.engine.run({ items, node })).main);
	};
	const has = (wanted: string) => parameters.some(({ name }) => name === wanted);
	const preview = has('previewOnly') ? [{ previewOnly: true }] : [];
	if (has('email')) {
		const byAddress = await ofAddresses(stage, run, preview);
		return has('addressesFrom')
			? { ...byAddress, ...(await ofCampaigns(stage, run, preview)) }
			: byAddress;
	}
	const byId = await ofRecords(stage, run, preview);
	return has('customView') ? { ...byId, ...(await ofViews(stage, run, preview)) } : byId;
}

/** The same items once more for each of these parameters. */
async function again(
	run: Run,
	items: IDataObject[],
	all: INodeParameters[],
): Promise<IDataObject[]> {
	const results: IDataObject[] = [];
	for (const parameters of all) results.push(...(await run(items, parameters)));
	return results;
}

const jsonOf = (items: INodeExecutionData[]) => items.map(({ json }) => json);

async function ofRecords({ zoho }: Stage, run: Run, preview: INodeParameters[]): Promise<Results> {
	const [soft = '', done = '', hard = ''] = recordIds(3);
	zoho.crm.add('Leads', soft);
	zoho.crm.add('Leads', done, { email: 'unblocked' });
	zoho.crm.add('Leads', hard, { email: 'hard' });
	const named = [soft, done, hard, 'none'].map((id) => ({ id }));
	const results = await run(named, { options: RETRY_NEVER });
	zoho.fault({ kind: 'unblock', ...TOO_MANY });
	const late = await run([{ id: soft }], { options: RETRY_NEVER });
	const shown = await again(run, named, preview);
	return sorted([...results, ...late, ...shown], 'record');
}

async function ofViews({ zoho }: Stage, run: Run, preview: INodeParameters[]): Promise<Results> {
	const customView = {
		__rl: true,
		mode: 'id',
		value: zoho.crm.addView({ module: 'Leads', holds: () => true }),
	};
	const parameters = { recordsFrom: 'customView', customView, options: RETRY_NEVER };
	const [soft = '', hard = ''] = recordIds(2);
	zoho.crm.add('Leads', soft, { secondary: 'soft' });
	zoho.crm.add('Leads', hard, { email: 'hard', secondary: 'hard' });
	zoho.crm.add('Leads', recordIds(2, 10));
	zoho.crm.add('Leads', recordIds(1, 12), { email: 'hard' });
	const results = await run([{}], parameters);
	const twice = await run([{}], parameters);
	const shown = await again(
		run,
		[{}],
		preview.map((one) => ({ ...parameters, ...one })),
	);
	zoho.fault({ kind: 'unblock', ...TOO_MANY });
	const late = await run([{}], parameters);
	zoho.fault({ kind: 'records', ...TOO_MANY });
	const lateView = await run([{}], parameters);
	const none = { ...customView, value: '2423488000000099999' };
	const unread = [...lateView, ...(await run([{}], { ...parameters, customView: none }))];
	return {
		...sorted([...results, ...twice, ...shown, ...late], 'record of a custom view'),
		...sorted(unread, 'custom view'),
	};
}

async function ofAddresses(
	{ zoho }: Stage,
	run: Run,
	preview: INodeParameters[],
): Promise<Results> {
	const items = ['one@example.com', 'none'].map((email) => ({ email }));
	const results = await run(items, {});
	const twice = await run(items, {});
	const shown = await again(run, items, preview);
	zoho.fault({ kind: 'doNotMail', status: 500, body: '' });
	const failed = await run(items, { options: RETRY_NEVER });
	const full = { whenLimitReached: 'error', callsPerWindow: 1 };
	const late = await run(items, { options: full });
	return sorted([...results, ...twice, ...shown, ...failed, ...late], 'address');
}

async function ofCampaigns(
	{ zoho }: Stage,
	run: Run,
	preview: INodeParameters[],
): Promise<Results> {
	const recipients = { senthardbounce: ['two@example.com', 'three@example.com', 'null'] };
	const value = zoho.campaigns.reports.add({ name: 'Spring', recipients });
	const of = (key: string) => ({
		addressesFrom: 'campaigns',
		campaigns: 'one',
		campaign: { __rl: true, mode: 'key', value: key },
		returnAll: true,
	});
	const parameters = { ...of(value), recipients: ['hardBounce'] };
	const shown = await again(
		run,
		[{}],
		preview.map((one) => ({ ...parameters, ...one })),
	);
	const results = await run([{}], parameters);
	const twice = await run([{}], parameters);
	const full = { whenLimitReached: 'error', callsPerWindow: 1 };
	const late = await run([{}], { ...parameters, options: full });
	zoho.fault({ kind: 'recentCampaigns', status: 500, body: '' });
	const lateList = await run([{}], { ...parameters, options: RETRY_NEVER });
	zoho.fault({ kind: 'campaignRecipients', status: 500, body: '' });
	const lateRead = await run([{}], { ...parameters, options: RETRY_NEVER });
	const none = await run([{}], of('3znone'));
	// The last one: whoever reads after it waits.
	zoho.fault({ kind: 'recentCampaigns', ...TOO_MANY });
	const locked = await run([{}], { ...parameters, options: full });
	const unread = [...lateList, ...lateRead, ...none, ...locked];
	return {
		...sorted([...shown, ...results, ...twice, ...late], 'recipient of a campaign'),
		...sorted(unread, 'campaign'),
	};
}

/** Successes and failures of one kind, each with the keys that they have. */
function sorted(results: IDataObject[], kind: string): Results {
	const failures = results.flatMap(({ error }) => (error ? [error as IDataObject] : []));
	const successes = results.filter(({ error }) => !error);
	const statuses = [...new Set(successes.map(({ status }) => String(status)))].sort();
	return {
		...(successes.length > 0 && { [kind]: { keys: keysOf(successes, ''), statuses } }),
		...(failures.length > 0 && { [`failed ${kind}`]: { keys: keysOf(failures, 'error.') } }),
	};
}

/** The keys of all, each with the types that its values have; "absent" is one of them. */
function keysOf(results: IDataObject[], prefix: string): Record<string, string> {
	const keys = [...new Set(results.flatMap((result) => Object.keys(result)))];
	return Object.fromEntries(
		keys.map((key) => {
			const types = new Set(results.map((result) => typeOf(result[key])));
			return [prefix + key, [...types].sort().join(' | ')];
		}),
	);
}

function typeOf(value: unknown): string {
	if (value === undefined) return 'absent';
	if (value === null) return 'null';
	return Array.isArray(value) ? 'array' : typeof value;
}
