/** A refusal that nobody has listed may be of one record or of all: nobody is to be given up for another. */
import { failure, type Failure } from '../../nodes/zoho/failures';
import {
	CONTACTS,
	entry,
	HandPlayed,
	LEADS,
	LOCKED,
	ONE_IS_DEAD,
	refusal,
	refusing,
	reply,
	told,
} from './planByHand';

const NO_WAY = failure('networkError', { code: 'ECONNREFUSED', message: 'No.', doubtful: false });

describe('a refusal that nobody has listed', () => {
	it('is of one record where single ones pass, and all others are done', () => {
		const played = HandPlayed.of('abcdefgh');
		const calls = played.playAll(refusing('e', LOCKED));

		expect(calls.slice(0, 2)).toEqual(['abcdefgh', 'a']);
		expect(played.saidOf('abcdefgh').filter((said) => said === 'unblocked')).toHaveLength(7);
		expect(played.said('e')).toBe('invalidRequest');
		expect(played.outcome('e')).toMatchObject({ reach: 'record' });
		expect(played.groups.ways.refusesWhole).toBe(true);
		expect(played.refusal(LEADS)).toBeUndefined();
	});

	it('is of all where single ones meet it, too: nothing more is sent, and all are told of it', () => {
		const played = new HandPlayed('abcdefgh', { batchSize: 6 });
		played.add('x', CONTACTS);
		played.plan.close();
		const calls = played.playAll((ids) => (ids === 'x' ? told(ids) : LOCKED));

		expect(calls.filter((ids) => ids !== 'x')).toEqual(['abcdef', 'a', 'f', 'd']);
		expect(played.saidOf('abcdef')).toEqual(Array(6).fill('invalidRequest'));
		expect(played.saidOf('gh')).toEqual(['not sent', 'not sent']);
		// No record is accused of what is not its own.
		expect([...'abcdef'].map((id) => (played.outcome(id) as Failure).reach)).not.toContain(
			'record',
		);
		expect(played.refusal(LEADS)).toMatchObject({
			reason: 'invalidRequest',
			reach: 'call',
		});
		expect(played.said('x', CONTACTS)).toBe('unblocked');
	});

	it('is of all where four calls of one record each meet it, and nothing more is sent', () => {
		expect(HandPlayed.of('abcdefgh', { batchSize: 1 }).playAll(() => LOCKED)).toHaveLength(4);
	});

	it('is of all also where a single record before was refused for a listed reason of its own', () => {
		const gone = refusal('INVALID_DATA', 'Invalid record provided');
		const played = HandPlayed.of('abcdefgh', { batchSize: 1 });
		const calls = played.playAll((ids) => (ids === 'a' ? gone : LOCKED));

		expect(calls).toHaveLength(5);
		expect(played.refusal()?.reason).toBe('invalidRequest');
	});

	it('is not of all for the sake of batches, however many are refused: single records decide', () => {
		const played = new HandPlayed('', { batchSize: 3, maxParallelRequests: 5 });
		played.add('x', CONTACTS);
		played.add('abcdefghijklmno');
		played.plan.close();
		played.play(told);
		const batches = Array.from({ length: 5 }, () => played.call());
		for (const batch of batches) played.take(batch, LOCKED);
		played.playAll(refusing('behkn', LOCKED));

		expect(played.refusal()).toBeUndefined();
		expect(played.saidOf('behkn')).toEqual(Array(5).fill('invalidRequest'));
		expect(played.saidOf('acdfgijlmo')).toEqual(Array(10).fill('unblocked'));
	});

	it('is of single records in a module where calls were let in before', () => {
		const played = HandPlayed.of('abcdefghij', { batchSize: 2 });
		const calls = played.playAll(refusing('cdefgh', LOCKED));

		expect(calls[0]).toBe('ab');
		expect(played.saidOf('abij')).toEqual(Array(4).fill('unblocked'));
		expect(played.saidOf('cdefgh')).toEqual(Array(6).fill('invalidRequest'));
	});

	it('is tried with one call at a time, however many may go at once', () => {
		const played = HandPlayed.of('abcdef', { batchSize: 3, maxParallelRequests: 4 });
		played.play(LOCKED);
		const single = played.call();

		expect([...single.batch.ids]).toEqual(['a']);
		expect(played.next()).toBe('later');
		played.take(single, LOCKED);
		expect(played.next()).toBe('c');
	});

	it('does not keep another module from going on meanwhile', () => {
		const played = new HandPlayed('ab', { maxParallelRequests: 3 });
		played.add('x', CONTACTS);
		played.plan.close();
		played.play(LOCKED);

		expect([played.next(), played.next(), played.next()]).toEqual(['a', 'x', 'later']);
	});

	it('is tried again with the same record where that was lost on the way', () => {
		const played = HandPlayed.of('abc', { maxParallelRequests: 3 });
		played.play(LOCKED);
		played.play(NO_WAY);

		expect(played.next()).toBe('wait 1000');
		played.now += 1000;
		expect(played.next()).toBe('a');
		expect(played.next()).toBe('later');
	});

	it('blames nobody in the batch once one of it has failed for another cause', () => {
		const played = HandPlayed.of('abc', { maxRetries: 0 });
		const calls = played.playAll((ids) =>
			ids.length === 3 ? LOCKED : ids === 'a' ? NO_WAY : told(ids),
		);

		expect(calls).toEqual(['abc', 'a', 'b', 'c']);
		expect(played.saidOf('abc')).toEqual(['networkError', 'unblocked', 'unblocked']);
	});

	it('is known again where it was found to be of single records: nobody is kept back for it', () => {
		const played = HandPlayed.of('abcdefgh', { batchSize: 2 });
		// "a" is not unblocked either, and yet it says that Zoho looks at each record.
		const calls = played.playAll((ids) => (ids === 'a' ? ONE_IS_DEAD : LOCKED));

		expect(calls.slice(0, 2)).toEqual(['ab', 'a']);
		expect(played.saidOf('abcdefgh')).toEqual([
			'permanentlyBlocked',
			...Array<string>(7).fill('invalidRequest'),
		]);
		expect(played.refusal(LEADS)).toBeUndefined();
	});

	it('leaves the last one as the locked one without a call of its own', () => {
		const played = HandPlayed.of('ab');

		expect(played.playAll(refusing('b', LOCKED))).toEqual(['ab', 'a']);
		expect(played.outcome('b')).toMatchObject({
			reach: 'record',
			code: 'NOT_ALLOWED',
		});
	});

	it('does not cost a call with all but one of a batch that is known to hold a locked one', () => {
		const calls = HandPlayed.of('abcd').playAll(refusing('c', LOCKED));

		expect(calls.slice(0, 2)).toEqual(['abcd', 'a']);
		expect(calls).not.toContain('bcd');
	});

	it('leaves the others out of suspicion once the locked one was met alone', () => {
		const played = HandPlayed.of('abc');

		expect(played.playAll(refusing('a', LOCKED))).toEqual(['abc', 'a', 'c', 'b']);
		expect(played.saidOf('abc')).toEqual(['invalidRequest', 'unblocked', 'unblocked']);
	});

	it('blames nobody for what may be the fault of a single one that Zoho failed at', () => {
		const played = HandPlayed.of('abc', { maxRetries: 0 });
		const busy = reply(207, { data: [entry('a', 'INTERNAL_ERROR', 'Busy')] });
		played.playAll((ids) => (ids.length === 3 ? LOCKED : ids === 'a' ? busy : told(ids)));

		expect(played.saidOf('abc')).toEqual(['serverError?', 'unblocked', 'unblocked']);
	});

	it('takes no more calls to find where the first single one was unblocked already than where it was not', () => {
		const already = (id: string) =>
			reply(207, { data: [entry(id, 'NOT_ALLOWED', 'already unblocked')] });
		const [ofOther, ofDone] = [already, told].map((first) =>
			HandPlayed.of('abcdefghijklmnop').playAll((ids) =>
				ids === 'a' ? first(ids) : refusing('p', LOCKED)(ids),
			),
		);

		expect(ofOther).toEqual(ofDone);
	});

	it('ends with the run where the account is refused in the entry of a single one, as in a reply', () => {
		const scope = entry('a', 'OAUTH_SCOPE_MISMATCH', 'invalid oauth scope');
		const inEntry = HandPlayed.of('abcdefgh');
		const inReply = HandPlayed.of('abcdefgh');
		for (const played of [inEntry, inReply]) played.play(LOCKED);
		inEntry.play(reply(207, { data: [scope] }));
		inReply.play(refusal('OAUTH_SCOPE_MISMATCH', 'invalid oauth scope', {}, 401));

		for (const played of [inEntry, inReply]) {
			expect(played.plan.outbox.abortedFor?.reason).toBe('scopeMismatch');
			expect(played.next()).toBe('done');
			expect(played.said('a')).toBe('scopeMismatch');
		}
		expect(inEntry.saidOf('bcdefgh')).toEqual(inReply.saidOf('bcdefgh'));
	});

	it('is of all also where single ones are told it in entries: three of them, and no more', () => {
		const locked = (ids: string) =>
			reply(207, { data: [entry(ids, 'NOT_ALLOWED', 'The record is locked by a process')] });
		const played = HandPlayed.of('abcdefgh');
		const calls = played.playAll((ids) => (ids.length > 1 ? LOCKED : locked(ids)));

		expect(calls).toHaveLength(4);
		expect(played.saidOf('abcdefgh')).toEqual(Array(8).fill('invalidRequest'));
	});

	it('is still in question where all that was told of before was the same', () => {
		const locked = (id: string) => entry(id, 'NOT_ALLOWED', 'The record is locked by a process');
		const played = HandPlayed.of('abcdefghijkl', { batchSize: 2 });
		played.play(reply(207, { data: [locked('a'), locked('b')] }));
		const calls = played.playAll(() => LOCKED);

		expect(calls).toHaveLength(4);
		expect(played.refusal(LEADS)?.reason).toBe('invalidRequest');
	});

	it('is none of all where one record of a call was unblocked, though the other is locked', () => {
		const locked = entry('b', 'NOT_ALLOWED', 'The record is locked by a process');
		const played = HandPlayed.of('abcdefgh', { batchSize: 2 });
		played.play(reply(207, { data: [entry('a'), locked] }));
		played.playAll(() => LOCKED);

		expect(played.saidOf('abcdefgh')).toEqual([
			'unblocked',
			...Array<string>(7).fill('invalidRequest'),
		]);
		expect(played.refusal(LEADS)).toBeUndefined();
	});
});

