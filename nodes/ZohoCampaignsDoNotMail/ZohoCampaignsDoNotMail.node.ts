import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import type { Budget } from '../limit/budget';
import { cancelledError } from '../n8n/ends';
import { now, reportShape, runPlan } from '../n8n/execution';
import { mainConnection } from '../n8n/oldest';
import { losingNothing, present } from '../n8n/output';
import { readOptions, unreadable } from '../n8n/parameters';
import { PREVIEW, previewNews, readPreview, type Preview } from '../n8n/preview';
import { stopsAtFailure } from '../n8n/tool';
import { connect, CREDENTIAL_TYPE } from '../n8n/transport';
import { counted, inWords } from '../run/words';
import { isFailure, unsent, type Failure } from '../zoho/failures';
import { AddressList } from './addresses';
import { alone, flushMs, join, sharingProblem, type LimitOptions } from './budgets';
import type { CampaignsPlan } from './campaigns/plan';
import { requestFor } from './contactInfo';
import { HINTS } from './hints';
import { searchCampaigns } from './listSearch';
import { MovePlan, type MoveSettings } from './plan';
import { OPTIONS, PROPERTIES } from './properties';
import { resultsOf } from './results';
import { addressesOfCampaigns, addressesOfItems, type AddressSource } from './source';

export class ZohoCampaignsDoNotMail implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Zoho Campaigns Do-Not-Mail',
		name: 'zohoCampaignsDoNotMail',
		icon: { light: 'file:doNotMail.svg', dark: 'file:doNotMail.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: 'Move to Do-Not-Mail',
		description: 'Put email addresses into the Do-Not-Mail registry of Zoho Campaigns',
		defaults: { name: 'Zoho Campaigns Do-Not-Mail' },
		usableAsTool: true,
		inputs: [mainConnection()],
		outputs: [mainConnection()],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		hints: HINTS,
		properties: PROPERTIES,
	};

	methods = { listSearch: { searchCampaigns } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await losingNothing(this, async () => await moveAll(this));
	}
}

/** The whole story of a run. */
async function moveAll(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const preview = await readPreview(context, PROPERTIES);
	const stopAtFailure = stopsAtFailure(context) && !preview.isOn;
	const { options, problem } = readOptions<Options>(context, OPTIONS);
	const settings = { ...options, stopAtFailure };
	const isOfCampaigns = context.getNodeParameter('addressesFrom', 0, 'address') === 'campaigns';
	const connected = problem ?? (await connect(context, 'campaigns', isOfCampaigns));
	const source = isOfCampaigns
		? await addressesOfCampaigns(context, connected, { settings, preview })
		: addressesOfItems(context, preview);
	const joined = isFailure(connected)
		? connected
		: await budgetOf(context, connected.key, { options, preview });
	const connection = isFailure(joined) ? joined : connected;
	const budget = isFailure(joined) ? alone(options) : joined;
	const plan = new MovePlan(settings, budget);
	const over = isFailure(connection) ? connection : source.abortedFor;
	if (over || preview.isOn) plan.outbox.abort(over);
	const addresses = new AddressList((address) => plan.add(address));

	const ending = await runPlan(context, {
		plan,
		send: async ({ address, form }, isGivenUp) => {
			if (isFailure(connection)) return { reply: connection, requests: 0 };
			return await connection.call(requestFor(address.email, form, options), isGivenUp);
		},
		timeoutMs: options.timeout,
		readItem: (item) => source.addTo(addresses, item),
		failItem: (item, error) => addresses.add(item, unreadable('invalidEmail', error)),
		allRead: () => stopAtFailure && addresses.hasBadInput && plan.outbox.abort(),
	});
	plan.finish(now());
	reportShape(context, source.campaigns?.outbox.unexpected ?? plan.outbox.unexpected);
	await budget.flush(flushMs(ending.kind === 'cancelled'));
	const results = () => {
		const broken = ending.fault ?? (isFailure(connection) ? connection : undefined);
		const isPreview = preview.isOn && !over;
		const rest = isPreview ? PREVIEW : unsent(plan.outbox.abortedFor);
		return resultsOf(addresses.named, plan, broken ?? rest);
	};
	if (ending.kind === 'cancelled') throw cancelledError(context, results(), ending.unread);
	const told = news(source, addresses, { plan, preview });
	const { includeInputFields } = options;
	const how = { isPreview: preview.isOn, includeInputFields };
	return await present(context, ['address', 'addresses'], results(), told, how);
}

interface Options extends MoveSettings, LimitOptions {
	includeInputFields: boolean;
}

/** Leave for the calls that move addresses. A preview makes none. */
async function budgetOf(
	context: IExecuteFunctions,
	key: string,
	{ options, preview }: { options: Options; preview: Preview },
): Promise<Budget | Failure> {
	// Looking for the table would make it.
	if (preview.isOn) return sharingProblem(context, options) ?? alone(options);
	return await join(context, key, options);
}

/** Sentences on what a run did that nobody could see. */
function news(
	{ campaigns }: AddressSource,
	{ duplicates }: AddressList,
	{ plan, preview: { isOn: isPreview } }: { plan: MovePlan; preview: Preview },
): Array<string | false> {
	const { requests } = plan.outbox;
	const limits = [campaigns?.limited, plan.limited].filter((limited) => limited !== undefined);
	const retries = plan.outbox.retries + (campaigns?.outbox.retries ?? 0);
	const waitedMs = limits.reduce((sum, { waitedMs }) => sum + waitedMs, 0);
	const refused = limits.reduce((sum, { refusedByLock }) => sum + refusedByLock, 0);
	return [
		isPreview && previewNews(campaigns?.outbox.requests ?? 0),
		campaigns !== undefined && campaignsRead(campaigns),
		campaigns?.isCut === true && CUT,
		requests > 1 &&
			`${counted(requests, 'call')}${campaigns ? ' to move them' : ''}, one address each.`,
		duplicates > 0 &&
			`${counted(duplicates, 'duplicate')}: each address ${isPreview ? 'would be' : 'was'} sent once.`,
		waitedMs >= 1000 && `Waited ${inWords(waitedMs)} for Zoho's limit.`,
		refused > 0 && `Zoho locked the API: ${counted(refused, 'call')} refused.`,
		...limits.map(({ lesson }) => lesson ?? false),
		retries > 0 && `${counted(retries, 'call')} repeated after a transient failure.`,
	];
}

function campaignsRead({ read, outbox }: CampaignsPlan): string | false {
	const from = `${counted(read.addresses, 'address', 'addresses')} read from ${counted(read.campaigns, 'campaign')}`;
	return outbox.requests > 0 && `${from} in ${counted(outbox.requests, 'call')}.`;
}

/** It is not counted how many more there are: that would take calls. */
const CUT =
	'"Limit" was reached, so the campaigns may hold more addresses: nothing was done with those. A workflow on a schedule needs "Return All", since the same ones come first every time.';
