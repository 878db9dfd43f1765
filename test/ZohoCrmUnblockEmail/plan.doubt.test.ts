/** What a lost reply leaves open, and what it does not. */
import { isFailure } from '../../nodes/zoho/failures';
import type { TroubleName } from '../support/plans/troubles';
import { plainScene, type Standing } from '../support/plans/unblock/scene';
import { playScene, type Played } from '../support/plans/unblock/world';

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

	it('counts as ours also where the run has stopped at "already unblocked" before', async () => {
		const played = await playScene(
			plainScene(['unblocked', 'soft'], {
				settings: { alreadyUnblocked: 'error', stopAtFailure: true },
				zoho: { style: 'allOrNothing' },
				troubles: ['none', 'none', 'resetAfter'],
			}),
			'hand',
		);

		expect(verdicts(played)).toEqual(['alreadyUnblocked', 'unblocked']);
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

describe('a lost call whose repeat finds records that are unblocked already', () => {
	const lose = (standings: Standing[], given: Parameters<typeof plainScene>[1] = {}) =>
		playScene(
			plainScene(standings, {
				settings: { maxParallelRequests: 1 },
				troubles: ['resetBefore'],
				...given,
			}),
			'hand',
		);

	it('did nothing for them where others are unblocked afresh, and Zoho does all or nothing', async () => {
		for (const style of ['allOrNothing', 'indexed', 'onlyBad'] as const) {
			const played = await lose(['unblocked', 'soft', 'unblocked', 'soft'], { zoho: { style } });

			expect(verdicts(played)).toEqual([
				'alreadyUnblocked',
				'unblocked',
				'alreadyUnblocked',
				'unblocked',
			]);
		}
	});

	it('fails them then where they are to be errors', async () => {
		const played = await lose(['unblocked', 'soft'], {
			settings: { alreadyUnblocked: 'error' },
			zoho: { style: 'indexed' },
		});

		expect(verdicts(played)).toEqual(['alreadyUnblocked', 'unblocked']);
	});

	it('may have done them where Zoho tells of each record: they say so, and the others do not', async () => {
		const played = await lose(['unblocked', 'soft'], { zoho: { style: 'mixed' } });
		const messages = played.records.map(({ outcome }) => outcome?.message);

		expect(verdicts(played)).toEqual(['unblocked', 'unblocked']);
		expect(messages).toEqual([
			'Already unblocked, perhaps by the call whose reply was lost.',
			'Unblocked successfully',
		]);
	});

	it('may have done all of them where none is unblocked afresh', async () => {
		const played = await lose(['soft', 'soft', 'soft'], {
			zoho: { style: 'allOrNothing' },
			troubles: ['resetAfter'],
		});

		expect(verdicts(played)).toEqual(['unblocked', 'unblocked', 'unblocked']);
	});
});

describe('a run that stops at a failure of which a lost reply leaves no trace', () => {
	it('names it for the records that were not sent', async () => {
		const played = await playScene(
			plainScene(['unblocked', 'soft', 'soft', 'soft'], {
				settings: {
					alreadyUnblocked: 'error',
					stopAtFailure: true,
					batchSize: 2,
					maxParallelRequests: 1,
				},
				zoho: { style: 'allOrNothing' },
				troubles: ['none', 'resetBefore'],
			}),
			'hand',
		);

		expect(verdicts(played)).toEqual(['unblocked', 'unblocked', 'not sent', 'not sent']);
		expect(played.plan.stoppedFor?.reason).toBe('alreadyUnblocked');
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
