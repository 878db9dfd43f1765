/** What a claim comes to, by examples: rows in, verdict out. */
import { judge } from '../../nodes/limit/claim';
import { CLAIM, closed, LIMITS, lock, rival, verdictOn } from './claimScene';

describe('a claim takes', () => {
	it('what is free, from the moment its answer is there: not a millisecond is lost', () => {
		expect(verdictOn([])).toEqual({ is: 'take', calls: 50, from: 100 });
		expect(verdictOn([closed(80, 5_000)])).toEqual({ is: 'take', calls: 20, from: 100 });
	});

	it('a single call where no more is free, since that may be all that somebody waits for', () => {
		expect(verdictOn([closed(99, 50_000)])).toEqual({ is: 'take', calls: 1, from: 100 });
	});

	it('nothing where fewer are free than must start together', () => {
		expect(verdictOn([closed(97, 50_000)], { least: 5 })).toMatchObject({ is: 'full' });
		expect(verdictOn([closed(97, 50_000)], { least: 3 })).toMatchObject({ is: 'take', calls: 3 });
	});

	it('what comes free within four round trips ahead of time, for when it is free by any clock', () => {
		expect(verdictOn([closed(100, 400)])).toEqual({ is: 'take', calls: 50, from: 503 });
		expect(verdictOn([closed(100, 401)])).toMatchObject({ is: 'full' });
	});

	it('of calls that come free in turn only those that are free by then: else the account is locked', () => {
		const others = [closed(80, 300), closed(20, 350)];
		expect(verdictOn(others, { calls: 90 })).toMatchObject({ is: 'take', calls: 80, from: 403 });
	});

	it('all of the window but what is left to short runs, while there are any', () => {
		const limits = { reserved: 5 };
		const long = closed(10, 50_000);
		const short = closed(1, 50_000, { isShort: true });
		expect(verdictOn([long, short], { calls: 100, limits })).toMatchObject({ calls: 84 });
		expect(verdictOn([long], { calls: 100, limits })).toMatchObject({ calls: 90 });
	});
});

describe('a claim during a lock', () => {
	it('waits until the last of the locks that others have met is over', () => {
		const locks = [lock(3_000), lock(5_000), lock(1_000)];
		expect(verdictOn(locks)).toEqual({ is: 'locked', until: 5_100 });
	});

	it('is not held up by one that is over', () => {
		expect(verdictOn([lock(0)])).toMatchObject({ is: 'take' });
		expect(verdictOn([lock(1)])).toEqual({ is: 'locked', until: 101 });
	});
});

it('a claim whose own row is missing comes again in a second, and takes nothing', () => {
	const verdict = judge(CLAIM, [], LIMITS, 100, () => 0.5);
	expect(verdict).toEqual({ is: 'yield', until: 1_100 });
});

describe('a claim of many calls that are all taken', () => {
	it.each([
		[0, 10_000],
		[0.5, 9_950],
		[0.9, 9_910],
	])(
		'comes again a little before they are free, not with all others: dice at %d',
		(dice, until) => {
			const verdict = verdictOn([closed(100, 10_000)], { dice });
			expect(verdict).toEqual({ is: 'full', until, freeAt: 10_100 });
		},
	);

	it('waits for a quarter of what it wants: fewer are not worth a trip', () => {
		const others = [closed(12, 50_000), closed(1, 51_000), closed(87, 60_000)];
		expect(verdictOn(others)).toMatchObject({ is: 'full', freeAt: 51_100 });
	});

	it('waits for as many as must start together', () => {
		const others = [closed(1, 50_000), closed(1, 51_000), closed(98, 60_000)];
		const given = { calls: 4, least: 2 };
		expect(verdictOn(others, given)).toMatchObject({ is: 'full', freeAt: 51_100 });
	});

	it('waits no longer than 1 % of a window more once a few are free', () => {
		const others = [closed(2, 40_000), closed(10, 50_000), closed(88, 60_000)];
		expect(verdictOn(others, { least: 3 })).toMatchObject({ is: 'full', freeAt: 53_100 });
	});
});

describe('a claim of calls that others hold and may give back', () => {
	/** Leased ten seconds ago: its life ends in twenty. */
	const lease = (calls = 100) => rival(-10_000, { calls });

	it('comes again in a moment where all that it wants may be given back', () => {
		const verdict = verdictOn([closed(40, 100_000), lease()]);
		expect(verdict).toMatchObject({ is: 'full', until: 300, freeAt: 380_494 });
	});

	it('comes again in a moment where the rest is free in a moment', () => {
		expect(verdictOn([closed(100, 400), lease()])).toMatchObject({ is: 'full', until: 300 });
	});

	it.each([
		[0, 20_100],
		[0.5, 20_150],
	])('comes again at the end of their life where more is taken: dice at %d', (dice, until) => {
		const verdict = verdictOn([closed(100, 100_000), lease()], { dice });
		expect(verdict).toMatchObject({ is: 'full', until });
	});
});

describe('a claim of so few calls that it is in nobody’s way', () => {
	const full = [closed(100, 50_000)];

	it('looks twice whether others give some back, later the second time', () => {
		expect(verdictOn(full, { calls: 1 })).toMatchObject({ is: 'full', until: 300 });
		expect(verdictOn(full, { calls: 1, yields: 1 })).toMatchObject({ is: 'full', until: 400 });
	});

	it('then waits until ten seconds before they are free, and takes them ahead of large claims', () => {
		const given = { calls: 1, yields: 2 };
		expect(verdictOn(full, given)).toMatchObject({ is: 'full', until: 46_350 });
		const soon = [closed(100, 10_000)];
		expect(verdictOn(soon, given)).toEqual({ is: 'take', calls: 1, from: 10_112 });
		expect(verdictOn(soon, { ...given, yields: 1 })).toMatchObject({ is: 'full' });
	});

	it.each([
		{ calls: 1, of: 50, is: 'take' },
		{ calls: 2, of: 50, is: 'full' },
		{ calls: 5, of: 500, is: 'take' },
		{ calls: 6, of: 500, is: 'full' },
	])('is one for 1 % of the limit, or a single call: $calls of $of', ({ calls, of, is }) => {
		const verdict = verdictOn([closed(of, 10_000)], {
			calls,
			yields: 2,
			limits: { callsPerWindow: of },
		});
		expect(verdict.is).toBe(is);
	});
});
