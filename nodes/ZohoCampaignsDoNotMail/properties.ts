/** What the panel of the node asks for. */
import type { INodeProperties } from 'n8n-workflow';

import {
	includeInputFields,
	maxParallelRequests,
	maxRetries,
	retryDelay,
	timeout,
} from '../n8n/options';
import { previewOnly } from '../n8n/preview';
import { resultLimit } from '../n8n/resultLimit';
import { filledByAgent, notice, notInTool, toolDescription } from '../n8n/tool';

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
	includeInputFields,
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
			'Who counts calls together. Set it to the same in every node that uses the account. Example: All Processes, where n8n runs in queue mode with several workers.',
	},
	timeout,
];

const ofCampaigns = { addressesFrom: ['campaigns'] };

export const PROPERTIES: INodeProperties[] = [
	toolDescription(
		'Put one email address into the Do-Not-Mail registry of Zoho Campaigns, so that it gets no more campaign mail. This tool cannot take it out again, so give only an address that the user has asked for. The answer is the email with the status "moved" or "alreadyInDoNotMail", or an error with a message and what can be done.',
	),
	notice(
		'This is final for each person whose address you send: they get no campaign of this Zoho account any more, and only a person in Zoho Campaigns can take them out again.',
	),
	// Campaigns may hold thousands of addresses: more than an agent should set off, or could read of.
	notInTool({
		displayName: 'Addresses',
		name: 'addressesFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'By Address',
				value: 'address',
				description: 'The addresses that the items hold',
			},
			{
				name: 'Recipients of Campaigns',
				value: 'campaigns',
				description: 'Those who bounced, complained or unsubscribed, as Zoho Campaigns reports it',
			},
		],
		default: 'address',
		description: 'Which addresses to put into Do-Not-Mail',
	}),
	...filledByAgent(
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '={{ $json.email }}',
			required: true,
			placeholder: 'e.g. name@example.com',
			displayOptions: { show: { addressesFrom: ['address'] } },
			description:
				'The address that is to get no more mail, one for each item. Where an item holds a list of them, put a Split Out node before this one.',
		},
		'The email address',
	),
	notInTool({
		displayName: 'Campaigns',
		name: 'campaigns',
		type: 'options',
		options: [
			{
				name: 'Sent Recently',
				value: 'recent',
				description: 'Every campaign that was sent in the last days',
			},
			{ name: 'One Campaign', value: 'one', description: 'A campaign that you choose' },
		],
		default: 'recent',
		displayOptions: { show: ofCampaigns },
		description: 'Of which campaigns to take the recipients',
	}),
	notInTool({
		displayName: 'Sent Within (Days)',
		name: 'sentWithinDays',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 365 },
		default: 7,
		displayOptions: { show: { ...ofCampaigns, campaigns: ['recent'] } },
		description:
			'How far back to go, in times of 24 hours before the run. Example: with 7, the campaigns of the last week: complaints come days after a campaign.',
	}),
	notInTool({
		displayName: 'Campaign',
		name: 'campaign',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		displayOptions: { show: { ...ofCampaigns, campaigns: ['one'] } },
		description:
			'The campaign whose recipients to take. Switch on "Read Campaigns" in the credential.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a campaign...',
				typeOptions: { searchListMethod: 'searchCampaigns', searchable: true },
			},
			{
				displayName: 'By Key',
				name: 'key',
				type: 'string',
				placeholder: 'e.g. 3z287c8f2e7d7a0e5',
				hint: 'The campaign key, as the API of Zoho Campaigns gives it',
			},
		],
	}),
	notInTool({
		displayName: 'Recipients',
		name: 'recipients',
		type: 'multiOptions',
		options: [
			{
				name: 'Hard Bounces',
				value: 'hardBounce',
				description: 'Their addresses do not exist: Zoho sends them no campaign any more as it is',
			},
			{
				name: 'Soft Bounces',
				value: 'softBounce',
				description: 'Their mail came back this time, as from a full mailbox; the next may arrive',
			},
			{
				name: 'Spam Complaints',
				value: 'spamComplaint',
				description: 'They have reported the campaign as spam',
			},
			{
				name: 'Unsubscribes',
				value: 'optOut',
				description:
					'They have unsubscribed: in Do-Not-Mail they get no campaign from any list of your organization',
			},
		],
		default: ['hardBounce', 'spamComplaint'],
		required: true,
		displayOptions: { show: ofCampaigns },
		description: 'Which recipients of the campaigns to put into Do-Not-Mail',
	}),
	...resultLimit(ofCampaigns, {
		returnAll:
			'On: all these recipients are put into Do-Not-Mail. Off: the first ones, up to the limit.',
		limit:
			'So many addresses are put into Do-Not-Mail, those of the newest campaigns first. The others are not touched.',
	}),
	previewOnly(
		'On: the addresses leave with the status "preview", and none is put into Do-Not-Mail. Campaigns are read.',
	),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: OPTIONS,
	},
];
