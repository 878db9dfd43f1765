/** Recipients of campaigns, put into Do-Not-Mail: what a user sees of it. */
import { sleep } from 'n8n-workflow';
import { failure } from '../support/stage';
import { campaign, people, useCampaignReports } from './campaignsStage';

const { stage, connect, add, run, moves } = useCampaignReports();

const zoho = () => stage.zoho.campaigns;

describe('recipients of the campaigns of the last days', () => {
	it('are moved, each once, with the campaign and what they were', async () => {
		const key = add(1, {
			name: 'Spring',
			recipients: { senthardbounce: ['a@b.c'], spamcontacts: ['d@e.f', 'A@B.C'] },
		});
		const older = add(3, { name: 'Winter', recipients: { spamcontacts: ['d@e.f', 'g@h.i'] } });
		add(8, { name: 'Long ago', recipients: { senthardbounce: ['old@example.com'] } });
		add(1, { recipients: { optoutcontacts: ['x@y.z'], sentsoftbounce: ['x@y.z'] } });

		const { main, errors, hints } = await run();

		expect(errors).toEqual([]);
		expect(main.map(({ json }) => json)).toEqual([
			{
				email: 'a@b.c',
				status: 'moved',
				message: 'User successfully moved to Do-Not-Mail.',
				code: '0',
				campaign: 'Spring',
				campaignKey: key,
				recipient: 'hardBounce',
			},
			expect.objectContaining({ email: 'd@e.f', campaign: 'Spring', recipient: 'spamComplaint' }),
			expect.objectContaining({ email: 'g@h.i', campaignKey: older, recipient: 'spamComplaint' }),
		]);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual(Array(3).fill({ item: 0 }));
		expect(zoho().has('x@y.z')).toBe(false);
		expect(hints[0]?.message).toBe(
			'3 addresses: 3 moved. 3 addresses read from 3 campaigns in 7 calls. 3 calls to move them, one address each.',
		);
	});

	it('are those chosen', async () => {
		add(1, {
			recipients: {
				senthardbounce: ['hard@example.com'],
				sentsoftbounce: ['soft@example.com'],
				spamcontacts: ['spam@example.com'],
				optoutcontacts: ['out@example.com'],
			},
		});

		const { main } = await run({ recipients: ['optOut', 'softBounce'] });

		expect(main.map(({ json }) => [json.email, json.recipient])).toEqual([
			['soft@example.com', 'softBounce'],
			['out@example.com', 'optOut'],
		]);
	});

	it('are read to the end before the first of them is moved', async () => {
		add(1, { recipients: { senthardbounce: people('p', 45) } });
		zoho().lists.mostRows = 20;

		const { main } = await run();

		expect(main).toHaveLength(45);
		const kinds = stage.zoho.requests.map(({ kind }) => kind);
		expect(kinds.lastIndexOf('campaignRecipients')).toBeLessThan(kinds.indexOf('doNotMail'));
	});

	it('are found in the test phase of an A/B test, too', async () => {
		const key = add(1, {
			name: 'Test',
			recipients: { senthardbounce: ['main@example.com'] },
			testPhase: [{ senthardbounce: ['a@example.com'] }, { senthardbounce: ['b@example.com'] }],
		});

		const { main } = await run();

		expect(main.map(({ json }) => [json.email, json.campaign, json.campaignKey])).toEqual([
			['main@example.com', 'Test', key],
			['a@example.com', 'Test', key],
			['b@example.com', 'Test', key],
		]);
	});

	it('are none where no campaign was sent: no item, no error, one call', async () => {
		const { main, errors, error } = await run({}, [{}], { onError: 'stopWorkflow' });

		expect([main, errors, error]).toEqual([[], [], undefined]);
		expect(stage.zoho.requests).toHaveLength(1);
	});

	it('are up to the limit, those of the newest campaigns first', async () => {
		for (let i = 0; i < 5; i++)
			add(i + 0.5, { recipients: { senthardbounce: people(`c${i}-`, 19) } });

		const { main, hints } = await run({ returnAll: false, limit: 30 });

		expect(main.map(({ json }) => json.email)).toEqual(
			[...people('c0-', 19), ...people('c1-', 19)].slice(0, 30),
		);
		expect(moves()).toHaveLength(30);
		expect(hints[0]?.message).toContain('&quot;Limit&quot; was reached');
		expect((await run({ returnAll: false })).main).toHaveLength(50);
	});

	it('are shown and left alone in a preview', async () => {
		add(1, { name: 'Spring', recipients: { spamcontacts: ['a@b.c'] } });

		const { main, hints } = await run({ previewOnly: true });

		expect(main.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				email: 'a@b.c',
				status: 'preview',
				campaign: 'Spring',
				recipient: 'spamComplaint',
			}),
		]);
		expect([moves(), zoho().registry.size]).toEqual([[], 0]);
		expect(hints[0]?.message).toContain('Nothing was sent: this is a preview.');
	});
});

