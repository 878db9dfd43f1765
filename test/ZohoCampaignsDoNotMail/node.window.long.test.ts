import { setTimeout as sleep } from 'node:timers/promises';
import { mostInWindow, play, SINGLE_SCENES } from '../support/doNotMail';
import { setStage, type Stage } from '../support/stage';

const addresses = (count: number, name = 'person') =>
	Array.from({ length: count }, (_, i) => ({ email: `${name}${i}@example.com` }));

const inMinutes = (ms: number) => ms / 60_000;

let stage: Stage;

beforeAll(async () => {
	stage = await setStage();
});

afterAll(async () => await stage.stop());

const runAll = async (emails: Array<{ email: string }>, credentialId: string, options: object) =>
	await stage.run('zohoCampaignsDoNotMail', emails, { credentialId, options: { ...options } });

describe('1,500 addresses', () => {
	it('are moved without a lock, at any latency and with both kinds of window', async () => {
		const played = await Promise.all(SINGLE_SCENES.map(async (scene) => await play(stage, scene)));

		SINGLE_SCENES.forEach(({ kind, latencyMs, maxParallelRequests }, i) => {
			expect({ kind, latencyMs, ...played[i] }).toMatchObject({
				kind,
				latencyMs,
				moved: 1500,
				failed: 0,
				inRegistry: 1500,
				calls: 1500,
				locks: 0,
			});
			expect(played[i]?.mostInWindow).toBeLessThanOrEqual(500);
			expect(played[i]?.mostInFlight).toBeLessThanOrEqual(maxParallelRequests);
		});
	});
});

describe('runs at once on one credential', () => {
	const windowMs = 1500;
	const options = { windowMinutes: inMinutes(windowMs) };

	beforeEach(() => {
		stage.zoho.reset();
		Object.assign(stage.zoho.campaigns.limit, { calls: 500, windowMs, kind: 'rolling' });
	});

	it.each([
		[2, 600],
		[5, 250],
	])('share the budget: %i runs of %i addresses each meet no lock', async (runs, each) => {
		const credentialId = stage.connect({}, `${runs} runs`);
		const ended = await Promise.all(
			Array.from({ length: runs }, (_, i) =>
				runAll(addresses(each, `run${i}.`), credentialId, options),
			),
		);

		for (const { main, errors } of ended) {
			expect(errors).toEqual([]);
			expect(main.map(({ json }) => json.status)).toEqual(Array(each).fill('moved'));
		}
		expect(stage.zoho.calls('doNotMail')).toHaveLength(runs * each);
		expect(stage.zoho.campaigns.registry.size).toBe(runs * each);
		expect(stage.zoho.campaigns.locks).toBe(0);
		expect(mostInWindow(stage.zoho, windowMs)).toBeLessThanOrEqual(500);
	});

	it('take turns: one of 20 addresses is not held back to the end of one of 1,500', async () => {
		const credentialId = stage.connect({}, 'turns');
		const large = runAll(addresses(1500, 'large'), credentialId, options);
		// Not before the budget is used up do the two compete.
		while (stage.zoho.calls('doNotMail').length < 490) await sleep(5);
		const small = await runAll(addresses(20, 'small'), credentialId, options);
		const done = [...stage.zoho.campaigns.registry.keys()].filter((key) => key.startsWith('large'));

		expect(small.main).toHaveLength(20);
		expect(done.length).toBeLessThan(1000);
		expect((await large).main).toHaveLength(1500);
		expect(stage.zoho.campaigns.locks).toBe(0);
	});
});
