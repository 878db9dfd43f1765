import { ShareOfBad } from '../../nodes/ZohoCrmUnblockEmail/share';
import { fc } from '../support/fc';

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
