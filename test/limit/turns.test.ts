import { Turns } from '../../nodes/limit/turns';

const run = () => ({ callsPerWindow: 100, windowMs: 300_000 });

describe('the runs that ask', () => {
	it('need as many calls as all of them have left, and at once the most that one needs', () => {
		const turns = new Turns();
		const [one, other] = [run(), run()];
		expect([turns.left, turns.atOnce]).toEqual([0, 1]);
		turns.hear(one, 0, 7, 2);
		turns.hear(other, 0, 5, 1);
		expect([turns.left, turns.atOnce]).toEqual([12, 2]);

		turns.pass(one);
		expect([turns.left, turns.atOnce]).toEqual([5, 1]);
	});

	it('are not joined by one that passes, nor does it take anything', () => {
		const turns = new Turns();
		const stranger = run();
		turns.pass(stranger);

		expect(turns.size).toBe(0);
		expect(turns.take(stranger, 9, 1)).toBe(false);
	});

	it('are joined by one that was thought gone, behind those who wait', () => {
		const turns = new Turns();
		const [busy, waiting, back] = [run(), run(), run()];
		for (const one of [busy, waiting]) turns.join(one, 0);
		for (let call = 0; call < 3; call++) turns.take(busy, 9, 1);
		turns.take(waiting, 0, 1);
		for (let call = 0; call < 3; call++) turns.take(busy, 9, 1);
		turns.hear(back, 0, 1, 1);

		expect(turns.size).toBe(3);
		expect(turns.take(back, 1, 1)).toBe(false);
		expect(turns.take(waiting, 1, 1)).toBe(true);
	});

	it('keep the turns that they have waited for, beside others who wait', () => {
		const turns = new Turns();
		const [busy, first, second] = [run(), run(), run()];
		for (const one of [busy, first, second]) turns.join(one, 0);
		for (const one of [first, second]) turns.take(one, 0, 1);
		for (let call = 0; call < 3; call++) turns.take(busy, 9, 1);

		expect(turns.take(first, 1, 1)).toBe(true);
		expect(turns.take(second, 1, 1)).toBe(true);
	});
});

describe('a run that falls silent', () => {
	it('holds nobody up after three seconds, and is gone after two hours', () => {
		const turns = new Turns();
		turns.join(run(), 0);
		turns.hear(run(), 1_000, 7, 2);
		const standing = (now: number) => {
			turns.forgetSilent(now);
			return [turns.size, turns.left, turns.atOnce];
		};

		expect(standing(4_000)).toEqual([2, 7, 2]);
		expect(standing(4_001)).toEqual([2, 0, 1]);
		expect(standing(7_200_000)).toEqual([2, 0, 1]);
		expect(standing(7_200_001)).toEqual([1, 0, 1]);
	});
});
