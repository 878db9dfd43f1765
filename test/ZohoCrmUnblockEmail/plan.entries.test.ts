/** Replies that speak of each record: who is done, who goes again, and who may have been done. */
import { entry, HandPlayed, ONE_IS_DEAD, refusal, reply, told } from './planByHand';

describe('records that are told of one by one', () => {
	const failing = (id: string) => entry(id, 'INTERNAL_ERROR', 'Busy');

	it('go again alone where Zoho failed at them, and the others are done', () => {
		const played = HandPlayed.of('abcd');
		const log = played.take(
			played.call(),
			reply(200, { data: [entry('a'), failing('b'), entry('c'), failing('d')] }),
		);

		expect(log).toBe('Busy Trying 2 records again in 1 s.');
		expect(played.plan.outbox.retries).toBe(1);
		expect(played.saidOf('abcd')).toEqual(['unblocked', 'not sent', 'unblocked', 'not sent']);
		expect(played.next()).toBe('wait 1000');
		played.now = 1000;
		expect(played.play(told)).toBe('bd');
		expect(played.next()).toBe('done');
		expect(played.saidOf('bd')).toEqual(['unblocked', 'unblocked']);
	});

	it('wait for as long as Zoho asks', () => {
		const played = HandPlayed.of('ab');
		const body = { data: [entry('a'), failing('b')] };
		played.take(played.call(), reply(200, body, { retryAfterMs: 3000 }));

		expect(played.next()).toBe('wait 3000');
	});

	it.each([207, 429])(
		'say from when on to try again where a limit is told in entries (HTTP %i)',
		(status) => {
			const limit = (id: string) => entry(id, 'LIMIT_EXCEEDED', 'limit exceeded');
			const played = HandPlayed.of('abc', { batchSize: 2 });
			played.now = 1000;
			played.play(reply(status, { data: [limit('a'), limit('b')] }, { retryAfterMs: 7_200_000 }));

			for (const id of 'ab') {
				expect(played.outcome(id)).toMatchObject({
					reason: 'rateLimited',
					retryAt: 7_201_000,
				});
			}
			expect(played.plan.outbox.abortedFor).toMatchObject({
				reason: 'rateLimited',
				retryAt: 7_201_000,
			});
		},
	);

	it('say from when on to try again where only the words of the limit tell', () => {
		const words = 'Cannot execute more than 100 requests per API. Try again after 22 minutes.';
		const played = HandPlayed.of('ab', { maxRetries: 0 });
		const limit = entry('a', 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED', words);
		played.play(reply(207, { data: [limit, entry('b')] }));

		expect(played.outcome('a')).toMatchObject({ retryAt: 22 * 60_000 });
		expect(played.plan.outbox.abortedFor).toMatchObject({ retryAt: 22 * 60_000 });
	});

	it('say nothing of trying again where it is in vain, whatever wait a reply asks for', () => {
		const dead = entry('a', 'NOT_ALLOWED', 'blocked permanently');
		const played = HandPlayed.of('ab');
		played.play(reply(207, { data: [dead, entry('b')] }, { retryAfterMs: 3000 }));

		expect(played.outcome('a')).not.toHaveProperty('retryAt');
	});

	it('fail with what Zoho failed at once the retries are used up, and the run goes on', () => {
		const played = HandPlayed.of('abc', { batchSize: 2, maxRetries: 0 });
		const calls = played.playAll((ids) =>
			ids === 'ab' ? reply(200, { data: [entry('a'), failing('b')] }) : told(ids),
		);

		expect(calls).toEqual(['ab', 'c']);
		expect(played.saidOf('abc')).toEqual(['unblocked', 'serverError?', 'unblocked']);
		expect(played.plan.outbox.abortedFor).toBeUndefined();
	});

	it('end the run where there are too many calls and no retry is left', () => {
		const limit = entry('c', 'TOO_MANY_REQUESTS', 'too many');
		const played = HandPlayed.of('abcd', { batchSize: 3, maxRetries: 0 });
		played.play(reply(200, { data: [entry('a'), failing('b'), limit] }));

		expect(played.plan.outbox.abortedFor?.reason).toBe('rateLimited');
		expect(played.next()).toBe('done');
		expect(played.saidOf('abcd')).toEqual(['unblocked', 'serverError?', 'rateLimited', 'not sent']);
	});

	it('have others wait where there are too many calls, whatever else went wrong', () => {
		const limit = entry('b', 'TOO_MANY_REQUESTS', 'too many');
		const played = HandPlayed.of('abc', { batchSize: 2, maxParallelRequests: 3 });
		const log = played.take(played.call(), reply(200, { data: [failing('a'), limit] }));

		expect(log).toBe('too many Trying 2 records again in 1 s.');
		expect(played.next()).toBe('wait 1000');
	});

	it('may have been done where a reply leaves them out, and go again', () => {
		const played = HandPlayed.of('ab');
		played.play(told('a'));
		played.now = 1000;

		expect(played.play(refusal('NOT_ALLOWED', 'already unblocked'))).toBe('b');
		expect(played.saidOf('ab')).toEqual(['unblocked', 'unblocked']);
	});

	it('were not done where Zoho failed at them in so many words', () => {
		const played = HandPlayed.of('ab', { alreadyUnblocked: 'error' });
		const limit = entry('b', 'TOO_MANY_REQUESTS', 'too many');
		played.play(reply(200, { data: [entry('a'), limit] }));
		played.now = 1000;
		played.play(refusal('NOT_ALLOWED', 'already unblocked'));

		expect(played.said('b')).toBe('alreadyUnblocked');
	});

	it('throw no suspicion on another where an entry tells what is wrong with the account', () => {
		const played = HandPlayed.of('ab');
		played.play(ONE_IS_DEAD);
		played.play(reply(207, { data: [entry('a', 'OAUTH_SCOPE_MISMATCH', 'invalid scope')] }));

		expect(played.next()).toBe('done');
		expect(played.saidOf('ab')).toEqual(['scopeMismatch', 'not sent']);
	});

	it('throw no suspicion on another where the bad one is told in other words than the call was', () => {
		const details = { expected_data_type: 'bigint', json_path: '$.ids[0]' };
		const played = HandPlayed.of('ab');
		const calls = played.playAll((ids) => {
			if (ids === 'ab') {
				return refusal('INVALID_DATA', 'Invalid record provided', { resource_path_index: 1 });
			}
			const bad = { code: 'INVALID_DATA', message: 'invalid data', details };
			return ids === 'a' ? reply(400, { data: [bad] }) : told(ids);
		});

		expect(calls).toEqual(['ab', 'a', 'b']);
		expect(played.saidOf('ab')).toEqual(['invalidRequest', 'unblocked']);
	});

	it('leave the one that a call was refused for among the others where they fail for known causes of their own', () => {
		const played = HandPlayed.of('ab');
		const calls = played.playAll((ids) =>
			ids === 'ab' ? refusal('INVALID_DATA', 'Invalid record provided') : told('', ids),
		);

		expect(calls).toEqual(['ab', 'a']);
		expect(played.saidOf('ab')).toEqual(['permanentlyBlocked', 'recordNotFound']);
	});

	it('are not sent in vain where Zoho refuses the account in an entry that names nobody', () => {
		const scope = { code: 'OAUTH_SCOPE_MISMATCH', message: 'invalid scope', details: {} };
		const played = HandPlayed.of('abcdef', { batchSize: 2 });

		expect(played.playAll(() => reply(207, { data: [scope] }))).toEqual(['ab']);
		expect(played.plan.outbox.abortedFor?.reason).toBe('scopeMismatch');
		expect(played.saidOf('abc')).toEqual(['scopeMismatch', 'scopeMismatch', 'not sent']);
	});

	it('are told apart where HTTP 200 came with the refusal of one that nobody names', () => {
		const dead = { code: 'NOT_ALLOWED', message: 'blocked permanently', details: {} };
		const played = HandPlayed.of('abcd');
		played.playAll((ids) => (ids.includes('c') ? reply(200, { data: [dead] }) : told(ids)));

		expect(played.saidOf('abcd')).toEqual([
			'unblocked',
			'unblocked',
			'permanentlyBlocked',
			'unblocked',
		]);
	});

	it('go again at once where a refusal names others only: nothing was done for them', () => {
		const played = HandPlayed.of('abc');
		const dead = entry('b', 'NOT_ALLOWED', 'blocked permanently');
		const log = played.take(played.call(), reply(400, { data: [dead] }));

		expect(log).toBeUndefined();
		expect(played.plan.outbox.retries).toBe(0);
		expect(played.play(told)).toBe('ac');
		expect(played.saidOf('abc')).toEqual(['unblocked', 'permanentlyBlocked', 'unblocked']);
		expect(played.groups.ways.refusesWhole).toBe(true);
	});
});

describe('an entry without a name beside others that have one', () => {
	const nameless = (code: string) => ({ code, message: 'No.', details: {} });

	it.each([207, 400])('ends the run where it refuses the account (HTTP %i)', (status) => {
		const played = HandPlayed.of('abcd', { batchSize: 2 });
		const data = [entry('a', 'NOT_ALLOWED', 'blocked permanently'), nameless('INVALID_TOKEN')];
		const calls = played.playAll(() => reply(status, { data }));

		expect(calls).toEqual(['ab']);
		expect(played.plan.outbox.abortedFor?.reason).toBe('authenticationFailed');
		// Where the call was let in, nobody knows whether it was done for the one that is left out.
		expect(played.saidOf('abcd')).toEqual([
			'permanentlyBlocked',
			status === 207 ? 'authenticationFailed?' : 'authenticationFailed',
			'not sent',
			'not sent',
		]);
	});

	it('alone tells of those left out: a limit in an entry with a name is of its record', () => {
		const played = HandPlayed.of('ab', { maxRetries: 0 });
		played.play(reply(207, { data: [entry('a', 'LIMIT_EXCEEDED', 'No.')] }));

		expect(played.saidOf('ab')).toEqual(['rateLimited', 'badResponse?']);
	});

	it('ends the run also where no record is left out', () => {
		const played = HandPlayed.of('ab', { batchSize: 1 });
		const data = [entry('a'), nameless('OAUTH_SCOPE_MISMATCH')];

		expect(played.playAll(() => reply(207, { data }))).toEqual(['a']);
		expect(played.plan.outbox.abortedFor?.reason).toBe('scopeMismatch');
		expect(played.said('a')).toBe('unblocked');
	});

	it.each([207, 429])(
		'has those that are left out wait where it tells a limit (HTTP %i)',
		(status) => {
			const played = HandPlayed.of('abc');
			const data = [entry('a'), nameless('LIMIT_EXCEEDED')];
			const log = played.take(played.call(), reply(status, { data }));

			expect(log).toBe('No. Trying 2 records again in 1 s.');
			expect(played.next()).toBe('wait 1000');
			played.now = 1000;
			expect(played.play(told)).toBe('bc');
			expect(played.saidOf('abc')).toEqual(['unblocked', 'unblocked', 'unblocked']);
		},
	);

	it('tells a limit also by the HTTP status alone', () => {
		const played = HandPlayed.of('ab');
		played.play(reply(429, { data: [entry('a'), nameless('SOMETHING')] }));

		expect(played.next()).toBe('wait 1000');
	});

	it('says nothing of those that are left out where it may be about any one record', () => {
		const played = HandPlayed.of('abc');
		played.play(reply(400, { data: [entry('a', 'INVALID_DATA', 'x'), nameless('INVALID_DATA')] }));

		expect(played.next()).toBe('bc');
	});
});
