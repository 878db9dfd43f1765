/** An access token as all runs of this process share it. */
import { sleep } from 'n8n-workflow';

import type { Answer } from '../zoho/reply';

/** What is known of a credential's token by all runs of this process. */
export interface Token {
	/** The `Authorization` header that went out last: it tells whether n8n has renewed the token. */
	signed?: string | undefined;
	/** The one that Zoho has answered for. */
	tried?: string | undefined;
	/** The first call with a token that nobody has tried, while it is under way. */
	trial?: Promise<unknown> | undefined;
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
 */
export async function inTurn(token: Token, call: () => Promise<Answer>): Promise<Answer> {
	if (token.trial) await Promise.race([token.trial, sleep(LONGEST_TRIAL_MS)]);
	else if (token.tried !== token.signed) {
		const trial = call();
		token.trial = trial;
		return await trial.finally(() => {
			token.trial = undefined;
			token.tried = token.signed;
		});
	}
	return await call();
}
