import type { Failure } from '../../nodes/zoho/failures';
import { refusal, useOlderN8n, type Version, WAYS } from './olderN8n';

const n8n = useOlderN8n();
const { sent, renewals } = n8n;
const versions = Object.keys(WAYS) as Version[];
/** Those that cannot be asked to renew the token: the call is sent once more, for n8n to do so. */
const RENEW_BY_CALL = versions.filter((version) => !WAYS[version].renewsByHand);

/** An older engine shows by itself what it does. */
const describeInNewest = process.env.N8N_ENGINE ? describe.skip : describe;

/** Makes the call, expects that as many places were taken for it as it was sent, and a failure. */
async function failing(version: Version): Promise<{ failure: Failure; requests: number }> {
	const { reply, requests } = await n8n.call(version);
	expect(requests).toBeGreaterThanOrEqual(sent());
	return { failure: reply as Failure, requests };
}

describeInNewest.each(versions)('in n8n %s, a call whose token has expired', (version) => {
	const first = RENEW_BY_CALL.includes(version) ? 1 : 0;

	it('is answered after one renewal, and takes a place for each time that it was sent', async () => {
		const { reply, requests } = await n8n.call(version);

		expect(reply).toMatchObject({ httpStatus: 200, body: expect.stringContaining('Leads') });
		expect(renewals()).toBe(1);
		expect(sent()).toBe(2 + first);
		expect(requests).toBe(2 + first);
	});

	it.each([200, 400] as const)(
		'fails with the word of a renewal that was refused with HTTP %i, and its advice',
		async (status) => {
			n8n.zoho.oauth.refusalStatus = status;
			n8n.zoho.oauth.refuseRefresh('invalid_code');
			const { failure } = await failing(version);

			expect(failure).toMatchObject({
				reason: 'authenticationFailed',
				code: 'invalid_code',
				reach: 'account',
				resolution: expect.stringContaining('access was revoked'),
			});
			expect(renewals()).toBe(1);
		},
	);

	it.each([
		['{"id":2423488000000575001}', 200],
		['{"code":"X","about":"INVALID_TOKEN"}', 403],
	])(
		'hands over the reply %s (%i) as it came: no digit lost, no word misread',
		async (body, status) => {
			// Where an error has lost the words, the call is made once more.
			n8n.zoho.fault({ kind: 'modules', status, body, skip: 1 + first, times: 2 });
			const { reply } = await n8n.call(version);

			expect(reply).toMatchObject({ httpStatus: status, body });
			expect(renewals()).toBe(1);
		},
	);

	it('whose token stays dead says that it was renewed in vain, in the words of Zoho', async () => {
		n8n.zoho.fault({ ...refusal(401, 'AUTHENTICATION_FAILURE'), times: 9 });
		const { failure } = await failing(version);

		expect(failure).toMatchObject({ code: 'AUTHENTICATION_FAILURE', httpStatus: 401 });
		expect(failure.resolution).toContain('also after renewing it');
		expect(renewals()).toBeGreaterThan(0);
		expect(sent()).toBe(2 + first);
	});
});

describeInNewest.each(RENEW_BY_CALL)(
	'in n8n %s, which renews a token only for a call that it makes,',
	(version) => {
		it('a 429 in place of a renewal is a limit like any other: nothing more is asked', async () => {
			n8n.zoho.fault({ kind: 'token', status: 429, body: 'slow down' });
			const { reply, requests } = await n8n.call(version);

			expect(reply).toEqual({ httpStatus: 429, headers: {}, body: '' });
			expect({ sent: sent(), requests }).toEqual({ sent: 2, requests: 2 });
		});

		it.each([400, 404, 429, 499])(
			'what comes after the renewal is asked for once more, since its words are lost: %i',
			async (status) => {
				n8n.zoho.fault({ ...refusal(status, 'LIMIT_REACHED'), skip: 2, times: 2 });
				const { reply, requests } = await n8n.call(version);

				expect(reply).toMatchObject({
					httpStatus: status,
					body: expect.stringContaining('LIMIT_REACHED'),
				});
				expect({ sent: sent(), requests }).toEqual({ sent: 4, requests: 4 });
			},
		);

		it('and what is true then counts, if it is an answer', async () => {
			n8n.zoho.fault({ ...refusal(400, 'INVALID_DATA'), skip: 2 });
			const { reply, requests } = await n8n.call(version);

			expect(reply).toMatchObject({ httpStatus: 200 });
			expect({ sent: sent(), requests }).toEqual({ sent: 4, requests: 4 });
		});

		it('a token that is dead again by then is told as renewed in vain', async () => {
			n8n.zoho.fault({ ...refusal(400, 'INVALID_TOKEN'), skip: 2, times: 2 });
			const { failure, requests } = await failing(version);

			expect(failure).toMatchObject({ code: 'INVALID_TOKEN', httpStatus: 400 });
			expect(failure.resolution).toContain('also after renewing it');
			expect({ sent: sent(), requests }).toEqual({ sent: 4, requests: 4 });
		});

		it('a connection that is lost by then is told as that', async () => {
			n8n.zoho.fault({ ...refusal(400, 'INVALID_DATA'), skip: 2 });
			n8n.zoho.fault({ kind: 'modules', reset: true, skip: 2 });
			const { failure, requests } = await failing(version);

			expect(failure).toMatchObject({ reason: 'networkError', httpStatus: null });
			expect({ sent: sent(), requests }).toEqual({ sent: 4, requests: 4 });
		});

		it.each([500, 503])(
			'a %i after the renewal leaves open what was done, and fails this call alone',
			async (status) => {
				n8n.zoho.fault({ ...refusal(status, 'INTERNAL_ERROR'), skip: 2 });
				const { failure, requests } = await failing(version);

				expect(failure).toMatchObject({ httpStatus: status, reach: 'call', doubtful: true });
				expect({ sent: sent(), requests }).toEqual({ sent: 3, requests: 3 });
			},
		);

		it('a 503 of the accounts server may be one of Zoho, and is taken for that', async () => {
			n8n.zoho.fault({ kind: 'token', status: 503, body: 'busy' });
			const { failure } = await failing(version);

			expect(failure).toMatchObject({ httpStatus: 503, reach: 'call', doubtful: true });
			expect(sent()).toBe(2);
		});

		it('a connection that is lost after the renewal is a failure of the network', async () => {
			n8n.zoho.fault({ kind: 'modules', reset: true, skip: 2 });
			const { failure, requests } = await failing(version);

			expect(failure).toMatchObject({ reason: 'networkError', httpStatus: null });
			expect({ sent: sent(), requests }).toEqual({ sent: 3, requests: 3 });
		});

		it('a run that is stopped meanwhile asks no more, and keeps the places that it has taken', async () => {
			n8n.zoho.fault({ ...refusal(400, 'INVALID_DATA'), skip: 2 });
			const { reply, requests } = await n8n.call(version, () => sent() >= 3);

			expect(reply).toMatchObject({ reason: 'notAttempted' });
			expect({ sent: sent(), requests }).toEqual({ sent: 3, requests: 3 });
		});
	},
);