describe('another call that was under way when a refusal came that nobody has listed', () => {
	/** A batch was refused, and another one is still open. */
	function withOpenCall() {
		const played = new HandPlayed('', { batchSize: 3, maxParallelRequests: 2, maxRetries: 0 });
		// The first call goes alone, and is of another module.
		played.add('x', CONTACTS);
		played.add('abcdef');
		played.plan.close();
		played.play(told);
		const [refused, other] = [played.call(), played.call()];
		played.take(refused, LOCKED);
		return { played, other };
	}

	it('is waited for: it may decide', () => {
		const { played, other } = withOpenCall();
		expect(played.next()).toBe('later');
		played.take(other, told('def'));
		played.playAll(refusing('b', LOCKED));

		expect(played.saidOf('abc')).toEqual(['unblocked', 'invalidRequest', 'unblocked']);
	});

	it('settles its records by their entries where it has some', () => {
		const locked = (id: string) => entry(id, 'NOT_ALLOWED', 'The record is locked by a process');
		const { played, other } = withOpenCall();
		played.take(other, reply(207, { data: [...'def'].map(locked) }));

		expect(played.saidOf('def')).toEqual(Array(3).fill('invalidRequest'));
	});

	it.each([
		['is refused for the sake of one record', ONE_IS_DEAD],
		['got through to nobody', NO_WAY],
	])('decides nothing where it %s: a single record does', (_, answer) => {
		const { played, other } = withOpenCall();
		played.take(other, answer);
		const single = played.call();
		expect([single.batch.ids.length, played.next()]).toEqual([1, 'later']);
		played.take(single, LOCKED);
		played.playAll(told);

		const said = played.saidOf('abc');
		expect(said.filter((word) => word !== 'unblocked').length).toBeLessThanOrEqual(1);
	});
});
