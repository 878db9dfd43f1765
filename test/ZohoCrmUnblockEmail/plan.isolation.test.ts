/** Searches for bad records that nobody names, through the whole plan: isolation keeps its bound. */
import { isFailure } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';
import { isLong } from '../support/plans/runs';
import { plainScene, type Standing } from '../support/plans/unblock/scene';
import { playScene } from '../support/plans/unblock/world';

/** log2(C(records, bad)): no procedure can do with fewer calls. */
function bound(records: number, bad: number): number {
	let bits = 0;
	for (let i = 0; i < bad; i++) bits += Math.log2((records - i) / (i + 1));
	return bits;
}

async function meanCalls(bad: number, maxParallelRequests: number): Promise<number> {
	const times = isLong ? 100 : 10;
	const places = fc.uniqueArray(fc.nat(499), { minLength: bad, maxLength: bad });
	let calls = 0;
	for (const chosen of fc.sample(places, { numRuns: times })) {
		const standings = Array.from(
			{ length: 500 },
			(_, place): Standing => (chosen.includes(place) ? 'hard' : 'soft'),
		);
		const scene = plainScene(standings, {
			settings: { maxParallelRequests },
			zoho: { style: 'allOrNothing' },
		});
		const played = await playScene(scene, 'hand');
		const wrong = played.records.filter(
			({ outcome, standing }) => (standing === 'hard') !== isFailure(outcome ?? {}),
		);
		expect(wrong).toEqual([]);
		calls += played.calls.length;
	}
	return calls / times;
}

describe.each([1, 5])('500 records, nobody named, %i calls at once', (parallel) => {
	it.each([
		[1, 1.3],
		[5, 1.2],
		[25, 1.15],
		[100, 1.1],
	])('%i bad: at most %d times log2(C(500, k)) + 1 calls in the mean', async (bad, limit) => {
		// A few placements scatter more around the mean than many.
		const scatter = isLong ? 1 : 1.1;
		const calls = await meanCalls(bad, parallel);
		expect(calls / (bound(500, bad) + 1)).toBeLessThanOrEqual(limit * scatter);
	});
});
