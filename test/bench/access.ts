import { EVERY_SCOPE, type Client, type FakeZoho, type TokenReply } from '../fake-zoho';

/** The id under which the account's credential is stored. */
export const ACCOUNT = 'bench';

/** What a client needs to know of an account; can be handed to another process. */
export interface Access extends Client {
	oauthTokenData: TokenReply;
}

/** Connects an account; with every scope unless told otherwise. */
export function accessTo(zoho: FakeZoho, scopes = EVERY_SCOPE): Access {
	return { ...zoho.client, oauthTokenData: zoho.oauth.issue({ scopes }) };
}
