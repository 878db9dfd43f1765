import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launch } from './browser';
import { Editor } from './editor';
import { Pictures } from './pictures';
import { setStage, type Stage } from './stage';
import { PATIENCE_MS } from './until';

/** A person at a desk: a real n8n, and its editor in a browser, signed in. */
export interface Desk {
	stage: Stage;
	context: BrowserContext;
	page: Page;
	editor: Editor;
	pictures: Pictures;
}

/** The screen that most people have, less what the browser itself takes. */
export const SCREEN = { width: 1440, height: 900 };

/** A desk for all tests of a file. */
export function useDesk(): Desk {
	const desk = {} as Desk;
	let browser: Browser;
	beforeAll(async () => {
		desk.stage = await setStage();
		browser = await launch(desk.stage.installation);
		desk.context = await browser.newContext({
			viewport: SCREEN,
			colorScheme: 'light',
			locale: 'en-US',
		});
		desk.context.setDefaultTimeout(PATIENCE_MS);
		desk.page = await desk.context.newPage();
		desk.editor = new Editor(desk.page, desk.stage.n8n.url);
		desk.pictures = new Pictures(desk.page);
		await desk.editor.signIn();
	});
	afterAll(async () => {
		await browser?.close();
		await desk.stage?.remove();
	});
	return desk;
}
