/** *Return All* and *Limit*, for a source that may hold more than anybody expects. */
import type { IDisplayOptions, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isFailure, type Failure } from '../zoho/failures';
import { checkedReader } from './parameters';
import { notInTool } from './tool';

/**
 * The two parameters, with n8n's names, texts and defaults. Those say "return": the hints say what
 * becomes of the results here.
 *
 * @param show with which values of other parameters they are shown
 */
export function resultLimit(
	show: IDisplayOptions['show'] & object,
	hints: { returnAll: string; limit: string },
): INodeProperties[] {
	return [
		notInTool({
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			displayOptions: { show },
			description: 'Whether to return all results or only up to a given limit',
			hint: hints.returnAll,
		}),
		notInTool({
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 50,
			displayOptions: { show: { ...show, returnAll: [false] } },
			description: 'Max number of results to return',
			hint: hints.limit,
		}),
	];
}

/**
 * Makes a reader of how many results an item asks for.
 *
 * @param described the properties of the node, with the two parameters among them
 * @returns for an item, the most results, Infinity with *Return All*; a failure where a parameter has a
 * value that it does not take, or could not be resolved
 */
export function limitReader(
	context: IExecuteFunctions,
	described: INodeProperties[],
): (item: number) => { limit: number } | Failure {
	const returnAll = checkedReader(context, described, 'returnAll');
	const limit = checkedReader(context, described, 'limit');
	return (item) => {
		const all = returnAll(item);
		if (isFailure(all)) return all;
		if (all.value === true) return { limit: Infinity };
		const most = limit(item);
		return isFailure(most) ? most : { limit: most.value as number };
	};
}

/**
 * What the hint under the output says where a limit has cut. It is not counted how many more there are:
 * that would take calls.
 *
 * @param where such as "The custom view"
 * @param what such as "records"
 */
export function cutNews(where: string, what: string): string {
	return `${where} holds more ${what} than "Limit" let through: nothing was done with those. A workflow on a schedule needs "Return All", since ${what} that fail stay at the top.`;
}
