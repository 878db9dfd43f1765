import { asRecord, parseJson, plain, text } from '../../nodes/zoho/json';

describe('JSON of which nothing is certain', () => {
	it('is the value that it stands for, or nothing', () => {
		expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
		expect(parseJson('null')).toBeNull();
		expect(parseJson('{"a":[1')).toBeUndefined();
		expect(parseJson('')).toBeUndefined();
	});

	it('has IDs with all their digits, with quotes or without', () => {
		const read = { data: [{ id: '2423488000000575001' }, { id: '7' }] };
		expect(parseJson('{"data":[{"id":2423488000000575001},{"id" : 7 }]}')).toEqual(read);
		expect(parseJson('{"data":[{"id":"2423488000000575001"},{"id":"7"}]}')).toEqual(read);
		expect(parseJson('{"id":1.5}')).toEqual({ id: 1.5 });
	});

	it('is an object to look into, whatever it is', () => {
		const object = { a: 1 };
		expect(asRecord(object)).toBe(object);
		for (const other of [null, undefined, 'a', 7, true, () => 1]) {
			expect(asRecord(other)).toEqual({});
		}
	});

	it('holds texts, and numbers in their place', () => {
		expect(text('a')).toBe('a');
		expect(text(0)).toBe('0');
		for (const other of [null, undefined, true, {}, ['a']]) expect(text(other)).toBe('');
	});
});

test('a message is compared without case and punctuation', () => {
	expect(plain(' "Email" -- already_UNBLOCKED (5 times)!')).toBe('email already unblocked 5 times');
});
