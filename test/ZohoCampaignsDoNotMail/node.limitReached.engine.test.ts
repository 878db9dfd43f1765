import { failure } from '../support/stage';
import { addresses, expectAllOut, MINUTE_MS, useLimit, waitsIn } from './limitStage';

const { stage, run, taken, strangerCalls } = useLimit();

describe('with Limit: When Reached = Fail', () => {
	const whenLimitReached = 'error';

	it('the items that the window has no room for go out at once, with the time to retry at', async () => {
		const start = Date.now();
		const done = await run(25, { whenLimitReached, callsPerWindow: 10 });

		expectAllOut(done, 25);
		expect(done.main.map(({ json }) => json.email)).toEqual(
			addresses(10).map(({ email }) => email),
		);
		expect(taken()).toHaveLength(10);
		for (const item of done.errors) {
			expect(failure(item)).toMatchObject({
				code: 'NOT_SENT',
				reason: 'rateLimited',
				message: expect.stringMatching(/^Not sent: /),
				httpStatus: null,
				retryable: true,
			});
		}
		const [retryAt, ...others] = new Set(done.errors.map((item) => String(failure(item).retryAt)));
		expect(others).toEqual([]);
		expect(new Date(retryAt!).toISOString()).toBe(retryAt);
		expect(Date.parse(retryAt!)).toBeGreaterThan(Date.now());
		expect(Date.parse(retryAt!)).toBeGreaterThanOrEqual(start + 5 * MINUTE_MS);
		expect(Date.parse(retryAt!)).toBeLessThanOrEqual(Date.now() + 5 * MINUTE_MS + 10);
		expect(waitsIn(done)).toEqual([]);
		// Minutes and seconds, which most time zones share.
		const clock = new Date(Math.ceil(Date.parse(retryAt!) / 1000) * 1000)
			.toISOString()
			.slice(14, 19);
		expect(done.hints[0]?.message).toMatch(
			new RegExp(
				`^25 addresses: 10 moved, 15 failed, none of them sent\\. 10 calls, one address each\\. Not sent: The calls that Zoho allows in this window are used up\\. Come back at \\d\\d:${clock}, in (5 min|4 min 5\\d s)\\.$`,
			),
		);

		const next = await run(1, { whenLimitReached, callsPerWindow: 10 });
		expect(failure(next.errors[0]).reason).toBe('rateLimited');
		expect(taken()).toHaveLength(10);
	});

	it.each(['throttle400', 'throttle200'] as const)(
		'the items that a lock holds up go out at once, with the end that the message gives: %s',
		async (lockStyle) => {
			stage.zoho.campaigns.lockStyle = lockStyle;
			const [windowMs, lockMs] = [5 * MINUTE_MS, 22 * MINUTE_MS];
			stage.zoho.campaigns.limit = { calls: 50, windowMs, lockMs, kind: 'rolling' };
			await strangerCalls(40);
			const start = Date.now();
			const done = await run(30, { whenLimitReached });

			expectAllOut(done, 30);
			expect(done.main).toHaveLength(10);
			const refused = stage.zoho.campaigns.refusedCalls;
			expect(refused).toBeLessThanOrEqual(5);
			expect(taken()).toHaveLength(10 + refused);
			expect(new Set(done.errors.map((item) => failure(item).reason))).toEqual(
				new Set(['rateLimited']),
			);
			for (const item of done.errors) {
				const retryAt = Date.parse(String(failure(item).retryAt));
				expect(retryAt).toBeGreaterThanOrEqual(start + lockMs);
				expect(retryAt).toBeLessThanOrEqual(Date.now() + lockMs + 10);
			}

			const next = await run(3, { whenLimitReached });
			expect(next.errors.map((item) => failure(item).message)).toEqual(
				Array(3).fill('Not sent: Zoho has locked the API after too many calls.'),
			);
			expect(taken()).toHaveLength(10 + refused);
		},
	);

	it('and On Error = Stop Workflow, the error says how many are done and how many are not', async () => {
		const { status, error } = await stage.run('zohoCampaignsDoNotMail', addresses(25), {
			credentialId: stage.credentialId,
			options: { whenLimitReached, callsPerWindow: 10 },
			onError: 'stopWorkflow',
		});

		expect(status).toBe('error');
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: 'Not sent: The calls that Zoho allows in this window are used up.',
			description: expect.stringContaining('Before the stop: 10 done, 0 failed, 15 not attempted.'),
			context: { itemIndex: 10 },
		});
		expect(taken()).toHaveLength(10);
	});

	it('a lock is believed for a day and no longer', async () => {
		stage.zoho.fault({ kind: 'doNotMail', status: 429, headers: { 'retry-after': '999999999' } });
		const start = Date.now();
		const { errors } = await run(1, { whenLimitReached });

		const retryAt = Date.parse(String(failure(errors[0]).retryAt));
		expect(retryAt).toBeGreaterThanOrEqual(start + 24 * 60 * MINUTE_MS);
		expect(retryAt).toBeLessThanOrEqual(Date.now() + 24 * 60 * MINUTE_MS);
	});

	it('a lock without words is as long as the option says', async () => {
		Object.assign(stage.zoho.campaigns, { lockStyle: '429' });
		stage.zoho.campaigns.limit.calls = 1;
		await strangerCalls(1);
		const start = Date.now();
		const { errors } = await run(2, { whenLimitReached, lockMinutes: 7.5 });

		expect(errors.map((item) => failure(item).reason)).toEqual(['rateLimited', 'rateLimited']);
		const retryAt = Date.parse(String(failure(errors[1]).retryAt));
		expect(retryAt).toBeGreaterThanOrEqual(start + 7.5 * MINUTE_MS);
		expect(retryAt).toBeLessThanOrEqual(Date.now() + 7.5 * MINUTE_MS);
	});

	it('a repeat needs a slot of its own, and without one the address fails for what its call met', async () => {
		stage.zoho.fault({
			kind: 'doNotMail',
			match: ({ query }) => query.includes('person0'),
			emptyBody: 503,
			times: Infinity,
		});
		const done = await run(3, { whenLimitReached, callsPerWindow: 3, maxRetries: 10 });

		expect(taken()).toHaveLength(0);
		expect(stage.zoho.calls('doNotMail')).toHaveLength(3);
		expect(failure(done.errors[0])).toMatchObject({
			email: 'person0@example.com',
			reason: 'serverError',
			httpStatus: 503,
		});
		expect(done.errors.slice(1).map((item) => failure(item).reason)).toEqual([
			'rateLimited',
			'rateLimited',
		]);
	});
});
