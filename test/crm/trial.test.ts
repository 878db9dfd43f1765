/** A refusal that nobody has listed: single records decide whether it is true of all. */
import { Isolation } from '../../nodes/ZohoCrmUnblockEmail/isolation';
import { sameRefusal, Trial } from '../../nodes/ZohoCrmUnblockEmail/trial';
import { failure, type Failure } from '../../nodes/zoho/failures';

const NO = failure('invalidRequest', { code: 'NOT_ALLOWED', message: 'The record is locked.' });
const OTHER = failure('noPermission', { code: 'NO_PERMISSION', message: 'denied' });

/** A trial over batches that were refused, and the search that they are from. */
function trialOver(...batches: string[][]) {
	const search = new Isolation<Failure>(500);
	const trial = new Trial();
	for (const ids of batches) trial.hold({ search, batch: search.adopt(ids) }, NO);
	const next = () => trial.next()?.batch.ids;
	const held = () => trial.held.map(({ batch, isCleared }) => [batch.ids.join(''), isCleared]);
	return { search, trial, next, held };
}

describe('the single records', () => {
	it('are from the ends and the middle of the batch, so that a stretch of bad ones does not decide', () => {
		const { trial, next, held } = trialOver(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
		const tested = [next()];
		for (let i = 0; i < 3; i++) {
			trial.refuse(NO);
			tested.push(next());
		}

		expect(tested).toEqual([['a'], ['g'], ['d'], ['b']]);
		expect(held()).toEqual([['cef', false]]);
	});

	it('are from the next batch where one has none left, and then there is none', () => {
		const { next, held } = trialOver(['a'], ['b']);

		expect([next(), next(), next()]).toEqual([['a'], ['b'], undefined]);
		expect(held()).toEqual([
			['', false],
			['', false],
		]);
	});

	it('clear the batch that they are from when they do not pass, and no other', () => {
		const { trial, next, held } = trialOver(['a', 'b'], ['c']);
		trial.lose();
		expect(held().map(([, isCleared]) => isCleared)).toEqual([false, false]);
		next();
		trial.lose();
		expect(held()).toEqual([
			['b', true],
			['c', false],
		]);
	});

	it('that are not from a batch clear none', () => {
		const { trial, next, held } = trialOver(['a']);
		next();
		next();
		trial.lose();

		expect(held()).toEqual([['', false]]);
	});

	it('are told to the search, which knows all the records in flight', () => {
		const { search, trial } = trialOver(['a', 'b']);
		search.close();
		const single = trial.next()!;
		search.passed(single.batch);
		expect(search.isDone).toBe(false);
		search.settled(trial.held[0]!.batch);
		expect(search.isDone).toBe(true);
	});
});

describe('all records are given up', () => {
	it('after three single ones and a batch, and not sooner', () => {
		const { trial } = trialOver(['a', 'b', 'c', 'd']);

		expect([trial.refuse(NO), trial.refuse(NO), trial.refuse(NO)]).toEqual([false, false, true]);
	});

	it('after four single ones where no batch was refused', () => {
		const trial = new Trial();

		expect([1, 2, 3, 4].map(() => trial.refuse(NO))).toEqual([false, false, false, true]);
	});

	it('not for the sake of batches, however many are refused', () => {
		const { trial } = trialOver(['a'], ['b'], ['c'], ['d']);

		expect([trial.refuse(NO), trial.refuse(NO)]).toEqual([false, false]);
	});
});

describe('a refusal', () => {
	it('is in question where a batch or a single record has met it', () => {
		const { trial } = trialOver(['a']);
		expect([trial.isAbout(NO), trial.isAbout(OTHER)]).toEqual([true, false]);
		trial.refuse(OTHER);
		expect(trial.isAbout(OTHER)).toBe(true);
	});

	it('is the same one in another case and punctuation, and another one by its code', () => {
		const shout = { ...NO, message: 'THE RECORD, IS LOCKED' };

		expect(sameRefusal(shout)).toBe(sameRefusal(NO));
		expect(sameRefusal({ ...NO, code: 'X' })).not.toBe(sameRefusal(NO));
		expect(sameRefusal({ ...NO, message: 'Another' })).not.toBe(sameRefusal(NO));
	});
});
