import { CREDENTIAL_TYPE } from '../support/stage';
import { NODE, useCampaignReports } from './campaignsStage';

const { stage, connect } = useCampaignReports();

describe('the list of campaigns', () => {
	const DAY = Date.UTC(2026, 11, 1, 12);
	let id = '';
	beforeEach(() => {
		id = connect();
	});
	const search = async (filter?: string) => {
		const { results } = await stage.engine.listSearch(NODE, 'searchCampaigns', filter, {
			parameters: {},
			credentials: { [CREDENTIAL_TYPE]: { id, name: 'Zoho' } },
		});
		return results.map(({ name, value }) => `${name} ${value}`);
	};
	const add = (name: string, daysAgo: number, given: object = {}) =>
		stage.zoho.campaigns.reports.add({
			name,
			key: name,
			sentAt: DAY - daysAgo * 86_400_000,
			...given,
		});

	it('has those sent, the newest first, with the day, and is searched by both', async () => {
		add('Winter', 40);
		add('Spring', 0);
		add('Summer', 1);
		add('Later', 0, { status: 'Draft' });

		expect(await search()).toEqual([
			'Spring (1 Dec 2026) Spring',
			'Summer (30 Nov 2026) Summer',
			'Winter (22 Oct 2026) Winter',
		]);
		expect(await search(' sUM')).toEqual(['Summer (30 Nov 2026) Summer']);
		expect(await search('oct 2026')).toEqual(['Winter (22 Oct 2026) Winter']);
	});

	it('is the newest first, whatever order Zoho gives', async () => {
		stage.zoho.campaigns.lists.ignored.add('sort');
		add('Old', 9);
		add('New', 1);

		expect((await search()).map((name) => name.split(' ')[0])).toEqual(['New', 'Old']);
	});

	it('has all of more than 20, by how many Zoho gives at once', async () => {
		for (let i = 0; i < 130; i++) add(`C${i}`, i);
		expect(await search()).toHaveLength(130);
		stage.zoho.campaigns.lists.mostRows = 20;
		expect(await search()).toHaveLength(130);
	});

	it('is empty where none was sent', async () => {
		expect(await search()).toEqual([]);
	});

	it('says that "Read Campaigns" is off, and asks Zoho nothing', async () => {
		id = connect({ readCampaigns: false });

		await expect(search()).rejects.toThrow('switch on "Read Campaigns"');
		expect(stage.zoho.requests).toEqual([]);
	});

	it('says which scope the account did not grant', async () => {
		const scopes = 'ZohoCampaigns.contact.UPDATE';
		id = connect({ oauthTokenData: { ...stage.zoho.oauth.issue({ scopes }) } });

		await expect(search()).rejects.toThrow('ZohoCampaigns.campaign.READ');
	});

	it.each([
		['fails', { status: 500 }],
		['answers in HTML', { html: 200 }],
		['cuts the connection', { reset: true }],
	] as const)('says so where Zoho %s', async (_, fault) => {
		stage.zoho.fault({ kind: 'recentCampaigns', ...fault, times: Infinity });

		await expect(search()).rejects.toThrow();
	});
});
