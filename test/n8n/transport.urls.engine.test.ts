import type { IDataObject } from 'n8n-workflow';
import { DATA_CENTERS } from '../../nodes/zoho/hosts';
import { scopesFor } from '../../nodes/zoho/scopes';
import { CREDENTIAL_TYPE, useStage } from '../support/stage';

const stage = useStage();

describe('the URLs of the credential', () => {
	const places = Object.entries(DATA_CENTERS).map(([code, { accounts }]) => ({ code, accounts }));

	/** The credential as n8n hands it to the OAuth client: expressions resolved. */
	const resolved = async (data: IDataObject) =>
		await stage.engine.credentials.decrypted(CREDENTIAL_TYPE, stage.connect(data));

	test.each(places)('$code: consent and tokens come from $accounts', async ({ code, accounts }) => {
		const { authUrl, accessTokenUrl } = await resolved({ dataCenter: code });
		expect(authUrl).toBe(`https://${accounts}/oauth/v2/auth`);
		expect(accessTokenUrl).toBe(`https://${accounts}/oauth/v2/token`);
	});

	test('custom: from the custom URL, with or without a slash at its end', async () => {
		const { authUrl, accessTokenUrl } = await resolved({
			customAccountsUrl: 'https://a.example/z/',
		});
		expect(authUrl).toBe('https://a.example/z/oauth/v2/auth');
		expect(accessTokenUrl).toBe('https://a.example/z/oauth/v2/token');
	});

	test.each(['both', 'crm', 'campaigns'] as const)(
		'the services "%s" ask for their scopes',
		async (services) => {
			expect((await resolved({ services })).scope).toBe(scopesFor(services));
		},
	);

	test('custom scopes replace the default ones', async () => {
		const scopes = 'ZohoCRM.send_mail.Leads.CREATE';
		const { scope } = await resolved({ customScopes: true, enabledScopes: scopes });
		expect(scope).toBe(scopes);
	});

	test('what is fixed is fixed', async () => {
		expect(await resolved({})).toMatchObject({
			grantType: 'authorizationCode',
			authQueryParameters: 'access_type=offline&prompt=consent',
			authentication: 'body',
		});
	});
});
