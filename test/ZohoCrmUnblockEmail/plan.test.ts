/** What ends a run, what is kept back, and what a run tells of itself. */
import { failure } from '../../nodes/zoho/failures';
import { CONTACTS, entry, HandPlayed, LEADS, refusal, reply, REVOKED, told } from './planByHand';

const LOST = failure('networkError', { code: 'ECONNRESET', message: 'Lost.' });
const OURS = failure('badResponse', { message: 'A fault of ours.', transient: false });

describe('what is refused for all', () => {
	it('is not sent for the rest of its module, and another module goes on', () => {
		const played = new HandPlayed('ab', { batchSize: 1 });
		played.add('c', CONTACTS);
		played.plan.close();
		const calls = played.playAll((ids) =>
			ids === 'c' ? told(ids) : refusal('INVALID_MODULE', 'no such module'),
		);

		expect(calls).toEqual(['a', 'c']);
		expect(played.saidOf('ab')).toEqual(['invalidModule', 'not sent']);
		expect(played.said('c', CONTACTS)).toBe('unblocked');
		expect(played.plan.outbox.abortedFor).toBeUndefined();
	});

	it('is told of the records that were kept back, and of no other group', () => {
		const played = new HandPlayed('', { batchSize: 1 });
		const groups = ['Leeds', 'Leads'].map((module) => ({ module, fields: ['Email'] }));
		for (const group of groups) played.add('a', group);
		played.plan.close();
		played.play(refusal('INVALID_MODULE', 'no such module'));

		const refusals = groups.map((group) => played.refusal(group)?.reason);
		expect(refusals).toEqual(['invalidModule', undefined]);
	});

	it('ends the run where it is the account, for the first reason that there was', () => {
		const played = HandPlayed.of('abc', { batchSize: 1, maxParallelRequests: 2 });
		played.play(told);
		const calls = [played.call(), played.call()];
		played.take(calls[0]!, REVOKED);
		played.take(calls[1]!, refusal('OAUTH_SCOPE_MISMATCH', 'no scope', {}, 401));

		expect(played.plan.outbox.abortedFor?.reason).toBe('authenticationFailed');
		// What was not sent is told why the run ended, and not that its module was refused.
		expect(played.refusal(LEADS)).toBeUndefined();
		expect(played.saidOf('bc')).toEqual(['authenticationFailed', 'scopeMismatch']);
		expect(played.next()).toBe('done');
	});

	it('ends the run also where it is told in an entry', () => {
		const played = HandPlayed.of('abc', { batchSize: 2 });
		played.play(reply(200, { data: [entry('a'), entry('b', 'OAUTH_SCOPE_MISMATCH', 'no scope')] }));

		expect(played.plan.outbox.abortedFor?.reason).toBe('scopeMismatch');
		expect(played.saidOf('abc')).toEqual(['unblocked', 'scopeMismatch', 'not sent']);
	});
});

