/** Calls that are refused for the sake of single records: nobody beside those is to be lost. */
import {
	CONTACTS,
	entry,
	HandPlayed,
	LEADS,
	LOCKED,
	ONE_IS_DEAD,
	refusal,
	reply,
	told,
} from './planByHand';
import { failure } from '../../nodes/zoho/failures';

const DEAD = 'NOT_ALLOWED';
const WORDS = 'blocked permanently';
const LOST = failure('networkError', { code: 'ECONNRESET', message: 'Lost.' });
const REFUSED = failure('networkError', { code: 'ECONNREFUSED', message: 'No.', doubtful: false });

/** A server that refuses a call with one of these in it, and does not say which. */
const refusing =
	(bad: string, refused = ONE_IS_DEAD) =>
	(ids: string) =>
		[...ids].some((id) => bad.includes(id)) ? refused : told(ids);

describe('a batch that is refused for the sake of one record', () => {
	it('is split until that one is found, and counts it as found so', () => {
		const played = HandPlayed.of('abcdefgh');
		const calls = played.playAll(refusing('c'));

		expect(calls.every((ids, i) => i === 0 || ids.length < 8)).toBe(true);
		expect(played.saidOf('abcdefgh').filter((said) => said === 'unblocked')).toHaveLength(7);
		expect(played.said('c')).toBe('permanentlyBlocked');
		expect(played.plan.isolated).toBe(1);
	});

	it('leaves the last one as the bad one without a call of its own', () => {
		const played = HandPlayed.of('ab');

		expect(played.playAll(refusing('b'))).toEqual(['ab', 'a']);
		expect(played.saidOf('ab')).toEqual(['unblocked', 'permanentlyBlocked']);
		expect(played.plan.isolated).toBe(1);
	});

	it('goes again without the record that Zoho names', () => {
		const named = refusal(DEAD, WORDS, { json_path: '$.ids[1]' });
		const played = HandPlayed.of('abc');

		expect(played.playAll((ids) => (ids.includes('b') ? named : told(ids)))).toEqual(['abc', 'ac']);
		expect(played.saidOf('abc')).toEqual(['unblocked', 'permanentlyBlocked', 'unblocked']);
		expect(played.plan.isolated).toBe(1);
	});

	it('of one record is over with it, and nothing was split', () => {
		const played = HandPlayed.of('ab', { batchSize: 1 });

		expect(played.playAll(refusing('a'))).toEqual(['a', 'b']);
		expect(played.saidOf('ab')).toEqual(['permanentlyBlocked', 'unblocked']);
		expect(played.plan.isolated).toBe(0);
	});

	it('has done nothing for anybody in it, so that a lost call for the same ones has neither', () => {
		const played = HandPlayed.of('ab', { alreadyUnblocked: 'error', retryDelay: 0 });
		const answers = [LOST, ONE_IS_DEAD, refusal(DEAD, 'already unblocked')];
		played.playAll(() => answers.shift() ?? told(''));

		expect(played.said('a')).toBe('alreadyUnblocked');
	});

	it('may follow on a lost call that has unblocked all of them, where it is for "already unblocked"', () => {
		const played = HandPlayed.of('a', { alreadyUnblocked: 'error', retryDelay: 0 });
		const answers = [LOST, refusal(DEAD, 'already unblocked')];
		played.playAll(() => answers.shift()!);

		expect(played.said('a')).toBe('unblocked');
	});

	it('and whose parts are told record by record gives every record its own reason', () => {
		const played = HandPlayed.of('abcd');
		played.play(ONE_IS_DEAD);
		const calls = played.playAll((ids) => {
			const codes = [...ids].map((id) => (id === 'a' ? entry(id, DEAD, WORDS) : entry(id)));
			return reply(207, { data: codes });
		});

		expect(calls.join('')).toHaveLength(4);
		expect(played.saidOf('abcd')).toEqual([
			'permanentlyBlocked',
			'unblocked',
			'unblocked',
			'unblocked',
		]);
		expect(played.plan.isolated).toBe(0);
	});

	it('and of which a part fails for another record does not blame the rest', () => {
		const played = HandPlayed.of('ab');
		played.play(ONE_IS_DEAD);
		played.play((ids) => reply(207, { data: [entry(ids, 'INVALID_DATA', 'invalid record')] }));

		expect(played.said('a')).toBe('recordNotFound');
		expect(played.said('b')).toBe('permanentlyBlocked');
	});

	it('and of which a part is busy blames nobody before it was asked again', () => {
		const played = HandPlayed.of('ab');
		played.play(ONE_IS_DEAD);
		played.play(reply(207, { data: [entry('a', 'INTERNAL_ERROR', 'Busy')] }));

		expect(played.saidOf('ab')).toEqual(['not sent', 'not sent']);
		const calls = played.playAll(told);
		expect(calls.sort()).toEqual(['a', 'b']);
		expect(played.saidOf('ab')).toEqual(['unblocked', 'unblocked']);
	});
});

describe('a refusal that nobody has listed', () => {
	it('is of one record where single ones pass, and all others are done', () => {
		const played = HandPlayed.of('abcdefgh');
		const calls = played.playAll(refusing('e', LOCKED));

		expect(calls.slice(0, 2)).toEqual(['abcdefgh', 'a']);
		expect(played.saidOf('abcdefgh').filter((said) => said === 'unblocked')).toHaveLength(7);
		expect(played.said('e')).toBe('invalidRequest');
		expect(played.plan.outcomeOf(LEADS, 'e')).toMatchObject({ reach: 'record' });
		expect(played.plan.isolated).toBe(1);
		expect(played.plan.refusalOf(LEADS)).toBeUndefined();
	});

	it('is of all where single ones meet it, too: nothing more is sent, and all are told of it', () => {
		const played = new HandPlayed('abcdefgh', { batchSize: 6 });
		played.plan.add(CONTACTS, 'x');
		played.plan.close();
		const calls = played.playAll((ids) => (ids === 'x' ? told(ids) : LOCKED));

		expect(calls.filter((ids) => ids !== 'x')).toEqual(['abcdef', 'a', 'f', 'd']);
		expect(played.saidOf('abcdef')).toEqual(Array(6).fill('invalidRequest'));
		expect(played.saidOf('gh')).toEqual(['not sent', 'not sent']);
		expect(played.plan.refusalOf(LEADS)).toMatchObject({
			reason: 'invalidRequest',
			reach: 'call',
		});
		expect(played.said('x', CONTACTS)).toBe('unblocked');
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
		played.plan.add(CONTACTS, 'x');
		played.plan.close();
		played.play(LOCKED);

		expect([played.next(), played.next(), played.next()]).toEqual(['a', 'x', 'later']);
	});

	it('is tried again with the same record where that was lost on the way', () => {
		const played = HandPlayed.of('abc', { maxParallelRequests: 3 });
		played.play(LOCKED);
		played.play(REFUSED);

		expect(played.next()).toBe('wait 1000');
		played.now += 1000;
		expect(played.next()).toBe('a');
		expect(played.next()).toBe('later');
	});

	it('blames nobody in the batch once one of it has failed for another cause', () => {
		const played = HandPlayed.of('abc', { maxRetries: 0 });
		const calls = played.playAll((ids) =>
			ids.length === 3 ? LOCKED : ids === 'a' ? REFUSED : told(ids),
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
		expect(played.plan.refusalOf(LEADS)).toBeUndefined();
	});
});
