import type { IDataObject, NodeApiError, OnError } from 'n8n-workflow';
import type { CampaignsCode, PlannedFault } from '../fake-zoho';
import { IMPOSSIBLE_ADDRESSES, POSSIBLE_ADDRESSES } from './samples';
import { failure, setStage, type RunSettings, type Stage } from '../support/stage';

const ANNA = 'anna@example.com';
const BOB = 'bob@example.com';
const CARL = 'carl@example.com';

const MOVED = {
	status: 'moved',
	code: '0',
	message: 'User successfully moved to Do-Not-Mail.',
};
const ALREADY_IN = {
	status: 'alreadyInDoNotMail',
	code: '0',
	message: 'User already in Do-Not-Mail.',
};

/** What a repeated call may say where the first one's reply was lost. */
const DONE = expect.objectContaining({ status: 'moved', code: '0' }) as IDataObject;

let stage: Stage;
let accounts = 0;

beforeAll(async () => {
	stage = await setStage();
});

afterAll(async () => await stage.stop());

/** A credential of its own for each test: runs on one credential share their budget of calls. */
let credentialId: string;
beforeEach(() => {
	stage.zoho.reset();
	credentialId = stage.connect({}, `account-${++accounts}`);
});

const run = (emails: readonly unknown[], settings: RunSettings = {}) =>
	stage.run(
		'zohoCampaignsDoNotMail',
		emails.map((email) => ({ email }) as IDataObject),
		{ credentialId, ...settings, options: { retryDelay: 1, ...settings.options } },
	);

const calls = () => stage.zoho.calls('doNotMail');

/** The address that a call named, whichever format it had. */
const namedBy = (query: string) =>
	decodeURIComponent(query).match(/[a-z]+@example\.com/)?.[0] ?? '';

const formats = ['json', 'xml'] as const;

