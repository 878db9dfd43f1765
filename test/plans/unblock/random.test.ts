import fc from 'fast-check';

import { isFailure } from '../../../nodes/zoho/failures';
import { forbidClockAndDice } from '../machineClock';
import { numRuns, seed } from '../runs';
import { scenes, type Scene } from './scene';
import { debtTo, isCalm, isUntroubled, lieAbout, mostCalls, stopsInTime } from './truth';
import { playScene, type Played } from './world';

/** Within so many ms after Stop a run is over. */
const SOON_MS = 1000;

/** What was said of some record in some run. */
const said = new Set<string>();

let allowAgain: () => void;
beforeAll(() => (allowAgain = forbidClockAndDice()));
afterAll(() => allowAgain());

function check(played: Played, by: 'hand' | 'driver'): void {
	const { records, faults, stoppedAfter = 0, error } = played;
	const told = (say: (record: (typeof records)[number]) => string | undefined) =>
		records.map((record) => [record.id, say(record)]).filter(([, what]) => what !== undefined);

	expect(faults).toEqual([]);
	expect(error).toBeUndefined();
	if (by === 'driver') expect(stoppedAfter).toBeLessThanOrEqual(SOON_MS);
	expect(told((record) => lieAbout(record, played))).toEqual([]);
	if (isCalm(played)) expect(told(debtTo)).toEqual([]);
	if (isUntroubled(played)) expect(played.calls.length).toBeLessThanOrEqual(mostCalls(played));
	expect(stopsInTime(played)).toBe(true);
	for (const { outcome } of records) {
		if (!outcome) said.add('not sent');
		else said.add(isFailure(outcome) ? outcome.reason : outcome.status);
	}
}

describe(`whatever the records, Zoho and the network are like (seed ${seed})`, () => {
	it.each(['hand', 'driver'] as const)(
		'every record is told the truth about once, played by %s',
		async (by) => {
			await fc.assert(
				fc.asyncProperty(scenes, async (scene: Scene) => check(await playScene(scene, by), by)),
				{ seed, numRuns },
			);
		},
		3_600_000,
	);

	it('every outcome there is was met', () => {
		expect([...said]).toEqual(
			expect.arrayContaining([
				'unblocked',
				'alreadyUnblocked',
				'permanentlyBlocked',
				'unblockLimitReached',
				'recordNotFound',
				'invalidRequest',
				'noPermission',
				'networkError',
				'serverError',
				'badResponse',
				'rateLimited',
				'authenticationFailed',
				'not sent',
			]),
		);
	});
});
