/** What calls for addresses cost, and what a lock does, with the calls counted. */
import { isFailure } from '../../nodes/zoho/failures';
import { plainScene, type Scene, type Standing } from '../support/plans/move/scene';
import { busiestWindow } from '../support/plans/move/truth';
import { playScene, type Played } from '../support/plans/move/world';

type Given = Parameters<typeof plainScene>[1];

const play = async (standings: Standing[], given?: Given) =>
	await playScene(plainScene(standings, given), 'hand');

const many = (count: number, standing: Standing = 'new') => Array<Standing>(count).fill(standing);

/** How often each thing was said of an address. */
function tally({ runs }: Played): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { outcome } of runs.flatMap(({ addresses }) => addresses)) {
		const word = outcome ? (isFailure(outcome) ? outcome.reason : outcome.status) : 'not sent';
		counts[word] = (counts[word] ?? 0) + 1;
	}
	return counts;
}

const UNQUOTED: Scene['zoho'] = { contactInfoForm: 'unquoted' };

describe('a Campaigns that takes only the unquoted contactinfo', () => {
	it.each(['903', '2004'] as const)('takes 60 addresses in 61 calls (%s)', async (code) => {
		for (const maxParallelRequests of [1, 5, 10]) {
			const played = await play(many(60), {
				zoho: { ...UNQUOTED, otherFormCode: code },
				settings: { maxParallelRequests },
			});

			expect(tally(played)).toEqual({ moved: 60 });
			expect(played.arrivals.length).toBe(61);
		}
	});

	it('takes 60 addresses in 63 calls where the first ones are refused in both forms', async () => {
		const standings = [...many(2, 'refused'), ...many(58)];
		const played = await play(standings, { zoho: UNQUOTED });

		expect(tally(played)).toEqual({ moved: 58, invalidEmail: 2 });
		expect(played.arrivals.length).toBe(63);
	});
});

describe('an address that Zoho refuses', () => {
	it.each(['both', 'quoted'] as const)(
		'costs one call more where nothing is known of the form yet, and then none (%s)',
		async (contactInfoForm) => {
			const zoho = { contactInfoForm };
			const first = await play([...many(2, 'refused'), ...many(20)], { zoho });
			const last = await play([...many(20), ...many(2, 'refused')], { zoho });

			expect(tally(first)).toEqual({ moved: 20, invalidEmail: 2 });
			expect(first.arrivals.length).toBe(24);
			expect(tally(last)).toEqual({ moved: 20, invalidEmail: 2 });
			expect(last.arrivals.length).toBe(22);
		},
	);

	it('costs two calls at most in a list of nothing else', async () => {
		const played = await play(many(30, 'refused'));

		expect(tally(played)).toEqual({ invalidEmail: 30 });
		expect(played.arrivals.length).toBeLessThanOrEqual(60);
	});
});

describe('the limit', () => {
	it('is used to the last call and never passed, by three runs at once', async () => {
		const [run] = plainScene(many(600)).runs;
		const runs = [0, 20, 60_000].map((startAfter) => ({ ...run!, startAfter }));
		const played = await play([], { runs } as Given);

		expect(tally(played)).toEqual({ moved: 1800 });
		expect(busiestWindow(played)).toBe(490);
		expect(played.campaigns.locks).toBe(0);
	});

	it('counts the request that n8n adds where the token has expired at the first call', async () => {
		const played = await play(many(40), {
			settings: { callsPerWindow: 10, windowMinutes: 0.1 },
			limit: { calls: 10, windowMs: 6_000, lockMs: 60_000, kind: 'fixed' },
			expiries: [true],
		});

		expect(tally(played)).toEqual({ moved: 40 });
		expect(busiestWindow(played)).toBe(10);
		expect(played.campaigns.locks).toBe(0);
	});

	it('has room for that request in a window that another run has used up but for one call', async () => {
		const settings = { callsPerWindow: 10, windowMinutes: 0.1, maxParallelRequests: 1 };
		const [run] = plainScene(many(9), { settings }).runs;
		const runs = [run!, { ...run!, startAfter: 8.5 * 60 }];
		// The tenth call is the first of the second run.
		const expiries = Array.from({ length: 10 }, (_, call) => call === 9);
		const limit = { calls: 10, windowMs: 6_000, lockMs: 60_000, kind: 'rolling' } as const;
		const played = await play([], { runs, limit, expiries } as Given);

		expect(tally(played)).toEqual({ moved: 18 });
		expect(busiestWindow(played)).toBe(10);
		expect(played.campaigns.locks).toBe(0);
	});

	it('counts a call that was under way when its run was stopped, and arrives later', async () => {
		const settings = { callsPerWindow: 1, windowMinutes: 2 / 60, maxParallelRequests: 1 };
		const [run] = plainScene(many(1), { settings }).runs;
		const runs = [
			{ ...run!, cancelAfter: 100 },
			{ ...run!, startAfter: 200 },
		];
		const limit = { calls: 1, windowMs: 2_000, lockMs: 60_000, kind: 'rolling' } as const;
		// The call of the first run arrives after 2.9 s, when the window after the stop is over.
		const given = { runs, limit, delays: [2_900, 20] } as Given;
		const played = await playScene(plainScene([], given), 'driver');

		expect(played.arrivals).toHaveLength(2);
		expect(busiestWindow(played)).toBe(1);
		expect(played.campaigns.locks).toBe(0);
	});

	it('is passed by no more than the open calls where a token expires in the middle of a run', async () => {
		const played = await play(many(40), {
			settings: { callsPerWindow: 10, windowMinutes: 0.1, maxParallelRequests: 4 },
			limit: { calls: 14, windowMs: 6_000, lockMs: 60_000, kind: 'rolling' },
			expiries: [...Array<boolean>(6).fill(false), ...Array<boolean>(4).fill(true)],
		});

		expect(tally(played)).toEqual({ moved: 40 });
		expect(busiestWindow(played)).toBeLessThanOrEqual(14);
		expect(played.campaigns.locks).toBe(0);
	});
});

