/** Zoho's ways of refusing, with the calls counted. */
import { isFailure } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';
import { isLong } from '../support/plans/runs';
import { plainScene, type Scene, type Standing } from '../support/plans/unblock/scene';
import { mostCalls } from '../support/plans/unblock/truth';
import { playScene, type Played } from '../support/plans/unblock/world';

type Given = Parameters<typeof plainScene>[1];

const play = async (standings: Standing[], given?: Given) =>
	await playScene(plainScene(standings, given), 'hand');

/** A list of so many soft records, with others at these places. */
function list(count: number, others: Partial<Record<Standing, number[]>> = {}): Standing[] {
	const standings = Array<Standing>(count).fill('soft');
	for (const [standing, places] of Object.entries(others)) {
		for (const place of places) standings[place] = standing as Standing;
	}
	return standings;
}

/** How often each thing was said of a record, kept back ones included. */
function tally({ records }: Played): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { outcome, group } of records) {
		const said = outcome ?? group.refusal;
		const word = said ? (isFailure(said) ? said.reason : said.status) : 'not sent';
		counts[word] = (counts[word] ?? 0) + 1;
	}
	return counts;
}

/** Where among so many records the others are, drawn anew each time. */
const placements = (amount: number, below: number, times: number) =>
	fc.sample(fc.uniqueArray(fc.nat(below - 1), { minLength: amount, maxLength: amount }), {
		numRuns: times,
	});

/** All places in a batch, or in `npm test` some of them. */
const PLACES = Array.from({ length: 500 }, (_, place) => place).filter(
	(place) => isLong || place % 25 === 0 || place === 499,
);

const mean = (counts: number[]) => counts.reduce((a, b) => a + b) / counts.length;

it.each([8, 16, 32, 60])(
	'one bad record of %i takes no more calls than the bound of the random scenes, wherever it is',
	async (count) => {
		for (let place = 0; place < count; place++) {
			const played = await play(list(count, { hard: [place] }), {
				settings: { maxParallelRequests: 1 + (place % 6) },
				zoho: { style: 'allOrNothing' },
			});

			expect(played.calls.length).toBeLessThanOrEqual(mostCalls(played));
		}
	},
);

describe('one record of 500 that cannot be unblocked', () => {
	it('is the only one that fails, in 14 calls at most, where the refusal counts segments of the URL', async () => {
		const calls: number[] = [];
		for (const place of PLACES) {
			const zoho = { style: 'indexed', indexBy: 'resource_path_index' } as const;
			const played = await play(list(500, { hard: [place] }), { zoho });

			expect(tally(played)).toEqual({ unblocked: 499, permanentlyBlocked: 1 });
			expect(played.records[place]!.outcome).toMatchObject({ reason: 'permanentlyBlocked' });
			calls.push(played.calls.length);
		}
		expect(Math.max(...calls)).toBeLessThanOrEqual(14);
		expect(mean(calls)).toBeLessThanOrEqual(12.5);
	});

	it('is the only one that fails, in 16 calls at most, where the refusal is not listed and names nobody', async () => {
		const calls: number[] = [];
		for (const place of PLACES) {
			const played = await play(list(500, { locked: [place] }));

			expect(tally(played)).toEqual({ unblocked: 499, invalidRequest: 1 });
			expect(played.records[place]!.outcome).toMatchObject({ reason: 'invalidRequest' });
			calls.push(played.calls.length);
		}
		expect(Math.max(...calls)).toBeLessThanOrEqual(16);
		expect(mean(calls)).toBeLessThanOrEqual(13.5);
	});

	it.each(['json_path', 'id'] as const)('costs two calls where its %s is told', async (indexBy) => {
		const zoho = { style: 'indexed', indexBy } as const;
		const played = await play(list(500, { hard: [123] }), { zoho });

		expect(tally(played)).toEqual({ unblocked: 499, permanentlyBlocked: 1 });
		expect(played.calls.length).toBe(2);
	});

	it('costs no call more where it is told in data[]', async () => {
		const played = await play(list(500, { hard: [123] }), { zoho: { style: 'mixed' } });

		expect(tally(played)).toEqual({ unblocked: 499, permanentlyBlocked: 1 });
		expect(played.calls.length).toBe(1);
	});

	it('costs two calls where a 400 names it alone', async () => {
		const played = await play(list(500, { hard: [123] }), { zoho: { style: 'onlyBad' } });

		expect(tally(played)).toEqual({ unblocked: 499, permanentlyBlocked: 1 });
		expect(played.calls.length).toBe(2);
	});
});

