import { Turns, type Standing } from '../../nodes/limit/turns';
import { FIVE } from './windowWorld';

let turns: Turns;
beforeEach(() => (turns = new Turns()));

/** A run that is there from now on. */
function join(limits = { ...FIVE, callsPerWindow: 1_000 }): Standing {
	const run: Standing = {
		limits,
		leave: () => turns.leave(run),
		heardAt: 0,
		turn: 0,
		isWaiting: false,
		left: 0,
		requests: 1,
		isLong: false,
	};
	turns.join(run);
	return run;
}

describe('the runs that ask', () => {
	it('want as many calls as all of them have left, and at once the most that one needs', () => {
		const [one, other] = [join(), join()];
		expect(turns.wanted()).toEqual({ calls: 0, short: 0, requests: 1 });
		turns.hear(one, 70, 2, 0);
		turns.hear(other, 5, 1, 0);
		expect(turns.wanted()).toEqual({ calls: 75, short: 5, requests: 2 });
		turns.leave(one);
		expect(turns.wanted()).toEqual({ calls: 5, short: 5, requests: 1 });
	});

	it('want no more at once than the limit is', () => {
		turns.hear(join({ ...FIVE, callsPerWindow: 1 }), 1, 2, 0);
		expect(turns.wanted().requests).toBe(1);
	});

	it('want one call less after each that they are given', () => {
		const run = join();
		turns.hear(run, 3, 1, 0);
		turns.admits(run, 9, 1);
		expect(turns.wanted().calls).toBe(2);
	});

	it.each([
		{ callsPerWindow: 1_000, most: 10 },
		{ callsPerWindow: 490, most: 4 },
		{ callsPerWindow: 100, most: 1 },
		{ callsPerWindow: 5, most: 1 },
	])('are short where they want $most of $callsPerWindow calls at most', (row) => {
		const limits = { ...FIVE, callsPerWindow: row.callsPerWindow };
		turns.hear(join(limits), row.most, 1, 0);
		turns.hear(join(limits), row.most + 1, 1, 0);
		expect(turns.wanted()).toMatchObject({ calls: 2 * row.most + 1, short: row.most });
	});

	it('stay long to their last call', () => {
		const run = join();
		turns.hear(run, 11, 1, 0);
		turns.hear(run, 1, 1, 0);
		expect(turns.wanted().short).toBe(0);
	});

	it('are held to the fewest calls, the longest window and the longest call of those present', () => {
		const one = join({ callsPerWindow: 5, windowMs: 1_000, longestCallMs: 70_000 });
		const other = join({ callsPerWindow: 9, windowMs: 2_000, longestCallMs: 60_000 });
		expect(turns.limits).toEqual({ callsPerWindow: 5, windowMs: 2_000, longestCallMs: 70_000 });
		turns.leave(one);
		expect(turns.limits).toEqual(other.limits);
		turns.leave(other);
		expect(turns.limits).toEqual(other.limits);
	});

	it('are joined by one that was thought gone, behind those who wait', () => {
		const [busy, waiting] = [join(), join()];
		for (const run of [busy, waiting]) turns.hear(run, 99, 1, 0);
		for (let call = 0; call < 3; call++) turns.admits(busy, 9, 1);
		turns.admits(waiting, 0, 1);
		for (let call = 0; call < 3; call++) turns.admits(busy, 9, 1);
		const back = join();
		turns.leave(back);
		turns.hear(back, 99, 1, 0);

		expect(turns.size).toBe(3);
		expect(turns.admits(back, 1, 1)).toBe(false);
		expect(turns.admits(waiting, 1, 1)).toBe(true);
	});

	it('keep the turns that they have waited for, beside others who wait', () => {
		const [busy, first, second] = [join(), join(), join()];
		for (const run of [busy, first, second]) turns.hear(run, 99, 1, 0);
		for (const run of [first, second]) turns.admits(run, 0, 1);
		for (let call = 0; call < 3; call++) turns.admits(busy, 9, 1);

		expect(turns.admits(first, 1, 1)).toBe(true);
		expect(turns.admits(second, 1, 1)).toBe(true);
	});
});

describe('a run that falls silent', () => {
	it('has saved up no turns when it comes back', () => {
		const [away, steady] = [join(), join()];
		for (const run of [away, steady]) turns.hear(run, 99, 1, 0);
		turns.admits(away, 0, 1);
		turns.hear(steady, 99, 1, 4_000);
		for (let call = 0; call < 9; call++) turns.admits(steady, 9, 1);
		turns.hear(away, 99, 1, 4_000);
		turns.admits(away, 0, 1);

		expect(turns.admits(steady, 1, 1)).toBe(true);
	});

	it('holds nobody up after three seconds, and leaves after two hours', () => {
		join();
		turns.hear(join(), 7, 2, 1_000);
		const standing = (now: number) => {
			turns.forgetSilent(now);
			return [turns.size, turns.wanted().calls, turns.wanted().requests];
		};

		expect(standing(4_000)).toEqual([2, 7, 2]);
		expect(standing(4_001)).toEqual([2, 0, 1]);
		expect(standing(7_200_000)).toEqual([2, 0, 1]);
		expect(standing(7_200_001)).toEqual([1, 0, 1]);
	});
});
