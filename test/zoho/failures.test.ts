import {
	dated,
	failure,
	isFailure,
	NOT_SENT,
	unsent,
	withDoubt,
	type Reason,
} from '../../nodes/zoho/failures';
import { REACH } from './reach';

const REASONS = Object.keys(REACH) as Reason[];

/** Failures that the same call may be free of a moment later. */
const TRANSIENT: Reason[] = ['rateLimited', 'serverError', 'networkError', 'badResponse'];

/** Failures after which Zoho may have done what was asked. */
const DOUBTFUL: Reason[] = ['serverError', 'networkError', 'badResponse'];

describe.each(REASONS)('a failure for the reason %s', (reason) => {
	it('reaches as far as it should, and says whether it passes and what it leaves open', () => {
		expect(failure(reason, { message: 'It failed.' })).toMatchObject({
			reach: REACH[reason],
			retryable: TRANSIENT.includes(reason) || reason === 'notAttempted',
			transient: TRANSIENT.includes(reason),
			doubtful: DOUBTFUL.includes(reason),
		});
	});

	it('comes with advice in whole sentences', () => {
		expect(failure(reason, { message: 'It failed.' }).resolution).toMatch(/^[A-Z].{25,}[.)]$/);
	});
});

describe('the catalogue', () => {
	it('gives every reason advice of its own', () => {
		const advice = REASONS.map((reason) => failure(reason, { message: '' }).resolution);

		expect(new Set(advice).size).toBe(REASONS.length);
	});

	it('says that nothing was sent unless told otherwise, and lets what is known win', () => {
		expect(NOT_SENT).toBe('NOT_SENT');
		expect(failure('invalidModule', { message: 'No.' })).toMatchObject({
			code: NOT_SENT,
			httpStatus: null,
			message: 'No.',
		});
		const known = { code: 'X', httpStatus: 400, resolution: 'Do.', retryable: true } as const;
		expect(failure('invalidModule', { message: 'No.', ...known })).toMatchObject(known);
	});
});

describe('what was not sent', () => {
	it('is not attempted when the run was stopped or cancelled', () => {
		expect(unsent()).toMatchObject({
			reason: 'notAttempted',
			code: NOT_SENT,
			message: 'Not sent: the run ended before its turn.',
			httpStatus: null,
			retryable: true,
		});
	});

	it('says what ended the run, and what to do about it first', () => {
		const ending = failure('authenticationFailed', { message: 'The token is dead.' });

		expect(unsent(ending)).toMatchObject({
			reason: 'notAttempted',
			message: 'Not sent: the run ended early (The token is dead).',
			resolution: `${ending.resolution} Then run these items again.`,
		});
	});

	it('keeps the whole of what ended the run', () => {
		const ending = failure('badResponse', {
			message: 'Cut off (by a proxy).',
			resolution: 'Wait.',
		});

		expect(unsent(ending).message).toBe('Not sent: the run ended early (Cut off (by a proxy)).');
	});

	it('is itself limited when a limit ended the run', () => {
		const ending = failure('rateLimited', { message: 'Too many.', retryAt: 5 });

		expect(unsent(ending)).toEqual({ ...ending, message: 'Not sent: Too many.' });
	});
});

describe('a failure with a wait', () => {
	it('says from when on a repeat is worth it; any other says nothing of it', () => {
		const known = failure('rateLimited', { message: 'Too many.' });

		expect(dated({ ...known, waitMs: 30 }, 1000)).toEqual({ ...known, waitMs: 30, retryAt: 1030 });
		expect(dated(known, 1000)).toEqual(known);
		expect(dated(known, 1000)).not.toHaveProperty('retryAt');
	});
});

describe('a failure after a call whose reply was lost', () => {
	it('is known to be in doubt, and worth another run', () => {
		const later = failure('authenticationFailed', { message: 'The token is dead.' });

		expect(withDoubt(later)).toEqual({
			...later,
			doubtful: true,
			retryable: true,
			message: expect.stringMatching(/^The token is dead\. .* not known whether it was done\.$/),
		});
	});
});

describe('a result', () => {
	it('is a failure only where it has a reason', () => {
		expect(isFailure(unsent())).toBe(true);
		expect(isFailure({ status: 'unblocked', code: 'SUCCESS', message: '' })).toBe(false);
		expect(isFailure('https://www.zohoapis.com')).toBe(false);
	});
});
