/** One call to Zoho: when nothing goes out for it, what does, and what a dead token comes to. */
import type { Failure } from '../../nodes/zoho/failures';
import { oAuth2Client } from '../engine';
import { CREDENTIAL_TYPE, recordIds } from '../support/stage';
import { refusal, THIS, useOlderN8n, type Version, WAYS } from './olderN8n';

const n8n = useOlderN8n();
const { sent, renewals } = n8n;

/** An older engine shows by itself what it does. */
const itInNewest = process.env.N8N_ENGINE ? it.skip : it;
const older = process.env.N8N_ENGINE ? [] : (Object.keys(WAYS) as Version[]);
const versions: Array<Version | typeof THIS> = [THIS, ...older];

describe.each(versions)('in n8n (%s), a run that is stopped', (version) => {
	it('before its call sends nothing', async () => {
		const { reply, requests } = await n8n.call(version, () => true);

		expect(reply).toMatchObject({
			reason: 'notAttempted',
			message: 'Nobody waits for this call any more.',
		});
		expect({ sent: sent(), renewals: renewals(), requests }).toEqual({
			sent: 0,
			renewals: 0,
			requests: 0,
		});
	});

	it('while its call is under way sends nothing more of its own', async () => {
		n8n.zoho.fault({ ...refusal(400, 'INVALID_TOKEN'), times: Infinity });
		const { reply } = await n8n.call(version, () => sent() > 0);

		expect(reply).toMatchObject({ reason: 'notAttempted' });
		expect({ sent: sent(), renewals: renewals() }).toEqual({ sent: 1, renewals: 0 });
	});
});

describe('a call', () => {
	it('says in which form it speaks and is to be answered, with a renewed token as well', async () => {
		await n8n.run('zohoCrmUnblockEmail', [{ id: recordIds(1)[0] }]);
		const calls = n8n.zoho.calls('unblock');

		expect(calls.length).toBeGreaterThan(1);
		for (const { headers } of calls) {
			expect(headers).toMatchObject({
				'content-type': 'application/json',
				accept: 'application/json',
			});
		}
	});

	it('that is redirected does not take the token elsewhere', async () => {
		n8n.zoho.fault({ kind: 'modules', redirect: `${n8n.zoho.url}/elsewhere`, times: Infinity });
		const { reply } = await n8n.call(THIS);

		expect(reply).toMatchObject({ httpStatus: 302 });
		expect(n8n.zoho.requests.filter(({ path }) => path === '/elsewhere')).toEqual([]);
	});

	it('whose connection breaks is told as that', async () => {
		n8n.zoho.fault({ kind: 'modules', reset: true, times: Infinity });
		const { reply, requests } = await n8n.call(THIS);

		expect(reply).toMatchObject({ reason: 'networkError', code: 'ECONNRESET' });
		expect(requests).toBe(1);
	});

	itInNewest.each([{}, { credentials: {} }])(
		'can be made where n8n lends a credential to a node that has none: %j',
		async (chosen) => {
			// So it does where it evaluates workflows; what is lent has no ID.
			n8n.connect({}, 'null');
			const [id = ''] = recordIds(1);
			n8n.zoho.crm.add('Leads', id);
			const { main, error } = await n8n.engine.run({
				items: [{ id }],
				node: { type: 'zohoCrmUnblockEmail', ...chosen },
				additionalData: { evalLlmMockHandler: async () => await Promise.resolve(undefined) },
			});

			expect(error).toBeUndefined();
			expect(main[0]?.json).toMatchObject({ id, status: 'unblocked' });
		},
	);
});

describe('a dead token', () => {
	it('is renewed by the very call that met it: none goes out for that alone', async () => {
		const { reply, requests } = await n8n.call(THIS);
		const count = oAuth2Client.renewsByHand ? 2 : 3;

		expect(reply).toMatchObject({ httpStatus: 200 });
		expect({ sent: sent(), renewals: renewals(), requests }).toEqual({
			sent: count,
			renewals: 1,
			requests: count,
		});
	});

	it.each(['INVALID_OAUTHSCOPE', 'OAUTH_SCOPE_MISMATCH'])(
		'is none where a scope is missing (%s): no renewal is spent on that',
		async (code) => {
			for (const status of [401, 403]) {
				n8n.zoho.reset();
				n8n.connect({ oauthTokenData: { ...n8n.zoho.oauth.issue() } });
				n8n.zoho.fault({ ...refusal(status, code), times: Infinity });
				const { reply, requests } = await n8n.call(THIS);

				expect(reply).toMatchObject({
					reason: 'scopeMismatch',
					code,
					resolution: expect.stringContaining('ZohoCRM.settings.modules.READ'),
				});
				expect({ sent: sent(), renewals: renewals(), requests }).toEqual({
					sent: 1,
					renewals: 0,
					requests: 1,
				});
			}
		},
	);

	itInNewest('is renewed also by an n8n that takes its 401 for a reply', async () => {
		const { reply } = await n8n.call('1.100');

		expect(reply).toMatchObject({ httpStatus: 200 });
		expect(renewals()).toBe(1);
	});

	it('of which Zoho says not a word is told in words of ours', async () => {
		n8n.zoho.fault({ kind: 'modules', emptyBody: 401, times: Infinity });
		const { reply } = await n8n.call(THIS);

		expect(reply).toMatchObject({ code: 'HTTP_401', message: 'Authorization failed' });
	});

	it('whose credential is deleted meanwhile is still told as that, and not as a fault of the node', async () => {
		n8n.zoho.fault({
			...refusal(401, 'AUTHENTICATION_FAILURE'),
			times: Infinity,
			match: () => {
				if (renewals() > 0) n8n.engine.credentials.delete(CREDENTIAL_TYPE, 'demo');
				return true;
			},
		});
		const { reply } = await n8n.call(THIS);

		expect((reply as Failure).reason).toBe('authenticationFailed');
		expect(renewals()).toBe(1);
	});
});
