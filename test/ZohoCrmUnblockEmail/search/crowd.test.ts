/** Batches that are refused for one record after the other, each of them named: what that may cost. */
import { Crowd } from '../../../nodes/ZohoCrmUnblockEmail/search/crowd';
import { Isolation, type Batch } from '../../../nodes/ZohoCrmUnblockEmail/search/isolation';
import { fc } from '../../support/fc';
import { isolationOf, sizingOf } from './isolationWorld';

interface List {
	records: number;
	isBad: (record: number) => boolean;
	slots: number;
	/** Which of the bad records of a call is named: a number in [0, 1). */
	named: () => number;
	/** Which of the calls in flight ends next: a number in [0, 1). */
	ends: () => number;
}

/** Settles a list, and counts the calls and how often the record was sent that went most often. */
function settle({ records, isBad, slots, named, ends }: List) {
	const ids = Array.from({ length: records }, (_, i) => String(i));
	const isolation: Isolation<string> = isolationOf(ids, sizingOf(500));
	const sends = new Map(ids.map((id) => [id, 0]));
	const settled = new Set<string>();
	const inFlight: Array<Batch<string>> = [];
	for (let calls = 0; ; ) {
		while (inFlight.length < slots) {
			const batch = isolation.draw();
			if (!batch) break;
			for (const id of batch.ids) {
				if (settled.has(id)) throw new Error(`${id} is sent again`);
				sends.set(id, sends.get(id)! + 1);
			}
			inFlight.push(batch);
			calls++;
		}
		const [batch] = inFlight.splice(Math.floor(ends() * inFlight.length), 1);
		if (!batch) {
			return { calls, settled: settled.size, mostSends: Math.max(0, ...sends.values()) };
		}
		const bad = batch.ids.filter((id) => isBad(Number(id)));
		const culprit = bad[Math.floor(named() * bad.length)];
		if (culprit === undefined) {
			for (const id of batch.ids) settled.add(id);
			isolation.passed(batch);
		} else {
			settled.add(culprit);
			isolation.again(
				batch,
				batch.ids.filter((id) => id !== culprit),
			);
		}
	}
}

const first = () => 0;
const last = () => 0.999;
const all = () => true;

const dice = fc.array(fc.nat(999), { minLength: 1, maxLength: 50 }).map((numbers) => {
	let thrown = 0;
	return () => numbers[thrown++ % numbers.length]! / 1000;
});

/** Bad records at chance places, in a stretch, or evenly apart. */
const places = (records: number, bad: number) =>
	fc.oneof(
		fc.uniqueArray(fc.nat(records - 1), { minLength: bad, maxLength: bad, size: 'max' }),
		fc.nat(records - bad).map((from) => Array.from({ length: bad }, (_, i) => from + i)),
		fc.constant(Array.from({ length: bad }, (_, i) => Math.floor((i * records) / bad))),
	);

const lists = (counts: fc.Arbitrary<[records: number, bad: number]>) =>
	counts.chain(([records, bad]) =>
		fc
			.record({
				at: places(records, bad),
				slots: fc.integer({ min: 1, max: 10 }),
				named: fc.oneof(fc.constant(first), fc.constant(last), dice),
				ends: dice,
			})
			.map(({ at, ...list }) => {
				const places = new Set(at);
				return { ...list, records, bad, isBad: (record: number) => places.has(record) };
			}),
	);

it('up to 25 bad records of a batch cost a call each, and one', () => {
	const few = fc.tuple(fc.integer({ min: 30, max: 500 }), fc.integer({ min: 0, max: 25 }));
	fc.assert(
		fc.property(lists(few), (list) => {
			expect(settle(list)).toMatchObject({ calls: list.bad + 1, settled: list.records });
		}),
		{ numRuns: 50 },
	);
});

