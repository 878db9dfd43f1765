import type { IDataObject } from 'n8n-workflow';
import { failure } from '../support/stage';
import { A, B, C, told, useInput } from './inputStage';

const { stage, sent, run } = useInput();

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
		stage.zoho.crm.add('Leads', ['11', '12']);

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
		stage.zoho.crm.style = 'mixed';
		const items = [{ id: A }, { id: `${B},99,${A},${B}` }, { id: '99' }, { id: A }];

		const { main, errors, hints } = await run(items);

		expect(told(main)).toEqual([`0 ${A}`, `1 ${B}`, `1 ${A}`, `3 ${A}`]);
		expect(told(errors)).toEqual(['1 99 recordNotFound', '2 99 recordNotFound']);
		expect(sent()).toEqual([['Leads', 'Email', [A, B, '99']]]);
		expect(hints[0]?.message).toContain('4 duplicates: each record was sent once.');
		expect(stage.zoho.crm.get('Leads', A)?.timesUnblocked).toBe(1);
	});
});
