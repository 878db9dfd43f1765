/** A refusal that nobody has listed: is it about one record, or true of all? */
import { isFailure } from '../../../nodes/zoho/failures';
import { plainScene } from './scene';
import { playScene, type Played } from './world';

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
