/** How campaigns are read, with the calls counted. */
import { plainScene, type Scene, type SceneCampaign } from '../../support/plans/read/scene';
import { addressOf, playScene, type Played } from '../../support/plans/read/world';

/** Campaigns sent one after the other within so many days, the newest first. */
const sent = (count: number, days: number, reached: SceneCampaign['reached']): SceneCampaign[] =>
	Array.from({ length: count }, (_, i) => ({ daysAgo: (i * days) / count, reached }));

/** 135 campaigns of the week, one with 1,234 hard bounces, five A/B tests among them, and older ones. */
function aWeek(): SceneCampaign[] {
	const campaigns = sent(135, 6.9, {}).map((campaign, i) => ({
		...campaign,
		reached: {
			hardBounce: [10_000 + i * 10, 10_000 + i * 10 + (i % 15)] as const,
			spamComplaint: [20_000 + i, 20_001 + i] as const,
		},
	}));
	campaigns[40]!.reached.hardBounce = [0, 1_234];
	for (const i of [3, 30, 60, 90, 120]) {
		const of = (from: number) => ({ hardBounce: [from, from + 3] as const });
		campaigns[i] = {
			...campaigns[i]!,
			testPhase: [of(30_000 + 10 * i), of(31_000 + 10 * i)],
		} as (typeof campaigns)[number];
	}
	return [...campaigns, ...sent(200, 300, {}).map((old) => ({ ...old, daysAgo: 8 + old.daysAgo }))];
}

const countOf = ({ calls }: Played, call: string) =>
	calls.filter((one) => one.call === call).length;

const counts = (played: Played) => ({
	list: countOf(played, 'recentcampaigns'),
	details: countOf(played, 'getcampaigndetails'),
	recipients: countOf(played, 'getcampaignrecipientsdata'),
});

function found({ asks }: Played, place = 0) {
	const { ask, truth } = asks[place]!;
	const addresses = [...ask!.addresses];
	const emails = new Set(addresses.map(({ email }) => email));
	return {
		addresses: addresses.length,
		missed: [...truth.keys()].filter((email) => !emails.has(email)).length,
		unread: ask!.unread.map(({ failure: { message } }) => message),
		isWhole: ask!.isWhole,
	};
}

const read = async (campaigns: SceneCampaign[], given: Parameters<typeof plainScene>[1] = {}) =>
	await playScene(plainScene(campaigns, given), 'hand');

