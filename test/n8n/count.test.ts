import { Count } from '../../nodes/n8n/count';
import { failure, REASONS, type Failure, type Reason } from '../../nodes/zoho/failures';
import { done, failed, unsent } from './results';

function countOf(results: Array<ReturnType<typeof done>>, notAttempted?: number) {
	const count = new Count(notAttempted);
	for (const result of results) count.add(result);
	return count;
}

/** A failure of this reason. */
const ofReason = (reason: Reason, rest: Partial<Failure> = {}) =>
	failed({ failure: failure(reason, { message: 'It failed.', ...rest }) });

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
			'3 records: 1 unblocked, 1 already unblocked, 1 failed: 1 not found.',
		],
		[[failed(), failed()], '2 records: 2 failed: 2 not found.'],
		[
			[done(), failed(), failed(), unsent()],
			'4 records: 1 unblocked, 3 failed: 2 not found, 1 not sent.',
		],
		[[unsent(), unsent()], '2 records: 2 failed, none of them sent.'],
		[
			[
				...times(2, ofReason('permanentlyBlocked')),
				...times(3000, ofReason('invalidRecordId')),
				ofReason('recordNotFound'),
			],
			'3,003 records: 3,003 failed: 3,000 not a record ID, 2 permanently blocked, 1 not found.',
		],
		[times(1234, done()), '1,234 records: 1,234 unblocked.'],
		[[done(), failed({ name: 'Custom view' })], '2 results: 1 unblocked, 1 failed: 1 not found.'],
		[[done('moved')], '1 record: 1 moved.'],
	])('are told as their branches have them (%#)', (results, words) => {
		expect(countOf(results).asBranches('record', 'records')).toBe(words);
	});

	it('are told in the plural that a noun has', () => {
		expect(countOf(times(2, done())).asBranches('address', 'addresses')).toMatch(/^2 addresses: /);
	});
});

it.each(REASONS)('a failure for %s has words of its own', (reason) => {
	const told = countOf([ofReason(reason)]).asBranches('record', 'records');
	const others = REASONS.filter((other) => other !== reason).map((other) =>
		countOf([ofReason(other)]).asBranches('record', 'records'),
	);

	expect(told).toMatch(/^1 record: 1 failed: 1 [\w- ]+\.$/);
	expect(others).not.toContain(told);
});

describe('the account has failed', () => {
	const [all, unclear] = [{ reach: 'call' }, { reach: 'unclear' }] as const;
	const captcha = { retryable: false, transient: false };

	it.each<[string, ReturnType<typeof ofReason>, boolean, boolean]>([
		['a token', ofReason('authenticationFailed'), true, true],
		['a scope', ofReason('scopeMismatch'), true, true],
		['a certificate', ofReason('networkError', { reach: 'account' }), true, true],
		['a permission for all', ofReason('noPermission', all), true, false],
		['a permission for nobody knows whom', ofReason('noPermission', unclear), true, false],
		['a captcha', ofReason('rateLimited', captcha), true, false],
		['a permission for a record', ofReason('noPermission', { reach: 'record' }), false, false],
		['a limit', ofReason('rateLimited'), false, false],
		['a network', ofReason('networkError'), false, false],
		['a record', ofReason('recordNotFound'), false, false],
	])('by %s: alone, and beside what was done', (_, one, isAlone, isBeside) => {
		expect([[one], [done(), one]].map((all) => countOf(all).hasAccountFailed)).toEqual([
			isAlone,
			isBeside,
		]);
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