describe('an address', () => {
	it('is put into the registry by one call, in JSON and in XML with the same output item', async () => {
		const [inJson, inXml] = [
			await run([ANNA], { options: { responseFormat: 'json' } }),
			await run([BOB], { options: { responseFormat: 'xml' } }),
		];

		expect(inJson.main).toEqual([{ json: { email: ANNA, ...MOVED }, pairedItem: { item: 0 } }]);
		expect(inXml.main).toEqual([{ json: { email: BOB, ...MOVED }, pairedItem: { item: 0 } }]);
		expect([inJson.errors, inXml.errors]).toEqual([[], []]);
		expect(calls().map(({ method, path, body }) => [method, path, body])).toEqual([
			['POST', '/api/v1.1/json/contactdonotmail', ''],
			['POST', '/api/v1.1/xml/contactdonotmail', ''],
		]);
		expect([...stage.zoho.campaigns.registry.keys()]).toEqual([ANNA, BOB]);
		expect(inJson.hints).toEqual([]);
	});

	it('that was in already is told from a new one, however Zoho writes it', async () => {
		stage.zoho.campaigns.add(ANNA);
		for (const responseFormat of formats) {
			for (const alreadyAs of ['success', 'error'] as const) {
				for (const nested of [false, true]) {
					for (const errorStatus of [200, 400] as const) {
						Object.assign(stage.zoho.campaigns, { alreadyAs, nested, errorStatus });
						const { main } = await run([ANNA], { options: { responseFormat } });
						expect(main.map(({ json }) => json)).toEqual([{ email: ANNA, ...ALREADY_IN }]);
					}
				}
			}
		}
	});

	it('that was in already fails where it is to count as an error', async () => {
		stage.zoho.campaigns.add(ANNA);
		const { main, errors } = await run([ANNA, BOB], { options: { alreadyInDoNotMail: 'error' } });

		expect(main.map(({ json }) => json)).toEqual([{ email: BOB, ...MOVED }]);
		expect(failure(errors[0])).toEqual({
			email: ANNA,
			code: '0',
			reason: 'alreadyInDoNotMail',
			message: 'User already in Do-Not-Mail.',
			resolution: expect.stringContaining('Count as Success'),
			httpStatus: 200,
			retryable: false,
		});
	});

	it('in several items is sent once, and every item gets the outcome', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		const { main, errors, hints } = await run([
			'Anna@Example.com',
			BOB,
			ANNA,
			' bob@EXAMPLE.com ',
			CARL,
			'ANNA@EXAMPLE.COM',
		]);

		expect(stage.zoho.campaigns.received).toEqual(['Anna@Example.com', BOB, CARL]);
		expect(main.map(({ json, pairedItem }) => [json.email, json.status, pairedItem])).toEqual([
			['Anna@Example.com', 'moved', { item: 0 }],
			[ANNA, 'moved', { item: 2 }],
			[CARL, 'moved', { item: 4 }],
			['ANNA@EXAMPLE.COM', 'moved', { item: 5 }],
		]);
		expect(errors.map((item) => [failure(item).email, item.pairedItem])).toEqual([
			[BOB, { item: 1 }],
			['bob@EXAMPLE.com', { item: 3 }],
		]);
		expect(hints.map(({ message }) => message)).toEqual([
			'3 calls, one address each. 3 duplicates: each address was sent once.',
		]);
	});

	it('may come from an expression, and one that cannot be resolved fails its item only', async () => {
		const { main, errors } = await run([ANNA, BOB], {
			parameters: { email: '={{ $json.email === "bob@example.com" ? $node : $json.email }}' },
		});

		expect(main.map(({ json }) => json.email)).toEqual([ANNA]);
		expect(failure(errors[0])).toMatchObject({ reason: 'invalidEmail', email: '' });
	});

	it.each(['$input', '$workflow', '$json', '$("Start")', 'Symbol("x")', '[$json.email]'])(
		'is not what the expression %s gives: the item fails, and nothing is sent',
		async (expression) => {
			const { status, error, main, errors } = await run([ANNA], {
				parameters: { email: `={{ ${expression} }}` },
			});

			expect([status, error, main]).toEqual(['success', undefined, []]);
			expect(errors.map((item) => failure(item))).toEqual([
				expect.objectContaining({ reason: 'invalidEmail', code: 'NOT_SENT' }),
			]);
			expect(calls()).toEqual([]);
		},
	);

	it.each(formats)('that is possible reaches Zoho unchanged in %s', async (responseFormat) => {
		const { main, errors } = await run(POSSIBLE_ADDRESSES, {
			options: { responseFormat, maxParallelRequests: 1 },
		});

		expect(POSSIBLE_ADDRESSES.length).toBeGreaterThanOrEqual(60);
		expect(errors).toEqual([]);
		expect(main.map(({ json }) => [json.email, json.status])).toEqual(
			POSSIBLE_ADDRESSES.map((address) => [address, 'moved']),
		);
		expect(stage.zoho.campaigns.received).toEqual(POSSIBLE_ADDRESSES);
		expect([...stage.zoho.campaigns.registry.values()].map(({ address }) => address)).toEqual(
			POSSIBLE_ADDRESSES,
		);
		expect(stage.zoho.campaigns.injected).toEqual([]);
	});

	it.each(formats)('that is impossible or hostile causes no call in %s', async (responseFormat) => {
		const { main, errors } = await run([ANNA, ...IMPOSSIBLE_ADDRESSES, BOB], {
			options: { responseFormat },
		});

		expect(main.map(({ json }) => json.email)).toEqual([ANNA, BOB]);
		expect(errors.map((item) => failure(item))).toEqual(
			IMPOSSIBLE_ADDRESSES.map((value) =>
				expect.objectContaining({
					email: typeof value === 'string' ? value.trim() : '',
					reason: 'invalidEmail',
					code: 'NOT_SENT',
					httpStatus: null,
					retryable: false,
				}),
			),
		);
		expect(calls()).toHaveLength(2);
		expect(stage.zoho.campaigns.received).toEqual([ANNA, BOB]);
		expect(stage.zoho.campaigns.injected).toEqual([]);
		expect(calls().every(({ headers }) => headers['x-injected'] === undefined)).toBe(true);
	});
});

