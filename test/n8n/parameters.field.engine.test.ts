/** A field of the item is read as n8n itself would read it: value for value, in every engine. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { parameterReader } from '../../nodes/n8n/parameters';
import { createEngine, type Engine } from '../engine';
import { fc } from '../support/fc';

let engine: Engine;
/** What the two ways came to, item for item: a value, or the words of what was thrown. */
let ways: Array<[ours: unknown, n8ns: unknown]> = [];

const resultOf = (read: () => unknown): unknown => {
	try {
		return read();
	} catch (error) {
		return `threw ${(error as Error).message}`;
	}
};

const reader: INodeType = {
	description: {
		name: 'reader',
		displayName: 'Reader',
		version: 1,
		group: [],
		description: 'Reads a parameter in two ways',
		defaults: {},
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Value', name: 'value', type: 'string', default: '' }],
	},
	async execute(this: IExecuteFunctions) {
		const read = parameterReader(this, 'value');
		ways = this.getInputData().map((_, item) => [
			resultOf(() => read(item)),
			resultOf(() => this.getNodeParameter('value', item)),
		]);
		return [[]];
	},
};

beforeAll(async () => {
	engine = await createEngine({ extraNodes: { 'test.reader': reader } });
});

async function readBoth(
	expression: string,
	items: Array<IDataObject | INodeExecutionData>,
	rest = {},
) {
	ways = [];
	await engine.run({
		items,
		node: { type: 'test.reader', parameters: { value: expression }, ...rest },
	});
	return ways;
}

const text = fc.oneof(
	fc.string({ unit: 'grapheme' }),
	fc.constantFrom(
		'',
		' ',
		'={{ 1 + 1 }}',
		'{{ $json.id }}',
		'=x',
		'true',
		'null',
		'2423488000000575001',
		'2026-12-01T00:00:00.000Z',
		'[1,2]',
		'{"a":1}',
		'a\nb',
		'\ud800',
		'__proto__',
	),
);
const value = fc.oneof(
	{ weight: 3, arbitrary: text },
	fc.constantFrom<unknown>(0, -1, 1.5, 1e21, true, false, null, undefined, new Date(0)),
	fc.constant({ toString: 'x' }),
	fc.constant({ a: { b: 'c' } }),
	fc.constant([]),
	fc.constant(['a', 1]),
);

const NAMES = [
	'id',
	'email',
	'Record Id',
	'a.b',
	'a-b',
	'_x',
	'x1',
	'length',
	'class',
	'await',
	'e-mail',
	'Adresse é',
	'constructor',
	'__proto__',
	'prototype',
	'caller',
	'callee',
	'binding',
	'arguments',
	'toString',
	'hasOwnProperty',
	'the caller',
	'__sanitize',
];

const spellings = (name: string) => [
	`={{ $json[${JSON.stringify(name)}] }}`,
	`={{$json['${name}']}}`,
	...(/^[A-Za-z_$][\w$]*$/.test(name) ? [`={{ $json.${name} }}`, `={{$json.${name}}}`] : []),
];

/** An item that holds a value under a name of its own, `__proto__` as well. */
function itemWith(name: string, held: unknown): IDataObject {
	const json: IDataObject = { other: 'other' };
	Object.defineProperty(json, name, {
		value: held,
		enumerable: true,
		configurable: true,
		writable: true,
	});
	return json;
}

describe('a parameter that is one field of the item', () => {
	it('is what n8n would read, whatever the item holds there', async () => {
		let tried = 0;
		const perRun = fc.array(fc.option(value, { nil: 'missing' as unknown }), {
			minLength: 10,
			maxLength: 30,
		});
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...NAMES.flatMap(spellings)),
				perRun,
				async (expression, held) => {
					const name = NAMES.find((one) => spellings(one).includes(expression))!;
					const items = held.map((one) =>
						one === 'missing' ? ({ other: 1 } as IDataObject) : itemWith(name, one),
					);
					const both = await readBoth(expression, items);

					expect(both).toHaveLength(items.length);
					for (const [ours, n8ns] of both) expect(ours).toEqual(n8ns);
					tried += both.length;
				},
			),
			{ numRuns: 40 },
		);
		expect(tried).toBeGreaterThan(400);
	});

	it.each([
		'={{ $json.id + "" }}',
		'={{ $json.id }} ',
		' ={{ $json.id }}',
		'={{ $json.id.trim() }}',
		'={{ $json["i" + "d"] }}',
		'={{ $json?.id }}',
		'={{ $json.nested.id }}',
		'={{ $json["nested"]["id"] }}',
		'=a{{ $json.id }}',
		'={{ $json.id }}{{ $json.id }}',
		'={{ /* id */ $json.id }}',
		'={{ $json["a\\"b"] }}',
		"={{ $json['a\\'b'] }}",
		'={{ $json[id] }}',
		'={{ $json[0] }}',
		'={{ $JSON.id }}',
		'={{ $json.$ }}',
		'$json.id',
	])('is told from what is more than that: %s', async (expression) => {
		const items = [{ id: ' a ', nested: { id: 'n' }, 'a"b': 'q', "a'b": 's', 0: 'zero', $: 'd' }];

		for (const [ours, n8ns] of await readBoth(expression, items)) expect(ours).toEqual(n8ns);
		expect(ways).toHaveLength(1);
	});

	it('is that of each item with Execute Once and with pinned data, too', async () => {
		const items = [{ id: 'a' }, { id: 'b' }];

		expect(await readBoth('={{ $json.id }}', items)).toEqual([
			['a', 'a'],
			['b', 'b'],
		]);
		expect(await readBoth('={{ $json.id }}', items, { executeOnce: true })).toEqual([['a', 'a']]);
	});

	it('costs n8n nothing where every item holds a text', async () => {
		const context = {
			getNode: () => ({ parameters: { value: '={{ $json.id }}' } }),
			getInputData: () => [{ json: { id: 'a' } }],
			getNodeParameter: () => {
				throw new Error('n8n was asked');
			},
		} as unknown as IExecuteFunctions;

		expect(parameterReader(context, 'value')(0)).toBe('a');
	});
});
