/** What the panel of the node asks for. */
import type { INodeProperties } from 'n8n-workflow';

import { maxParallelRequests, maxRetries, retryDelay, timeout } from '../n8n/options';
import { previewOnly } from '../n8n/preview';
import { filledByAgent, notice, toolDescription } from '../n8n/tool';

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
		description:
			'What to make of an address that is in the registry already. Example: in a list that is sent every week, most of them are.',
	},
	{
		displayName: 'Limit: Calls per Window',
		name: 'callsPerWindow',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 490,
		description:
			'The most calls in one window. Zoho allows 500 in 5 minutes; the rest is left for other programs. Example: 160, where three such programs share one Zoho account.',
	},
	{
		displayName: 'Limit: Lock Time (Minutes)',
		name: 'lockMinutes',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: LONGEST_MINUTES },
		default: 30,
		description:
			'How long to wait once Zoho has locked the API for too many calls, if its reply does not say. Example: with 30, the node tries again after half an hour.',
	},
	{
		displayName: 'Limit: Share With',
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
			'Who counts calls together. Set it to the same in every node that uses the account. Example: All Processes, where n8n runs in queue mode with several workers.',
	},
	{
		displayName: 'Limit: When Reached',
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
		description:
			'What to do with the addresses that the limit has no room for. Example: of 1,500 addresses 490 are sent at once; the other 1,010 wait in this run, or fail and are left to a later one.',
	},
	{
		displayName: 'Limit: Window (Minutes)',
		name: 'windowMinutes',
		type: 'number',
		typeOptions: { minValue: 0.001, maxValue: LONGEST_MINUTES },
		default: 5,
		description:
			'How long the window is in which Zoho counts the calls. Example: with 5, the first 490 addresses go at once, and the next ones 5 minutes later.',
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
		description:
			'The format in which the API is called; the output is the same for both. Example: XML, where a proxy on the way lets no JSON through.',
	},
	retryDelay,
	timeout,
];

export const PROPERTIES: INodeProperties[] = [
	toolDescription(
		'Put one email address into the Do-Not-Mail registry of Zoho Campaigns, so that it gets no more campaign mail. This tool cannot take it out again, so give only an address that the user has asked for. The answer is the email with the status "moved" or "alreadyInDoNotMail", or an error with a message and what can be done.',
	),
	notice(
		'This is final for each person whose address you send: they get no campaign of this Zoho account any more, and only a person in Zoho Campaigns can take them out again.',
	),
	...filledByAgent(
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '={{ $json.email }}',
			required: true,
			placeholder: 'e.g. name@example.com',
			description: 'The address that is to get no more mail, one for each item',
		},
		'The email address',
	),
	previewOnly('On: the addresses leave with the status "preview", and none goes to Zoho.'),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: OPTIONS,
	},
];
