/** What a reply of contactdonotmail says. Pure. */
import { classify, fault, plain, refusalIn, saidIn, type Fault } from '../zoho/errors';
import { retryAfterMs, tryAgainAfterMs } from '../zoho/retry';
import type { Reply } from '../zoho/transport';
import { parseXml } from '../zoho/xml';
import type { Moved } from './addresses';

/** The outcome, and the wait that the reply asks for, in ms, where it asks for one. */
export interface ReadReply {
	outcome: Moved | Fault;
	waitMs?: number | undefined;
}

/**
 * Reads a reply in either format. A success has `code`, an error may have `Code`, may come with HTTP
 * 200, and may be nested under `response`; "already in" has the code of a success, and only its
 * message tells. The throttle answers in JSON even to an XML call.
 *
 * @param now in ms since 1970
 */
export function readReply({ httpStatus, headers, body }: Reply, now: number): ReadReply {
	const parsed = parseJson(body) ?? parseXml(body);
	const refusal = refusalIn(httpStatus, parsed);
	if (!refusal && httpStatus < 400) {
		return {
			outcome: fault('badResponse', {
				code: 'BAD_RESPONSE',
				message: `Zoho's reply (HTTP status ${httpStatus}) is neither the JSON nor the XML it should be.`,
				httpStatus,
			}),
		};
	}
	const { code, message } = refusal ?? { code: '', message: '' };
	const isAlready = code === '0' && /\balready\b/.test(plain(message));
	const isError = httpStatus >= 400 || saidIn(parsed).status === 'error';
	if (code === '0' && !isAlready && !isError) {
		return { outcome: { status: 'moved', code, message } };
	}
	const outcome = classify('campaigns', { httpStatus, code, message });
	const waitMs = retryAfterMs(headers['retry-after'], now) ?? tryAgainAfterMs(message);
	if (waitMs !== undefined) outcome.retryAt = new Date(now + waitMs).toISOString();
	return { outcome, waitMs };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
