import {
	clock,
	doNotMail,
	form,
	MINUTE,
	refresh,
	send,
	unblock,
	until,
	useFakeZoho,
	withToken,
	zoho,
} from '../client';
import { TOO_MANY_REFRESHES } from './accounts';

useFakeZoho();

describe('the token endpoint', () => {
	it('refreshes without a new refresh token and keeps the scopes', async () => {
		const { refresh_token, scope } = zoho.oauth.issue({ scopes: 'ZohoCampaigns.contact.ALL' });
		const { status, body } = await refresh(refresh_token);
		expect(status).toBe(200);
		expect(body).toMatchObject({ scope, token_type: 'Bearer', expires_in: 3600 });
		expect(body).not.toHaveProperty('refresh_token');
		expect((await doNotMail('a@b.c', withToken(String(body.access_token)))).status).toBe(200);
		expect((await unblock(['1'], withToken(String(body.access_token)))).status).toBe(401);
	});

	it('takes its parameters from the query string as well', async () => {
		const query = new URLSearchParams({
			grant_type: 'refresh_token',
			refresh_token: zoho.oauth.issue().refresh_token,
			client_id: zoho.oauth.clientId,
			client_secret: zoho.oauth.clientSecret,
		});
		const { body } = await send(`/oauth/v2/token?${query}`, { headers: {} });
		expect(body).toHaveProperty('access_token');
	});

	it.each([
		[{ client_id: 'x' }, 'invalid_client'],
		[{ client_secret: 'x' }, 'invalid_client_secret'],
		[{ refresh_token: 'x' }, 'invalid_code'],
		[{ grant_type: 'password' }, 'unsupported_grant_type'],
	])('refuses %j with HTTP 200', async (wrong, error) => {
		const fields = {
			grant_type: 'refresh_token',
			refresh_token: zoho.oauth.issue().refresh_token,
			...wrong,
		};
		expect(await send('/oauth/v2/token', form(fields))).toMatchObject({
			status: 200,
			body: { error },
		});
	});

	it('takes no client from a Basic header', async () => {
		const { clientId, clientSecret } = zoho.oauth;
		const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
		const { body } = await send('/oauth/v2/token', {
			headers: { authorization: `Basic ${basic}` },
			body: new URLSearchParams({ grant_type: 'refresh_token' }),
		});
		expect(body).toEqual({ error: 'invalid_client' });
	});

	it('refuses the eleventh refresh of one token in ten minutes, then grants again', async () => {
		const { refresh_token } = zoho.oauth.issue();
		for (let count = 0; count < 10; count++) {
			expect((await refresh(refresh_token)).body).toHaveProperty('access_token');
			clock.now += MINUTE / 2;
		}
		const eleventh = await refresh(refresh_token);
		expect(eleventh.status).toBe(200);
		expect(eleventh.body).toEqual({
			error: 'access_denied',
			error_description: TOO_MANY_REFRESHES,
			status: 'failure',
		});
		expect((await refresh(zoho.oauth.issue().refresh_token)).body).toHaveProperty('access_token');
		clock.now += 5 * MINUTE;
		expect((await refresh(refresh_token)).body).toHaveProperty('access_token');
		expect((await refresh(refresh_token)).body).toHaveProperty('error');
	});

	it('refuses refreshes with the error that it is told, so often as it is told', async () => {
		const { refresh_token } = zoho.oauth.issue();
		zoho.oauth.refuseRefresh('invalid_code', 2);
		expect((await refresh(refresh_token)).body).toEqual({ error: 'invalid_code' });
		expect((await refresh(refresh_token)).body).toEqual({ error: 'invalid_code' });
		expect((await refresh(refresh_token)).body).toHaveProperty('access_token');
		zoho.oauth.refuseRefresh('access_denied');
		expect((await refresh(refresh_token)).body.error_description).toBe(TOO_MANY_REFRESHES);
		zoho.oauth.refuseRefresh(undefined);
		expect((await refresh(refresh_token)).body).toHaveProperty('access_token');
	});

	it('hands out the api_domain that it is told', async () => {
		zoho.oauth.apiDomain = 'https://www.zohoapis.eu';
		const { body } = await refresh(zoho.oauth.issue().refresh_token);
		expect(body.api_domain).toBe('https://www.zohoapis.eu');
	});

	it.each([200, 400] as const)('may refuse with HTTP %i', async (status) => {
		zoho.oauth.refusalStatus = status;
		expect(await refresh('x')).toMatchObject({ status, body: { error: 'invalid_code' } });
		zoho.oauth.refuseRefresh('access_denied', 1);
		expect(await refresh('x')).toMatchObject({
			status,
			body: { error: 'access_denied', error_description: TOO_MANY_REFRESHES },
		});
	});

	it('grants with HTTP 200 even where it refuses with 400', async () => {
		zoho.oauth.refusalStatus = 400;
		const { refresh_token } = zoho.oauth.issue();
		expect(await refresh(refresh_token)).toMatchObject({ status: 200, body: { expires_in: 3600 } });
	});

	it.each([
		['a gateway’s page with an error', { html: 502 }, 502, /^<!DOCTYPE html>/],
		['a page with 200', { html: 200 }, 200, /^<!DOCTYPE html>/],
		['nothing', { emptyBody: 200 }, 200, /^$/],
	] as const)('may fail once, by %s, and then work', async (_what, trouble, status, text) => {
		const { refresh_token } = zoho.oauth.issue();
		zoho.fault({ kind: 'token', ...trouble });
		const failed = await refresh(refresh_token);
		expect(failed.status).toBe(status);
		expect(failed.text).toMatch(text);
		expect((await refresh(refresh_token)).body).toHaveProperty('access_token');
	});

	it('may hang for ever, until the client goes', async () => {
		const { refresh_token } = zoho.oauth.issue();
		zoho.fault({ kind: 'token', hang: true });
		const abort = new AbortController();
		const hanging = refresh(refresh_token, { signal: abort.signal });
		await until(() => zoho.calls('token').length === 1);
		abort.abort();
		await expect(hanging).rejects.toThrow();
		await until(() => zoho.calls('token')[0]?.endedAt !== undefined);
		expect(zoho.calls('token')[0]).not.toHaveProperty('status');
	});
});
