import type { Input } from '../../nodes/ZohoCrmUnblockEmail/records';
import { collect, leads } from './collect';

/** What becomes of a record ID that was a number in JSON. */
const LOST_DIGITS = Number('2423488000000575001');

/** What items of Leads name: `item:id`, with the reason where no call is made for it. */
const named = (...recordIds: unknown[]) =>
	collect(recordIds.map(leads)).named.map(({ item, id, failure }) =>
		failure ? `${item}:${id} ${failure.reason}` : `${item}:${id}`,
	);

const messageFor = (input: Input) => collect([input]).named[0]?.failure?.message;

describe('what is named again', () => {
	it('counts as a duplicate only where it would have been sent', () => {
		expect(collect([leads('11,x,x'), leads('11,12')]).duplicates).toBe(1);
		expect(named('11,x,x', '11,12')).toEqual(['0:11', '0:x invalidRecordId', '1:11', '1:12']);
	});

	it('has one result in its item, whichever place it is named in', () => {
		expect(named('11,12,11')).toEqual(['0:11', '0:12']);
	});
});

describe('fields', () => {
	it('in a list within an array are the same as each on its own', () => {
		const asOne = { ...leads('11'), unblockFields: ['Secondary_Email,Email'] };
		const asTwo = { ...leads('12'), unblockFields: ['Email', 'Secondary_Email'] };

		expect(collect([asOne, asTwo]).groups).toMatchObject([
			{ fields: ['Email', 'Secondary_Email'], ids: ['11', '12'] },
		]);
	});
});

