import build from '../engine/build';
import { chromium } from './browser';
import { install } from './install';

/** Jest's global setup: what takes minutes the first time is done here, where no test's clock runs. */
export default async function setup(): Promise<void> {
	await build();
	chromium();
	await install();
}
