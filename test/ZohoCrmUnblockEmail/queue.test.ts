/** Which call goes next, and when: nobody waits for nothing, and Zoho's limits are kept. */
import { Isolation } from '../../nodes/ZohoCrmUnblockEmail/search/isolation';
import {
	BUSY,
	CONTACTS,
	entry,
	HandPlayed,
	LEADS,
	NO_MODULE,
	ONE_IS_DEAD,
	reply,
	told,
	TOO_MANY,
} from './planByHand';

const INTERVAL = { batchInterval: 5000, batchSize: 1, retryDelay: 0 };

describe('the interval between calls', () => {
	it('is kept before the next call, also where it is one that goes again', () => {
		const [fresh, repeated] = [HandPlayed.of('ab', INTERVAL), HandPlayed.of('a', INTERVAL)];
		fresh.play(told);
		repeated.play(BUSY);

		expect([fresh.next(), repeated.next()]).toEqual(['wait 5000', 'wait 5000']);
	});

	it('is not waited for where nothing is left to be sent', () => {
		const [all, refused] = [HandPlayed.of('a', INTERVAL), HandPlayed.of('ab', INTERVAL)];
		const stopped = HandPlayed.of('abc', { ...INTERVAL, batchSize: 2, stopAtFailure: true });
		all.play(told);
		refused.play(NO_MODULE);
		stopped.play(reply(207, { data: [entry('a'), entry('b', 'NOT_ALLOWED', 'locked')] }));

		expect([all.next(), refused.next(), stopped.next()]).toEqual(['done', 'done', 'done']);
	});

	it('is waited for by a call that goes again, also where the rest of its module is kept back', () => {
		const played = HandPlayed.of('abc', { ...INTERVAL, maxParallelRequests: 2 });
		played.play(told);
		played.now = 5000;
		played.play({ ...BUSY, retryAfterMs: 8000 });
		played.now = 10_000;
		played.play(NO_MODULE);

		expect(played.next()).toBe('wait 5000');
	});

	it('is waited for where only one of two modules has records left', () => {
		const played = new HandPlayed('a', INTERVAL);
		played.add('x', CONTACTS);
		played.plan.close();
		played.play(told);

		expect(played.next()).toBe('wait 5000');
	});
});

describe('a call that is to be made again', () => {
	/** The first is done; of the next two one has failed, and one is open. */
	function withOneToRepeat(answer = BUSY, retryDelay = 1000) {
		const played = HandPlayed.of('abcd', { batchSize: 1, maxParallelRequests: 2, retryDelay });
		played.play(told);
		const [failed, open] = [played.call(), played.call()];
		played.take(failed, answer);
		return { played, open };
	}

	it('keeps its place: no new call goes beside those that are open', () => {
		expect(withOneToRepeat().played.next()).toBe('wait 1000');
	});

	it('waits for an open one where Zoho has said that there are too many at once', () => {
		const { played, open } = withOneToRepeat(TOO_MANY, 0);
		expect(played.next()).toBe('later');
		played.take(open, told('c'));
		expect(played.next()).toBe('b');
	});

	it('holds no other back where it did not fail for a limit', () => {
		const played = HandPlayed.of('abcde', { batchSize: 1, maxParallelRequests: 3 });
		played.play(told);
		const [failed] = [played.call(), played.call()];
		played.take(failed, BUSY);

		expect(played.next()).toBe('d');
	});

	it('goes before those that were never sent', () => {
		const { played, open } = withOneToRepeat(BUSY, 0);
		played.take(open, told('c'));

		expect([played.next(), played.next()]).toEqual(['b', 'd']);
	});
});

describe('records that are added while the run goes on', () => {
	it('are sent once they fill a batch, or all input is there', () => {
		const played = new HandPlayed('a', { batchSize: 2, maxParallelRequests: 2 });
		expect(played.next()).toBe('later');
		played.add('b');
		played.add('c');
		expect(played.play(told)).toBe('ab');
		expect(played.next()).toBe('later');
		played.plan.close();
		expect(played.next()).toBe('c');
	});

	it('of a run that has ended are not, and the run is over once all input is there', () => {
		const played = new HandPlayed('a', { batchSize: 1 });
		played.plan.outbox.abort();
		expect(played.next()).toBe('later');
		played.plan.close();
		expect(played.next()).toBe('done');
	});
});

describe('a run with very many modules', () => {
	afterEach(() => jest.restoreAllMocks());

	it.each([
		['all goes well', 1, (ids: string) => told(ids)],
		['every call is refused for a record', 2, () => ONE_IS_DEAD],
		['no module is there', 1, () => NO_MODULE],
	])('asks each of them a few times, not at every call, where %s', (_, batchSize, answer) => {
		const draw = jest.spyOn(Isolation.prototype, 'draw');
		const played = new HandPlayed('', { batchSize, maxParallelRequests: 5 });
		const modules = Array.from({ length: 1000 }, (_, i) => ({ ...LEADS, module: `M${i}` }));
		for (const module of modules) played.add('ab', module);
		played.plan.close();
		let calls = 0;
		for (let next = played.plan.next(0); next.do !== 'done'; next = played.plan.next(0)) {
			if (next.do !== 'send') throw new Error(`The plan says ${next.do}`);
			calls++;
			played.take(next.call, answer(next.call.batch.ids.join('')));
		}

		expect(calls).toBeGreaterThanOrEqual(1000);
		expect(draw.mock.calls.length).toBeLessThan(3 * calls);
	});
});