describe('record IDs', () => {
	it.each<[string, unknown, string[]]>([
		['one in text', '11', ['11']],
		['one with white space around', ' \t11\n', ['11']],
		['several separated by commas', '11, 12,13', ['11', '12', '13']],
		[
			'several separated by line breaks of any system',
			'11\n12\r\n13\r14',
			['11', '12', '13', '14'],
		],
		['commas too many', ',11,,12,', ['11', '12']],
		['a number that has kept its digits', 575001, ['575001']],
		['a big integer', 2423488000000575001n, ['2423488000000575001']],
		['an array of texts', ['11', '12'], ['11', '12']],
		['an array of numbers', [11, 12], ['11', '12']],
		['an array of lists and arrays', ['11,12', [13, ['14']]], ['11', '12', '13', '14']],
		['more digits than any ID has today', '1'.repeat(25), ['1'.repeat(25)]],
	])('may be %s', (_, value, ids) => {
		expect(named(value)).toEqual(ids.map((id) => `0:${id}`));
	});

	const notJson = () => {
		throw new Error('no JSON');
	};
	it.each<[string, unknown, string]>([
		['empty', '', ''],
		['blank', ' \n ', ''],
		['commas alone', ',,', ''],
		['an empty array', [], ''],
		['an array of holes', new Array(1), ''],
		['null', null, ''],
		['nothing', undefined, ''],
		['letters', 'abc', 'abc'],
		['digits with letters', '12a', '12a'],
		['a path', '../Contacts/11', '../Contacts/11'],
		['a query', '11?x=1', '11?x=1'],
		['digits of another alphabet', '١٢٣', '١٢٣'],
		['a negative number', -5, '-5'],
		['a fraction', 1.5, '1.5'],
		['no number', NaN, 'NaN'],
		['an endless number', Infinity, 'Infinity'],
		['a boolean', true, 'true'],
		['an object', { id: '11' }, '{"id":"11"}'],
		['an object that JSON cannot hold', { toJSON: notJson }, 'object'],
		['a function', () => '11', 'function'],
		['a symbol', Symbol('11'), 'symbol'],
		['a number that has lost digits', LOST_DIGITS, '2423488000000575000'],
		['a number beyond digits', 1e21, '1e+21'],
	])('that are %s cause no call', (_, value, shown) => {
		const { groups } = collect([leads(value)]);

		expect(named(value)).toEqual([`0:${shown} invalidRecordId`]);
		expect(groups).toEqual([]);
	});

	it('that lost digits on the way are told apart from those that never were one', () => {
		expect(messageFor(leads(LOST_DIGITS))).toContain('numbers of this size lose digits');
		expect(messageFor(leads(1.5))).toBe('"1.5" is not a record ID.');
		expect(messageFor(leads(''))).toBe('The record ID is empty.');
	});

	it('that lost digits say how to keep them', () => {
		const [record] = collect([leads(LOST_DIGITS)]).named;

		expect(record?.failure?.resolution).toContain('Keep record IDs as text from their source on');
	});

	it.each(['xzcrm_11', 'zcrm_11x', 'zcrm_', 'zcrm_zcrm_11'])(
		'that only look like those of exports are not: %s',
		(id) => {
			expect(named(id)).toEqual([`0:${id} invalidRecordId`]);
		},
	);

	it('that are bad are told of to a run that stops at a failure, before it sends anything', () => {
		expect([leads('x'), leads('11')].map((input) => collect([input]).hasBadInput)).toEqual([
			true,
			false,
		]);
	});

	it.each<[string, unknown, string[]]>([
		["with the prefix of Zoho CRM's exports", 'zcrm_2423488000000575001', ['2423488000000575001']],
		['with that prefix in a list', 'zcrm_11, ZCRM_12\nzcrm_11', ['11', '12']],
		['a JSON array as text', '["11", "12"]', ['11', '12']],
		[
			'numbers in it, digit for digit',
			' [2423488000000575001,\n 2423488000000575003 ] ',
			['2423488000000575001', '2423488000000575003'],
		],
		['arrays in it, and lists', '[[11], "12,zcrm_13", ["[14]"]]', ['11', '12', '13', '14']],
		['JSON arrays in an array', ['[11,12]', '13'], ['11', '12', '13']],
		['with characters around that show nothing', '\u200b11\ufeff, \u00a012', ['11', '12']],
	])('are taken as people have them: %s', (_, value, ids) => {
		expect(named(value)).toEqual(ids.map((id) => `0:${id}`));
	});

	it.each<[string, unknown, string[]]>([
		['commas', '2,423,488,000,000,575,001', ['2,423,488,000,000,575,001']],
		['spaces', '2 423 488 000 000 575 001', ['2 423 488 000 000 575 001']],
		['narrow spaces', '2\u202f423\u202f488\u202f000', ['2\u202f423\u202f488\u202f000']],
		['in several lines', '2,423,488,000\n2,423,488,001', ['2,423,488,000', '2,423,488,001']],
		['in a list', '2,423,488,000, 2,423,488,001', ['2,423,488,000', '2,423,488,001']],
		['in an array', ['123,456,789,012'], ['123,456,789,012']],
		['by commas and spaces', '2, 423, 488, 000, 575', ['2, 423, 488, 000, 575']],
		['as in India', '2,42,34,88,00,57,501', ['2,42,34,88,00,57,501']],
		["behind the prefix of Zoho's exports", 'zcrm_2,423,488,000', ['zcrm_2,423,488,000']],
		['in brackets', '[2,423,488,000,575]', ['[2,423,488,000,575]']],
		['in quotes', '"2,423,488,000"', ['"2,423,488,000"']],
		['behind a sign for money', '$2,423,488,000', ['$2,423,488,000']],
	])(
		'with their digits in groups, by %s, are one ID each, and none of its parts',
		(_, value, ids) => {
			expect(named(value)).toEqual(ids.map((id) => `0:${id} invalidRecordId`));
			expect(messageFor(leads(value))).toBe(
				`The record ID ${ids[0]} is one number with its digits in groups.`,
			);
		},
	);

	it('of fewer groups, or of other sizes, are a list as ever', () => {
		expect(named('123,456,789', '1234,567,890,123')).toEqual([
			'0:123',
			'0:456',
			'0:789',
			'1:1234',
			'1:567',
			'1:890',
			'1:123',
		]);
	});

	it('beside a number in groups keep their own results', () => {
		expect(named('2423488000000575001, 2,423,488,000,zcrm_11')).toEqual([
			'0:2423488000000575001',
			'0:2,423,488,000 invalidRecordId',
			'0:11',
		]);
	});

	it('that hold a character that is not seen say where', () => {
		expect(messageFor(leads('2423488\u200b000000575001'))).toContain('(U+200B, character 8)');
	});

	it.each<[string, unknown]>([
		['a list in JSON whose text never ends', `["${'\\"'.repeat(500_000)}`],
		[
			'an object whose parts are the same one',
			Array.from({ length: 60 }).reduce<unknown>((o) => ({ a: o, b: o }), {}),
		],
	])('that would take hours to read cost nothing: %s', (_, value) => {
		expect(named(value, '11')).toHaveLength(2);
	});

	it('that a spreadsheet has rounded are told so', () => {
		expect(messageFor(leads('2.42349E+18'))).toBe(
			'The record ID 2.42349E+18 is a rounded number: a spreadsheet has cut its digits.',
		);
	});

	it('of more than 25 digits are none, and do not fill the message', () => {
		const [record] = collect([leads('7'.repeat(1_000_000))]).named;

		expect(record?.failure?.message).toBe(
			`The record ID ${'7'.repeat(100)}… has 1000000 digits, and IDs have at most 25.`,
		);
		expect(record?.id).toHaveLength(101);
		expect(named('1'.repeat(25), '1'.repeat(26))).toEqual([
			`0:${'1'.repeat(25)}`,
			`1:${'1'.repeat(26)} invalidRecordId`,
		]);
	});

	const nested = (depth: number, inside: unknown): unknown => {
		let value = inside;
		for (let level = 0; level < depth; level++) value = [value];
		return value;
	};
	const cyclic: unknown[] = ['11'];
	cyclic.push(cyclic, [cyclic, '12']);
	const doubled = Array.from({ length: 60 }).reduce<unknown>((inside) => [inside, inside], '11');
	const endless: unknown[] = [];
	endless.push(endless);
	const sparse: unknown[] = ['11'];
	sparse.length = 4_000_000_000;

	it.each<[string, unknown, string[]]>([
		['2,200 deep', nested(2_200, '11'), ['0:11']],
		['100,000 deep', nested(100_000, '11'), ['0:11']],
		['in JSON, 100,000 deep', `${'['.repeat(100_000)}11${']'.repeat(100_000)}`, ['0:11']],
		['in a list that holds itself', cyclic, ['0:11', '0:12']],
		['in a list that holds nothing but itself', endless, ['0: invalidRecordId']],
		['in lists that hold one another twice', doubled, ['0:11']],
		['in a list of four billion holes', sparse, ['0:11', '0: invalidRecordId']],
	])('are read wherever they are, and only once: %s', (_, value, results) => {
		expect(named(value, '13')).toEqual([...results, '1:13']);
	});

	it.each<[string, unknown]>([
		['objects', [{ a: 1 }, { b: 2 }, { c: 3 }]],
		['nothing', [null, undefined, '', []]],
		['flags', [true, false, [true]]],
	])('that name nothing readable are one failure of their item: %s', (_, value) => {
		expect(collect([leads(value), leads('11')]).named.map(({ item }) => item)).toEqual([0, 1]);
	});

	it('that are bad leave the good ones beside them alone', () => {
		expect(named('11,x,12', ['', 13])).toEqual([
			'0:11',
			'0:x invalidRecordId',
			'0:12',
			'1: invalidRecordId',
			'1:13',
		]);
	});
});