describe('items that ask for campaigns', () => {
	it('get the recipients of theirs, each campaign read once and each address sent once', async () => {
		const one = add(1, { name: 'One', recipients: { senthardbounce: ['a@b.c', 'd@e.f'] } });
		const two = add(2, { name: 'Two', recipients: { senthardbounce: ['d@e.f'] } });
		const items = [one, two, one].map((key) => ({ key }));
		const parameters = { campaigns: 'one', campaign: campaign('={{ $json.key }}', 'key') };

		const { main, hints } = await run({ ...parameters, recipients: ['hardBounce'] }, items);

		expect(
			main.map(({ json, pairedItem }) => [
				(pairedItem as { item: number }).item,
				json.email,
				json.campaign,
			]),
		).toEqual([
			[0, 'a@b.c', 'One'],
			[0, 'd@e.f', 'One'],
			[1, 'd@e.f', 'Two'],
			[2, 'a@b.c', 'One'],
			[2, 'd@e.f', 'One'],
		]);
		expect(stage.zoho.calls('campaignRecipients')).toHaveLength(2);
		expect(moves()).toHaveLength(2);
		expect(hints[0]?.message).toContain('3 duplicates');
	});

	it.each([
		[{ campaigns: 'one', campaign: campaign('={{ "" }}', 'key') }, 'No campaign is chosen.'],
		[{ campaigns: 'one', campaign: campaign('a b', 'key') }, 'a b is not the key of a campaign.'],
		[{ campaigns: 'all' }, 'The parameter "Campaigns" takes one of recent, one, and is "all".'],
		[
			{ sentWithinDays: 0 },
			'The parameter "Sent Within (Days)" takes a number from 1 to 365, and is 0.',
		],
		[{ recipients: '={{ [] }}' }, 'No recipients are chosen. It takes hardBounce,'],
		[{ recipients: ['bounces'] }, '"Recipients" has bounces. It takes hardBounce,'],
		[{ returnAll: false, limit: 0 }, 'The parameter "Limit" takes'],
	])('fail unsent where a parameter takes no such value: %j', async (parameters, message) => {
		const { main, errors } = await run(parameters);

		expect(main).toEqual([]);
		expect(errors).toHaveLength(1);
		expect(failure(errors[0])).toMatchObject({ reason: 'invalidRequest' });
		expect(failure(errors[0]).message).toContain(message);
		expect(stage.zoho.requests).toEqual([]);
	});
});

