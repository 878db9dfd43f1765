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
