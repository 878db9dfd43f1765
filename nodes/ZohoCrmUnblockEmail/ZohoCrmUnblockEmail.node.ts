import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import { cancelledError } from '../n8n/ends';
import { runPlan } from '../n8n/execution';
import { mainConnection } from '../n8n/oldest';
import { losingNothing, present } from '../n8n/output';
import { readOptions, unreadable } from '../n8n/parameters';
import { PREVIEW, previewNews, readPreview, type Preview } from '../n8n/preview';
import { cutNews } from '../n8n/resultLimit';
import { stopsAtFailure } from '../n8n/tool';
import { connect, CREDENTIAL_TYPE } from '../n8n/transport';
import { counted } from '../run/words';
import { isFailure, unsent } from '../zoho/failures';
import { Groups } from './groups';
import { searchModules, searchViews } from './listSearch';
import { paceOf, UnblockPlan, type UnblockSettings } from './plan';
import { OPTIONS, PROPERTIES } from './properties';
import { RecordList } from './records';
import { requestFor, type CallSettings } from './reply';
import { resultsOf } from './results';
import { recordsById, recordsOfViews, type RecordSource } from './source';
import type { ViewPlan } from './view/plan';

export class ZohoCrmUnblockEmail implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Zoho CRM Unblock Email',
		name: 'zohoCrmUnblockEmail',
		icon: { light: 'file:unblock.svg', dark: 'file:unblock.dark.svg' },
		group: ['output'],
		version: 1,
		// n8n gives a resource locator as its value here.
		subtitle:
			'={{ $parameter["module"] + ": " + [$parameter["unblockFields"]].flat().join(", ").replace("_", " ") }}',
		description:
			'Unblock email addresses that are temporarily bounced (soft bounce) in Zoho CRM, up to 500 records a call',
		defaults: { name: 'Zoho CRM Unblock Email' },
		usableAsTool: true,
		inputs: [mainConnection()],
		outputs: [mainConnection()],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		properties: PROPERTIES,
	};

	methods = { listSearch: { searchModules, searchViews } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await losingNothing(this, async () => await unblock(this));
	}
}

/** The whole story of a run. */
async function unblock(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const preview = await readPreview(context, PROPERTIES);
	const stopAtFailure = stopsAtFailure(context) && !preview.isOn;
	const { options, problem } = readOptions<UnblockSettings & CallSettings>(context, OPTIONS);
	const settings = { ...options, stopAtFailure };
	const isOfViews = context.getNodeParameter('recordsFrom', 0, 'ids') === 'customView';
	const connection = problem ?? (await connect(context, 'crm', isOfViews));
	const pace = paceOf(settings);
	const groups = new Groups(settings);
	const source = isOfViews
		? await recordsOfViews(context, connection, { settings, groups, pace, preview })
		: recordsById(context, preview);
	const plan = new UnblockPlan(settings, groups, pace);
	const records = new RecordList((group, id) => plan.add(group, id), groups);
	const over = isFailure(connection) ? connection : source.abortedFor;
	if (over || preview.isOn) plan.outbox.abort(over);

	const ending = await runPlan(context, {
		plan,
		send: async ({ group, batch }, isGivenUp) => {
			if (isFailure(connection)) return { reply: connection, requests: 0 };
			return await connection.call(requestFor(group, batch.ids, options), isGivenUp);
		},
		timeoutMs: options.timeout,
		readItem: (item) => source.addTo(records, item),
		failItem: (item, error) => records.fail(item, unreadable('invalidRecordId', error)),
		allRead: () => stopAtFailure && records.hasBadInput && plan.outbox.abort(),
	});
	plan.finish();
	const results = () => {
		const broken = ending.fault ?? (isFailure(connection) ? connection : undefined);
		const isPreview = preview.isOn && !over;
		const rest = isPreview ? PREVIEW : unsent(plan.outbox.abortedFor ?? plan.stoppedFor);
		return resultsOf(records.named, broken ?? rest);
	};
	if (ending.kind === 'cancelled') throw cancelledError(context, results(), ending.unread);
	const told = news(source, records, { plan, groups, preview });
	return await present(context, ['record', 'records'], results(), told, preview.isOn);
}

/** Sentences on what a run did that nobody could see. */
function news(
	{ views }: RecordSource,
	records: RecordList,
	{ plan, groups: { ways }, preview }: { plan: UnblockPlan; groups: Groups; preview: Preview },
) {
	const { requests } = plan.outbox;
	const retries = plan.outbox.retries + (views?.outbox.retries ?? 0);
	const creditsLeft = plan.outbox.creditsLeft ?? views?.outbox.creditsLeft;
	const why = ways.refusesWhole ? ', since Zoho refused whole batches' : '';
	return [
		preview.isOn && previewNews(views?.outbox.requests ?? 0),
		views !== undefined && viewsRead(views),
		records.isCut && cutNews('The custom view', 'records'),
		requests > 0 &&
			records.named.length > 1 &&
			`${counted(requests, 'call')}${views ? ' to unblock them' : ''}${why}.`,
		records.duplicates > 0 &&
			`${counted(records.duplicates, 'duplicate')}: each record ${preview.isOn ? 'would be' : 'was'} sent once.`,
		retries > 0 && `${counted(retries, 'call')} repeated after a transient failure.`,
		creditsLeft !== undefined && `Zoho says that ${creditsLeft} API credits are left.`,
	];
}

function viewsRead({ read, outbox }: ViewPlan): string | false {
	const { views, records } = read;
	const from = `${counted(records, 'record')} read from ${counted(views, 'custom view')}`;
	return views > 0 && `${from} in ${counted(outbox.requests, 'call')}.`;
}
