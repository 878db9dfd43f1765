import { Pace } from '../../nodes/run/pace';

const noInterval = () => 0;

/** Starts as many calls as may start at once, and says how many that were. */
function startAll(pace: Pace, now = 0): number {
	let started = 0;
	while (pace.nextStartAt(now) === now) {
		pace.start(now);
		started++;
	}
	return started;
}

/** A pace at which one call has been answered, so that all that are allowed may start. */
function knownPace(most: number): Pace {
	const pace = new Pace(most, noInterval);
	pace.start(0);
	pace.answered(true);
	return pace;
}

describe('calls', () => {
	it('begin with one alone, then as many as are allowed', () => {
		const pace = new Pace(5, noInterval);

		expect(startAll(pace)).toBe(1);
		pace.answered(true);
		expect(startAll(pace)).toBe(5);
	});

	it('go one at a time until one was answered that is not to be made again', () => {
		const pace = new Pace(5, noInterval);
		startAll(pace);
		pace.answered(false);

		expect(startAll(pace)).toBe(1);
		pace.answered(true);
		expect(startAll(pace)).toBe(5);
	});

	it('that are to be made again keep their places', () => {
		const pace = knownPace(5);
		pace.start(0);

		expect(pace.nextStartAt(0, 3)).toBe(0);
		expect(pace.nextStartAt(0, 4)).toBeUndefined();
	});

	it('start an interval apart, which may change', () => {
		let intervalMs = 250;
		const pace = new Pace(5, () => intervalMs);
		pace.start(0);
		pace.answered(true);

		expect(pace.nextStartAt(10)).toBe(250);
		expect(pace.nextStartAt(300)).toBe(300);
		intervalMs = 40;
		pace.start(300);
		expect(pace.nextStartAt(300)).toBe(340);
	});
});

describe('too many calls at once', () => {
	it('are half as many from then on, and one at the least', () => {
		const pace = knownPace(5);
		const allowed: number[] = [];
		for (const now of [1000, 2000, 3000]) {
			const started = startAll(pace, now);
			pace.tooMany(now, 0, now, true);
			for (let i = 0; i < started; i++) pace.answered(false);
			allowed.push(startAll(pace, now + 1));
			for (let i = 0; i < allowed.at(-1)!; i++) pace.answered(false);
		}

		expect(allowed).toEqual([2, 1, 1]);
	});

	it('teach once, however many of a burst say so', () => {
		const pace = knownPace(8);
		startAll(pace, 1000);
		for (let i = 0; i < 8; i++) {
			pace.tooMany(1000, 0, 1100 + i, true);
			pace.answered(false);
		}

		expect(startAll(pace, 1200)).toBe(4);
	});

	it('teach again where a call says so that was started when the last lesson was learned', () => {
		const pace = knownPace(8);
		pace.tooMany(0, 0, 1000, true);
		pace.tooMany(999, 0, 1001, true);
		expect(startAll(pace, 1001)).toBe(4);
		for (let call = 0; call < 4; call++) pace.answered(true);
		pace.tooMany(1000, 0, 1001, true);
		expect(startAll(pace, 1001)).toBe(2);
	});

	it('hold all others back for as long as the call that was told so', () => {
		const pace = knownPace(5);
		pace.start(0);
		pace.tooMany(0, 700, 100, true);
		pace.answered(false);

		expect(pace.nextStartAt(100)).toBe(800);
		pace.tooMany(0, 100, 200, true);
		expect(pace.nextStartAt(200)).toBe(800);
	});

	it('are tried again after a good while, one more each time, and never more than asked for', () => {
		const pace = knownPace(3);
		pace.start(1000);
		pace.tooMany(1000, 0, 1000, true);
		pace.answered(false);

		const allowed = [0, 59_999, 60_000, 60_001, 120_000, 600_000].map((later) => {
			const started = startAll(pace, 1000 + later);
			for (let i = 0; i < started; i++) pace.answered(true);
			return started;
		});
		expect(allowed).toEqual([1, 1, 2, 2, 3, 3]);
	});
});

describe('what Zoho says is left of its limit', () => {
	it('holds new calls back where the calls under way will use it up', () => {
		const pace = knownPace(5);
		pace.start(0);
		expect(pace.keepTo({ remaining: 2, retryAfterMs: 5000 }, 0)).toBe(false);
		expect(pace.nextStartAt(0)).toBe(0);

		pace.start(0);
		expect(pace.keepTo({ remaining: 2, retryAfterMs: 5000 }, 10)).toBe(true);
		expect(pace.nextStartAt(10)).toBe(5010);
	});
});
