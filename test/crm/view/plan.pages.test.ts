/** Reading custom views page by page: what is not read is not unblocked, so nothing is to be left out unseen. */
import type { OutboxSettings } from '../../../nodes/run/outbox';
import { Pace } from '../../../nodes/run/pace';
import { failure, type Failure } from '../../../nodes/zoho/failures';
import type { Reply } from '../../../nodes/zoho/reply';
import { ViewPlan, type PageCall } from '../../../nodes/ZohoCrmUnblockEmail/view/plan';
import { BUSY, refusal, reply, REVOKED, TOO_MANY } from '../planByHand';

interface Given extends Partial<OutboxSettings> {
	parallel?: number;
	intervalMs?: number;
}

/** A plan that reads these views of Leads, played page by page. */
function reading(views: string, { parallel = 1, intervalMs = 0, ...settings }: Given = {}) {
	const plan = new ViewPlan(
		{ maxRetries: 3, retryDelay: 1000, stopAtFailure: false, ...settings },
		new Pace(parallel, () => intervalMs),
		() => 1,
	);
	const all = [...views].map((id) => plan.view('Leads', id, Infinity));
	plan.close();
	const call = (now = 0): PageCall => {
		const next = plan.next(now);
		if (next.do !== 'send') throw new Error(`The plan says ${JSON.stringify(next)}`);
		return next.call;
	};
	const next = (now = 0) => {
		const next = plan.next(now);
		if (next.do === 'send') return `${next.call.view.id} ${next.call.place.page}`;
		return next.do === 'wait' ? `wait ${next.until - now}` : next.do;
	};
	const take = (of: PageCall, answer: Reply | Failure, now = 0) =>
		plan.take(of, { reply: answer, requests: 1 }, now);
	const play = (answer: Reply | Failure, now = 0) => take(call(now), answer, now);
	return { plan, views: all, view: all[0]!, call, next, take, play };
}

const page = (ids: string, more = false, token?: string) =>
	reply(200, {
		data: [...ids].map((id) => ({ id })),
		info: { more_records: more, next_page_token: token },
	});
const STALE = refusal('EXPIRED_VALUE', 'The token has expired.');
const CUT_OFF = refusal('PAGINATION_LIMIT_EXCEEDED', 'no more than 100,000');
const NO_MODULE = refusal('INVALID_MODULE', 'no such module');

describe('a run', () => {
	it('reads a view once, however often it is named, and counts what it has read', () => {
		const { plan, views, play, next } = reading('1123');
		play(page('ab', true));
		play(page('d'));
		play(NO_MODULE);
		play(page('c'));

		expect(views[0]).toBe(views[1]);
		expect(next()).toBe('done');
		expect(plan.read).toEqual({ views: 2, records: 4 });
		expect(plan.outbox).toMatchObject({ requests: 4, retries: 0 });
	});

	it('is not over while a page is under way, also where it was ended meanwhile', () => {
		const { plan, call, next, play } = reading('12', { parallel: 3 });
		play(page('a'));
		call();
		expect(next()).toBe('later');
		plan.outbox.abort(failure('networkError', { message: 'gone' }));
		expect(next()).toBe('later');
	});

	it('does not wait for the interval between calls where nothing is left to be read', () => {
		const { play, next } = reading('1', { intervalMs: 5000 });
		play(page('a'));

		expect(next()).toBe('done');
	});

	it('sends nothing beside a page that failed before any was answered', () => {
		const { play, next } = reading('12', { parallel: 2 });
		play(BUSY);

		expect(next()).toBe('wait 1000');
	});

	it('that stops at a failure waits for all input, and then reads nothing more after one', () => {
		const { plan, play, next } = reading('12', { stopAtFailure: true });
		play(NO_MODULE);
		const held = new ViewPlan(
			{ maxRetries: 0, retryDelay: 0, stopAtFailure: true },
			new Pace(1, () => 0),
		);
		held.view('Leads', '1', Infinity);

		expect(next()).toBe('done');
		expect(plan.outbox.abortedFor).toBeUndefined();
		expect(held.next(0)).toEqual({ do: 'later' });
	});

	it('that goes on reads the other views after one has failed', () => {
		const { views, play, next } = reading('12');
		play(NO_MODULE);
		play(page('a'));

		expect(next()).toBe('done');
		expect(views.map(({ isRead, failure }) => failure?.reason ?? isRead)).toEqual([
			'invalidModule',
			true,
		]);
	});

	it('reads nothing once it was ended, for the reason that came first', () => {
		const { plan, next } = reading('1');
		const why = failure('scopeMismatch', { message: 'no scope' });
		plan.outbox.abort(why);
		plan.outbox.abort(failure('networkError', { message: 'gone' }));

		expect(next()).toBe('done');
		expect(plan.outbox.abortedFor).toBe(why);
	});

	it('ends where the account is refused, or no more calls are taken', () => {
		const ends = [REVOKED, TOO_MANY, NO_MODULE, BUSY].map((answer) => {
			const { plan, play, next } = reading('12', { maxRetries: 0 });
			play(answer);
			return [plan.outbox.abortedFor?.reason, plan.outbox.abortedFor?.reach, next()];
		});

		expect(ends).toEqual([
			['authenticationFailed', 'account', 'done'],
			['rateLimited', 'rest', 'done'],
			[undefined, undefined, '2 1'],
			[undefined, undefined, '2 1'],
		]);
	});
});

