import { MINUTE_MS, SOON_MS, until, useLimit, waitsIn } from './limitStage';

const { stage, run, strangerCalls, quiet } = useLimit();

describe('a wait', () => {
	it('for the window is told before it begins: how long, why, how many are left; and as a hint', async () => {
		const done = await run(25, { callsPerWindow: 10, windowMinutes: 0.05 });

		expect(done.main).toHaveLength(25);
		const told = waitsIn(done).map((line) =>
			/^info: Waiting [123] s: the limit of 10 calls in 0\.05 min is used up\. (\d+) addresses are left\.$/.exec(
				line,
			),
		);
		expect(told.length).toBeGreaterThanOrEqual(2);
		// At the first one ten calls are made, of which four may still be under way.
		expect(Number(told[0]?.[1])).toBeGreaterThanOrEqual(15);
		expect(Number(told[0]?.[1])).toBeLessThanOrEqual(19);
		expect(done.hints[0]?.message).toMatch(
			/^25 addresses: 25 moved\. 25 calls, one address each\. Waited \d+ s for Zoho's limit\.$/,
		);
	});

	it('for the slot of a repeat is one too: each repeat counts as a call of its own', async () => {
		stage.zoho.campaigns.limit = { calls: 4, windowMs: 1200, lockMs: MINUTE_MS, kind: 'rolling' };
		stage.zoho.fault({ kind: 'doNotMail', emptyBody: 503, times: 3 });
		const done = await run(6, { callsPerWindow: 4, windowMinutes: 0.02 });

		expect(done.main).toHaveLength(6);
		expect(stage.zoho.calls('doNotMail')).toHaveLength(9);
		expect(stage.zoho.campaigns.locks).toBe(0);
	});

	it.each(['throttle400', 'throttle200'] as const)(
		'of 22 minutes for a lock is told in these words and ends when the execution is cancelled: %s',
		async (lockStyle) => {
			const [windowMs, lockMs] = [2 * MINUTE_MS, 22 * MINUTE_MS];
			stage.zoho.campaigns.limit = { calls: 50, windowMs, lockMs, kind: 'rolling' };
			stage.zoho.campaigns.lockStyle = lockStyle;
			await strangerCalls(45);
			const running = run(30, { lockMinutes: 0.001 });
			await quiet(() => stage.zoho.campaigns.locks > 0);
			const cancelledAt = Date.now();
			running.cancel();
			const done = await running;

			expect(Date.now() - cancelledAt).toBeLessThan(SOON_MS);
			expect(done.status).toBe('canceled');
			expect(waitsIn(done)).toEqual([
				expect.stringMatching(
					/^info: Waiting 22 min: Zoho has locked the API after too many calls\. 2[5-9] addresses are left\.$/,
				),
			]);
			expect(done.error?.message).toContain('5 done, 0 failed, 25 not attempted');
		},
	);

	it('of 30 minutes, without words of Zoho, ends when the execution is cancelled', async () => {
		stage.zoho.campaigns.limit.calls = 10;
		stage.zoho.campaigns.lockStyle = '2008';
		await strangerCalls(10);
		const running = run(3, {});
		await quiet(() => stage.zoho.campaigns.locks > 0);
		const cancelledAt = Date.now();
		running.cancel();
		const done = await running;

		expect(Date.now() - cancelledAt).toBeLessThan(SOON_MS);
		expect(waitsIn(done)).toEqual([expect.stringContaining('Waiting 30 min')]);
		expect(done.error?.message).toContain('0 done, 0 failed, 3 not attempted');
	});

	it('for the window that a lock makes longer is told again', async () => {
		stage.zoho.latencyMs = 200;
		stage.zoho.fault({
			kind: 'doNotMail',
			skip: 9,
			status: 429,
			headers: { 'retry-after': '1800' },
		});
		const running = run(20, { callsPerWindow: 10 });
		await quiet(() => stage.zoho.calls('doNotMail').length === 10);
		running.cancel();
		const done = await running;

		expect(waitsIn(done).map((line) => line.replace(/ \d+ addresses are left\.$/, ''))).toEqual([
			expect.stringMatching(
				/^info: Waiting (5 min|4 min \d+ s): the limit of 10 calls in 5 min is used up\.$/,
			),
			'info: Waiting 30 min: Zoho has locked the API after too many calls.',
		]);
		expect(done.error?.message).toContain('9 done, 0 failed, 11 not attempted');
	});

	it('for a reply that never comes ends when the execution is cancelled', async () => {
		stage.zoho.fault({ kind: 'doNotMail', hang: true, skip: 2 });
		const running = run(10, { maxParallelRequests: 1 });
		await until(() => stage.zoho.calls('doNotMail').length === 3);
		const cancelledAt = Date.now();
		running.cancel();
		const done = await running;

		expect(Date.now() - cancelledAt).toBeLessThan(SOON_MS);
		expect(done.error?.message).toContain('2 done, 1 failed, 7 not attempted');
	});

	it('before a repeat ends when the execution is cancelled, and is told', async () => {
		stage.zoho.fault({ kind: 'doNotMail', emptyBody: 503, times: Infinity });
		const running = run(2, { retryDelay: 3_600_000, maxParallelRequests: 1 });
		await quiet(() => stage.zoho.calls('doNotMail').length === 1);
		running.cancel();
		const done = await running;

		expect(done.logs).toContainEqual(
			expect.stringMatching(
				/^info: Zoho answered with HTTP status 503\. Trying one address again in /,
			),
		);
		expect(done.error?.message).toContain('0 done, 1 failed, 1 not attempted');
	});
});
