/** An access token as all runs of this process share it. */
import { sleep } from 'n8n-workflow';

import { isFailure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';

/** What is known of a credential's token by all runs of this process. */
export interface Token {
	/** The `Authorization` header that went out last: it tells whether n8n has renewed the token. */
	signed?: string | undefined;
	/** The one that Zoho has answered for. */
	tried?: string | undefined;
	/** The first call with a token that nobody has tried, while it is under way. */
	trial?: Promise<Answer | undefined> | undefined;
}

const tokens = new Map<string, Token>();

/** The one of a connection, which is a credential and a host. */
export function tokenOf(key: string): Token {
	const token = tokens.get(key) ?? {};
	tokens.set(key, token);
	return token;
}

/** So long, in ms, is the trial of a token waited for. */
const LONGEST_TRIAL_MS = 5_000;

/**
 * Runs that begin at one time with a token that nobody has tried let one of them go first: if it has
 * expired, it is renewed once. Most versions of n8n renew it for every call that meets it expired,
 * and Zoho allows ten renewals in ten minutes.
 *
 * @param timeoutMs the longest that `call`, which never rejects, is waited for
 */
export async function inTurn(
	token: Token,
	timeoutMs: number,
	call: () => Promise<Answer>,
): Promise<Answer> {
	if (token.trial) {
		const reply = (await token.trial)?.reply;
		// What refused the first call would refuse this one, and cost a renewal for that.
		if (reply && isFailure(reply) && isOfToken(reply)) return { reply, requests: 0 };
		return await call();
	}
	if (token.tried === token.signed) return await call();
	const first = call();
	token.trial = Promise.race([
		first.catch(() => undefined),
		sleep(Math.min(timeoutMs, LONGEST_TRIAL_MS)).then(() => undefined),
	]).finally(() => {
		token.trial = undefined;
	});
	const answer = await first;
	token.tried = token.signed;
	return answer;
}

/** Whether it is true of every call with the token. A scope may be missing for one call alone. */
function isOfToken({ reach, reason }: Failure): boolean {
	return reach === 'account' && reason !== 'scopeMismatch';
}
