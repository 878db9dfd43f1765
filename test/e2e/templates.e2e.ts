/** The templates as a person meets them: imported, looked at as n8n first shows them, and run with one click. */
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { useDesk } from './desk';
import { browserTest } from './pictures';
import { say } from './say';
import { bounce, connect, EXAMPLES } from './stage';

const desk = useDesk();
const inBrowser = browserTest(() => desk.page);

beforeAll(async () => {
	await connect(desk.stage);
});
beforeEach(() => bounce(desk.stage.zoho));

interface Point {
	x: number;
	y: number;
}

/** A wire, as far as the browser's own SVGPathElement is of use here. */
interface Wire {
	getTotalLength(): number;
	getPointAtLength(at: number): Point & { matrixTransform(matrix: unknown): Point };
	getScreenCTM(): unknown;
}

/** A hundred points of each wire, in px of the screen. */
async function wirePoints(): Promise<Point[]> {
	return await desk.page.locator('[data-test-id="edge"] path').evaluateAll((paths) =>
		(paths as unknown as Wire[]).flatMap((wire) =>
			Array.from({ length: 101 }, (_, i) => {
				const point = wire.getPointAtLength((wire.getTotalLength() * i) / 100);
				const { x, y } = point.matrixTransform(wire.getScreenCTM());
				return { x, y };
			}),
		),
	);
}

const boxOf = async (element: Locator) => {
	const { x = 0, y = 0, width = 0, height = 0 } = (await element.boundingBox()) ?? {};
	return { left: x, top: y, right: x + width, bottom: y + height };
};

/** What each note lies over, and which part of its height its text takes. */
async function notes(): Promise<Array<{ text: string; covers: string[]; filled: number }>> {
	const points = await wirePoints();
	const nodes = await Promise.all(
		(await desk.page.getByTestId('canvas-node').all()).map(async (node) => ({
			name: (await node.innerText()).split('\n')[0] ?? '',
			box: await boxOf(node),
		})),
	);
	return await Promise.all(
		(await desk.page.getByTestId('sticky').all()).map(async (note) => {
			const box = await boxOf(note);
			const end = await boxOf(note.locator('p, pre, li').last());
			const isUnder = ({ box: { left, right, top, bottom } }: { box: typeof box }) =>
				left < box.right && right > box.left && top < box.bottom && bottom > box.top;
			const isOver = ({ x, y }: Point) =>
				isUnder({ box: { left: x, right: x, top: y, bottom: y } });
			return {
				text: (await note.innerText()).slice(0, 40),
				covers: [
					...nodes.filter(isUnder).map(({ name }) => name),
					...(points.some(isOver) ? ['a wire'] : []),
				],
				filled: (end.bottom - box.top) / (box.bottom - box.top),
			};
		}),
	);
}

/** Those that examples/README.md shows as they are. */
const PICTURED = ['hygiene-every-night', 'on-a-bounce'];
const everything = () => desk.page.getByTestId('canvas-node').or(desk.page.getByTestId('sticky'));

describe.each([
	'csv-to-do-not-mail',
	'do-not-mail-desk',
	'error-summary',
	'hygiene-every-night',
	'long-list',
	'nightly-unblock',
	'on-a-bounce',
	'unsubscribe-webhook',
])('%s', (name) => {
	inBrowser(`${name} looks cared for at the first fit`, async () => {
		await desk.editor.importFile(path.join(EXAMPLES, `${name}.json`));
		await desk.editor.fit();
		await desk.pictures.show(`9-${name}`);
		if (PICTURED.includes(name)) await desk.pictures.take(name, everything(), 8);

		const seen = await notes();
		for (const { text, covers, filled } of seen) {
			const over = covers.length > 0 ? `, over ${covers.join(', ')}` : '';
			say(`${text.replaceAll(/\s+/g, ' ')}: ${Math.round(100 * filled)} % filled${over}`);
		}
		expect(seen.filter(({ covers }) => covers.length > 0)).toEqual([]);
		expect(seen.filter(({ filled }) => filled < 0.75 || filled > 1)).toEqual([]);
	});
});

describe.each(['csv-to-do-not-mail', 'error-summary', 'nightly-unblock'])('%s', (name) => {
	inBrowser(`${name} is green at the first click`, async () => {
		await desk.editor.importFile(path.join(EXAMPLES, `${name}.json`));
		const { status, data } = await desk.stage.n8n.finished(await desk.editor.executeWorkflow());
		await desk.editor.readWires();
		await desk.pictures.show(`9-${name}-run`);

		expect(status).toBe('success');
		const failed = Object.entries(data.resultData.runData).filter(([, runs]) =>
			runs.some(({ executionStatus }) => executionStatus !== 'success'),
		);
		expect(failed).toEqual([]);
	});
});