describe('a run', () => {
	it('counts every request, also the one that met an expired token', () => {
		const played = HandPlayed.of('ab', { batchSize: 1 });
		played.take(played.call(), told('a'), 2);
		played.take(played.call(), LOST, 3);

		expect(played.plan.outbox.requests).toBe(5);
	});

	it('tells what Zoho said last of the credits that are left', () => {
		const played = HandPlayed.of('abc', { batchSize: 1 });
		expect(played.plan.outbox.creditsLeft).toBeUndefined();
		played.play(told('a', '', { headers: { 'x-api-credits-remaining': '7' } }));
		played.play(told('b'));
		expect(played.plan.outbox.creditsLeft).toBe('7');
		played.play(told('c', '', { headers: { 'x-api-credits-remaining': '6' } }));
		expect(played.plan.outbox.creditsLeft).toBe('6');
	});

	it('keeps to the calls that Zoho says are left', () => {
		const quota = JSON.stringify([{ 'remaining-count': 0, 'retry-after': 30 }]);
		const played = HandPlayed.of('ab', { batchSize: 1 });
		played.play(told('a', '', { headers: { 'x-rate-limit': quota } }));

		expect(played.next()).toBe('wait 30000');
		expect(played.plan.outbox.abortedFor).toBeUndefined();
	});

	it('ends where no call is left for longer than an hour, and says from when on there are more', () => {
		const ends = [3600, 3601].map((seconds) => {
			const quota = JSON.stringify([{ 'remaining-count': 0, 'retry-after': seconds }]);
			const played = HandPlayed.of('ab', { batchSize: 1 });
			played.now = 10;
			played.play(told('a', '', { headers: { 'x-rate-limit': quota } }));
			expect(played.said('a')).toBe('unblocked');
			return [played.plan.outbox.abortedFor, played.next()];
		});

		expect(ends[0]).toEqual([undefined, 'wait 3600000']);
		expect(ends[1]).toEqual([
			expect.objectContaining({
				reason: 'rateLimited',
				retryAt: 3_601_010,
				message: 'Zoho says that the calls it allows are used up.',
			}),
			'done',
		]);
	});

	it('goes on where calls are left, however long it takes until there are more', () => {
		const quota = JSON.stringify([{ 'remaining-count': 1, 'retry-after': 7200 }]);
		const played = HandPlayed.of('ab', { batchSize: 1 });
		played.play(told('a', '', { headers: { 'x-rate-limit': quota } }));

		expect([played.plan.outbox.abortedFor, played.next()]).toEqual([undefined, 'b']);
	});

	it('knows nothing of a module of which it was given no record', () => {
		const played = HandPlayed.of('a');

		expect([played.outcome('a', CONTACTS), played.refusal(CONTACTS)]).toEqual([
			undefined,
			undefined,
		]);
	});

	it('sends nothing for the failure of an item, and nothing once it was ended', () => {
		const [stopped, ended] = [HandPlayed.of('a'), HandPlayed.of('a')];
		stopped.plan.outbox.abort();
		ended.plan.outbox.abort(OURS);
		ended.plan.outbox.abort(LOST);

		expect([stopped.next(), ended.next()]).toEqual(['done', 'done']);
		expect(ended.plan.outbox.abortedFor).toBe(OURS);
	});

	it('that stops at a failure waits for all input before its first call, and no other does', () => {
		const [held, free] = [true, false].map(
			(stopAtFailure) => new HandPlayed('ab', { batchSize: 1, stopAtFailure }),
		);

		expect([held!.next(), free!.next()]).toEqual(['later', 'a']);
		held!.plan.close();
		expect(held!.next()).toBe('a');
	});

	it('that was cut short leaves its open calls in doubt, and says so of no other record', () => {
		const played = HandPlayed.of('abc', { batchSize: 1 });
		played.play(told);
		played.call();
		played.plan.finish();

		expect(played.saidOf('abc')).toEqual(['unblocked', 'badResponse?', 'not sent']);
	});
});

describe('a size that Zoho does not take', () => {
	const limit = (most: number) => (ids: string) =>
		ids.length > most
			? refusal('LIMIT_EXCEEDED', 'too many ids', { maximum_length: most })
			: told(ids);

	it('costs one call, and everybody is done in calls of the size that it takes', () => {
		const played = HandPlayed.of('abcdefg');

		expect(played.playAll(limit(3))).toEqual(['abcdefg', 'abc', 'def', 'g']);
		expect(played.saidOf('abcdefg')).toEqual(Array(7).fill('unblocked'));
	});

	it('is learned one call at a time, and then several go at once', () => {
		const played = HandPlayed.of('abcdefgh', { batchSize: 4, maxParallelRequests: 3 });
		played.play(limit(2));
		const call = played.call();
		expect(played.next()).toBe('later');
		played.take(call, told('ab'));
		expect([played.next(), played.next(), played.next()]).toEqual(['cd', 'ef', 'gh']);
	});

	it('is known to another module, too', () => {
		const played = new HandPlayed('abc');
		for (const id of 'xyz') played.add(id, CONTACTS);
		played.plan.close();

		expect(played.playAll(limit(2))).toEqual(['abc', 'ab', 'c', 'xy', 'z']);
	});
});
