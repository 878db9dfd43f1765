import {
	clock,
	doNotMail,
	issueToken,
	refresh,
	send,
	token,
	unblock,
	until,
	useFakeZoho,
	zoho,
} from './client';
import { DO_NOT_MAIL_JSON_SAMPLE } from './facts';
import { startFakeZoho } from './server';
import { PUBLISHED_LIMIT } from './throttle';

useFakeZoho();

describe('the server', () => {
	it('keeps what it was sent', async () => {
		clock.now = 1000;
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
		zoho.crm.style = 'allOrNothing';
		zoho.campaigns.limit.calls = 0;
		await doNotMail('a@b.c');
		zoho.fault({ status: 500 });
		zoho.reset();
		expect(zoho.requests).toEqual([]);
		expect((await unblock(['1'])).body.code).toBe('INVALID_TOKEN');
		issueToken();
		expect((await unblock(['1'])).body).toMatchObject({ data: [{ code: 'INVALID_DATA' }] });
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
