import { existsSync } from 'node:fs';
import path from 'node:path';
import { ZohoEmailHygieneOAuth2Api } from '../../credentials/ZohoEmailHygieneOAuth2Api.credentials';
import campaignsCodex from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node.json';
import crmCodex from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node.json';
import { diagnoseCredential } from '../../nodes/zoho/diagnosis';
import { DATA_CENTERS } from '../../nodes/zoho/hosts';
import { CHECKS } from '../check';
import {
	anchorsOf,
	credentialPage,
	page,
	PAGES,
	readme,
	root,
	rowsOf,
	section,
	tables,
	withoutTicks,
} from './pages';

describe('docs/credential.md', () => {
	const byCode = Object.entries(DATA_CENTERS);

	it('tells where the API console of every data center is, as the credential does', () => {
		const rows = rowsOf(credentialPage, 'Data center');

		expect(rows.map(([name]) => name)).toEqual(
			byCode.map(([code, { name }]) => `${name}, \`${code}\``),
		);
		const notices = new ZohoEmailHygieneOAuth2Api().properties;
		for (const [index, [code]] of byCode.entries()) {
			const notice = notices.find(({ name }) => name === `clientNotice_${code}`)?.displayName;
			const link = /href="([^"]+)"/.exec(notice ?? '')?.[1];
			expect(rows[index]?.[2]).toBe(`<${link}>`);
		}
	});

	it('lists the hosts of every data center as they are called', () => {
		const rows = tables(credentialPage)
			.find(([names]) => names?.includes('Accounts'))
			?.slice(1);

		expect(rows?.map((row) => row.map(withoutTicks))).toEqual(
			byCode.map(([code, center]) => [
				code,
				center.accounts,
				`www.${center.crmDomain}`,
				'campaigns' in center ? center.campaigns : 'unknown',
			]),
		);
	});

	it('has the data centers that the form for a bug offers', () => {
		const form = page('.github/ISSUE_TEMPLATE/bug_report.yml');

		expect(form).toContain(`options: [${[...Object.keys(DATA_CENTERS), 'custom'].join(', ')}]`);
	});

	it.each([
		'invalid_client',
		'invalid_client_secret',
		'invalid_redirect_uri',
		'invalid_code',
		'access_denied',
		'general_error',
	])('has a cure for %s, as the node has advice for it', (code) => {
		const listed = rowsOf(section(credentialPage, "In the node's error"), 'Code');
		const refused = diagnoseCredential('crm', { oauthTokenData: { error: code } });
		const unknown = diagnoseCredential('crm', { oauthTokenData: { error: 'unheard_of' } });

		expect(listed.map(([name]) => withoutTicks(name))).toContain(code);
		expect(refused?.code).toBe(code);
		expect(refused?.resolution).not.toBe(unknown?.resolution);
	});
});

describe('the pages', () => {
	it.each(PAGES)('link to nothing that is not there (%s)', (name) => {
		const text = page(name);
		const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
		const inside = links.filter((link) => !/^https?:/.test(link));

		for (const link of inside) {
			const [file = '', anchor] = link.split('#');
			const target = file === '' ? name : path.join(path.dirname(name), file);
			expect({ link, exists: existsSync(path.join(root, target)) }).toEqual({ link, exists: true });
			if (anchor) expect(anchorsOf(page(target))).toContain(anchor);
		}
	});

	it('have the sections that the package links to', () => {
		const { documentationUrl } = new ZohoEmailHygieneOAuth2Api();
		const links = [
			documentationUrl,
			...[crmCodex, campaignsCodex].flatMap(({ resources }) =>
				[...resources.primaryDocumentation, ...resources.credentialDocumentation].map(
					({ url }) => url,
				),
			),
		];

		for (const link of links) expect(anchorsOf(readme)).toContain(link.split('#')[1]);
	});

	it('show a map of the house on which every room exists', () => {
		const rows = rowsOf(section(page('CONTRIBUTING.md'), 'The map of the house'), 'Room');
		const rooms = rows.flatMap(([names]) => withoutTicks(names)?.split(', ') ?? []);

		expect(rooms).toContain('nodes/zoho/');
		for (const room of rooms) {
			const exists = existsSync(path.join(root, room));
			expect({ room, exists }).toEqual({ room, exists: true });
		}
	});

	it('name no command that the package does not have', () => {
		const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> };
		const named = PAGES.flatMap((name) => [...page(name).matchAll(/npm run (\w+)(?: -- (\w+))?/g)]);

		for (const [, script = '', what] of named) {
			expect(Object.keys(scripts)).toContain(script);
			if (script === 'check') expect(Object.keys(CHECKS)).toContain(what);
		}
	});

	it('has no more than ten scripts, which a person can remember', () => {
		const { scripts } = JSON.parse(page('package.json')) as { scripts: object };

		expect(Object.keys(scripts).length).toBeLessThanOrEqual(10);
	});
});
