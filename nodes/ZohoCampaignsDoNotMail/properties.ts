/** What the panel of the node asks for. */
import type { INodeProperties } from 'n8n-workflow';

import { maxParallelRequests, maxRetries, retryDelay, timeout } from '../n8n/options';

/** A week: what is longer is a slip of the hand. */
const LONGEST_MINUTES = 10_080;

export const OPTIONS: INodeProperties[] = [
	{
		displayName: 'Already in Do-Not-Mail',
		name: 'alreadyInDoNotMail',
		type: 'options',
		options: [
			{
				name: 'Count as Success',
				value: 'success',
				description: 'The address leaves by the main output, with the status alreadyInDoNotMail',
			},
			{
				name: 'Count as Error',
				value: 'error',
				description: 'The address fails, with the reason alreadyInDoNotMail',
			},
		],
		default: 'success',
		description: 'What to make of an address that is in the registry already',
	},
	{
		displayName: 'Calls per Window',
		name: 'callsPerWindow',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 490,
		description:
			'How many calls to make in one window, at the most. The limit of Zoho is 500; the rest is head-room for other programs on the same account.',
	},
	{
		displayName: 'Lock Minutes',
		name: 'lockMinutes',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: LONGEST_MINUTES },
		default: 30,
		description:
			'How long Zoho locks the API once its limit is hit. Counts only where the reply does not say how long.',
	},
	maxParallelRequests,
	maxRetries,
	{
		displayName: 'Response Format',
		name: 'responseFormat',
		type: 'options',
		options: [
			{ name: 'JSON', value: 'json' },
			{ name: 'XML', value: 'xml' },
		],
		default: 'json',
		description: 'The format in which the API is called. The output is the same for both.',
	},
	retryDelay,
	{
		displayName: 'Share Limit With',
		name: 'shareLimit',
		type: 'options',
		options: [
			{
				name: 'All Processes',
				value: 'instance',
				description:
					"Workers in queue mode, and n8n after a restart, know of each other's calls through a Data Table. Needs n8n 2.3 or later.",
			},
			{
				name: 'This Process',
				value: 'process',
				description: 'All runs of one n8n process share the limit. Enough without queue mode.',
			},
		],
		default: 'process',
		description:
			'Who counts calls together. Set it to the same in every node that uses the account.',
	},
	timeout,
	{
		displayName: 'When Limit Is Reached',
		name: 'whenLimitReached',
		type: 'options',
		options: [
			{
				name: 'Wait',
				value: 'wait',
				description: 'Sleep until Zoho takes calls again, then go on',
			},
			{
				name: 'Fail',
				value: 'error',
				description:
					'Hand the items not sent to the error output at once, with the time to retry at',
			},
		],
		default: 'wait',
		description: 'What to do when no more calls may be made for now',
	},
	{
		displayName: 'Window Minutes',
		name: 'windowMinutes',
		type: 'number',
		typeOptions: { minValue: 0.001, maxValue: LONGEST_MINUTES, numberPrecision: 3 },
		default: 5,
		description: 'How long the window is in which Zoho counts the calls',
	},
];

export const PROPERTIES: INodeProperties[] = [
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		default: '={{ $json.email }}',
		required: true,
		placeholder: 'e.g. name@example.com',
		description: 'The address that is to get no more mail, one for each item',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: OPTIONS,
	},
];
