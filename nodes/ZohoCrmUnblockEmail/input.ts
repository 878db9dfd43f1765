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

type Reader = (item: number) => unknown;

/** An expression that cannot be resolved fails its item only. */
function reader(context: IExecuteFunctions, named: Reader, ofName: Reason) {
	const module = parameterReader(context, 'module', true);
	const unblockFields = parameterReader(context, 'unblockFields');
	return (item: number) => {
		const input: Record<'named' | 'module' | 'unblockFields', unknown> & { failure?: Failure } = {
			named: '',
			module: '',
			unblockFields: '',
		};
		// Each for itself: a failure of one is to say whose it is, and which address was meant.
		const take = (key: 'named' | 'module' | 'unblockFields', read: Reader, reason: Reason) => {
			try {
				input[key] = read(item);
			} catch (error) {
				input.failure ??= unresolved(reason, error);
			}
		};
		take('named', named, ofName);
		take('module', module, 'invalidModule');
		take('unblockFields', unblockFields, 'unknownField');
		return input;
	};
}
