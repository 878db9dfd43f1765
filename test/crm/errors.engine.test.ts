import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { NodeRun } from '../engine';
import type { Fault } from '../fake-zoho';
import { failure, recordIds, useStage } from '../support/stage';

const NODE = 'zohoCrmUnblockEmail';

const stage = useStage();

const crm = () => stage.zoho.crm;
const calls = (module: string) =>
	stage.zoho.calls('unblock').filter(({ path }) => path.includes(`/${module}/`));

/** Zoho's own words, as its pages have them. */
const error = (status: number, code: string, message: string): Fault => ({
	status,
	body: JSON.stringify({ code, details: {}, message, status: 'error' }),
});

const [LEADS, CONTACTS] = [recordIds(6), recordIds(4, 100)];

/**
 * Six leads in batches of two, then four contacts in batches of two; every call for leads goes
 * wrong. Retries are off unless told otherwise.
 */
async function runWith(fault: Fault, options: INodeParameters = {}) {
	crm().add('Leads', LEADS);
	crm().add('Contacts', CONTACTS);
	stage.zoho.fault({ ...fault, match: ({ path }) => path.includes('/Leads/'), times: Infinity });
	return await stage.run(
		NODE,
		[
			...LEADS.map((id) => ({ id, module: 'Leads' })),
			...CONTACTS.map((id) => ({ id, module: 'Contacts' })),
		],
		{
			parameters: { module: { __rl: true, mode: 'name', value: '={{ $json.module }}' } },
			options: { batchSize: 2, maxRetries: 0, ...options },
		},
	);
}

const reasons = (items: INodeExecutionData[]) => items.map((item) => failure(item).reason);
const many = (reason: string, count: number) => Array<string>(count).fill(reason);

describe('an error of the call', () => {
	it.each<[string, number, string, string, RegExp]>([
		[
			'NOT_ALLOWED',
			400,
			'unknown field provided',
			'unknownField',
			/Choose "Email", "Secondary Email" or both/,
		],
		[
			'NOT_ALLOWED',
			400,
			'EMAIL, SECONDARY_EMAIL field not available for module',
			'fieldNotAvailable',
			/Take it out of "Fields to Unblock"/,
		],
		[
			'MANDATORY_NOT_FOUND',
			400,
			'required field not found',
			'missingField',
			/Choose at least one field/,
		],
		[
			'INVALID_REQUEST_METHOD',
			400,
			'The http request method type is not a valid one',
			'invalidRequest',
			/Check the API version/,
		],
		[
			'INVALID_MODULE',
			400,
			'The module name given seems to be invalid',
			'invalidModule',
			/Pick it from the list, or enter its API name/,
		],
		[
			'INVALID_URL_PATTERN',
			404,
			'Please check if the URL trying to access is a correct one',
			'invalidRequest',
			/the URL in the credential/,
		],
		['HTTP_403', 403, '', 'noPermission', /connect with another user/],
		['HTTP_404', 404, '', 'invalidRequest', /Check the API version/],
		['HTTP_405', 405, '', 'invalidRequest', /Check the API version/],
	])(
		'%s (%i) "%s" costs no further call of its group: %s',
		async (code, httpStatus, message, reason, advice) => {
			const fault = message ? error(httpStatus, code, message) : { emptyBody: httpStatus };
			const run = await runWith(fault, { maxRetries: 3 });

			expect(reasons(run.errors)).toEqual(many(reason, 6));
			for (const item of run.errors) {
				expect(failure(item)).toMatchObject({ code, httpStatus, retryable: false });
				expect(failure(item).resolution).toMatch(advice);
			}
			expect(calls('Leads')).toHaveLength(1);
			expect(run.main.map(({ json }) => json.id)).toEqual(CONTACTS);
			expect(calls('Contacts')).toHaveLength(2);
		},
	);

	it.each<[string, Fault, string, number | null, string, RegExp]>([
		[
			'Internal Server Error',
			error(500, 'INTERNAL_ERROR', 'Internal Server Error'),
			'INTERNAL_ERROR',
			500,
			'serverError',
			/Run these items again later/,
		],
		[
			'another name for it',
			error(500, 'INTERNAL_SERVER_ERROR', 'Internal Server Error'),
			'INTERNAL_SERVER_ERROR',
			500,
			'serverError',
			/status\.zoho\.com/,
		],
		['an empty 503', { emptyBody: 503 }, 'HTTP_503', 503, 'serverError', /again later/],
		["a gateway's page", { html: 502 }, 'HTTP_502', 502, 'serverError', /again later/],
		['HTML', { html: 200 }, 'BAD_RESPONSE', 200, 'badResponse', /a proxy on the way/],
		['nothing', { emptyBody: 200 }, 'BAD_RESPONSE', 200, 'badResponse', /repeating is safe/],
		['no content', { emptyBody: 204 }, 'BAD_RESPONSE', 204, 'badResponse', /repeating is safe/],
		[
			'a redirect',
			{ redirect: 'https://elsewhere.invalid/' },
			'BAD_RESPONSE',
			302,
			'badResponse',
			/a proxy on the way/,
		],
		['JSON cut off', { cutJson: true, when: 'before' }, 'BAD_RESPONSE', 200, 'badResponse', /safe/],
		['a reset', { reset: true }, 'ECONNRESET', null, 'networkError', /DNS, proxy, firewall/],
	])(
		'that may pass (%s) ends its own call, after the retries, and no other',
		async (_, fault, code, httpStatus, reason, advice) => {
			const run = await runWith(fault, { maxRetries: 1, retryDelay: 0 });

			expect(reasons(run.errors)).toEqual(many(reason, 6));
			for (const item of run.errors) {
				expect(failure(item)).toMatchObject({ code, httpStatus, retryable: true });
				expect(failure(item).resolution).toMatch(advice);
			}
			expect(calls('Leads')).toHaveLength(3 * 2);
			expect(run.main.map(({ json }) => json.id)).toEqual(CONTACTS);
		},
	);
});

