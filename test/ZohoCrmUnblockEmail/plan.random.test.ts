import { isFailure } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';
import { forbidClockAndDice } from '../support/plans/machineClock';
import { areMany, numRuns } from '../support/plans/runs';
import { scenes, type Scene } from '../support/plans/unblock/scene';
import {
	debtTo,
	isCalm,
	isUntroubled,
	lieAbout,
	mostCalls,
	stopsInTime,
} from '../support/plans/unblock/truth';
import { playScene, type Played } from '../support/plans/unblock/world';

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

describe('whatever the records, Zoho and the network are like', () => {
	it.each(['hand', 'driver'] as const)(
		'every record is told the truth about once, played by %s',
		async (by) => {
			await fc.assert(
				fc.asyncProperty(scenes, async (scene: Scene) => check(await playScene(scene, by), by)),
				{ numRuns },
			);
		},
		3_600_000,
	);

	// A few runs need not meet them all.
	if (areMany) {
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
	}
});
