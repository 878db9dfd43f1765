import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeZoho, type FakeZoho } from '.';

/** The embedded Zoho that a test file talks to, as `useFakeZoho` has started it. */
export let zoho: FakeZoho;
/** A good token for everything, new for each test. */
export let token: string;
/** The server's clock, in ms since the epoch; a test sets it forward. */
export const clock = { now: 0 };

export const MINUTE = 60_000;

/** Starts a server for this file's tests and gives each of them a new account on it. */
export function useFakeZoho(): void {
	beforeAll(async () => {
		zoho = await startFakeZoho({ now: () => clock.now });
	});
	beforeEach(() => {
		clock.now = Date.UTC(2026, 0, 1);
		zoho.reset();
		issueToken();
	});
	afterAll(() => zoho.stop());
}

/** Takes a new token, as after a reset within a test. */
export function issueToken(): void {
	token = zoho.oauth.issue().access_token;
}

export interface Answer {
	status: number;
	headers: Headers;
	text: string;
	/** The body where it is a JSON object, else an empty one. */
	body: Record<string, unknown>;
}

/** Sends a POST with the good token unless told otherwise; follows no redirect. */
export async function send(path: string, init: RequestInit = {}): Promise<Answer> {
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

export const withToken = (accessToken: string): RequestInit => ({
	headers: { authorization: `Zoho-oauthtoken ${accessToken}` },
});

export const unblock = (
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

/** Unblocks one record by its URL. */
export const unblockSingle = (
	id: string,
	{ module = 'Leads', version = 'v8', fields = ['Email'] } = {},
) =>
	send(`/crm/${version}/${module}/${id}/actions/unblock_email`, {
		body: JSON.stringify({ unblock_fields: fields }),
	});

export const listModules = (init: RequestInit = {}) =>
	send('/crm/v8/settings/modules', { method: 'GET', ...init });

/** Moves an address, told by a JSON contactinfo unless another is given. */
export const doNotMail = (
	address: string,
	init: RequestInit = {},
	contactinfo = JSON.stringify({ 'Contact Email': address }),
) =>
	send(
		`/api/v1.1/json/contactdonotmail?${new URLSearchParams({ resfmt: 'JSON', contactinfo })}`,
		init,
	);

export const doNotMailXml = (contactinfo: string) =>
	send(`/api/v1.1/xml/contactdonotmail?${new URLSearchParams({ resfmt: 'XML', contactinfo })}`);

/** A form for the token endpoint, with the client's own id and secret. */
export const form = (fields: Record<string, string>): RequestInit => ({
	headers: {},
	body: new URLSearchParams({
		client_id: zoho.oauth.clientId,
		client_secret: zoho.oauth.clientSecret,
		...fields,
	}),
});

export const refresh = (refreshToken: string, init: RequestInit = {}) =>
	send('/oauth/v2/token', {
		...form({ grant_type: 'refresh_token', refresh_token: refreshToken }),
		...init,
	});

export async function until(holds: () => boolean): Promise<void> {
	while (!holds()) await sleep(2);
}

/** An account's own module. */
export function addPartners(): void {
	zoho.crm.modules.push({
		api_name: 'Partners',
		plural_label: 'Partners',
		generated_type: 'custom',
		api_supported: true,
	});
}
