/** The options that both nodes have, as the panel shows them. */
import type { INodeProperties } from 'n8n-workflow';

export const maxParallelRequests: INodeProperties = {
	displayName: 'Max Parallel Requests',
	name: 'maxParallelRequests',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 10, numberPrecision: 0 },
	default: 5,
	description:
		'How many calls may be under way at once. Where Zoho says that there are too many, it is half of them for the next minute.',
};

export const maxRetries: INodeProperties = {
	displayName: 'Max Retries',
	name: 'maxRetries',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 20, numberPrecision: 0 },
	default: 3,
	description:
		'How often a call is repeated after a transient failure: a cut connection, a time-out, a reply that cannot be read, too many requests, a failure on the side of Zoho',
};

export const retryDelay: INodeProperties = {
	displayName: 'Retry Delay',
	name: 'retryDelay',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 1000,
	description:
		'The longest the first pause before a retry may be, in milliseconds. It doubles each time, and each pause is a random part of it; a Retry-After header of Zoho wins, unless it asks for more than an hour.',
};

export const timeout: INodeProperties = {
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	// Above 2^31 ms a timer of Node.js would end at once.
	typeOptions: { minValue: 1, maxValue: 3_600_000 },
	default: 60000,
	description:
		'How long one call may take, in milliseconds, with all that it entails: a reply that drips in, a token that is renewed',
};