describe('a refusal', () => {
	const told: Array<[CampaignsCode, string, string, boolean]> = [
		['2004', 'invalidEmail', 'Invalid email address pattern.', false],
		['2104', 'serverError', 'Error in Do-not-mail. Please retry after sometime.', true],
		['903', 'missingField', 'Mandatory fields are missing', false],
		['901', 'invalidRequest', 'URL provided is invalid.', false],
		['2007', 'invalidRequest', 'Parameter value is invalid', false],
		['1007', 'authenticationFailed', 'Unauthorized request.', false],
	];

	it.each(told)(
		'with code %s is %s, in every shape Zoho gives it',
		async (code, reason, message, retryable) => {
			stage.zoho.campaigns.answer(ANNA, code);
			const resolutions = new Set<unknown>();
			for (const responseFormat of formats) {
				for (const nested of [false, true]) {
					for (const errorStatus of [200, 400] as const) {
						Object.assign(stage.zoho.campaigns, { nested, errorStatus });
						const { main, errors } = await run([ANNA], {
							options: { responseFormat, maxRetries: 0 },
						});
						expect(main).toEqual([]);
						expect(failure(errors[0])).toMatchObject({
							email: ANNA,
							code,
							reason,
							retryable,
							message,
							httpStatus: code === '1007' ? 401 : errorStatus,
						});
						resolutions.add(failure(errors[0]).resolution);
					}
				}
			}
			expect(resolutions.size).toBe(1);
			expect(resolutions).not.toContain('');
		},
	);

	it('of each kind says in its own words what to do', async () => {
		const resolutions = new Set<unknown>();
		const reasons = new Map(told.map(([code, reason]) => [reason, code]));
		for (const code of reasons.values()) {
			stage.zoho.campaigns.answer(ANNA, code, 2);
			const { errors } = await run([ANNA], { options: { maxRetries: 0 } });
			resolutions.add(failure(errors[0]).resolution);
		}
		expect(resolutions.size).toBe(reasons.size);
	});

	it.each<[PlannedFault, string, string]>([
		[{ status: 200, body: '{"Code":"7777","message":"New"}' }, 'invalidRequest', '7777'],
		[{ status: 400, body: '{"Code":"7777","message":"New"}' }, 'invalidRequest', '7777'],
		[{ emptyBody: 404 }, 'invalidRequest', 'HTTP_404'],
		[{ emptyBody: 413 }, 'invalidRequest', 'HTTP_413'],
		[{ emptyBody: 403 }, 'noPermission', 'HTTP_403'],
		[{ emptyBody: 500 }, 'serverError', 'HTTP_500'],
		[{ emptyBody: 503 }, 'serverError', 'HTTP_503'],
		[{ html: 502 }, 'serverError', 'HTTP_502'],
		[{ html: 200 }, 'badResponse', 'BAD_RESPONSE'],
		[{ emptyBody: 200 }, 'badResponse', 'BAD_RESPONSE'],
		[{ redirect: 'https://example.com/' }, 'badResponse', 'BAD_RESPONSE'],
		[{ cutJson: true }, 'badResponse', 'BAD_RESPONSE'],
		[{ cutBody: true }, 'badResponse', 'ERR_BAD_RESPONSE'],
		[{ reset: true }, 'networkError', 'ECONNRESET'],
	])('of no page, %j, is %s and hits its address only', async (fault, reason, code) => {
		for (const responseFormat of formats) {
			stage.zoho.fault({
				...fault,
				kind: 'doNotMail',
				match: ({ query }) => query.includes('bob'),
			});
			const { main, errors } = await run([ANNA, BOB, CARL], {
				options: { responseFormat, maxRetries: 0 },
			});
			expect(main.map(({ json }) => json.email)).toEqual([ANNA, CARL]);
			expect(errors.map((item) => failure(item))).toEqual([
				expect.objectContaining({ email: BOB, reason, code }),
			]);
		}
	});

	it('carries nothing but the error, so that n8n merges the item in and the branch can tell why', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		const { errors } = await stage.run(
			'zohoCampaignsDoNotMail',
			[{ email: BOB, name: 'Bob', list: 7 }],
			{ credentialId },
		);

		expect(errors).toEqual([
			{
				json: {
					email: BOB,
					name: 'Bob',
					list: 7,
					error: {
						email: BOB,
						code: '2004',
						reason: 'invalidEmail',
						message: 'Invalid email address pattern.',
						resolution: expect.stringContaining('Correct it'),
						httpStatus: 200,
						retryable: false,
					},
				},
				pairedItem: { item: 0 },
			},
		]);
	});
});

