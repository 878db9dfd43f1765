import { Isolation, type Batch } from '../../../nodes/ZohoCrmUnblockEmail/search/isolation';
import { ShareOfBad } from '../../../nodes/ZohoCrmUnblockEmail/search/share';
import { fc } from '../../support/fc';
import { callsToSettle } from '../../support/isolation';
import { random } from '../../support/random';
import {
	allReplies,
	anyRun,
	isolationOf,
	sizingOf,
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
			{ numRuns: 100 },
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
			{ numRuns: 100 },
		);
	});
});

describe('the batches', () => {
	it('of a clean list are whole batches in input order, sent without waiting', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(3000), (maxBatchSize, records) => {
				const ids = Array.from({ length: records }, (_, i) => `id${i}`);
				const isolation = isolationOf(ids, sizingOf(maxBatchSize));
				const batches: Array<Batch<string>> = [];
				for (let batch = isolation.draw(); batch; batch = isolation.draw()) batches.push(batch);
				expect(batches).toHaveLength(Math.ceil(records / maxBatchSize));
				expect(batches.flatMap((batch) => batch.ids)).toEqual(ids);
				for (const batch of batches) expect(isolation.passed(batch)).toBeUndefined();
				expect(isolation.draw()).toBeUndefined();
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
		const isolation = isolationOf(['good', 'bad'], sizingOf(500));
		expect(isolation.failed(isolation.draw()!, 'permanently blocked')).toBeUndefined();
		const half = isolation.draw()!;
		expect(half.ids).toEqual(['good']);
		expect(isolation.passed(half)).toEqual({ id: 'bad', failure: 'permanently blocked' });
		expect(isolation.draw()).toBeUndefined();
	});

	it('of one record that fails need no other call', () => {
		const isolation = isolationOf(['bad'], sizingOf(500));
		expect(isolation.failed(isolation.draw()!, 'no')).toEqual({ id: 'bad', failure: 'no' });
		expect(isolation.draw()).toBeUndefined();
	});

	it('are not made small to fill free slots while one failed batch is being split', () => {
		const isolation = isolationOf(
			Array.from({ length: 500 }, (_, i) => `id${i}`),
			sizingOf(500),
		);
		isolation.failed(isolation.draw()!, 'no');
		expect(isolation.draw()).toBeDefined();
		expect(isolation.draw()).toBeUndefined();
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
		const sizing = sizingOf(500);
		const isolation = isolationOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'], sizing);
		const refused = isolation.draw()!;
		sizing.most = 3;
		isolation.putBack(refused);
		const batches = [isolation.draw()!, isolation.draw()!, isolation.draw()!];
		expect(batches.map(({ ids }) => ids)).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
		isolation.putBack(batches[0]!);
		isolation.putBack(batches[1]!);
		expect(isolation.draw()!.ids).toHaveLength(3);
	});

	it('of a failed call that was not repeated are still known to hold a bad record', () => {
		const isolation = isolationOf(['a', 'b'], sizingOf(500));
		isolation.failed(isolation.draw()!, 'no');
		isolation.putBack(isolation.draw()!);
		expect(isolation.passed(isolation.draw()!)).toEqual({ id: 'b', failure: 'no' });
	});
});

