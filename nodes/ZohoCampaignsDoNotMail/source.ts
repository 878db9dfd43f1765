/** Where the addresses of a run come from: named by the items, or read from campaigns. */
import type { IExecuteFunctions } from 'n8n-workflow';

import { cancelledError } from '../n8n/ends';
import { now, runPlan } from '../n8n/execution';
import { checkedReader, parameterReader, unreadable, unresolved } from '../n8n/parameters';
import type { Preview } from '../n8n/preview';
import { limitReader } from '../n8n/resultLimit';
import type { Connection } from '../n8n/transport';
import { isFailure, unsent, type Failure } from '../zoho/failures';
import type { AddressList } from './addresses';
import { alone, flushMs, join, READ_LIMIT, type LimitOptions } from './budgets';
import { AskList, type AskInput } from './campaigns/input';
import { CampaignsPlan, type ReadSettings } from './campaigns/plan';
import { PROPERTIES } from './properties';

export interface AddressSource {
	/** Puts the addresses of an item into the list. */
	addTo: (addresses: AddressList, item: number) => void;
	/** Why nothing is to be sent, where reading campaigns found that nothing can be. */
	abortedFor?: Failure | undefined;
	/** How campaigns were read, where there are any. */
	campaigns?: CampaignsPlan;
}

/** Addresses that the items hold. */
export function addressesOfItems(context: IExecuteFunctions, { problems }: Preview): AddressSource {
	const readItem = emailReader(context);
	return {
		addTo: (addresses, item) => addresses.add(item, readItem(item), problems.get(item)),
	};
}

interface ReadingSettings {
	settings: ReadSettings & LimitOptions;
	preview: Preview;
}

/**
 * Reads what the items ask for of campaigns, before the first address is moved: what could not be read is
 * known by then, and a run that is stopped meanwhile has moved nobody.
 *
 * @throws where the execution was cancelled meanwhile
 */
export async function addressesOfCampaigns(
	context: IExecuteFunctions,
	connection: Connection | Failure,
	{ settings: given, preview }: ReadingSettings,
): Promise<AddressSource> {
	// The options are about moving: reading has a limit of its own.
	const settings = { ...given, ...READ_LIMIT };
	const joined = isFailure(connection)
		? connection
		: await join(context, `${connection.key} campaigns`, settings);
	const budget = isFailure(joined) ? alone(settings) : joined;
	const plan = new CampaignsPlan(settings, budget);
	const asks = new AskList(plan, Date.now());
	const readItem = askReader(context, preview);
	if (isFailure(joined)) plan.outbox.abort(joined);
	const ending = await runPlan(context, {
		plan,
		send: async ({ reading }, isGivenUp) => {
			if (isFailure(connection)) return { reply: connection, requests: 0 };
			return await connection.call(reading.request(settings.timeout), isGivenUp);
		},
		timeoutMs: settings.timeout,
		readItem: (item) => asks.add(item, readItem(item)),
		failItem: (item, error) => asks.fail(item, unreadable('invalidRequest', error)),
		allRead: () => settings.stopAtFailure && asks.hasBadInput && plan.outbox.abort(),
	});
	plan.finish(now());
	await budget.flush(flushMs(ending.kind === 'cancelled'));
	if (ending.kind === 'cancelled') {
		throw cancelledError(context, [], context.getInputData().length);
	}
	const why = ending.fault ?? plan.outbox.abortedFor;
	const isOfAll = why !== undefined && (ending.fault !== undefined || why.reach === 'account');
	return {
		addTo: (addresses, item) => asks.handOn(item, addresses, why ?? unsent()),
		// The limit of reading says nothing of that of moving.
		abortedFor: isOfAll || isFailure(joined) ? why : undefined,
		campaigns: plan,
	};
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

/** Makes a reader of what an item asks for of campaigns. */
function askReader(
	context: IExecuteFunctions,
	{ problems }: Preview,
): (item: number) => AskInput | Failure {
	const campaigns = checkedReader(context, PROPERTIES, 'campaigns');
	const sentWithinDays = checkedReader(context, PROPERTIES, 'sentWithinDays');
	const campaign = parameterReader(context, 'campaign', { extractValue: true });
	const recipients = parameterReader(context, 'recipients', { byDefault: RECIPIENTS_BY_DEFAULT });
	const limit = limitReader(context, PROPERTIES);
	return (item) => {
		const problem = problems.get(item);
		const which = problem ?? campaigns(item);
		const most = limit(item);
		for (const one of [which, most]) if (isFailure(one)) return one;
		const isOne = (which as { value: unknown }).value === 'one';
		const days = isOne ? undefined : sentWithinDays(item);
		if (days && isFailure(days)) return days;
		try {
			return {
				...(days ? { days: days.value as number } : { campaign: campaign(item) }),
				recipients: recipients(item),
				most: (most as { limit: number }).limit,
			};
		} catch (error) {
			return unresolved('invalidRequest', error);
		}
	};
}

const RECIPIENTS_BY_DEFAULT = PROPERTIES.find(({ name }) => name === 'recipients')?.default;
