import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { parameterReader } from '../../nodes/n8n/parameters';

/** Reads a parameter of an item: the item's own text, or `n8n` where n8n was asked. */
function read(parameter: unknown, json: IDataObject | undefined): unknown {
	const context = {
		getNode: () => ({ parameters: { it: parameter } }),
		getInputData: () => (json === undefined ? [] : [{ json }]),
		getNodeParameter: () => 'n8n',
	} as unknown as IExecuteFunctions;
	return parameterReader(context, 'it')(0);
}

const ITEM = { id: 'own', 'Record Id': 'own', _1: 'own', number: 1, empty: '', none: null };

// That n8n comes to the same is held by parameters.field.engine.test.ts, in each engine.
it.each([
	'={{ $json.id }}',
	'={{$json.id}}',
	'={{  $json.id  }}',
	'={{ $json._1 }}',
	'={{ $json["Record Id"] }}',
	"={{ $json['Record Id'] }}",
	'={{ $json[ "id" ] }}',
	"={{ $json[ 'id' ] }}",
])('the text that an item holds in its field is taken from it: %s', (parameter) => {
	expect(read(parameter, ITEM)).toBe('own');
});

it('an empty text of the item is its text', () => {
	expect(read('={{ $json.empty }}', ITEM)).toBe('');
});

it.each([
	'id',
	'{{ $json.id }}',
	'={{ $json.id }} ',
	' ={{ $json.id }}',
	'={{ $json.id.id }}',
	'={{ $json.id }}{{ $json.id }}',
	'={{ $json["id"].id }}',
	'={{ $json[\'id"] }}',
	'={{ $json["i\\d"] }}',
	'={{ $json[""] }}',
	"={{ $json[''] }}",
	'={{ $json.1 }}',
	'={{ json.id }}',
	'={{ $json.number }}',
	'={{ $json.none }}',
	'={{ $json.missing }}',
	'={{ $json.toString }}',
	'={{ $json["constructor"] }}',
	'={{ $json.caller }}',
])('anything else is asked of n8n: %s', (parameter) => {
	const forbidden = { constructor: 'own', caller: 'own', '': 'own', 'i\\d': 'own', 'id"': 'own' };
	expect(read(parameter, { ...ITEM, ...forbidden })).toBe('n8n');
});

it('where the parameter is no text, or there is no item, n8n is asked', () => {
	expect(read(['={{ $json.id }}'], ITEM)).toBe('n8n');
	expect(read(undefined, ITEM)).toBe('n8n');
	expect(read('={{ $json.id }}', undefined)).toBe('n8n');
});
