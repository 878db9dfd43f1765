/** A reply that speaks of each record: whose records are done, go again, or end the run. */
import {
	endsTheRun,
	isOfRecord,
	mayBeSought,
	sortOut,
} from '../../nodes/ZohoCrmUnblockEmail/entries';
import type { Outcome } from '../../nodes/ZohoCrmUnblockEmail/outcomes';
import { failure, type Failure, type Reason } from '../../nodes/zoho/failures';

const DONE: Outcome = { status: 'unblocked', code: 'SUCCESS', message: 'Done' };
const why = (reason: Reason, known: Partial<Failure> = {}) =>
	failure(reason, { message: 'x', ...known });
const DEAD = why('permanentlyBlocked');
const BUSY = why('serverError');

describe('the records of a call', () => {
	const sorted = (outcomes: Array<[string, Outcome]>, isRefusal: boolean) => {
		const told = { kind: 'entries' as const, outcomes: new Map(outcomes), isRefusal };
		const { settled, transient, untold } = sortOut(['1', '2', '3', '4'], told, 0);
		return { settled: [...settled], transient: [...transient], untold };
	};
	const outcomes: Array<[string, Outcome]> = [
		['1', DONE],
		['2', DEAD],
		['3', BUSY],
	];

	it('are settled by what Zoho says, but for what it failed at, which goes again', () => {
		const { settled, transient, untold } = sorted(outcomes, false);

		expect(settled).toEqual([
			['1', DONE],
			['2', DEAD],
		]);
		expect(transient.map(([id]) => id)).toEqual(['3', '4']);
		expect(transient[0]?.[1]).toBe(BUSY);
		expect(untold).toEqual([]);
	});

	it('are in doubt beside a limit that is told of nobody only where they have no entry of their own', () => {
		const ofOthers = why('rateLimited');
		const inDoubt = [false, true].map((isRefusal) => {
			const told = { kind: 'entries' as const, outcomes: new Map(outcomes), isRefusal, ofOthers };
			return sortOut(['1', '2', '3', '4'], told, 0).inDoubt;
		});

		expect(inDoubt).toEqual([['4'], []]);
	});

	it('may have been done where the call was let in and the reply leaves them out', () => {
		expect(sorted(outcomes, false).transient[1]?.[1]).toMatchObject({
			reason: 'badResponse',
			code: 'BAD_RESPONSE',
			message: "Zoho's reply says nothing of this record.",
			doubtful: true,
		});
	});

	it('were not done where the call was refused and the reply leaves them out', () => {
		const { transient, untold } = sorted(outcomes, true);

		expect(untold).toEqual(['4']);
		expect(transient.map(([id]) => id)).toEqual(['3']);
	});
});

describe('an outcome says that the call was let in', () => {
	it.each<[string, Outcome, boolean]>([
		['a record that was unblocked', DONE, true],
		['a record that is dead', DEAD, true],
		[
			'a record that is refused for no known reason',
			why('invalidRequest', { reach: 'record' }),
			false,
		],
		['a record that may not be touched', why('noPermission', { reach: 'record' }), false],
		['a module that there is not', why('invalidModule'), false],
		['a limit', why('rateLimited'), false],
	])('%s: %s', (_, outcome, isLetIn) => {
		expect(isOfRecord(outcome)).toBe(isLetIn);
	});
});

describe('a larger call may have been refused for the sake of', () => {
	const GONE = why('recordNotFound');
	const LOCKED = why('invalidRequest', { reach: 'record' });
	const ALREADY = why('alreadyUnblocked');

	it.each<[string, Outcome, Failure, boolean]>([
		['a record that failed for the same reason', DEAD, DEAD, true],
		['a record that was not blocked, where the call had just that', ALREADY, ALREADY, true],
		['a record that is told of in words of no list', LOCKED, GONE, true],
		['a record, where the words for the call are in no list', GONE, LOCKED, true],
		['no record that failed for another known reason', DEAD, GONE, false],
		['no record that was unblocked', DONE, LOCKED, false],
		['no record that was not blocked', ALREADY, LOCKED, false],
	])('%s', (_, outcome, sought, isSought) => {
		expect(mayBeSought(outcome, sought)).toBe(isSought);
	});
});

describe('nothing more is sent', () => {
	it.each<[string, Failure, boolean]>([
		['where the account is refused', why('scopeMismatch'), true],
		['where the account fails for a moment', why('serverError', { reach: 'account' }), true],
		['where no more calls are taken', why('rateLimited', { transient: false }), true],
		['and not where fewer at a time are', why('rateLimited'), false],
		['and not for the sake of one record', DEAD, false],
		['and not for the sake of one call', BUSY, false],
	])('%s', (_, outcome, ends) => {
		expect(endsTheRun(outcome)).toBe(ends);
	});
});
