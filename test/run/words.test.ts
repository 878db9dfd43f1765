import { counted, inWords } from '../../nodes/run/words';

describe('a number of things', () => {
	it('is written as a person would', () => {
		expect([0, 1, 2, 10_000].map((count) => counted(count, 'call'))).toEqual([
			'0 calls',
			'1 call',
			'2 calls',
			'10,000 calls',
		]);
		expect(counted(2, 'address', 'addresses')).toBe('2 addresses');
	});
});

describe('a time', () => {
	it.each([
		[0, '0 s'],
		[40, '0 s'],
		[400, '0.4 s'],
		[949, '0.9 s'],
		[950, '1 s'],
		[1499, '1 s'],
		[1500, '2 s'],
		[59_499, '59 s'],
		[59_500, '1 min'],
		[252_000, '4 min 12 s'],
		[1_800_000, '30 min'],
		[3_600_000, '60 min'],
	])('of %i ms reads as %s', (ms, words) => {
		expect(inWords(ms)).toBe(words);
	});
});
