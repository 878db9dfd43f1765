/** What a record is called after a reply to a call for it was lost: what its owner must look at again. */
import { Outcomes } from '../../nodes/ZohoCrmUnblockEmail/outcomes';
import { failure, isFailure } from '../../nodes/zoho/failures';

const DONE = { status: 'unblocked', code: 'SUCCESS', message: 'Done' } as const;
const ALREADY = failure('alreadyUnblocked', { code: 'NOT_ALLOWED', message: 'It was unblocked' });
const NO_NETWORK = failure('networkError', { message: 'No way', doubtful: false });
const DEAD = failure('permanentlyBlocked', { message: 'Dead' });

/** Where Zoho is not known to refuse whole calls, unless told otherwise. */
const outcomesOf = (already: 'success' | 'error' = 'success', refusesWhole = false) =>
	new Outcomes(already, { refusesWhole });

/** What is said of a record, a question mark behind it where it may have been done. */
function said(outcomes: Outcomes, id: string): string {
	const outcome = outcomes.get(id);
	if (!outcome) return 'not sent';
	if (!isFailure(outcome)) return outcome.status;
	return outcome.doubtful ? `${outcome.reason}?` : outcome.reason;
}

describe('a record that was not blocked', () => {
	it('is a success in the words of Zoho, or an error, as the user has chosen', () => {
		const success = outcomesOf();
		const error = outcomesOf('error');
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
			const outcomes = outcomesOf(already);
			outcomes.doubt(['1']);
			outcomes.settle('1', ALREADY);

			expect(outcomes.get('1')).toMatchObject({ status: 'unblocked', code: 'SUCCESS' });
			expect(outcomes.get('1')?.message).toBe(
				'Already unblocked, perhaps by the call whose reply was lost.',
			);
		},
	);
});

describe('a record of a call whose reply was lost', () => {
	it('may have been done where another call for it fails on the way', () => {
		const outcomes = outcomesOf();
		outcomes.doubt(['1']);
		outcomes.settle('1', NO_NETWORK);
		outcomes.settle('2', NO_NETWORK);

		expect(said(outcomes, '1')).toBe('networkError?');
		expect(said(outcomes, '2')).toBe('networkError');
	});

	it('was not done where Zoho refuses the record itself', () => {
		const outcomes = outcomesOf();
		outcomes.doubt(['1']);
		outcomes.settle('1', DEAD);

		expect(outcomes.get('1')).toBe(DEAD);
	});

	it('is told of the doubt once where the failure speaks of one already', () => {
		const outcomes = outcomesOf();
		const lost = failure('networkError', { message: 'Lost', doubtful: true });
		outcomes.doubt(['1']);
		outcomes.settle('1', lost);

		expect(outcomes.get('1')).toBe(lost);
	});

	it('is what Zoho says of it afterwards', () => {
		const outcomes = outcomesOf();
		outcomes.doubt(['1']);
		outcomes.settle('1', DONE);

		expect(outcomes.get('1')).toBe(DONE);
	});

	it('is not left out of the results where the run is over before it was asked for again', () => {
		const outcomes = outcomesOf();
		outcomes.settle('1', DONE);
		outcomes.doubt(['1', '2']);
		outcomes.finish();

		expect([said(outcomes, '1'), said(outcomes, '2')]).toEqual(['unblocked', 'badResponse?']);
		expect(outcomes.get('2')).toMatchObject({ code: 'BAD_RESPONSE', retryable: true });
		expect(outcomes.get('2')?.message).toContain('The run ended before');
		expect(said(outcomes, '3')).toBe('not sent');
	});
});

describe('a lost call that turns out to have been refused', () => {
	const lostThenRefused = (lost: string[], refused: string[]) => {
		const outcomes = outcomesOf();
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
		const outcomes = outcomesOf();
		outcomes.doubt(['1', '2']);
		outcomes.doubt(['1']);
		outcomes.clearDoubt(['1', '2']);
		for (const id of ['1', '2']) outcomes.settle(id, NO_NETWORK);

		expect([said(outcomes, '1'), said(outcomes, '2')]).toEqual(['networkError?', 'networkError']);
	});

	it('is out of doubt, so that nothing is said of its records that were not sent again', () => {
		const outcomes = outcomesOf();
		outcomes.doubt(['1', '2']);
		outcomes.clearDoubt(['2', '1']);
		outcomes.finish();

		expect(said(outcomes, '1')).toBe('not sent');
	});

	it('stays so whatever is refused later', () => {
		const outcomes = outcomesOf();
		outcomes.doubt(['1', '2']);
		outcomes.clearDoubt(['1', '2']);
		outcomes.clearDoubt(['1', '3']);
		outcomes.settle('2', ALREADY);

		expect(said(outcomes, '2')).toBe('alreadyUnblocked');
	});
});

describe('a record that was unblocked afresh, of a call whose reply was lost', () => {
	/** Of a lost call for three, the first was found unblocked, and the second was unblocked. */
	const others = (refusesWhole: boolean, already: 'success' | 'error' = 'success') => {
		const outcomes = outcomesOf(already, refusesWhole);
		outcomes.doubt(['1', '2', '3']);
		outcomes.settle('1', ALREADY);
		outcomes.settle('2', DONE);
		outcomes.settle('3', NO_NETWORK);
		return ['1', '2', '3'].map((id) => said(outcomes, id));
	};

	it('is out of doubt itself, and no other record is', () => {
		expect(others(false)).toEqual(['unblocked', 'unblocked', 'networkError?']);
	});

	it('shows that the lost call did nothing, where Zoho does all or nothing', () => {
		expect(others(true)).toEqual(['alreadyUnblocked', 'unblocked', 'networkError']);
		expect(others(true, 'error')).toEqual(['alreadyUnblocked', 'unblocked', 'networkError']);
	});

	it('shows nothing of another call that was lost', () => {
		const outcomes = outcomesOf('success', true);
		outcomes.doubt(['1', '2']);
		outcomes.doubt(['1']);
		outcomes.settle('1', ALREADY);
		outcomes.settle('2', DONE);

		expect(said(outcomes, '1')).toBe('unblocked');
	});
});
