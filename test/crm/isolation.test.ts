import { Isolation, type Batch } from '../../nodes/ZohoCrmUnblockEmail/isolation';
import { ShareOfBad } from '../../nodes/ZohoCrmUnblockEmail/share';
import { fc } from '../support/fc';
import { callsToSettle } from '../support/isolation';
import { random } from '../support/random';
import {
	allReplies,
	anyRun,
	isolationOf,
	right,
	settle,
	sorted,
	tellingReplies,
} from './isolationWorld';

describe('every record is settled exactly once', () => {
	it('with its own verdict and failure, for every arrangement of up to nine records', () => {
		for (const reply of tellingReplies) {
			for (let records = 0; records <= 9; records++) {
				for (let arrangement = 0; arrangement < 2 ** records; arrangement++) {
					const bad = Array.from({ length: records }, (_, i) => ((arrangement >> i) & 1) === 1);
					for (const slots of [1, 3]) {
						const run = { bad, maxBatchSize: 6, slots, reply: () => reply, ends: () => 0 };
						const { outcomes } = settle(run);
						if (sorted(outcomes).join() !== sorted(right(bad)).join()) {
							throw new Error(`${reply}, ${bad.join()}: ${sorted(outcomes).join(' ')}`);
						}
					}
				}
			}
		}
	});

	it('with its own verdict and failure, whatever mixture of replies and sizes refused', () => {
		const telling = anyRun([...tellingReplies, 'notSent', 'tooMany', 'failsForFirst']).filter(
			// A server that never does anything is not one to end with.
			(run) => Array.from({ length: 20 }, (_, i) => run.reply(i)).some((r) => r !== 'notSent'),
		);
		fc.assert(
			fc.property(telling, (run) => {
				expect(sorted(settle(run).outcomes)).toEqual(sorted(right(run.bad)));
			}),
			{ numRuns: 500 },
		);
	});

	it('even where some calls fail as a whole', () => {
		const any = anyRun(allReplies).filter((run) =>
			Array.from({ length: 20 }, (_, i) => run.reply(i)).some((r) => r !== 'notSent'),
		);
		fc.assert(
			fc.property(any, (run) => {
				const { outcomes } = settle(run);
				expect(outcomes.size).toBe(run.bad.length);
				for (const [id, verdict] of right(run.bad)) {
					expect([verdict, 'callFailed']).toContain(outcomes.get(id));
				}
			}),
			{ numRuns: 500 },
		);
	});
});

describe('the batches', () => {
	it('of a clean list are whole batches in input order, sent without waiting', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(3000), (maxBatchSize, records) => {
				const ids = Array.from({ length: records }, (_, i) => `id${i}`);
				const isolation = isolationOf(ids, maxBatchSize);
				const batches: Batch[] = [];
				for (let batch = isolation.next(); batch; batch = isolation.next()) batches.push(batch);
				expect(batches).toHaveLength(Math.ceil(records / maxBatchSize));
				expect(batches.flatMap((batch) => batch.ids)).toEqual(ids);
				for (const batch of batches) expect(isolation.passed(batch)).toBeUndefined();
				expect(isolation.next()).toBeUndefined();
			}),
			{ numRuns: 50 },
		);
	});

	it('of a clean list stay whole however many have passed', () => {
		const clean = () => false;
		expect(callsToSettle(10_000, clean, { slots: 1 }, random(1))).toBe(20);
		expect(callsToSettle(50_000, clean, { slots: 5 }, random(1))).toBe(100);
	});

	it('are split no further where only one can be the bad one, and its failure is the one that named it', () => {
		const isolation = isolationOf(['good', 'bad'], 500);
		expect(isolation.failed(isolation.next()!, 'permanently blocked')).toBeUndefined();
		const half = isolation.next()!;
		expect(half.ids).toEqual(['good']);
		expect(isolation.passed(half)).toEqual({ id: 'bad', failure: 'permanently blocked' });
		expect(isolation.next()).toBeUndefined();
	});

	it('of one record that fails need no other call', () => {
		const isolation = isolationOf(['bad'], 500);
		expect(isolation.failed(isolation.next()!, 'no')).toEqual({ id: 'bad', failure: 'no' });
		expect(isolation.next()).toBeUndefined();
	});

	it('are not made small to fill free slots while one failed batch is being split', () => {
		const isolation = isolationOf(
			Array.from({ length: 500 }, (_, i) => `id${i}`),
			500,
		);
		isolation.failed(isolation.next()!, 'no');
		expect(isolation.next()).toBeDefined();
		expect(isolation.next()).toBeUndefined();
	});

	it('hold one record each soon after a list turned out to be full of bad ones', () => {
		const { calls } = settle({
			bad: Array.from({ length: 500 }, () => true),
			maxBatchSize: 500,
			slots: 1,
			reply: () => 'failsForFirst',
			ends: () => 0,
		});
		expect(calls.slice(20).filter((ids) => ids.length > 1)).toEqual([]);
	});

	it('are large again soon after a stretch of bad records', () => {
		for (const slots of [1, 5]) {
			const calls = callsToSettle(10_000, (record) => record < 500, { slots }, random(1));
			expect(calls).toBeLessThan(500 + 20 + 60);
		}
	});

	it('keep to a limit learned on the way, and the refused records go again in their order', () => {
		const isolation = isolationOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'], 500);
		const refused = isolation.next()!;
		isolation.limitSize(3);
		isolation.returned(refused);
		const batches = [isolation.next()!, isolation.next()!, isolation.next()!];
		expect(batches.map(({ ids }) => ids)).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
		isolation.limitSize(500);
		isolation.returned(batches[0]!);
		isolation.returned(batches[1]!);
		expect(isolation.next()!.ids).toHaveLength(3);
	});

	it('of a failed call that was not repeated are still known to hold a bad record', () => {
		const isolation = isolationOf(['a', 'b'], 500);
		isolation.failed(isolation.next()!, 'no');
		isolation.returned(isolation.next()!);
		expect(isolation.passed(isolation.next()!)).toEqual({ id: 'b', failure: 'no' });
	});
});

