import { doNotMail, useFakeZoho, withToken, zoho } from '../client';

useFakeZoho();

describe('a token for Campaigns', () => {
	it.each([
		['ZohoCampaigns.contact.UPDATE', 200],
		['ZohoCampaigns.contact.CREATE-UPDATE', 200],
		['ZohoCampaigns.contact.WRITE', 200],
		['ZohoCampaigns.contact.ALL', 200],
		['ZohoCampaigns.contact.READ', 401],
	])('moves to do-not-mail with %s: %i', async (scopes, status) => {
		const { access_token } = zoho.oauth.issue({ scopes });
		expect((await doNotMail('a@b.c', withToken(access_token))).status).toBe(status);
	});

	it('gets one answer whether it is missing, dead or of the wrong scope', async () => {
		const scopes = 'ZohoCRM.modules.ALL';
		for (const init of [
			{ headers: {} },
			withToken('1000.none'),
			withToken(zoho.oauth.issue({ scopes }).access_token),
		]) {
			const { status, body } = await doNotMail('a@b.c', init);
			expect(status).toBe(401);
			expect(body).toEqual({
				message: 'Unauthorized request.',
				version: '1.1',
				URI: '/api/v1.1/json/contactdonotmail',
				Code: '1007',
				status: 'error',
			});
		}
		expect(zoho.campaigns.received).toEqual([]);
	});
});
