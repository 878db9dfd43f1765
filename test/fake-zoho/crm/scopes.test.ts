import { addPartners, listModules, unblock, useFakeZoho, withToken, zoho } from '../client';

useFakeZoho();

describe('a token for the CRM', () => {
	it.each([
		['v6', 'Leads', 'ZohoCRM.modules.leads.UPDATE', true],
		['v6', 'Leads', 'zohocrm.modules.LEADS.all', true],
		['v7', 'Leads', 'ZohoCRM.send_mail.all.CREATE', true],
		['v7', 'Leads', 'ZohoCRM.modules.ALL', false],
		['v6', 'Leads', 'ZohoCRM.modules.ALL', true],
		['v6', 'Leads', 'ZohoCRM.modules.all.UPDATE', true],
		['v6', 'Leads', 'ZohoCRM.modules.contacts.UPDATE', false],
		['v6', 'Leads', 'ZohoCRM.modules.leads.READ', false],
		['v6', 'Leads', 'ZohoCRM.send_mail.all.CREATE', false],
		['v6', 'Sales_Orders', 'ZohoCRM.modules.salesorders.UPDATE', true],
		['v6', 'Partners', 'ZohoCRM.modules.custom.UPDATE', true],
		['v6', 'Partners', 'ZohoCRM.modules.leads.UPDATE', false],
		['v8', 'Leads', 'ZohoCRM.send_mail.all.CREATE', true],
		['v8', 'Leads', 'ZohoCRM.send_mail.leads.CREATE', true],
		['v8', 'Leads', 'ZohoCRM.send_mail.deals.CREATE', false],
		['v8', 'Leads', 'ZohoCRM.modules.ALL', false],
	])('unblocks with %s in %s with %s: %s', async (version, module, scopes, allowed) => {
		addPartners();
		zoho.crm.add(module, '1');
		const { access_token } = zoho.oauth.issue({ scopes });
		const path = `/crm/${version}/${module}/actions/unblock_email`;
		const { status, body } = await unblock(['1'], { path, ...withToken(access_token) });
		expect(status).toBe(allowed ? 200 : 401);
		if (!allowed) {
			expect(body).toEqual({
				code: 'OAUTH_SCOPE_MISMATCH',
				details: {},
				message: 'Unauthorized',
				status: 'error',
			});
		}
	});

	it.each([
		['ZohoCRM.settings.modules.READ', 200],
		['ZohoCRM.settings.modules.all', 200],
		['ZohoCRM.settings.ALL', 200],
		['ZohoCRM.modules.ALL', 401],
	])('lists the modules with %s: %i', async (scopes, status) => {
		const { access_token } = zoho.oauth.issue({ scopes });
		expect((await listModules(withToken(access_token))).status).toBe(status);
	});
});

describe('the scope that an unblock wants', () => {
	it.each([
		['modules', 'ZohoCRM.modules.leads.UPDATE', 'v8', 200],
		['modules', 'ZohoCRM.send_mail.all.CREATE', 'v8', 401],
		['sendMail', 'ZohoCRM.send_mail.leads.CREATE', 'v6', 200],
		['sendMail', 'ZohoCRM.modules.ALL', 'v6', 401],
		['settingsEmails', 'ZohoCRM.settings.emails.CREATE', 'v8', 200],
		['settingsEmails', 'ZohoCRM.settings.ALL', 'v8', 200],
		['settingsEmails', 'ZohoCRM.settings.modules.READ ZohoCRM.send_mail.all.CREATE', 'v8', 401],
	] as const)(
		'may be of the family %s: %s in %s gets %i',
		async (family, scopes, version, status) => {
			zoho.crm.scopeFamily = family;
			zoho.crm.add('Leads', '1');
			const { access_token } = zoho.oauth.issue({ scopes });
			const path = `/crm/${version}/Leads/actions/unblock_email`;
			expect((await unblock(['1'], { path, ...withToken(access_token) })).status).toBe(status);
		},
	);
});
