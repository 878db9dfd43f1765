/** What the panel of the node asks for. */
import type { INodeProperties } from 'n8n-workflow';

import { maxParallelRequests, maxRetries, retryDelay, timeout } from '../n8n/options';
import { previewOnly } from '../n8n/preview';
import { resultLimit } from '../n8n/resultLimit';
import { filledByAgent, notice, notInTool, toolDescription } from '../n8n/tool';

export const OPTIONS: INodeProperties[] = [
	{
		displayName: 'Already Unblocked',
		name: 'alreadyUnblocked',
		type: 'options',
		options: [
			{
				name: 'Count as Success',
				value: 'success',
				description: 'The record leaves by the main output, with the status alreadyUnblocked',
			},
			{
				name: 'Count as Error',
				value: 'error',
				description: 'The record fails, with the reason alreadyUnblocked',
			},
		],
		default: 'success',
		description:
			'What to make of a record whose address is not blocked. Example: in a list that is sent every night, most of them are not.',
	},
	{
		displayName: 'API Version',
		name: 'apiVersion',
		type: 'options',
		options: [
			{ name: 'V6', value: 'v6' },
			{ name: 'V7', value: 'v7' },
			{ name: 'V8', value: 'v8' },
		],
		default: 'v8',
		description:
			'The version of the Zoho CRM API. Example: V6, where Zoho grants you ZohoCRM.modules.{module}.UPDATE but not ZohoCRM.send_mail.{module}.CREATE, which V7 and V8 need by their pages; the credential asks for both.',
	},
	{
		displayName: 'Batch Interval (Milliseconds)',
		name: 'batchInterval',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'The least time between the starts of two calls. Example: with 2000, no more than one call in 2 seconds.',
	},
	{
		displayName: 'Batch Size (Records)',
		name: 'batchSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 500, numberPrecision: 0 },
		default: 500,
		description:
			'The most records in one call. Example: with 500, a list of 10,000 records takes 20 calls. Where Zoho takes fewer, the node finds out how many.',
	},
	maxParallelRequests,
	maxRetries,
	retryDelay,
	timeout,
];

export const PROPERTIES: INodeProperties[] = [
	toolDescription(
		'Unblock the email addresses of Zoho CRM records that are temporarily bounced (soft bounce), which Zoho CRM calls "Unblock Email Address". Give the record IDs: long numbers, as text, separated by commas. Zoho unblocks one address five times in its life, and no unblocking can be taken back, so give only records that the user has asked for. The answer has one entry for each record: its id with the status "unblocked" or "alreadyUnblocked", or an error with a message and what can be done.',
	),
	notice(
		'This is final for each record you choose: no unblocking can be taken back, and Zoho unblocks one address only five times in its life.',
	),
	{
		displayName: 'Module',
		name: 'module',
		type: 'resourceLocator',
		default: { mode: 'list', value: 'Leads' },
		required: true,
		description: 'The module that holds the records',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a module...',
				typeOptions: { searchListMethod: 'searchModules', searchable: true },
			},
			{
				displayName: 'By Name',
				name: 'name',
				type: 'string',
				placeholder: 'e.g. Leads',
				hint: 'The API name, as under Setup > Developer Hub > APIs & SDKs > API Names in Zoho CRM',
			},
		],
	},
	// A view may hold thousands of records: more than an agent should set off, or could read of.
	notInTool({
		displayName: 'Records',
		name: 'recordsFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'By ID',
				value: 'ids',
				description: 'The records whose IDs the items hold',
			},
			{
				name: 'In a Custom View',
				value: 'customView',
				description: 'The records of a view, such as those filtered by "temporarily bounced"',
			},
		],
		default: 'ids',
		description: 'Which records to unblock',
	}),
	...filledByAgent(
		{
			displayName: 'Record IDs',
			name: 'recordIds',
			type: 'string',
			// A field of one line would run the lines of a pasted column together.
			typeOptions: { rows: 3 },
			default: '={{ $json.id }}',
			required: true,
			placeholder: 'e.g. 2423488000000575001',
			displayOptions: { show: { recordsFrom: ['ids'] } },
			description:
				'The ID of the record to unblock, or several: separated by commas or line breaks, or as an array. Keep IDs as text: as numbers they lose digits.',
		},
		'The IDs of the records, as text, separated by commas',
	),
	notInTool({
		displayName: 'Custom View',
		name: 'customView',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		displayOptions: { show: { recordsFrom: ['customView'] } },
		description:
			'The view of the module whose records to unblock. It is read first, as far as its records are wanted. Switch on "Read Custom Views" in the credential.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a custom view...',
				typeOptions: { searchListMethod: 'searchViews', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 2423488000000087501',
				hint: 'The long number behind "custom-view/" in the address of the view in Zoho CRM',
			},
		],
	}),
	...resultLimit(
		{ recordsFrom: ['customView'] },
		{
			returnAll:
				'On: every record of the view is unblocked. Off: those at its top, up to the limit.',
			limit: 'So many records are unblocked, from the top of the view. The others are not touched.',
		},
	),
	{
		displayName: 'Fields to Unblock',
		name: 'unblockFields',
		type: 'multiOptions',
		options: [
			{ name: 'Email', value: 'Email' },
			{ name: 'Secondary Email', value: 'Secondary_Email' },
		],
		default: ['Email'],
		required: true,
		description: 'Which addresses of the record to unblock',
	},
	previewOnly(
		'On: the records leave with the status "preview", and none is unblocked. A custom view is read.',
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
