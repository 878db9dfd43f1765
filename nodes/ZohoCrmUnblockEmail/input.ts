/** What the items name, as n8n resolves the parameters for each. */
import type { IExecuteFunctions } from 'n8n-workflow';

import type { Failure, Reason } from '../zoho/failures';
import { parameterReader, unresolved } from '../n8n/parameters';
import type { Input } from './records';
import type { ViewInput } from './viewList';

/** Makes a reader of items that name records. */
export function inputReader(context: IExecuteFunctions): (item: number) => Input {
	const read = reader(context, parameterReader(context, 'recordIds'), 'invalidRecordId');
	return (item) => {
		const { named: recordIds, ...input } = read(item);
		return { recordIds, ...input };
	};
}

/** Makes a reader of items that name custom views. */
export function viewInputReader(context: IExecuteFunctions): (item: number) => ViewInput {
	const read = reader(context, parameterReader(context, 'customView', true), 'invalidRequest');
	return (item) => {
		const { named: customView, ...input } = read(item);
		return { customView, ...input };
	};
}

/** An expression that cannot be resolved fails its item only. */
function reader(context: IExecuteFunctions, named: (item: number) => unknown, ofName: Reason) {
	const module = parameterReader(context, 'module', true);
	const unblockFields = parameterReader(context, 'unblockFields');
	return (item: number) => {
		const input: Record<'named' | 'module' | 'unblockFields', unknown> & { failure?: Failure } = {
			named: '',
			module: '',
			unblockFields: '',
		};
		// The name first: a failure of the others is to say whose it is.
		let reading = ofName;
		try {
			input.named = named(item);
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