describe('a week of 135 campaigns, one with 1,234 hard bounces, five of them A/B tests', () => {
	const nothingMissed = { missed: 0, unread: [], isWhole: true };

	it('is read with a call for each campaign and kind, and one for each 500', async () => {
		const played = await read(aWeek());

		expect(found(played)).toMatchObject(nothingMissed);
		// 135 of 2 kinds, 5 test phases of 2 campaigns each, and the 2 further pages of the one of 1,234.
		expect(counts(played)).toEqual({ list: 2, details: 5, recipients: 135 * 2 + 5 * 2 * 2 + 2 });
	});

	it('is read where the server gives 20 rows, whatever it is asked for', async () => {
		const played = await read(aWeek(), { lists: { mostRows: 20 } });

		expect(found(played)).toMatchObject(nothingMissed);
		expect(counts(played)).toEqual({
			// Each further page begins with the last row of the one before.
			list: 8,
			details: 5,
			recipients: 135 * 2 + 5 * 2 * 2 + Math.ceil(1_234 / 20) - 1,
		});
	});

	it('ends as a failure where the server passes over "fromindex", and not as 20 addresses', async () => {
		const lists: Partial<Scene['lists']> = { mostRows: 20, ignored: ['fromindex'] };
		const played = await read(aWeek(), { lists });

		const { unread, isWhole } = found(played);
		expect(isWhole).toBe(true);
		expect(unread).toEqual([
			expect.stringMatching(/^The list of campaigns cannot be read past row 20:/),
		]);
		const one = await read(aWeek(), {
			lists: { ignored: ['fromindex'] },
			asks: [{ which: { campaign: 40 }, recipients: ['hardBounce'], most: Infinity }],
		});
		expect(found(one)).toMatchObject({
			addresses: 500,
			unread: [
				expect.stringMatching(
					/^The hard bounces of the campaign "Campaign \d+" cannot be read past row 500:/,
				),
			],
		});
	});

	it('is read after a lock of the reading API in the middle', async () => {
		const played = await read(aWeek(), { limit: 100, settings: { lockMinutes: 1 } });

		expect(found(played)).toMatchObject(nothingMissed);
		expect(played.locks).toBeGreaterThan(0);
	});

	it('is told as what it is where a lock is not to be waited for, and what was read goes on', async () => {
		const played = await read(aWeek(), { limit: 100, settings: { whenLimitReached: 'error' } });

		const { addresses, isWhole } = found(played);
		expect(isWhole).toBe(false);
		expect(addresses).toBeGreaterThan(100);
		expect(played.plan.outbox.abortedFor).toMatchObject({ reason: 'rateLimited' });
		expect(played.plan.outbox.abortedFor?.retryAt).toBeGreaterThan(0);
	});

	it('stays inside a limit that is kept', async () => {
		const settings = { callsPerWindow: 90 };
		const played = await read(aWeek(), { limit: 100, settings });

		expect(found(played)).toMatchObject(nothingMissed);
		expect(played.locks).toBe(0);
		expect(played.plan.limited.waitedMs).toBeGreaterThan(2.9 * 300_000);
	});
});

describe('a page of recipients', () => {
	const one = (count: number): SceneCampaign[] => [
		{ daysAgo: 1, reached: { hardBounce: [0, count] } },
	];
	const hard = { asks: [{ which: { days: 7 }, recipients: ['hardBounce'], most: Infinity }] };
	const callsFor = async (count: number, given: Parameters<typeof plainScene>[1] = {}) =>
		counts(await read(one(count), { ...(hard as Partial<Scene>), ...given })).recipients;

	it('is the last one where it has under 20 rows; else one more look shows it', async () => {
		expect(await callsFor(0)).toBe(1);
		expect(await callsFor(19)).toBe(1);
		expect(await callsFor(20)).toBe(2);
		expect(await callsFor(499)).toBe(2);
		expect(await callsFor(500)).toBe(2);
		expect(await callsFor(501)).toBe(2);
		expect(await callsFor(1_234)).toBe(3);
	});

	it('is the last one where the server has given more at once before', async () => {
		const campaigns: SceneCampaign[] = [
			{ daysAgo: 1, reached: { hardBounce: [0, 60] } },
			{ daysAgo: 2, reached: { hardBounce: [100, 140] } },
			{ daysAgo: 3, reached: { hardBounce: [200, 259] } },
		];
		const settings = { maxParallelRequests: 1 };
		const played = await read(campaigns, { ...(hard as Partial<Scene>), settings });

		expect(counts(played).recipients).toBe(4);
	});

	it('may end with a list without rows, and be nested, in either name of the address', async () => {
		const lists = { endAs: 'emptyList', addressAs: 'contact_email', requestAsText: true } as const;
		const played = await read(one(500), { lists, nested: true });

		expect(found(played)).toMatchObject({ addresses: 500, unread: [] });
	});
});

