/** An access token as all runs of this process share it. */
import { sleep } from 'n8n-workflow';

import { isFailure, type Failure } from '../zoho/failures';
import type { Answer } from '../zoho/reply';

/** What is known of a credential's tokens by all runs of this process. */
export interface Token {
	/** The `Authorization` header that the next call goes out with, as far as anybody knows. */
	signed?: string | undefined;
	/** The one that Zoho has answered for. */
	tried?: string | undefined;
	/** The first call with a token that nobody has tried, while it is under way. */
	trial?: { signed: string | undefined; ends: Promise<Made | undefined> } | undefined;
	/** A renewal that is under way: why there is none, if there is none. */
	renewal?: Promise<Failure | undefined> | undefined;
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

/** What came of a call, and the header that it went out with last. */
export interface Made {
	answer: Answer;
	signed: string | undefined;
}

/** A call with a token. */
export interface SignedCall {
	/** Makes the call; never rejects. */
	make: () => Promise<Made>;
	/** The longest that others wait for it, in ms. */
	timeoutMs: number;
	/** The header that a call would go out with now, by the credential as it is stored. */
	stored: () => Promise<string | undefined>;
}

/**
 * Runs that begin at one time with a token that nobody has tried let one of them go first: if it has
 * expired, it is renewed once. Zoho allows ten renewals in ten minutes. What refuses the first call
 * refuses those that waited for it too, unless the credential was connected anew meanwhile.
 */
export async function inTurn(
	token: Token,
	{ make, timeoutMs, stored }: SignedCall,
): Promise<Answer> {
	const { trial, signed } = token;
	if (trial && trial.signed === signed) {
		const tried = await trial.ends;
		const reply = tried?.answer.reply;
		const isRefused = reply && isFailure(reply) && isOfToken(reply);
		// The trial may have had the token renewed, and the new one was refused as well.
		if (isRefused && (await stored()) === (tried.signed ?? signed)) return { reply, requests: 0 };
		return (await make()).answer;
	}
	if (token.tried === signed) return (await make()).answer;
	const first = make();
	const ends = Promise.race([
		first.catch(() => undefined),
		sleep(Math.min(timeoutMs, LONGEST_TRIAL_MS)).then(() => undefined),
	]).finally(() => {
		if (token.trial === own) token.trial = undefined;
	});
	const own = { signed, ends };
	token.trial = own;
	const made = await first;
	token.tried = made.signed;
	return made.answer;
}

/** Whether it is true of every call with the token. A scope may be missing for one call alone. */
function isOfToken({ reach, reason }: Failure): boolean {
	return reach === 'account' && reason !== 'scopeMismatch';
}
