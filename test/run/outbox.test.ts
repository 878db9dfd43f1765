/** The calls of a run: none too early, none too many at once, and none forgotten. */
import { Outbox, type Errand, type Sent, type Source, type Wait } from '../../nodes/run/outbox';
import { Pace } from '../../nodes/run/pace';
import { failure, isFailure, type Failure } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';

interface Letter extends Errand {
	readonly name: string;
}
interface Ticket {
	readonly ticket: number;
}
type Call = Sent<Letter, Ticket>;

const BUSY = failure('serverError', { message: 'Busy.' });
const TOO_MANY = failure('rateLimited', { message: 'Too many.' });
const REVOKED = failure('authenticationFailed', { message: 'Revoked.' });
const DEAD = failure('permanentlyBlocked', { message: 'Dead.' });

const SETTINGS = {
	maxRetries: 2,
	retryDelay: 1000,
	stopAtFailure: false,
	atOnce: 2,
	intervalMs: 0,
};

/** An outbox with these letters to send, played on a clock of its own. */
class Played {
	readonly source: Source<Letter, Ticket> & { letters: string[] };
	readonly outbox: Outbox<Letter, Ticket>;
	now = 0;
	/** What those say who have a say, too. */
	admitted: Ticket | Wait | Failure = { ticket: 1 };

	constructor(letters: string, given: Partial<typeof SETTINGS> & { oneAtATime?: boolean } = {}) {
		const { atOnce, intervalMs, oneAtATime = false, ...settings } = { ...SETTINGS, ...given };
		this.source = {
			letters: [...letters],
			isOneAtATime: oneAtATime,
			get hasMore() {
				return this.letters.length > 0;
			},
			draw() {
				const [name] = this.letters.splice(0, 1);
				return name === undefined ? undefined : { name, tries: 0 };
			},
			nameOf: ({ name }) => `letter ${name}`,
			admit: () => this.admitted,
		};
		const pace = new Pace(atOnce, () => intervalMs);
		this.outbox = new Outbox(settings, this.source, pace, () => 1);
	}

	/** One whose input is whole. */
	static of(...given: ConstructorParameters<typeof Played>): Played {
		const played = new Played(...given);
		played.outbox.close();
		return played;
	}

	next(): string {
		const next = this.outbox.next(this.now);
		if (next.do === 'send') return next.call.name;
		return next.do === 'wait' ? `wait ${next.until - this.now}` : next.do;
	}

	call(): Call {
		const next = this.outbox.next(this.now);
		if (next.do !== 'send') throw new Error(`The outbox says ${JSON.stringify(next)}`);
		return next.call;
	}

	/** A call has failed, and goes again as it is where that may help. */
	fail(call: Call, why: Failure, askedMs?: number): string | undefined {
		this.outbox.answered(call, 1, !why.transient);
		return this.outbox.repeat(call, call, why, askedMs, this.now);
	}

	done(call = this.call()): void {
		this.outbox.answered(call, 1, true);
	}
}

describe('a run', () => {
	it('sends one, then as many at once as may go, and is done once all are answered', () => {
		const played = Played.of('abcd');
		played.done();
		const [second, third] = [played.call(), played.call()];
		expect(played.next()).toBe('later');
		played.done(second);
		played.done(third);
		played.done();

		expect(played.next()).toBe('done');
		expect(played.outbox.requests).toBe(4);
	});

	it('is not done before all input is in', () => {
		const played = new Played('a');
		played.done();
		expect([played.next(), played.outbox.isClosed]).toEqual(['later', false]);
		played.outbox.close();
		expect([played.next(), played.outbox.isClosed]).toEqual(['done', true]);
	});

	it('that stops at a failure sends nothing before all input is in', () => {
		const played = new Played('a', { stopAtFailure: true });
		expect(played.next()).toBe('later');
		played.outbox.close();
		expect(played.next()).toBe('a');
	});

	it('sends one at a time while something is being found out', () => {
		const played = Played.of('abc', { oneAtATime: true });
		played.done();
		played.call();

		expect(played.next()).toBe('later');
	});

	it('counts an answer once, however often it is told', () => {
		const played = Played.of('ab');
		const call = played.call();
		for (let told = 0; told < 2; told++) played.outbox.answered(call, 3, true);

		expect(played.outbox.requests).toBe(3);
		expect([played.next(), played.next()]).toEqual(['b', 'later']);
	});

	it('knows what is open', () => {
		const played = Played.of('a');
		const call = played.call();
		expect([...played.outbox.open]).toEqual([call]);
		played.done(call);
		expect([...played.outbox.open]).toEqual([]);
	});
});

