import { clock, doNotMail, MINUTE, send, useFakeZoho, withToken, zoho } from '../client';

useFakeZoho();

const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}@example.com`);

const recentCampaigns = (query: string, init: RequestInit = {}) =>
	send(`/api/v1.1/recentcampaigns?resfmt=JSON&${query}`, { method: 'GET', ...init });

const recipients = (key: string, query = '', action = 'senthardbounce', init: RequestInit = {}) =>
	send(
		`/api/v1.1/getcampaignrecipientsdata?resfmt=JSON&campaignkey=${key}&action=${action}&${query}`,
		init,
	);

const namesIn = ({ body }: Awaited<ReturnType<typeof send>>) =>
	(body.recent_campaigns as Array<{ campaign_name: string }>).map(
		({ campaign_name }) => campaign_name,
	);

const addressesIn = ({ body }: Awaited<ReturnType<typeof send>>) =>
	(body.list_of_details as Array<Record<string, string>>).map(
		(row) => row.contactemailaddress ?? row.contact_email,
	);

describe('the list of campaigns', () => {
	it('has those sent, the newest first, 20 rows as they come', async () => {
		for (let i = 0; i < 25; i++) zoho.campaigns.reports.add({ sentAt: i });
		zoho.campaigns.reports.add({ name: 'Draft', status: 'Draft' });

		expect(namesIn(await recentCampaigns('status=sent&sort=desc'))).toHaveLength(20);
		const next = await recentCampaigns('status=sent&sort=desc&fromindex=21&range=100');
		expect(namesIn(next)).toEqual([5, 4, 3, 2, 1].map((n) => `Campaign ${n}`));
		expect(next.body).toMatchObject({ status: 'success', code: '0' });
	});

	it('ends with 6101, or with a list without rows', async () => {
		expect((await recentCampaigns('status=sent')).body.Code).toBe('6101');
		zoho.campaigns.lists.endAs = 'emptyList';
		expect((await recentCampaigns('status=sent')).body.recent_campaigns).toEqual([]);
	});

	it('keeps the test phase of an A/B test under two other keys, which are in no list', async () => {
		const { reports } = zoho.campaigns;
		const people = (address: string) => ({ senthardbounce: [address] });
		const key = reports.add({ testPhase: [people('a@b.c'), people('d@e.f')] });
		const path = `/api/v1.1/getcampaigndetails?resfmt=JSON&campaignkey=${key}&campaigntype=abtesting`;

		const details = await send(path, { method: 'GET' });

		expect(namesIn(await recentCampaigns('status=sent'))).toEqual(['Campaign 1']);
		const [split] = details.body['AB-split-details'] as Array<Record<string, string>>;
		expect(addressesIn(await recipients(split!.a_child_campaignkey!))).toEqual(['a@b.c']);
		expect(addressesIn(await recipients(split!.b_child_campaignkey!))).toEqual(['d@e.f']);
		expect((await recipients(key)).body.Code).toBe('6303');
	});
});

describe('the recipients of a campaign', () => {
	const add = (count: number) =>
		zoho.campaigns.reports.add({ recipients: { senthardbounce: people(count) } });

	it('come 20 at a time without a word on the rest, or as many as are asked for', async () => {
		const key = add(45);

		expect(addressesIn(await recipients(key))).toEqual(people(20));
		expect(addressesIn(await recipients(key, 'fromindex=21'))).toEqual(people(40).slice(20));
		expect(addressesIn(await recipients(key, 'fromindex=2&range=500'))).toEqual(
			people(45).slice(1),
		);
		expect((await recipients(key, 'fromindex=46&range=500')).body.Code).toBe('6303');
	});

	it('come as a server hands them out that ignores what it is asked', async () => {
		const key = add(45);
		const { lists } = zoho.campaigns;
		lists.mostRows = 30;
		expect(addressesIn(await recipients(key, 'range=500'))).toHaveLength(30);
		lists.ignored.add('range').add('fromindex');
		expect(addressesIn(await recipients(key, 'fromindex=21&range=500'))).toEqual(people(20));
	});

	it('are refused with HTTP 200 for a campaign that is none, is not sent, or was deleted', async () => {
		const key = add(1);
		const draft = zoho.campaigns.reports.add({ status: 'Draft' });
		zoho.campaigns.reports.delete(key);

		for (const gone of [key, draft, '3zunknown']) {
			const { status, body } = await recipients(gone);
			expect([status, body.Code, body.status]).toEqual([200, '6002', 'error']);
		}
	});

	it('come in XML where JSON is not asked for', async () => {
		const key = add(1);
		const path = `/api/v1.1/getcampaignrecipientsdata?campaignkey=${key}&action=`;

		expect((await send(`${path}senthardbounce`)).text).toContain(
			'<contactemailaddress>p0@example.com</contactemailaddress>',
		);
		expect((await send(`${path}spamcontacts`)).text).toContain('<Code>6303</Code>');
	});

	it('want a scope of their own', async () => {
		const key = add(1);
		for (const [scopes, status] of [
			['ZohoCampaigns.campaign.READ', 200],
			['ZohoCampaigns.campaign.ALL', 200],
			['ZohoCampaigns.contact.UPDATE', 401],
		] as const) {
			const { access_token } = zoho.oauth.issue({ scopes });
			const reply = await recipients(key, '', 'senthardbounce', withToken(access_token));
			expect(reply.status).toBe(status);
		}
		const { access_token } = zoho.oauth.issue({ scopes: 'ZohoCampaigns.campaign.READ' });
		expect((await doNotMail('a@b.c', withToken(access_token))).status).toBe(401);
	});

	it('are locked for half an hour after 500 calls in 5 minutes, and no other call is', async () => {
		const key = add(1);
		for (let i = 0; i < 500; i++) await recipients(key);

		expect((await recipients(key)).body).toMatchObject({
			error: { title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED' },
		});
		expect((await doNotMail('a@b.c')).status).toBe(200);
		expect(namesIn(await recentCampaigns('status=sent'))).toHaveLength(1);
		expect([zoho.campaigns.reportLocks, zoho.campaigns.locks]).toEqual([1, 0]);
		clock.now += 30 * MINUTE;
		expect(addressesIn(await recipients(key))).toEqual(people(1));
	});
});
