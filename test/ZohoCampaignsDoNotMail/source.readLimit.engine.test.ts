/** The limit of reading, which is kept beside that of moving. */
import { failure } from '../support/stage';
import { people, useCampaignReports } from './campaignsStage';
import { testWithDataTables, useSharedLimit } from './shareLimitStage';

describe('the limit of reading', () => {
	const { stage, add, run, moves } = useCampaignReports();
	const lock = (kind: 'campaignRecipients' | 'doNotMail', skip: number, seconds: number) =>
		stage.zoho.fault({
			kind,
			skip,
			status: 400,
			body: '{"error":{"title":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED","details":{"message":"Too many."}}}',
			headers: { 'content-type': 'application/json', 'retry-after': String(seconds) },
		});

	it('is waited for in the middle: nothing is lost, and nothing moved twice', async () => {
		for (let i = 0; i < 6; i++) add(i, { recipients: { senthardbounce: people(`c${i}-`, 2) } });
		lock('campaignRecipients', 4, 3);

		const { main, errors, logs, hints } = await run();

		expect([main.length, errors]).toEqual([12, []]);
		expect(moves()).toHaveLength(12);
		expect(logs.join('\n')).toContain('Zoho has locked the API after too many calls');
		expect(logs.join('\n')).toMatch(/pages? of campaigns (is|are) left/);
		expect(hints[0]?.message).toContain('Zoho locked the API: 1 call refused.');
	});

	it('says nothing of the limit of moving: with Fail, what was read goes on, and the rest is told', async () => {
		for (let i = 0; i < 6; i++) add(i, { recipients: { senthardbounce: people(`c${i}-`, 2) } });
		lock('campaignRecipients', 4, 600);

		const { main, errors } = await run({ recipients: ['hardBounce'] }, [{}], {
			options: { whenLimitReached: 'error', maxParallelRequests: 1 },
		});

		expect(main.map(({ json }) => json.email)).toEqual(
			[0, 1, 2, 3].flatMap((i) => people(`c${i}-`, 2)),
		);
		expect(errors).toHaveLength(1);
		expect(failure(errors[0])).toMatchObject({ reason: 'rateLimited', retryable: true });
		expect(failure(errors[0]).retryAt).toEqual(expect.any(String));
	});

	it('is not that of the options, which are about moving', async () => {
		for (let i = 0; i < 6; i++) add(i, { recipients: { senthardbounce: people(`c${i}-`, 1) } });

		const { main, errors } = await run({}, [{}], {
			options: { callsPerWindow: 3, whenLimitReached: 'error' },
		});

		// 13 calls to read, and 3 of 6 to move.
		expect(stage.zoho.calls('campaignRecipients')).toHaveLength(12);
		expect(main.length).toBeLessThanOrEqual(3);
		expect(main.length + errors.length).toBe(6);
	});
});

describe('with all processes', () => {
	const shared = useSharedLimit();

	testWithDataTables('the limit of reading is shared beside that of moving', async () => {
		const process = await shared.startProcess();
		process.connect({ oauthTokenData: shared.token, readCampaigns: true }, shared.credentialId);
		shared.zoho.campaigns.reports.add({ recipients: { senthardbounce: people('p', 3) } });

		const { main, errors } = await process.run('zohoCampaignsDoNotMail', [{}], {
			credentialId: shared.credentialId,
			parameters: { addressesFrom: 'campaigns', returnAll: true },
			options: { shareLimit: 'instance', callsPerWindow: 10, windowMinutes: 0.02 },
		});

		expect([main.length, errors]).toEqual([3, []]);
		const rows = shared.dataTables.tables.flatMap((table) => table.rows);
		expect(new Set(rows.map(({ account }) => account)).size).toBe(2);
	});
});
