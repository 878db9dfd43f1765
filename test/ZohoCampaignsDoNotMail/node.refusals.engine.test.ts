import type { CampaignsCode, PlannedFault } from '../fake-zoho';
import { failure } from '../support/stage';
import { ANNA, BOB, CARL, FORMATS, useCampaigns } from './stage';

const { stage, run } = useCampaigns();

describe('a refusal', () => {
	const told: Array<[CampaignsCode, string, string, boolean]> = [
		['2004', 'invalidEmail', 'Invalid email address pattern.', false],
		['2104', 'serverError', 'Error in Do-not-mail. Please retry after sometime.', true],
		['903', 'missingField', 'Mandatory fields are missing', false],
		['901', 'invalidRequest', 'URL provided is invalid.', false],
		['2007', 'invalidRequest', 'Parameter value is invalid', false],
		['2001', 'missingField', 'Please enter correct XML(or)JSON format', false],
		['2005', 'invalidRequest', 'Group email address added.', false],
		['1006', 'invalidRequest', 'Multiple key entries are not supported.', false],
		['6607', 'noPermission', 'You do not have the permission for this.', false],
		['1007', 'authenticationFailed', 'Unauthorized request.', false],
	];

	it.each(told)(
		'with code %s is %s, in every shape Zoho gives it',
		async (code, reason, message, retryable) => {
			stage.zoho.campaigns.answer(ANNA, code);
			const resolutions = new Set<unknown>();
			for (const responseFormat of FORMATS) {
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
		[{ cutBody: true }, 'badResponse', expect.stringMatching(/BAD_RESPONSE/)],
		[{ reset: true }, 'networkError', 'ECONNRESET'],
	])('of no page, %j, is %s and hits its address only', async (fault, reason, code) => {
		for (const responseFormat of FORMATS) {
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
			{ credentialId: stage.credentialId },
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

describe('a scope that was not granted', () => {
	it.each(['code401', 'code403', 'data401', 'details403'] as const)(
		'is known in the shape %s in both nodes, and costs no renewal',
		async (shape) => {
			stage.zoho.campaigns.scopeRefusal = shape;
			stage.zoho.crm.scopeRefusal = shape;
			const oauthTokenData = { ...stage.zoho.oauth.issue({ scopes: 'AaaServer.profile.READ' }) };
			const credentialId = stage.connect({ oauthTokenData }, `scopeless ${shape}`);
			const settings = { credentialId };
			for (const { errors } of [
				await stage.run('zohoCampaignsDoNotMail', [{ email: ANNA }, { email: BOB }], settings),
				await stage.run('zohoCrmUnblockEmail', [{ id: '11' }, { id: '12' }], {
					...settings,
					options: { batchSize: 1 },
				}),
			]) {
				expect(errors.map((item) => failure(item).reason)).toEqual([
					'scopeMismatch',
					'notAttempted',
				]);
				expect(failure(errors[0]).resolution).toMatch(/Zoho(CRM|Campaigns)\.\w+\./);
			}
			expect(stage.zoho.calls('token')).toEqual([]);
			expect(stage.zoho.calls('doNotMail')).toHaveLength(1);
			expect(stage.zoho.calls('unblock')).toHaveLength(1);
		},
	);
});

describe('a success', () => {
	it.each(['0', '200', undefined] as const)('with the code %p is one', async (successCode) => {
		stage.zoho.campaigns.successCode = successCode;
		const { main } = await run([ANNA, ANNA.toUpperCase(), BOB]);
		const again = await run([ANNA]);

		expect(main.map(({ json }) => json.status)).toEqual(['moved', 'moved', 'moved']);
		expect(again.main.map(({ json }) => json.status)).toEqual(['alreadyInDoNotMail']);
	});

	it('is "already in" by the code 2006, too', async () => {
		stage.zoho.campaigns.alreadyAs = '2006';
		stage.zoho.campaigns.add(ANNA);
		for (const responseFormat of FORMATS) {
			const { main } = await run([ANNA], { options: { responseFormat } });
			expect(main[0]?.json).toMatchObject({ status: 'alreadyInDoNotMail', code: '2006' });
		}
	});
});

describe('a form that Zoho cannot read', () => {
	it.each(['903', '2001', '2004'] as const)(
		'is told by %s: the other one is tried',
		async (code) => {
			Object.assign(stage.zoho.campaigns, { contactInfoForm: 'unquoted', otherFormCode: code });
			const { main } = await run([ANNA, BOB, CARL]);

			expect(main).toHaveLength(3);
		},
	);
});
