import { judge, UNKNOWN } from '../../nodes/ZohoCampaignsDoNotMail/outcomes';
import type { Moved } from '../../nodes/ZohoCampaignsDoNotMail/reply';
import { failure } from '../../nodes/zoho/failures';

const MOVED: Moved = { status: 'moved', code: '0', message: 'Moved' };
const ALREADY = failure('alreadyInDoNotMail', { code: '0', message: 'Already there' });
const LOST = failure('networkError', { code: 'ECONNRESET', message: 'The connection was cut.' });

describe('an address that was in the registry before', () => {
	it('counts as a success, or as an error where the user asked for that', () => {
		const { code, message } = ALREADY;

		expect(judge(ALREADY, undefined, 'success')).toEqual({
			status: 'alreadyInDoNotMail',
			code,
			message,
		});
		expect(judge(ALREADY, undefined, 'error')).toBe(ALREADY);
	});
});

describe('an address whose first reply was lost', () => {
	it.each(['success', 'error'] as const)(
		'and that is found in then was moved by this run: it is no old one (%s)',
		(already) => {
			expect(judge(ALREADY, LOST, already)).toEqual({
				status: 'moved',
				code: '0',
				message: expect.stringContaining('reply was lost'),
			});
		},
	);

	it('and that is moved then is moved', () => {
		expect(judge(MOVED, LOST, 'error')).toBe(MOVED);
	});

	it('and that fails then for a cause that says nothing of it may have been moved', () => {
		const locked = failure('rateLimited', { code: '2008', message: 'Locked.' });

		expect(judge(locked, undefined, 'success')).toBe(locked);
		expect(judge(locked, LOST, 'success')).toMatchObject({
			reason: 'rateLimited',
			doubtful: true,
			message: expect.stringMatching(/^Locked\. .* not known whether it was done\.$/),
		});
	});

	it('is told once, not twice, that it may have been moved', () => {
		expect(judge(LOST, LOST, 'success')).toBe(LOST);
	});

	it('and that Zoho refuses for itself was never moved', () => {
		const invalid = failure('invalidEmail', { code: '2004', message: 'Invalid.' });

		expect(judge(invalid, LOST, 'success')).toBe(invalid);
	});
});

describe('an address whose call was open when the run ended', () => {
	it('may have been moved, and is worth another run', () => {
		expect(UNKNOWN).toMatchObject({
			reason: 'badResponse',
			code: 'BAD_RESPONSE',
			message: expect.stringContaining('not known whether this was done'),
			doubtful: true,
			retryable: true,
		});
	});
});
