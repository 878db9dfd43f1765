/** On Error is Stop Workflow: after the first failure only what may still be known of its call is sent. */
import { failure } from '../../nodes/zoho/failures';
import {
	BUSY,
	CONTACTS,
	entry,
	HandPlayed,
	LOCKED,
	ONE_IS_DEAD,
	refusal,
	reply,
	REVOKED,
	told,
	TOO_MANY,
} from './planByHand';

const stopping = (records: string, more = {}) =>
	HandPlayed.of(records, { stopAtFailure: true, batchSize: 2, maxRetries: 0, ...more });

const DEAD = 'blocked permanently';
const NO_WAY = failure('networkError', { code: 'ECONNREFUSED', message: 'No.', doubtful: false });

describe('the first failure', () => {
	it.each([
		['is a record of several', reply(207, { data: [entry('a'), entry('b', 'NOT_ALLOWED', DEAD)] })],
		['is a call that got through to nobody', NO_WAY],
		['is the module', refusal('INVALID_MODULE', 'no such module')],
	])('keeps everything back that was not under way where it %s', (_, answer) => {
		const played = stopping('abcd');
		played.plan.add(CONTACTS, 'x');
		played.play(answer);

		expect(played.next()).toBe('done');
		expect(played.saidOf('cd')).toEqual(['not sent', 'not sent']);
		expect(played.said('x', CONTACTS)).toBe('not sent');
	});

	it('is none where a record that was not blocked counts as a success', () => {
		const already = refusal('NOT_ALLOWED', 'already unblocked');
		const played = stopping('ab', { batchSize: 1 });
		played.play(already);
		expect(played.next()).toBe('b');

		const failing = stopping('ab', { batchSize: 1, alreadyUnblocked: 'error' });
		failing.play(already);
		expect(failing.next()).toBe('done');
	});

	it('stops no run that is to go on', () => {
		const played = stopping('abcd', { stopAtFailure: false });
		played.play(reply(207, { data: [entry('a'), entry('b', 'NOT_ALLOWED', DEAD)] }));

		expect(played.next()).toBe('cd');
	});

	it('has its call searched for the bad record, and the good ones of it are done', () => {
		const played = stopping('abcdefgh', { batchSize: 4 });
		const calls = played.playAll((ids) => (ids.includes('b') ? ONE_IS_DEAD : told(ids)));

		expect(calls.join('')).not.toMatch(/[e-h]/);
		expect(played.saidOf('abcd')).toEqual([
			'unblocked',
			'permanentlyBlocked',
			'unblocked',
			'unblocked',
		]);
		expect(played.saidOf('efgh')).toEqual(Array(4).fill('not sent'));
	});

	it('has the others of its call done where Zoho names the record', () => {
		const named = refusal('NOT_ALLOWED', DEAD, { json_path: '$.ids[0]' });
		const played = stopping('abcd', { batchSize: 3 });
		const calls = played.playAll((ids) => (ids.includes('a') ? named : told(ids)));

		expect(calls).toEqual(['abc', 'bc']);
		expect(played.saidOf('abcd')).toEqual([
			'permanentlyBlocked',
			'unblocked',
			'unblocked',
			'not sent',
		]);
	});

	it('has those of its call done that a refusal says nothing of, and those that Zoho failed at', () => {
		const played = stopping('abcde', { batchSize: 4, maxRetries: 1 });
		const dead = entry('a', 'NOT_ALLOWED', DEAD);
		played.play(reply(400, { data: [dead, entry('b', 'INTERNAL_ERROR', 'Busy')] }));
		const calls = played.playAll(told);

		expect(calls.sort()).toEqual(['b', 'cd']);
		expect(played.saidOf('abcde')).toEqual([
			'permanentlyBlocked',
			'unblocked',
			'unblocked',
			'unblocked',
			'not sent',
		]);
	});

	it('that is the last retry of a record leaves nothing more to be sent', () => {
		const played = stopping('abc', { maxRetries: 0 });
		played.play(reply(207, { data: [entry('a'), entry('b', 'INTERNAL_ERROR', 'Busy')] }));

		expect(played.next()).toBe('done');
		expect(played.saidOf('abc')).toEqual(['unblocked', 'serverError?', 'not sent']);
	});

	it('of a refusal that nobody has listed is searched for alone', () => {
		const played = stopping('abcdef', { batchSize: 4 });
		const calls = played.playAll((ids) => (ids.includes('c') ? LOCKED : told(ids)));

		expect(calls.join('')).not.toMatch(/[ef]/);
		expect(played.saidOf('abcd')).toEqual([
			'unblocked',
			'unblocked',
			'invalidRequest',
			'unblocked',
		]);
	});
});

