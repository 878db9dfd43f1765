/** *Preview Only*: a run that shows what it would send, and changes nothing. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { NOT_SENT, isFailure, type Failure } from '../zoho/failures';
import { cancelledError } from './ends';
import { inSlices } from './execution';
import { checkedReader } from './parameters';
import { notInTool } from './tool';

/** @param hint what a run does instead of its deed */
export function previewOnly(hint: string): INodeProperties {
	return notInTool({
		displayName: 'Preview Only',
		name: 'previewOnly',
		type: 'boolean',
		default: false,
		description: 'Whether to show what would be sent and send nothing',
		hint,
	});
}

export interface Preview {
	/** Whether any item says preview: then nothing that changes anything is sent for any. */
	isOn: boolean;
	/** By item, why it says neither preview nor not: it is not sent. */
	problems: ReadonlyMap<number, Failure>;
}

/**
 * What the items say of a preview. All of them are asked before anything is done, since one is enough.
 *
 * @param described the properties of the node
 * @throws where the execution was cancelled meanwhile
 */
export async function readPreview(
	context: IExecuteFunctions,
	described: INodeProperties[],
): Promise<Preview> {
	const read = checkedReader(context, described, 'previewOnly');
	const problems = new Map<number, Failure>();
	let isOn = false;
	const items = context.getInputData();
	const take = (item: number) => {
		const said = read(item);
		if (isFailure(said)) problems.set(item, said);
		else isOn ||= said.value === true;
	};
	await inSlices(items.keys(), take, () => {
		const isCancelled = context.getExecutionCancelSignal()?.aborted;
		if (isCancelled) throw cancelledError(context, [], items.length);
	});
	return { isOn, problems };
}

/** In place of an outcome: this would have been sent. */
export const PREVIEW = {
	status: 'preview',
	code: NOT_SENT,
	message: 'Not sent: this is a preview.',
} as const;

/**
 * What the hint under the output says of a preview.
 *
 * @param requests that were made, to read what there is
 */
export function previewNews(requests: number): string {
	const untried = requests > 0 ? '' : ' No call was made, so the token was not tried.';
	return `Nothing was sent: this is a preview.${untried}`;
}
