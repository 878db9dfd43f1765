/** How many calls at once, after Zoho has said that there are too many. */
import { plainScene, type Standing } from '../support/plans/unblock/scene';
import { playScene, type Played } from '../support/plans/unblock/world';

const MINUTE_MS = 60_000;

/** The most calls that were open at once, among those sent from one moment to another. */
function mostOpen({ sent }: Played, from: number, to: number): number {
	const then = sent.filter(({ at }) => at >= from && at < to);
	return Math.max(...then.map(({ open }) => open));
}

const RECORDS = Array<Standing>(4000).fill('soft');

describe('a burst of "too many"', () => {
	it('is one lesson: half as many at once, and one more after each good while', async () => {
		const played = await playScene(
			plainScene(RECORDS, {
				settings: { batchSize: 1, maxParallelRequests: 10 },
				troubles: ['none', ...Array<'tooMany'>(10).fill('tooMany')],
				delays: [150],
			}),
			'hand',
		);
		const [first] = played.sent;
		// The tenth of the burst is answered so long after the first call began.
		const lesson = first!.at + 2 * 450;

		expect(played.records.every(({ timesDone }) => timesDone === 1)).toBe(true);
		expect(mostOpen(played, first!.at, lesson)).toBe(10);
		expect(mostOpen(played, lesson, lesson + MINUTE_MS)).toBe(5);
		expect(mostOpen(played, lesson + MINUTE_MS, lesson + 2 * MINUTE_MS)).toBe(6);
		expect(mostOpen(played, lesson + 2 * MINUTE_MS, lesson + 3 * MINUTE_MS)).toBe(7);
	});

	it.each([1, 2, 3, 4, 5, 7])(
		'costs little where Zoho takes %i at once: nobody is lost, few are refused',
		async (concurrencyLimit) => {
			const played = await playScene(
				plainScene(RECORDS.slice(0, 1000), {
					settings: { batchSize: 1, maxParallelRequests: 10 },
					zoho: { concurrencyLimit },
					delays: [50],
				}),
				'hand',
			);
			const refused = played.calls.length - 1000;

			expect(played.records.every(({ timesDone }) => timesDone === 1)).toBe(true);
			expect(refused).toBeLessThanOrEqual(30);
		},
	);
});

describe('the first call', () => {
	it('goes alone until it is answered, so that an expired token is renewed once', async () => {
		const played = await playScene(
			plainScene(RECORDS.slice(0, 20), {
				settings: { batchSize: 1, maxParallelRequests: 5, retryDelay: 0 },
				troubles: ['connectionRefused', 'connectionRefused'],
			}),
			'hand',
		);

		expect(played.sent.map(({ open }) => open).slice(0, 8)).toEqual([1, 1, 1, 1, 2, 3, 4, 5]);
	});
});
