import { ShareOfBad } from '../../../nodes/ZohoCrmUnblockEmail/search/share';
import { fc } from '../../support/fc';

describe('the share of bad records', () => {
	it.each([
		[100, 55, 85],
		[20, 11, 16],
		[5, 2, 4],
		[2, 1, 1],
	])('once known to be one in %d makes batches that pass half the time', (oneIn, least, most) => {
		const share = new ShareOfBad();
		for (let i = 1; i <= 50 * oneIn; i++) share.learn(i % oneIn !== 0, 1, Infinity);
		const size = share.bestSize(Infinity, 500);
		expect(size).toBeGreaterThanOrEqual(least);
		expect(size).toBeLessThanOrEqual(most);
	});

	/** The size of the next batch where, of two records with a bad one among them, so many first ones pass. */
	const sizeWherePass = (passed: number, outOf: number) => {
		const share = new ShareOfBad();
		for (let i = 0; i < 600; i++) share.learn(i % outOf < passed, 1, 2);
		return share.bestSize(Infinity, 500);
	};

	it('is small where the first of two is the bad one half of the time: there is never a second', () => {
		expect(sizeWherePass(1, 2)).toBeGreaterThan(50);
	});

	it('is large where it is bad more often than that: both of them are', () => {
		expect(sizeWherePass(1, 3)).toBe(1);
	});

	it('is soon believed to be large after a long list without a bad record', () => {
		const share = new ShareOfBad();
		for (let i = 0; i < 1000; i++) share.learn(true, 500, Infinity);
		expect(share.bestSize(Infinity, 500)).toBe(500);
		for (let i = 0; i < 3; i++) share.learn(false, 1, Infinity);
		expect(share.bestSize(Infinity, 500)).toBeLessThanOrEqual(2);
	});

	it('makes batches smaller step by step while they fail, and none larger', () => {
		const share = new ShareOfBad();
		share.learn(true, 500, Infinity);
		const sizes = Array.from({ length: 8 }, () => {
			share.learn(false, 100, Infinity);
			return share.bestSize(Infinity, 500);
		});

		expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
		expect(sizes[1]).toBeGreaterThan(100);
		expect(sizes[7]).toBeLessThan(20);
	});

	it('is soon believed to be small after a stretch of bad records', () => {
		const share = new ShareOfBad();
		for (let i = 0; i < 1000; i++) share.learn(false, 1, Infinity);
		expect(share.bestSize(Infinity, 500)).toBe(1);
		let size = 1;
		for (let i = 0; i < 12; i++) {
			share.learn(true, size, Infinity);
			size = share.bestSize(Infinity, 500);
		}
		expect(size).toBe(500);
	});

	it('is the same after an answer that tells nothing: batches keep the size that tells most', () => {
		const [before, after] = [new ShareOfBad(), new ShareOfBad()];
		// Among so many there always is a bad one: that they fail is no news.
		after.learn(false, 1e9, Infinity);
		const sizes = (share: ShareOfBad) =>
			Array.from({ length: 499 }, (_, i) => share.bestSize(i + 2, 500));

		expect(sizes(after)).toEqual(sizes(before));
	});

	it('gives a size within the limits for any history', () => {
		const test = fc.record({
			passed: fc.boolean(),
			size: fc.integer({ min: 1, max: 500 }),
			rest: fc.oneof(fc.integer({ min: 1, max: 499 }), fc.constant(Infinity)),
		});
		fc.assert(
			fc.property(
				fc.array(test, { maxLength: 50 }),
				fc.oneof(fc.integer({ min: 2, max: 500 }), fc.constant(Infinity)),
				fc.integer({ min: 1, max: 500 }),
				(history, among, largest) => {
					const share = new ShareOfBad();
					for (const { passed, size, rest } of history) share.learn(passed, size, size + rest);
					const size = share.bestSize(among, largest);
					expect(Number.isInteger(size)).toBe(true);
					expect(size).toBeGreaterThanOrEqual(1);
					expect(size).toBeLessThanOrEqual(Math.min(largest, among - 1));
				},
			),
		);
	});
});
