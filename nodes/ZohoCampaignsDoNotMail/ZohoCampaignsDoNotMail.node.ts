import {
	sleep,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { Budget, budgetFor } from '../limit/budget';
import { Leases } from '../limit/leases';
import type { Limits } from '../limit/slot';
import { Window } from '../limit/window';
import { hasDataTables, rowsOf } from '../n8n/dataTable';
import { cancelledError } from '../n8n/ends';
import { now, runPlan } from '../n8n/execution';
import { mainConnection } from '../n8n/oldest';
import { losingNothing, present } from '../n8n/output';
import { parameterReader, readOptions, unreadable, unresolved } from '../n8n/parameters';
import { PREVIEW, previewNews, readPreview, type Preview } from '../n8n/preview';
import { stopsAtFailure } from '../n8n/tool';
import { connect, CREDENTIAL_TYPE } from '../n8n/transport';
import { counted, inWords } from '../run/words';
import { isFailure, unsent, type Failure } from '../zoho/failures';
import { AddressList } from './addresses';
import { requestFor } from './contactInfo';
import { HINTS } from './hints';
import { MINUTE_MS } from './limitedCalls';
import { cannotShare } from './limitWait';
import { MovePlan, type MoveSettings } from './plan';
import { OPTIONS, PROPERTIES } from './properties';
import { resultsOf } from './results';

export class ZohoCampaignsDoNotMail implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Zoho Campaigns Do-Not-Mail',
		name: 'zohoCampaignsDoNotMail',
		icon: { light: 'file:doNotMail.svg', dark: 'file:doNotMail.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: 'Move to Do-Not-Mail',
		description: 'Put e-mail addresses into the Do-Not-Mail registry of Zoho Campaigns',
		defaults: { name: 'Zoho Campaigns Do-Not-Mail' },
		usableAsTool: true,
		inputs: [mainConnection()],
		outputs: [mainConnection()],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		hints: HINTS,
		properties: PROPERTIES,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await losingNothing(this, async () => await moveAll(this));
	}
}

/** The whole story of a run. */
async function moveAll(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const preview = await readPreview(context, PROPERTIES);
	const stopAtFailure = stopsAtFailure(context) && !preview.isOn;
	const { options, problem } = readOptions<Options>(context, OPTIONS);
	const connected = problem ?? (await connect(context, 'campaigns'));
	const joined = isFailure(connected)
		? connected
		: await join(context, connected.key, { options, preview });
	const connection = isFailure(joined) ? joined : connected;
	const budget = isFailure(joined) ? alone(options) : joined;
	const plan = new MovePlan({ ...options, stopAtFailure }, budget);
	const over = isFailure(connection) ? connection : undefined;
	if (over || preview.isOn) plan.outbox.abort(over);
	const addresses = new AddressList((address) => plan.add(address));
	const readItem = emailReader(context);

	const ending = await runPlan(context, {
		plan,
		send: async ({ address, form }, isGivenUp) => {
			if (isFailure(connection)) return { reply: connection, requests: 0 };
			return await connection.call(requestFor(address.email, form, options), isGivenUp);
		},
		timeoutMs: options.timeout,
		readItem: (item) => addresses.add(item, readItem(item), preview.problems.get(item)),
		failItem: (item, error) => addresses.add(item, unreadable('invalidEmail', error)),
		allRead: () => stopAtFailure && addresses.hasBadInput && plan.outbox.abort(),
	});
	plan.finish(now());
	await budget.flush(ending.kind === 'cancelled' ? FLUSH_AFTER_STOP_MS : FLUSH_MS);
	const results = () => {
		const rest = preview.isOn ? PREVIEW : unsent(plan.outbox.abortedFor);
		return resultsOf(addresses.named, plan, ending.fault ?? over ?? rest);
	};
	if (ending.kind === 'cancelled') throw cancelledError(context, results(), ending.unread);
	const told = news(addresses, plan, preview);
	return await present(context, ['address', 'addresses'], results(), told, preview.isOn);
}

/** Sentences on what a run did that nobody could see. */
function news(
	{ duplicates }: AddressList,
	plan: MovePlan,
	{ isOn: isPreview }: Preview,
): Array<string | false> {
	const { refusedByLock, waitedMs, lesson } = plan.limited;
	const { requests, retries } = plan.outbox;
	return [
		isPreview && previewNews(0),
		requests > 1 && `${counted(requests, 'call')}, one address each.`,
		duplicates > 0 &&
			`${counted(duplicates, 'duplicate')}: each address ${isPreview ? 'would be' : 'was'} sent once.`,
		waitedMs >= 1000 && `Waited ${inWords(waitedMs)} for Zoho's limit.`,
		refusedByLock > 0 && `Zoho locked the API: ${counted(refusedByLock, 'call')} refused.`,
		lesson ?? false,
		retries > 0 && `${counted(retries, 'call')} repeated after a transient failure.`,
	];
}

interface Options extends MoveSettings {
	/** For one call, in ms. */
	timeout: number;
	shareLimit: 'process' | 'instance';
}

/** So long is told at the end of a run what it has not used; after Stop, less than a second is left. */
const FLUSH_MS = 5_000;
const FLUSH_AFTER_STOP_MS = 500;
/**
 * So long a run looks for the table, to know which workflows share it; else it asks for itself. The first
 * sub-workflow of an n8n process takes seconds.
 */
const FIND_TABLE_MS = 10_000;

const limitsOf = ({ callsPerWindow, windowMinutes, timeout }: Options): Limits => ({
	callsPerWindow,
	windowMs: windowMinutes * MINUTE_MS,
	longestCallMs: timeout,
});

/** The budget of a run that makes no call. */
const alone = (options: Options) => new Budget(new Window(), limitsOf(options), now());

/** The calls that this run shares with others: of this process, or of all. A preview makes none. */
async function join(
	context: IExecuteFunctions,
	key: string,
	{ options, preview }: { options: Options; preview: Preview },
): Promise<Budget | Failure> {
	const limits = limitsOf(options);
	if (options.shareLimit === 'process') return budgetFor(key, () => new Window(), limits, now());
	if (!hasDataTables(context)) return cannotShare('this n8n has no Data Tables');
	// Looking for the table would make it.
	if (preview.isOn) return alone(options);
	const { store, table, missing } = await rowsOf(context, key, FIND_TABLE_MS);
	if (missing !== undefined) return cannotShare(missing);
	// What a process tells belongs into the table that it asked: each project has one of its own.
	const leases = () => new Leases({ now, sleep, random: Math.random });
	return budgetFor(`${key} ${table}`, leases, limits, now(), store);
}

/** Makes a reader of an item's address. An expression that cannot be resolved fails its item only. */
function emailReader(context: IExecuteFunctions): (item: number) => { value: unknown } | Failure {
	const email = parameterReader(context, 'email');
	return (item) => {
		try {
			return { value: email(item) };
		} catch (error) {
			return unresolved('invalidEmail', error);
		}
	};
}
