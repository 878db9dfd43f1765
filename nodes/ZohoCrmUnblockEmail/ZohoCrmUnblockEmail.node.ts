import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { controlOf } from '../zoho/control';
import { isFault, unsent, type Fault } from '../zoho/errors';
import { counted, hint, present } from '../zoho/output';
import { readOptions } from '../zoho/parameters';
import { connect, CREDENTIAL_TYPE } from '../zoho/transport';
import { inputReader } from './input';
import { searchModules } from './modules';
import { OPTIONS, PROPERTIES } from './properties';
import { collectRecords } from './records';
import { resultsOf } from './results';
import { unblockAll, type RunSettings } from './run';

export class ZohoCrmUnblockEmail implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Zoho CRM Unblock Email',
		name: 'zohoCrmUnblockEmail',
		icon: { light: 'file:unblock.svg', dark: 'file:unblock.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["module"].value }}',
		description:
			'Lift the soft-bounce block from e-mail addresses of Zoho CRM records, up to 500 a call',
		defaults: { name: 'Zoho CRM Unblock Email' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: CREDENTIAL_TYPE, required: true }],
		properties: PROPERTIES,
	};

	methods = { listSearch: { searchModules } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const records = collectRecords(this.getInputData().length, inputReader(this));
		const settings = readOptions<RunSettings>(this, OPTIONS);
		const control = controlOf(this);
		const finish = (rest: Fault) => present(this, 'Record', () => resultsOf(records, rest));
		if (isFault(settings)) return finish(settings);
		const badInput = records.named.some(({ fault }) => fault);
		if (records.groups.length === 0 || (control.stopAtFailure && badInput)) return finish(unsent());
		const connection = await connect(this, 'crm');
		if (isFault(connection)) return finish(connection);

		const { groups, duplicates } = records;
		const summary = await unblockAll(connection, groups, settings, control);

		const { calls, retries, isolated, ending } = summary;
		const sent = groups.reduce((sum, { outcomes }) => sum + outcomes.size, 0);
		hint(this, [
			sent > 1 && `${counted(sent, 'record')} in ${counted(calls, 'call')}.`,
			duplicates > 0 && `${counted(duplicates, 'duplicate')} folded: each record was sent once.`,
			isolated > 0 &&
				`${counted(isolated, 'refused record')} told apart from the rest of the batch.`,
			retries > 0 && `${counted(retries, 'call')} repeated after a transient failure.`,
		]);
		return finish(unsent(ending));
	}
}
