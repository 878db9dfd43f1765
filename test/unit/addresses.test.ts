import { collectAddresses } from '../../nodes/ZohoCampaignsDoNotMail/addresses';
import { resultsOf } from '../../nodes/ZohoCampaignsDoNotMail/results';
import { fault, isFault, unsent } from '../../nodes/zoho/errors';
import { IMPOSSIBLE_ADDRESSES, POSSIBLE_ADDRESSES } from '../workflow/addresses';

const collect = (values: readonly unknown[]) =>
	collectAddresses(values.length, (item) => ({ value: values[item] }));

const problemOf = (value: unknown): string | undefined => {
	const outcome = collect([value]).named[0]?.address.outcome;
	return outcome && isFault(outcome) ? outcome.message : undefined;
};

describe('the addresses of a run', () => {
	it('are sent in the order of the items, each as it was written', () => {
		const { toSend, duplicates } = collect(['b@example.com', 'A@Example.com', 'c@example.com']);

		expect(toSend).toEqual([
			{ email: 'b@example.com' },
			{ email: 'A@Example.com' },
			{ email: 'c@example.com' },
		]);
		expect(duplicates).toBe(0);
	});

	it('are sent once when they differ in case or in white space around them only', () => {
		const { toSend, named, duplicates } = collect([
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
		expect(duplicates).toBe(3);
		expect(named.map(({ item, email }) => [item, email])).toEqual([
			[0, 'Person@Example.com'],
			[1, 'other@example.com'],
			[2, 'person@example.COM'],
			[3, 'PERSON@EXAMPLE.COM'],
			[4, 'ÜMIT@example.com'],
			[5, 'ümit@example.com'],
		]);
		expect(named[2]?.address).toBe(toSend[0]);
		expect(named[3]?.address).toBe(toSend[0]);
	});

	it('are not folded where they are no addresses: every such item fails by itself', () => {
		const { toSend, named, duplicates } = collect(['', 'nothing', '', 'nothing']);

		expect(toSend).toEqual([]);
		expect(duplicates).toBe(0);
		expect(named.map(({ address }) => address.outcome)).toEqual(
			Array.from({ length: 4 }, () => expect.objectContaining({ reason: 'invalidEmail' })),
		);
	});

	it('take a reading that failed as the outcome of its item', () => {
		const broken = fault('invalidEmail', { message: 'An expression could not be resolved' });
		const { toSend, named } = collectAddresses(2, (item) =>
			item === 0 ? broken : { value: 'a@example.com' },
		);

		expect(named[0]).toEqual({ item: 0, email: '', address: { email: '', outcome: broken } });
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
		[7, 'The address must be text, and is of the type number.'],
		[['a@example.com'], 'The address must be text, and is of the type array.'],
		[Symbol('a'), 'The address must be text, and is of the type symbol.'],
		['plain', '"plain" has no @.'],
		['a@b@c', '"a@b@c" has more than one @.'],
		['@c', '"@c" has nothing on one side of its @.'],
		['a b@c', '"a b@c" holds white space.'],
		['a\u0000@c', 'The address holds a control character.'],
		['a,b@c', '"a,b@c" holds a brace or a comma.'],
		['<a@c', '"<a@c" holds a character that needs quotes.'],
		['a@c&d', '"a@c&d" holds a character that no domain has.'],
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

describe('the results', () => {
	it('go to every item that named the address, in its own spelling, and in input order', () => {
		const addresses = collect(['b@example.com', 'a@example.com', 'B@example.com', '', 'c@x.test']);
		const [b, a] = addresses.toSend;
		b!.outcome = { status: 'moved', code: '0', message: 'Moved' };
		a!.outcome = fault('serverError', { message: 'Down' });

		const results = [...resultsOf(addresses, unsent())];

		const moved = { status: 'moved', code: '0', message: 'Moved' };
		expect(results).toEqual([
			{ item: 0, success: { email: 'b@example.com', ...moved } },
			{ item: 1, subject: { email: 'a@example.com' }, fault: a!.outcome },
			{ item: 2, success: { email: 'B@example.com', ...moved } },
			{
				item: 3,
				subject: { email: '' },
				fault: expect.objectContaining({ reason: 'invalidEmail' }),
			},
			{
				item: 4,
				subject: { email: 'c@x.test' },
				fault: expect.objectContaining({ reason: 'notAttempted' }),
				notAttempted: true,
			},
		]);
	});
});
