import { fc } from '../../support/fc';
import { Pace } from '../../../nodes/run/pace';
import { failure } from '../../../nodes/zoho/failures';
import type { Reply } from '../../../nodes/zoho/reply';
import { Groups } from '../../../nodes/ZohoCrmUnblockEmail/groups';
import { UnblockPlan } from '../../../nodes/ZohoCrmUnblockEmail/plan';
import { ViewPlan, type PageCall } from '../../../nodes/ZohoCrmUnblockEmail/view/plan';

const SETTINGS = { maxRetries: 3, retryDelay: 1000, stopAtFailure: false };

function planOf(...ids: string[]) {
	const plan = new ViewPlan(SETTINGS, new Pace(1, () => 0), () => 0);
	const views = ids.map((id) => plan.view('Leads', id, Infinity));
	plan.close();
	return { plan, views, view: views[0]! };
}

function nextCall(plan: ViewPlan, now = 0): PageCall {
	const next = plan.next(now);
	if (next.do !== 'send') throw new Error(`The plan says ${next.do}`);
	return next.call;
}

const page = (ids: string[], more: boolean, headers: Reply['headers'] = {}): Reply => ({
	httpStatus: 200,
	headers,
	body: JSON.stringify({ data: ids.map((id) => ({ id })), info: { more_records: more } }),
});

const answer = (plan: ViewPlan, reply: Reply, call = nextCall(plan)) =>
	plan.take(call, { reply, requests: 1 }, 0);

const ids = ({ records }: { records: Array<{ id: string }> }) => records.map(({ id }) => id);

it('takes a record once that has moved to the next page meanwhile', () => {
	const { plan, view } = planOf('1');
	answer(plan, page(['a', 'b'], true));
	answer(plan, page(['b', 'c'], false));

	expect(ids(view)).toEqual(['a', 'b', 'c']);
	expect(view.isRead).toBe(true);
	expect(plan.next(0)).toEqual({ do: 'done' });
});

it('has the interval between calls hold on to the first call that unblocks', () => {
	const pace = new Pace(5, () => 1_000);
	const reading = new ViewPlan(SETTINGS, pace, () => 0);
	reading.view('Leads', '1', Infinity);
	reading.close();
	answer(reading, page(['a'], false));
	const settings = { batchSize: 1, batchInterval: 1_000, maxParallelRequests: 5 };
	const already = { alreadyUnblocked: 'success' } as const;
	const all = { ...SETTINGS, ...settings, ...already };
	const groups = new Groups(all);
	const plan = new UnblockPlan(all, groups, pace, () => 0);
	plan.add(groups.of({ module: 'Leads', unblockFields: 'Email' }), 'a');
	plan.close();

	expect(plan.next(20)).toEqual({ do: 'wait', until: 1_000 });
});

it('takes a page without content for the end', () => {
	const { plan, view } = planOf('1');
	answer(plan, page(['a'], true));
	answer(plan, { httpStatus: 204, headers: {}, body: '' });

	expect([ids(view), view.isRead]).toEqual([['a'], true]);
});

it('gives a view up that holds the same records on every page, and says that there are more', () => {
	const { plan, view } = planOf('1');
	answer(plan, page(['a'], true));
	answer(plan, page(['a'], true));

	expect([ids(view), view.isRead]).toEqual([['a'], false]);
	expect(view.failure).toMatchObject({ reason: 'badResponse', retryable: true, doubtful: false });
	expect(plan.next(0)).toEqual({ do: 'done' });
});

