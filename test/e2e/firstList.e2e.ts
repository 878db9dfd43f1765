/** How far it is from an empty n8n to the first list, in clicks and in fields that are filled in. */
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { credentialFor } from '../fake-zoho';
import { launch } from './browser';
import { Editor } from './editor';
import { browserTest, Pictures } from './pictures';
import { say } from './say';
import { EXAMPLES, LEADS, setStage, type Stage } from './stage';
import { itemsOf } from './workflow';

let stage: Stage;
let browser: Browser;
let page: Page;
let editor: Editor;
const inBrowser = browserTest(() => page);
/** What the person has done, here and on Zoho's page. */
let done: { clicks: number; fields: Set<string> };

/** Tells of each click of a person and of each field that changes. */
const WATCH = `
	addEventListener('click', (event) => event.isTrusted && countStep('click', ''), true);
	addEventListener('input', ({ target }) => {
		const parameter = '[data-test-id^="parameter-input-"]:not([data-test-id$="-field"])';
		const field = target.closest(parameter) ?? target.closest('[data-test-id]');
		countStep('field', field?.getAttribute('data-test-id') ?? target.name);
	}, true);`;

beforeAll(async () => {
	stage = await setStage();
	browser = await launch(stage.installation);
	const context = await browser.newContext({
		viewport: { width: 1440, height: 900 },
		colorScheme: 'light',
		locale: 'en-US',
	});
	context.setDefaultTimeout(60_000);
	await context.exposeFunction('countStep', (kind: string, field: string) => {
		if (kind === 'click') done.clicks++;
		else done.fields.add(field);
	});
	await context.addInitScript(WATCH);
	page = await context.newPage();
	editor = new Editor(page, stage.n8n.url);
	done = { clicks: 0, fields: new Set() };
	await editor.signIn();
});
afterAll(async () => {
	await browser?.close();
	await stage?.remove();
});

inBrowser('a first list is unblocked within 15 clicks and 8 fields', async () => {
	done = { clicks: 0, fields: new Set() };
	await editor.newCredential('zoho', 'Zoho Email Hygiene OAuth2 API');
	await editor.choose('dataCenter', /^Custom/);
	// Three of the fields are the addresses of the embedded Zoho; a data center of Zoho's needs none.
	const { dataCenter, ...texts } = credentialFor(stage.zoho.client);
	expect(dataCenter).toBe('custom');
	for (const [name, text] of Object.entries(texts)) await editor.type(name, String(text));
	const opened = page.waitForEvent('popup');
	await page.getByTestId('quick-connect-button').click();
	const consent = await opened;
	await consent.getByRole('button', { name: 'Accept' }).click();
	await page.getByTestId('oauth-connect-success-banner').waitFor();
	const { clicks } = done;

	await editor.importFile(path.join(EXAMPLES, 'nightly-unblock.json'));
	const execution = await stage.n8n.finished(await editor.executeWorkflow());
	await editor.readWires();
	await new Pictures(page).show('first-list');

	expect(itemsOf(execution, 'Unblocked').map(({ json }) => json.id)).toContain(LEADS.soft);
	say(
		`${clicks} clicks to connect, ${done.clicks} in all; ${done.fields.size} fields: ${[...done.fields].join(', ')}`,
	);
	expect(done.clicks).toBeLessThanOrEqual(15);
	expect(done.fields.size).toBeLessThanOrEqual(8);
});
