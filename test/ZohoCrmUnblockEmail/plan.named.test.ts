/** Zoho refuses the whole call and names one record: what a list of them costs, in calls and in time. */
import { isFailure } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';
import { isLong } from '../support/plans/runs';
import { plainScene, type Standing } from '../support/plans/unblock/scene';
import { playScene, type Played } from '../support/plans/unblock/world';

type Given = Parameters<typeof plainScene>[1];

/** Each call takes as long as any other, so that calls which leave together are one round. */
const play = async (standings: Standing[], given: Given = {}, indexBy: 'json_path' | 'id' = 'id') =>
	await playScene(
		plainScene(standings, { zoho: { style: 'indexed', indexBy }, delays: [20], ...given }),
		'hand',
	);

function costsOf({ calls, sent, records }: Played) {
	const sends = new Map<string, number>();
	for (const { ids } of calls) for (const id of ids) sends.set(id, (sends.get(id) ?? 0) + 1);
	return {
		calls: calls.length,
		rounds: new Set(sent.map(({ at }) => at)).size,
		mostSends: Math.max(...sends.values()),
		done: records.filter(({ timesDone }) => timesDone === 1).length,
		failed: records.filter(({ outcome }) => isFailure(outcome ?? {})).length,
	};
}

const done = Array<Standing>(500).fill('unblocked');
const soft = Array<Standing>(500).fill('soft');

/** So many of 500 were unblocked before: at chance places, or one after the other. */
function someDone(count: number): Standing[][] {
	const chance = fc.uniqueArray(fc.nat(499), { minLength: count, maxLength: count, size: 'max' });
	const stretch = fc
		.nat(500 - count)
		.map((from) => Array.from({ length: count }, (_, i) => from + i));
	const numRuns = isLong ? 50 : 2;
	return [chance, stretch].flatMap((places) =>
		fc.sample(places, { numRuns }).map((at) => {
			const bad = new Set(at);
			return soft.map((standing, place) => (bad.has(place) ? 'unblocked' : standing));
		}),
	);
}

it('500 records that are done already take a call each, as many at once as may go', async () => {
	for (const indexBy of ['id', 'json_path'] as const) {
		const played = await play(done, {}, indexBy);
		const { calls, rounds, mostSends } = costsOf(played);

		expect(calls).toBeLessThanOrEqual(530);
		expect(rounds).toBeLessThanOrEqual(130);
		expect(mostSends).toBeLessThanOrEqual(40);
		expect(played.records.every(({ outcome }) => !isFailure(outcome ?? {}))).toBe(true);
	}
});

it('half of them done already cost a third more calls than are needed at the most', async () => {
	for (const standings of someDone(250)) {
		const { calls, rounds, done, failed } = costsOf(await play(standings));

		expect(calls).toBeLessThanOrEqual(330);
		expect(rounds).toBeLessThanOrEqual(90);
		expect([done, failed]).toEqual([250, 0]);
	}
});

it.each([1, 5, 25])('%i done already cost a call each, and one', async (count) => {
	for (const standings of someDone(count)) {
		expect(costsOf(await play(standings))).toMatchObject({ calls: count + 1, done: 500 - count });
	}
});

it.each([26, 50, 100, 400])(
	'%i done already cost half as many calls more at the most',
	async (count) => {
		for (const standings of someDone(count)) {
			const { calls, done } = costsOf(await play(standings));

			expect(calls).toBeLessThanOrEqual(1.5 * (count + 1));
			expect(done).toBe(500 - count);
		}
	},
);

it('500 good records whose first reply was lost are not sent again and again', async () => {
	const played = await play(soft, { troubles: ['resetAfter'] });
	const { calls, rounds, mostSends, done, failed } = costsOf(played);

	expect(calls).toBeLessThanOrEqual(530);
	expect(rounds).toBeLessThanOrEqual(130);
	expect(mostSends).toBeLessThanOrEqual(45);
	expect([done, failed]).toEqual([500, 0]);
});
