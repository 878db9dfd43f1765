import type { Reach, Reason } from '../../nodes/zoho/failures';

/** The closed list that a Switch node relies on, with how far each failure reaches. */
export const REACH: Record<Reason, Reach> = {
	recordNotFound: 'record',
	permanentlyBlocked: 'record',
	unblockLimitReached: 'record',
	alreadyUnblocked: 'record',
	invalidRecordId: 'record',
	unknownField: 'call',
	fieldNotAvailable: 'call',
	missingField: 'call',
	invalidModule: 'call',
	invalidRequest: 'call',
	noPermission: 'call',
	invalidEmail: 'record',
	alreadyInDoNotMail: 'record',
	authenticationFailed: 'account',
	scopeMismatch: 'account',
	rateLimited: 'rest',
	serverError: 'call',
	networkError: 'call',
	badResponse: 'call',
	notAttempted: 'record',
};
