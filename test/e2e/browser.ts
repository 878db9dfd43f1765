import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import type { Installation } from './install';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const ELSEWHERE = [
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of the system's Chromium, or what CHROMIUM_PATH says. Throws where there is none. */
export function chromium(): string {
	const { CHROMIUM_PATH, PATH = '' } = process.env;
	const folders = PATH.split(path.delimiter);
	const candidates = [
		...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))),
		...ELSEWHERE,
	];
	const found = CHROMIUM_PATH ?? candidates.find(isExecutable);
	if (found === undefined) {
		throw new Error(
			'No Chromium found: install it (apt-get install chromium) or set CHROMIUM_PATH to one',
		);
	}
	return found;
}

/** Starts a headless Chromium with a fresh profile, which talks to nobody but the pages it opens. */
export async function launch(installation: Installation): Promise<Browser> {
	const playwright = installation.require('playwright-core') as typeof import('playwright-core');
	// What n8n's editor calls the names of its parts by.
	playwright.selectors.setTestIdAttribute('data-test-id');
	return await playwright.chromium.launch({
		executablePath: chromium(),
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
