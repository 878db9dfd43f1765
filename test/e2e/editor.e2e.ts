import path from 'node:path';
import type { ICredentialType, IDataObject, INodeTypeDescription } from 'n8n-workflow';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import * as campaigns from '../../nodes/ZohoCampaignsDoNotMail/properties';
import * as crm from '../../nodes/ZohoCrmUnblockEmail/properties';
import { scopesFor } from '../../nodes/zoho/scopes';
import { credentialFor } from '../fake-zoho';
import { launch } from './browser';
import { Editor } from './editor';
import { browserTest, Pictures } from './pictures';
import { say } from './say';
import { bounce, CUSTOM_MODULE, EXAMPLES, lead, LEADS, setStage, type Stage } from './stage';
import { PATIENCE_MS, until } from './until';

const NODES = [
	{
		name: 'n8n-nodes-zoho-email-hygiene.zohoCrmUnblockEmail',
		displayName: 'Zoho CRM Unblock Email',
		description:
			'Unblock email addresses that are temporarily bounced (soft bounce) in Zoho CRM, up to 500 records a call',
	},
	{
		name: 'n8n-nodes-zoho-email-hygiene.zohoCampaignsDoNotMail',
		displayName: 'Zoho Campaigns Do-Not-Mail',
		description: 'Put email addresses into the Do-Not-Mail registry of Zoho Campaigns',
	},
];
const CREDENTIAL = 'Zoho Email Hygiene OAuth2 API';

/** Lets the dialog of a credential be as high as what it holds. */
const UNSCROLLED = `
	[data-test-id="editCredential-modal"], [data-test-id="editCredential-modal"] *:has([data-test-id^="parameter-input-"]):not([data-test-id^="parameter-"] *, [data-test-id^="parameter-"]) {
		height: auto !important; max-height: none !important; overflow: visible !important;
	}`;

let stage: Stage;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let editor: Editor;
let pictures: Pictures;
const inBrowser = browserTest(() => page);

beforeAll(async () => {
	stage = await setStage();
	browser = await launch(stage.installation);
	context = await browser.newContext({
		viewport: { width: 1400, height: 960 },
		colorScheme: 'light',
		locale: 'en-US',
	});
	context.setDefaultTimeout(PATIENCE_MS);
	page = await context.newPage();
	editor = new Editor(page, stage.n8n.url);
	pictures = new Pictures(page);
	await editor.signIn();
	say(`signed in with Chromium ${browser.version()}`);
});
afterAll(async () => {
	await browser?.close();
	await stage?.remove();
});
beforeEach(() => {
	bounce(stage.zoho);
	stage.zoho.requests = [];
});

describe('what n8n has found in the package', () => {
	test('both nodes, and both as tools, with icons that it serves', async () => {
		const types = await stage.n8n.types<INodeTypeDescription>('nodes');
		for (const { name, displayName, description } of NODES) {
			const node = types.find((type) => type.name === name);
			expect(node).toMatchObject({ displayName, description, usableAsTool: true });
			expect(types.find((type) => type.name === `${name}Tool`)).toMatchObject({
				displayName: `${displayName} Tool`,
				outputs: ['ai_tool'],
			});
			const { light, dark } = node?.iconUrl as { light: string; dark: string };
			for (const icon of [light, dark]) {
				const reply = await stage.n8n.request(icon);
				expect(reply.headers.get('content-type')).toContain('image/svg+xml');
				say(`${displayName}: ${icon}`);
			}
		}
	});

	test('the credential, with its icon', async () => {
		const types = await stage.n8n.types<ICredentialType>('credentials');
		const credential = types.find(({ name }) => name === 'zohoEmailHygieneOAuth2Api');
		expect(credential).toMatchObject({ displayName: CREDENTIAL, extends: ['oAuth2Api'] });
		const { light, dark } = credential?.iconUrl as { light: string; dark: string };
		for (const icon of [light, dark]) {
			const reply = await stage.n8n.request(icon);
			expect(reply.headers.get('content-type')).toContain('image/svg+xml');
		}
	});
});

