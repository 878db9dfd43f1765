import {
	clock,
	doNotMail,
	form,
	MINUTE,
	refresh,
	send,
	useFakeZoho,
	withToken,
	zoho,
} from '../client';
import { NO_CAMPAIGNS_ORG } from './consentPage';

useFakeZoho();

const REDIRECT = 'http://localhost:5678/rest/oauth2-credential/callback';

describe('the consent page', () => {
	const page = (query: Record<string, string> = {}) =>
		`/oauth/v2/auth?${new URLSearchParams({
			client_id: zoho.oauth.clientId,
			response_type: 'code',
			redirect_uri: REDIRECT,
			scope: 'ZohoCRM.send_mail.all.CREATE,ZohoCampaigns.contact.UPDATE',
			state: 'a state & more',
			access_type: 'offline',
			prompt: 'consent',
			...query,
		})}`;
	const decide = async (decision: string, query: Record<string, string> = {}) => {
		const { status, headers } = await send(page(query), {
			headers: {},
			body: new URLSearchParams({ decision }),
		});
		expect(status).toBe(302);
		return new URL(headers.get('location') ?? '');
	};
	const accept = async (query: Record<string, string> = {}) =>
		(await decide('accept', query)).searchParams.get('code') ?? '';
	const exchange = (code: string, fields: Record<string, string> = {}) =>
		send(
			'/oauth/v2/token',
			form({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...fields }),
		);

	it('shows what is asked for and two buttons', async () => {
		const { status, text } = await send(page(), { method: 'GET' });
		expect(status).toBe(200);
		expect(text).toContain('<button id="accept"');
		expect(text).toContain('<button id="reject"');
		expect(text).toContain('zohocampaigns.contact.update');
	});

	it('cannot be made to show markup of the caller’s', async () => {
		const { text } = await send(page({ scope: '"><script>x</script>' }), { method: 'GET' });
		expect(text).not.toContain('<script>');
	});

	it('sends the browser back with code, state, location and accounts-server', async () => {
		zoho.oauth.location = 'eu';
		const back = await decide('accept');
		expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
		expect(Object.fromEntries(back.searchParams)).toEqual({
			state: 'a state & more',
			code: expect.stringMatching(/^1000\./),
			location: 'eu',
			'accounts-server': zoho.url,
		});
	});

	it('sends the browser back with access_denied when the user rejects', async () => {
		const back = await decide('reject');
		expect(back.searchParams.get('error')).toBe('access_denied');
		expect(back.searchParams.get('state')).toBe('a state & more');
		expect(back.searchParams.has('code')).toBe(false);
	});

	it('accepts by itself when it is told to', async () => {
		zoho.oauth.autoApprove = true;
		const { status, headers } = await send(page(), { method: 'GET' });
		expect(status).toBe(302);
		expect(headers.get('location')).toContain('code=1000.');
	});

	it('turns away who has no Campaigns as soon as a Campaigns scope is asked for', async () => {
		zoho.oauth.campaignsAccount = false;
		expect((await send(page(), { method: 'GET' })).text).toContain(NO_CAMPAIGNS_ORG);
		const crmOnly = page({ scope: 'ZohoCRM.send_mail.all.CREATE' });
		expect((await send(crmOnly, { method: 'GET' })).text).toContain('id="accept"');
	});

	it.each([
		['client_id', 'someone else'],
		['response_type', 'token'],
		['redirect_uri', 'nowhere'],
		['scope', ''],
	])('refuses a wrong %s on the page itself', async (name, value) => {
		zoho.oauth.autoApprove = true;
		const { status, headers } = await send(page({ [name]: value }), { method: 'GET' });
		expect(status).toBe(400);
		expect(headers.has('location')).toBe(false);
	});

	it('gives tokens that work for a code', async () => {
		const { status, body } = await exchange(await accept());
		expect(status).toBe(200);
		expect(body).toEqual({
			access_token: expect.any(String),
			refresh_token: expect.any(String),
			scope: expect.any(String),
			api_domain: zoho.url,
			token_type: 'Bearer',
			expires_in: 3600,
		});
		expect((await doNotMail('a@b.c', withToken(String(body.access_token)))).status).toBe(200);
		expect((await refresh(String(body.refresh_token))).body).toHaveProperty('access_token');
	});

	it('gives a refresh token only for offline access, and later only with prompt=consent', async () => {
		const { body: online } = await exchange(await accept({ access_type: 'online' }));
		expect(online).toHaveProperty('access_token');
		expect(online).not.toHaveProperty('refresh_token');
		const { body: again } = await exchange(await accept({ prompt: 'none' }));
		expect(again).not.toHaveProperty('refresh_token');
		expect((await exchange(await accept())).body).toHaveProperty('refresh_token');
	});

	it('refuses a code that is wrong, used or a minute old, with HTTP 200', async () => {
		const refused = { status: 200, body: { error: 'invalid_code' } };
		expect(await exchange('1000.none')).toMatchObject(refused);
		const code = await accept();
		await exchange(code);
		expect(await exchange(code)).toMatchObject(refused);
		const old = await accept();
		clock.now += MINUTE;
		expect(await exchange(old)).toMatchObject(refused);
	});

	it('refuses another redirect_uri than the one that the code was asked with', async () => {
		const answer = await exchange(await accept(), { redirect_uri: 'http://elsewhere' });
		expect(answer).toMatchObject({ status: 200, body: { error: 'invalid_redirect_uri' } });
	});
});
