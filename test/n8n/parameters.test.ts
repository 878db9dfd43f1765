import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { parameterReader, readOptions } from '../../nodes/n8n/parameters';

/** A context that has these parameters, answers for each item with `read`, and counts the readings. */
function contextWith(parameters: IDataObject, read: (name: string, item: number) => unknown) {
	const readings: Array<[string, number]> = [];
	const context = {
		getNode: () => ({ parameters }),
		getInputData: () => [],
		getNodeParameter: (name: string, item: number) => {
			readings.push([name, item]);
			return read(name, item);
		},
	} as unknown as IExecuteFunctions;
	return { context, readings };
}

const items = [0, 1, 2, 3];

describe('a parameter', () => {
	it('that is an expression is read once an item', () => {
		const { context, readings } = contextWith({ id: '={{ $json.id }}' }, (_, item) => item * 2);

		expect(items.map(parameterReader(context, 'id'))).toEqual([0, 2, 4, 6]);
		expect(readings).toHaveLength(4);
	});

	it.each<[string, IDataObject[string]]>([
		['in a resource locator', { __rl: true, mode: 'name', value: '={{ $json.module }}' }],
		['in an array', ['Email', '={{ $json.field }}']],
	])('that holds an expression %s is read once an item', (_, value) => {
		const { context, readings } = contextWith({ it: value }, (_name, item) => item);

		expect(items.map(parameterReader(context, 'it'))).toEqual(items);
		expect(readings).toHaveLength(4);
	});

	it.each<[string, IDataObject[string]]>([
		['a text', '11'],
		['a text with an equals sign in it', 'a=b'],
		['a resource locator', { __rl: true, mode: 'list', value: 'Leads' }],
		['an array', ['Email']],
		['left out', undefined],
	])('that is %s is read once for all items', (_, value) => {
		const { context, readings } = contextWith({ it: value }, () => 'value');

		expect(items.map(parameterReader(context, 'it'))).toEqual(Array(4).fill('value'));
		expect(readings).toEqual([['it', 0]]);
	});

	it('that is read once may be nothing', () => {
		const { context, readings } = contextWith({ it: null }, () => undefined);

		expect(items.map(parameterReader(context, 'it'))).toEqual(Array(4).fill(undefined));
		expect(readings).toHaveLength(1);
	});

	it.each([
		[{ extractValue: true }, [{ mode: 'name', value: 'Leads' }, true]],
		[undefined, [{ mode: 'name', value: 'Leads' }, false]],
	])('is read by its value alone only where that is asked for: %p', (how, found) => {
		const it = { mode: 'name', value: 'Leads' };
		const context = {
			getNode: () => ({ parameters: { it } }),
			getNodeParameter: (...args: unknown[]) => [it, (args[3] as IDataObject).extractValue],
		} as unknown as IExecuteFunctions;

		expect(parameterReader(context, 'it', how)(0)).toEqual(found);
	});

	it('is not read before somebody asks', () => {
		const { context, readings } = contextWith({ it: 'x' }, () => 'x');
		parameterReader(context, 'it');

		expect(readings).toEqual([]);
	});
});

describe('options', () => {
	const described: INodeProperties[] = [
		{
			displayName: 'Size',
			name: 'size',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 500, numberPrecision: 0 },
			default: 500,
		},
		{
			displayName: 'Pause',
			name: 'pause',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 1.5,
		},
		{ displayName: 'Shift', name: 'shift', type: 'number', default: 0 },
		{
			displayName: 'Format',
			name: 'format',
			type: 'options',
			options: [
				{ name: 'JSON', value: 'json' },
				{ name: 'XML', value: 'xml' },
			],
			default: 'json',
		},
	];
	const read = (given: IDataObject) =>
		readOptions<object>(contextWith({}, () => given).context, described);

	it('have their defaults where they are left out', () => {
		expect(read({})).toEqual({ options: { size: 500, pause: 1.5, shift: 0, format: 'json' } });
	});

	it('may be numbers as text, since expressions yield these', () => {
		expect(read({ size: '7', pause: ' 0.5 ', shift: '-5', format: 'xml' })).toEqual({
			options: { size: 7, pause: 0.5, shift: -5, format: 'xml' },
		});
	});

	it.each([{ size: 1 }, { size: 500 }, { pause: 0 }, { shift: -5 }, { shift: 5.5 }])(
		'may be at the ends of their range, or where they have none, as %j',
		(given) => {
			expect(read(given).problem).toBeUndefined();
			expect(read(given).options).toMatchObject(given);
		},
	);

	it.each<[IDataObject, string]>([
		[{ size: 0 }, 'The option "Size" takes a whole number from 1 to 500, and is 0.'],
		[{ size: 501 }, 'The option "Size" takes a whole number from 1 to 500, and is 501.'],
		[{ size: 1.5 }, 'The option "Size" takes a whole number from 1 to 500, and is 1.5.'],
		[{ size: 'many' }, 'The option "Size" takes a whole number from 1 to 500, and is "many".'],
		[{ size: '' }, 'The option "Size" takes a whole number from 1 to 500, and is "".'],
		[{ size: true }, 'The option "Size" takes a whole number from 1 to 500, and is true.'],
		[{ size: [7] }, 'The option "Size" takes a whole number from 1 to 500, and is [7].'],
		[{ pause: '' }, 'The option "Pause" takes a number of 0 or more, and is "".'],
		[{ pause: ' ' }, 'The option "Pause" takes a number of 0 or more, and is " ".'],
		[{ pause: -1 }, 'The option "Pause" takes a number of 0 or more, and is -1.'],
		[{ format: 'csv' }, 'The option "Format" takes one of json, xml, and is "csv".'],
		[{ format: 7 }, 'The option "Format" takes one of json, xml, and is 7.'],
	])('out of their range, as %j, are a failure that says what they take', (given, message) => {
		expect(read(given)).toMatchObject({
			options: { size: 500, pause: 1.5, shift: 0, format: 'json' },
			problem: {
				reason: 'invalidRequest',
				reach: 'call',
				message,
				resolution: 'Correct the option, or the expression that it comes from.',
			},
		});
	});

	it.each([NaN, Infinity, -Infinity])('cannot be %p', (size) => {
		expect(read({ size }).problem?.reason).toBe('invalidRequest');
		expect(read({ pause: size }).problem?.reason).toBe('invalidRequest');
	});

	it('from an expression that cannot be resolved are a failure too', () => {
		const { context } = contextWith({}, () => {
			throw new Error('no such node');
		});

		expect(readOptions(context, described).problem).toMatchObject({
			reason: 'invalidRequest',
			message: 'An expression could not be resolved: no such node',
			resolution: 'Correct the expression, or the item that it reads from.',
		});
	});
});