describe('a transient failure', () => {
	/** Zoho's own words for one, as a reply in place of the work. */
	const refused: PlannedFault = {
		status: 200,
		body: '{"Code":"2104","message":"Error in Do-not-mail. Please retry after sometime."}',
	};

	it.each<[string, PlannedFault]>([
		['a reset before the work', { reset: true, when: 'before' }],
		['a reset after the work', { reset: true, when: 'after' }],
		['no reply, and the work not done', { hang: true, when: 'before' }],
		['no reply, and the work done', { hang: true, when: 'after' }],
		["a gateway's page with 502", { html: 502 }],
		["a gateway's page with 200, and the work done", { html: 200, when: 'after' }],
		['JSON that is cut off', { cutJson: true }],
		['a body that is cut off', { cutBody: true }],
		['503', { emptyBody: 503 }],
		['500 although the work is done', { emptyBody: 500, when: 'after' }],
		['2104', refused],
	])('is tried again, and every address comes out once: %s', async (_, fault) => {
		stage.zoho.campaigns.add(CARL);
		stage.zoho.fault({
			...fault,
			kind: 'doNotMail',
			match: ({ query }) => query.includes('bob'),
			times: 2,
		});
		const { status, main, errors, hints } = await run([ANNA, BOB, CARL], {
			options: { timeout: 'hang' in fault ? 1500 : 60_000 },
		});

		expect(status).toBe('success');
		expect(errors).toEqual([]);
		expect(main.map(({ json }) => json)).toEqual([
			{ email: ANNA, ...MOVED },
			DONE,
			{ email: CARL, ...ALREADY_IN },
		]);
		expect(main[1]?.json.email).toBe(BOB);
		expect(stage.zoho.campaigns.registry.get(BOB)).toEqual({ address: BOB, moved: 1 });
		expect(calls().filter(({ query }) => query.includes('bob'))).toHaveLength(3);
		expect(hints[0]?.message).toContain('2 calls repeated after a transient failure.');
	});

	it('leaves an address "moved" that a repeat finds in the registry, also where that would be an error', async () => {
		stage.zoho.fault({ reset: true, when: 'after', kind: 'doNotMail' });
		const { main, errors } = await run([ANNA], { options: { alreadyInDoNotMail: 'error' } });

		expect(errors).toEqual([]);
		expect(main[0]?.json).toEqual({
			email: ANNA,
			status: 'moved',
			code: '0',
			message: expect.stringContaining('the reply was lost'),
		});
	});

	it('that stays is told after the retries, and how often it was tried is as set', async () => {
		stage.zoho.fault({ emptyBody: 503, kind: 'doNotMail', times: Infinity });
		for (const maxRetries of [0, 1, 4]) {
			const before = calls().length;
			const { errors, logs } = await run([ANNA], { options: { maxRetries } });
			expect(failure(errors[0])).toMatchObject({ reason: 'serverError', retryable: true });
			expect(calls().length - before).toBe(maxRetries + 1);
			expect(logs.filter((line) => line.includes('Trying one address again'))).toHaveLength(
				maxRetries,
			);
		}
	});

	it('is not what a refusal is: once the form is known, nothing that is refused is sent again', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		stage.zoho.campaigns.answer(CARL, '903');
		await run([ANNA, BOB, CARL]);

		expect(calls().map(({ query }) => namedBy(query))).toEqual([ANNA, BOB, CARL]);
	});
});

