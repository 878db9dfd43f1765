import type { Refused } from '../../nodes/limit/slot';
import { cannotShare, LimitWait, lockMsIn } from '../../nodes/ZohoCampaignsDoNotMail/limitWait';
import { failure, isFailure } from '../../nodes/zoho/failures';

const SETTINGS = { callsPerWindow: 490, windowMinutes: 5, whenLimitReached: 'wait' } as const;
const ADDRESSES = ['address', 'addresses'] as const;
const LEFT = { left: 1234, isWhole: true };

const refused = (why: Refused['why'], waitMs: number, more: Partial<Refused> = {}): Refused => ({
	ok: false,
	why,
	waitMs,
	...more,
});
const WINDOW = refused('window', 300_000);

/** What a person is told while the run waits. */
function toldOf(wait: LimitWait, why: Refused, now = 0, left = LEFT): string | undefined {
	const next = wait.refused(why, left, now);
	if (isFailure(next)) throw new Error('The run waits');
	return next.why;
}

describe('a run that waits for the limit', () => {
	it('asks again within a second, since another run may give calls back, and sooner if it is sooner over', () => {
		const wait = new LimitWait(SETTINGS, ADDRESSES);

		expect(wait.refused(WINDOW, LEFT, 5_000)).toMatchObject({ do: 'wait', until: 6_000 });
		expect(wait.refused(refused('window', 400), LEFT, 5_000)).toEqual({ do: 'wait', until: 5_400 });
	});

	it.each([
		[WINDOW, 'Waiting 5 min: the limit of 490 calls in 5 min is used up.'],
		[refused('lock', 1_800_000), 'Waiting 30 min: Zoho has locked the API after too many calls.'],
		[
			refused('store', 2_000, { said: 'database is locked' }),
			'Waiting 2 s: the other n8n processes cannot be asked for their calls (database is locked).',
		],
	])('says how long, why, and what is left: a silent node looks stuck (%#)', (why, words) => {
		const told = toldOf(new LimitWait(SETTINGS, ADDRESSES), why);

		expect(told).toBe(`${words} 1,234 addresses are left.`);
	});

	it('says of one address that it is left, and of input that is still read that it is so far', () => {
		const wait = () => new LimitWait(SETTINGS, ADDRESSES);

		expect(toldOf(wait(), WINDOW, 0, { left: 1, isWhole: true })).toMatch(/ 1 address is left\.$/);
		expect(toldOf(wait(), WINDOW, 0, { left: 2, isWhole: false })).toMatch(
			/ 2 addresses are left so far\.$/,
		);
	});

	it('says it once for a wait, not once a second, and again when the next one begins', () => {
		const wait = new LimitWait(SETTINGS, ADDRESSES);
		const isTold = (now: number) => toldOf(wait, WINDOW, now) !== undefined;

		expect([1_000, 2_000, 300_999, 301_000, 302_000].map(isTold)).toEqual([
			true,
			false,
			false,
			true,
			false,
		]);
	});

	it('says at once that a lock has come in the wait, which is then a longer one', () => {
		const wait = new LimitWait(SETTINGS, ADDRESSES);
		toldOf(wait, WINDOW);

		expect(toldOf(wait, refused('lock', 1_800_000), 10)).toContain('Waiting 30 min');
	});

	it('says nothing of waits below a second, which would fill the log, and then of a long one', () => {
		const wait = new LimitWait(SETTINGS, ADDRESSES);

		expect(toldOf(wait, refused('window', 999))).toBeUndefined();
		expect(toldOf(wait, refused('window', 1000))).toContain('Waiting 1 s');
	});
});

