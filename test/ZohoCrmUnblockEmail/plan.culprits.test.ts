/** Calls that are refused for the sake of single records: nobody beside those is to be lost. */
import { entry, HandPlayed, ONE_IS_DEAD, refusal, refusing, reply, told } from './planByHand';
import { failure } from '../../nodes/zoho/failures';

const DEAD = 'NOT_ALLOWED';
const WORDS = 'blocked permanently';
const LOST = failure('networkError', { code: 'ECONNRESET', message: 'Lost.' });

describe('a batch that is refused for the sake of one record', () => {
	it('is split until that one is found, and counts it as found so', () => {
		const played = HandPlayed.of('abcdefgh');
		const calls = played.playAll(refusing('c'));

		expect(calls.every((ids, i) => i === 0 || ids.length < 8)).toBe(true);
		expect(played.saidOf('abcdefgh').filter((said) => said === 'unblocked')).toHaveLength(7);
		expect(played.said('c')).toBe('permanentlyBlocked');
		expect(played.groups.ways.refusesWhole).toBe(true);
	});

	it('leaves the last one as the bad one without a call of its own', () => {
		const played = HandPlayed.of('ab');

		expect(played.playAll(refusing('b'))).toEqual(['ab', 'a']);
		expect(played.saidOf('ab')).toEqual(['unblocked', 'permanentlyBlocked']);
		expect(played.groups.ways.refusesWhole).toBe(true);
	});

	it('goes again without the record that Zoho names', () => {
		const named = refusal(DEAD, WORDS, { json_path: '$.ids[1]' });
		const played = HandPlayed.of('abc');

		expect(played.playAll((ids) => (ids.includes('b') ? named : told(ids)))).toEqual(['abc', 'ac']);
		expect(played.saidOf('abc')).toEqual(['unblocked', 'permanentlyBlocked', 'unblocked']);
		expect(played.groups.ways.refusesWhole).toBe(true);
	});

	it('of one record is over with it, and nothing was split', () => {
		const played = HandPlayed.of('ab', { batchSize: 1 });

		expect(played.playAll(refusing('a'))).toEqual(['a', 'b']);
		expect(played.saidOf('ab')).toEqual(['permanentlyBlocked', 'unblocked']);
		expect(played.groups.ways.refusesWhole).toBe(false);
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
		const played = HandPlayed.of('abcdefgh');
		played.play(ONE_IS_DEAD);
		const calls = played.playAll((ids) => {
			const codes = [...ids].map((id) => (id === 'a' ? entry(id, DEAD, WORDS) : entry(id)));
			return reply(207, { data: codes });
		});

		expect(calls[0]!.length).toBeGreaterThan(1);
		expect(calls.join('')).toHaveLength(8);
		expect(played.saidOf('abcdefgh')).toEqual([
			'permanentlyBlocked',
			...Array<string>(7).fill('unblocked'),
		]);
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

	it.each([
		['that Zoho failed at', reply(207, { data: [entry('a', 'INTERNAL_ERROR', 'Busy')] })],
		['that the reply leaves out', reply(200, { data: [] })],
	])('blames nobody for what may be the fault of a record %s to the last', (_, answer) => {
		const played = HandPlayed.of('ab', { maxRetries: 0 });
		played.play(ONE_IS_DEAD);
		played.play(answer);
		played.playAll(told);

		expect(played.said('b')).toBe('unblocked');
	});
});
