/** What a lost reply leaves open, and what it does not. */
import { isFailure } from '../../../nodes/zoho/failures';
import type { TroubleName } from '../troubles';
import { plainScene, type Standing } from './scene';
import { playScene, type Played } from './world';

/** What is said of each record, in short. */
const verdicts = ({ records }: Played) =>
	records.map(({ outcome }) => {
		if (!outcome) return 'not sent';
		if (!isFailure(outcome)) return outcome.status;
		return outcome.doubtful ? `${outcome.reason}?` : outcome.reason;
	});

describe('a record that a lost call has unblocked', () => {
	it('counts as ours although a call that held others too was refused afterwards', async () => {
		const standings: Standing[] = ['soft', 'soft', 'soft', 'hard', 'soft', 'soft'];
		const played = await playScene(
			plainScene(standings, {
				settings: { batchSize: 5, maxParallelRequests: 1 },
				zoho: { style: 'allOrNothing' },
				troubles: ['none', 'resetAfter'],
			}),
			'hand',
		);

		expect(played.calls[1]!.ids.length).toBeLessThan(5);
		expect(verdicts(played)).toEqual(
			standings.map((standing) => (standing === 'hard' ? 'permanentlyBlocked' : 'unblocked')),
		);
	});

	it.each<TroubleName>(['resetAfter', 'cutJsonAfter', 'silentAfter', 'failedAfter'])(
		'counts as ours where the repeated call finds it unblocked (%s)',
		async (trouble) => {
			const played = await playScene(plainScene(['soft'], { troubles: [trouble] }), 'hand');

			expect(verdicts(played)).toEqual(['unblocked']);
		},
	);

	it('is told with the doubt where the run has stopped at "already unblocked" before', async () => {
		const played = await playScene(
			plainScene(['unblocked', 'soft'], {
				settings: { alreadyUnblocked: 'error', stopAtFailure: true },
				zoho: { style: 'allOrNothing' },
				troubles: ['none', 'none', 'resetAfter'],
			}),
			'hand',
		);

		expect(verdicts(played)).toEqual(['alreadyUnblocked', 'alreadyUnblocked?']);
	});
});

describe('a record that was not blocked', () => {
	it.each<TroubleName>([
		'connectionRefused',
		'nameNotFound',
		'proxyWantsLogin',
		'tokenEndpointDown',
		'tooMany',
	])('is called so after a call that never reached its end (%s)', async (trouble) => {
		const played = await playScene(plainScene(['unblocked'], { troubles: [trouble] }), 'hand');

		expect(verdicts(played)).toEqual(['alreadyUnblocked']);
	});
});

describe('a lost call that held a bad record', () => {
	it('did nothing for anybody in it, as its repeat tells', async () => {
		const played = await playScene(
			plainScene(['hard', 'unblocked'], {
				zoho: { style: 'allOrNothing' },
				troubles: ['resetAfter'],
			}),
			'hand',
		);

		expect(verdicts(played)).toEqual(['permanentlyBlocked', 'alreadyUnblocked']);
	});
});

describe('an entry for another record', () => {
	it('says nothing of the one that was sent', async () => {
		const played = await playScene(
			plainScene(['worn'], {
				settings: { maxRetries: 0 },
				zoho: { style: 'mixed', allBadStatus: 200, dataQuirks: { drop: 1, extra: 1 } },
			}),
			'hand',
		);

		expect(verdicts(played)).toEqual(['badResponse?']);
	});
});
