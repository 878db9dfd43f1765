/** What a reply of contactdonotmail says. Pure. */
import { classify, fault, plain, refusalIn, type Fault } from '../zoho/errors';
import { retryAfterMs } from '../zoho/retry';
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
	const refusal = refusalIn(httpStatus, parseJson(body) ?? parseXml(body));
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
	if (code === '0' && !isAlready && httpStatus < 400) {
		return { outcome: { status: 'moved', code, message } };
	}
	const outcome = classify('campaigns', { httpStatus, code, message });
	return { outcome, waitMs: retryAfterMs(headers['retry-after'], now) ?? tryAgainAfterMs(message) };
}

const UNIT_MS: Record<string, number> = { second: 1000, minute: 60_000, hour: 3_600_000 };

/** Zoho's throttle ends its message with "Try again after 22 minutes." */
function tryAgainAfterMs(message: string): number | undefined {
	const [, amount, unit] = /again after (\d{1,9}) (second|minute|hour)/.exec(plain(message)) ?? [];
	return amount && unit ? Number(amount) * (UNIT_MS[unit] ?? NaN) : undefined;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