describe('a run that is aborted', () => {
	it('sends nothing more, waits for what is open, and keeps the first reason', () => {
		const played = Played.of('abc');
		played.done();
		const call = played.call();
		played.outbox.abort(REVOKED);
		played.outbox.abort(BUSY);

		expect(played.next()).toBe('later');
		played.done(call);
		expect(played.next()).toBe('done');
		expect(played.outbox.abortedFor).toBe(REVOKED);
	});

	it('for the failure of an item has no reason of its own', () => {
		const played = Played.of('a');
		played.outbox.abort();

		expect([played.next(), played.outbox.abortedFor]).toEqual(['done', undefined]);
	});

	it('makes no call again', () => {
		const played = Played.of('a');
		const call = played.call();
		played.outbox.abort();

		expect(played.fail(call, BUSY)).toBeUndefined();
		expect([played.next(), played.outbox.retries]).toEqual(['done', 0]);
	});
});

describe('a call that failed for a passing reason', () => {
	it('goes again after a pause that doubles, or that Zoho asks for, and the log says so', () => {
		const played = Played.of('a');
		expect(played.fail(played.call(), BUSY)).toBe('Busy. Trying letter a again in 1 s.');
		expect(played.next()).toBe('wait 1000');
		played.now = 1000;
		const again = played.call();
		expect(again).toMatchObject({ name: 'a', tries: 1, startedAt: 1000 });
		expect(played.fail(again, BUSY, 7000)).toBe('Busy. Trying letter a again in 7 s.');
		expect(played.next()).toBe('wait 7000');
		expect(played.outbox.retries).toBe(2);
	});

	it('does not once the retries are used up, and then the others go on', () => {
		const played = Played.of('ab', { maxRetries: 0 });

		expect(played.fail(played.call(), BUSY)).toBeUndefined();
		expect([played.next(), played.outbox.abortedFor]).toEqual(['b', undefined]);
	});

	it('keeps its place, goes first when it is due, and holds nobody up where there is room', () => {
		const [full, roomy] = [2, 3].map((atOnce) => {
			const played = Played.of('abcde', { atOnce });
			played.done();
			const [failed] = [played.call(), played.call()];
			played.fail(failed, BUSY);
			return played;
		});

		expect(full!.next()).toBe('wait 1000');
		expect(roomy!.next()).toBe('d');
		full!.now = 1000;
		expect(full!.next()).toBe('b');
	});

	it('goes again as what is left of it', () => {
		const played = Played.of('a');
		const call = played.call();
		played.outbox.answered(call, 1, false);
		played.outbox.repeat(call, { ...call, name: 'part' }, BUSY, 0, 0);

		expect(played.next()).toBe('part');
	});

	it('does not where it no longer counts, but a limit that it met holds for all', () => {
		const played = Played.of('abc');
		played.done();
		const call = played.call();
		played.outbox.answered(call, 1, false);

		expect(played.outbox.repeat(call, undefined, TOO_MANY, 5000, 0)).toBeUndefined();
		expect(played.outbox.next(0)).toEqual({
			do: 'wait',
			until: 5000,
			why: 'Waiting 5 s: the calls that Zoho allows are used up.',
		});
		expect(played.outbox.retries).toBe(0);
	});
});

describe('what cannot pass', () => {
	it.each<[string, Failure, string | undefined]>([
		['the account', REVOKED, 'account'],
		['a limit', { ...TOO_MANY, transient: false }, 'rest'],
		['a limit of calls at one time', { ...TOO_MANY, reach: 'call', transient: false }, 'rest'],
		['one record', DEAD, undefined],
		['one call', { ...BUSY, transient: false }, undefined],
	])('aborts the run or not where it is of %s', (_, why, reach) => {
		const played = Played.of('ab');

		expect(played.fail(played.call(), why)).toBeUndefined();
		expect(played.outbox.abortedFor?.reach).toBe(reach);
		expect(played.next()).toBe(reach ? 'done' : 'b');
	});
});