describe('a page that failed for a passing reason', () => {
	it('is asked for again after a pause, and the log says so', () => {
		const { plan, play, next } = reading('1');
		play(page('a', true));

		expect(play(BUSY, 50)).toBe(
			'The custom view could not be read: Busy Trying this page again in 1 s.',
		);
		expect(next(50)).toBe('wait 1000');
		expect(next(1050)).toBe('1 2');
		expect(plan.outbox).toMatchObject({ requests: 2, retries: 1 });
	});

	it('is asked for after the wait that Zoho asks for', () => {
		const { play, next } = reading('1');
		play({ ...BUSY, retryAfterMs: 7000 });

		expect(next()).toBe('wait 7000');
	});

	it('keeps its place, and holds no other view back but for a limit', () => {
		const after = (answer: Reply, parallel: number) => {
			const { call, take, play, next } = reading('1234', { parallel });
			play(page('a'));
			const [failed] = [call(), call()];
			take(failed, answer);
			return next();
		};

		expect(after(BUSY, 3)).toBe('4 1');
		expect(after(BUSY, 2)).toBe('wait 1000');
		expect(after({ ...TOO_MANY, retryAfterMs: 5000 }, 5)).toBe('wait 5000');
	});

	it('lets another view be read meanwhile', () => {
		const { call, take, play, next } = reading('123', { parallel: 2 });
		play(page('a'));
		take(call(), BUSY);

		expect(next()).toBe('3 1');
	});

	it('waits for an open one where Zoho has said that there are too many at once', () => {
		const { call, take, play, next } = reading('123', { parallel: 2, retryDelay: 0 });
		play(page('a'));
		const [failed] = [call(), call()];
		take(failed, TOO_MANY);

		expect(next()).toBe('later');
	});
});

describe('a view', () => {
	it('that failed has none of its pages asked for any more', () => {
		const { view, play, next } = reading('1', { maxRetries: 0 });
		play(page('ab', true));
		play(BUSY);

		expect(next()).toBe('done');
		expect(view).toMatchObject({ isRead: false, failure: { reason: 'serverError' } });
	});

	it('whose token has expired is read again from its start', () => {
		const { view, play, next } = reading('1');
		play(page('ab', true));

		expect(play(STALE)).toBe(
			'The custom view could not be read: The token has expired. Reading it again from its start.',
		);
		expect(view.records).toEqual([]);
		play(page('ab', true));
		play(page('c'));
		expect(next()).toBe('done');
		expect(view.records.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
	});

	it('is begun again three times, and then is worth another run', () => {
		const { view, play, next } = reading('1');
		for (let times = 0; times < 3; times++) {
			play(STALE);
			expect(view.failure).toBeUndefined();
		}
		play(STALE);

		expect(next()).toBe('done');
		expect(view.failure).toMatchObject({ code: 'EXPIRED_VALUE', retryable: true });
	});

	it('of which Zoho hands out no more has its records up to there, and says so', () => {
		const { view, play, next } = reading('1');
		play(page('a', true));
		const log = play(CUT_OFF);

		expect(log).toContain('Zoho hands out no more records of this custom view');
		expect(next()).toBe('done');
		expect(view).toMatchObject({ isRead: true, cutOff: { reason: 'notAttempted' } });
		expect(view.failure).toBeUndefined();
		expect(view.records).toHaveLength(1);
	});

	it('that never ends is read to 100,000 records, and says so', () => {
		const { plan, view, play, next } = reading('1');
		const half = (from: number) =>
			reply(200, {
				data: Array.from({ length: 50_000 }, (_, i) => ({ id: String(from + i) })),
				info: { more_records: true },
			});
		play(half(0));
		const log = play(half(50_000));

		expect(log).toBe(
			'This custom view goes on after 100,000 records, and no more are read of one.',
		);
		expect(view.records).toHaveLength(100_000);
		expect(view).toMatchObject({
			isRead: true,
			cutOff: { reason: 'notAttempted', code: 'TOO_MANY_RECORDS', message: log, httpStatus: null },
		});
		expect(view.failure).toBeUndefined();
		expect(next()).toBe('done');
		expect(plan.read).toEqual({ views: 1, records: 100_000 });
	});

	it('of just 100,000 records is read to its end', () => {
		const { view, play } = reading('1');
		const data = Array.from({ length: 100_000 }, (_, i) => ({ id: String(i) }));
		play(reply(200, { data, info: { more_records: false } }));

		expect(view).toMatchObject({ isRead: true });
		expect(view.cutOff).toBeUndefined();
	});

	it('with the same records on every page says which page holds nothing new', () => {
		const { view, play } = reading('1');
		play(page('a', true));
		play(page('a', true));

		expect(view.failure).toMatchObject({
			code: 'BAD_RESPONSE',
			resolution: 'Nothing of the view was unblocked for this item. Run it again.',
		});
		expect(view.failure?.message).toContain('page 2 of it holds no record');
	});
});
