/** What a reply of contactdonotmail says. Pure. */
import type { Failure } from '../zoho/failures';
import { parseJson, plain } from '../zoho/json';
import { classify, refusalIn, saidIn, unreadable } from '../zoho/refusals';
import type { Reply } from '../zoho/reply';
import { parseXml } from '../zoho/xml';

/** What came of an address that needs no further care. */
export interface Moved {
	status: 'moved' | 'alreadyInDoNotMail';
	code: string;
	message: string;
}

export type Outcome = Moved | Failure;

/**
 * Reads a reply in either format. A success has `code`, an error may have `Code`, may come with HTTP
 * 200, and may be nested under `response`; "already in" has the code of a success, and only its
 * message tells. The throttle answers in JSON even to an XML call.
 */
export function readReply(reply: Reply): Outcome {
	const { httpStatus, body } = reply;
	const parsed = parseJson(body) ?? parseXml(body);
	const refusal = refusalIn(parsed);
	if (!refusal) return unreadable('campaigns', reply);
	const { code, message } = refusal;
	const isAlready = /\balready\b/.test(plain(message));
	const isError = httpStatus >= 400 || saidIn(parsed).status === 'error';
	if (code === '0' && !isAlready && !isError) return { status: 'moved', code, message };
	return classify('campaigns', refusal, reply);
}
