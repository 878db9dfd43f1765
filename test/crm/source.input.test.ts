/** What an item names, as n8n resolves the parameters: one that cannot be resolved costs its own item only. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { inputReader, viewInputReader } from '../../nodes/ZohoCrmUnblockEmail/source';

/** A node whose parameters are as given; a function stands for an expression that reads its item. */
function contextOf(given: Record<string, unknown>) {
	const parameters = Object.fromEntries(
		Object.entries(given).map(([name, value]) => [
			name,
			typeof value === 'function' ? '={{ $json.x }}' : value,
		]),
	);
	const context = {
		getInputData: () => [],
		getNode: () => ({ parameters }),
		getNodeParameter: (
			name: string,
			item: number,
			byDefault: unknown,
			{ extractValue = false },
		) => {
			const value = given[name] ?? byDefault;
			const read: unknown = typeof value === 'function' ? value(item) : value;
			return extractValue ? `value of ${String(read)}` : read;
		},
	};
	return context as unknown as IExecuteFunctions;
}

const fails = () => {
	throw new Error('no such field');
};

const GIVEN = { recordIds: '11', customView: '87', module: 'Leads', unblockFields: ['Email'] };

describe('an item', () => {
	it('names its records, the module by the value of its list, and the fields', () => {
		expect(inputReader(contextOf(GIVEN))(0)).toEqual({
			recordIds: '11',
			module: 'value of Leads',
			unblockFields: ['Email'],
		});
	});

	it('names its custom view by the value of its list', () => {
		expect(viewInputReader(contextOf(GIVEN))(0)).toEqual({
			customView: 'value of 87',
			limit: 50,
			module: 'value of Leads',
			unblockFields: ['Email'],
		});
	});

	it.each([
		[{ returnAll: true, limit: 0 }, Infinity],
		[{ returnAll: false, limit: 1 }, 1],
		[{ limit: '7' }, 7],
		[{ limit: 100_001 }, 100_001],
		[{ returnAll: (item: number) => item === 1, limit: (item: number) => 10 + item }, 10],
	])('asks with %j for so many records: %d', (given, limit) => {
		expect(viewInputReader(contextOf({ ...GIVEN, ...given }))(0)).toMatchObject({ limit });
	});

	it.each([
		[{ limit: 0 }, '"Limit" takes a whole number of 1 or more, and is 0.'],
		[{ limit: -1 }, '"Limit" takes a whole number of 1 or more, and is -1.'],
		[{ limit: 2.5 }, '"Limit" takes a whole number of 1 or more, and is 2.5.'],
		[{ limit: () => NaN }, '"Limit" takes a whole number of 1 or more, and is NaN.'],
		[{ limit: Infinity }, '"Limit" takes a whole number of 1 or more, and is Infinity.'],
		[{ limit: 'all' }, '"Limit" takes a whole number of 1 or more, and is "all".'],
		[{ limit: '' }, '"Limit" takes a whole number of 1 or more, and is "".'],
		[{ limit: () => null }, '"Limit" takes a whole number of 1 or more, and is empty.'],
		[{ limit: [5] }, '"Limit" takes a whole number of 1 or more, and is [5].'],
		[{ returnAll: 'false' }, '"Return All" takes true or false, and is "false".'],
		[{ returnAll: () => 1 }, '"Return All" takes true or false, and is 1.'],
		[{ limit: fails }, 'An expression could not be resolved: no such field'],
	])('asks with %j for nothing that can be given, and says so', (given, message) => {
		const { limit, failure } = viewInputReader(contextOf({ ...GIVEN, ...given }))(0);

		expect(limit).toBe(0);
		expect(failure).toMatchObject({ reason: 'invalidRequest', reach: 'record', retryable: false });
		expect(failure?.message).toContain(message);
	});

	it('is read by itself where a parameter is an expression', () => {
		const read = inputReader(contextOf({ ...GIVEN, recordIds: (item: number) => `1${item}` }));

		expect([0, 1].map((item) => read(item).recordIds)).toEqual(['10', '11']);
	});

	it.each([
		[
			'recordIds',
			'invalidRecordId',
			{ recordIds: '', module: 'value of Leads', unblockFields: ['Email'] },
		],
		['module', 'invalidModule', { recordIds: '11', module: '', unblockFields: ['Email'] }],
		[
			'unblockFields',
			'unknownField',
			{ recordIds: '11', module: 'value of Leads', unblockFields: '' },
		],
	])('whose %s cannot be resolved says so: %s', (name, reason, input) => {
		const { failure, ...rest } = inputReader(contextOf({ ...GIVEN, [name]: fails }))(0);

		expect(rest).toEqual(input);
		expect(failure).toMatchObject({
			reason,
			message: 'An expression could not be resolved: no such field',
		});
	});

	it('whose custom view cannot be resolved says so', () => {
		const { failure, customView } = viewInputReader(contextOf({ ...GIVEN, customView: fails }))(0);

		expect([failure?.reason, customView]).toEqual(['invalidRequest', '']);
	});
});
