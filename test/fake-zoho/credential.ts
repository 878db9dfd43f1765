/** The package's credential type, as the contract names it. */
export const CREDENTIAL_TYPE = 'zohoEmailHygieneOAuth2Api';

/** Where a fake Zoho is, and the client that it knows. */
export interface Client {
	url: string;
	clientId: string;
	clientSecret: string;
}

/** What a person enters into the package's credential, to reach a fake Zoho. */
export function credentialFor({ url, clientId, clientSecret }: Client) {
	return {
		dataCenter: 'custom',
		customAccountsUrl: url,
		customApiUrl: url,
		customCampaignsUrl: url,
		clientId,
		clientSecret,
	};
}
