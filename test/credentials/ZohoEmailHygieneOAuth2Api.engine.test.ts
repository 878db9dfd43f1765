import type { IDataObject } from 'n8n-workflow';
import { scopesFor } from '../../nodes/zoho/scopes';
import { TOO_MANY_REFRESHES } from '../fake-zoho';
import { failure, recordIds, setStage, type Stage } from '../support/stage';
import { crm, kindOf, nodes } from '../support/nodes';

let stage: Stage;
beforeAll(async () => {
	stage = await setStage();
});
afterAll(async () => await stage.stop());
beforeEach(() => stage.zoho.reset());

/** Older engines send a call with a dead token twice more by themselves, and lose what Zoho said. */
const MOST_CALLS = process.env.N8N_ENGINE ? 4 : 2;

/** Many items for either node: enough for several calls, so that going on would show. */
const items = recordIds(1200).map((id, i) => ({ id, email: `person${i}@example.com` }));

/** Runs a node over all items, expects that every one of them failed, and counts what was sent. */
async function runInVain(node: (typeof nodes)[number]) {
	const { zoho } = stage;
	const { main, errors, status } = await stage.run(node, items);
	expect(status).toBe('success');
	expect(main).toHaveLength(0);
	expect(errors).toHaveLength(items.length);
	const failures = errors.map(failure);
	return {
		first: failures[0] as IDataObject,
		reasons: new Set(failures.map(({ reason }) => reason)),
		apiCalls: zoho.calls(kindOf[node]).length,
		refreshes: zoho.calls('token').length,
	};
}

