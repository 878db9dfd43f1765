/** What the plan sends next, and what it makes of a reply: one reply at a time. */
import { Window } from '../../nodes/limit/window';
import {
	budgetOf,
	DOWN,
	failed,
	INVALID,
	LOCKED,
	moved,
	Notes,
	Stage,
	TOO_MANY,
} from './planStage';

const LATER = { do: 'later' };
const DONE = { do: 'done' };

describe('calls that run in parallel', () => {
	it('begin with one that goes alone, so that the token is renewed once', () => {
		const stage = new Stage(3);
		const first = stage.sent();
		expect(stage.plan.next(0)).toEqual(LATER);
		stage.plan.take(first, INVALID, 0);
		stage.sent();
		stage.sent();
		expect(stage.plan.next(0)).toEqual(LATER);
	});

	it('stay at one while nothing but failures comes that tell nothing', () => {
		const stage = new Stage(3);
		stage.send(DOWN);
		stage.sent(500);
		expect(stage.plan.next(500)).toEqual(LATER);
	});

	it('are spread over the time of the shortest, so that replies do not wait for each other', () => {
		const stage = new Stage(9);
		stage.plan.take(stage.sent(), moved(), 1_000);
		const second = stage.sent(1_000);
		expect(stage.plan.next(1_000)).toEqual({ do: 'wait', until: 1_200 });
		stage.plan.take(second, moved(), 1_500);
		stage.plan.take(stage.sent(1_500), moved(), 9_500);
		stage.sent(9_500);
		expect(stage.plan.next(9_500)).toEqual({ do: 'wait', until: 9_600 });
	});
});

describe('a run is done', () => {
	it('when all that was sent is answered', () => {
		const stage = new Stage(1);
		const call = stage.sent();
		expect(stage.plan.next(0)).toEqual(LATER);
		stage.plan.take(call, moved(), 0);
		expect(stage.plan.next(0)).toEqual(DONE);
		expect(stage.plan.outbox).toMatchObject({ requests: 1, retries: 0 });
	});

	it('when the failure of an item stops it: nothing more is sent', () => {
		const stage = new Stage(1);
		stage.plan.outbox.abort();
		expect(stage.plan.next(0)).toEqual(DONE);
	});

	it.each([
		['no call is worth sending', failed('invalidRequest', { message: 'No.', reach: 'rest' })],
		['the account is refused', failed('noPermission', { message: 'No.', reach: 'account' })],
	])('when %s', (_, answer) => {
		const stage = new Stage(2);
		stage.send(answer);
		expect(stage.plan.next(0)).toEqual(DONE);
		expect(stage.plan.outbox.abortedFor).toEqual(answer.reply);
	});
});

describe('a call that fails for a passing reason', () => {
	it('is made again after a pause, of which the log tells, while others go on', () => {
		const stage = new Stage(3);
		stage.send(moved());
		expect(stage.send(DOWN)).toBe('Down. Trying one address again in 0.5 s.');
		expect(stage.sent().address).toBe(stage.addresses[2]);
		expect(stage.plan.next(0)).toEqual({ do: 'wait', until: 500 });
		expect(stage.sent(500).address).toBe(stage.addresses[1]);
		expect(stage.plan.outbox).toMatchObject({ requests: 2, retries: 1 });
	});

	it('keeps its place meanwhile: new calls do not pile up beside it', () => {
		const stage = new Stage(4, { maxParallelRequests: 2 });
		stage.send(moved());
		stage.send(DOWN);
		stage.sent();
		expect(stage.plan.next(0)).toEqual({ do: 'wait', until: 500 });
	});

	it('does not go beside as many as Zoho takes at once', () => {
		const stage = new Stage(3, { maxParallelRequests: 2, retryDelay: 0 });
		stage.send(moved());
		const [second] = [stage.sent(), stage.sent()];
		stage.plan.take(second!, TOO_MANY, 0);
		expect(stage.plan.next(0)).toEqual(LATER);
	});

	it('holds the others back where Zoho says that there are too many', () => {
		const stage = new Stage(3);
		stage.send(moved());
		stage.send(TOO_MANY);
		expect(stage.plan.next(0)).toEqual({ do: 'wait', until: 500 });
	});

	it('fails its address alone when no repeat has helped', () => {
		const stage = new Stage(2, { maxRetries: 0 });
		stage.send(DOWN);
		stage.send(moved());
		expect(stage.outcomes).toEqual(['serverError', 'moved']);
		expect(stage.plan.outbox.abortedFor).toBeUndefined();
	});

	it('ends the run then where the account or too many calls are to blame', () => {
		const noToken = failed('networkError', { message: 'No token.', reach: 'account' });
		for (const [answer, reach] of [
			[noToken, 'account'],
			[TOO_MANY, 'rest'],
		] as const) {
			const stage = new Stage(2, { maxRetries: 0 });
			stage.send(answer);
			expect(stage.plan.outbox.abortedFor).toEqual({ ...answer.reply, reach });
		}
	});
});

