import { refresh, until, useFakeZoho, zoho } from '../client';
import { TOO_MANY_REFRESHES } from './accounts';

useFakeZoho();

describe('the token endpoint', () => {
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
