import { RECIPIENTS } from '../../../nodes/ZohoCampaignsDoNotMail/campaigns/reply';
import { fc } from '../../support/fc';
import { forbidClockAndDice } from '../../support/plans/machineClock';
import { areMany, numRuns } from '../../support/plans/runs';
import { scenes } from '../../support/plans/read/scene';
import { playScene, type Played, type PlayedAsk } from '../../support/plans/read/world';

let allowAgain: () => void;
beforeAll(() => (allowAgain = forbidClockAndDice()));
afterAll(() => allowAgain());

/** How asks came out, in some run. */
const met = new Set<string>();

/** What is false in what an ask has found; undefined where all is well. */
function faultOf(one: PlayedAsk, played: Played): string | undefined {
	const { ask, truth, perishable, most } = one;
	if (!ask) return played.isWhole ? 'was not read' : undefined;
	const found = [...ask.addresses];
	const emails = new Set(found.map(({ email }) => email));
	if (emails.size < found.length) return 'has an address twice';
	if (found.length > most) return 'has more than it asked for';
	const isOther = found.some(({ email, recipient }) => !truth.get(email)?.has(recipient));
	if (isOther) return 'has somebody who is not in it, or was something else';
	const lasts = [...truth.keys()].filter((email) => !perishable.has(email));
	const lacks = lasts.filter((email) => !emails.has(email));
	const isAllThere = found.length === most || lacks.length === 0;
	for (const { failure } of ask.unread) {
		met.add(failure.reason);
		if (failure.doubtful) return 'is called doubtful';
	}
	if (ask.isWhole && ask.unread.length === 0) {
		met.add(found.length === most ? 'limited' : 'whole');
		if (!isAllThere) return `ends in silence without ${lacks.length}`;
		// Of several words that are true of somebody, the first counts, where all was read.
		const isFirst = found.every(({ email, recipient }) => {
			const words = truth.get(email)!;
			return recipient === RECIPIENTS.find((word) => words.has(word)) || perishable.size > 0;
		});
		return isFirst || most < Infinity || hasDeleted(played) ? undefined : 'has another word';
	}
	if (!ask.isWhole) {
		met.add('not whole');
		const mayBe = !played.isWhole || played.scene.settings.stopAtFailure;
		return played.plan.outbox.abortedFor || mayBe ? undefined : 'was forgotten';
	}
	return undefined;
}

const hasDeleted = ({ scene }: Played) =>
	scene.campaigns.some(({ deletedAfter }) => deletedAfter !== undefined);

/** Whether nothing stands in the way of all that is asked for. */
function isCalm({ scene, isWhole, troubles }: Played): boolean {
	const { settings, lists, limit, asks, campaigns } = scene;
	const isThere = asks.every(
		({ which }) => 'days' in which || campaigns[which.campaign] !== undefined,
	);
	return (
		isWhole &&
		isThere &&
		troubles.size === 0 &&
		settings.whenLimitReached === 'wait' &&
		limit === 500 &&
		!lists.ignored.includes('fromindex') &&
		campaigns.every(({ deletedAfter }) => deletedAfter === undefined)
	);
}

function check(played: Played): void {
	const { asks, plan, scene } = played;

	expect(played.faults).toEqual([]);
	expect(played.error).toBeUndefined();
	expect(asks.map((one) => faultOf(one, played)).filter(Boolean)).toEqual([]);
	if (isCalm(played)) {
		expect(asks.flatMap(({ ask }) => ask!.unread)).toEqual([]);
		expect(asks.filter(({ ask }) => !ask!.isWhole)).toEqual([]);
		// Kept from within: the limit is not met by what this run does itself.
		if (scene.settings.callsPerWindow <= scene.limit) expect(plan.limited.refusedByLock).toBe(0);
	}
}

describe('whatever the campaigns, Zoho and the network are like', () => {
	it.each(['hand', 'driver'] as const)(
		'all that was asked for is found once, or what cannot be read is told, played by %s',
		async (by) => {
			await fc.assert(
				fc.asyncProperty(scenes, async (scene) => check(await playScene(scene, by))),
				// A run of a week of campaigns is as long as five of another plan.
				{ numRuns: areMany ? numRuns / 5 : numRuns, endOnFailure: areMany },
			);
		},
		3_600_000,
	);

	// A few runs need not meet them all.
	if (areMany) {
		it('every end of an ask was met', () => {
			expect([...met]).toEqual(
				expect.arrayContaining(['whole', 'limited', 'not whole', 'invalidRequest', 'badResponse']),
			);
		});
	}
});