describe('a window that is used up', () => {
	const settings = { callsPerWindow: 2, maxParallelRequests: 1 };
	/** Two calls at 0, of which the second failed and is due again. */
	function usedUp(whenLimitReached: 'wait' | 'error' = 'wait'): Stage {
		const stage = new Stage(4, { ...settings, retryDelay: 0, whenLimitReached });
		stage.send(moved());
		stage.send(DOWN);
		return stage;
	}

	it('is waited for, and the log counts all that is left, repeats too', () => {
		const stage = usedUp();
		const why = expect.stringMatching(/^Waiting 5 min: .* 3 addresses are left\.$/) as string;
		expect(stage.plan.next(0)).toEqual({ do: 'wait', until: 1_000, why });
		stage.sent(300_001);
		expect(stage.plan.limited.waitedMs).toBe(300_001);
	});

	it('counts as left, too, what is under way', () => {
		const stage = new Stage(3, { callsPerWindow: 2, maxParallelRequests: 2 });
		stage.send(moved());
		stage.sent();
		const why = expect.stringContaining('2 addresses are left') as string;
		expect(stage.plan.next(0)).toMatchObject({ do: 'wait', why });
	});

	it('ends the run where that was asked for', () => {
		const stage = usedUp('error');
		expect(stage.plan.next(0)).toEqual(DONE);
		expect(stage.plan.outbox.abortedFor).toMatchObject({ reason: 'rateLimited', retryAt: 300_001 });
	});

	it('is believed to be so when Zoho says it', () => {
		const stage = new Stage(2);
		stage.send(moved({ 'x-rate-limit': '[{"remaining-count":"0","retry-after":"60"}]' }));
		const why = expect.stringMatching(/^Waiting 1 min: /) as string;
		expect(stage.plan.next(0)).toMatchObject({ do: 'wait', why });
	});
});

describe('a lock', () => {
	it('is waited for as long as it usually lasts, and the address goes again', () => {
		const stage = new Stage(1);
		stage.send(LOCKED);
		const why = expect.stringMatching(/^Waiting 30 min: Zoho has locked/) as string;
		expect(stage.plan.next(0)).toMatchObject({ do: 'wait', why });
		stage.send(moved(), 1_800_000);
		expect(stage.outcomes).toEqual(['moved']);
		expect(stage.plan.outbox).toMatchObject({ requests: 2, retries: 0 });
		expect(stage.plan.limited.refusedByLock).toBe(1);
	});

	it('ends the run where that was asked for, and says from when on a repeat is worth it', () => {
		const stage = new Stage(2, { whenLimitReached: 'error' });
		stage.send(LOCKED, 5_000);
		expect(stage.plan.next(5_000)).toEqual(DONE);
		expect(stage.plan.outbox.abortedFor).toMatchObject({ retryAt: 1_805_000 });
		expect(stage.outcomes).toEqual(['rateLimited', undefined]);
	});

	it('teaches a process that is old enough its share, which can be read after the run', () => {
		const stage = new Stage(2);
		stage.send(moved());
		const told = stage.send(LOCKED);
		expect(told).toContain('This process now makes 49 calls');
		expect(stage.plan.limited.lesson).toBe(told);
	});
});

describe('the budget is told', () => {
	it.each([
		['an address that was moved', moved(), 'answered'],
		['an address that Zoho refuses', INVALID, 'answered'],
		['a server that fails', DOWN, 'unanswered'],
		['too many calls at once', TOO_MANY, 'unanswered'],
		['a lock', LOCKED, { lockedForMs: 1_800_000 }],
	])('whether a call shows that no lock is on: %s', (_, answer, end) => {
		const notes = new Notes();
		const stage = new Stage(2, { whenLimitReached: 'error' }, notes);
		stage.send(moved());
		stage.send(answer);
		expect(notes.told[1]).toEqual([end, 1]);
	});

	it('of two requests where a call was cut off that may have renewed the token', () => {
		const notes = new Notes();
		new Stage(1, {}, notes).send(DOWN);
		expect(notes.told).toEqual([['unanswered', 2]]);
	});

	it('of no request where none went out: the call takes no place, and shows nothing of a lock', () => {
		const notes = new Notes();
		const stage = new Stage(2, {}, notes);
		const why = failed('authenticationFailed', { message: 'The token was refused.' });
		stage.send({ ...why, requests: 0 });
		expect(notes.told).toEqual([['unanswered', 0]]);
	});

	it('of calls that were open when the run ended: their places are free a window after they can arrive', () => {
		const window = new Window(-Infinity);
		const [ended, next] = Array.from({ length: 2 }, () => {
			const settings = { callsPerWindow: 2 };
			return new Stage(1, settings, budgetOf(settings, window));
		});
		ended!.sent();
		ended!.plan.finish(0);
		expect(next!.plan.next(360_000)).toMatchObject({ do: 'wait' });
		expect(next!.sent(360_001)).toBeDefined();
	});
});
