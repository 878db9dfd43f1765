import { bound } from '../../support/isolation';
import { callsToSettle, meanCalls } from '../../support/isolationThroughNode';
import { random } from '../../support/random';
import { useStage } from '../../support/stage';

const stage = useStage();

describe('500 records in one call that Zoho refuses without a word about which is bad', () => {
	it.each([
		[1, 1.3],
		[5, 1.2],
		[25, 1.15],
		[100, 1.1],
	])('of which %i are bad, need at most %f times the fewest calls', async (bad, ratio) => {
		const scene = { records: 500, bad };
		const mean = await meanCalls(stage, scene, 30, bad);

		expect(mean / (bound(scene) + 1)).toBeLessThanOrEqual(ratio);
	});

	it.each([
		[250, 3],
		[500, 1],
	])('of which %i are bad, need hardly more than a call a record', async (bad, placements) => {
		const mean = await meanCalls(stage, { records: 500, bad }, placements, bad);

		expect(mean / 500).toBeLessThanOrEqual(1.04);
	});
});

describe('500 records in one call whose bad record Zoho names', () => {
	it.each([5, 25])('of which %i are bad, need a call for each, and one', async (bad) => {
		const scene = { records: 500, bad, named: true };

		expect(await callsToSettle(stage, scene, random(bad))).toBe(bad + 1);
	});

	it.each([100, 499])('of which %i are bad, need up to half as many more', async (bad) => {
		const scene = { records: 500, bad, named: true };

		expect(await callsToSettle(stage, scene, random(bad))).toBeLessThanOrEqual(1.5 * (bad + 1));
	});
});

describe('10,000 records in 20 batches, five calls in flight', () => {
	it('lose and double none where 1 % are bad, and need few calls beyond the fewest', async () => {
		const scene = { records: 10_000, bad: 100, latencyMs: 40 };
		const calls = await callsToSettle(stage, scene, random(10_000));

		expect(calls).toBeLessThanOrEqual(1.12 * bound(scene) + 20);
		expect(stage.zoho.maxInFlight('unblock')).toBe(5);
	});
});
