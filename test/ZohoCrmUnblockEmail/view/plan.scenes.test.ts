/** How views are read when something is in the way, with the calls counted. */
import { plainScene, type Range } from '../../support/plans/view/scene';
import { playScene } from '../../support/plans/view/world';

const leads = (from: number, to: number): Range => ({ module: 'Leads', from, to });

const apart = (moments: number[]) => moments.slice(1).map((at, i) => at - moments[i]!);

it('a view of 2,750 records takes 14 calls to read and 6 to unblock', async () => {
	const { pages, unblocks, unblocked } = await playScene(plainScene([leads(0, 2_750)]), 'hand');

	expect([pages.length, unblocks.length, unblocked.size]).toEqual([14, 6, 2_750]);
});

it('several views are read at once, after a first page that goes alone', async () => {
	const items = [leads(0, 200), leads(0, 100), leads(0, 50), leads(0, 20)];

	const { pages } = await playScene(plainScene(items), 'hand');

	// The way there, the work and the way back.
	expect(pages.map((at) => at - pages[0]!)).toEqual([0, 60, 60, 60]);
});

it('where Zoho asks for a pause, no page of another view goes before it is over', async () => {
	const items = [leads(0, 200), leads(0, 100), leads(0, 50), leads(0, 20)];
	const scene = plainScene(items, { troubles: ['none', 'tooManyForAWhile'] });

	const { pages, faults, unblocked } = await playScene(scene, 'hand');

	expect(faults).toEqual([]);
	expect(pages.filter((at) => at > pages[3]! && at < pages[3]! + 2_000)).toEqual([]);
	expect(unblocked.size).toBe(200);
});

it('the interval between calls holds for pages and for batches', async () => {
	const settings = { batchInterval: 1_000, batchSize: 100 };

	const { pages, unblocks } = await playScene(plainScene([leads(0, 500)], { settings }), 'hand');

	expect(apart(pages)).toEqual([1_000, 1_000]);
	expect(apart(unblocks)).toEqual(Array(4).fill(1_000));
});

it('under Stop Workflow no page is read after one that failed for good', async () => {
	const settings = { stopAtFailure: true, maxParallelRequests: 1, maxRetries: 0 };
	const scene = plainScene([leads(0, 200), leads(0, 300)], {
		settings,
		troubles: ['failedBefore'],
	});

	const { pages, unblocks } = await playScene(scene, 'hand');

	expect([pages.length, unblocks.length]).toEqual([1, 0]);
});

it('what Zoho says of too many calls while it is read holds for what is unblocked, too', async () => {
	const items = Array.from({ length: 8 }, (_, i) => leads(0, 100 + i));
	const settings = { maxParallelRequests: 8, batchSize: 10 };
	const scene = plainScene(items, { settings, troubles: ['none', 'none', 'tooMany'] });

	const { unblocks } = await playScene(scene, 'hand');

	const first = unblocks.filter((at) => at === unblocks[0]);
	expect(first).toHaveLength(4);
});
