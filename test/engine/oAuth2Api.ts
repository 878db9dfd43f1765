import type { ICredentialType, INodeProperties } from 'n8n-workflow';

const show = { useDynamicClientRegistration: [false] };
const showWithConsent = { ...show, grantType: ['authorizationCode', 'pkce'] };

const text = (displayName: string, name: string, when: typeof show): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	displayOptions: { show: when },
	default: '',
});

/**
 * The credential type that OAuth2 credentials extend. n8n has it in `n8n-nodes-base`, which is not
 * installed here, so these are its properties as far as a credential inherits them: names,
 * defaults and conditions of n8n 2.41.
 */
export class OAuth2Api implements ICredentialType {
	name = 'oAuth2Api';

	displayName = 'OAuth2 API';

	properties: INodeProperties[] = [
		{
			displayName: 'Use Dynamic Client Registration',
			name: 'useDynamicClientRegistration',
			type: 'hidden',
			default: false,
		},
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'options',
			displayOptions: { show },
			options: [
				{ name: 'Authorization Code', value: 'authorizationCode' },
				{ name: 'Client Credentials', value: 'clientCredentials' },
				{ name: 'PKCE', value: 'pkce' },
			],
			default: 'authorizationCode',
		},
		text('Authorization URL', 'authUrl', showWithConsent),
		text('Access Token URL', 'accessTokenUrl', show),
		text('Client ID', 'clientId', show),
		{ ...text('Client Secret', 'clientSecret', show), typeOptions: { password: true } },
		text('Scope', 'scope', show),
		text('Auth URI Query Parameters', 'authQueryParameters', showWithConsent),
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			displayOptions: { show },
			options: [
				{ name: 'Body', value: 'body' },
				{ name: 'Header', value: 'header' },
			],
			default: 'header',
		},
	];
}