describe('the time that a run has waited', () => {
	it('is that of all waits, each from its first refusal to the next call', () => {
		const wait = new LimitWait(SETTINGS, ADDRESSES);
		for (const now of [1_000, 2_000]) wait.refused(WINDOW, LEFT, now);
		wait.started(5_000);
		wait.started(9_000);
		expect(wait.sumMs).toBe(4_000);

		wait.refused(WINDOW, LEFT, 10_000);
		wait.started(10_500);
		expect(wait.sumMs).toBe(4_500);
	});

	it('does not hold the moments in which another run has its turn', () => {
		const wait = new LimitWait(SETTINGS, ADDRESSES);

		expect(wait.refused(refused('turn', 10), LEFT, 1_000)).toEqual({ do: 'wait', until: 1_010 });
		wait.started(1_500);
		expect(wait.sumMs).toBe(0);
	});
});

describe('a run that is to fail at the limit', () => {
	const failing = () => new LimitWait({ ...SETTINGS, whenLimitReached: 'error' }, ADDRESSES);

	it.each([
		['window', 'The calls that Zoho allows in this window are used up.'],
		['lock', 'Zoho has locked the API after too many calls.'],
		['store', 'The other n8n processes cannot be asked for their calls: the Data Table fails.'],
	] as const)('says why, and from when on a repeat is worth it: %s', (why, message) => {
		const ending = failing().refused(refused(why, 300_000), LEFT, 7_000);

		expect(ending).toMatchObject({ reason: 'rateLimited', message, retryAt: 307_000 });
	});

	it('does not fail for the turn of another run, which is over in a moment', () => {
		expect(failing().refused(refused('turn', 10), LEFT, 0)).toEqual({ do: 'wait', until: 10 });
	});
});

describe('a table that has not answered yet', () => {
	it('is waited for like one that has: it may be busy', () => {
		const busy = refused('store', 2_000, { said: 'database is locked' });

		expect(new LimitWait(SETTINGS, ADDRESSES).refused(busy, LEFT, 0)).toMatchObject({
			do: 'wait',
			until: 1_000,
		});
	});
});

describe('a run that cannot share its limit', () => {
	it('ends, with what is missing: no wait would bring it', () => {
		expect(cannotShare('n8n 2.1.0 has no Data Tables.')).toMatchObject({
			reason: 'invalidRequest',
			reach: 'rest',
			code: 'NO_DATA_TABLE',
			message: 'The limit cannot be shared with all n8n processes: n8n 2.1.0 has no Data Tables.',
			resolution: expect.stringContaining('update n8n'),
		});
	});
});

describe('what a lock has taught', () => {
	it('is told once, and stays to be read when the run is over', () => {
		const wait = new LimitWait(SETTINGS, ADDRESSES);
		expect(wait.learn(undefined)).toBeUndefined();
		expect(wait.lesson).toBeUndefined();

		const lesson = wait.learn(245);
		expect(lesson).toContain('This process now makes 245 calls in 5 min at the most');
		expect(wait.learn(245)).toBeUndefined();
		expect(wait.learn(undefined)).toBeUndefined();
		expect(wait.lesson).toBe(lesson);

		expect(wait.learn(1)).toContain('now makes 1 call in 5 min');
	});
});

describe('how long the API is locked', () => {
	const lock = failure('rateLimited', { message: 'Locked', reach: 'rest' });

	it.each([
		{ saidMs: undefined, ms: 1_800_000, because: 'Zoho does not say, so it is as long as usual' },
		{ saidMs: 60_000, ms: 60_000, because: 'Zoho says it' },
		{ saidMs: 0, ms: 1_000, because: 'at once would be met by call after call' },
		{ saidMs: 604_800_000, ms: 86_400_000, because: 'nobody is to wait for a week' },
	])('is $ms ms: $because', ({ saidMs, ms }) => {
		const given = saidMs === undefined ? lock : { ...lock, waitMs: saidMs };

		expect(lockMsIn(given, 1_800_000)).toBe(ms);
	});

	it.each([
		['the server fails', failure('serverError', { message: 'Down', reach: 'rest' })],
		['there are too many calls at once', { ...lock, reach: 'call' as const }],
		['no repeat would help', { ...lock, transient: false }],
	])('is nothing where %s: no other run is to be held up for it', (_, other) => {
		expect(lockMsIn(other, 1_800_000)).toBeUndefined();
	});
});
