import type { IDataObject } from 'n8n-workflow';
import { failure, recordIds } from '../support/stage';
import { A, B, C, D, NODE, told, useInput } from './inputStage';

const MODULE = { __rl: true, mode: 'name', value: '={{ $json.module }}' };

const { stage, sent, run } = useInput();

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
		for (const module of ['Leads', 'Contacts']) stage.zoho.crm.add(module, ids);

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
