/** Changes of the contract that break a workflow, and how that is told. */
import type { Field } from './contract';
import { CAMPAIGNS, CREDENTIAL, CRM, edited, editedField, editedNode } from './edited';

test('nothing is told where nothing changed, or only what is shown', () => {
	expect(edited(() => {})).toEqual({ breaks: [], adds: [] });
	expect(editedField('options', 'batchSize', (field) => (field.label = 'Batch'))).toEqual({
		breaks: [],
		adds: [],
	});
});

describe('a workflow breaks', () => {
	test('where an option is renamed, and it is told who loses what', () => {
		const { breaks } = editedNode(({ options }) => {
			options.size = options.batchSize!;
			delete options.batchSize;
		});

		expect(breaks).toEqual([
			'Workflows that set the option "Batch Size (Records)" (batchSize) of Zoho CRM Unblock Email lose it: nothing is called batchSize any more. size is new and just like it, but n8n carries no value over.',
		]);
	});

	test('where a default changes', () => {
		expect(editedField('options', 'batchSize', (field) => (field.default = 100)).breaks).toEqual([
			'Workflows that leave the option "Batch Size (Records)" (batchSize) of Zoho CRM Unblock Email as it is do something else: n8n stores no default, and it was 500 and is 100 now.',
		]);
	});

	test('where a choice is dropped', () => {
		expect(
			editedField('options', 'apiVersion', ({ choices }) => delete choices!.v6).breaks,
		).toEqual([
			'Workflows in which the option "API Version" (apiVersion) of Zoho CRM Unblock Email is "V6" (v6) fail: that is no choice any more.',
		]);
	});

	test('where the type of a parameter changes', () => {
		expect(
			editedField('parameters', 'recordIds', (field) => (field.type = 'number')).breaks,
		).toEqual([
			'Workflows that set the parameter "Record IDs" (recordIds) of Zoho CRM Unblock Email hold a value of the type string, and it takes the type number now.',
		]);
	});

	test('where a way to fill in a resource locator is dropped', () => {
		expect(editedField('parameters', 'module', (field) => (field.modes = ['list'])).breaks).toEqual(
			[
				'Workflows in which the parameter "Module" (module) of Zoho CRM Unblock Email is filled in by the mode "name" fail: there is no such mode any more.',
			],
		);
	});

	test.each<[Partial<Field>, string]>([
		[{ min: 10 }, 'is less than 10 fail: that is the least now.'],
		[{ max: 100 }, 'is more than 100 fail: that is the most now.'],
		[{ withoutExpressions: true }, 'is an expression get its text: it takes none any more.'],
	])('where an option takes less: %j', (less, end) => {
		const what = 'the option "Batch Size (Records)" (batchSize) of Zoho CRM Unblock Email';

		expect(
			editedField('options', 'batchSize', (field) => Object.assign(field, less)).breaks,
		).toEqual([`Workflows in which ${what} ${end}`]);
	});

	test('where a number has to be whole, or a field filled in, that did not have to', () => {
		const { breaks } = editedField('options', 'timeout', (field) =>
			Object.assign(field, { wholeNumber: true, required: true }),
		);

		expect(breaks).toEqual([
			expect.stringMatching(/^Workflows in which .* \(timeout\) .* is no whole number fail/),
			expect.stringMatching(/^Workflows that leave .* \(timeout\) .* empty do not start/),
		]);
	});

	test.each<[Partial<Field>]>([
		[{ shownWith: { recordsFrom: ['customView'] } }],
		[{ shownWith: { unblockFields: ['Email'] } }],
		[{ hiddenWith: { recordsFrom: ['ids'] } }],
	])('where a parameter is shown with other values only: %j', (conditions) => {
		const { breaks } = editedField('parameters', 'recordIds', (field) =>
			Object.assign(field, conditions),
		);

		expect(breaks).toEqual([
			'Workflows that set the parameter "Record IDs" (recordIds) of Zoho CRM Unblock Email may lose it: it is shown under other conditions now, and n8n gives a node only what it shows.',
		]);
	});

	test('where a new parameter is required and empty', () => {
		const { breaks } = editedNode(({ parameters }) => {
			parameters.list = { label: 'List', type: 'string', default: '', required: true };
		});

		expect(breaks).toEqual([
			'Workflows with Zoho CRM Unblock Email do not start: it has the parameter "List" (list) now, which is required and empty in all of them.',
		]);
	});

	test('where a key of what leaves the node is gone, or holds what it never held', () => {
		const { breaks } = editedNode(({ results }) => {
			delete results.record!.keys.code;
			results['failed record']!.keys['error.id'] = 'null | string';
		});

		expect(breaks).toEqual([
			'Workflows that read {{ $json.code }} of a record from Zoho CRM Unblock Email find nothing there: the key is gone.',
			'Workflows that read {{ $json.error.id }} of a failed record from Zoho CRM Unblock Email can find null where they rely on string.',
		]);
	});

	test('where that is so of a node whose results are addresses', () => {
		const { breaks } = edited(({ nodes }) => {
			delete nodes[CAMPAIGNS]!.versions[1]!.results.address!.keys.code;
		});

		expect(breaks).toEqual([
			'Workflows that read {{ $json.code }} of an address from Zoho Campaigns Do-Not-Mail find nothing there: the key is gone.',
		]);
	});

	test('where a status, or a kind of result, is gone', () => {
		const { breaks } = editedNode(({ results }) => {
			results.record!.statuses = ['preview', 'unblocked'];
			delete results['failed custom view'];
		});

		expect(breaks).toEqual([
			'Workflows that look for the status "alreadyUnblocked" of a record from Zoho CRM Unblock Email look in vain: none has it.',
			'Workflows that go on with a failed custom view from Zoho CRM Unblock Email get none any more.',
		]);
	});

	test('where a reason is dropped', () => {
		const { breaks } = edited(({ reasons }) => reasons.splice(reasons.indexOf('rateLimited'), 1));

		expect(breaks).toEqual([
			'Workflows that compare {{ $json.error.reason }} with "rateLimited" never take that branch again: no failure has this reason any more.',
		]);
	});

	test('where a node, or the version that a workflow holds, is gone', () => {
		expect(edited(({ nodes }) => delete nodes[CRM]).breaks).toEqual([
			`Workflows with Zoho CRM Unblock Email cannot run it: n8n finds no node of the type ${CRM} any more.`,
		]);
		const { breaks, adds } = edited(({ nodes }) => {
			const { versions } = nodes[CRM]!;
			versions[2] = versions[1]!;
			delete versions[1];
		});
		expect(breaks).toEqual([
			'Workflows that hold version 1 of Zoho CRM Unblock Email cannot run it: that version is gone.',
		]);
		expect(adds).toEqual(['There is a version 2 of Zoho CRM Unblock Email.']);
	});

	test('where a node is wired otherwise, takes another credential, or is no tool', () => {
		const { breaks } = editedNode((version) => {
			Object.assign(version, {
				outputs: ['main', 'main'],
				credentials: [],
				isTool: false,
				tool: {},
			});
		});

		expect(breaks).toEqual([
			'Workflows are wired to the outputs of Zoho CRM Unblock Email, which were main and are main,main now.',
			`Workflows that have chosen a credential of the type ${CREDENTIAL} in Zoho CRM Unblock Email stop working: it takes none any more.`,
			'Agents that have Zoho CRM Unblock Email as a tool lose it.',
			expect.stringMatching(/^Agents with a tool that sets toolDescription /),
			'Agents with a tool that sets recordIds of Zoho CRM Unblock Email lose it: it was of the type string and is gone now.',
		]);
	});
});
