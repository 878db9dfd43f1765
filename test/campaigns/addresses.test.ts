import { AddressList, type Address } from '../../nodes/ZohoCampaignsDoNotMail/addresses';
import { failure } from '../../nodes/zoho/failures';
import { IMPOSSIBLE_ADDRESSES, POSSIBLE_ADDRESSES } from './samples';

/** The addresses of items with these values, and those of them that are to be sent. */
function collect(values: readonly unknown[]) {
	const toSend: Address[] = [];
	const list = new AddressList((address) => toSend.push(address));
	values.forEach((value, item) => list.add(item, { value }));
	return { list, toSend };
}

const problemOf = (value: unknown) => collect([value]).list.named[0]?.failure?.message;

describe('the addresses of a run', () => {
	it('are sent in the order of the items, each as it was written', () => {
		const { list, toSend } = collect(['b@example.com', 'A@Example.com', 'c@example.com']);

		expect(toSend).toEqual([
			{ email: 'b@example.com' },
			{ email: 'A@Example.com' },
			{ email: 'c@example.com' },
		]);
		expect(list.duplicates).toBe(0);
		expect(list.hasBadInput).toBe(false);
	});

	it('are sent once when they differ in case or in white space around them only', () => {
		const { list, toSend } = collect([
			'Person@Example.com',
			'other@example.com',
			' person@example.COM\n',
			'PERSON@EXAMPLE.COM',
			'ÜMIT@example.com',
			'ümit@example.com',
		]);

		expect(toSend.map(({ email }) => email)).toEqual([
			'Person@Example.com',
			'other@example.com',
			'ÜMIT@example.com',
		]);
		expect(list.duplicates).toBe(3);
		expect(list.named.map(({ item, email }) => [item, email])).toEqual([
			[0, 'Person@Example.com'],
			[1, 'other@example.com'],
			[2, 'person@example.COM'],
			[3, 'PERSON@EXAMPLE.COM'],
			[4, 'ÜMIT@example.com'],
			[5, 'ümit@example.com'],
		]);
		expect(list.named[2]?.address).toBe(toSend[0]);
		expect(list.named[3]?.address).toBe(toSend[0]);
	});

	it('are those of two people where they differ in more than case, such as by ß and ss', () => {
		const { toSend } = collect(['weiß@example.com', 'weiss@example.com']);

		expect(toSend).toHaveLength(2);
	});

	it('are no duplicates where they are no addresses: every such item fails by itself', () => {
		const { list, toSend } = collect(['', 'nothing', '', 'nothing']);

		expect(toSend).toEqual([]);
		expect(list.duplicates).toBe(0);
		expect(list.hasBadInput).toBe(true);
		expect(list.named.map(({ failure }) => failure?.reason)).toEqual(
			Array<string>(4).fill('invalidEmail'),
		);
	});

	it('take a reading that failed as the failure of its item', () => {
		const broken = failure('invalidEmail', { message: 'An expression could not be resolved' });
		const { list, toSend } = collect([]);
		list.add(0, broken);
		list.add(1, { value: 'a@example.com' });

		expect(list.named[0]).toEqual({ item: 0, email: '', address: { email: '' }, failure: broken });
		expect(toSend).toEqual([{ email: 'a@example.com' }]);
	});

	it('are never taken from data that looks like a failure', () => {
		expect(problemOf({ reason: 'hard bounce', message: 'from the input' })).toBe(
			'The address must be text, and is of the type object.',
		);
	});
});

describe('an address', () => {
	it.each(POSSIBLE_ADDRESSES)('such as %j is left to Zoho', (address) => {
		expect(problemOf(address)).toBeUndefined();
	});

	it.each(IMPOSSIBLE_ADDRESSES.map((value) => [JSON.stringify(value)?.slice(0, 60), value]))(
		'is never %s',
		(_, value) => {
			expect(problemOf(value)).toEqual(expect.any(String));
		},
	);

	it.each([
		['', 'The address is empty.'],
		[undefined, 'The address is empty.'],
		[null, 'The address is empty.'],
		[7, 'The address must be text, and is of the type number.'],
		[['a@example.com'], 'The address must be text, and is of the type array.'],
		[Symbol('a'), 'The address must be text, and is of the type symbol.'],
		['plain', '"plain" has no @.'],
		['a@b@c', '"a@b@c" has more than one @.'],
		['@c', '"@c" has nothing on one side of its @.'],
		['"a@b".c', '""a@b".c" has nothing on one side of its @.'],
		['a b@c', '"a b@c" holds white space.'],
		['a\u0000@c', 'The address holds a control character.'],
		['a,b@c', '"a,b@c" holds a brace or a comma.'],
		['<a@c', '"<a@c" holds a character that needs quotes.'],
		['a@c&d', '"a@c&d" holds a character that no domain has.'],
		['a@c[1.2.3.4]', '"a@c[1.2.3.4]" holds a character that no domain has.'],
		[`${'a'.repeat(253)}@c`, 'The address is longer than 254 characters.'],
	])('that is none is told why: %p', (value, message) => {
		expect(problemOf(value)).toBe(message);
	});

	it('of 254 characters is not too long, also when each takes two UTF-16 units', () => {
		expect(problemOf(`${'a'.repeat(252)}@c`)).toBeUndefined();
		expect(problemOf(`${'😀'.repeat(252)}@c`)).toBeUndefined();
		expect(problemOf(`${'😀'.repeat(253)}@c`)).toBeDefined();
	});

	it('reads a proxy that answers to every name as no text', () => {
		const everything: unknown = new Proxy({}, { has: () => true, get: () => 'a@example.com' });

		expect(problemOf(everything)).toBe('The address must be text, and is of the type object.');
	});
});
