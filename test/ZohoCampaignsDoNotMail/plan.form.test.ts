/** Which form of `contactinfo` this Zoho takes. */
import { isFailure } from '../../nodes/zoho/failures';
import { plainScene, type Standing } from '../support/plans/move/scene';
import { playScene, type Played } from '../support/plans/move/world';

const UNQUOTED = { contactInfoForm: 'unquoted' } as const;

const verdicts = ({ runs }: Played) =>
	runs[0]!.addresses.map(({ outcome }) => {
		if (!outcome) return 'not sent';
		if (!isFailure(outcome)) return outcome.status;
		return outcome.doubtful ? `${outcome.reason}?` : outcome.reason;
	});

describe('an address whose second form fails for a cause of its own', () => {
	it('is told that cause, and not what Zoho said to the first form', async () => {
		const played = await playScene(
			plainScene(['new'], { zoho: UNQUOTED, troubles: ['none', 'brokenAfter'] }),
			'hand',
		);

		expect(verdicts(played)).toEqual(['badResponse?']);
	});
});

describe('addresses that were under way in the other form when the right one was found', () => {
	it('are sent again in that', async () => {
		const standings: Standing[] = ['odd', 'odd', 'odd', 'new', 'new', 'new', 'new', 'new'];
		// The fifth is answered only when the fourth has found the right form.
		const delays = [...Array(11).fill(20), 500];
		const played = await playScene(
			plainScene(standings, { zoho: UNQUOTED, delays, settings: { maxParallelRequests: 2 } }),
			'hand',
		);

		expect(verdicts(played)).toEqual(
			standings.map((standing) => (standing === 'odd' ? 'missingField' : 'moved')),
		);
	});
});

describe('an address that would add a field of its own where nothing is quoted', () => {
	it('never goes unquoted, whatever was found out about the form', async () => {
		const played = await playScene(
			plainScene(['new', 'odd', 'new', 'odd'], { zoho: UNQUOTED }),
			'hand',
		);

		expect(verdicts(played)).toEqual(['moved', 'missingField', 'moved', 'missingField']);
		expect(played.campaigns.injected).toEqual([]);
	});
});