describe('what cannot be read', () => {
	it('is one failure of its item, with the campaign, and what was read goes on', async () => {
		add(1, { name: 'Here', recipients: { senthardbounce: ['a@b.c'] } });
		const gone = add(2, { name: 'Gone', recipients: { senthardbounce: ['d@e.f'] } });
		// Deleted once the list has been read.
		stage.zoho.randomFault = ({ kind }) => {
			if (kind === 'campaignRecipients') zoho().reports.delete(gone);
			return undefined;
		};

		const { main, errors, hints } = await run();

		expect(main.map(({ json }) => json.email)).toEqual(['a@b.c']);
		expect(errors.map((item) => failure(item))).toEqual([
			{
				campaign: 'Gone',
				campaignKey: gone,
				code: '6002',
				reason: 'invalidRequest',
				message: 'The campaign "Gone" could not be read: Campaign does not exist or is not sent.',
				resolution: expect.stringContaining('Choose one from the list') as string,
				httpStatus: 200,
				retryable: false,
			},
		]);
		expect(hints[0]?.message).toMatch(/^2 results: 1 moved, 1 failed: 1 refused or not valid\./);
	});

	it('is a failure where the server passes over "fromindex", and not the end', async () => {
		add(1, { name: 'Large', recipients: { senthardbounce: people('p', 1_234) } });
		zoho().lists.ignored.add('fromindex');
		zoho().lists.mostRows = 20;

		const { main, errors } = await run();

		expect(main).toHaveLength(20);
		expect(failure(errors[0])).toMatchObject({ campaign: 'Large', reason: 'badResponse' });
		expect(failure(errors[0]).message).toContain(
			'The hard bounces of the campaign "Large" cannot be read past row 20',
		);
	});

	it.each([
		['Zoho fails', { status: 500 }, 'serverError'],
		['a proxy answers', { html: 200 }, 'badResponse'],
		['the connection is cut', { reset: true }, 'networkError'],
		[
			'the reply has a shape that nobody knows',
			{ status: 200, body: '{"status":"success","code":"0","list_of_details":"{a=b}"}' },
			'badResponse',
		],
		[
			'the user may not',
			{ status: 200, body: '{"Code":"6607","message":"No","status":"error"}' },
			'noPermission',
		],
	] as const)('where %s is told, and nobody is moved', async (_, fault, reason) => {
		add(1, { recipients: { senthardbounce: ['a@b.c'] } });
		stage.zoho.fault({ kind: 'campaignRecipients', ...fault, times: Infinity });

		const { main, errors } = await run({ recipients: ['hardBounce'] });

		expect(main).toEqual([]);
		expect(errors.map((item) => failure(item).reason)).toEqual([reason]);
		expect(moves()).toEqual([]);
	});

	it('for a passing reason is read again', async () => {
		add(1, { recipients: { senthardbounce: people('p', 3) } });
		stage.zoho.fault({ kind: 'recentCampaigns', status: 500 });
		stage.zoho.fault({ kind: 'campaignRecipients', reset: true });

		const { main, errors, hints } = await run();

		expect([main.length, errors]).toEqual([3, []]);
		expect(hints[0]?.message).toContain('2 calls repeated after a transient failure.');
	});

	it('moves nobody under Stop Workflow', async () => {
		add(1, { recipients: { senthardbounce: ['a@b.c'] } });
		add(2, { name: 'Broken', recipients: { senthardbounce: ['d@e.f'] } });
		stage.zoho.fault({ kind: 'campaignRecipients', status: 500, skip: 2, times: Infinity });

		const { error } = await run({}, [{}], {
			onError: 'stopWorkflow',
			options: { maxParallelRequests: 1, maxRetries: 0 },
		});

		expect(error?.message).toContain('of the campaign "Broken" could not be read');
		expect(moves()).toEqual([]);
	});

	it('with a token that dies is told once, and what was read is not sent', async () => {
		add(1, { recipients: { senthardbounce: ['a@b.c'] } });
		add(2, { recipients: { senthardbounce: ['d@e.f'] } });
		const unauthorized = {
			status: 401,
			body: '{"message":"Unauthorized request.","Code":"1007","status":"error"}',
			headers: { 'content-type': 'application/json' },
		};
		stage.zoho.fault({ kind: 'campaignRecipients', ...unauthorized, skip: 1, times: Infinity });

		const { main, errors } = await run({ recipients: ['hardBounce'] }, [{}], {
			options: { maxParallelRequests: 1 },
		});

		expect(main).toEqual([]);
		expect(errors.map((item) => [failure(item).email, failure(item).reason])).toEqual([
			['a@b.c', 'notAttempted'],
			[undefined, 'authenticationFailed'],
		]);
		expect(moves()).toEqual([]);
	});

	it('moves nobody where the run is stopped meanwhile', async () => {
		add(1, { recipients: { senthardbounce: people('p', 3) } });
		stage.zoho.fault({ kind: 'campaignRecipients', skip: 1, hang: true });

		const running = run();
		for (let i = 0; i < 2_000 && stage.zoho.calls('campaignRecipients').length < 2; i++) {
			await sleep(5);
		}
		running.cancel();
		const { status, error } = await running;

		expect(status).toBe('canceled');
		expect(error?.message).toContain('0 done, 0 failed, 1 not attempted');
		expect(moves()).toEqual([]);
	});
});

describe('a credential that may not read campaigns', () => {
	it.each([
		['has "Read Campaigns" off', { readCampaigns: false }],
		['is older than the field', { readCampaigns: undefined }],
		[
			'has custom scopes without it',
			{ customScopes: true, enabledScopes: 'ZohoCampaigns.contact.UPDATE' },
		],
	])('is named before anything is sent, where it %s', async (_, data) => {
		connect(data);

		const { errors } = await run();

		expect(failure(errors[0])).toMatchObject({
			reason: 'scopeMismatch',
			message: 'The credential does not ask for the scopes to read campaigns.',
			resolution: expect.stringContaining('switch on "Read Campaigns"') as string,
		});
		expect(stage.zoho.requests).toEqual([]);
	});

	it('is named with the scope where it was not connected again', async () => {
		const scopes = 'ZohoCampaigns.contact.UPDATE';
		connect({ oauthTokenData: { ...stage.zoho.oauth.issue({ scopes }) } });

		const { errors } = await run();

		expect(failure(errors[0])).toMatchObject({ reason: 'scopeMismatch' });
		expect(failure(errors[0]).resolution).toContain(
			'ZohoCampaigns.campaign.READ ("Read Campaigns" in the credential)',
		);
		expect(moves()).toEqual([]);
	});

	it('is no hindrance to addresses that the items hold', async () => {
		connect({ readCampaigns: false });

		const { main } = await run({ addressesFrom: 'address' }, [{ email: 'a@b.c' }]);

		expect(main).toHaveLength(1);
	});
});
