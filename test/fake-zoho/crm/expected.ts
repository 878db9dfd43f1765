import { UNBLOCK_SAMPLE } from '../facts';

/** A refusal of the CRM for a whole call, as the pages have it. */
export const crmError = (code: string, message: string, details: object = {}, status = 400) => ({
	status,
	body: { code, details, message, status: 'error' },
});

/** Code and message, as on the v6 page. */
export const NO_RECORD = ['INVALID_DATA', 'Invalid record provided'] as const;
export const ALREADY = ['NOT_ALLOWED', 'Email is already unblocked'] as const;
export const HARD = ['NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently'] as const;

/** The entry of an unblocked record in `data[]`, as in the page's sample. */
export const done = (id: string) => ({ ...UNBLOCK_SAMPLE.data[0], details: { id } });

/** The entry of a bad record in `data[]`. */
export const failed = ([code, message]: readonly [string, string], details: object) => ({
	code,
	details,
	message,
	status: 'error',
});
