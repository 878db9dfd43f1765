import { CREDENTIAL_TYPE } from '../support/stage';
import { inModule, NODE, useViews } from './viewStage';

const { stage, crm } = useViews();

describe('the list of custom views', () => {
	const search = async (filter?: string, module = 'Leads') => {
		const { results } = await stage.engine.listSearch(NODE, 'searchViews', filter, {
			parameters: { module: inModule(module) },
			credentials: { [CREDENTIAL_TYPE]: { id: 'demo', name: 'Zoho' } },
		});
		return results.map(({ name, value }) => `${name} (${value})`);
	};

	it('has those of the chosen module, by name', async () => {
		crm().addView({ module: 'Leads', name: 'Temporarily Bounced', id: '11' });
		crm().addView({ module: 'Leads', name: 'All Leads', id: '12', systemDefined: true });
		crm().addView({ module: 'Contacts', name: 'All Contacts', id: '13' });

		expect(await search()).toEqual(['All Leads (12)', 'Temporarily Bounced (11)']);
		expect(await search('', 'Contacts')).toEqual(['All Contacts (13)']);
		expect(await search('', 'Deals')).toEqual([]);
	});

	it('is filtered by name, without case', async () => {
		crm().addView({ module: 'Leads', name: 'Temporarily Bounced', id: '11' });
		crm().addView({ module: 'Leads', name: 'All Leads', id: '12' });

		expect(await search(' BOUNCED ')).toEqual(['Temporarily Bounced (11)']);
	});

	it('has all of more than 200', async () => {
		for (let i = 0; i < 450; i++) crm().addView({ module: 'Leads', name: `View ${i}` });

		expect(await search()).toHaveLength(450);
		expect(stage.zoho.calls('customViews')).toHaveLength(3);
	});

	it('keeps every digit of an ID that Zoho sends without quotes, so that the right view is read', async () => {
		stage.zoho.fault({
			kind: 'customViews',
			status: 200,
			body: '{"custom_views":[{"id":2423488000000575001,"name":"Bounced"}],"info":{"more_records":false}}',
			headers: { 'content-type': 'application/json' },
		});

		expect(await search()).toEqual(['Bounced (2423488000000575001)']);
	});

	it('says that "Read Custom Views" is off, and asks Zoho nothing', async () => {
		stage.connect();

		await expect(search()).rejects.toThrow(
			'The credential does not ask for the scopes to read custom views. In the credential, switch on "Read Custom Views"',
		);
		expect(stage.zoho.requests).toEqual([]);
	});

	it('says which scope the account did not grant', async () => {
		const scopes = 'ZohoCRM.modules.ALL';
		stage.connect({ readRecords: true, oauthTokenData: { ...stage.zoho.oauth.issue({ scopes }) } });

		await expect(search()).rejects.toThrow('ZohoCRM.settings.custom_views.READ');
	});

	it.each([
		['fails', { status: 500 }],
		['answers in HTML', { html: 200 }],
		['cuts the connection', { reset: true }],
	] as const)('says so where Zoho %s', async (_, fault) => {
		stage.zoho.fault({ kind: 'customViews', ...fault, times: Infinity });

		await expect(search()).rejects.toThrow();
	});

	it('says so where the module is none', async () => {
		await expect(search('', 'Leeds')).rejects.toThrow('The module name given seems to be invalid');
	});
});