describe('a call that was under way at the first failure', () => {
	/** The first call has failed for good; the second one is still open. */
	function withOpenCall(more = {}) {
		const played = stopping('abcdef', { maxParallelRequests: 2, ...more });
		played.play(told);
		const [first, second] = [played.call(), played.call()];
		played.take(first, reply(207, { data: [entry('c'), entry('d', 'NOT_ALLOWED', DEAD)] }));
		return { played, second };
	}

	it('is waited for, and what it did is told', () => {
		const { played, second } = withOpenCall();
		expect(played.next()).toBe('later');
		played.take(second, told('ef'));

		expect(played.next()).toBe('done');
		expect(played.saidOf('ef')).toEqual(['unblocked', 'unblocked']);
	});

	it.each([
		['for a passing reason', BUSY, 'not sent'],
		['for its size', refusal('LIMIT_EXCEEDED', 'too many ids', { maximum_length: 1 }), 'not sent'],
		['for one of its records', ONE_IS_DEAD, 'not sent'],
	])('is not made again where it is refused %s', (_, answer, said) => {
		const { played, second } = withOpenCall({ maxRetries: 3 });
		played.take(second, answer);

		expect(played.next()).toBe('done');
		expect(played.saidOf('ef')).toEqual([said, said]);
		expect(played.plan.summary.retries).toBe(0);
		expect(played.plan.ending).toBeUndefined();
	});

	it('leaves its records in doubt where its reply was lost', () => {
		const { played, second } = withOpenCall();
		played.take(second, failure('networkError', { message: 'Lost.' }));
		played.plan.finish();

		expect(played.saidOf('ef')).toEqual(['badResponse?', 'badResponse?']);
	});

	it('ends the run where it tells that the account is refused, or that no more calls are taken', () => {
		const ends = [REVOKED, TOO_MANY, { ...TOO_MANY, retryAfterMs: 7_200_000 }].map((answer) => {
			const { played, second } = withOpenCall({ maxRetries: 0 });
			played.take(second, answer);
			return `${played.plan.ending?.reason} ${played.plan.ending?.reach}`;
		});

		expect(ends).toEqual(['authenticationFailed account', 'rateLimited rest', 'rateLimited rest']);
	});

	it('has what is still sent wait where Zoho says to it that there are too many', () => {
		const played = stopping('abcdef', { maxParallelRequests: 2, maxRetries: 2 });
		played.play(told);
		const [first, second] = [played.call(), played.call()];
		played.take(first, ONE_IS_DEAD);
		played.take(second, { ...TOO_MANY, retryAfterMs: 4000 });

		expect(played.plan.ending).toBeUndefined();
		expect(played.next()).toBe('wait 4000');
		played.now += 4000;
		expect(played.next()).toBe('c');
	});

	it('is no part of the one call that is searched, also in the same module', () => {
		const played = stopping('abcdef', { maxParallelRequests: 2 });
		played.play(told);
		const [first, second] = [played.call(), played.call()];
		played.take(first, ONE_IS_DEAD);
		played.take(second, ONE_IS_DEAD);
		const calls = played.playAll(told);

		expect(calls).toEqual(['c']);
		expect(played.saidOf('cdef')).toEqual([
			'unblocked',
			'permanentlyBlocked',
			'not sent',
			'not sent',
		]);
	});
});

describe('parts of one batch that was refused as a whole', () => {
	it('are all searched where one of them fails for good: the run has not stopped before', () => {
		const already = refusal('NOT_ALLOWED', 'already unblocked');
		const played = stopping('abcdefgh', { batchSize: 8, maxParallelRequests: 2 });
		// Whichever record it is true of, it is a success, as the user has chosen.
		played.play(already);
		played.playAll((ids) => (ids.includes('a') ? ONE_IS_DEAD : told(ids)));

		expect(played.saidOf('abcdefgh')).toEqual([
			'permanentlyBlocked',
			...Array<string>(7).fill('unblocked'),
		]);
	});
});