it('more of them cost half as many calls more at the most, whatever the list and the order', () => {
	const many = fc
		.integer({ min: 26, max: 1500 })
		.chain((records) =>
			fc.tuple(fc.constant(records), fc.integer({ min: Math.min(26, records), max: records })),
		);
	fc.assert(
		fc.property(lists(many), (list) => {
			const { calls, settled } = settle(list);
			const asBefore = list.bad + Math.ceil(list.records / 500);

			expect(settled).toBe(list.records);
			expect(calls).toBeLessThanOrEqual(1.5 * asBefore);
		}),
		{ numRuns: 100 },
	);
});

it.each([first, last])(
	'records that are all bad go in small parts: none is sent 40 times',
	(named) => {
		const { calls, mostSends } = settle({ records: 500, isBad: all, slots: 5, named, ends: first });

		expect(calls).toBe(500);
		expect(mostSends).toBeLessThanOrEqual(40);
	},
);

it('a batch that is nearly done when it proves bad is sent on as it is', () => {
	const { calls } = settle({ records: 37, isBad: all, slots: 5, named: first, ends: first });

	expect(calls).toBe(37);
});

it('parts that pass at once are followed by larger ones', () => {
	const isBad = (record: number) => record < 60;
	const { calls } = settle({ records: 500, isBad, slots: 1, named: first, ends: first });

	expect(calls).toBeLessThan(60 + 12);
});

it('batches that pass cost no part: a stretch of bad records behind them goes in small parts as well', () => {
	const isBad = (record: number) => record >= 9500;
	const { mostSends } = settle({ records: 10_000, isBad, slots: 5, named: first, ends: first });

	expect(mostSends).toBeLessThanOrEqual(40);
});

describe('a crowd', () => {
	const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i));

	/** One of so many records, whose batch has met so many refusals. */
	function crowdOf(records: number, refusals = 26): Crowd {
		const crowd = new Crowd();
		for (let refusal = 1; refusal < refusals; refusal++) {
			expect(crowd.refused(ids(records), refusal, false)).toBe(refusal > 25);
			crowd.clear();
		}
		expect(crowd.refused(ids(records), refusals, false)).toBe(true);
		return crowd;
	}

	it('takes a batch in at its 26th refusal, and a part of one at its third, unless it is small', () => {
		const crowd = new Crowd();
		const taken = (records: number, refusals: number, isPart: boolean) =>
			crowd.refused(ids(records), refusals, isPart);

		expect([taken(474, 25, false), taken(474, 26, false)]).toEqual([false, true]);
		expect([taken(40, 2, true), taken(40, 3, true)]).toEqual([false, true]);
		expect([taken(11, 30, false), taken(12, 30, false)]).toEqual([false, true]);
	});

	it('goes in small parts, larger ones after one that passed at once, and no larger than a call', () => {
		const crowd = crowdOf(474);
		expect(crowd.draw(500, 0)).toHaveLength(12);
		crowd.partPassed(12, false);
		expect(crowd.draw(500, 1)).toHaveLength(12);
		crowd.partPassed(12, true);
		expect(crowd.draw(500, 1)).toHaveLength(24);
		expect(crowd.draw(10, 1)).toHaveLength(10);
	});

	it('goes in small parts again where it has grown', () => {
		const crowd = crowdOf(474);
		crowd.partPassed(48, true);
		expect(crowd.draw(500, 0)).toHaveLength(96);
		crowd.refused(ids(90), 3, true);
		expect(crowd.draw(500, 0)).toHaveLength(12);
	});

	it('is spread over the parts that are paid for where there are few: every second refusal pays for one', () => {
		const crowd = crowdOf(470);
		// 26 refusals pay for 13 parts.
		expect(crowd.draw(500, 7)).toHaveLength(12);
		expect(crowd.draw(500, 8)).toHaveLength(Math.ceil(458 / 5));
		for (let passed = 0; passed < 4; passed++) crowd.partPassed(12, false);
		expect(crowd.draw(500, 8)).toHaveLength(366);
		expect([crowd.isEmpty, crowd.draw(500, 0)]).toEqual([true, []]);
	});

	it('is gone in one where nothing pays for a part', () => {
		expect(crowdOf(100).draw(500, 20)).toHaveLength(100);
	});
});