describe('records of a call that has failed already', () => {
	it('are told apart without being sent together once more', () => {
		const ids = ['a', 'b', 'c', 'd'];
		for (const bad of ids) {
			const isolation = isolationOf(ids, sizingOf(500));
			isolation.failed(isolation.draw()!, `${bad} is blocked`);
			const culprits = [];
			for (let batch = isolation.draw(); batch; batch = isolation.draw()) {
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
		const isolation = new Isolation<string>(sizingOf(2));
		isolation.add('a');
		expect(isolation.draw()).toBeUndefined();
		isolation.add('b');
		isolation.add('c');
		const first = isolation.draw()!;
		expect(first.ids).toEqual(['a', 'b']);
		expect(isolation.draw()).toBeUndefined();
		isolation.passed(first);
		expect(isolation.isDone).toBe(false);
		isolation.close();
		const last = isolation.draw()!;
		expect(last.ids).toEqual(['c']);
		expect(isolation.isDone).toBe(false);
		isolation.passed(last);
		expect(isolation.isDone).toBe(true);
	});
});

describe('a batch', () => {
	it('that is to be smaller for once leaves the others in their order', () => {
		const isolation = isolationOf(['a', 'b', 'c', 'd'], sizingOf(3));
		expect(isolation.draw(1)!.ids).toEqual(['a']);
		expect(isolation.draw()!.ids).toEqual(['b', 'c', 'd']);
	});

	it('of which some go again goes as one batch, in parts where that is too large', () => {
		const isolation = isolationOf(['a', 'b', 'c', 'd'], sizingOf(4));
		const batch = isolation.draw()!;
		isolation.again(batch, ['b', 'c', 'd']);
		expect(isolation.isDone).toBe(false);
		expect(isolation.draw(2)!.ids).toEqual(['b', 'c']);
		expect(isolation.draw()!.ids).toEqual(['d']);
	});

	it('that goes again whole leaves no empty call behind', () => {
		const isolation = isolationOf(['a', 'b'], sizingOf(2));
		isolation.again(isolation.draw()!, ['a', 'b']);
		isolation.passed(isolation.draw()!);
		expect([isolation.draw(), isolation.isDone]).toEqual([undefined, true]);
	});

	it('says for which failure a part of it is tried', () => {
		const isolation = isolationOf(['a', 'b'], sizingOf(500));
		const whole = isolation.draw()!;
		expect(whole.others).toBeUndefined();
		isolation.failed(whole, 'no');
		expect(isolation.draw()!.others).toEqual({ ids: ['b'], failure: 'no' });
	});

	it('that is put back is as it was: a part of its suspects, one that goes again, or a fresh one', () => {
		const [part, again, fresh] = [1, 2, 3].map(() => isolationOf([...'abcd'], sizingOf(2)));
		part!.failed(part!.draw()!, 'no');
		again!.again(again!.draw()!, ['b']);
		const before = [part, again, fresh].map((isolation) => {
			const batch = isolation!.draw()!;
			isolation!.putBack(batch);
			return batch;
		});

		expect([part, again, fresh].map((isolation) => isolation!.draw())).toEqual(before);
		expect(before.map(({ ids }) => ids.join(''))).toEqual(['a', 'b', 'ab']);
	});
});

describe('a search that keeps to one batch', () => {
	/** Two batches were refused, and one is being split; a fresh one is in flight, and the list goes on. */
	function searching() {
		const isolation = isolationOf([...'klabcdefghij'], sizingOf(4));
		const batches = [isolation.draw()!, isolation.draw()!, isolation.draw()!];
		const [refused, other, fresh] = batches as [Batch<string>, Batch<string>, Batch<string>];
		for (const one of [refused, other]) isolation.failed(one, 'no');
		const part = isolation.draw()!;
		expect([...part.ids, ...part.others!.ids].join('')).toBe('cdef');
		expect([refused, fresh].map(({ ids }) => ids.join(''))).toEqual(['klab', 'ghij']);
		return { isolation, part, fresh };
	}

	/** The records of the batches that are still sent, each of which passes. */
	function sent(isolation: Isolation<string>): string {
		let ids = '';
		for (let batch = isolation.draw(); batch; batch = isolation.draw()) {
			ids += batch.ids.join('');
			isolation.passed(batch);
		}
		return ids;
	}

	it('sends the parts of what was tried before, and nothing fresh', () => {
		const { isolation, part } = searching();
		isolation.keep(part);
		isolation.passed(part);

		// The last one of each batch is the bad one, and needs no call.
		expect([...sent(isolation)].sort().join('')).toBe('adekl');
		expect(isolation.isDone).toBe(true);
	});

	it('makes nothing of a fresh batch that was in flight beside it', () => {
		const { isolation, part, fresh } = searching();
		isolation.keep(part);
		expect([part, fresh].map((batch) => isolation.isSought(batch))).toEqual([true, false]);
		expect(isolation.failed(fresh, 'no')).toBeUndefined();
		isolation.again(fresh, ['g']);
		isolation.putBack(fresh);
		isolation.failed(part, 'no');

		expect(sent(isolation)).not.toMatch(/[g-j]/);
	});

	it('searches a fresh batch as well, where it is that one', () => {
		const { isolation, part, fresh } = searching();
		isolation.keep(fresh);
		isolation.passed(part);
		isolation.again(fresh, [...'ghi']);

		expect(sent(isolation)).toContain('ghi');
	});

	it('sends nothing more where there is none', () => {
		const { isolation, part } = searching();
		isolation.keep();

		expect(isolation.isSought(part)).toBe(false);
		expect([isolation.draw(), isolation.isDone, isolation.isBusy]).toEqual([
			undefined,
			true,
			false,
		]);
	});

	it('keeps what a batch of it is divided into', () => {
		const { isolation, fresh } = searching();
		isolation.keep(fresh);
		const some = isolation.divide(fresh, ['g']);

		expect([isolation.isSought(some), some.isFresh]).toEqual([true, true]);
	});
});

describe('a single record that is tried', () => {
	it('is from the ends and the middle in turn of what was refused', () => {
		const isolation = isolationOf([...'abcdefgh'], sizingOf(7));
		isolation.failed(isolation.draw()!, 'no');
		const tried = [0, 1, 2, 3].map((turn) => {
			const single = isolation.probe(turn)!;
			isolation.failed(single, 'no');
			return single.ids.join('');
		});

		expect(tried).toEqual(['a', 'g', 'd', 'b']);
	});

	it('leaves the others of its batch under suspicion, until it fails itself', () => {
		const isolation = isolationOf([...'abc'], sizingOf(3));
		isolation.failed(isolation.draw()!, 'no');
		const single = isolation.probe(0)!;
		expect(single.others).toEqual({ ids: ['b', 'c'], failure: 'no' });
		isolation.passed(single);
		const next = isolation.probe(1)!;
		expect(next.ids).toEqual(['c']);

		expect(isolation.passed(next)).toEqual({ id: 'b', failure: 'no' });
	});

	it('is the next of the list where nothing was refused', () => {
		const isolation = isolationOf([...'ab'], sizingOf(2));

		expect([isolation.probe(0)?.ids, isolation.probe(1)?.ids]).toEqual([['a'], ['b']]);
		expect(isolation.probe(2)).toBeUndefined();
	});
});

describe('what was tried in vain', () => {
	it('can be given up, with all that has not been sent again', () => {
		const isolation = isolationOf([...'abcdefgh'], sizingOf(4));
		const [first, second] = [isolation.draw()!, isolation.draw()!];
		isolation.failed(first, 'no');
		isolation.again(second, ['g', 'h']);
		const single = isolation.probe(0)!;
		isolation.failed(single, 'no');

		expect([...isolation.giveUp(), ...single.ids].sort()).toEqual([...'abcdgh']);
		expect(isolation.draw()).toBeUndefined();
	});
});

describe('the share of bad records', () => {
	it('is learned by one isolation for the next of the same run', () => {
		const share = new ShareOfBad();
		for (let i = 0; i < 20; i++) share.learn(false, 1, Infinity);
		const isolation = isolationOf(['a', 'b', 'c'], sizingOf(500, share));
		expect(isolation.draw()!.ids).toEqual(['a']);
	});
});
