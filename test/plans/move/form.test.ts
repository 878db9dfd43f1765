/** Which form of `contactinfo` this Zoho takes. */
import { isFailure } from '../../../nodes/zoho/failures';
import { plainScene } from './scene';
import { playScene, type Played } from './world';

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
