import { stageBeside } from '../support/stage';
import { addresses, limitOn, MINUTE_MS, useLimit, waitsIn } from './limitStage';

const LOCK_MS = 1500;
// From a lock a process learns a smaller share, unless it is younger than a window: this one always is.
const windowMinutes = 1_440;
const maxParallelRequests = 5;

/** Another client uses up most of the limit, and keeps still once it is locked. */
async function letStrangerIn({ stage, record, strangerCalls }: ReturnType<typeof limitOn>) {
	const { zoho } = stage;
	const windowMs = 5 * MINUTE_MS;
	zoho.campaigns.limit = { calls: 60, windowMs, lockMs: LOCK_MS, kind: 'rolling' };
	await strangerCalls(40);
	zoho.latencyMs = 20;
	zoho.randomFault = (request) => {
		if (zoho.campaigns.locks > 0) zoho.campaigns.limit.calls = 1000;
		return record(request);
	};
}

describe('a lock that another client causes', () => {
	const limit = useLimit();
	const { stage, run } = limit;

	const styles = ['throttle400', 'throttle200', '429', '2008'] as const;
	const times = [false, true, 'date'] as const;
	const scenes = styles.flatMap((style) => times.map((retryAfter) => ({ style, retryAfter })));

	/** Meets the lock on an account and a Zoho of its own. */
	async function play({ style, retryAfter }: (typeof scenes)[number]) {
		const beside = await stageBeside(stage);
		const credentialId = beside.connect({}, `${style} ${retryAfter}`);
		const limit = limitOn({ ...beside, credentialId });
		limit.watch();
		await letStrangerIn(limit);
		const { campaigns } = beside.zoho;
		Object.assign(campaigns, { lockStyle: style, retryAfter });
		const done = await limit.run(60, {
			maxParallelRequests,
			windowMinutes,
			// Where Zoho says how long, this must not count.
			lockMinutes: retryAfter === false ? (LOCK_MS + 50) / MINUTE_MS : 30,
			responseFormat: style === '2008' ? 'xml' : 'json',
		});
		await beside.stop();
		return { done, campaigns, taken: limit.taken() };
	}

	/** All at once: what takes time is the lock. */
	let played: Array<Awaited<ReturnType<typeof play>>>;
	beforeAll(async () => {
		played = await Promise.all(scenes.map(play));
	});

	it.each(scenes.map((scene, index) => ({ ...scene, index })))(
		'is met, waited out and followed by one call that tests the water: $style, Retry-After: $retryAfter',
		({ index }) => {
			const { done, campaigns, taken } = played[index]!;

			expect(done.errors).toEqual([]);
			expect(done.main.map(({ json }) => json.status)).toEqual(Array(60).fill('moved'));
			expect(campaigns.registry.size).toBe(100);
			expect(campaigns.refusedCalls).toBeGreaterThan(0);
			expect(campaigns.refusedCalls).toBeLessThanOrEqual(maxParallelRequests + 1);
			expect(taken).toHaveLength(60 + campaigns.refusedCalls);

			const letIn = taken.findIndex((call) => call.refusedBefore === campaigns.refusedCalls);
			const [probe, ...later] = taken.slice(letIn).map(({ request }) => request);
			expect(later.length).toBeGreaterThan(0);
			expect(later.every(({ at }) => at >= probe!.endedAt!)).toBe(true);

			expect(waitsIn(done)[0]).toMatch(
				/^info: Waiting \d+ s: Zoho has locked the API after too many calls\. \d+ addresses are left\.$/,
			);
			expect(done.hints[0]?.message).toMatch(
				/^60 addresses: 60 moved\. \d+ calls, one address each\. Waited \d+ s for Zoho's limit\. Zoho locked the API: \d calls? refused\.$/,
			);
		},
	);

	it('is waited out again where it is longer than Zoho had said', async () => {
		await letStrangerIn(limit);
		const done = await run(60, { maxParallelRequests, windowMinutes, lockMinutes: 0.01 });

		expect(done.errors).toEqual([]);
		expect(done.main).toHaveLength(60);
		// After the first ones, only one call at a time finds the lock still there.
		expect(stage.zoho.campaigns.refusedCalls).toBeGreaterThan(1);
		expect(stage.zoho.campaigns.refusedCalls).toBeLessThanOrEqual(maxParallelRequests + 3);
	});

	it('is met by one of two runs and kept to by both', async () => {
		await letStrangerIn(limit);
		const options = {
			maxParallelRequests,
			windowMinutes,
			lockMinutes: (LOCK_MS + 50) / MINUTE_MS,
		};
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