describe('an error of a record', () => {
	it.each([
		['does not exist', undefined, 'INVALID_DATA', 'recordNotFound', /deleted or merged/],
		[
			'is blocked permanently',
			{ email: 'hard' },
			'NOT_ALLOWED',
			'permanentlyBlocked',
			/bounced hard/,
		],
		[
			'was unblocked five times',
			{ timesUnblocked: 5 },
			'NOT_ALLOWED',
			'unblockLimitReached',
			/five times in its life/,
		],
		[
			'is not blocked',
			{ email: 'unblocked' },
			'NOT_ALLOWED',
			'alreadyUnblocked',
			/Set the option "Already Unblocked"/,
		],
	] as const)(
		'that %s is of that record alone, in every style of reply',
		async (_, record, code, reason, advice) => {
			for (const style of ['allOrNothing', 'indexed', 'mixed'] as const) {
				stage.zoho.reset();
				stage.connect();
				crm().style = style;
				const ids = recordIds(9);
				const [bad = ''] = ids.splice(4, 1);
				crm().add('Leads', ids);
				if (record) crm().add('Leads', bad, record);

				const run = await stage.run(
					NODE,
					recordIds(9).map((id) => ({ id })),
					{ options: { alreadyUnblocked: 'error' } },
				);

				expect(run.main.map(({ json }) => json.id)).toEqual(ids);
				expect(run.errors).toHaveLength(1);
				expect(failure(run.errors[0])).toMatchObject({
					id: bad,
					module: 'Leads',
					code,
					reason,
					retryable: false,
				});
				expect(failure(run.errors[0]).resolution).toMatch(advice);
			}
		},
	);
});

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
		expect(calls('Leads')).toHaveLength(2);
		expect(stage.zoho.calls('token')).toHaveLength(1);
		expect(calls('Contacts')).toEqual([]);
	});

	it('that comes late lets what was done stand', async () => {
		crm().add('Leads', LEADS);
		stage.zoho.fault({
			...error(401, 'INVALID_TOKEN', 'invalid oauth token'),
			kind: 'unblock',
			skip: 2,
			times: Infinity,
		});

		const run = await stage.run(
			NODE,
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

describe('the setting On Error', () => {
	/** Six records, the third of which is blocked permanently, in three calls one after the other. */
	const items = () => LEADS.map((id, i) => ({ id, name: `Lead ${i}` }));
	const settings = { options: { batchSize: 2, maxParallelRequests: 1 } };
	const [, , bad = ''] = LEADS;

	beforeEach(() => {
		crm().style = 'allOrNothing';
		crm().add('Leads', LEADS);
		crm().add('Leads', bad, { email: 'hard' });
	});

	const expected: IDataObject = {
		id: bad,
		module: 'Leads',
		code: 'NOT_ALLOWED',
		reason: 'permanentlyBlocked',
		message: 'Cannot unblock, Email is blocked permanently',
		resolution:
			'Only temporarily blocked addresses can be unblocked. This one bounced hard: correct the address in the record, or stop mailing it.',
		httpStatus: 400,
		retryable: false,
	};

	it('sends failed items to the error branch, with the fields of their input', async () => {
		const run = await stage.run(NODE, items(), { ...settings, onError: 'continueErrorOutput' });

		expect(run.status).toBe('success');
		expect(run.errors.map(({ json }) => json)).toEqual([
			{ id: bad, name: 'Lead 2', error: expected },
		]);
		expect(run.main.map(({ json }) => json.id)).toEqual(LEADS.filter((id) => id !== bad));
		expect(run.main.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 3, 4, 5].map((item) => ({ item })),
		);
	});

	it('keeps failed items in their place, with nothing but the error', async () => {
		const run = await stage.run(NODE, items(), { ...settings, onError: 'continueRegularOutput' });

		expect(run.status).toBe('success');
		expect(run.errors).toEqual([]);
		expect(run.main.map(({ json }) => json.id)).toEqual(
			LEADS.map((id) => (id === bad ? undefined : id)),
		);
		expect(run.main[2]).toEqual({ json: { error: expected }, pairedItem: { item: 2 } });
	});

	it.each(['allOrNothing', 'indexed', 'mixed'] as const)(
		"stops the workflow with one error, the failing call's records told apart (%s)",
		async (style) => {
			crm().style = style;

			const run = await stage.run(NODE, items(), { ...settings, onError: 'stopWorkflow' });

			expect(run.status).toBe('error');
			expect([run.main, run.errors]).toEqual([[], []]);
			expect(run.error).toMatchObject({
				name: 'NodeApiError',
				message: `Record ${bad}: Cannot unblock, Email is blocked permanently`,
				httpCode: style === 'mixed' ? '207' : '400',
				context: { itemIndex: 2 },
			});
			expect(run.error?.description).toBe(
				`${String(expected.resolution)} Before the stop: 3 done, 1 failed, 2 not attempted.`,
			);
			expect(LEADS.map((id) => crm().get('Leads', id)?.timesUnblocked)).toEqual([1, 1, 0, 1, 0, 0]);
			const sent = calls('Leads').flatMap(({ ids = [] }) => ids);
			expect(sent).not.toContain(LEADS[4]);
			expect(sent).not.toContain(LEADS[5]);
		},
	);

	it('stops the workflow before any call where an item is wrong from the start', async () => {
		const run = await stage.run(NODE, [...items(), { id: '../x' }], { onError: 'stopWorkflow' });

		expect(run.error).toMatchObject({
			name: 'NodeApiError',
			message: 'Record ../x: "../x" is not a record ID.',
			context: { itemIndex: 6 },
		});
		expect(run.error?.description).toMatch(
			/Check the expression in "Record IDs".* Before the stop: 0 done, 1 failed, 6 not attempted\.$/,
		);
		expect(stage.zoho.requests).toEqual([]);
	});

	it('stops the workflow at a failure of the call, of the account, of the network', async () => {
		for (const [fault, message] of [
			[
				error(400, 'INVALID_MODULE', 'The module name given seems to be invalid'),
				'The module name given seems to be invalid',
			],
			[error(401, 'INVALID_TOKEN', 'invalid oauth token'), 'invalid oauth token'],
			[{ emptyBody: 503 }, 'Zoho answered with HTTP status 503.'],
			[{ reset: true }, 'Zoho could not be reached'],
			[{ html: 200 }, "Zoho's reply (HTTP status 200) cannot be read"],
		] as Array<[Fault, string]>) {
			stage.zoho.reset();
			stage.connect();
			crm().add('Leads', LEADS);
			stage.zoho.fault({ ...fault, kind: 'unblock', times: Infinity });

			const run = await stage.run(NODE, items(), {
				options: { ...settings.options, maxRetries: 0 },
				onError: 'stopWorkflow',
			});

			expect(run.error?.name).toBe('NodeApiError');
			expect(run.error?.message).toContain(`Record ${LEADS[0]}: `);
			expect(run.error?.message).toContain(message);
			expect(run.error).toMatchObject({ context: { itemIndex: 0 } });
			expect(calls('Leads').every(({ ids }) => ids?.[0] === LEADS[0])).toBe(true);
			expect(LEADS.every((id) => crm().get('Leads', id)?.timesUnblocked === 0)).toBe(true);
		}
	});

	it('never lets an error through where the workflow goes on, whatever Zoho answers', async () => {
		for (const onError of ['continueErrorOutput', 'continueRegularOutput'] as const) {
			for (const fault of [
				{ html: 200 },
				{ cutBody: true, when: 'before' },
				{ status: 200, body: '{"data":[null,{"details":{"id":{}}}]}' },
				{ status: 400, body: '{"code":{"a":1},"message":[],"details":{"id":{"toString":1}}}' },
				{ status: 400, body: '"text"' },
				{ redirect: 'http://127.0.0.1:1/' },
			] as Fault[]) {
				stage.zoho.reset();
				stage.connect();
				stage.zoho.fault({ ...fault, kind: 'unblock', times: Infinity });

				const run = await stage.run(NODE, items(), { options: { maxRetries: 0 }, onError });

				expect(run.error).toBeUndefined();
				const failed: NodeRun['main'] = onError === 'continueErrorOutput' ? run.errors : run.main;
				expect(failed).toHaveLength(6);
				expect(failed.every((item) => typeof failure(item).reason === 'string')).toBe(true);
			}
		}
	});
});