describe('the list of campaigns', () => {
	it('is read to its end where its order is not what was asked for', async () => {
		const campaigns = sent(250, 30, { hardBounce: [0, 2] }).reverse();
		campaigns[249]!.reached = { hardBounce: [7, 8] };
		const ascending = await read(campaigns, { lists: { ignored: ['sort'] } });
		const sorted = await read(campaigns);

		expect([found(ascending).missed, found(sorted).missed]).toEqual([0, 0]);
		expect([counts(ascending).list, counts(sorted).list]).toEqual([3, 1]);
	});

	it('is begun again where a campaign was deleted, so that nobody is lost who moved up', async () => {
		const campaigns = sent(60, 6, {}).map((one, i) => ({
			...one,
			reached: { hardBounce: [i, i + 1] as const },
			// Between the first page and the second.
			...(i === 5 && { deletedAfter: 70 }),
		}));
		const played = await read(campaigns, { lists: { mostRows: 20 } });
		const { ask } = played.asks[0]!;
		const emails = [...ask!.addresses].map(({ email }) => email);

		expect(emails).toContain(addressOf(20));
		expect(emails).toHaveLength(59);
		expect(ask!.unread.map(({ failure: { code } }) => code)).toEqual(['6002']);
		expect(counts(played).list).toBeGreaterThan(4);
	});

	it('is read until the campaign is found that was chosen, and no further', async () => {
		const campaigns = sent(350, 300, { hardBounce: [0, 1] });
		const asks: Scene['asks'] = [
			{ which: { campaign: 150 }, recipients: ['hardBounce'], most: Infinity },
		];
		const played = await read(campaigns, { asks });

		expect(counts(played)).toEqual({ list: 2, details: 0, recipients: 1 });
		expect([...played.asks[0]!.ask!.addresses]).toEqual([
			expect.objectContaining({ campaign: 'Campaign 151', recipient: 'hardBounce' }),
		]);
	});

	it('is read once for all who ask', async () => {
		const asks = [3, 7, 3].map((days) => ({
			which: { days },
			recipients: ['hardBounce' as const],
			most: Infinity,
		}));
		const played = await read(sent(50, 10, { hardBounce: [0, 1] }), { asks });

		expect(counts(played)).toEqual({ list: 1, details: 0, recipients: 36 });
	});
});

it('a limit ends the reading as soon as there are addresses enough', async () => {
	const asks: Scene['asks'] = [{ which: { days: 7 }, recipients: ['hardBounce'], most: 50 }];
	const campaigns = sent(135, 6.9, {}).map((one, i) => ({
		...one,
		reached: { hardBounce: [i * 30, i * 30 + 19] as const },
	}));
	const played = await read(campaigns, { asks });

	const addresses = [...played.asks[0]!.ask!.addresses].map(({ email }) => email);
	const expected = [0, 30, 60].flatMap((from) => Array.from({ length: 19 }, (_, i) => from + i));
	expect(addresses).toEqual(expected.slice(0, 50).map(addressOf));
	expect(counts(played).list).toBeLessThanOrEqual(2);
	expect(counts(played).recipients).toBeLessThanOrEqual(3 + 5);
});

it('somebody who was several things in several campaigns is the first of the words, in the newest such campaign', async () => {
	const campaigns: SceneCampaign[] = [
		{ daysAgo: 1, reached: { spamComplaint: [0, 2] } },
		{ daysAgo: 2, reached: { hardBounce: [0, 1], spamComplaint: [0, 1] } },
		{ daysAgo: 3, reached: { hardBounce: [0, 1] } },
	];
	const played = await read(campaigns);

	expect([...played.asks[0]!.ask!.addresses]).toEqual([
		{
			email: addressOf(0),
			campaign: 'Campaign 2',
			campaignKey: expect.any(String),
			recipient: 'hardBounce',
		},
		{
			email: addressOf(1),
			campaign: 'Campaign 1',
			campaignKey: expect.any(String),
			recipient: 'spamComplaint',
		},
	]);
});

it('a token that dies ends the reading, which is told once, and what was read is known', async () => {
	const troubles: Scene['troubles'] = [...Array<'none'>(30).fill('none'), 'tokenRevoked'];
	const played = await read(aWeek(), { troubles });

	const { addresses, unread, isWhole } = found(played);
	expect([unread, isWhole]).toEqual([[], false]);
	expect(addresses).toBeGreaterThan(0);
	expect(played.plan.outbox.abortedFor?.reason).toBe('authenticationFailed');
	expect(played.calls.length).toBeLessThanOrEqual(31 + 5);
});
