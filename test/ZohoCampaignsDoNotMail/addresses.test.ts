import { AddressList, type Address } from '../../nodes/ZohoCampaignsDoNotMail/addresses';
import { failure } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';
import { IMPOSSIBLE_ADDRESSES, POSSIBLE_ADDRESSES } from './samples';

/** The addresses of items with these values, and those of them that are to be sent. */
function collect(values: readonly unknown[]) {
	const toSend: Address[] = [];
	const list = new AddressList((address) => toSend.push(address));
	values.forEach((value, item) => list.add(item, { value }));
	return { list, toSend };
}

const problemOf = (value: unknown) => collect([value]).list.named[0]?.failure?.message;

describe('a list in the field of one address', () => {
	it.each<[unknown]>([
		[['a@example.com', 'b@example.com']],
		[[]],
		['a@example.com, b@example.com'],
		['a@example.com;b@example.com'],
		['a@example.com\nb@example.com\r\nc@example.com'],
		['a@example.com b@example.com'],
		['["a@example.com"]'],
	])('%j is told to be split', (value) => {
		const list = new AddressList(() => {});
		list.add(0, { value });

		expect(list.named[0]?.failure).toMatchObject({
			reason: 'invalidEmail',
			resolution: expect.stringMatching(/^Put a Split Out node before this one/) as string,
		});
	});

	it.each(['"a@b;c"@example.com', '"a@b, c@d"@example.com', 'a@example.com'])(
		'%s is none',
		(value) => {
			const list = new AddressList(() => {});
			list.add(0, { value });

			expect(list.named[0]?.failure?.resolution ?? '').not.toContain('Split Out');
		},
	);
});

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

	it.each([
		['the zero width space of a web page', '\u200bperson@example.com\u200b'],
		['the byte order mark of a file', '\ufeffperson@example.com'],
		['a soft hyphen', 'person@example.com\u00ad'],
		['marks of direction, as Outlook copies them', '\u202aperson@example.com\u202c'],
		['white space among them', ' \u200b\u00a0person@example.com\u2060 \u{e0001}\n'],
	])('are sent without what is not seen at their ends: %s', (_, value) => {
		const { list, toSend } = collect([value, 'person@example.com']);

		expect(toSend).toEqual([{ email: 'person@example.com' }]);
		expect(list.named[0]?.email).toBe('person@example.com');
		expect(list.duplicates).toBe(1);
	});

	it('are sent with the domain in NFC and the local part as it was written', () => {
		const { list, toSend } = collect([
			'jose\u0301@cafe\u0301.example',
			'jos\u00e9@caf\u00e9.example',
		]);

		expect(toSend).toEqual([{ email: 'jose\u0301@caf\u00e9.example' }]);
		expect(list.duplicates).toBe(1);
		expect(list.named[1]?.email).toBe('jos\u00e9@caf\u00e9.example');
	});

	it('hold a joiner only where a script of joined letters needs it, in the domain', () => {
		const odd = [
			'p@exam\u200dple.com',
			'p@example\u200c.com',
			'p@\u200dexample.com',
			'p@example.\u200ccom',
		];
		const more = [
			'p@[IPv6:\u200d::1]',
			'p@при\u200cмер.рф',
			'نا\u200cمه@example.com',
			'p@نا.\u200cمه',
		];
		for (const address of [...odd, ...more]) {
			expect(problemOf(address)).toContain('an invisible character (U+200');
		}
		for (const address of ['p@نامه\u200cای.com', 'p@श्री\u200dलंका.com', 'p@क्\u200dष.com']) {
			expect(problemOf(address)).toBeUndefined();
		}
	});

	it('are measured before they are brought into NFC, which would take hours for some', () => {
		expect(problemOf(`a@${'\u0315\u0300\u0316'.repeat(1_000_000)}b.c`)).toBe(
			'The address is longer than 254 characters.',
		);
	});

	it('are checked as they are sent: NFC makes a semicolon of the Greek question mark', () => {
		expect(problemOf('a@example.com\u037e')).toBe(
			'"a@example.com;" holds a character that no domain has.',
		);
	});

	it('are trimmed in no time, however much there is at their ends', () => {
		const { toSend } = collect([`${'\u200b'.repeat(500_000)}a${' '.repeat(500_000)}@c`, 'b@c']);

		expect(toSend).toEqual([{ email: 'b@c' }]);
	});

	it('hold nothing that is not seen once they are sent, whatever was named', () => {
		const part = fc.constantFrom(
			'a',
			'é',
			'@',
			'.',
			' ',
			'\u200b',
			'\u200c',
			'\u202e',
			'\ufffd',
			'\ufeff',
			'😀',
		);
		fc.assert(
			fc.property(
				fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
				(value) => {
					for (const { email } of collect([`x${value}@y.z`, `${value}x@y.z`, `x@y.z${value}`])
						.toSend) {
						expect(email).not.toMatch(/[\s\u200b\u202e\ufffd\ufeff]|\u200c.*@/);
						expect(email).toBe(email.trim());
					}
				},
			),
		);
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
		[['a@example.com'], 'The item holds a list of addresses, and the field takes one.'],
		[[], 'The item holds a list of addresses, and the field takes one.'],
		[Symbol('a'), 'The address must be text, and is of the type symbol.'],
		['plain', '"plain" has no @.'],
		['a@b@c', '"a@b@c" has more than one @.'],
		['@c', '"@c" has nothing on one side of its @.'],
		['"a@b".c', '""a@b".c" has nothing on one side of its @.'],
		['a b@c', '"a b@c" holds white space (U+0020, character 2).'],
		['\u{1f600}a\u00a0b@c', '"\u{1f600}a\u00a0b@c" holds white space (U+00A0, character 3).'],
		['a\u0000@c', 'The address holds a control character (U+0000, character 2).'],
		['a@c\u200b.d', 'The address holds an invisible character (U+200B, character 4).'],
		['\u{1f600}\ufeffa@c', 'The address holds an invisible character (U+FEFF, character 2).'],
		[
			'a@c\u202e',
			'The address holds a character that shows text turned around (U+202E, character 4), so it is another one than you see.',
		],
		[
			'andr\ufffd@c',
			'The address holds a character that was lost when it was read (U+FFFD, character 5).',
		],
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
