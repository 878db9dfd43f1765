import { Budget, budgetFor } from '../../nodes/limit/budget';
import { Window } from '../../nodes/limit/window';
import { FIVE, start } from './windowWorld';

/** The budget of a run that comes in. A window that is made for it learns from locks at once. */
function come(key: string, now: number): Budget {
	return budgetFor(key, () => new Window(-Infinity), FIVE, now);
}

/** Whether a run that comes in then has all calls of its window, as where nothing is remembered. */
function isFree(key: string, now: number): boolean {
	const run = come(key, now);
	const starts = Array.from({ length: 5 }, (_, made) => run.tryStart(now, 1, 5 - made));
	for (const made of starts) if (made.ok) run.end(made.slot, 'unanswered', now, 0);
	run.leave(now);
	return starts.every(({ ok }) => ok);
}

describe('the runs of a process', () => {
	it('share their calls where they have the same key, and only there', () => {
		start(come('7 campaigns.zoho.com', 0), 5, 0);
		expect(isFree('7 campaigns.zoho.com', 1)).toBe(false);
		expect(isFree('8 campaigns.zoho.com', 1)).toBe(true);
	});

	it('have a limit each for two things of one account that are limited apart', () => {
		const moving = come('7 eu', 0);
		const reading = budgetFor(
			'7 eu reading',
			() => new Window(),
			{ ...FIVE, callsPerWindow: 9 },
			0,
		);
		expect(start(moving, 5, 0)).toHaveLength(5);
		expect(start(reading, 9, 0)).toHaveLength(9);
		const [slot] = start(come('7 uk', 0), 1, 0);
		moving.end(slot!, { lockedForMs: 60_000 }, 0);
		expect(reading.tryStart(0)).toMatchObject({ why: 'window' });
	});

	it('have nobody to tell what they have not used', async () => {
		const run = come('alone', 0);
		run.leave(0);
		await expect(run.flush(500)).resolves.toBeUndefined();
	});

	it('share a window of which nothing is forgotten that could still matter', () => {
		const run = come('used', 0);
		const slots = start(run, 3, 0);
		slots.forEach((slot, index) => run.end(slot, 'answered', index === 2 ? 5_000 : 0));
		run.leave(5_000);
		expect(isFree('used', 6_000)).toBe(false);
		expect(isFree('used', 6_001)).toBe(true);
	});
});

describe('what a process remembers', () => {
	/** Whether the same window is there still when the next run comes. */
	function isKept(key: string, now: number): boolean {
		let isNew = false;
		const make = () => {
			isNew = true;
			return new Window(-Infinity);
		};
		budgetFor(key, make, FIVE, now).leave(now);
		return !isNew;
	}

	it('is forgotten when nobody is there and nothing of it can matter any more', () => {
		const run = come('idle', 0);
		start(run, 1, 0).forEach((slot) => run.end(slot, 'answered', 20_000));
		expect(isKept('idle', 20_500)).toBe(true);
		run.leave(20_500);
		expect(isKept('idle', 21_000)).toBe(true);
		expect(isKept('idle', 21_001)).toBe(false);
	});

	it('is kept while a lock lasts', () => {
		const run = come('locked', 0);
		start(run, 1, 0).forEach((slot) => run.end(slot, { lockedForMs: 9_000 }, 0));
		run.leave(0);
		expect(isKept('locked', 8_999)).toBe(true);
		expect(isKept('locked', 9_000)).toBe(false);
	});

	it('is kept while Zoho wants no call', () => {
		const run = come('closed', 0);
		run.keepTo({ remaining: 0, retryAfterMs: 600_000 }, 0);
		run.leave(0);
		expect([599_999, 600_000].map((now) => isKept('closed', now))).toEqual([true, false]);
	});

	it('is kept while it knows of a lock what its share is', () => {
		const run = come('taught', 0);
		const [letIn, refused] = start(run, 2, 0);
		run.end(letIn!, 'answered', 0);
		run.end(refused!, { lockedForMs: 1_000 }, 0);
		run.leave(0);
		expect(run.learned(400_000)).toBe(1);
		expect([400_000, 86_400_000].map((now) => isKept('taught', now))).toEqual([true, false]);
	});

	it('is given back by a run that died without leaving, hours later, and by its calls', () => {
		const dead = come('dead', 0);
		start(dead, 5, 0);
		expect(isKept('dead', 7_200_000)).toBe(true);
		expect(isKept('dead', 7_200_001)).toBe(true);
		// Its calls are over, and a window after that.
		expect(isKept('dead', 7_201_001)).toBe(true);
		expect(isKept('dead', 7_201_002)).toBe(false);
	});
});