describe('On Error', () => {
	const many = Array.from({ length: 20 }, (_, i) => `${'abcdefghijklmnopqrst'[i]}x@example.com`);

	it('= Stop Workflow throws one error that names the address, what to do, and the counts', async () => {
		stage.zoho.campaigns.answer(many[3]!, '2004');
		const { status, error, main } = await run(many, {
			onError: 'stopWorkflow',
			options: { maxParallelRequests: 1 },
		});

		expect(status).toBe('error');
		expect(main).toEqual([]);
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: `Address ${many[3]}: Invalid email address pattern.`,
			description: expect.stringContaining('Correct it in the data'),
			context: { itemIndex: 3 },
		});
		expect((error as NodeApiError).description).toContain(
			'Before the stop: 3 done, 1 failed, 16 not attempted.',
		);
		expect(calls()).toHaveLength(4);
	});

	it('= Stop Workflow lets what is under way end, and counts it', async () => {
		stage.zoho.latencyMs = 30;
		stage.zoho.campaigns.answer(many[1]!, '2004');
		const { error } = await run(many, { onError: 'stopWorkflow' });

		const sent = calls().length;
		expect(sent).toBeLessThan(many.length);
		expect((error as NodeApiError).description).toContain(
			`Before the stop: ${sent - 1} done, 1 failed, ${many.length - sent} not attempted.`,
		);
		expect(stage.zoho.campaigns.registry.size).toBe(sent - 1);
	});

	it('= Stop Workflow sends nothing where an item holds no address', async () => {
		const { error } = await run([ANNA, 'nothing', BOB], { onError: 'stopWorkflow' });

		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: 'Address nothing: "nothing" has no @.',
			context: { itemIndex: 1 },
		});
		expect((error as NodeApiError).description).toContain('0 done, 1 failed, 2 not attempted');
		expect(calls()).toEqual([]);
	});

	it('= Stop Workflow throws nothing where nothing failed', async () => {
		stage.zoho.campaigns.add(BOB);
		const { status, main } = await run([ANNA, BOB], { onError: 'stopWorkflow' });

		expect(status).toBe('success');
		expect(main.map(({ json }) => json.status)).toEqual(['moved', 'alreadyInDoNotMail']);
	});

	it('= Continue keeps failed items in their places on the main output', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		const { main, errors } = await run([ANNA, BOB, '', CARL], { onError: 'continueRegularOutput' });

		expect(errors).toEqual([]);
		expect(
			main.map(({ json, pairedItem }) => [json.email, failure({ json }).reason, pairedItem]),
		).toEqual([
			[ANNA, undefined, { item: 0 }],
			[undefined, 'invalidEmail', { item: 1 }],
			[undefined, 'invalidEmail', { item: 2 }],
			[CARL, undefined, { item: 3 }],
		]);
	});

	it('= Continue (using error output) sends failed items by the error branch', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		const { main, errors } = await run([ANNA, BOB, '', CARL]);

		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 3 }]);
		expect(errors.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
	});

	it('without items does nothing at all', async () => {
		const { status, main, errors, hints } = await run([]);

		expect([status, main, errors, hints]).toEqual(['success', [], [], []]);
		expect(stage.zoho.requests).toEqual([]);
	});
});

