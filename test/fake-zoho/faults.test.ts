import { XMLParser } from 'fast-xml-parser';
import { get, request, type IncomingMessage } from 'node:http';
import {
	doNotMail,
	doNotMailXml,
	refresh,
	token,
	unblock,
	until,
	useFakeZoho,
	zoho,
} from './client';

useFakeZoho();

const isDone = (id = '1') => zoho.crm.get('Leads', id)?.email === 'unblocked';

describe('a fault', () => {
	beforeEach(() => zoho.crm.add('Leads', ['1', '2', '3']));

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

describe('a reply that drips', () => {
	/** The list of modules, as its reply begins and as its parts come. */
	const listInParts = async (parts: string[]) => {
		const headers = { authorization: `Bearer ${token}` };
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			get(`${zoho.url}/crm/v8/settings/modules`, { headers }, resolve).once('error', reject);
		});
		return response.setEncoding('utf8').on('data', (part: string) => parts.push(part));
	};

	it('comes whole in the end, with its length told before and the work done', async () => {
		zoho.crm.add('Leads', '1');
		zoho.fault({ drip: { bytes: 20, everyMs: 1 } });
		const { status, body, headers, text } = await unblock(['1']);
		expect(status).toBe(200);
		expect(body).toMatchObject({ data: [{ code: 'SUCCESS' }] });
		expect(headers.get('content-length')).toBe(String(text.length));
		expect(isDone()).toBe(true);
	});

	it('comes part after part', async () => {
		zoho.crm.modules.splice(1);
		zoho.fault({ drip: { bytes: 100, everyMs: 1 } });
		const parts: string[] = [];
		const response = await listInParts(parts);
		expect(response.statusCode).toBe(200);
		await until(() => response.complete);
		expect(parts.length).toBeGreaterThan(3);
		expect(JSON.parse(parts.join('')).modules).toHaveLength(1);
	});

	it('may go on for ever with blanks, until the client goes', async () => {
		zoho.crm.modules.splice(1);
		zoho.fault({ drip: { bytes: 1000, everyMs: 1, endless: true } });
		const parts: string[] = [];
		const response = await listInParts(parts);
		await until(() => parts.join('').endsWith(' '.repeat(3000)));
		expect(JSON.parse(parts.join('')).modules).toHaveLength(1);
		expect(response.complete).toBe(false);
		expect(response.headers).not.toHaveProperty('content-length');
		response.destroy();
		await until(() => zoho.requests[0]?.endedAt !== undefined);
	});
});

describe('a reply that is swollen', () => {
	it('is JSON of so many megabytes that says the same', async () => {
		zoho.crm.add('Leads', '1');
		zoho.fault({ megabytes: 2 });
		const { status, body, text } = await unblock(['1']);
		expect(status).toBe(200);
		expect(text.length).toBeGreaterThan(2_000_000);
		expect(text.length).toBeLessThan(2_001_000);
		expect(body.data).toMatchObject([{ code: 'SUCCESS', details: { id: '1' } }]);
	});

	it('is XML of so many megabytes that says the same', async () => {
		zoho.fault({ megabytes: 1 });
		const { text } = await doNotMailXml('<xml><fl val="Contact Email">a@b.c</fl></xml>');
		expect(text.length).toBeGreaterThan(1_000_000);
		expect(new XMLParser({ parseTagValue: false }).parse(text).response).toMatchObject({
			code: '0',
			message: 'User successfully moved to Do-Not-Mail.',
		});
	});
});

describe('a refusal on the way', () => {
	it('asks for a proxy’s credentials, and the work is not done', async () => {
		zoho.crm.add('Leads', '1');
		zoho.fault({ status: 407, headers: { 'proxy-authenticate': 'Basic realm="proxy"' } });
		// `fetch` hides a 407 from its caller.
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			const headers = { authorization: `Bearer ${token}` };
			request(
				`${zoho.url}/crm/v8/Leads/1/actions/unblock_email`,
				{ method: 'POST', headers },
				resolve,
			)
				.once('error', reject)
				.end('{"unblock_fields":["Email"]}');
		});
		response.resume();
		expect(response.statusCode).toBe(407);
		expect(response.headers['proxy-authenticate']).toBe('Basic realm="proxy"');
		expect(isDone()).toBe(false);
	});
});
