import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launch } from './browser';
import { Editor } from './editor';
import { say } from './say';
import { bounce, BOUNCED, connect, LEADS, setStage, type Stage } from './stage';

const PICTURES = process.env.E2E_PICTURES;

let stage: Stage;
let browser: Browser;
let page: Page;
let editor: Editor;

beforeAll(async () => {
	stage = await setStage();
	bounce(stage.zoho);
	browser = await launch(stage.installation);
	const viewport = { width: 1400, height: 960 };
	const context = await browser.newContext({ viewport, locale: 'en-US' });
	context.setDefaultTimeout(60_000);
	page = await context.newPage();
	editor = new Editor(page, stage.n8n.url);
	await editor.signIn();
});
afterAll(async () => {
	await browser?.close();
	await stage?.remove();
});

/** Keeps a picture of the page where E2E_PICTURES names a folder. */
async function picture(name: string): Promise<void> {
	if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
}

/** A new node that takes its records from a custom view. */
async function newNode(): Promise<void> {
	await editor.newWorkflow();
	await editor.searchNodes('Zoho CRM Unblock Email');
	await editor.addFound('Zoho CRM Unblock Email');
	await editor.choose('recordsFrom', /^In a Custom View/);
}

test('a list that the credential may not read says what to switch on', async () => {
	await connect(stage, false);
	await newNode();
	const error = await editor.openList('customView', /./);
	await picture('no-scopes');
	say(`the list says: ${(await error.innerText()).replaceAll(/\s+/g, ' ')}`);
	expect(await error.innerText()).toContain('switch on "Read Custom Views"');
});

test('a view is chosen from the list, and what is in it is unblocked', async () => {
	await connect(stage);
	await newNode();
	await (await editor.openList('customView', BOUNCED.name)).click();
	await picture('chosen');
	await editor.useErrorOutput();
	await stage.n8n.finished(await editor.executeStep());

	const errors = await editor.readBranch('Error', 2);
	say(`error branch: ${errors}`);
	expect(errors).toContain(`person-${LEADS.hard}@example.com`);
	await picture('errors');
	await editor.readBranch('Success', 496);
	await picture('success');
});
