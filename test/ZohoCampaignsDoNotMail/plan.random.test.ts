import { isFailure } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';
import { forbidClockAndDice } from '../support/plans/machineClock';
import { areMany, numRuns } from '../support/plans/runs';
import { scenes, sharedScenes } from '../support/plans/move/scene';
import {
	busiestWindow,
	debtTo,
	isCalm,
	lieAbout,
	mostInAWindow,
} from '../support/plans/move/truth';
import { playScene, type Played, type PlayedRun } from '../support/plans/move/world';

/** Within so many ms after Stop a run is over. */
const SOON_MS = 1000;

/** What was said of some address in some run. */
const said = new Set<string>();

let allowAgain: () => void;
beforeAll(() => (allowAgain = forbidClockAndDice()));
afterAll(() => allowAgain());

function checkRun(run: PlayedRun, played: Played, by: 'hand' | 'driver'): void {
	const { addresses, watched, stoppedAfter = 0, error } = run;
	const told = (say: (one: (typeof addresses)[number]) => string | undefined) =>
		addresses.map((one) => [one.address.email, say(one)]).filter(([, what]) => what !== undefined);

	expect(watched.faults).toEqual([]);
	expect(error).toBeUndefined();
	if (by === 'driver') expect(stoppedAfter).toBeLessThanOrEqual(SOON_MS);
	expect(told((one) => lieAbout(one, run, played.scene))).toEqual([]);
	if (isCalm(played, run)) expect(told((one) => debtTo(one, run, played.scene))).toEqual([]);
	for (const { outcome } of addresses) {
		if (!outcome) said.add('not sent');
		else said.add(isFailure(outcome) ? outcome.reason : outcome.status);
	}
}

function check(played: Played, by: 'hand' | 'driver'): void {
	for (const run of played.runs) checkRun(run, played, by);
	const { scene, campaigns } = played;
	expect(campaigns.injected).toEqual([]);
	const most = mostInAWindow(played);
	expect(busiestWindow(played)).toBeLessThanOrEqual(most);
	const isOurs = scene.others.length === 0 && scene.limit.calls >= most;
	if (isOurs) expect(campaigns.locks).toBe(0);
}

describe('whatever the addresses, Zoho and the network are like', () => {
	it.each(['hand', 'driver'] as const)(
		'every address is told the truth about once, and no window is overfull, played by %s',
		async (by) => {
			await fc.assert(
				fc.asyncProperty(scenes, async (scene) => check(await playScene(scene, by), by)),
				{ numRuns },
			);
		},
		3_600_000,
	);

	it('and so it is where the runs are in several processes, which share one limit', async () => {
		await fc.assert(
			fc.asyncProperty(sharedScenes, async (scene) => {
				const played = await playScene(scene, 'driver');
				check(played, 'driver');
				if (played.campaigns.locks === 0 && played.arrivals.length > 0) said.add('shared');
			}),
			// Each takes five times as long as one in a single process.
			{ numRuns: numRuns / 5 },
		);
	}, 3_600_000);

	// A few runs need not meet them all.
	if (areMany) {
		it('every outcome there is was met', () => {
			expect([...said]).toEqual(
				expect.arrayContaining([
					'moved',
					'alreadyInDoNotMail',
					'invalidEmail',
					'missingField',
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
