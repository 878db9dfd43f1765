/** A refusal that nobody has listed: is it about one record, or true of all? */
import { isFailure } from '../../nodes/zoho/failures';
import { plainScene } from '../support/plans/unblock/scene';
import { playScene, type Played } from '../support/plans/unblock/world';

const verdicts = ({ records }: Played) =>
	records.map(({ outcome }) => outcome && (isFailure(outcome) ? outcome.reason : outcome.status));

describe('where the record that was refused fails for another cause, once it is sent alone', () => {
	it('no other record is blamed for it', async () => {
		const played = await playScene(
			plainScene(['locked', 'soft', 'soft'], {
				settings: { maxRetries: 0 },
				troubles: ['none', 'connectionRefused'],
			}),
			'hand',
		);

		expect(verdicts(played)).toEqual(['networkError', 'unblocked', 'unblocked']);
	});
});

describe('two batches that are refused for two reasons at once', () => {
	it('are each searched for the record of their own reason', async () => {
		const played = await playScene(
			plainScene(['soft', 'soft', 'soft', 'soft', 'soft', 'locked', 'soft', 'soft', 'forbidden'], {
				settings: { batchSize: 3 },
			}),
			'hand',
		);

		expect(verdicts(played)).toEqual([
			...Array(5).fill('unblocked'),
			'invalidRequest',
			'unblocked',
			'unblocked',
			'noPermission',
		]);
	});
});

describe('a single record that is asked for again, after it has decided', () => {
	it('does not decide on a batch that was refused since', async () => {
		const played = await playScene(
			plainScene(['locked', 'soft', 'unblocked', 'forbidden', 'soft'], {
				settings: { batchSize: 3, maxRetries: 2, retryDelay: 0 },
				zoho: { allBadStatus: 200, dataQuirks: { drop: 1 } },
			}),
			'hand',
		);

		expect(verdicts(played)[3]).toBe('noPermission');
		expect(verdicts(played)[4]).not.toBe('noPermission');
	});
});

describe('a single record that is named in its refusal, as the batch was not', () => {
	it('is the one that the batch was refused for', async () => {
		const played = await playScene(
			plainScene(['locked', 'soft'], { named: true, styles: ['allOrNothing', 'indexed'] }),
			'hand',
		);

		expect(verdicts(played)).toEqual(['invalidRequest', 'unblocked']);
	});
});
