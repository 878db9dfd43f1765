import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { controlOf } from '../zoho/control';
import { isFault, unsent, type Fault } from '../zoho/errors';
import { counted, hint, inWords, present } from '../zoho/output';
import { parameterReader, readOptions, unresolved } from '../zoho/parameters';
import { budgetFor } from '../zoho/rateLimit';
import { connect, CREDENTIAL_TYPE } from '../zoho/transport';
import { collectAddresses } from './addresses';
import { OPTIONS, PROPERTIES } from './properties';
import { resultsOf } from './results';
import { moveAll, type RunSettings } from './run';

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
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		properties: PROPERTIES,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const addresses = collectAddresses(this.getInputData().length, emailReader(this));
		const settings = readOptions<RunSettings>(this, OPTIONS);
		const control = controlOf(this);
		const finish = (rest: Fault) => present(this, 'Address', () => resultsOf(addresses, rest));
		if (isFault(settings)) return finish(settings);
		const badInput = addresses.named.some(({ address }) => address.outcome);
		if (addresses.toSend.length === 0 || (control.stopAtFailure && badInput))
			return finish(unsent());
		const connection = await connect(this, 'campaigns');
		if (isFault(connection)) return finish(connection);

		const { toSend, duplicates } = addresses;
		const budget = budgetFor(connection.key, Date.now());
		const summary = await moveAll(connection, toSend, budget, settings, control);

		const { calls, retries, waitedMs, refusedByLock, ending } = summary;
		hint(this, [
			calls > 1 && `${counted(calls, 'call')}, one address each.`,
			duplicates > 0 && `${counted(duplicates, 'duplicate')} folded: each address was sent once.`,
			waitedMs >= 1000 && `Waited ${inWords(waitedMs)} for Zoho's limit.`,
			refusedByLock > 0 && `Zoho locked the API: ${counted(refusedByLock, 'call')} refused.`,
			retries > 0 && `${counted(retries, 'call')} repeated after a transient failure.`,
		]);
		return finish(unsent(ending));
	}
}

/** Makes a reader of an item's address. An expression that cannot be resolved fails its item only. */
function emailReader(context: IExecuteFunctions): (item: number) => { value: unknown } | Fault {
	const email = parameterReader(context, 'email');
	return (item) => {
		try {
			return { value: email(item) };
		} catch (error) {
			return unresolved('invalidEmail', error);
		}
	};
}
