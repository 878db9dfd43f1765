/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports */
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { XMLParser } from 'fast-xml-parser';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	NO_CAMPAIGNS_ORG,
	PUBLISHED_LIMIT,
	startFakeZoho,
	STANDARD_MODULES,
	Throttle,
	TOO_MANY_REFRESHES,
	type FakeZoho,
} from '../fake-zoho';
import {
	DO_NOT_MAIL_ERRORS,
	DO_NOT_MAIL_JSON_SAMPLE,
	DO_NOT_MAIL_XML_SAMPLE,
	ERROR_SCHEMA,
	MODULES_SCHEMA,
	UNBLOCK_ERRORS,
	UNBLOCK_SAMPLE,
	UNBLOCK_SUCCESS_SCHEMA,
} from '../fake-zoho/facts';

const MINUTE = 60_000;
const REDIRECT = 'http://localhost:5678/rest/oauth2-credential/callback';

let clock = 0;
let zoho: FakeZoho;
let token: string;

beforeAll(async () => {
	zoho = await startFakeZoho({ now: () => clock });
});
beforeEach(() => {
	clock = Date.UTC(2026, 0, 1);
	zoho.reset();
	token = zoho.oauth.issue().access_token;
});
afterAll(() => zoho.stop());

interface Answer {
	status: number;
	headers: Headers;
	text: string;
	/** The body where it is a JSON object, else an empty one. */
	body: Record<string, unknown>;
}

async function send(path: string, init: RequestInit = {}): Promise<Answer> {
	const reply = await fetch(`${zoho.url}${path}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}` },
		redirect: 'manual',
		...init,
	});
	const text = await reply.text();
	const isJson = reply.headers.get('content-type')?.startsWith('application/json') && text !== '';
	let body: Record<string, unknown> = {};
	try {
		if (isJson) body = JSON.parse(text);
	} catch {
		// Cut-off JSON is what some tests ask for.
	}
	return { status: reply.status, headers: reply.headers, text, body };
}

const withToken = (accessToken: string): RequestInit => ({
	headers: { authorization: `Zoho-oauthtoken ${accessToken}` },
});

const unblock = (
	ids: readonly unknown[],
	{
		fields = ['Email'],
		path = '/crm/v8/Leads/actions/unblock_email',
		...init
	} = {} as RequestInit & {
		fields?: string[];
		path?: string;
	},
) => send(path, { body: JSON.stringify({ unblock_fields: fields, ids }), ...init });

const doNotMail = (address: string, init: RequestInit = {}) =>
	send(
		`/api/v1.1/json/contactdonotmail?${new URLSearchParams({
			resfmt: 'JSON',
			contactinfo: JSON.stringify({ 'Contact Email': address }),
		})}`,
		init,
	);

const doNotMailXml = (contactinfo: string) =>
	send(`/api/v1.1/xml/contactdonotmail?${new URLSearchParams({ resfmt: 'XML', contactinfo })}`);

const form = (fields: Record<string, string>): RequestInit => ({
	headers: {},
	body: new URLSearchParams({
		client_id: zoho.oauth.clientId,
		client_secret: zoho.oauth.clientSecret,
		...fields,
	}),
});

const refresh = (refreshToken: string) =>
	send('/oauth/v2/token', form({ grant_type: 'refresh_token', refresh_token: refreshToken }));

async function until(holds: () => boolean): Promise<void> {
	while (!holds()) await sleep(2);
}

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
		clock += MINUTE;
		expect(await exchange(old)).toMatchObject(refused);
	});

	it('refuses another redirect_uri than the one that the code was asked with', async () => {
		const answer = await exchange(await accept(), { redirect_uri: 'http://elsewhere' });
		expect(answer).toMatchObject({ status: 200, body: { error: 'invalid_redirect_uri' } });
	});
});

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
			clock += MINUTE / 2;
		}
		const eleventh = await refresh(refresh_token);
		expect(eleventh.status).toBe(200);
		expect(eleventh.body).toEqual({
			error: 'access_denied',
			error_description: TOO_MANY_REFRESHES,
			status: 'failure',
		});
		expect((await refresh(zoho.oauth.issue().refresh_token)).body).toHaveProperty('access_token');
		clock += 5 * MINUTE;
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
});

