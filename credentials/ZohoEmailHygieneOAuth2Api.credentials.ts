import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { DATA_CENTERS } from '../nodes/zoho/hosts';
import { READ_CAMPAIGNS_SCOPE, readScopes, scopesFor } from '../nodes/zoho/scopes';

/** The accounts server, as an expression over the other fields of the credential. */
const ACCOUNTS_URL = `$self["dataCenter"] === "custom" ? ($self["customAccountsUrl"] || "").trim().replace(/\\/+$/, "") : "https://" + (${JSON.stringify(
	Object.fromEntries(Object.entries(DATA_CENTERS).map(([code, { accounts }]) => [code, accounts])),
)})[$self["dataCenter"]]`;

/** The scopes, as an expression over the other fields of the credential. */
const SCOPE = `$self["customScopes"] ? $self["enabledScopes"] : (${JSON.stringify({
	both: scopesFor('both'),
	crm: scopesFor('crm'),
	campaigns: scopesFor('campaigns'),
})})[$self["services"]] + ($self["readRecords"] && $self["services"] !== "campaigns" ? ${JSON.stringify(`,${readScopes()}`)} : "") + ($self["readCampaigns"] && $self["services"] !== "crm" ? ${JSON.stringify(`,${READ_CAMPAIGNS_SCOPE}`)} : "")`;

/** Where to get the client of each data center. Zoho's API console has the ending of the accounts server. */
const CLIENT_NOTICES: INodeProperties[] = Object.entries(DATA_CENTERS).map(
	([code, { accounts }]) => {
		const console = accounts.replace('accounts.', 'api-console.');
		return {
			displayName: `Create a client of the type "Server-based Applications" at <a href="https://${console}" target="_blank">${console}</a>, with the OAuth Redirect URL shown here as its Authorized Redirect URI. Then enter its Client ID and Client Secret above; the scopes are asked for when you connect.`,
			name: `clientNotice_${code}`,
			type: 'notice',
			default: '',
			displayOptions: { show: { dataCenter: [code] } },
		};
	},
);

const onlyCustom = { show: { dataCenter: ['custom'] } };

export class ZohoEmailHygieneOAuth2Api implements ICredentialType {
	name = 'zohoEmailHygieneOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'Zoho Email Hygiene OAuth2 API';

	icon: Icon = {
		light: 'file:zohoEmailHygiene.svg',
		dark: 'file:zohoEmailHygiene.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-zoho-email-hygiene/n8n-nodes-zoho-email-hygiene#the-credential-step-by-step';

	properties: INodeProperties[] = [
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'hidden',
			default: 'authorizationCode',
		},
		{
			// The parent's own, once more: as soon as it and the secret are filled in, n8n offers to connect,
			// while what must be chosen before is out of sight below.
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			hint: 'First choose <b>Data Center</b> and <b>Services</b> below; the link to your API console is there, too',
		},
		{
			displayName: 'Data Center',
			name: 'dataCenter',
			type: 'options',
			options: [
				...Object.entries(DATA_CENTERS).map(([value, { name }]) => ({ name, value })),
				{
					name: 'Custom',
					value: 'custom',
					description: 'A gateway, a proxy or a test server: you enter the URLs',
				},
			],
			default: 'us',
			description:
				'Where your Zoho account lives: the ending of the address you see when you are logged in, such as crm.zoho.eu. In the United Arab Emirates and in Singapore only Zoho CRM is known.',
		},
		...CLIENT_NOTICES,
		{
			displayName: 'Custom Accounts URL',
			name: 'customAccountsUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'https://accounts.example.com',
			description: 'Where tokens come from; /oauth/v2/auth and /oauth/v2/token are added',
			displayOptions: onlyCustom,
		},
		{
			displayName: 'Custom CRM API URL',
			name: 'customApiUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'https://crm.example.com',
			description: 'Where CRM calls go; /crm/v8/… is added',
			displayOptions: onlyCustom,
		},
		{
			displayName: 'Custom Campaigns URL',
			name: 'customCampaignsUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'https://campaigns.example.com',
			description: 'Where Campaigns calls go; /api/v1.1/… is added',
			displayOptions: onlyCustom,
		},
		{
			displayName: 'Services',
			name: 'services',
			type: 'options',
			options: [
				{ name: 'Zoho CRM and Zoho Campaigns', value: 'both' },
				{ name: 'Zoho CRM Only', value: 'crm' },
				{ name: 'Zoho Campaigns Only', value: 'campaigns' },
			],
			default: 'both',
			description: 'What the consent page asks for',
			hint: 'Choose only what you have: Zoho refuses to connect somebody without a Campaigns account as soon as Campaigns is asked for',
		},
		{
			displayName: 'Read Custom Views',
			name: 'readRecords',
			type: 'boolean',
			default: false,
			description:
				'Whether the consent page also asks to read records, which Unblock Email needs to take them from a custom view',
			displayOptions: { hide: { services: ['campaigns'] } },
		},
		{
			displayName: 'Read Campaigns',
			name: 'readCampaigns',
			type: 'boolean',
			default: false,
			description:
				'Whether the consent page also asks to read campaigns, which Do-Not-Mail needs to take the addresses of their recipients',
			displayOptions: { hide: { services: ['crm'] } },
		},
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Production', value: 'production' },
				{ name: 'Sandbox', value: 'sandbox' },
				{ name: 'Developer', value: 'developer' },
			],
			default: 'production',
			description: 'Which environment of Zoho CRM the calls go to; Zoho Campaigns has only one',
			displayOptions: { hide: { dataCenter: ['custom'] } },
		},
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: `={{ (${ACCOUNTS_URL}) + "/oauth/v2/auth" }}`,
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: `={{ (${ACCOUNTS_URL}) + "/oauth/v2/token" }}`,
		},
		{
			displayName: 'Custom Scopes',
			name: 'customScopes',
			type: 'boolean',
			default: false,
			description:
				'Whether to ask for other scopes than the smallest ones that serve every API version',
		},
		{
			displayName:
				'Without the default scopes a node may be refused. Separate scopes by commas. Zoho CRM: ZohoCRM.modules.{module}.UPDATE and ZohoCRM.send_mail.{module}.CREATE, since its sources do not agree which of them is needed. Zoho Campaigns: ZohoCampaigns.contact.UPDATE.',
			name: 'customScopesNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { customScopes: [true] } },
		},
		{
			displayName: 'Enabled Scopes',
			name: 'enabledScopes',
			type: 'string',
			default: scopesFor('both'),
			description: 'The scopes to ask for, separated by commas',
			displayOptions: { show: { customScopes: [true] } },
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'hidden',
			default: `={{ ${SCOPE} }}`,
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			// A refresh token comes only with offline access, and on a re-connect only with a new consent.
			default: 'access_type=offline&prompt=consent',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'hidden',
			default: 'body',
		},
	];
}
