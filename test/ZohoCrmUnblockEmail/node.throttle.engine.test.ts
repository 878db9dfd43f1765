import type { INodeParameters } from 'n8n-workflow';
import type { FakeZoho, Fault } from '../fake-zoho';
import { throttleReply, THROTTLE_WORDS } from '../fake-zoho/throttleFilter';
import { failure, recordIds, useStage } from '../support/stage';

/** n8n-core before 1.119. */
const RENEWS_FOR_401_ONLY = /engine-1\.(84|100)\./.test(process.env.N8N_ENGINE ?? '');

const stage = useStage();
let zoho: FakeZoho;

beforeEach(() => {
	zoho = stage.zoho;
});

const run = (ids: readonly string[], options: INodeParameters = {}) =>
	stage.run(
		'zohoCrmUnblockEmail',
		ids.map((id) => ({ id })),
		{ options },
	);
const calls = () => zoho.calls('unblock').length;
const reasons = (items: Array<Parameters<typeof failure>[0]>) =>
	new Set(items.map((item) => failure(item).reason));

describe('the throttle', () => {
	const SHAPES = [
		throttleReply('throttle400', 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED', 'Try again.'),
		...THROTTLE_WORDS.filter((word) => word !== 'HIP_REQUIRED').map((word) => ({
			status: 400,
			body: JSON.stringify({ code: 'INTERNAL_ERROR', message: word }),
		})),
		{
			status: 200,
			body: '{"code":"INTERNAL_ERROR","message":"url_fixed_throttles_limit_exceeded"}',
		},
		{ status: 429, body: '{"cause":"throttles_limit_exceeded","error":"Access denied"}' },
	].map(({ status, body }) => ({ status, body }) as Fault);

	it.each(SHAPES)('is the limit in whatever shape it comes: %j', async (fault) => {
		const ids = recordIds(3);
		zoho.crm.add('Leads', ids);
		zoho.fault({ ...fault, kind: 'unblock', times: Infinity });
		const { errors } = await run(ids, { maxRetries: 1, retryDelay: 1 });

		expect(reasons(errors)).toEqual(new Set(['rateLimited']));
		expect(calls()).toBe(2);
	});

	it('that asks for a captcha is not tried again: a person must look', async () => {
		const ids = recordIds(3);
		zoho.crm.add('Leads', ids);
		const body = JSON.stringify({ code: 'HIP_REQUIRED', message: 'Enter the characters.' });
		zoho.fault({ status: 400, body, kind: 'unblock', times: Infinity });
		const { errors } = await run(ids);

		expect(failure(errors[0])).toMatchObject({ reason: 'rateLimited', code: 'HIP_REQUIRED' });
		expect(failure(errors[0]).resolution).toContain('person');
		expect(calls()).toBe(1);
	});

	it('for calls at one time is one lesson for a burst, and costs no record', async () => {
		const ids = recordIds(200);
		zoho.crm.add('Leads', ids);
		zoho.crm.concurrencyLimit = 3;
		zoho.crm.tooManyStyle = 'throttle400';
		zoho.latencyMs = 50;
		const done = await run(ids, { batchSize: 5, maxParallelRequests: 10, retryDelay: 1 });

		expect(done.main).toHaveLength(200);
		const refused = zoho.calls('unblock').filter(({ status }) => status === 400).length;
		// One burst of ten, one or two of five: then two at once. Five lessons would be thirty.
		expect(refused).toBeLessThanOrEqual(14);
	});
});

describe('a dead token', () => {
	it('that is told with HTTP 400 is renewed, and the run goes on', async () => {
		const ids = recordIds(600);
		zoho.crm.add('Leads', ids);
		zoho.crm.deadTokenStatus = 400;
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });
		const { main, errors } = await run(ids);

		if (RENEWS_FOR_401_ONLY) {
			expect(failure(errors[0]).reason).toBe('authenticationFailed');
			expect(failure(errors[0]).resolution).toContain('Update n8n');
			return;
		}
		expect(main).toHaveLength(600);
		expect(zoho.calls('token')).toHaveLength(1);
		expect(calls()).toBe(3);
	});

	it.each<[string, Fault, number]>([
		['502', { html: 502 }, 1],
		['HTML', { html: 200 }, 1],
		['nothing', { emptyBody: 200 }, 1],
		['a failure in JSON', { status: 500, body: '{"error":"busy"}' }, 1],
	])('is renewed in the end where the accounts server answers %s once', async (_, fault) => {
		const ids = recordIds(3);
		zoho.crm.add('Leads', ids);
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });
		zoho.fault({ ...fault, kind: 'token' });
		const { main, errors } = await run(ids, { retryDelay: 1 });

		expect(errors.map(failure)).toEqual([]);
		expect(main).toHaveLength(3);
		expect(zoho.calls('token')).toHaveLength(2);
	});

	it('in whose place a 429 is told does not end the run', async () => {
		const ids = recordIds(3);
		zoho.crm.add('Leads', ids);
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });
		// The first call hands over a 401; engines before 2.15 send it again to have it renewed.
		zoho.fault({ kind: 'unblock', skip: 1, status: 429, body: '{"code":"TOO_MANY_REQUESTS"}' });
		const { main, errors } = await run(ids, { batchSize: 1, maxRetries: 0 });

		expect(errors.map((item) => failure(item).reason)).toEqual(errors.map(() => 'rateLimited'));
		expect(main.length + errors.length).toBe(3);
	});

	it.each([200, 400] as const)(
		'whose renewal is refused with HTTP %i is the end of it, with the cure',
		async (status) => {
			stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });
			zoho.oauth.refuseRefresh('invalid_code');
			zoho.oauth.refusalStatus = status;
			const { errors } = await run(recordIds(3));

			expect(failure(errors[0])).toMatchObject({
				reason: 'authenticationFailed',
				code: 'invalid_code',
			});
			expect(failure(errors[0]).resolution).toContain('access was revoked');
			expect(zoho.calls('token')).toHaveLength(1);
		},
	);
});