describe('duplicates', () => {
	it('within an item are one result of it', () => {
		const { named, groups, duplicates } = collect([leads('11,12,11'), leads(['13', 13])]);

		expect(named.map(({ item, id }) => [item, id])).toEqual([
			[0, '11'],
			[0, '12'],
			[1, '13'],
		]);
		expect(groups.map(({ ids }) => ids)).toEqual([['11', '12', '13']]);
		expect(duplicates).toBe(2);
	});

	it('in several items are a result of each, and sent once', () => {
		const { named, groups, duplicates } = collect([leads('11'), leads('12,11'), leads('11')]);

		expect(named.map(({ item, id }) => [item, id])).toEqual([
			[0, '11'],
			[1, '12'],
			[1, '11'],
			[2, '11'],
		]);
		expect(groups.map(({ ids }) => ids)).toEqual([['11', '12']]);
		expect(duplicates).toBe(2);
	});

	it('in another module, or for other fields, are none', () => {
		const { groups, duplicates } = collect([
			leads('11'),
			{ ...leads('11'), module: 'Contacts' },
			{ ...leads('11'), unblockFields: ['Secondary_Email'] },
		]);

		expect(groups.map(({ module, fields, ids }) => [module, fields, ids])).toEqual([
			['Leads', ['Email'], ['11']],
			['Contacts', ['Email'], ['11']],
			['Leads', ['Secondary_Email'], ['11']],
		]);
		expect(duplicates).toBe(0);
	});
});

