import {
	clock,
	listModules,
	MINUTE,
	refresh,
	send,
	token,
	unblock,
	useFakeZoho,
	withToken,
	zoho,
} from '../client';
import { crmError } from '../crm/expected';

useFakeZoho();

describe('a token', () => {
	const INVALID = { status: 401, body: { code: 'INVALID_TOKEN', message: 'invalid oauth token' } };

	it('is taken as Bearer and as Zoho-oauthtoken', async () => {
		expect((await listModules()).status).toBe(200);
		expect((await listModules(withToken(token))).status).toBe(200);
	});

	it('lives an hour', async () => {
		clock.now += 60 * MINUTE - 1;
		expect((await listModules()).status).toBe(200);
		clock.now += 1;
		expect(await listModules()).toMatchObject(INVALID);
	});

	it('may be born dead, be ended, or be revoked with its refresh token', async () => {
		const dead = zoho.oauth.issue({ expired: true });
		expect(await listModules(withToken(dead.access_token))).toMatchObject(INVALID);
		expect((await refresh(dead.refresh_token)).body).toHaveProperty('access_token');

		zoho.oauth.expire();
		expect(await listModules()).toMatchObject(INVALID);

		const { access_token, refresh_token } = zoho.oauth.issue();
		zoho.oauth.revoke(refresh_token);
		expect(await listModules(withToken(access_token))).toMatchObject(INVALID);
		expect((await refresh(refresh_token)).body).toEqual({ error: 'invalid_code' });
	});

	it('counts for nothing in the query string, and is seen there', async () => {
		const { status, body } = await send(`/crm/v8/settings/modules?access_token=${token}`, {
			method: 'GET',
			headers: {},
		});
		expect(status).toBe(401);
		expect(body).toEqual({
			code: 'AUTHENTICATION_FAILURE',
			details: {},
			message: 'Authentication failed',
			status: 'error',
		});
		expect(zoho.calls('modules')[0]?.query).toBe(`access_token=${token}`);
	});
});

describe('a dead token', () => {
	it.each([401, 400] as const)('is told with HTTP %i', async (deadTokenStatus) => {
		zoho.crm.deadTokenStatus = deadTokenStatus;
		zoho.oauth.expire();
		const told = crmError('INVALID_TOKEN', 'invalid oauth token', {}, deadTokenStatus);
		expect(await unblock(['1'])).toMatchObject(told);
		expect(await listModules(withToken(token))).toMatchObject(told);
	});
});
