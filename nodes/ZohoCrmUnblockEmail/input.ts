/** What the items name, as n8n resolves the parameters for each. */
import type { IExecuteFunctions } from 'n8n-workflow';

import type { Reason } from '../zoho/failures';
import { parameterReader, unresolved } from '../n8n/parameters';
import type { Input } from './records';

/** Makes a reader of an item's parameters. An expression that cannot be resolved fails its item only. */
export function inputReader(context: IExecuteFunctions): (item: number) => Input {
	const module = parameterReader(context, 'module', true);
	const recordIds = parameterReader(context, 'recordIds');
	const unblockFields = parameterReader(context, 'unblockFields');
	return (item) => {
		const input: Input = { module: '', recordIds: '', unblockFields: '' };
		// The IDs first: a failure of the others is to name them.
		let reading: Reason = 'invalidRecordId';
		try {
			input.recordIds = recordIds(item);
			reading = 'invalidModule';
			input.module = module(item);
			reading = 'unknownField';
			input.unblockFields = unblockFields(item);
		} catch (error) {
			input.failure = unresolved(reading, error);
		}
		return input;
	};
}
