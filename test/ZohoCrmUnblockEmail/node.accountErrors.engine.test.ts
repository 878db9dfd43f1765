import type { Fault } from '../fake-zoho';
import { failure } from '../support/stage';
import { error, LEADS, many, reasons, useErrors } from './errorStage';

const { stage, calls, runWith } = useErrors();

describe('an error of the account', () => {
	it.each<[string, string, string, RegExp]>([
		['OAUTH_SCOPE_MISMATCH', 'Unauthorized', 'scopeMismatch', /ZohoCRM\.send_mail\.all\.CREATE/],
		[
			'AUTHENTICATION_FAILURE',
			'Authentication failed',
			'authenticationFailed',
			/Connect the credential again/,
		],
		['INVALID_TOKEN', 'invalid oauth token', 'authenticationFailed', /data center/],
		['HTTP_401', '', 'authenticationFailed', /Connect the credential again/],
	])('%s "%s" ends all sending: %s', async (code, message, reason, advice) => {
		const fault = message ? error(401, code, message) : { emptyBody: 401 };
		const run = await runWith(fault);

		expect(run.main).toEqual([]);
		expect(reasons(run.errors)).toEqual([...many(reason, 2), ...many('notAttempted', 8)]);
		expect(failure(run.errors[0])).toMatchObject({ code, httpStatus: 401, retryable: false });
		expect(failure(run.errors[0]).resolution).toMatch(advice);
		for (const item of run.errors.slice(2)) {
			expect(failure(item)).toMatchObject({ code: 'NOT_SENT', httpStatus: null, retryable: true });
			expect(failure(item).message).toContain('the run ended early');
		}
		// n8n itself repeats a call once with a renewed token.
		// Older engines repeat it twice, and hand the 401 over first.
		expect(calls('Leads').length).toBeLessThanOrEqual(process.env.N8N_ENGINE ? 4 : 2);
		expect(stage.zoho.calls('token').length).toBeLessThanOrEqual(1);
		expect(calls('Contacts')).toEqual([]);
	});

	it('that comes late lets what was done stand', async () => {
		stage.zoho.crm.add('Leads', LEADS);
		stage.zoho.fault({
			...error(401, 'INVALID_TOKEN', 'invalid oauth token'),
			kind: 'unblock',
			skip: 2,
			times: Infinity,
		});

		const run = await stage.run(
			'zohoCrmUnblockEmail',
			LEADS.map((id) => ({ id })),
			{ options: { batchSize: 1, maxParallelRequests: 1 } },
		);

		expect(run.main.map(({ json }) => json.id)).toEqual(LEADS.slice(0, 2));
		expect(reasons(run.errors)).toEqual(['authenticationFailed', ...many('notAttempted', 3)]);
	});

	it('is known before a call where the credential leaves CRM out, or is not connected', async () => {
		stage.connect({ services: 'campaigns' });
		const leftOut = await runWith({ emptyBody: 500 });
		stage.connect({ oauthTokenData: {} });
		const unconnected = await runWith({ emptyBody: 500 });

		expect(reasons(leftOut.errors)).toEqual(many('scopeMismatch', 10));
		expect(failure(leftOut.errors[0]).resolution).toContain('set "Services" to include Zoho CRM');
		expect(reasons(unconnected.errors)).toEqual(many('authenticationFailed', 10));
		expect(failure(unconnected.errors[0]).resolution).toContain('press "Connect"');
		expect(stage.zoho.requests).toEqual([]);
	});
});

describe('a limit', () => {
	it.each<[string, Fault]>([
		['TOO_MANY_REQUESTS', error(429, 'TOO_MANY_REQUESTS', 'You have made too many requests.')],
		['LIMIT_EXCEEDED', error(400, 'LIMIT_EXCEEDED', 'The API limit of the day is exceeded.')],
		['LIMIT_REACHED', error(400, 'LIMIT_REACHED', 'All API credits of the day are used.')],
		[
			'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
			{
				status: 400,
				body: JSON.stringify({
					error: {
						status_code: 400,
						title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
						details: { message: 'Try again after 22 minutes.' },
					},
				}),
			},
		],
		['HTTP_429', { emptyBody: 429 }],
	])('%s holds for everything still to be sent', async (code, fault) => {
		const run = await runWith(fault, { maxRetries: 1, retryDelay: 0 });

		expect(run.main).toEqual([]);
		expect(reasons(run.errors)).toEqual(many('rateLimited', 10));
		for (const item of run.errors) {
			expect(failure(item)).toMatchObject({ code, retryable: true });
			expect(failure(item).resolution).toContain('Run the workflow again later');
		}
		expect(calls('Leads')).toHaveLength(2);
		expect(calls('Contacts')).toEqual([]);
	});

	it.each([
		['7200', 7_200_000],
		['Fri, 31 Dec 9999 23:59:59 GMT', 200_000_000_000_000],
		['9'.repeat(20), undefined],
		['soon', undefined],
	])('with Retry-After: %s fails its items, and says when to come back', async (header, waitMs) => {
		const startedAt = Date.now();
		const run = await runWith(
			{ status: 429, headers: { 'retry-after': header } },
			{ maxRetries: 1, retryDelay: 0 },
		);

		expect(run.error).toBeUndefined();
		expect(reasons(run.errors)).toEqual(many('rateLimited', 10));
		for (const item of run.errors) {
			const { retryAt } = failure(item);
			if (waitMs === undefined) expect(retryAt).toBeUndefined();
			else expect(Date.parse(String(retryAt)) - startedAt).toBeGreaterThanOrEqual(waitMs);
		}
		// Nobody sits through a wait of hours: what cannot be read is tried again, as without a header.
		expect(calls('Leads')).toHaveLength(waitMs === undefined ? 2 : 1);
	});
});
