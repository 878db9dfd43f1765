/** Calls that failed for a passing reason: when they go again, and what is lost where they do not. */
import { failure } from '../../nodes/zoho/failures';
import { BUSY, HandPlayed, LEADS, refusal, REVOKED, told, TOO_MANY } from './planByHand';

const LOST = failure('networkError', { code: 'ECONNRESET', message: 'Lost.' });
const OURS = failure('badResponse', { message: 'A fault of ours.', transient: false });

describe('a call that failed for a passing reason', () => {
	it.each([
		['Zoho has failed', BUSY, 'Busy'],
		['the connection has', LOST, 'Lost.'],
	])('goes again after a pause where %s, and the log says so', (_, answer, message) => {
		const played = HandPlayed.of('ab');
		const log = played.take(played.call(), answer);

		expect(log).toBe(`${message} Trying 2 records again in 1 s.`);
		expect(played.next()).toBe('wait 1000');
		played.now = 1000;
		expect(played.next()).toBe('ab');
		expect(played.plan.outbox).toMatchObject({ requests: 1, retries: 1 });
	});

	it('waits for as long as Zoho asks, and twice as long each time where it does not', () => {
		const played = HandPlayed.of('a');
		const waits = [{ ...BUSY, retryAfterMs: 7000 }, BUSY, BUSY].map((answer) => {
			played.take(played.call(), answer);
			const next = played.plan.next(played.now);
			const wait = next.do === 'wait' ? next.until - played.now : NaN;
			played.now += wait;
			return wait;
		});

		expect(waits).toEqual([7000, 2000, 4000]);
	});

	it('is over once the retries are used up, and the others are still sent', () => {
		const played = HandPlayed.of('abcd', { batchSize: 2, maxRetries: 1, retryDelay: 0 });
		const calls = played.playAll((ids) => (ids === 'ab' ? BUSY : told(ids)));

		expect(calls).toEqual(['ab', 'ab', 'cd']);
		expect(played.saidOf('abcd')).toEqual([
			'serverError?',
			'serverError?',
			'unblocked',
			'unblocked',
		]);
		expect(played.plan.outbox.abortedFor).toBeUndefined();
		expect(played.refusal(LEADS)).toBeUndefined();
	});

	it('keeps others from going beside it until one has been answered', () => {
		for (const answer of [BUSY, LOST]) {
			const played = HandPlayed.of('ab', { batchSize: 1, maxParallelRequests: 2, retryDelay: 0 });
			played.take(played.call(), answer);
			expect([played.next(), played.next()]).toEqual(['a', 'later']);
		}
	});

	it('lets two go at once where it was answered for good', () => {
		for (const answer of [told('a'), refusal('NOT_ALLOWED', 'blocked permanently'), OURS]) {
			const played = HandPlayed.of('abc', { batchSize: 1, maxParallelRequests: 2 });
			played.take(played.call(), answer);
			expect([played.next(), played.next(), played.next()]).toEqual(['b', 'c', 'later']);
		}
	});

	it('is not made again where the account was refused meanwhile', () => {
		const played = HandPlayed.of('abc', { batchSize: 1, maxParallelRequests: 2 });
		played.play(told);
		const [first, second] = [played.call(), played.call()];
		played.take(first, REVOKED);
		played.take(second, BUSY);

		expect(played.next()).toBe('done');
		expect(played.saidOf('bc')).toEqual(['authenticationFailed', 'serverError?']);
	});
});

describe('too many calls', () => {
	it('have others wait, too, for as long as Zoho asks', () => {
		const played = HandPlayed.of('abc', { batchSize: 1, maxParallelRequests: 4 });
		played.play(told);
		played.take(played.call(), { ...TOO_MANY, retryAfterMs: 5000 });

		expect(played.next()).toBe('wait 5000');
	});

	it('end the run where there is no retry left, and nothing more is sent', () => {
		const played = HandPlayed.of('abc', { batchSize: 1, maxRetries: 0 });
		played.play(TOO_MANY);

		expect(played.plan.outbox.abortedFor).toMatchObject({ reason: 'rateLimited', reach: 'rest' });
		expect(played.next()).toBe('done');
		expect(played.saidOf('ab')).toEqual(['rateLimited', 'not sent']);
	});

	it('end the run where Zoho asks for more than an hour, and say from when on it takes them', () => {
		const played = HandPlayed.of('a');
		played.now = 100;
		played.play({ ...TOO_MANY, retryAfterMs: 7_200_000 });

		expect(played.plan.outbox.abortedFor).toMatchObject({
			reason: 'rateLimited',
			retryAt: 7_200_100,
		});
		expect(played.said('a')).toBe('rateLimited');
	});

	it('at one time end the run, too, where they do not cease', () => {
		const live = refusal('URL_LIVE_THROTTLES_LIMIT_EXCEEDED', 'too many at once');
		const played = HandPlayed.of('ab', { batchSize: 1, maxRetries: 0 });
		played.play(live);

		expect(played.plan.outbox.abortedFor).toMatchObject({ reason: 'rateLimited', reach: 'rest' });
	});
});
