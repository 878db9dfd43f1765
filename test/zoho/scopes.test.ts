import {
	asksFor,
	asksToReadCampaigns,
	asksToReadRecords,
	readScope,
	readScopes,
	scopesFor,
	unblockScopesBySource,
} from '../../nodes/zoho/scopes';

/** What the API pages say each call needs: v6 and v7 by module, v8 for all modules, the module list. */
const SCOPE_MODULES = [
	'leads',
	'accounts',
	'contacts',
	'deals',
	'quotes',
	'salesorders',
	'purchaseorders',
	'invoices',
	'cases',
	'custom',
];
const NEEDS = {
	crm: [
		...SCOPE_MODULES.map((module) => `ZohoCRM.modules.${module}.UPDATE`),
		'ZohoCRM.send_mail.all.CREATE',
		'ZohoCRM.settings.modules.READ',
	],
	campaigns: ['ZohoCampaigns.contact.UPDATE'],
};

const listed = (scopes: string) => scopes.split(',').sort();

test('each service asks for exactly what its calls need, and no more', () => {
	expect(listed(scopesFor('crm'))).toEqual([...NEEDS.crm].sort());
	expect(listed(scopesFor('campaigns'))).toEqual([...NEEDS.campaigns].sort());
	expect(listed(scopesFor('both'))).toEqual([...NEEDS.crm, ...NEEDS.campaigns].sort());
});

test('reading custom views asks for their list, and to read each module', () => {
	const reads = SCOPE_MODULES.map((module) => `ZohoCRM.modules.${module}.READ`);

	expect(listed(readScopes())).toEqual([...reads, 'ZohoCRM.settings.custom_views.READ'].sort());
});

test.each([
	[{}, false],
	[{ readRecords: true }, true],
	[{ readRecords: true, customScopes: true, enabledScopes: 'ZohoCRM.send_mail.all.CREATE' }, false],
	[{ customScopes: true, enabledScopes: 'ZohoCRM.settings.modules.READ' }, false],
	[{ customScopes: true, enabledScopes: 'ZohoCRM.modules.leads.UPDATE' }, false],
	[{ customScopes: true, enabledScopes: 'zohocrm.modules.leads.read' }, true],
	[{ customScopes: true, enabledScopes: 'ZohoCRM.modules.ALL,ZohoCRM.send_mail.all.CREATE' }, true],
	[{ customScopes: true, enabledScopes: 'ZohoCRM.modules.deals.ALL' }, true],
	[{ customScopes: true, enabledScopes: 'ZohoCRM.modules.allotments.UPDATE' }, false],
	[{ customScopes: true }, false],
])('%p asks to read records: %p', (settings, reads) => {
	expect(asksToReadRecords(settings)).toBe(reads);
});

test('no scope gives full access or any operation that no call makes', () => {
	for (const scope of [...listed(scopesFor('both')), ...listed(readScopes())]) {
		expect(scope).toMatch(/\.(UPDATE|CREATE|READ)$/);
		expect(scope).not.toMatch(/\.ALL$/);
	}
});

test.each([
	[{}, true, true],
	[{ services: 'both' }, true, true],
	[{ services: 'crm' }, true, false],
	[{ services: 'campaigns' }, false, true],
	[
		{ services: 'both', customScopes: true, enabledScopes: 'ZohoCRM.send_mail.Leads.CREATE' },
		true,
		false,
	],
	[
		{ services: 'crm', customScopes: true, enabledScopes: 'x zohocampaigns.contact.ALL' },
		false,
		true,
	],
	[{ services: 'crm', customScopes: true, enabledScopes: 'NotZohoCRM.x' }, false, false],
	[{ customScopes: true, enabledScopes: 'NotZohoCampaigns.x' }, false, false],
	[{ customScopes: true, enabledScopes: 'ZohoCampaigns.contact.ALL ZohoCRM.x.ALL' }, true, true],
	[{ customScopes: true, enabledScopes: 'ZohoCRM.x.ALL,ZohoCampaigns.contact.ALL' }, true, true],
	[{ customScopes: true, enabledScopes: 'ZohoCampaigns.contact.ALL,ZohoCRM.x.ALL' }, true, true],
	[{ customScopes: true }, false, false],
	[{ services: 'crm', customScopes: false, enabledScopes: 'ZohoCampaigns.x' }, true, false],
])('%p asks for CRM: %p, for Campaigns: %p', (settings, crm, campaigns) => {
	expect(asksFor('crm', settings)).toBe(crm);
	expect(asksFor('campaigns', settings)).toBe(campaigns);
});

test.each([
	['Leads', 'leads', 'leads'],
	['Sales_Orders', 'salesorders', 'sales_orders'],
	['My_Own_Module', 'custom', 'my_own_module'],
])(
	'the scopes of the module %s are named for who looks for the one missing',
	(module, name, own) => {
		expect(readScope(module)).toBe(`ZohoCRM.modules.${name}.READ`);
		for (const scope of [
			'ZohoCRM.send_mail.all.CREATE',
			`ZohoCRM.send_mail.${own}.CREATE`,
			`ZohoCRM.modules.${name}.UPDATE`,
			'ZohoCRM.settings.emails.CREATE',
		]) {
			expect(unblockScopesBySource(module)).toContain(scope);
		}
	},
);

test.each([
	[{}, false],
	[{ readCampaigns: true }, true],
	[
		{ readCampaigns: true, customScopes: true, enabledScopes: 'ZohoCampaigns.contact.UPDATE' },
		false,
	],
	[{ customScopes: true, enabledScopes: 'zohocampaigns.campaign.read' }, true],
	[{ customScopes: true, enabledScopes: 'ZohoCampaigns.campaign.ALL' }, true],
	[{ customScopes: true, enabledScopes: 'ZohoCampaigns.campaign.CREATE' }, false],
])('%p asks to read campaigns: %p', (settings, reads) => {
	expect(asksToReadCampaigns(settings)).toBe(reads);
});