describe('1,000 records, 4 of them deleted and 20 dead, in both ways of answering at once', () => {
	it.each(['none', 'resource_path_index'] as const)(
		'are 976 done and 24 named, each for its own reason, in 60 calls at most (details: %s)',
		async (wholeCallDetails) => {
			const calls: number[] = [];
			for (const places of placements(24, 1000, isLong ? 300 : 15)) {
				const bad = { missing: places.slice(0, 4), hard: places.slice(4) };
				const zoho = {
					style: 'mixed',
					wholeCallFor: new Set(['noRecord']),
					wholeCallDetails,
				} satisfies Scene['zoho'];
				const played = await play(list(1000, bad), { zoho });

				expect(tally(played)).toEqual({
					unblocked: 976,
					recordNotFound: 4,
					permanentlyBlocked: 20,
				});
				for (const place of bad.missing) {
					expect(played.records[place]!.outcome).toMatchObject({ reason: 'recordNotFound' });
				}
				calls.push(played.calls.length);
			}
			expect(Math.max(...calls)).toBeLessThanOrEqual(60);
			expect(mean(calls)).toBeLessThanOrEqual(45);
		},
	);
});

describe('a refusal that is not listed and is true of all', () => {
	it.each([1, 2, 3, 500])(
		'costs three calls more than one for 10,000 records, %i a call, and nothing else is sent',
		async (batchSize) => {
			for (const maxParallelRequests of [1, 5, 10]) {
				const played = await play(list(10_000), {
					refuseAll: 'unlisted',
					settings: { batchSize, maxParallelRequests },
				});

				expect(played.calls.length).toBeLessThanOrEqual(4);
				expect(tally(played)).toEqual({ invalidRequest: 10_000 });
			}
		},
	);

	it('costs one call where it is listed', async () => {
		const played = await play(list(10_000), { refuseAll: 'listed' });

		expect(played.calls.length).toBe(1);
		expect(tally(played)).toEqual({ invalidModule: 10_000 });
	});
});

describe('under Stop Workflow', () => {
	it('the failing call is told apart, and nothing else is sent after it', async () => {
		const played = await play(list(2000, { hard: [700] }), {
			settings: { stopAtFailure: true, maxParallelRequests: 1 },
			zoho: { style: 'allOrNothing' },
		});
		const [first, failing, ...parts] = played.calls;

		expect(first!.ids.length).toBe(500);
		expect(failing!.ids).toContain(played.records[700]!.id);
		for (const { ids } of parts) expect(failing!.ids).toEqual(expect.arrayContaining([...ids]));
		expect(tally(played)).toEqual({ unblocked: 999, permanentlyBlocked: 1, 'not sent': 1000 });
	});

	it('a pause that Zoho asks another call for is kept', async () => {
		const played = await play(list(12, { locked: [2] }), {
			settings: { stopAtFailure: true, batchSize: 2, maxParallelRequests: 2 },
			troubles: ['none', 'none', 'tooManyForAWhile'],
			delays: [0],
		});

		expect(played.faults).toEqual([]);
	});

	it('nothing is sent where an item names what can be no record', async () => {
		const played = await play(list(10), {
			settings: { stopAtFailure: true },
			badInput: true,
		});

		expect(played.calls).toEqual([]);
		expect(tally(played)).toEqual({ 'not sent': 10 });
	});
});

describe('a token that cannot be renewed', () => {
	it('ends the run also where a call beside it has stopped it already', async () => {
		const played = await play(list(12, { locked: [7] }), {
			settings: { stopAtFailure: true, batchSize: 4, maxParallelRequests: 2 },
			troubles: ['none', 'none', 'tokenRevoked'],
			delays: [0],
		});

		expect(played.faults).toEqual([]);
		expect(played.plan.outbox.abortedFor).toMatchObject({ reason: 'authenticationFailed' });
	});

	it.each([
		['tokenRevoked', 1],
		['tokenEndpointDown', 4],
	] as const)('ends the run: %s, after %i calls', async (trouble, calls) => {
		const played = await play(list(3000), {
			troubles: Array<typeof trouble>(20).fill(trouble),
		});

		expect(played.calls.length).toBe(calls);
		expect(played.plan.outbox.abortedFor?.reach).toBe('account');
		expect(tally(played)['not sent']).toBe(2500);
	});
});
