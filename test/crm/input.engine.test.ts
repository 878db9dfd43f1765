import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { failure, recordIds, useStage } from '../support/stage';

const NODE = 'zohoCrmUnblockEmail';
const MODULE = { __rl: true, mode: 'name', value: '={{ $json.module }}' };

const stage = useStage();

const crm = () => stage.zoho.crm;

/** What was sent: the module, the fields and the ids of each call, in the order of arrival. */
const sent = () =>
	stage.zoho.calls('unblock').map(({ path, body }) => {
		const { unblock_fields, ids } = JSON.parse(body) as Record<string, string[]>;
		return [/v8\/([^/]+)\//.exec(path)?.[1], unblock_fields?.join(), ids];
	});

/** What came out of an output: item and record, with the reason where it failed. */
const told = (items: INodeExecutionData[]) =>
	items.map((item) => {
		const { item: index } = item.pairedItem as { item: number };
		const { id, reason } = 'error' in item.json ? failure(item) : item.json;
		return [index, id, reason].filter((part) => part !== undefined).join(' ');
	});

const [A = '', B = '', C = '', D = ''] = recordIds(4);

async function run(items: IDataObject[], parameters: INodeParameters = {}) {
	for (const module of ['Leads', 'Contacts']) crm().add(module, [A, B, C, D]);
	return await stage.run(NODE, items, { parameters, options: { maxParallelRequests: 1 } });
}

describe('record IDs', () => {
	it.each<[string, IDataObject[string], string[]]>([
		['one', A, [A]],
		['several separated by commas', `${A}, ${B},${C}`, [A, B, C]],
		['several separated by line breaks', `${A}\n${B}\r\n${C}\n`, [A, B, C]],
		['an array', [A, B], [A, B]],
		['an array of lists', [`${A},${B}`, C], [A, B, C]],
		['an array of numbers', [11, 12], ['11', '12']],
		['a number that kept its digits', 11, ['11']],
	])('may be %s', async (_, id, ids) => {
		crm().add('Leads', ['11', '12']);

		const { main, errors } = await run([{ id }]);

		expect(errors).toEqual([]);
		expect(told(main)).toEqual(ids.map((one) => `0 ${one}`));
		expect(sent()).toEqual([['Leads', 'Email', ids]]);
	});

	it('may be fixed, for every item the same and sent once', async () => {
		const { main } = await run([{ n: 1 }, { n: 2 }, { n: 3 }], { recordIds: `${A},${B}` });

		expect(told(main)).toEqual([`0 ${A}`, `0 ${B}`, `1 ${A}`, `1 ${B}`, `2 ${A}`, `2 ${B}`]);
		expect(sent()).toEqual([['Leads', 'Email', [A, B]]]);
	});

	it.each<[string, IDataObject[string], string]>([
		['empty', '', ''],
		['blank', ' \n', ''],
		['missing', undefined, ''],
		['null', null, ''],
		['an empty array', [], ''],
		['not numeric', 'lead', 'lead'],
		['a path', '../Contacts/11', '../Contacts/11'],
		['a number that lost digits', Number('2423488000000575001'), '2423488000000575000'],
		['a fraction', 1.5, '1.5'],
		['negative', -7, '-7'],
		['a boolean', true, 'true'],
		['an object', { id: A }, `{"id":"${A}"}`],
	])('that are %s cause no call, and leave the other items unharmed', async (_, id, shown) => {
		const { main, errors } = await run([{ id: A }, { id, name: 'Kim' }, { id: B }]);

		expect(told(main)).toEqual([`0 ${A}`, `2 ${B}`]);
		expect(errors).toHaveLength(1);
		expect(errors[0]?.json.name).toBe('Kim');
		expect(failure(errors[0])).toMatchObject({
			id: shown,
			module: 'Leads',
			code: 'NOT_SENT',
			reason: 'invalidRecordId',
			httpStatus: null,
			retryable: false,
		});
		expect(sent()).toEqual([['Leads', 'Email', [A, B]]]);
	});

	it('that all are bad cause no call at all', async () => {
		const { main, errors } = await run([{ id: 'x' }, { id: '' }]);

		expect(main).toEqual([]);
		expect(told(errors)).toEqual(['0 x invalidRecordId', '1  invalidRecordId']);
		expect(stage.zoho.requests).toEqual([]);
	});

	it('that are bad among good ones of one item fail alone', async () => {
		const { main, errors } = await run([{ id: `${A},x,${B}` }]);

		expect(told(main)).toEqual([`0 ${A}`, `0 ${B}`]);
		expect(told(errors)).toEqual(['0 x invalidRecordId']);
	});

	it.each([
		'$json.id.missing.deeper',
		"$('No Such Node').item.json.id",
		'(() => { throw new Error("no") })()',
	])('of an expression that fails for an item, %s, fail it and no other', async (failing) => {
		const { error, main, errors } = await run([{ good: A }, { id: null }, { good: B }], {
			recordIds: `={{ $json.good ? $json.good : ${failing} }}`,
		});

		expect(error).toBeUndefined();
		expect(told(main)).toEqual([`0 ${A}`, `2 ${B}`]);
		expect(told(errors)).toEqual(['1  invalidRecordId']);
	});

	it.each([
		'$input',
		'$workflow',
		'$now',
		'new Map()',
		'Symbol("x")',
		'[{ a: 1n }]',
		'() => 1',
		'Object.create(null)',
	])('of an odd expression, %s, fail every item and throw nothing', async (odd) => {
		const { error, main, errors } = await run([{ a: 1 }, { a: 2 }], { recordIds: `={{ ${odd} }}` });

		expect(error).toBeUndefined();
		expect(main).toEqual([]);
		expect(errors.map((item) => failure(item).reason)).toEqual([
			'invalidRecordId',
			'invalidRecordId',
		]);
		expect(stage.zoho.requests).toEqual([]);
	});
});

describe('duplicates', () => {
	it('are sent once, and every item that named the record gets its outcome', async () => {
		crm().style = 'mixed';
		const items = [{ id: A }, { id: `${B},99,${A},${B}` }, { id: '99' }, { id: A }];

		const { main, errors, hints } = await run(items);

		expect(told(main)).toEqual([`0 ${A}`, `1 ${B}`, `1 ${A}`, `3 ${A}`]);
		expect(told(errors)).toEqual(['1 99 recordNotFound', '2 99 recordNotFound']);
		expect(sent()).toEqual([['Leads', 'Email', [A, B, '99']]]);
		expect(hints[0]?.message).toContain('4 duplicates: each record was sent once.');
		expect(crm().get('Leads', A)?.timesUnblocked).toBe(1);
	});
});

describe('a module', () => {
	it('is Leads unless told otherwise', async () => {
		await run([{ id: A }]);

		expect(sent()).toEqual([['Leads', 'Email', [A]]]);
	});

	it.each(['list', 'name'])('is chosen in mode %s', async (mode) => {
		const { main } = await run([{ id: A }], {
			module: { __rl: true, mode, value: 'Contacts' },
		});

		expect(main[0]?.json).toMatchObject({ id: A, module: 'Contacts', status: 'unblocked' });
		expect(sent()).toEqual([['Contacts', 'Email', [A]]]);
	});

	it.each([
		['', '"" cannot be the API name of a module.'],
		['Sales Orders', '"Sales Orders" cannot be the API name of a module.'],
		['../settings', '"../settings" cannot be the API name of a module.'],
		['Leads/1/actions', '"Leads/1/actions" cannot be the API name of a module.'],
		['Leads?x=', '"Leads?x=" cannot be the API name of a module.'],
		[null, 'nothing cannot be the API name of a module.'],
		[7, '7 cannot be the API name of a module.'],
		[{ a: 1 }, '{"a":1} cannot be the API name of a module.'],
	])('that can be none, %j, causes no call', async (module, message) => {
		const { main, errors } = await run(
			[
				{ id: A, module: 'Leads' },
				{ id: B, module },
			],
			{ module: MODULE },
		);

		expect(told(main)).toEqual([`0 ${A}`]);
		expect(errors).toHaveLength(1);
		expect(failure(errors[0])).toMatchObject({ id: B, reason: 'invalidModule', message });
		expect(failure(errors[0]).resolution).toContain('Pick it from the list');
		expect(sent()).toEqual([['Leads', 'Email', [A]]]);
	});
});

describe('fields', () => {
	it.each<IDataObject[string]>([[], '', null, undefined, [''], 7])(
		'that are none, as %j, cause no call',
		async (fields) => {
			const { main, errors } = await run(
				[
					{ id: A, fields: ['Email'] },
					{ id: B, fields },
				],
				{
					unblockFields: '={{ $json.fields }}',
				},
			);

			expect(told(main)).toEqual([`0 ${A}`]);
			expect(told(errors)).toEqual([`1 ${B} missingField`]);
			expect(failure(errors[0]).message).toBe('No field to unblock is chosen.');
			expect(sent()).toEqual([['Leads', 'Email', [A]]]);
		},
	);

	it('that Zoho does not know fail their own group only', async () => {
		const { main, errors } = await run(
			[
				{ id: A, fields: ['Phone'] },
				{ id: B, fields: ['Email'] },
			],
			{ unblockFields: '={{ $json.fields }}' },
		);

		expect(told(main)).toEqual([`1 ${B}`]);
		expect(told(errors)).toEqual([`0 ${A} unknownField`]);
	});
});

describe('items that differ in module and fields', () => {
	const items = [
		{ id: A, module: 'Leads', fields: ['Email'] },
		{ id: A, module: 'Contacts', fields: ['Email'] },
		{ id: B, module: ' Leads ', fields: 'Email' },
		{ id: C, module: 'Leads', fields: ['Secondary_Email', 'Email'] },
		{ id: D, module: 'Leads', fields: ['Email', 'Secondary_Email'] },
		{ id: B, module: 'Contacts', fields: ['Email'] },
	];
	const parameters = { module: MODULE, unblockFields: '={{ $json.fields }}' };

	it('are sent group by group, and come back in their own order', async () => {
		const { main } = await run(items, parameters);

		expect(sent()).toEqual([
			['Leads', 'Email', [A, B]],
			['Contacts', 'Email', [A, B]],
			['Leads', 'Email,Secondary_Email', [C, D]],
		]);
		expect(
			main.map(({ json, pairedItem }) => [json.id, json.module, json.fields, pairedItem]),
		).toEqual(
			items.map(({ id, module, fields }, item) => [
				id,
				module.trim(),
				[fields].flat().sort(),
				{ item },
			]),
		);
	});

	it('are batched inside their group', async () => {
		const ids = recordIds(1_200);
		for (const module of ['Leads', 'Contacts']) crm().add(module, ids);

		const { main } = await stage.run(
			NODE,
			ids.map((id, i) => ({ id, module: i % 3 === 0 ? 'Contacts' : 'Leads' })),
			{ parameters: { module: MODULE } },
		);

		expect(main.map(({ json }) => json.id)).toEqual(ids);
		const sizes = sent().map(([module, , some]) => `${String(module)} ${some?.length ?? 0}`);
		expect(sizes.sort()).toEqual(['Contacts 400', 'Leads 300', 'Leads 500']);
	});
});
