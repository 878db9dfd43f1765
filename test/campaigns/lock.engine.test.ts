import { addresses, MINUTE_MS, useLimit, waitsIn } from './limitStage';

const { stage, run, record, taken, strangerCalls } = useLimit();

describe('a lock that another client causes', () => {
	const lockMs = 1500;
	const maxParallelRequests = 5;

	beforeEach(async () => {
		const { zoho } = stage;
		zoho.campaigns.limit = { calls: 60, windowMs: 5 * MINUTE_MS, lockMs, kind: 'rolling' };
		await strangerCalls(40);
		zoho.latencyMs = 20;
		zoho.randomFault = (request) => {
			// The other client keeps still from now on.
			if (zoho.campaigns.locks > 0) zoho.campaigns.limit.calls = 1000;
			return record(request);
		};
	});

	const styles = ['throttle400', 'throttle200', '429', '2008'] as const;
	const times = [false, true, 'date'] as const;
	const scenes = styles.flatMap((style) => times.map((retryAfter) => ({ style, retryAfter })));

	it.each(scenes)(
		'is met, waited out and followed by one call that tests the water: $style, Retry-After: $retryAfter',
		async ({ style, retryAfter }) => {
			Object.assign(stage.zoho.campaigns, { lockStyle: style, retryAfter });
			const done = await run(60, {
				maxParallelRequests,
				// Where Zoho says how long, this must not count.
				lockMinutes: retryAfter === false ? (lockMs + 50) / MINUTE_MS : 30,
				responseFormat: style === '2008' ? 'xml' : 'json',
			});

			expect(done.errors).toEqual([]);
			expect(done.main.map(({ json }) => json.status)).toEqual(Array(60).fill('moved'));
			const { campaigns } = stage.zoho;
			expect(campaigns.registry.size).toBe(100);
			expect(campaigns.refusedCalls).toBeGreaterThan(0);
			expect(campaigns.refusedCalls).toBeLessThanOrEqual(maxParallelRequests + 1);
			expect(taken()).toHaveLength(60 + campaigns.refusedCalls);

			const letIn = taken().findIndex((call) => call.refusedBefore === campaigns.refusedCalls);
			const [probe, ...later] = taken()
				.slice(letIn)
				.map(({ request }) => request);
			expect(later.length).toBeGreaterThan(0);
			expect(later.every(({ at }) => at >= probe!.endedAt!)).toBe(true);

			expect(waitsIn(done)[0]).toMatch(
				/^info: Waiting \d+ s: Zoho has locked the API after too many calls\. \d+ addresses are left\.$/,
			);
			expect(done.hints[0]?.message).toMatch(
				/^\d+ calls, one address each\. Waited \d+ s for Zoho's limit\. Zoho locked the API: \d calls? refused\.$/,
			);
		},
	);

	it('is waited out again where it is longer than Zoho had said', async () => {
		const done = await run(60, { maxParallelRequests, lockMinutes: 0.01 });

		expect(done.errors).toEqual([]);
		expect(done.main).toHaveLength(60);
		// After the first ones, only one call at a time finds the lock still there.
		expect(stage.zoho.campaigns.refusedCalls).toBeGreaterThan(1);
		expect(stage.zoho.campaigns.refusedCalls).toBeLessThanOrEqual(maxParallelRequests + 3);
	});

	it('is met by one of two runs and kept to by both', async () => {
		const options = { maxParallelRequests, lockMinutes: (lockMs + 50) / MINUTE_MS };
		const ended = await Promise.all([
			run(20, options),
			stage.run(
				'zohoCampaignsDoNotMail',
				addresses(20).map(({ email }) => ({ email: `second.${email}` })),
				{ credentialId: stage.credentialId, options },
			),
		]);

		expect(ended.map(({ main }) => main.length)).toEqual([20, 20]);
		expect(stage.zoho.campaigns.refusedCalls).toBeLessThanOrEqual(2 * maxParallelRequests + 1);
		expect(stage.zoho.campaigns.locks).toBe(1);
	});
});
