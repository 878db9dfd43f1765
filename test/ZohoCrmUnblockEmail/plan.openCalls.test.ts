/** On Error is Stop Workflow, and other calls are under way at the first failure: what becomes of them. */
import { failure } from '../../nodes/zoho/failures';
import {
	BUSY,
	CONTACTS,
	entry,
	HandPlayed,
	LOCKED,
	NO_MODULE,
	ONE_IS_DEAD,
	refusal,
	reply,
	REVOKED,
	told,
	TOO_MANY,
} from './planByHand';

const DEAD = 'blocked permanently';
const ALREADY = refusal('NOT_ALLOWED', 'already unblocked');

const STOPPING = { stopAtFailure: true, batchSize: 2, maxRetries: 0 };

const stopping = (records: string, more = {}) => HandPlayed.of(records, { ...STOPPING, ...more });

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
		['for a passing reason', BUSY, 'serverError?'],
		['for its size', refusal('LIMIT_EXCEEDED', 'too many ids', { maximum_length: 1 }), 'not sent'],
		['for one of its records', ONE_IS_DEAD, 'not sent'],
	])('is not made again where it is refused %s', (_, answer, said) => {
		const { played, second } = withOpenCall({ maxRetries: 3 });
		played.take(second, answer);

		expect(played.next()).toBe('done');
		expect(played.saidOf('ef')).toEqual([said, said]);
		expect(played.plan.outbox.retries).toBe(0);
		expect(played.plan.outbox.abortedFor).toBeUndefined();
	});

	it('leaves its records in doubt where its reply was lost', () => {
		const { played, second } = withOpenCall();
		played.take(second, failure('networkError', { message: 'Lost.' }));
		played.plan.finish();

		expect(played.saidOf('ef')).toEqual(['networkError?', 'networkError?']);
	});

	it('ends the run where it tells that the account is refused, or that no more calls are taken', () => {
		const ends = [REVOKED, TOO_MANY, { ...TOO_MANY, retryAfterMs: 7_200_000 }].map((answer) => {
			const { played, second } = withOpenCall({ maxRetries: 0 });
			played.take(second, answer);
			return `${played.plan.outbox.abortedFor?.reason} ${played.plan.outbox.abortedFor?.reach}`;
		});

		expect(ends).toEqual(['authenticationFailed account', 'rateLimited rest', 'rateLimited rest']);
	});

	it('has what is still sent wait where Zoho says to it that there are too many', () => {
		const played = stopping('abcdef', { maxParallelRequests: 2, maxRetries: 2 });
		played.play(told);
		const [first, second] = [played.call(), played.call()];
		played.take(first, ONE_IS_DEAD);
		played.take(second, { ...TOO_MANY, retryAfterMs: 4000 });

		expect(played.plan.outbox.abortedFor).toBeUndefined();
		expect(played.next()).toBe('wait 4000');
		played.now += 4000;
		expect(played.next()).toBe('c');
	});

	it('of a module that takes fewer records at once does not make the search for the bad one longer', () => {
		const fewer = refusal('LIMIT_EXCEEDED', 'too many ids', { maximum_length: 1 });
		const [beside, refused] = [told('12345678'), fewer].map((answer) => {
			const settings = { ...STOPPING, batchSize: 8, maxParallelRequests: 2 };
			const played = new HandPlayed('abcdefghijklmnop', settings);
			for (const id of '12345678') played.add(id, CONTACTS);
			played.plan.close();
			played.play(told);
			const [first, second] = [played.call(), played.call()];
			expect(second.group.module).toBe('Contacts');
			played.take(first, ONE_IS_DEAD);
			played.take(second, answer);
			return played.playAll(told);
		});

		expect(refused).toEqual(beside);
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
		const played = stopping('abcdefgh', { batchSize: 8, maxParallelRequests: 2 });
		// Whichever record it is true of, it is a success, as the user has chosen.
		played.play(ALREADY);
		played.playAll((ids) => (ids.includes('a') ? ONE_IS_DEAD : told(ids)));

		expect(played.saidOf('abcdefgh')).toEqual([
			'permanentlyBlocked',
			...Array<string>(7).fill('unblocked'),
		]);
	});

	it('are asked for themselves where the part beside them passes after the run was stopped', () => {
		const played = stopping('yzabcd', { maxParallelRequests: 2 });
		played.play(told);
		for (const batch of [played.call(), played.call()]) played.take(batch, ALREADY);
		const [failing, open] = [played.call(), played.call()];
		expect([failing.batch.ids, open.batch.ids].flat()).toHaveLength(2);
		played.take(failing, ONE_IS_DEAD);
		played.take(open, told(open.batch.ids.join('')));
		const [beside] = [...'abcd'].filter((id) => played.said(id) === 'not sent');
		const calls = played.playAll(told);

		// The part that passed leaves the other of its batch as the one that was unblocked already.
		expect(calls).toEqual([beside]);
		expect(played.saidOf('abcd').sort()).toEqual([
			'alreadyUnblocked',
			'permanentlyBlocked',
			'unblocked',
			'unblocked',
		]);
	});

	it('are sent also where a call for other fields that names the same records is still open', () => {
		const played = new HandPlayed('wxyzabcd', {
			...STOPPING,
			batchSize: 4,
			maxParallelRequests: 3,
		});
		const otherFields = { module: 'Leads', fields: ['Secondary_Email'] };
		played.add('d', otherFields);
		played.plan.close();
		played.play(told);
		played.play(ALREADY);
		const calls = [played.call(), played.call()];
		const others = calls.find(({ group }) => group.fields.includes('Secondary_Email'))!;
		const [part] = calls.filter((call) => call !== others);
		played.take(part!, ONE_IS_DEAD);
		played.take(others, told('d'));
		played.playAll(told);

		expect(played.saidOf('abcd')).not.toContain('not sent');
	});

	it('of another module are not sent to the one that the run stopped in', () => {
		const played = new HandPlayed('wxyzabcd', {
			...STOPPING,
			batchSize: 4,
			maxParallelRequests: 2,
		});
		for (const id of 'efgh') played.add(id, CONTACTS);
		played.plan.close();
		played.play(told);
		for (const batch of [played.call(), played.call()]) played.take(batch, ALREADY);
		const open = [played.call(), played.call()];
		const ours = open.find(({ group }) => group.module === 'Leads')!;
		const [others] = open.filter((call) => call !== ours);
		expect(others!.group.module).toBe('Contacts');
		played.take(ours, ONE_IS_DEAD);
		played.take(others!, ONE_IS_DEAD);

		expect(played.playAll(told).join('')).not.toMatch(/[e-h]/);
	});

	/** Parts of two refused batches are open: the first one fails for good, and stops the run. */
	function withOpenPart() {
		const played = stopping('wxyzabcdefgh', { batchSize: 4, maxParallelRequests: 2 });
		played.play(told);
		const batches = [played.call(), played.call()];
		for (const batch of batches) played.take(batch, ALREADY);
		const [failing, open] = [played.call(), played.call()];
		played.take(failing, reply(400, { code: 'NOT_ALLOWED', message: DEAD }));
		return { played, open, idsOf: (call: typeof open) => call.batch.ids.join('') };
	}

	it('are not sent again while they are under way', () => {
		const { played, open, idsOf } = withOpenPart();
		const sent = idsOf(played.call());

		expect(sent).not.toBe('');
		expect([...sent].filter((id) => idsOf(open).includes(id))).toEqual([]);
	});

	it('are made again where they were to be when the run stopped', () => {
		const settings = { batchSize: 4, maxParallelRequests: 2, maxRetries: 2 };
		const played = stopping('wxyzabcdefgh', settings);
		played.play(told);
		for (const batch of [played.call(), played.call()]) played.take(batch, ALREADY);
		const [failing, lost] = [played.call(), played.call()];
		played.take(lost, BUSY);
		played.take(failing, ONE_IS_DEAD);
		played.playAll(told);

		expect(played.saidOf('abcdefgh')).not.toContain('not sent');
	});

	it.each([
		['meet a fault of Zoho', BUSY],
		['get lost', failure('networkError', { message: 'Lost.' })],
		['are refused for their module', NO_MODULE],
	])('are not sent a second time after the stop where those under way %s', (_, answer) => {
		const { played, open, idsOf } = withOpenPart();
		played.take(open, answer);
		const calls = played.playAll(told).join('');

		expect([...idsOf(open)].filter((id) => calls.includes(id))).toEqual([]);
	});

	it.each([
		['pass', told('abcdefgh'), 0],
		['are refused, too', ONE_IS_DEAD, 1],
		['are refused for a reason that nobody has listed', LOCKED, 1],
	])('all come to an outcome where those under way %s', (_, answer, sentAgain) => {
		const { played, open, idsOf } = withOpenPart();
		played.take(open, answer);
		const calls = played.playAll(told).join('');

		expect([...idsOf(open)].filter((id) => calls.includes(id)).length > 0).toBe(sentAgain === 1);
		expect(played.saidOf('abcdefgh')).not.toContain('not sent');
	});
});