describe('a view of which so many records are wanted', () => {
	const wanting = (...most: number[]) => {
		const plan = new ViewPlan(SETTINGS, new Pace(1, () => 0), () => 0);
		const views = most.map((wanted) => plan.view('Leads', '1', wanted));
		return { plan, view: views[0]! };
	};

	it('is read no further than the page that holds the last of them', () => {
		const { plan, view } = wanting(2, 3);
		plan.close();
		answer(plan, page(['a', 'b'], true));
		answer(plan, page(['c', 'd'], true));

		expect([ids(view), view.isRead, view.rest]).toEqual([['a', 'b', 'c', 'd'], false, { page: 3 }]);
		expect(plan.read).toEqual({ views: 1, records: 3 });
		expect(plan.next(0)).toEqual({ do: 'done' });
	});

	it('is whole where its last page holds exactly the last of them', () => {
		const { plan, view } = wanting(2);
		plan.close();
		answer(plan, page(['a', 'b'], false));

		expect([view.isRead, view.rest]).toEqual([true, undefined]);
	});

	it('is read on where a later item wants more, and not where it wants less', () => {
		const { plan } = wanting(1);
		answer(plan, page(['a', 'b'], true));
		plan.view('Leads', '1', 2);
		expect(plan.next(0)).toEqual({ do: 'later' });

		plan.view('Leads', '1', 3);
		expect(nextCall(plan).place).toEqual({ page: 2 });
	});

	it('is asked for a page once, where another item wants more while it is read', () => {
		const { plan } = wanting(1);
		const call = nextCall(plan);
		plan.view('Leads', '1', 500);
		plan.close();
		expect(plan.next(0)).toEqual({ do: 'later' });
		answer(plan, page(['a'], true), call);

		answer(plan, page(['b'], false));
		expect(plan.next(0)).toEqual({ do: 'done' });
	});
});

it('says of a view that begins beyond what Zoho hands out that it failed', () => {
	const { plan, view } = planOf('1');
	const body = '{"code":"PAGINATION_LIMIT_EXCEEDED","message":"no"}';
	answer(plan, { httpStatus: 400, headers: {}, body });

	expect(view.failure).toMatchObject({ code: 'PAGINATION_LIMIT_EXCEEDED' });
	expect(view.isRead).toBe(false);
});

it('keeps to a quota that Zoho tells of, says so once, and ends where it is used up for long', () => {
	const { plan, view } = planOf('1', '2');
	const left = JSON.stringify([{ duration: 60, 'remaining-count': 0, 'retry-after': 30 }]);
	answer(plan, page(['a'], true, { 'x-rate-limit': left }));

	const why = 'Waiting 30 s: the calls that Zoho allows are used up.';
	expect(plan.next(0)).toEqual({ do: 'wait', until: 30_000, why });
	expect(plan.next(200)).toEqual({ do: 'wait', until: 30_000 });

	const long = JSON.stringify([{ duration: 60, 'remaining-count': 0, 'retry-after': 7_200 }]);
	answer(plan, page(['b'], true, { 'x-rate-limit': long }), nextCall(plan, 30_000));

	expect(plan.outbox.abortedFor).toMatchObject({ reason: 'rateLimited' });
	expect(plan.next(1e9)).toEqual({ do: 'done' });
	expect(view.isRead).toBe(false);
});

it('tells what Zoho said last of the credits that are left', () => {
	const { plan } = planOf('1');
	answer(plan, page(['a'], true, { 'x-api-credits-remaining': '7' }));
	answer(plan, page(['b'], false));

	expect(plan.outbox.creditsLeft).toBe('7');
});

it('gives a view up for a fault of our own, told after a page was taken in', () => {
	const { plan, view } = planOf('1');
	const call = nextCall(plan);
	answer(plan, page(['a'], true), call);
	const fault = failure('badResponse', { message: 'a fault of its own', transient: false });
	plan.take(call, { reply: fault, requests: 1 }, 0);

	expect([view.isRead, view.failure?.reason]).toEqual([false, 'badResponse']);
	expect(plan.next(0)).toEqual({ do: 'done' });
});

it('whatever a reply holds, it is a page, a refusal, or cannot be read', () => {
	fc.assert(
		fc.property(fc.json(), fc.constantFrom(200, 204, 400, 401, 429, 500), (body, httpStatus) => {
			const { plan, view } = planOf('1');
			answer(plan, { httpStatus, headers: {}, body });
			expect(view.isRead || plan.next(0).do !== 'done' || view.failure !== undefined).toBe(true);
		}),
	);
});
