/** What a record is called after a reply to a call for it was lost: what its owner must look at again. */
import { Outcomes } from '../../nodes/ZohoCrmUnblockEmail/outcomes';
import { failure, isFailure } from '../../nodes/zoho/failures';

const DONE = { status: 'unblocked', code: 'SUCCESS', message: 'Done' } as const;
const ALREADY = failure('alreadyUnblocked', { code: 'NOT_ALLOWED', message: 'It was unblocked' });
const NO_NETWORK = failure('networkError', { message: 'No way', doubtful: false });
const DEAD = failure('permanentlyBlocked', { message: 'Dead' });

/** What is said of a record, a question mark behind it where it may have been done. */
function said(outcomes: Outcomes, id: string): string {
	const outcome = outcomes.get(id);
	if (!outcome) return 'not sent';
	if (!isFailure(outcome)) return outcome.status;
	return outcome.doubtful ? `${outcome.reason}?` : outcome.reason;
}

describe('a record that was not blocked', () => {
	it('is a success in the words of Zoho, or an error, as the user has chosen', () => {
		const success = new Outcomes('success');
		const error = new Outcomes('error');
		for (const outcomes of [success, error]) outcomes.settle('1', ALREADY);

		expect(success.get('1')).toEqual({
			status: 'alreadyUnblocked',
			code: 'NOT_ALLOWED',
			message: 'It was unblocked',
		});
		expect(error.get('1')).toBe(ALREADY);
	});

	it.each(['success', 'error'] as const)(
		'was unblocked by the call whose reply was lost, and says so (%s)',
		(already) => {
			const outcomes = new Outcomes(already);
			outcomes.doubt(['1']);
			outcomes.settle('1', ALREADY);

			expect(outcomes.get('1')).toMatchObject({ status: 'unblocked', code: 'SUCCESS' });
			expect(outcomes.get('1')?.message).toContain('the reply was lost');
		},
	);

	it('is a failure with a doubt where the run stops at it, and a success needs no stop', () => {
		const told = (already: 'success' | 'error', isLost: boolean) => {
			const outcomes = new Outcomes(already);
			if (isLost) outcomes.doubt(['1']);
			outcomes.stop();
			outcomes.settle('1', ALREADY);
			return said(outcomes, '1');
		};

		expect(told('error', true)).toBe('alreadyUnblocked?');
		expect(told('error', false)).toBe('alreadyUnblocked');
		expect(told('success', true)).toBe('unblocked');
		expect(told('success', false)).toBe('alreadyUnblocked');
	});
});

describe('a record of a call whose reply was lost', () => {
	it('may have been done where another call for it fails on the way', () => {
		const outcomes = new Outcomes('success');
		outcomes.doubt(['1']);
		outcomes.settle('1', NO_NETWORK);
		outcomes.settle('2', NO_NETWORK);

		expect(said(outcomes, '1')).toBe('networkError?');
		expect(said(outcomes, '2')).toBe('networkError');
	});

	it('was not done where Zoho refuses the record itself', () => {
		const outcomes = new Outcomes('success');
		outcomes.doubt(['1']);
		outcomes.settle('1', DEAD);

		expect(outcomes.get('1')).toBe(DEAD);
	});

	it('is told of the doubt once where the failure speaks of one already', () => {
		const outcomes = new Outcomes('success');
		const lost = failure('networkError', { message: 'Lost', doubtful: true });
		outcomes.doubt(['1']);
		outcomes.settle('1', lost);

		expect(outcomes.get('1')).toBe(lost);
	});

	it('is what Zoho says of it afterwards', () => {
		const outcomes = new Outcomes('success');
		outcomes.doubt(['1']);
		outcomes.settle('1', DONE);

		expect(outcomes.get('1')).toBe(DONE);
	});

	it('is not left out of the results where the run is over before it was asked for again', () => {
		const outcomes = new Outcomes('success');
		outcomes.settle('1', DONE);
		outcomes.doubt(['1', '2']);
		outcomes.close();

		expect([said(outcomes, '1'), said(outcomes, '2')]).toEqual(['unblocked', 'badResponse?']);
		expect(outcomes.get('2')).toMatchObject({ code: 'BAD_RESPONSE', retryable: true });
		expect(outcomes.get('2')?.message).toContain('The run ended before');
		expect(said(outcomes, '3')).toBe('not sent');
	});
});

describe('a lost call that turns out to have been refused', () => {
	const lostThenRefused = (lost: string[], refused: string[]) => {
		const outcomes = new Outcomes('success');
		outcomes.doubt(lost);
		outcomes.clearDoubt(refused);
		for (const id of lost) outcomes.settle(id, NO_NETWORK);
		return lost.map((id) => said(outcomes, id));
	};

	it('has done nothing for anybody in it', () => {
		expect(lostThenRefused(['1', '2', '3'], ['1', '2'])).toEqual(Array(3).fill('networkError'));
	});

	it('is another one than a call that held others, too', () => {
		expect(lostThenRefused(['1', '2'], ['1', '3'])).toEqual(Array(2).fill('networkError?'));
		expect(lostThenRefused(['1', '2'], ['3', '1'])).toEqual(Array(2).fill('networkError?'));
	});

	it('leaves the doubt that another lost call has left', () => {
		const outcomes = new Outcomes('success');
		outcomes.doubt(['1', '2']);
		outcomes.doubt(['1']);
		outcomes.clearDoubt(['1', '2']);
		for (const id of ['1', '2']) outcomes.settle(id, NO_NETWORK);

		expect([said(outcomes, '1'), said(outcomes, '2')]).toEqual(['networkError?', 'networkError']);
	});

	it('is out of doubt, so that nothing is said of its records that were not sent again', () => {
		const outcomes = new Outcomes('success');
		outcomes.doubt(['1', '2']);
		outcomes.clearDoubt(['2', '1']);
		outcomes.close();

		expect(said(outcomes, '1')).toBe('not sent');
	});

	it('stays so whatever is refused later', () => {
		const outcomes = new Outcomes('success');
		outcomes.doubt(['1', '2']);
		outcomes.clearDoubt(['1', '2']);
		outcomes.clearDoubt(['1', '3']);
		outcomes.settle('2', ALREADY);

		expect(said(outcomes, '2')).toBe('alreadyUnblocked');
	});

	it('is none where no record was in the call', () => {
		const outcomes = new Outcomes('success');
		outcomes.clearDoubt([]);
		outcomes.close();

		expect(said(outcomes, '')).toBe('not sent');
	});
});