describe.each(nodes)('%s', (node) => {
	test('without a credential says so, and sends nothing', async () => {
		const { errors } = await stage.engine.run({
			items: items.slice(0, 2),
			node: { type: node, onError: 'continueErrorOutput' },
		});
		expect(errors.map(failure)).toEqual(
			items.slice(0, 2).map(() =>
				expect.objectContaining({
					reason: 'authenticationFailed',
					code: 'NO_CREDENTIAL',
					message: 'No credential is chosen in this node.',
					resolution: expect.stringContaining('Choose a credential in the node'),
				}),
			),
		);
		expect(stage.zoho.requests).toHaveLength(0);
	});

	test.each([
		['was never connected', undefined],
		['has no token in it', {}],
	])(
		'with a credential that %s asks to connect it, and sends nothing',
		async (_, oauthTokenData) => {
			stage.connect({ oauthTokenData: oauthTokenData as IDataObject });
			const { first, reasons, apiCalls } = await runInVain(node);
			expect(reasons).toEqual(new Set(['authenticationFailed']));
			expect(first.resolution).toContain('Connect');
			expect(apiCalls).toBe(0);
		},
	);

	test.each([
		['invalid_code', 'Connect the credential again'],
		['invalid_client', 'the data center is wrong'],
		['invalid_client_secret', 'one secret for each data center'],
		['invalid_redirect_uri', 'Authorized Redirect URIs'],
		['access_denied', 'Wait ten minutes'],
		['general_error', 'Run again in a few minutes'],
		['something_new', 'connect it again'],
	])('connected with the refusal %s tells the cure, and sends nothing', async (error, cure) => {
		stage.connect({ oauthTokenData: { error } });
		const { first, apiCalls, refreshes } = await runInVain(node);
		expect(first).toMatchObject({ reason: 'authenticationFailed', code: error });
		expect(first.resolution).toContain(cure);
		expect(apiCalls + refreshes).toBe(0);
	});

	test('connected at the wrong data center names the right one for certain', async () => {
		stage.connect({
			dataCenter: 'us',
			oauthTokenData: { error: 'invalid_code', callbackQueryString: { location: 'eu' } },
		});
		const { first, apiCalls } = await runInVain(node);
		expect(first.reason).toBe('authenticationFailed');
		expect(first.resolution).toContain('your account lives in Europe (zoho.eu)');
		expect(apiCalls).toBe(0);
	});

	test.each([
		['invalid_code', 'access was revoked'],
		['invalid_client', 'data center'],
		['invalid_client_secret', 'Client Secret'],
		['access_denied', 'ten renewals'],
		['general_error', 'Run again'],
	])(
		'whose refresh Zoho refuses with %s: one refresh, hardly a call, the cure',
		async (error, cure) => {
			const { zoho } = stage;
			stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });
			zoho.oauth.refuseRefresh(error);
			const { first, reasons, apiCalls, refreshes } = await runInVain(node);
			expect(first).toMatchObject({ reason: 'authenticationFailed', code: error, httpStatus: 401 });
			expect(first.resolution).toContain(cure);
			expect(reasons).toEqual(new Set(['authenticationFailed', 'notAttempted']));
			expect(refreshes).toBe(1);
			expect(apiCalls).toBeLessThanOrEqual(MOST_CALLS);
		},
	);

	test('says when the refreshes that Zoho allows are used up, and until when', async () => {
		const { zoho } = stage;
		zoho.oauth.refreshThrottle = { calls: 0, windowMs: 600_000 };
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });
		const before = Date.now();
		const { first } = await runInVain(node);
		expect(TOO_MANY_REFRESHES).toContain('too many requests');
		expect(first).toMatchObject({ code: 'access_denied', retryable: true });
		const wait = Date.parse(String(first.retryAt)) - before;
		expect(wait).toBeGreaterThan(9 * 60_000);
		expect(wait).toBeLessThan(11 * 60_000);
	});

	test('with a token that stays dead after a good refresh: one refresh, hardly a call', async () => {
		const { zoho } = stage;
		stage.connect();
		const unauthorized = { code: 'INVALID_TOKEN', message: 'invalid oauth token', details: {} };
		zoho.fault({
			kind: kindOf[node],
			status: 401,
			body: JSON.stringify(unauthorized),
			times: 99,
		});
		const { first, apiCalls, refreshes } = await runInVain(node);
		expect(first).toMatchObject({ reason: 'authenticationFailed', httpStatus: 401 });
		expect(first.resolution).toContain('also after renewing it');
		expect(refreshes).toBe(1);
		expect(apiCalls).toBeLessThanOrEqual(MOST_CALLS);
	});

	test('with an expired token and no refresh token asks to connect again', async () => {
		const { zoho } = stage;
		const token: IDataObject = { ...zoho.oauth.issue({ expired: true }) };
		delete token.refresh_token;
		stage.connect({ oauthTokenData: token });
		const { first, apiCalls, refreshes } = await runInVain(node);
		expect(first.reason).toBe('authenticationFailed');
		expect(first.resolution).toContain('connect it again');
		expect(apiCalls).toBeLessThan(MOST_CALLS);
		expect(refreshes).toBe(0);
	});

	test('goes on when the accounts server fails for a moment while the token is renewed', async () => {
		const { zoho } = stage;
		zoho.crm.add('Leads', recordIds(3));
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });
		zoho.fault({ kind: 'token', status: 503, body: 'busy' });
		zoho.fault({ kind: 'token', reset: true });
		const { main } = await stage.run(node, items.slice(0, 3), { options: { retryDelay: 1 } });
		expect(main).toHaveLength(3);
	});

	test('a stale refusal beside a token that works does no harm', async () => {
		const { zoho } = stage;
		zoho.crm.add('Leads', recordIds(3));
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue(), error: 'access_denied' } });
		const { main } = await stage.run(node, items.slice(0, 3));
		expect(main).toHaveLength(3);
	});

	test('with a credential that leaves its service out says so before anything is sent', async () => {
		stage.connect({ services: node === crm ? 'campaigns' : 'crm' });
		const { first, reasons, apiCalls } = await runInVain(node);
		expect(reasons).toEqual(new Set(['scopeMismatch']));
		expect(first.resolution).toContain('"Services"');
		expect(apiCalls).toBe(0);
	});

	test('with a scope that was not granted names it: one refresh, hardly a call', async () => {
		const { zoho } = stage;
		const scopes = node === crm ? scopesFor('campaigns') : scopesFor('crm');
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ scopes }) } });
		const { first, apiCalls, refreshes } = await runInVain(node);
		expect(first).toMatchObject({ reason: 'scopeMismatch', httpStatus: 401 });
		expect(first.resolution).toContain(
			node === crm ? 'ZohoCRM.send_mail.all.CREATE' : 'ZohoCampaigns.contact.UPDATE',
		);
		expect(refreshes).toBeLessThanOrEqual(1);
		expect(apiCalls).toBeLessThanOrEqual(MOST_CALLS);
	});

	test.each([
		['customAccountsUrl', 'http://accounts.example'],
		[node === crm ? 'customApiUrl' : 'customCampaignsUrl', 'http://evil.example'],
		[node === crm ? 'customApiUrl' : 'customCampaignsUrl', ''],
	])('with the custom URL %s = "%s" sends no token there', async (field, url) => {
		stage.connect({ [field]: url });
		const { first, apiCalls } = await runInVain(node);
		expect(first.reason).toBe('authenticationFailed');
		expect(String(first.message)).toMatch(/Custom .* URL/);
		expect(apiCalls).toBe(0);
	});

	test('never follows a redirect, so that the token stays where it belongs', async () => {
		const { zoho } = stage;
		stage.connect();
		zoho.fault({ kind: kindOf[node], redirect: `${zoho.url}/elsewhere`, times: 99 });
		const { errors } = await stage.run(node, items.slice(0, 1), { options: { maxRetries: 0 } });
		expect(failure(errors[0]).reason).toBe('badResponse');
		expect(zoho.requests.filter(({ path }) => path.includes('elsewhere'))).toHaveLength(0);
	});

	test('20 runs at once with one expired token make one refresh', async () => {
		const { zoho } = stage;
		zoho.latencyMs = 5;
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });
		zoho.crm.add('Leads', recordIds(20));
		const runs = items.slice(0, 20).map((item) => stage.run(node, [item]));
		for (const { main } of await Promise.all(runs)) expect(main).toHaveLength(1);
		expect(zoho.calls('token')).toHaveLength(1);
	});
});
