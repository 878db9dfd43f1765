/** On Error is Stop Workflow: after the first failure only what may still be known of its call is sent. */
import { failure } from '../../nodes/zoho/failures';
import {
	CONTACTS,
	entry,
	HandPlayed,
	LOCKED,
	ONE_IS_DEAD,
	refusal,
	reply,
	told,
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
		played.add('x', CONTACTS);
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

	it('is the only one: in the search for it another failure leaves nobody out', () => {
		const played = stopping('abcdef', { batchSize: 4 });
		played.play(ONE_IS_DEAD);
		const part = played.play(NO_WAY);
		played.playAll(told);

		const rest = [...'abcd'].filter((id) => !part.includes(id)).join('');
		expect(rest).not.toBe('');
		expect(played.saidOf(rest)).toEqual([...rest].map(() => 'unblocked'));
		expect(played.saidOf('ef')).toEqual(['not sent', 'not sent']);
	});

	it('is one where it is true of every record of the call, whichever it is meant for', () => {
		const already = refusal('NOT_ALLOWED', 'already unblocked');
		const tooLarge = refusal('LIMIT_EXCEEDED', 'too many ids', { maximum_length: 2 });
		const lost = failure('networkError', { message: 'Lost.' });
		/** "c" may have been unblocked by a call that was lost; "d" was in none. */
		const after = (answer: typeof already) => {
			const settings = { batchSize: 3, alreadyUnblocked: 'error', maxRetries: 1, retryDelay: 0 };
			const played = stopping('abcdef', settings);
			for (const first of [lost, tooLarge, told('ab')]) played.play(first);
			expect(played.play(answer)).toBe('cd');
			return played.playAll(told).join('');
		};

		expect(after(already)).toContain('ef');
		expect(after({ ...already, body: already.body.replace('{}', '{"id":"c"}') })).toContain('ef');
		expect(after({ ...already, body: already.body.replace('{}', '{"id":"d"}') })).toBe('c');
	});
});
