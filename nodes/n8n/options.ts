/** The options that both nodes have, as the panel shows them. */
import type { INodeProperties } from 'n8n-workflow';

export const includeInputFields: INodeProperties = {
	displayName: 'Include Input Fields',
	name: 'includeInputFields',
	type: 'boolean',
	default: false,
	description:
		'Whether a success keeps the fields of its input item, as a failure does at the error branch. Where both have a field of one name, it is that of the node; a field named error is left out. Example: switch it on where a next node needs the name that came in beside the address.',
};

export const maxParallelRequests: INodeProperties = {
	displayName: 'Max Parallel Requests',
	name: 'maxParallelRequests',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 10, numberPrecision: 0 },
	default: 5,
	description:
		'How many calls may be under way at once. Example: with 5, the sixth starts when one of them has its reply. Where Zoho says that there are too many, it is half of them for the next minute.',
};

export const maxRetries: INodeProperties = {
	displayName: 'Max Retries',
	name: 'maxRetries',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 20, numberPrecision: 0 },
	default: 3,
	description:
		'How often a call is made again that failed for a passing reason, such as a cut connection or a busy server. Example: with 3, it is made four times at the most.',
};

export const retryDelay: INodeProperties = {
	displayName: 'Retry Delay (Milliseconds)',
	name: 'retryDelay',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 1000,
	description:
		'The longest pause before a call is made again; the limit doubles each time. Example: with 1000, the pauses are at most 1, 2 and 4 seconds. Where Zoho names a time of up to an hour, the node waits for that.',
};

export const timeout: INodeProperties = {
	displayName: 'Timeout (Milliseconds)',
	name: 'timeout',
	type: 'number',
	// Above 2^31 ms a timer of Node.js would end at once.
	typeOptions: { minValue: 1, maxValue: 3_600_000 },
	default: 60000,
	description:
		'How long one call may take as a whole, renewing the token included. Example: with 60000, a call counts as failed after a minute.',
};