describe('records of a call that has failed already', () => {
	it('are told apart without being sent together once more', () => {
		const ids = ['a', 'b', 'c', 'd'];
		for (const bad of ids) {
			const isolation = isolationOf([], 500);
			isolation.failed(isolation.adopt(ids), `${bad} is blocked`);
			const culprits = [];
			for (let batch = isolation.next(); batch; batch = isolation.next()) {
				expect(batch.ids.length).toBeLessThan(ids.length);
				culprits.push(
					batch.ids.includes(bad)
						? isolation.failed(batch, `${bad} is blocked`)
						: isolation.passed(batch),
				);
			}
			expect(culprits.filter(Boolean)).toEqual([{ id: bad, failure: `${bad} is blocked` }]);
			expect(isolation.isDone).toBe(true);
		}
	});
});

describe('a list that is not whole yet', () => {
	it('is sent in full batches only, and what is left once it is whole', () => {
		const isolation = new Isolation<string>(2);
		isolation.add('a');
		expect(isolation.next()).toBeUndefined();
		isolation.add('b');
		isolation.add('c');
		const first = isolation.next()!;
		expect(first.ids).toEqual(['a', 'b']);
		expect(isolation.next()).toBeUndefined();
		isolation.passed(first);
		expect(isolation.isDone).toBe(false);
		isolation.close();
		const last = isolation.next()!;
		expect(last.ids).toEqual(['c']);
		expect(isolation.isDone).toBe(false);
		isolation.passed(last);
		expect(isolation.isDone).toBe(true);
	});
});

describe('a batch', () => {
	it('that is to be smaller for once leaves the others in their order', () => {
		const isolation = isolationOf(['a', 'b', 'c', 'd'], 3);
		expect(isolation.next(1)!.ids).toEqual(['a']);
		expect(isolation.next()!.ids).toEqual(['b', 'c', 'd']);
	});

	it('of which some go again goes as one batch, in parts where that is too large', () => {
		const isolation = isolationOf(['a', 'b', 'c', 'd'], 4);
		const batch = isolation.next()!;
		isolation.again(batch, ['b', 'c', 'd']);
		expect(isolation.isDone).toBe(false);
		expect(isolation.next(2)!.ids).toEqual(['b', 'c']);
		expect(isolation.next()!.ids).toEqual(['d']);
	});

	it('that goes again whole leaves no empty call behind', () => {
		const isolation = isolationOf(['a', 'b'], 2);
		isolation.again(isolation.next()!, ['a', 'b']);
		isolation.passed(isolation.next()!);
		expect([isolation.next(), isolation.isDone]).toEqual([undefined, true]);
	});

	it('says for which failure a part of it is tried', () => {
		const isolation = isolationOf(['a', 'b'], 500);
		const whole = isolation.next()!;
		expect(isolation.failureBehind(whole)).toBeUndefined();
		isolation.failed(whole, 'no');
		expect(isolation.failureBehind(isolation.next()!)).toBe('no');
	});
});

describe('the share of bad records', () => {
	it('is learned by one isolation for the next of the same run', () => {
		const share = new ShareOfBad();
		for (let i = 0; i < 20; i++) share.learn(false, 1, Infinity);
		const isolation = isolationOf(['a', 'b', 'c'], 500, share);
		expect(isolation.next()!.ids).toEqual(['a']);
	});
});
