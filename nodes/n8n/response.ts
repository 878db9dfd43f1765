/** What n8n's request helper hands over, as a reply. */
import { failure } from '../zoho/failures';
import type { Reply } from '../zoho/reply';
import { retryAfterMs } from '../zoho/waits';
import type { Thrown } from './thrown';

/** No reply of Zoho's comes near this many characters; what is longer is not looked into. */
const LONGEST_REPLY = 5_000_000;

/** A response as the helper returns it, whole. */
export interface FullResponse {
	statusCode: number;
	headers?: Record<string, unknown>;
	body: unknown;
}

/** Reads a response; one that is far too long for Zoho is not looked into. */
export function replyOf({ statusCode, headers: given = {}, body }: FullResponse): Reply | Thrown {
	const text = asText(body);
	if (text.length > LONGEST_REPLY) {
		return {
			failure: failure('badResponse', {
				code: 'BAD_RESPONSE',
				message: `The reply (HTTP status ${statusCode}) is ${text.length} characters long: Zoho's are not.`,
				httpStatus: statusCode,
			}),
		};
	}
	// A header that came twice may be a list.
	const headers = Object.fromEntries(
		Object.entries(given).map(([name, value]) => [name, [value].flat().join(', ')]),
	);
	const waitMs = retryAfterMs(headers['retry-after'], Date.now());
	return {
		httpStatus: statusCode,
		headers,
		body: text,
		...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
	};
}

/** n8n hands a body over as text; older versions parse JSON in spite of `encoding`. */
function asText(body: unknown): string {
	return typeof body === 'string' ? body : JSON.stringify(body ?? '');
}