describe('a failure of the account', () => {
	const many = Array.from({ length: 30 }, (_, i) => `person${i}@example.com`);
	const settings: OnError[] = ['continueErrorOutput', 'continueRegularOutput'];

	it.each(settings)('ends the sending, and every item comes out (%s)', async (onError) => {
		const { refresh_token } = stage.zoho.oauth.issue();
		stage.connect({ oauthTokenData: { access_token: 'dead', refresh_token } }, credentialId);
		stage.zoho.oauth.revoke(refresh_token!);
		const { main, errors } = await run(many, { onError });

		const failed = onError === 'continueErrorOutput' ? errors : main;
		expect(failed.map((item) => failure(item).reason)).toEqual(
			many.map((_, i) => (i === 0 ? 'authenticationFailed' : 'notAttempted')),
		);
		expect(failed.map(({ pairedItem }) => pairedItem)).toEqual(many.map((_, item) => ({ item })));
		// The first call goes alone; n8n itself repeats it once after a refresh.
		expect(calls().length).toBeLessThanOrEqual(process.env.N8N_ENGINE ? 4 : 2);
		expect(stage.zoho.calls('token')).toHaveLength(1);
	});

	it('in the middle of a run loses nothing of what is done', async () => {
		let seen = 0;
		stage.zoho.randomFault = ({ kind }) => {
			if (kind === 'doNotMail' && ++seen === 11) {
				stage.zoho.oauth.refuseRefresh('invalid_code');
				stage.zoho.oauth.expire();
			}
			return undefined;
		};
		const { main, errors } = await run(many, { options: { maxParallelRequests: 1 } });

		expect(main.map(({ json }) => json.email)).toEqual(many.slice(0, 10));
		expect(failure(errors[0])).toMatchObject({
			email: many[10],
			reason: 'authenticationFailed',
			code: 'invalid_code',
		});
		expect(errors.slice(1).map((item) => failure(item).reason)).toEqual(
			many.slice(11).map(() => 'notAttempted'),
		);
		expect(failure(errors[1]).resolution).toContain('Then run these items again.');
		expect(stage.zoho.campaigns.registry.size).toBe(10);
	});

	it('is told before anything is sent where the credential leaves Campaigns out', async () => {
		stage.connect({ services: 'crm' }, credentialId);
		const { main, errors } = await run(many);

		expect(main).toEqual([]);
		expect(errors).toHaveLength(many.length);
		expect(new Set(errors.map((item) => failure(item).reason))).toContain('scopeMismatch');
		expect(stage.zoho.requests).toEqual([]);
	});
});

describe('an expired token', () => {
	it('is renewed once for the whole run', async () => {
		stage.zoho.oauth.expire();
		const many = Array.from({ length: 25 }, (_, i) => `person${i}@example.com`);
		const { main, errors } = await run(many, { options: { maxParallelRequests: 10 } });

		expect(main).toHaveLength(25);
		expect(errors).toEqual([]);
		expect(stage.zoho.calls('token')).toHaveLength(1);
		expect(stage.zoho.maxInFlight('doNotMail')).toBeLessThanOrEqual(10);
	});
});

describe('an option out of range', () => {
	it.each<[string, RunSettings['options'], string]>([
		['0 calls', { callsPerWindow: 0 }, 'a whole number of 1 or more'],
		['half a call', { callsPerWindow: 1.5 }, 'a whole number of 1 or more'],
		['no window', { windowMinutes: 0 }, 'a number from 0.001 to 10080'],
		['a lock below 0', { lockMinutes: -1 }, 'a number from 0 to 10080'],
		['11 in parallel', { maxParallelRequests: 11 }, 'a whole number from 1 to 10'],
		['an unknown format', { responseFormat: 'yaml' }, 'one of json, xml'],
		['an expression that gives no number', { callsPerWindow: '={{ "many" }}' }, 'a whole number'],
	])('fails every item and sends nothing: %s', async (_, options, takes) => {
		const { main, errors } = await run([ANNA, BOB], { options: options! });

		expect(main).toEqual([]);
		expect(errors).toHaveLength(2);
		expect(String(failure(errors[0]).message)).toContain(takes);
		expect(stage.zoho.requests).toEqual([]);
	});
});
