import type { Failure } from '../../nodes/zoho/failures';
import { useOlderN8n, type Version, WAYS } from './olderN8n';

const n8n = useOlderN8n();
const versions = Object.keys(WAYS) as Version[];
const BY_HAND = versions.filter((version) => WAYS[version].renewsByHand);
const NEVER = versions.filter((version) => !WAYS[version].renewsByHand);

/** An older engine shows by itself what it does. */
const describeInNewest = process.env.N8N_ENGINE ? describe.skip : describe;

/** Zoho's newest specification has this for a dead token, which n8n renews for 401 only. */
const dead = {
	kind: 'modules' as const,
	status: 400,
	body: JSON.stringify({ code: 'INVALID_TOKEN', message: 'invalid oauth token', details: {} }),
};

/** Makes the call; beside its failure, what was sent for it, and how many places were taken. */
async function failing(version: Version, isGivenUp?: () => boolean) {
	const { reply, requests } = await n8n.call(version, isGivenUp);
	const sent = n8n.zoho.calls('modules').length;
	return { failure: reply as Failure, sent, renewals: n8n.zoho.calls('token').length, requests };
}

describeInNewest.each(BY_HAND)('in n8n %s, a token that is dead by HTTP 400', (version) => {
	it('is renewed, and the call made once more', async () => {
		n8n.zoho.fault(dead);
		const { reply, requests } = await n8n.call(version);

		expect(reply).toMatchObject({ httpStatus: 200, body: expect.stringContaining('Leads') });
		expect(n8n.zoho.calls('token')).toHaveLength(1);
		expect(n8n.zoho.calls('modules')).toHaveLength(2);
		expect(requests).toBe(2);
	});

	it('and stays dead says that it was renewed in vain', async () => {
		n8n.zoho.fault({ ...dead, times: 9 });
		const { failure, ...counts } = await failing(version);

		expect(failure).toMatchObject({ code: 'INVALID_TOKEN', httpStatus: 400 });
		expect(failure.resolution).toContain('also after renewing it');
		expect(counts).toMatchObject({ sent: 2, renewals: 1 });
	});

	it('and cannot be renewed says why, where Zoho says so with HTTP 200', async () => {
		n8n.zoho.oauth.refuseRefresh('invalid_code');
		n8n.zoho.fault({ ...dead, times: 9 });
		const { failure, ...counts } = await failing(version);

		expect(failure).toMatchObject({ code: 'invalid_code', httpStatus: 400 });
		expect(counts).toEqual({ sent: 1, renewals: 1, requests: 1 });
	});

	it('and cannot be renewed says why, where Zoho says so with HTTP 400: no further call', async () => {
		n8n.zoho.oauth.refusalStatus = 400;
		n8n.zoho.oauth.refuseRefresh('invalid_code');
		n8n.zoho.fault({ ...dead, times: 9 });
		const { failure, ...counts } = await failing(version);

		expect(failure).toMatchObject({ reason: 'authenticationFailed', code: 'invalid_code' });
		expect(counts).toEqual({ sent: 1, renewals: 1, requests: 1 });
	});

	it('is renewed in vain for a run that was stopped: no further call', async () => {
		n8n.zoho.fault({ ...dead, times: 9 });
		const isGivenUp = () => n8n.zoho.calls('token').length > 0;
		const { failure, ...counts } = await failing(version, isGivenUp);

		expect(failure.reason).toBe('notAttempted');
		expect(counts).toEqual({ sent: 1, renewals: 1, requests: 1 });
	});
});

describeInNewest.each(NEVER)('in n8n %s, a token that is dead by HTTP 400', (version) => {
	it('cannot be renewed, which is what the user is told', async () => {
		n8n.zoho.fault({ ...dead, times: 9 });
		const { failure, ...counts } = await failing(version);

		expect(failure).toMatchObject({
			reason: 'authenticationFailed',
			code: 'INVALID_TOKEN',
			message: 'invalid oauth token',
			httpStatus: 400,
		});
		expect(failure.resolution).toContain('this version of n8n renews a token for 401 only');
		expect(counts).toEqual({ sent: 1, renewals: 0, requests: 1 });
	});
});