describe('a token', () => {
	const INVALID = { status: 401, body: { code: 'INVALID_TOKEN', message: 'invalid oauth token' } };
	const list = (init: RequestInit = {}) =>
		send('/crm/v8/settings/modules', { method: 'GET', ...init });

	it('is taken as Bearer and as Zoho-oauthtoken', async () => {
		expect((await list()).status).toBe(200);
		expect((await list(withToken(token))).status).toBe(200);
	});

	it('lives an hour', async () => {
		clock += 60 * MINUTE - 1;
		expect((await list()).status).toBe(200);
		clock += 1;
		expect(await list()).toMatchObject(INVALID);
	});

	it('may be born dead, be ended, or be revoked with its refresh token', async () => {
		const dead = zoho.oauth.issue({ expired: true });
		expect(await list(withToken(dead.access_token))).toMatchObject(INVALID);
		expect((await refresh(dead.refresh_token)).body).toHaveProperty('access_token');

		zoho.oauth.expire();
		expect(await list()).toMatchObject(INVALID);

		const { access_token, refresh_token } = zoho.oauth.issue();
		zoho.oauth.revoke(refresh_token);
		expect(await list(withToken(access_token))).toMatchObject(INVALID);
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

	it.each([
		['v6', 'Leads', 'ZohoCRM.modules.leads.UPDATE', true],
		['v6', 'Leads', 'zohocrm.modules.LEADS.all', true],
		['v7', 'Leads', 'ZohoCRM.send_mail.all.CREATE', true],
		['v7', 'Leads', 'ZohoCRM.modules.ALL', false],
		['v6', 'Leads', 'ZohoCRM.modules.ALL', true],
		['v6', 'Leads', 'ZohoCRM.modules.all.UPDATE', true],
		['v6', 'Leads', 'ZohoCRM.modules.contacts.UPDATE', false],
		['v6', 'Leads', 'ZohoCRM.modules.leads.READ', false],
		['v6', 'Leads', 'ZohoCRM.send_mail.all.CREATE', false],
		['v6', 'Sales_Orders', 'ZohoCRM.modules.salesorders.UPDATE', true],
		['v6', 'Partners', 'ZohoCRM.modules.custom.UPDATE', true],
		['v6', 'Partners', 'ZohoCRM.modules.leads.UPDATE', false],
		['v8', 'Leads', 'ZohoCRM.send_mail.all.CREATE', true],
		['v8', 'Leads', 'ZohoCRM.send_mail.leads.CREATE', true],
		['v8', 'Leads', 'ZohoCRM.send_mail.deals.CREATE', false],
		['v8', 'Leads', 'ZohoCRM.modules.ALL', false],
	])('unblocks with %s in %s with %s: %s', async (version, module, scopes, allowed) => {
		addPartners();
		zoho.crm.add(module, '1');
		const { access_token } = zoho.oauth.issue({ scopes });
		const path = `/crm/${version}/${module}/actions/unblock_email`;
		const { status, body } = await unblock(['1'], { path, ...withToken(access_token) });
		expect(status).toBe(allowed ? 200 : 401);
		if (!allowed) {
			expect(body).toEqual({
				code: 'OAUTH_SCOPE_MISMATCH',
				details: {},
				message: 'Unauthorized',
				status: 'error',
			});
		}
	});

	it.each([
		['ZohoCRM.settings.modules.READ', 200],
		['ZohoCRM.settings.modules.all', 200],
		['ZohoCRM.settings.ALL', 200],
		['ZohoCRM.modules.ALL', 401],
	])('lists the modules with %s: %i', async (scopes, status) => {
		const { access_token } = zoho.oauth.issue({ scopes });
		expect((await list(withToken(access_token))).status).toBe(status);
	});

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

	it('gets one answer from Campaigns whether it is missing, dead or of the wrong scope', async () => {
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

function addPartners(): void {
	zoho.crm.modules.push({
		api_name: 'Partners',
		plural_label: 'Partners',
		generated_type: 'custom',
		api_supported: true,
	});
}

/** An error of the CRM, as the pages have it. */
const crmError = (code: string, message: string, details: object = {}, status = 400) => ({
	status,
	body: { code, details, message, status: 'error' },
});
const NO_RECORD = ['INVALID_DATA', 'Invalid record provided'] as const;
const ALREADY = ['NOT_ALLOWED', 'Email is already unblocked'] as const;

describe('the list of modules', () => {
	it('has the nine standard ones, custom ones that were added, and some that serve nothing', async () => {
		addPartners();
		const { status, body } = await send('/crm/v6/settings/modules', { method: 'GET' });
		expect(status).toBe(200);
		const modules = body.modules as Array<Record<string, unknown>>;
		const names = modules.map((module) => module.api_name);
		expect(names).toEqual(expect.arrayContaining([...STANDARD_MODULES, 'Partners', 'Home']));
		expect(modules.find((module) => module.api_name === 'Partners')).toMatchObject({
			generated_type: 'custom',
			api_supported: true,
			plural_label: 'Partners',
		});
	});

	it('is only for GET', async () => {
		expect((await send('/crm/v8/settings/modules')).body.code).toBe('INVALID_REQUEST_METHOD');
	});
});

describe('unblock_email', () => {
	it('unblocks many records and answers as the page’s sample', async () => {
		const ids = UNBLOCK_SAMPLE.data.map((entry) => entry.details.id);
		zoho.crm.add('Leads', ids);
		expect(await unblock(ids)).toMatchObject({ status: 200, body: UNBLOCK_SAMPLE });
		expect(zoho.crm.get('Leads', ids[0] ?? '')).toEqual({
			email: 'unblocked',
			secondary: 'none',
			timesUnblocked: 1,
		});
	});

	it.each(['v6', 'v7', 'v8'])('unblocks a single record by its URL in %s', async (version) => {
		zoho.crm.add('Contacts', '17', { secondary: 'soft' });
		const { status, body } = await send(`/crm/${version}/Contacts/17/actions/unblock_email`, {
			body: JSON.stringify({ unblock_fields: ['Email', 'Secondary_Email'] }),
		});
		expect(status).toBe(200);
		expect(body).toMatchObject({ data: [{ code: 'SUCCESS', details: { id: '17' } }] });
		expect(zoho.crm.get('Contacts', '17')).toEqual({
			email: 'unblocked',
			secondary: 'unblocked',
			timesUnblocked: 1,
		});
		expect(zoho.calls('unblock')[0]?.ids).toEqual(['17']);
	});

	it('changes only the fields that are named', async () => {
		zoho.crm.add('Leads', '1', { secondary: 'soft' });
		await unblock(['1']);
		expect(zoho.crm.get('Leads', '1')).toMatchObject({ email: 'unblocked', secondary: 'soft' });
	});

	it.each([
		['no such record', undefined, ['Email'], NO_RECORD],
		[
			'hard',
			{ email: 'hard' },
			['Email'],
			['NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently'],
		],
		[
			'hard in one of two named fields',
			{ email: 'soft', secondary: 'hard' },
			['Email', 'Secondary_Email'],
			['NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently'],
		],
		[
			'five lives spent',
			{ timesUnblocked: 5 },
			['Email'],
			['NOT_ALLOWED', 'Cannot unblock, email has been unblocked 5 times already'],
		],
		['not blocked', { email: 'unblocked' }, ['Email'], ALREADY],
		['without an address', { email: 'none' }, ['Email'], ALREADY],
		[
			'not blocked in any of two named fields',
			{ email: 'unblocked', secondary: 'unblocked' },
			['Email', 'Secondary_Email'],
			ALREADY,
		],
	] as const)('refuses a record: %s', async (_what, record, fields, [code, message]) => {
		if (record !== undefined) zoho.crm.add('Leads', '1', record);
		expect(await unblock(['1'], { fields: [...fields] })).toMatchObject(crmError(code, message));
		expect(zoho.crm.get('Leads', '1')).toEqual(
			record && { email: 'soft', secondary: 'none', timesUnblocked: 0, ...record },
		);
	});

	it('unblocks a record of whose two named fields one is still blocked', async () => {
		zoho.crm.add('Leads', '1', { email: 'unblocked', secondary: 'soft' });
		expect((await unblock(['1'], { fields: ['Email', 'Secondary_Email'] })).status).toBe(200);
	});

	it('unblocks a record five times and not a sixth time', async () => {
		for (let life = 0; life < 5; life++) {
			const { timesUnblocked = 0 } = zoho.crm.get('Leads', '1') ?? {};
			zoho.crm.add('Leads', '1', { timesUnblocked });
			expect((await unblock(['1'])).status).toBe(200);
		}
		zoho.crm.add('Leads', '1', { timesUnblocked: 5 });
		expect((await unblock(['1'])).status).toBe(400);
	});

	it('changes nothing when one record is bad, and does not say which', async () => {
		zoho.crm.add('Leads', ['1', '3']);
		zoho.crm.add('Leads', '4', { email: 'unblocked' });
		expect(await unblock(['1', '2', '3', '4'])).toMatchObject(crmError(...NO_RECORD));
		expect(await unblock(['1', '4', '3', '2'])).toMatchObject(crmError(...ALREADY));
		expect(zoho.crm.get('Leads', '1')?.email).toBe('soft');
		expect(zoho.crm.get('Leads', '3')?.email).toBe('soft');
	});

	it.each([
		['json_path', { json_path: '$.ids[2]' }, { resource_path_index: 1 }],
		['resource_path_index', { resource_path_index: 2 }, { resource_path_index: 1 }],
		['id', { id: '9' }, { id: '9' }],
	] as const)('says which record is bad by %s', async (indexBy, many, single) => {
		zoho.crm.style = 'indexed';
		zoho.crm.indexBy = indexBy;
		zoho.crm.add('Leads', ['1', '2']);
		expect(await unblock(['1', '2', '9'])).toMatchObject(crmError(...NO_RECORD, many));
		expect(
			await send('/crm/v8/Leads/9/actions/unblock_email', {
				body: JSON.stringify({ unblock_fields: ['Email'] }),
			}),
		).toMatchObject(crmError(...NO_RECORD, single));
		expect(zoho.crm.get('Leads', '1')?.email).toBe('soft');
	});

	it.each([200, 202, 207] as const)('answers HTTP %i with mixed data[]', async (mixedStatus) => {
		zoho.crm.style = 'mixed';
		zoho.crm.mixedStatus = mixedStatus;
		zoho.crm.add('Leads', ['1', '3']);
		const { status, body } = await unblock(['1', '2', '3']);
		expect(status).toBe(mixedStatus);
		expect(body).toEqual({
			data: [
				{ ...UNBLOCK_SAMPLE.data[0], details: { id: '1' } },
				{ ...crmError(...NO_RECORD).body, details: { id: '2' } },
				{ ...UNBLOCK_SAMPLE.data[0], details: { id: '3' } },
			],
		});
		expect(zoho.crm.get('Leads', '3')?.email).toBe('unblocked');
		zoho.crm.add('Leads', '1');
		expect((await unblock(['1'])).status).toBe(200);
	});

	it('acts once on a record that is named twice, and has an entry for each time', async () => {
		zoho.crm.add('Leads', ['1', '2']);
		const { body } = await unblock(['1', '2', '1']);
		expect(idsOf(body)).toEqual(['1', '2', '1']);
		expect(zoho.crm.get('Leads', '1')?.timesUnblocked).toBe(1);
	});

	it('deals data[] in another order, drops and adds entries', async () => {
		const ids = ['1', '2', '3', '4', '5', '6'];
		const named = async (dataQuirks: FakeZoho['crm']['dataQuirks']) => {
			zoho.crm.add('Leads', ids);
			zoho.crm.dataQuirks = dataQuirks;
			return idsOf((await unblock(ids)).body);
		};
		expect(await named({ order: 'reversed' })).toEqual([...ids].reverse());
		const shuffled = await named({ order: 'shuffled' });
		expect(shuffled).not.toEqual(ids);
		expect([...shuffled].sort()).toEqual(ids);
		expect(await named({ drop: 2 })).toEqual(['3', '4', '5', '6']);
		const more = await named({ extra: 2 });
		expect(more).toHaveLength(8);
		expect(new Set(more).size).toBe(8);
	});

	it('writes ids as numbers with all their digits', async () => {
		zoho.crm.add('Leads', '2423488000000575001');
		zoho.crm.dataQuirks = { idsAsNumbers: true };
		expect((await unblock(['2423488000000575001'])).text).toContain('"id":2423488000000575001}');
	});

	it('takes 500 ids and no more', async () => {
		const ids = Array.from({ length: 501 }, (_, index) => String(index));
		zoho.crm.add('Leads', ids);
		const tooMany = await unblock(ids);
		expect(tooMany.status).toBe(400);
		expect(tooMany.body).toMatchObject({
			code: 'LIMIT_EXCEEDED',
			details: { maximum_length: 500 },
		});
		expect((await unblock(ids.slice(1))).status).toBe(200);
	});

	it.each([
		[
			'limitExceeded',
			'LIMIT_EXCEEDED',
			{ maximum_length: 5, api_name: 'ids', json_path: '$.ids' },
			/^[^\d]*$/,
		],
		[
			'invalidData',
			'INVALID_DATA',
			{ maximum_length: 5, api_name: 'ids', json_path: '$.ids' },
			/^[^\d]*$/,
		],
		['inMessage', 'LIMIT_EXCEEDED', {}, /^Only 5 ids are allowed/],
		['unstated', 'LIMIT_EXCEEDED', {}, /^[^\d]*$/],
	] as const)('refuses a call that is too big: %s', async (sizeRefusal, code, details, message) => {
		Object.assign(zoho.crm, { maxIds: 5, sizeRefusal });
		const { status, body } = await unblock(['1', '2', '3', '4', '5', '6']);
		expect(status).toBe(400);
		expect(body).toEqual({
			code,
			details,
			message: expect.stringMatching(message),
			status: 'error',
		});
	});

	it.each([
		['an empty body', ''],
		['no JSON', 'unblock_fields=Email'],
		['no fields', '{"ids":["1"]}'],
		['empty fields', '{"unblock_fields":[],"ids":["1"]}'],
		['no ids', '{"unblock_fields":["Email"]}'],
		['empty ids', '{"unblock_fields":["Email"],"ids":[]}'],
	])('misses what is mandatory: %s', async (_what, body) => {
		const answer = await send('/crm/v8/Leads/actions/unblock_email', { body });
		expect(answer).toMatchObject({
			status: 400,
			body: { code: 'MANDATORY_NOT_FOUND', message: 'required field not found', status: 'error' },
		});
	});

	it.each(['{"unblock_fields":"Email","ids":["1"]}', '{"unblock_fields":["Email"],"ids":[1]}'])(
		'refuses what is no array of strings: %s',
		async (body) => {
			zoho.crm.add('Leads', '1');
			const answer = await send('/crm/v8/Leads/actions/unblock_email', { body });
			expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA' } });
		},
	);

	it('refuses a field that is unknown, or that the module has not, before it looks at records', async () => {
		expect(await unblock(['9'], { fields: ['Phone'] })).toMatchObject({
			status: 400,
			body: { code: 'NOT_ALLOWED', message: 'unknown field provided' },
		});
		zoho.crm.fieldsOf = () => ['Email'];
		expect(await unblock(['9'], { fields: ['Email', 'Secondary_Email'] })).toMatchObject(
			crmError('NOT_ALLOWED', 'SECONDARY_EMAIL field not available for module'),
		);
		zoho.crm.fieldsOf = () => [];
		expect(await unblock(['9'], { fields: ['Email', 'Secondary_Email'] })).toMatchObject(
			crmError('NOT_ALLOWED', 'EMAIL, SECONDARY_EMAIL field not available for module'),
		);
	});

	it('refuses a wrong method, URL and module', async () => {
		const path = '/crm/v8/Leads/actions/unblock_email';
		const METHOD = 'The http request method type is not a valid one';
		expect(await send(path, { method: 'GET' })).toMatchObject(
			crmError('INVALID_REQUEST_METHOD', METHOD),
		);
		expect(await send(path, { method: 'PUT', body: '{}' })).toMatchObject(
			crmError('INVALID_REQUEST_METHOD', METHOD),
		);
		const URL_PATTERN = 'Please check if the URL trying to access is a correct one';
		for (const wrong of ['/crm/v5/Leads/actions/unblock_email', '/crm/v8/Leads/actions/unblock']) {
			expect(await unblock(['1'], { path: wrong })).toMatchObject(
				crmError('INVALID_URL_PATTERN', URL_PATTERN, {}, 404),
			);
		}
		const MODULE = 'The module name given seems to be invalid';
		for (const module of ['Leeds', 'leads', 'Home']) {
			const answer = await unblock(['1'], { path: `/crm/v8/${module}/actions/unblock_email` });
			expect(answer).toMatchObject(crmError('INVALID_MODULE', MODULE, { resource_path_index: 0 }));
		}
	});

	it('refuses more calls at one time than it is allowed', async () => {
		zoho.crm.concurrencyLimit = 2;
		zoho.crm.add('Leads', ['1', '2', '3']);
		zoho.fault({ hang: true, times: 2 });
		const abort = new AbortController();
		const hanging = ['1', '2'].map((id) =>
			unblock([id], { signal: abort.signal }).catch((error: unknown) => error),
		);
		await until(() => zoho.requests.length === 2);
		expect(await unblock(['9'])).toMatchObject({
			status: 429,
			body: { code: 'TOO_MANY_REQUESTS', status: 'error' },
		});
		zoho.crm.concurrencyLimit = 3;
		expect((await unblock(['3'])).status).toBe(200);
		zoho.crm.concurrencyLimit = 1;
		abort.abort();
		await Promise.all(hanging);
		await until(() => zoho.requests.slice(0, 2).every(({ endedAt }) => endedAt !== undefined));
		zoho.crm.add('Leads', '4');
		expect((await unblock(['4'])).status).toBe(200);
		expect(zoho.maxInFlight('unblock')).toBe(3);
	});
});

function idsOf(body: Record<string, unknown>): string[] {
	return (body.data as Array<{ details: { id: string } }>).map((entry) => entry.details.id);
}

describe('contactdonotmail', () => {
	const contact = (address: string) => `<xml><fl val="Contact Email">${address}</fl></xml>`;

	it('moves an address and answers as the page’s JSON sample', async () => {
		const { status, body } = await doNotMail('Person@Example.com');
		expect(status).toBe(200);
		expect(body).toEqual(DO_NOT_MAIL_JSON_SAMPLE);
		expect([...zoho.campaigns.registry]).toEqual([
			['person@example.com', { address: 'Person@Example.com', moved: 1 }],
		]);
	});

	it('moves an address and answers as the page’s XML sample', async () => {
		const { status, text, headers } = await doNotMailXml(contact('person@example.com'));
		expect(status).toBe(200);
		expect(headers.get('content-type')).toContain('text/xml');
		expect(text).toBe(DO_NOT_MAIL_XML_SAMPLE);
		expect(zoho.campaigns.has('PERSON@example.com')).toBe(true);
	});

	it('reads the page’s own JSON sample, unquoted, and its XML sample, without contactinfo=', async () => {
		const json = '?resfmt=JSON&contactinfo=%7BContact+Email%3Axxx%40zohocorp.com%7D';
		expect((await send(`/api/v1.1/json/contactdonotmail${json}`)).body).toEqual(
			DO_NOT_MAIL_JSON_SAMPLE,
		);
		const xml = '?resfmt=XML&<xml><fl val="Contact Email">xxx@zoho.com</fl></xml>';
		expect((await send(`/api/v1.1/xml/contactdonotmail${xml}`)).text).toBe(DO_NOT_MAIL_XML_SAMPLE);
		expect(zoho.campaigns.received).toEqual(['xxx@zohocorp.com', 'xxx@zoho.com']);
	});

	it('says with code 0 that an address is in already, whatever its case', async () => {
		zoho.campaigns.add('Person@Example.com');
		const already = { code: '0', message: 'User already in Do-Not-Mail.', status: 'success' };
		expect(await doNotMail('person@example.COM')).toMatchObject({ status: 200, body: already });
		expect((await doNotMailXml(contact('person@example.com'))).text).toContain(
			'<message>User already in Do-Not-Mail.</message>',
		);
		zoho.campaigns.alreadyAs = 'error';
		const { body } = await doNotMail('person@example.com');
		expect(body).toMatchObject({ Code: '0', message: already.message, status: 'error' });
		expect(zoho.campaigns.registry.get('person@example.com')?.moved).toBe(0);
	});

	it.each([
		'plain@example.com',
		'plus+tag@example.com',
		"o'neil@example.com",
		'"quoted, local"@example.com',
		'"a}b{"@example.com',
		'用户@例子.广告',
		'a&b<c@example.com',
		'one@localhost',
	])('takes the address %s in both formats as it is', async (address) => {
		expect((await doNotMail(address)).body.code).toBe('0');
		const escaped = address.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
		expect((await doNotMailXml(contact(escaped))).text).toContain('already');
		expect(zoho.campaigns.received).toEqual([address, address]);
		expect(zoho.campaigns.injected).toEqual([]);
	});

	it.each(['', 'nobody', '@example.com', 'a@', 'a b@example.com', 'a@exam ple.com', 'a@b@c'])(
		'refuses %j, which is no address',
		async (address) => {
			const { status, body } = await doNotMail(address);
			expect(status).toBe(200);
			expect(body).toEqual({
				message: 'Invalid email address pattern.',
				version: '1.1',
				URI: '/api/v1.1/json/contactdonotmail',
				Code: '2004',
				status: 'error',
			});
			expect(zoho.campaigns.registry.size).toBe(0);
		},
	);

	it('takes an unescaped plus for a blank', async () => {
		const { body } = await send(
			'/api/v1.1/json/contactdonotmail?resfmt=JSON&contactinfo={"Contact Email":"a+b@c.de"}',
		);
		expect(body.Code).toBe('2004');
		expect(zoho.campaigns.received).toEqual(['a b@c.de']);
	});

	it('reads no body, and misses what is mandatory', async () => {
		const contactinfo = '{"Contact Email":"a@b.c"}';
		for (const body of [
			new URLSearchParams({ resfmt: 'JSON', contactinfo }),
			JSON.stringify({ contactinfo }),
		]) {
			const answer = await send('/api/v1.1/json/contactdonotmail', { body });
			expect(answer.body).toMatchObject({ Code: '903', message: 'Mandatory fields are missing' });
		}
		const xml = await doNotMailXml('<xml><fl val="Contact Email">a@b.c</xml>');
		expect(xml.text).toContain('<code>903</code>');
		expect(xml.text).not.toContain('status');
		expect(zoho.campaigns.registry.size).toBe(0);
	});

	it('keeps apart what an address has added to the contactinfo', async () => {
		const unquoted = (address: string) =>
			send(
				`/api/v1.1/json/contactdonotmail?${new URLSearchParams({ contactinfo: `{Contact Email:${address}}` })}`,
			);
		await unquoted('a@b.c,Last Name:Mallory');
		await doNotMailXml(`${contact('d@e.f').replace('</xml>', '')}<fl val="City">X</fl></xml>`);
		await doNotMailXml(contact('g@h.i</fl><fl val="Contact Email">other@h.i'));
		expect(zoho.campaigns.injected).toEqual([
			['Last Name', 'Mallory'],
			['City', 'X'],
			['Contact Email', 'other@h.i'],
		]);
		expect(zoho.campaigns.received).toEqual(['a@b.c', 'd@e.f', 'g@h.i']);
	});

	it('refuses another method than POST and a format that contradicts the path', async () => {
		expect((await doNotMail('a@b.c', { method: 'GET' })).status).toBe(405);
		const contactinfo = encodeURIComponent('{"Contact Email":"a@b.c"}');
		const { body } = await send(
			`/api/v1.1/json/contactdonotmail?resfmt=XML&contactinfo=${contactinfo}`,
		);
		expect(body.Code).toBe('2007');
		expect((await send('/api/v1.1/json/contactunsubscribe')).status).toBe(404);
		expect(zoho.campaigns.registry.size).toBe(0);
	});

	it.each(DO_NOT_MAIL_ERRORS)('answers %s, "%s", for one address', async (code, message) => {
		zoho.campaigns.answer('Bad@Example.com', code, 1);
		const { body } = await doNotMail('bad@example.com');
		expect([body.code ?? body.Code, body.message]).toEqual([code, message]);
		expect((await doNotMail('bad@example.com')).body).toEqual(DO_NOT_MAIL_JSON_SAMPLE);
	});

	it('may nest everything under response, and give errors a status of their own', async () => {
		Object.assign(zoho.campaigns, { nested: true, errorStatus: 400 });
		expect((await doNotMail('a@b.c')).body).toEqual({ response: DO_NOT_MAIL_JSON_SAMPLE });
		expect(await doNotMail('nobody')).toMatchObject({
			status: 400,
			body: { response: { Code: '2004' } },
		});
	});

	it('writes XML that a parser reads', async () => {
		const { text } = await doNotMailXml(contact('nobody'));
		expect(new XMLParser({ parseTagValue: false }).parse(text).response).toEqual({
			code: '2004',
			message: 'Invalid email address pattern.',
		});
	});

	it('takes nothing in XML for a number', async () => {
		expect((await doNotMailXml(contact('0012'))).text).toContain('<code>2004</code>');
		expect(zoho.campaigns.received).toEqual(['0012']);
	});
});

describe('the limit of contactdonotmail', () => {
	let sent = 0;
	const move = async (calls = 1) => {
		const codes: unknown[] = [];
		for (let count = 0; count < calls; count++) {
			const { body } = await doNotMail(`person${++sent}@example.com`);
			codes.push(body.code ?? body.error ?? body.Code);
		}
		return codes;
	};
	const lockedAnswer = async () => {
		zoho.campaigns.limit.calls = 0;
		return await doNotMail('a@b.c');
	};

	it('is the published one', () => {
		expect(zoho.campaigns.limit).toEqual({
			calls: 500,
			windowMs: 5 * MINUTE,
			lockMs: 30 * MINUTE,
			kind: 'rolling',
		});
		expect(zoho.campaigns.limit).toEqual(PUBLISHED_LIMIT);
	});

	it('lets a rolling window’s calls pass and locks on the next', async () => {
		zoho.campaigns.limit = { ...PUBLISHED_LIMIT, calls: 3 };
		expect(await move(3)).toEqual(['0', '0', '0']);
		clock += 5 * MINUTE - 1;
		const { status, body } = await doNotMail('fourth@example.com');
		expect(status).toBe(400);
		expect(body).toEqual({
			error: {
				status_code: 400,
				title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
				details: {
					message:
						'Cannot execute more than 3 requests per API in 5 minutes. Try again after 30 minutes.',
				},
			},
		});
		expect(zoho.campaigns).toMatchObject({ locks: 1, refusedCalls: 1 });
		expect(zoho.campaigns.has('fourth@example.com')).toBe(false);
	});

	it('lets each call of a rolling window go when it is a window old', async () => {
		zoho.campaigns.limit = { ...PUBLISHED_LIMIT, calls: 2 };
		await move();
		clock += MINUTE;
		await move();
		clock += 4 * MINUTE;
		expect(await move()).toEqual(['0']);
		clock += MINUTE;
		expect(await move()).toEqual(['0']);
		expect(zoho.campaigns.locks).toBe(0);
		await move();
		expect(zoho.campaigns.locks).toBe(1);
	});

	it('refuses every call while locked, without prolonging the lock, and tells the rest of the time', async () => {
		zoho.campaigns.limit.calls = 1;
		await move(2);
		clock += 8.5 * MINUTE;
		expect((await doNotMail('a@b.c')).text).toContain('Try again after 22 minutes.');
		clock += 21.5 * MINUTE - 1;
		expect((await doNotMail('a@b.c')).text).toContain('Try again after 1 minute.');
		clock += 1;
		expect(await move()).toEqual(['0']);
		expect(zoho.campaigns).toMatchObject({ locks: 1, refusedCalls: 3 });
	});

	it('counts a fixed window on a grid from the server’s start', async () => {
		zoho.campaigns.limit = { ...PUBLISHED_LIMIT, calls: 2, kind: 'fixed' };
		clock += 5 * MINUTE - 1;
		expect(await move(2)).toEqual(['0', '0']);
		clock += 1;
		expect(await move(2)).toEqual(['0', '0']);
		clock += 5 * MINUTE - 1;
		await move();
		expect(zoho.campaigns.locks).toBe(1);
	});

	it('counts calls that fail for their own sake, and none without a good token', async () => {
		zoho.campaigns.limit.calls = 2;
		await doNotMail('a@b.c', { headers: {} });
		await doNotMail('nobody');
		await doNotMail('a@b.c', { method: 'GET' });
		expect(zoho.campaigns.locks).toBe(0);
		await move();
		expect(zoho.campaigns.locks).toBe(1);
	});

	it('leaves the CRM alone', async () => {
		await lockedAnswer();
		zoho.crm.add('Leads', '1');
		expect((await unblock(['1'])).status).toBe(200);
	});

	it('names no time where the scaled ones are no whole minutes', async () => {
		Object.assign(zoho.campaigns.limit, { windowMs: 3000, lockMs: 18_000 });
		const { text } = await lockedAnswer();
		expect(text).toContain('Cannot execute more than 0 requests per API in the permitted time.');
		expect(text).toContain('Try again after sometime.');
	});

	it.each([
		['throttle400', 400, 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED'],
		['throttle200', 200, 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED'],
		['429', 429, 'Too Many Requests'],
		['2008', 200, '"Code":"2008"'],
	] as const)('is told as %s', async (lockStyle, status, words) => {
		zoho.campaigns.lockStyle = lockStyle;
		const answer = await lockedAnswer();
		expect(answer.status).toBe(status);
		expect(answer.text).toContain(words);
		expect(answer.headers.has('retry-after')).toBe(false);
	});

	it('may carry Retry-After in whole seconds or as a date, rounded up', async () => {
		zoho.campaigns.limit.lockMs = 2500;
		zoho.campaigns.retryAfter = true;
		expect((await lockedAnswer()).headers.get('retry-after')).toBe('3');
		zoho.campaigns.retryAfter = 'date';
		expect((await lockedAnswer()).headers.get('retry-after')).toBe(
			new Date(clock + 3000).toUTCString(),
		);
	});

	it('keeps the window’s calls through a lock that is shorter than the window', () => {
		const throttle = new Throttle(() => clock);
		throttle.limit = { calls: 1, windowMs: 1000, lockMs: 100, kind: 'rolling' };
		expect([throttle.arrive(), throttle.arrive()]).toEqual([0, 100]);
		clock += 100;
		expect([throttle.locked, throttle.used]).toEqual([false, 1]);
		expect(throttle.arrive()).toBe(100);
		clock += 900;
		expect(throttle.arrive()).toBe(0);
	});
});

describe('a fault', () => {
	beforeEach(() => zoho.crm.add('Leads', ['1', '2', '3']));
	const isDone = (id = '1') => zoho.crm.get('Leads', id)?.email === 'unblocked';

	it('is used up, in the order of planning, by the requests of its kind', async () => {
		zoho.fault({ kind: 'unblock', status: 500, body: '{"code":"INTERNAL_ERROR"}' });
		zoho.fault({ kind: 'unblock', status: 503, headers: { 'retry-after': '7' }, times: 2 });
		expect((await doNotMail('a@b.c')).status).toBe(200);
		expect(await unblock(['1'])).toMatchObject({ status: 500, body: { code: 'INTERNAL_ERROR' } });
		expect((await unblock(['1'])).headers.get('retry-after')).toBe('7');
		expect((await unblock(['1'])).status).toBe(503);
		expect(isDone()).toBe(false);
		expect((await unblock(['1'])).status).toBe(200);
	});

	it('may let some requests pass first and may choose among them', async () => {
		zoho.fault({ skip: 1, status: 500, match: ({ ids }) => ids?.includes('1') === true });
		expect((await unblock(['2'])).status).toBe(200);
		expect((await unblock(['1'])).status).toBe(200);
		expect((await unblock(['3'])).status).toBe(200);
		expect((await unblock(['1'])).status).toBe(500);
	});

	it.each(['before', 'after'] as const)('resets the connection %s the work', async (when) => {
		zoho.fault({ reset: true, when });
		await expect(unblock(['1'])).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
		expect(isDone()).toBe(when === 'after');
		expect(zoho.requests[0]).not.toHaveProperty('status');
	});

	it('loses the reply of a call that counted', async () => {
		zoho.campaigns.limit.calls = 1;
		zoho.fault({ status: 502, when: 'after' });
		expect((await doNotMail('a@b.c')).status).toBe(502);
		expect(zoho.campaigns.has('a@b.c')).toBe(true);
		expect((await doNotMail('a@b.c')).status).toBe(400);
		expect(zoho.campaigns.locks).toBe(1);
	});

	it.each(['before', 'after'] as const)(
		'closes the connection in the middle of the body, %s the work',
		async (when) => {
			zoho.fault({ cutBody: true, when });
			await expect(unblock(['1'])).rejects.toThrow();
			expect(zoho.requests[0]?.status).toBe(200);
			expect(isDone()).toBe(when === 'after');
		},
	);

	it.each(['before', 'after'] as const)(
		'sends a whole reply whose JSON is cut, %s the work',
		async (when) => {
			zoho.fault({ cutJson: true, when });
			const { status, text, headers } = await unblock(['1']);
			expect(status).toBe(200);
			expect(headers.get('content-length')).toBe(String(text.length));
			expect(text).toMatch(/^\{"data":\[/);
			expect(() => JSON.parse(text)).toThrow();
			expect(isDone()).toBe(when === 'after');
		},
	);

	it('does the work, unless told otherwise, only where it needs the reply', async () => {
		zoho.fault({ cutJson: true });
		await unblock(['1']);
		zoho.fault({ emptyBody: 500 });
		await unblock(['2']);
		expect([isDone('1'), isDone('2')]).toEqual([true, false]);
	});

	it.each([200, 502] as const)('answers HTTP %i with HTML', async (status) => {
		zoho.fault({ html: status });
		const answer = await unblock(['1']);
		expect(answer.status).toBe(status);
		expect(answer.text).toMatch(/^<!DOCTYPE html>/);
	});

	it('redirects, or answers with nothing', async () => {
		zoho.fault({ redirect: 'http://elsewhere/' });
		const redirected = await unblock(['1']);
		expect([redirected.status, redirected.headers.get('location')]).toEqual([
			302,
			'http://elsewhere/',
		]);
		zoho.fault({ emptyBody: 204 });
		expect(await unblock(['1'])).toMatchObject({ status: 204, text: '' });
		expect(isDone()).toBe(false);
	});

	it('hangs until the client goes', async () => {
		zoho.fault({ hang: true });
		const abort = new AbortController();
		const hanging = unblock(['1'], { signal: abort.signal });
		await until(() => zoho.requests.length === 1);
		abort.abort();
		await expect(hanging).rejects.toThrow();
		await until(() => zoho.requests[0]?.endedAt !== undefined);
	});

	it('delays the reply, or the work with it', async () => {
		zoho.fault({ latencyMs: 5000, kind: 'unblock' });
		zoho.fault({ latencyMs: 5000, kind: 'unblock', when: 'before' });
		const abort = new AbortController();
		const late = ['1', '2'].map((id) =>
			unblock([id], { signal: abort.signal }).catch((error: unknown) => error),
		);
		await until(() => isDone('1') || isDone('2'));
		const [first, second] = zoho.calls('unblock').map(({ ids }) => ids?.[0]);
		expect([isDone(first), second !== undefined && isDone(second)]).toEqual([true, false]);
		abort.abort();
		await Promise.all(late);
	});

	it('may be chosen for each request', async () => {
		zoho.randomFault = ({ ids }) => (ids?.includes('2') ? { html: 502 } : undefined);
		expect((await unblock(['1'])).status).toBe(200);
		expect((await unblock(['2'])).status).toBe(502);
	});

	it('strikes the token endpoint too', async () => {
		zoho.fault({ kind: 'token', status: 500 });
		expect((await refresh('x')).status).toBe(500);
	});
});

describe('the server', () => {
	it('keeps what it was sent', async () => {
		clock = 1000;
		await send('/crm/v8/Leads/actions/unblock_email?trigger=none', {
			headers: { authorization: `Bearer ${token}`, 'x-own': 'yes' },
			body: '{"unblock_fields":["Email"],"ids":["1","2"]}',
		});
		await until(() => zoho.requests[0]?.endedAt !== undefined);
		expect(zoho.requests).toEqual([
			{
				kind: 'unblock',
				at: 1000,
				endedAt: 1000,
				method: 'POST',
				path: '/crm/v8/Leads/actions/unblock_email',
				query: 'trigger=none',
				headers: expect.objectContaining({ authorization: `Bearer ${token}`, 'x-own': 'yes' }),
				body: '{"unblock_fields":["Email"],"ids":["1","2"]}',
				status: 400,
				ids: ['1', '2'],
			},
		]);
	});

	it('tells the most requests that were open at one time', async () => {
		zoho.fault({ hang: true, times: 3 });
		const hanging = ['1', '2', '3'].map((id) => unblock([id]).catch((error: unknown) => error));
		await until(() => zoho.requests.length === 3);
		await doNotMail('a@b.c');
		expect(zoho.maxInFlight('unblock')).toBe(3);
		expect(zoho.maxInFlight('doNotMail')).toBe(1);
		expect(zoho.maxInFlight()).toBe(4);
		expect(zoho.calls('doNotMail')).toHaveLength(1);
		zoho.reset();
		await Promise.all(hanging);
		expect(zoho.maxInFlight()).toBe(0);
	});

	it('delays every API reply by the general latency, but does the work on arrival', async () => {
		zoho.latencyMs = 5000;
		zoho.crm.add('Leads', '1');
		const abort = new AbortController();
		const late = unblock(['1'], { signal: abort.signal }).catch((error: unknown) => error);
		await until(() => zoho.crm.get('Leads', '1')?.email === 'unblocked');
		expect((await refresh('x')).status).toBe(200);
		expect(zoho.requests[0]).not.toHaveProperty('status');
		abort.abort();
		await late;
	});

	it('goes back to the start', async () => {
		zoho.crm.add('Leads', '1');
		zoho.crm.style = 'mixed';
		zoho.campaigns.limit.calls = 0;
		await doNotMail('a@b.c');
		zoho.fault({ status: 500 });
		zoho.reset();
		expect(zoho.requests).toEqual([]);
		expect((await unblock(['1'])).body.code).toBe('INVALID_TOKEN');
		token = zoho.oauth.issue().access_token;
		expect((await unblock(['1'])).body.code).toBe('INVALID_DATA');
		expect((await doNotMail('a@b.c')).body).toEqual(DO_NOT_MAIL_JSON_SAMPLE);
		expect(PUBLISHED_LIMIT.calls).toBe(500);
	});

	it('stops with calls open, which then end', async () => {
		const own = await startFakeZoho();
		own.fault({ hang: true, kind: 'other' });
		own.fault({ latencyMs: 3_600_000, kind: 'modules' });
		const open = ['/x', '/crm/v8/settings/modules'].map((path) =>
			fetch(`${own.url}${path}`).then(
				() => 'answered',
				() => 'cut off',
			),
		);
		await until(() => own.requests.length === 2);
		await own.stop();
		expect(await Promise.all(open)).toEqual(['cut off', 'cut off']);
	});

	it('answers 404 where nothing of Zoho’s is played', async () => {
		expect((await send('/')).status).toBe(404);
		expect(zoho.requests[0]?.kind).toBe('other');
	});
});

/** Replies of the CRM, one of each shape. */
async function crmReplies() {
	zoho.crm.add('Leads', ['1', '2', '3']);
	zoho.crm.add('Leads', '5', { email: 'hard' });
	const single = '/crm/v8/Leads/1/actions/unblock_email';
	const successes = [
		await unblock(['2', '3']),
		await send(single, { body: '{"unblock_fields":["Email"]}' }),
	];
	const errors = [
		await unblock(['5']),
		await unblock([]),
		await unblock(['1'], { fields: ['Phone'] }),
		await unblock(['1'], { headers: {} }),
		await unblock(['1'], { path: '/crm/v8/Leeds/actions/unblock_email' }),
		await unblock(['1'], { path: '/crm/v9/Leads/actions/unblock_email' }),
	];
	zoho.crm.style = 'indexed';
	for (const indexBy of ['json_path', 'resource_path_index', 'id'] as const) {
		zoho.crm.indexBy = indexBy;
		errors.push(await unblock(['9']));
	}
	zoho.crm.maxIds = 1;
	errors.push(await unblock(['1', '2']));
	const modules = await send('/crm/v8/settings/modules', { method: 'GET' });
	expect(successes.map(({ status }) => status)).toEqual([200, 200]);
	return { successes, errors, modules };
}

function newAjv(): Ajv {
	// OpenAPI's own words (`example`, `format: int32`, …) are no JSON Schema.
	return addFormats(new Ajv({ strict: false, allErrors: true }));
}

function expectValid(validate: ValidateFunction | undefined, { body }: Answer): void {
	expect(validate).toBeDefined();
	validate?.(body);
	expect(validate?.errors ?? []).toEqual([]);
}

describe('by the copy of the facts', () => {
	it('the CRM’s replies have the published shapes', async () => {
		const { successes, errors, modules } = await crmReplies();
		const ajv = newAjv();
		for (const reply of successes) expectValid(ajv.compile(UNBLOCK_SUCCESS_SCHEMA), reply);
		for (const reply of errors) expectValid(ajv.compile(ERROR_SCHEMA), reply);
		expectValid(ajv.compile(MODULES_SCHEMA), modules);
	});

	it.each(UNBLOCK_ERRORS)('the CRM says %s, HTTP %i: %s', async (code, status, message) => {
		zoho.crm.add('Leads', 'hard', { email: 'hard' });
		zoho.crm.add('Leads', 'worn', { timesUnblocked: 5 });
		zoho.crm.add('Leads', 'unblocked', { email: 'unblocked' });
		const both = ['Email', 'Secondary_Email'];
		const answers = [
			await unblock(['1'], { fields: ['Phone'] }),
			await unblock(['none']),
			await unblock(['1'], { path: '/crm/v6/Tasks/actions/unblock_email', fields: both }),
			await unblock(['worn']),
			await unblock(['hard']),
			await unblock(['unblocked']),
			await unblock([]),
			await send('/crm/v6/Leads/actions/unblock_email', { method: 'GET' }),
			await unblock(['1'], { path: '/crm/v6/Leeds/actions/unblock_email' }),
			await unblock(['1'], withToken(zoho.oauth.issue({ scopes: 'ZohoCRM.x' }).access_token)),
			await unblock(['1'], { headers: {} }),
			await unblock(['1'], { path: '/crm/v6/Leads/actions' }),
		];
		expect(answers).toContainEqual(
			expect.objectContaining({ status, body: expect.objectContaining({ code, message }) }),
		);
	});
});

const REFERENCE = join(__dirname, '../../../shared/reference');
const whereReferenceIs = existsSync(REFERENCE) ? describe : describe.skip;

whereReferenceIs('by Zoho’s own files', () => {
	const read = (name: string) => readFileSync(join(REFERENCE, name), 'utf8');

	/**
	 * A published file, fit for checking: references to files that are not at hand allow anything,
	 * and an error's lists of codes and messages are dropped, for they lack most of those that the
	 * page names (NOT_ALLOWED and MANDATORY_NOT_FOUND among them).
	 */
	function addPublished(ajv: Ajv, name: string): void {
		const document: unknown = JSON.parse(read(`${name}.openapi.json`), (key, value) => {
			if (typeof value?.$ref === 'string' && value.$ref.startsWith('https:')) return {};
			if (key === 'API_Exception' || key === 'Resource_Path_API_Exception') {
				delete value.properties.code.enum;
				delete value.properties.message.enum;
			}
			return value;
		});
		ajv.addSchema(document as object, name);
	}

	it('the CRM’s replies are what the v8 files say', async () => {
		const { successes, errors, modules } = await crmReplies();
		const ajv = newAjv();
		addPublished(ajv, 'zoho-crm-unblock-email.v8');
		addPublished(ajv, 'zoho-crm-modules.v8');
		const schema = (name: string, pointer: string) => ajv.getSchema(`${name}#${pointer}`);

		const path = '/paths/~1crm~1v8~1%7Bmodule%7D~1actions~1unblock_email/post/responses';
		const reply200 = `${path}/200/content/application~1json/schema`;
		const reply400 = `${path}/400/content/application~1json/schema`;
		for (const reply of successes) {
			expectValid(schema('zoho-crm-unblock-email.v8', reply200), reply);
		}
		for (const reply of errors) expectValid(schema('zoho-crm-unblock-email.v8', reply400), reply);
		// The single record's 400 is "one of" two schemas of which every object fits both.
		const single = await send('/crm/v8/Leads/9/actions/unblock_email', {
			body: '{"unblock_fields":["Email"]}',
		});
		const withIndex = '/components/schemas/Resource_Path_API_Exception';
		expectValid(schema('zoho-crm-unblock-email.v8', withIndex), single);
		expectValid(schema('zoho-crm-modules.v8', '/components/schemas/Response_Wrapper'), modules);
	});

	it('the copy of the facts is what the pages say', () => {
		const crm = read('zoho-crm-unblock-email.v6.txt');
		for (const [code, status, message] of UNBLOCK_ERRORS) {
			expect(crm).toContain(`${code}HTTP ${status}\n${message}\n`);
		}
		const campaigns = read('zoho-campaigns-do-not-mail.v1.1.txt');
		for (const [code, message] of DO_NOT_MAIL_ERRORS) expect(campaigns).toContain(code + message);
		expect(campaigns).toContain(JSON.stringify(DO_NOT_MAIL_JSON_SAMPLE, null, 2));
		expect(campaigns).toContain(DO_NOT_MAIL_XML_SAMPLE);
		const { items } = MODULES_SCHEMA.properties.modules;
		const published = JSON.parse(read('zoho-crm-modules.v8.openapi.json'));
		expect(items.required).toEqual(published.components.schemas.modules.required);
	});
});
