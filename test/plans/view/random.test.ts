import { isFailure, type Reason } from '../../../nodes/zoho/failures';
import { fc } from '../../support/fc';
import { forbidClockAndDice } from '../machineClock';
import { numRuns } from '../runs';
import { scenes, type Range, type Scene } from './scene';
import { playScene, type Played, type PlayedView } from './world';

/** Within so many ms after Stop a run is over. */
const SOON_MS = 1000;

/** How views were read, in some run. */
const met = new Set<string>();

let allowAgain: () => void;
beforeAll(() => (allowAgain = forbidClockAndDice()));
afterAll(() => allowAgain());

/** Whether more calls may have been open at Zoho than it takes, those that came late among them. */
function mayBeTooMany({ scene, views }: Played): boolean {
	const late = scene.troubles.filter((name) => name === 'late').length;
	return views.length > 0 && scene.concurrencyLimit < scene.settings.maxParallelRequests + late;
}

/** Why a view may fail. */
function mayFailFor({ troubles }: PlayedView, played: Played, reason: Reason): boolean {
	const { tokenMs } = played.scene.listLimits;
	if (reason === 'rateLimited' && mayBeTooMany(played)) return true;
	// Zoho's own words for a page token that has died; more than once or twice is too often.
	if (reason === 'invalidRequest') return tokenMs <= 300;
	return [...troubles].some((trouble) => trouble.reason === reason);
}

/** Whether an item names this view. */
const isOf = (item: Range, { module, from, to }: Range) =>
	item.module === module && item.from === from && item.to === to;

/** What is false in how a view was read, and in what came of it; undefined where all is well. */
function faultOf(one: PlayedView, played: Played): string | undefined {
	const { view, ids } = one;
	const { plan, scene, isWhole } = played;
	const read = view.records.map(({ id }) => id);
	if (new Set(read).size < read.length) return 'has a record twice';
	if (view.failure) {
		if (view.failure.doubtful) return 'is called doubtful';
		met.add(view.failure.reason);
		const { reason } = view.failure;
		return mayFailFor(one, played, reason) ? undefined : `fails for ${reason}`;
	}
	if (view.cutOff) {
		met.add('cut off');
		const { pages, records } = scene.listLimits;
		if (pages === 10 && records > ids.length) return 'is cut off';
		return ids.slice(0, read.length).join() === read.join() ? undefined : 'is not its beginning';
	}
	if (view.isRead) {
		met.add('read');
		return read.join() === ids.join() ? undefined : 'is not what is in it';
	}
	if (view.rest) {
		met.add('read in part');
		const wanted = scene.items.map((item) =>
			item === 'noView' || !isOf(item, one) ? 0 : (item.limit ?? Infinity),
		);
		if (read.length < Math.max(...wanted)) return 'is read too little of';
		return ids.slice(0, read.length).join() === read.join() ? undefined : 'is not its beginning';
	}
	met.add('not read');
	return (plan.outbox.abortedFor ?? (!isWhole || scene.settings.stopAtFailure))
		? undefined
		: 'was forgotten';
}

/** What is false in the results of an item. */
function faultOfItem(item: number, { scene, views, results = [] }: Played): string | undefined {
	const named = scene.items[item]!;
	const told = results[item] ?? [];
	const ids = told.map((result) =>
		'success' in result ? result.success.id : (result.subject.id ?? 'view'),
	);
	if (named === 'noView') {
		return ids.join() === 'view' ? undefined : 'a name that is no view comes out once';
	}
	const { view } = views.find((one) => isOf(named, one))!;
	const { limit = Infinity } = named;
	const hasAll = view.records.length >= limit;
	const records = hasAll || view.isRead ? view.records.slice(0, limit) : [];
	const rest = hasAll || (view.isRead && !view.cutOff) ? [] : ['view'];
	const expected = [...records.map(({ id }) => id), ...rest];
	return ids.join() === expected.join()
		? undefined
		: `${expected.length} results, not ${ids.length}`;
}

/** Whether what went wrong must have been overcome. */
function isCalm(played: Played): boolean {
	const { scene, isWhole, views } = played;
	const troubles = views.flatMap(({ troubles }) => [...troubles]);
	return (
		isWhole &&
		!scene.settings.stopAtFailure &&
		!mayBeTooMany(played) &&
		scene.listLimits.tokenMs > 300 &&
		scene.troubles.filter((name) => name !== 'none').length <= scene.settings.maxRetries &&
		!troubles.some(({ ends }) => ends)
	);
}

function check(played: Played, by: 'hand' | 'driver'): void {
	const { scene, views, pages, unblocks, unblocked, results, stoppedAfter = 0 } = played;
	const { settings } = scene;

	expect(played.faults).toEqual([]);
	expect(played.error).toBeUndefined();
	if (by === 'driver') expect(stoppedAfter).toBeLessThanOrEqual(SOON_MS);
	expect(views.map((one) => faultOf(one, played)).filter(Boolean)).toEqual([]);
	if (isCalm(played))
		expect(views.filter(({ view: { isRead, rest } }) => !isRead && !rest)).toEqual([]);

	// What is unblocked was read, and not before all was read.
	const read = new Set(views.flatMap(({ view }) => view.records.map(({ id }) => id)));
	expect([...unblocked].filter((id) => !read.has(id))).toEqual([]);
	const lastPage = Math.max(-Infinity, ...pages);
	expect(Math.min(Infinity, ...unblocks)).toBeGreaterThanOrEqual(
		pages.length > 0 ? lastPage + settings.batchInterval : -Infinity,
	);
	const hasFailed = scene.items.includes('noView') || views.some(({ view }) => view.failure);
	if (settings.stopAtFailure && hasFailed) expect(unblocks).toEqual([]);
	if (results) {
		expect(scene.items.map((_, item) => faultOfItem(item, played)).filter(Boolean)).toEqual([]);
		const done = results.flat().filter((result) => 'success' in result);
		for (const { success } of done) expect(unblocked).toContain(success.id);
		for (const result of results.flat()) {
			if (!('success' in result)) expect(isFailure(result.failure)).toBe(true);
		}
	}
}

describe('whatever the views, Zoho and the network are like', () => {
	it.each(['hand', 'driver'] as const)(
		'each is read to its end or fails for a true reason, and only then is anything unblocked, played by %s',
		async (by) => {
			await fc.assert(
				fc.asyncProperty(scenes, async (scene: Scene) => check(await playScene(scene, by), by)),
				{ numRuns },
			);
		},
		3_600_000,
	);

	it('every end of a view was met', () => {
		expect([...met]).toEqual(
			expect.arrayContaining([
				'read',
				'read in part',
				'cut off',
				'not read',
				'networkError',
				'serverError',
				'badResponse',
				'rateLimited',
				'authenticationFailed',
			]),
		);
	});
});