describe('fields', () => {
	it('meet in one group in whatever order and form they are named', () => {
		const both = ['Email', 'Secondary_Email'];
		const { groups } = collect([
			{ ...leads('11'), unblockFields: both },
			{ ...leads('12'), unblockFields: [...both].reverse() },
			{ ...leads('13'), unblockFields: 'Secondary_Email, Email' },
			{ ...leads('14'), unblockFields: ['Email', 'Email', 'Secondary_Email'] },
		]);

		expect(groups.map(({ fields, ids }) => [fields, ids])).toEqual([
			[both, ['11', '12', '13', '14']],
		]);
	});

	it.each<[string, unknown]>([
		['none', []],
		['an empty text', ''],
		['blanks', [' ']],
		['nothing', undefined],
		['null', null],
		['a number', 1],
		['an object', {}],
	])('that are %s cause no call', (_, unblockFields) => {
		const { groups, named } = collect([{ ...leads('11,12'), unblockFields }]);

		expect(groups).toEqual([]);
		expect(named.map(({ failure }) => failure?.reason)).toEqual(['missingField', 'missingField']);
		expect(named[0]?.failure?.message).toBe('No field to unblock is chosen.');
	});
});

describe('a module', () => {
	it('may have white space around it', () => {
		expect(collect([{ ...leads('11'), module: ' Leads\n' }]).groups).toMatchObject([
			{ module: 'Leads' },
		]);
	});

	it('that is far too long for a message is cut off', () => {
		const message = messageFor({ ...leads('11'), module: { name: 'x'.repeat(500) } });

		expect(message).toHaveLength(100 + ' cannot be the API name of a module.'.length);
	});

	it.each(['Leads', 'Sales_Orders', 'CustomModule1', 'a', 'Bounces__c'])('may be %s', (module) => {
		expect(collect([{ ...leads('11'), module }]).groups).toHaveLength(1);
	});

	it.each<[unknown, string]>([
		['', '"" cannot be the API name of a module.'],
		[' ', '" " cannot be the API name of a module.'],
		[undefined, 'nothing cannot be the API name of a module.'],
		[null, 'nothing cannot be the API name of a module.'],
		[7, '7 cannot be the API name of a module.'],
		[Symbol('7'), 'symbol cannot be the API name of a module.'],
		[{ name: 'Leads' }, '{"name":"Leads"} cannot be the API name of a module.'],
		['Sales Orders', '"Sales Orders" cannot be the API name of a module.'],
		['../settings', '"../settings" cannot be the API name of a module.'],
		['Leads/11', '"Leads/11" cannot be the API name of a module.'],
		['Leads?a=b', '"Leads?a=b" cannot be the API name of a module.'],
		['1Leads', '"1Leads" cannot be the API name of a module.'],
		['Léads', '"Léads" cannot be the API name of a module.'],
		[`L${'x'.repeat(100)}`, `"L${'x'.repeat(100)}" cannot be the API name of a module.`],
	])('cannot be %p', (module, message) => {
		const { groups, named } = collect([{ ...leads('11'), module }]);

		expect(groups).toEqual([]);
		expect(named[0]?.failure).toMatchObject({ reason: 'invalidModule', message });
	});
});
