import { Budget } from '../../nodes/limit/budget';
import { Window } from '../../nodes/limit/window';
import { FIVE, start } from './windowWorld';

const ONE = { ...FIVE, callsPerWindow: 1 };

/** Runs of a process, and the window that they share. */
function runs(...limits: Array<typeof FIVE>): Budget[] {
	const window = new Window(-Infinity);
	return limits.map((own) => new Budget(window, own, 0));
}

describe('the window', () => {
	it('lets the whole budget go at once and refuses the next call', () => {
		const [run] = runs(FIVE);
		start(run!, 5, 0);
		expect(run!.tryStart(0)).toMatchObject({ ok: false, why: 'window' });
	});

	it('frees a slot a full window after the reply, not after the start', () => {
		const [run] = runs(FIVE);
		const [first] = start(run!, 5, 0);
		run!.end(first!, 'answered', 700);
		expect(run!.tryStart(1_001)).toEqual({ ok: false, why: 'window', waitMs: 700 });
		expect(run!.tryStart(1_700)).toEqual({ ok: false, why: 'window', waitMs: 1 });
		expect(run!.tryStart(1_701)).toMatchObject({ ok: true });
	});

	it('counts a call without a reply from the moment it is given up', () => {
		const [run] = runs(ONE);
		const [slot] = start(run!, 1, 0);
		expect(run!.tryStart(60_000)).toMatchObject({ ok: false, waitMs: 1_001 });
		run!.end(slot!, 'unanswered', 60_000);
		expect(run!.tryStart(60_500)).toMatchObject({ ok: false, waitMs: 501 });
	});

	it('counts each request of a call, and none that was not made', () => {
		const [run] = runs(FIVE);
		const [two, none] = start(run!, 2, 0);
		run!.end(two!, 'answered', 0, 2);
		run!.end(none!, 'unanswered', 0, 0);
		start(run!, 3, 0);
		expect(run!.tryStart(0)).toMatchObject({ ok: false, why: 'window' });
	});

	it('has places for all requests that a call may come to, or the call waits', () => {
		const [run] = runs(FIVE);
		start(run!, 4, 0).forEach((slot) => run!.end(slot, 'answered', 0));
		expect(run!.tryStart(0, 2, 2)).toMatchObject({ ok: false, why: 'window', waitMs: 1_001 });
		expect(run!.tryStart(0, 1, 1)).toMatchObject({ ok: true });
	});

	it('starts a call with all its places, where it might come to more requests than there are', () => {
		const [run] = runs(ONE);
		expect(run!.tryStart(0, 2, 1)).toMatchObject({ ok: true, slot: { requests: 1 } });
	});

	it('takes an end only once', () => {
		const [run] = runs(ONE);
		const [slot] = start(run!, 1, 0);
		run!.end(slot!, 'answered', 0);
		run!.end(slot!, 'answered', 900);
		expect(run!.tryStart(1_001)).toMatchObject({ ok: true });
	});

	it('holds every run to the strictest limits of those present', () => {
		const strictest = { ...FIVE, callsPerWindow: 3, windowMs: 4_000 };
		const [generous, strict] = runs(FIVE, strictest);
		const slots = start(generous!, 3, 0);
		slots.forEach((slot) => generous!.end(slot, 'answered', 0));
		expect(generous!.tryStart(0)).toMatchObject({ ok: false, waitMs: 4_001 });
		strict!.leave(0);
		start(generous!, 2, 0);
		expect(generous!.tryStart(0)).toMatchObject({ ok: false, waitMs: 1_001 });
	});

	it('tells how long until enough slots are free when a stricter run has come in', () => {
		const window = new Window(-Infinity);
		const run = new Budget(window, FIVE, 0);
		start(run, 5, 0).forEach((slot, index) => run.end(slot, 'answered', 100 * index));
		const strict = new Budget(window, { ...FIVE, callsPerWindow: 3 }, 400);
		expect(strict.tryStart(400)).toMatchObject({ ok: false, waitMs: 801 });
		start(strict, 1, 1_201);
	});

	it('never tells anybody to ask again in less than a millisecond, which may be no time at all', () => {
		const [run] = runs({ ...ONE, windowMs: 3_000 });
		const begin = 33_333.1;
		const [slot] = start(run!, 1, begin);
		run!.end(slot!, 'answered', begin);
		const late = run!.tryStart(begin + 3_001 - 1e-9);
		expect(late).toEqual({ ok: false, waitMs: 1, why: 'window' });
	});
});

describe('a run that leaves while calls are under way, whose replies nobody waits for', () => {
	it('keeps their places as long as they can arrive, and then for a window', () => {
		const [stopped, other] = runs({ ...ONE, longestCallMs: 5_000 }, ONE);
		start(stopped!, 1, 1_000);
		stopped!.leave(1_500);
		expect(other!.tryStart(2_502)).toEqual({ ok: false, why: 'window', waitMs: 4_499 });
		expect(other!.tryStart(7_000)).toMatchObject({ ok: false });
		expect(other!.tryStart(7_001)).toMatchObject({ ok: true });
	});

	it('keeps them no longer for a call that is overdue', () => {
		const [stopped, other] = runs({ ...ONE, longestCallMs: 5_000 }, ONE);
		start(stopped!, 1, 1_000);
		stopped!.leave(9_000);
		expect(other!.tryStart(10_000)).toMatchObject({ waitMs: 1 });
		expect(other!.tryStart(10_001)).toMatchObject({ ok: true });
	});

	it('keeps those of every request that they may come to', () => {
		const [stopped, other] = runs({ ...FIVE, longestCallMs: 5_000 }, FIVE);
		stopped!.tryStart(0, 4, 4);
		stopped!.leave(0);
		expect(start(other!, 1, 0)).toHaveLength(1);
		expect(other!.tryStart(0)).toEqual({ ok: false, why: 'window', waitMs: 6_001 });
	});

	it('does not hold up those that are free before them', () => {
		const [stopped, other] = runs({ ...FIVE, longestCallMs: 5_000 }, FIVE);
		start(stopped!, 1, 0);
		stopped!.leave(0);
		start(other!, 4, 0).forEach((slot) => other!.end(slot, 'answered', 100));
		expect(other!.tryStart(100)).toMatchObject({ waitMs: 1_001 });
		expect(start(other!, 4, 1_101)).toHaveLength(4);
	});

	it('is told of no reply that comes later', () => {
		const [stopped, other] = runs(FIVE, FIVE);
		const [slot] = start(stopped!, 1, 0);
		stopped!.leave(0);
		stopped!.end(slot!, { lockedForMs: 60_000 }, 10);
		expect(other!.tryStart(20)).toMatchObject({ ok: true });
	});
});
