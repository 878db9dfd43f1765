import { bound, callsToSettle, meanCalls, type Scene } from '../../support/isolation';
import { callsThroughPlan } from '../../support/isolationThroughPlan';

const ways = [
	{ settle: callsToSettle, by: 'the search alone' },
	{ settle: callsThroughPlan, by: 'the plan of the node' },
].flatMap((way) => [1, 5].map((slots) => ({ ...way, slots })));

describe.each(ways)('the number of calls by $by, $slots in flight,', ({ settle, slots }) => {
	const mean = (scene: Omit<Scene, 'slots'>, placements: number) =>
		meanCalls({ ...scene, slots }, placements, 11, settle);

	it.each([
		[1, 1.3],
		[5, 1.2],
		[25, 1.15],
		[100, 1.1],
	])('for 500 records with %d bad is at most %d times log2(C(500, k)) + 1', (bad, limit) => {
		const scene = { records: 500, bad };
		expect(mean(scene, 30) / (bound(scene) + 1)).toBeLessThanOrEqual(limit);
	});

	it.each([250, 500])('for 500 records with %d bad is at most 1.04 a record', (bad) => {
		expect(mean({ records: 500, bad }, 30)).toBeLessThanOrEqual(520);
	});

	it.each([1, 5, 25])('for 500 records with %d bad ones named is one more', (bad) => {
		expect(mean({ records: 500, bad, named: true }, 10)).toBe(bad + 1);
	});

	it.each([100, 250, 499])(
		'for 500 records with %d bad ones named is half as much more at the most',
		(bad) => {
			expect(mean({ records: 500, bad, named: true }, 10)).toBeLessThanOrEqual(1.5 * (bad + 1));
		},
	);

	it('for 10,000 records with 1 % bad is at most 1.12 times log2(C(n, k)) + 20', () => {
		const scene = { records: 10_000, bad: 100 };
		expect(mean(scene, 1)).toBeLessThanOrEqual(1.12 * bound(scene) + 20);
	});

	it('for 10,000 records with 1 % bad ones named is one a batch and one a bad record', () => {
		expect(mean({ records: 10_000, bad: 100, named: true }, 1)).toBe(120);
	});
});