describe('who has a say, too', () => {
	it('gives what goes with the call, and is asked only where there is one', () => {
		const played = Played.of('a');
		expect(played.call()).toMatchObject({ name: 'a', ticket: 1 });
		played.admitted = REVOKED;

		expect([played.next(), played.outbox.abortedFor]).toEqual(['later', undefined]);
	});

	it('may have it wait, and nothing is lost', () => {
		const played = Played.of('a');
		played.admitted = { do: 'wait', until: 500, why: 'Not yet.' };
		expect(played.outbox.next(0)).toBe(played.admitted);
		played.admitted = { ticket: 2 };

		expect(played.call()).toMatchObject({ name: 'a', ticket: 2 });
	});

	it('may end the run', () => {
		const played = Played.of('a');
		played.admitted = REVOKED;

		expect([played.next(), played.outbox.abortedFor]).toEqual(['done', REVOKED]);
	});

	it('gives each try leave of its own', () => {
		const played = Played.of('a');
		played.fail(played.call(), BUSY, 0);
		played.admitted = { ticket: 2 };

		expect(played.call().ticket).toBe(2);
	});
});

describe('what goes again', () => {
	it('goes in the order of its moments, and of its being told for one moment', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(-Infinity, 0, 1, 2, 3)), (moments) => {
				const played = Played.of('', { atOnce: 100 });
				moments.forEach((from, i) => played.outbox.enqueue({ name: `${i}`, tries: 0 }, from));
				played.now = 3;
				const sent = moments.map(() => {
					const call = played.call();
					played.done(call);
					return Number(call.name);
				});

				const wanted = moments.map((_, i) => i).sort((a, b) => moments[a]! - moments[b]! || a - b);
				expect(sent).toEqual(wanted);
			}),
		);
	});

	it('goes at once where no moment is told, and is waited for where one is', () => {
		const played = Played.of('');
		played.outbox.enqueue({ name: 'late', tries: 0 }, 40);
		expect(played.next()).toBe('wait 40');
		played.outbox.enqueue({ name: 'now', tries: 0 });
		expect(played.outbox.toRepeat.map(({ name }) => name)).toEqual(['now', 'late']);

		expect(played.next()).toBe('now');
	});

	it('can be given up in part', () => {
		const played = Played.of('');
		for (const name of 'abc') played.outbox.enqueue({ name, tries: 0 });
		played.outbox.keep(({ name }) => name === 'b');

		expect([played.next(), played.next()]).toEqual(['b', 'later']);
	});

	it('is waited for no longer than the interval between calls asks, too', () => {
		const played = Played.of('a', { intervalMs: 9000 });
		played.fail(played.call(), BUSY);

		expect(played.next()).toBe('wait 9000');
	});
});

describe('what Zoho says of the calls that are left', () => {
	const reply = (headers: Record<string, string>) => ({ httpStatus: 200, headers, body: '' });
	const quota = (seconds: number) =>
		reply({ 'x-rate-limit': JSON.stringify([{ 'remaining-count': 0, 'retry-after': seconds }]) });

	it('is kept to, and the log says so once, before the wait begins', () => {
		const played = Played.of('ab');
		played.done();
		played.outbox.heedQuota(quota(30), 0);
		const why = 'Waiting 30 s: the calls that Zoho allows are used up.';

		expect(played.outbox.next(0)).toEqual({ do: 'wait', until: 30_000, why });
		expect(played.outbox.next(10)).toEqual({ do: 'wait', until: 30_000 });
	});

	it('is not waited for where nothing is left to be sent', () => {
		const played = Played.of('a');
		played.done();
		played.outbox.heedQuota(quota(30), 0);

		expect(played.next()).toBe('done');
	});

	it('ends the run where it is a longer wait than an hour', () => {
		const reasons = [3600, 3601].map((seconds) => {
			const played = Played.of('ab');
			played.done();
			played.outbox.heedQuota(quota(seconds), 5);
			const { abortedFor } = played.outbox;
			return abortedFor && isFailure(abortedFor) && abortedFor.retryAt;
		});

		expect(reasons).toEqual([undefined, 3_601_005]);
	});

	it('are credits, of which the last word counts', () => {
		const played = Played.of('a');
		played.outbox.heedQuota(reply({ 'x-api-credits-remaining': '7' }), 0);
		played.outbox.heedQuota(reply({}), 0);

		expect(played.outbox.creditsLeft).toBe('7');
	});
});