describe('a lock', () => {
	/** Other clients have used the account, of which the run knows nothing. */
	const others = Array.from({ length: 8 }, (_, i) => i);
	const limit = { calls: 10, windowMs: 60_000, lockMs: 120_000, kind: 'rolling' } as const;
	const settings = { callsPerWindow: 10, windowMinutes: 1, lockMinutes: 2 };

	it('costs no more calls than were open, and one call tests the water after it', async () => {
		const played = await play(many(30), { others, limit, settings });
		const [run] = played.runs;
		const open = run!.watched.sent.filter(({ at }) => at < run!.watched.sent[0]!.at + 60_000);
		const after = run!.watched.sent.slice(open.length);

		expect(tally(played)).toEqual({ moved: 30 });
		expect(played.campaigns.locks).toBe(1);
		expect(run!.plan.limited.refusedByLock).toBeLessThanOrEqual(5);
		expect(after[0]!.at - open.at(-1)!.at).toBeGreaterThanOrEqual(119_000);
		expect(after[1]!.at).toBeGreaterThan(after[0]!.at + 50);
	});

	it('ends a run that is not to wait, and tells when to try again', async () => {
		const played = await play(many(30), {
			others,
			limit,
			settings: { ...settings, whenLimitReached: 'error' },
		});
		const [{ plan, watched, addresses }] = played.runs as [Played['runs'][number]];

		expect(plan.outbox.abortedFor?.reason).toBe('rateLimited');
		expect(plan.outbox.abortedFor?.retryAt).toBeGreaterThanOrEqual(
			watched.sent.at(-1)!.at + 119_000,
		);
		expect(addresses.filter(({ isDone }) => isDone).length).toBe(tally(played).moved);
	});
});

describe('too many at once', () => {
	it('halves the calls at once, locks nothing, and loses nobody', async () => {
		const played = await play(many(200), {
			zoho: { concurrencyLimit: 2 },
			settings: { maxParallelRequests: 10 },
			delays: [100],
		});

		expect(tally(played)).toEqual({ moved: 200 });
		expect(played.campaigns.locks).toBe(0);
		const { outbox, limited } = played.runs[0]!.plan;
		const { retries } = outbox;
		expect(retries).toBeGreaterThanOrEqual(1);
		expect(retries).toBeLessThanOrEqual(15);
		expect(limited.refusedByLock).toBe(0);
	});
});

describe('under Stop Workflow', () => {
	it('nothing is sent after the address that fails', async () => {
		const played = await play([...many(5), 'refused', ...many(5)], {
			settings: { stopAtFailure: true, maxParallelRequests: 1 },
		});

		expect(tally(played)).toEqual({ moved: 5, invalidEmail: 1, 'not sent': 5 });
		expect(played.arrivals.length).toBe(6);
	});
});

describe('a token that cannot be renewed', () => {
	it.each([
		['tokenRevoked', 1],
		['tokenEndpointDown', 4],
	] as const)('ends the run: %s, after %i calls', async (trouble, calls) => {
		const played = await play(many(30), {
			troubles: Array<typeof trouble>(20).fill(trouble),
		});

		expect(played.runs[0]!.watched.sent.length).toBe(calls);
		expect(played.runs[0]!.plan.outbox.abortedFor?.reach).toBe('account');
		expect(tally(played)['not sent']).toBe(29);
	});
});
