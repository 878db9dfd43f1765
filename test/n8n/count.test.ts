import { Count } from '../../nodes/n8n/count';
import { done, failed, unsent } from './results';

function countOf(results: Array<ReturnType<typeof done>>, notAttempted?: number) {
	const count = new Count(notAttempted);
	for (const result of results) count.add(result);
	return count;
}

const times = <T>(count: number, result: T) => Array<T>(count).fill(result);

describe('the results of a run', () => {
	it('are counted by what became of them, also of items that were not even read', () => {
		const count = countOf([done(), done('moved'), done(), failed(), unsent()], 4);

		expect(count.asAttempts).toBe('3 done, 1 failed, 5 not attempted');
		expect(count.sum).toBe(9);
	});

	it('are nothing before the first', () => {
		const count = countOf([]);

		expect(count.asAttempts).toBe('0 done, 0 failed, 0 not attempted');
		expect([count.sum, count.first, count.unsentFor]).toEqual([0, undefined, undefined]);
	});

	it.each([
		['unblocked', 'unblocked'],
		['alreadyUnblocked', 'already unblocked'],
		['moved', 'moved'],
		['alreadyInDoNotMail', 'already in Do-Not-Mail'],
		['new', 'new'],
	])('that are %s are so in words', (status, words) => {
		expect(countOf([done(status)]).asBranches('record', 'records')).toBe(`1 record: 1 ${words}.`);
	});

	it.each([
		[
			[done(), done('alreadyUnblocked'), failed()],
			'3 records: 1 unblocked, 1 already unblocked, 1 failed.',
		],
		[[failed(), failed()], '2 records: 2 failed.'],
		[
			[done(), failed(), failed(), unsent()],
			'4 records: 1 unblocked, 3 failed, 1 of them not sent.',
		],
		[[unsent(), unsent()], '2 records: 2 failed, none of them sent.'],
		[times(1234, done()), '1,234 records: 1,234 unblocked.'],
		[[done(), failed({ name: 'Custom view' })], '2 results: 1 unblocked, 1 failed.'],
		[[done('moved')], '1 record: 1 moved.'],
	])('are told as their branches have them (%#)', (results, words) => {
		expect(countOf(results).asBranches('record', 'records')).toBe(words);
	});

	it('are told in the plural that a noun has', () => {
		expect(countOf(times(2, done())).asBranches('address', 'addresses')).toMatch(/^2 addresses: /);
	});
});

describe('the failure that is told', () => {
	const [own, later, effect] = [failed(), failed({ item: 5 }), unsent({ item: 7 })];

	it('is the first', () => {
		expect(countOf([done(), own, later, effect]).first).toBe(own);
		expect(countOf([effect, unsent()]).first).toBe(effect);
	});

	it('is one of its own, before a mere effect of another', () => {
		expect(countOf([effect, own, later]).first).toBe(own);
	});

	it('is that for which the rest was not sent, where that was so', () => {
		const second = unsent({ failure: own.failure });
		expect(countOf([own, effect, second]).unsentFor).toBe(effect.failure);
		expect(countOf([own]).unsentFor).toBeUndefined();
	});
});
