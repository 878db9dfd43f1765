import { CREDENTIAL_TYPE, useStage } from '../support/stage';
import { STANDARD_MODULES } from './standardModules';

const NODE = 'zohoCrmUnblockEmail';

const stage = useStage();

const crm = () => stage.zoho.crm;

describe('the list of modules', () => {
	const search = async (filter?: string, credentialId = 'demo') => {
		const { results } = await stage.engine.listSearch(NODE, 'searchModules', filter, {
			credentials: { [CREDENTIAL_TYPE]: { id: credentialId, name: 'Zoho' } },
		});
		return results.map(({ name, value }) => `${name} (${value})`);
	};
	const custom = {
		api_name: 'CustomModule7',
		plural_label: 'Donors',
		generated_type: 'custom',
		api_supported: true,
	} as const;

	it('has the nine standard modules, and the custom ones that the account has', async () => {
		crm().modules.push(custom, {
			...custom,
			api_name: 'CustomModule8',
			plural_label: 'No API',
			api_supported: false,
		});

		expect(await search()).toEqual([...STANDARD_MODULES, 'Donors (CustomModule7)'].sort());
	});

	it('is filtered by name and API name, without case', async () => {
		crm().modules.push(custom);

		expect(await search('  ORDERS ')).toEqual([
			'Purchase Orders (Purchase_Orders)',
			'Sales Orders (Sales_Orders)',
		]);
		expect(await search('purchase_o')).toEqual(['Purchase Orders (Purchase_Orders)']);
		expect(await search('module7')).toEqual(['Donors (CustomModule7)']);
		expect(await search('nothing like it')).toEqual([]);
	});

	it('has the standard ones where the token may not read the others', async () => {
		const scopes = 'ZohoCRM.send_mail.all.CREATE';
		stage.connect({ oauthTokenData: { ...stage.zoho.oauth.issue({ scopes }) } });

		expect(await search()).toEqual(STANDARD_MODULES);
	});

	it('has the standard ones where the credential is not connected, or is not there', async () => {
		stage.connect({ oauthTokenData: {} });

		expect(await search()).toEqual(STANDARD_MODULES);
		expect(await search('', 'unknown')).toEqual(STANDARD_MODULES);
	});

	it.each([
		['fails', { status: 500 }],
		['answers in HTML', { html: 200 }],
		['answers in JSON that is cut off', { cutJson: true }],
		['answers with nothing', { emptyBody: 204 }],
		['answers with something else', { status: 200, body: '{"modules":[null,7,{"api_name":3}]}' }],
		['cuts the connection', { reset: true }],
		['sends elsewhere', { redirect: 'https://elsewhere.invalid/' }],
	] as const)('has the standard ones where Zoho %s', async (_, fault) => {
		stage.zoho.fault({ kind: 'modules', ...fault, times: Infinity });

		expect(await search()).toEqual(STANDARD_MODULES);
	});

	it('renews an expired token on the way', async () => {
		crm().modules.push(custom);
		stage.connect({ oauthTokenData: { ...stage.zoho.oauth.issue({ expired: true }) } });

		expect(await search('donors')).toEqual(['Donors (CustomModule7)']);
		expect(stage.zoho.calls('token')).toHaveLength(1);
	});
});
