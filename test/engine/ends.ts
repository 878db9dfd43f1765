import type { IExecuteFunctions, INodeType } from 'n8n-workflow';

export const START = 'n8n-nodes-base.manualTrigger';
export const SINK = 'n8n-nodes-base.noOp';

const passOn = (name: string, displayName: string, inputs: Array<'main'>): INodeType => ({
	description: {
		name,
		displayName,
		group: inputs.length === 0 ? ['trigger'] : ['transform'],
		version: 1,
		description: displayName,
		defaults: {},
		inputs,
		outputs: ['main'],
		properties: [],
	},
	async execute(this: IExecuteFunctions) {
		return [this.getInputData()];
	},
});

/** The two nodes of n8n's own that a workflow begins and ends with here. */
export const ends: Record<string, INodeType> = {
	[START]: passOn('manualTrigger', 'Manual Trigger', []),
	[SINK]: passOn('noOp', 'No Operation, do nothing', ['main']),
};
