/** Replies of Zoho Campaigns, and how they are read. */
import { readReply } from '../../nodes/ZohoCampaignsDoNotMail/reply';
import { isFailure } from '../../nodes/zoho/failures';

/** @param retryAfterMs the wait that the header Retry-After asks for */
export const read = (body: string | object, httpStatus = 200, retryAfterMs?: number) =>
	readReply({
		httpStatus,
		headers: {},
		body: typeof body === 'string' ? body : JSON.stringify(body),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	});

export const reasonOf = (...reply: Parameters<typeof read>) => {
	const outcome = read(...reply);
	return isFailure(outcome) ? outcome.reason : outcome.status;
};

/** An error as Zoho's published 1007 is written, with capitals. */
export const error = (code: string, message: string) => ({
	message,
	version: '1.1',
	URI: '/api/v1.1/json/contactdonotmail',
	Code: code,
	status: 'error',
});

export const xml = (
	code: string,
	message: string,
	head = '<?xml version="1.1" encoding="UTF-8"?>\n',
) =>
	`${head}<response uri="/api/v1.1/xml/contactdonotmail" version="1.1">
	<code>${code}</code>
	<message>${message}</message>
</response>`;

export const throttled = (message: string) => ({
	error: {
		status_code: 400,
		title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
		details: { message },
	},
});
