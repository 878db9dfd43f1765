/** What a claim is granted, by examples: rows in, verdict out. */
import { closed, lock, rival, verdictOn } from './grantScene';

describe('a claim is granted', () => {
	it('what it is for, or what others leave, where that is less', () => {
		expect(verdictOn([])).toEqual({ is: 'granted', calls: 50 });
		expect(verdictOn([closed(80, 5_000)])).toEqual({ is: 'granted', calls: 20 });
	});

	it('the very last call of the window: that may be all that somebody waits for', () => {
		expect(verdictOn([closed(99, 50_000)])).toEqual({ is: 'granted', calls: 1 });
	});

	it('nothing where fewer are free than must start together', () => {
		expect(verdictOn([closed(97, 50_000)], { least: 5 })).toMatchObject({ is: 'full' });
		expect(verdictOn([closed(97, 50_000)], { least: 3 })).toEqual({ is: 'granted', calls: 3 });
	});

	it('nothing where a process with a larger limit has used more than all', () => {
		expect(verdictOn([closed(150, 50_000)], { short: 1 })).toMatchObject({ is: 'full' });
	});

	it('nothing that others may still take back: who counts on it would break the limit', () => {
		expect(verdictOn([rival(10, { calls: 99 })])).toEqual({ is: 'granted', calls: 1 });
	});
});

describe('the last hundredth of the window', () => {
	const long = closed(10, 50_000);
	const short = closed(1, 50_000, { isShort: true });

	it('is kept for short runs where a process has had any', () => {
		expect(verdictOn([long, short], { own: { calls: 100 } })).toMatchObject({ calls: 88 });
		expect(verdictOn([long], { own: { calls: 100 } })).toMatchObject({ calls: 90 });
		expect(verdictOn([long], { own: { calls: 100, isShort: true } })).toMatchObject({ calls: 89 });
	});

	it('is granted to short runs, and to nobody else along with them', () => {
		const full = [closed(97, 50_000, { isShort: true })];
		const limits = { callsPerWindow: 101 };
		expect(verdictOn(full, { short: 1, limits })).toEqual({ is: 'granted', calls: 3 });
		expect(verdictOn([closed(3, 50_000), ...full], { short: 1, limits })).toMatchObject({
			calls: 1,
		});
		expect(verdictOn([closed(3, 50_000), ...full], { limits })).toMatchObject({ is: 'full' });
	});

	it('is all that is free at the most, however many they want', () => {
		const others = [closed(90, 50_000, { isShort: true })];
		expect(verdictOn(others, { short: 40 })).toEqual({ is: 'granted', calls: 10 });
	});
});

describe('a claim during a lock', () => {
	it('waits until the last of the locks that others have met is over', () => {
		const locks = [lock(3_000), lock(5_000), lock(1_000)];
		expect(verdictOn(locks)).toEqual({ is: 'locked', until: 5_100, freeAt: 5_100 });
	});
});

describe('a claim of calls that are all taken', () => {
	it('comes again when they are free', () => {
		const verdict = verdictOn([closed(100, 10_000)]);
		expect(verdict).toEqual({ is: 'full', until: 10_100, freeAt: 10_100 });
	});

	it('waits for as many as must start together, in the order in which they come free', () => {
		const others = [closed(98, 60_000), closed(1, 51_000), closed(1, 50_000)];
		expect(verdictOn(others)).toMatchObject({ freeAt: 50_100 });
		expect(verdictOn(others, { least: 2 })).toMatchObject({ freeAt: 51_100 });
		expect(verdictOn(others, { least: 3 })).toMatchObject({ freeAt: 60_100 });
	});

	it('waits longer where the first that come free are kept for short runs', () => {
		const others = [closed(1, 50_000, { isShort: true }), closed(99, 60_000)];
		expect(verdictOn(others)).toMatchObject({ freeAt: 60_100 });
		expect(verdictOn(others, { short: 1 })).toMatchObject({ freeAt: 50_100 });
	});

	it.each([
		{ olderByMs: 10_000, lookAfterMs: 20_000, what: 'at the end of the life of a lease' },
		{ olderByMs: 40_000, lookAfterMs: 50_092, what: 'when its last call must have ended' },
		{ olderByMs: 100_000, lookAfterMs: 200_000, what: 'a window after its claim' },
	])('comes again $what, for it may have been given back', ({ olderByMs, lookAfterMs }) => {
		const verdict = verdictOn([rival(-olderByMs)]);
		expect(verdict).toEqual({
			is: 'full',
			until: 100 + lookAfterMs,
			freeAt: 100 + 390_394 - olderByMs,
		});
	});
});

describe('claims that keep each other off', () => {
	it('are taken back, and made again after a pause of chance: else each would wait for the other', () => {
		const pauses = [0, 0.5, 0.9].map((dice) => verdictOn([rival(-10), rival(10)], { dice }));
		expect(pauses).toEqual([200, 300, 380].map((until) => ({ is: 'contended', until })));
	});

	it.each([
		{ contended: 0, until: 300 },
		{ contended: 2, until: 600 },
		{ contended: 10, until: 2_700 },
	])('come again the later the more often they did: $contended', ({ contended, until }) => {
		expect(verdictOn([rival(-10)], { contended })).toEqual({ is: 'contended', until });
	});

	it('may just have as much without each other as one of them needs', () => {
		expect(verdictOn([closed(99, 50_000), rival(10)])).toMatchObject({ is: 'contended' });
		expect(verdictOn([closed(98, 50_000), rival(10)], { least: 2 })).toMatchObject({
			is: 'contended',
		});
	});

	it('wait where too little would be free without the others', () => {
		expect(verdictOn([closed(100, 400), rival(10)])).toMatchObject({ is: 'full', until: 500 });
		expect(verdictOn([closed(98, 400), rival(10)], { least: 3 })).toMatchObject({ is: 'full' });
	});
});

describe('a row that is no undecided claim keeps its calls', () => {
	const full = { is: 'full' };

	it('one that is older than three round trips: it is a lease by now', () => {
		expect(verdictOn([rival(-300)])).toMatchObject(full);
		expect(verdictOn([rival(-299)])).toMatchObject({ is: 'contended' });
	});

	it('one whose calls have been made', () => {
		expect(verdictOn([rival(-100, { state: 'closed', endsAfterMs: 50 })])).toMatchObject(full);
	});

	it('another one of the same process', () => {
		expect(verdictOn([rival(-100, { claim: 'me 2' })])).toMatchObject(full);
	});
});