describe('in the browser', () => {
	inBrowser('the credential is in the list, connects, and keeps a refresh token', async () => {
		await editor.newCredential('zoho', CREDENTIAL);
		await expect(page.getByText(/Create a client of the type/).innerText()).resolves.toContain(
			'api-console.zoho.com',
		);
		const { dataCenter, ...texts } = credentialFor(stage.zoho.client);
		await editor.type('clientId', String(texts.clientId));
		await editor.type('clientSecret', String(texts.clientSecret));
		// The picture shows the button and all that is to be chosen before, which a person scrolls to.
		await page.setViewportSize({ width: 1400, height: 1400 });
		const unscrolled = await page.addStyleTag({ content: UNSCROLLED });
		await pictures.take('credential', editor.credentialDialog);
		await unscrolled.evaluate((style) => (style as unknown as { remove(): void }).remove());
		await page.setViewportSize({ width: 1400, height: 960 });
		await editor.choose('dataCenter', /^Custom/);
		expect(dataCenter).toBe('custom');
		for (const [name, text] of Object.entries(texts)) await editor.type(name, String(text));
		const opened = page.waitForEvent('popup');
		await page.getByTestId('quick-connect-button').click();
		const consent = await opened;
		const accept = consent.getByRole('button', { name: 'Accept' });
		await accept.waitFor();
		const asked = await consent.locator('li').allInnerTexts();
		say(`Zoho's page asks for: ${asked.join(', ')}`);
		expect(asked.join(',')).toBe(scopesFor('both').toLowerCase());
		await accept.click();
		await page.getByTestId('oauth-connect-success-banner').waitFor();
		const banner = await page.getByTestId('oauth-connect-success-banner').innerText();
		say(`n8n says: ${banner.split('\n')[0]}`);
		expect(banner).toContain('Account connected');

		const [stored] = await stage.n8n.exportCredentials();
		expect(stored).toMatchObject({ type: 'zohoEmailHygieneOAuth2Api' });
		const token = stored?.data.oauthTokenData as IDataObject;
		say(`n8n has stored: ${Object.keys(token).join(', ')}`);
		expect(token).toMatchObject({
			access_token: expect.stringMatching(/^1000\./),
			refresh_token: expect.stringMatching(/^1000\./),
		});
	});

	inBrowser('Zoho CRM Unblock Email is found, filled in, and run', async () => {
		await editor.newWorkflow();
		const [node] = NODES;
		const found = await editor.searchNodes('Zoho CRM Unblock Email');
		expect(found).toContainEqual({
			name: node?.displayName,
			description: node?.description,
			hasIcon: true,
		});
		await editor.addFound('Zoho CRM Unblock Email');

		const options = await editor.addAllOptions();
		say(`options: ${options.join(', ')}`);
		expect(options).toEqual(crm.OPTIONS.map(({ displayName }) => displayName));
		const ofIds = crm.PROPERTIES.filter(
			({ displayOptions }) => !displayOptions?.show?.recordsFrom?.includes('customView'),
		);
		await editor.showAll([...ofIds, ...crm.OPTIONS]);
		const modules = await editor.searchModules(CUSTOM_MODULE.label);
		say(`modules that match "${CUSTOM_MODULE.label}": ${modules.join(', ')}`);
		expect(modules).toEqual([CUSTOM_MODULE.label]);
		await editor.chooseModule(CUSTOM_MODULE.label);
		await editor.type('recordIds', `${CUSTOM_MODULE.record}\n${LEADS.hard}`);
		await editor.useErrorOutput();
		await stage.n8n.finished(await editor.executeStep());

		const success = await editor.readBranch('Success', 1);
		say(`success branch: ${success}`);
		expect(success).toContain(CUSTOM_MODULE.record);
		const error = await editor.readBranch('Error', 1);
		say(`error branch: ${error}`);
		expect(error).toContain('recordNotFound');
		expect(stage.zoho.crm.get(CUSTOM_MODULE.apiName, CUSTOM_MODULE.record)).toMatchObject({
			email: 'unblocked',
			timesUnblocked: 1,
		});
	});

	inBrowser('Zoho Campaigns Do-Not-Mail is found, filled in, and run', async () => {
		await editor.newWorkflow();
		const [, node] = NODES;
		const found = await editor.searchNodes('Zoho Campaigns Do-Not-Mail');
		expect(found).toContainEqual({
			name: node?.displayName,
			description: node?.description,
			hasIcon: true,
		});
		await editor.addFound('Zoho Campaigns Do-Not-Mail');
		await editor.type('email', 'panel@example.com');
		await editor.useErrorOutput();
		await stage.n8n.finished(await editor.executeStep());
		const success = await editor.readBranch('Success', 1);
		say(`success branch: ${success}`);
		expect(success).toContain('moved');
		await pictures.take('campaigns-node', editor.panel);
		expect(stage.zoho.campaigns.has('panel@example.com')).toBe(true);

		await editor.type('email', 'no address');
		await stage.n8n.finished(await editor.executeStep());
		const error = await editor.readBranch('Error', 1);
		say(`error branch: ${error}`);
		expect(error).toContain('invalidEmail');

		const options = await editor.addAllOptions();
		say(`options: ${options.join(', ')}`);
		expect(options).toEqual(campaigns.OPTIONS.map(({ displayName }) => displayName));
		const ofAddresses = campaigns.PROPERTIES.filter(
			({ displayOptions }) => !displayOptions?.show?.addressesFrom?.includes('campaigns'),
		);
		await editor.showAll([...ofAddresses, ...campaigns.OPTIONS]);
	});

	inBrowser(
		'a template is imported from its file, executed, and shows where every item went',
		async () => {
			await editor.importFile(path.join(EXAMPLES, 'nightly-unblock.json'));
			await stage.n8n.finished(await editor.executeWorkflow());
			const wires = await until('the wires tell of the run', async () => {
				const said = await editor.readWires();
				return said.length >= 8 && said;
			});
			say(`the wires say: ${wires.join(', ')}`);
			expect(wires).toEqual([
				'1 item',
				'1 item',
				'6 items',
				'3 items',
				'3 items',
				// To the look whether the account is to blame.
				'3 items',
				'2 items',
				'1 item',
			]);
			await pictures.take(
				'workflow',
				page.getByTestId('canvas-node').or(page.getByTestId('sticky')),
				40,
			);
			expect(stage.zoho.crm.get('Leads', lead(6))).toMatchObject({ email: 'unblocked' });

			await page
				.getByTestId('canvas-node')
				.filter({ hasText: 'Zoho CRM Unblock Email' })
				.dblclick();
			await editor.panel.waitFor();
			const error = await editor.readBranch('Error', 3);
			expect(error).toContain('permanentlyBlocked');
			await pictures.take('crm-node', editor.panel);
		},
	);
});
