/** The waits for calls that Zoho allows: nobody who looks at the log takes them for a run that is stuck. */
import type { Reply } from '../../nodes/zoho/reply';
import { HandPlayed, ONE_IS_DEAD, told, TOO_MANY } from './planByHand';

const usedUpFor = (seconds: number): Partial<Reply> => ({
	headers: { 'x-rate-limit': JSON.stringify([{ 'remaining-count': 0, 'retry-after': seconds }]) },
});

/** A reply for records that are unblocked by it, the last one that Zoho allows for so long. */
const lastFor = (seconds: number) => (ids: string) => told(ids, '', usedUpFor(seconds));

/** What the plan has the log say now, before it waits. */
function news({ plan, now }: HandPlayed): string | undefined {
	const next = plan.next(now);
	return next.do === 'wait' ? next.why : undefined;
}

const SINGLY = { batchSize: 1 };

it('a wait of an hour is told before it begins, and once however often the plan is asked', () => {
	const played = HandPlayed.of('ab', SINGLY);
	played.play(lastFor(3500));

	expect(news(played)).toBe('Waiting 58 min 20 s: the calls that Zoho allows are used up.');
	for (const later of [0, 200, 3_000_000]) {
		played.now = later;
		expect([news(played), played.next()]).toEqual([undefined, `wait ${3_500_000 - later}`]);
	}
});

it('the next wait is told as well', () => {
	const played = HandPlayed.of('abc', SINGLY);
	played.play(lastFor(30));
	expect(news(played)).toMatch('Waiting 30 s');
	played.now = 30_000;
	played.play(lastFor(60));

	expect(news(played)).toMatch('Waiting 1 min');
});

it('what is over in less than a second is no news', () => {
	const [brief, second] = [0.9, 1].map((seconds) => {
		const played = HandPlayed.of('ab', SINGLY);
		played.play(lastFor(seconds));
		return news(played);
	});

	expect([brief, second]).toEqual([undefined, expect.stringContaining('Waiting 1 s')]);
});

it('nobody is told of a wait where nothing is left to be sent', () => {
	const played = HandPlayed.of('a', SINGLY);
	played.play(lastFor(3500));

	expect([news(played), played.next()]).toEqual([undefined, 'done']);
});

it('the next call goes in its time, also while others are under way', () => {
	const played = HandPlayed.of('abc', { ...SINGLY, maxParallelRequests: 2, batchInterval: 50 });
	played.play(told);
	played.now = 50;
	played.call();

	expect(played.next()).toBe('wait 50');
});

it('calls under way may be the last ones: the wait is told once they have ended and more is to be sent', () => {
	const [all, some] = ['abc', 'abcd'].map((records) => {
		const played = HandPlayed.of(records, { ...SINGLY, maxParallelRequests: 2 });
		played.play(told);
		const [first, second] = [played.call(), played.call()];
		played.take(first, lastFor(60)('b'));
		expect(news(played)).toBeUndefined();
		played.now = 500;
		played.take(second, lastFor(60)('c'));
		return [news(played), news(played), played.next()];
	});

	expect(all).toEqual([undefined, undefined, 'done']);
	expect(some).toEqual([expect.stringMatching('Waiting 1 min:'), undefined, 'wait 60000']);
});

it('nobody is told of a wait while it is not known whether the input has more to be sent', () => {
	const played = new HandPlayed('a', SINGLY);
	played.play(lastFor(60));
	expect(news(played)).toBeUndefined();
	played.plan.close();

	expect([news(played), played.next()]).toEqual([undefined, 'done']);
});

it('the pause before a call is made again is told by its own sentence alone', () => {
	const played = HandPlayed.of('ab', SINGLY);
	const answer = { ...TOO_MANY, ...usedUpFor(30), retryAfterMs: 30_000 };

	expect(played.take(played.call(), answer)).toMatch('Trying 1 record again in 30 s.');
	expect([news(played), played.next()]).toEqual([undefined, 'wait 30000']);
});

it('a quota that is used up for longer than that pause is told beside it', () => {
	const played = HandPlayed.of('ab', SINGLY);
	const answer = { ...TOO_MANY, ...usedUpFor(3500), retryAfterMs: 5000 };

	expect(played.take(played.call(), answer)).toMatch('Trying 1 record again in 5 s.');
	expect(news(played)).toMatch('Waiting 58 min 20 s');
});

it('a run that stops tells of the wait that a call asks for which is not made again', () => {
	const played = HandPlayed.of('abcdef', {
		batchSize: 2,
		maxParallelRequests: 2,
		maxRetries: 2,
		stopAtFailure: true,
	});
	played.play(told);
	const [first, second] = [played.call(), played.call()];
	played.take(first, ONE_IS_DEAD);

	expect(played.take(second, { ...TOO_MANY, retryAfterMs: 3_500_000 })).toBeUndefined();
	expect(news(played)).toMatch('Waiting 58 min 20 s');
});
