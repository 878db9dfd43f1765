/** What a reply of contactdonotmail says. Pure. */
import { failure, type Failure } from '../zoho/failures';
import { parseJson, plain, text } from '../zoho/json';
import { classify, isListed, refusalIn, saidIn, unreadable } from '../zoho/refusals';
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
 * Reads a reply in either format. A success says so in `status`, whatever its code (a live client of
 * 2026 met "200" beside "0", and none); XML has no `status`, and there the code 0 says it. "Already in"
 * comes as a success, and only its message tells. An error may have `Code` for `code`, may come with
 * HTTP 200, and may be nested under `response`. The throttle answers in JSON even to an XML call.
 */
export function readReply(reply: Reply): Outcome {
	const { httpStatus, body } = reply;
	const parsed = parseJson(body) ?? parseXml(body);
	const status = text(saidIn(parsed).status).toLowerCase();
	const said = refusalIn(parsed);
	if (!said && status !== 'success') return unreadable('campaigns', reply);
	const refusal = said ?? { code: '', message: '' };
	const { code, message } = refusal;
	const refused = classify('campaigns', refusal, reply);
	const isDone = httpStatus < 400 && isSuccess(status, code) && refused.reason !== 'rateLimited';
	if (!isDone) return refused;
	// The address may stand in the message, with any words in it.
	if (/\balready\b/.test(plain(message.replace(/\S+@\S+/g, '')))) {
		return failure('alreadyInDoNotMail', { code: code || '0', message, httpStatus });
	}
	return { status: 'moved', code: code || '0', message };
}

function isSuccess(status: string, code: string): boolean {
	if (code === '0') return status === '' || status === 'success';
	return status === 'success' && !isListed('campaigns', code);
}
