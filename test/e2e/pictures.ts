import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { say } from './say';

/** The pictures of the documentation. */
const IMAGES = path.resolve(__dirname, '../../docs/images');
/** Pictures for whoever looks at a run. */
const CACHE = path.resolve(__dirname, '../../.cache/e2e');

export class Pictures {
	constructor(private readonly page: Page) {}

	/**
	 * Takes a picture of the area that the given parts of the page cover, with a margin in px, in every run, so that it
	 * cannot break unseen. Kept in docs/images/ only where it is missing there or UPDATE_IMAGES is set,
	 * so that a run leaves the work tree as it was.
	 */
	async take(name: string, parts: Locator, margin = 0): Promise<void> {
		const boxes = await Promise.all(
			(await parts.all()).map(async (part) => await part.boundingBox()),
		);
		const all = boxes.filter((box) => box !== null);
		const x = Math.min(...all.map((box) => box.x)) - margin;
		const y = Math.min(...all.map((box) => box.y)) - margin;
		const width = Math.max(...all.map((box) => box.x + box.width)) + margin - x;
		const height = Math.max(...all.map((box) => box.y + box.height)) + margin - y;
		const file = path.join(IMAGES, `${name}.png`);
		const kept = process.env.UPDATE_IMAGES !== undefined || !existsSync(file);
		if (kept) await mkdir(IMAGES, { recursive: true });
		const { length } = await this.page.screenshot({
			animations: 'disabled',
			clip: { x, y, width, height },
			...(kept && { path: file }),
		});
		say(
			`picture of ${name}: ${Math.round(length / 1024)} kB${kept ? ', kept in docs/images/' : ''}`,
		);
	}

	/** Takes a picture of what the browser shows, for whoever looks at the run. */
	async show(name: string): Promise<void> {
		await this.page.screenshot({ animations: 'disabled', path: path.join(CACHE, `${name}.png`) });
	}
}

/** Makes tests that leave a picture of the page in .cache/e2e/ where they fail. */
export function browserTest(page: () => Page) {
	return (name: string, body: () => Promise<void>): void => {
		test(name, async () => {
			let passed = false;
			try {
				await body();
				passed = true;
			} finally {
				if (!passed) {
					await new Pictures(page()).show(name.replaceAll(/\W+/g, '-'));
					say(`failed at ${page().url()}; a picture of it is in .cache/e2e/`);
				}
			}
		});
	};
}

/** Whether the browser has loaded an image, and can show it. */
export async function isLoaded(image: Locator): Promise<boolean> {
	return await image.evaluate(
		async (element) =>
			await (element as unknown as { decode(): Promise<void> }).decode().then(
				() => true,
				() => false,
			),
	);
}
