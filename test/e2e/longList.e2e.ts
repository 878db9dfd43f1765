/** The desk for long lists, as a person uses it: a real n8n that is killed, a real browser. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { BrowserContext, Page } from 'playwright-core';
import { useDesk } from './desk';
import { basic, FORM, LOGIN, mixedCsv, openDesk, PAGE } from './longList';
import { browserTest, Pictures } from './pictures';
import { say } from './say';
import { connect } from './stage';
import { PATIENCE_MS, until } from './until';

const desk = useDesk();
const inBrowser = browserTest(() => visitor);
const csv = mixedCsv();

let context: BrowserContext;
/** A person's browser, which knows the name and the password of the desk and nothing of n8n. */
let visitor: Page;

beforeAll(async () => {
	const { stage } = desk;
	await openDesk(stage, await connect(stage), {
		everySeconds: 3,
		claimMinutes: 0.5,
		// Short enough for a test, and so tight that the desk has to wait for it.
		limit: { calls: 150, windowMs: 10_000, lockMs: 60_000, kind: 'rolling' },
	});
	context = await desk.context.browser()!.newContext({
		httpCredentials: LOGIN,
		viewport: { width: 900, height: 1_000 },
		locale: 'en-US',
	});
	context.setDefaultTimeout(PATIENCE_MS);
	visitor = await context.newPage();
});
afterAll(async () => await context?.close());

/** What the page says in its headline, in percent; NaN where there is none, as when n8n is not ready. */
async function percent(): Promise<number> {
	const patience = { timeout: 15_000 };
	const text = await visitor.locator('h1').innerText(patience).catch(String);
	return Number(/^Do-Not-Mail: (\d+) %$/.exec(text)?.[1] ?? NaN);
}

/** The page's own counts of what came of the addresses. */
async function counts(): Promise<Record<string, number>> {
	const rows = await visitor.locator('section').nth(1).locator('tr').all();
	const cells = rows.map(async (row) => await row.locator('td').allInnerTexts());
	return Object.fromEntries(
		(await Promise.all(cells)).map(([name = '', count = '']) => [
			name,
			Number(count.replaceAll(',', '')),
		]),
	);
}

/** A picture of the page as it is, in a window of this size, for docs/images. */
async function picture(name: string, size: { width: number; height: number }): Promise<void> {
	await visitor.setViewportSize(size);
	await new Pictures(visitor).take(name, visitor.locator('html'));
	await visitor.setViewportSize({ width: 900, height: 1_000 });
}

test('nobody gets in without the name and the password', async () => {
	const { url } = desk.stage.n8n;
	const statuses = [FORM, PAGE, `${PAGE}?failures=csv`].map(async (path) => {
		const { status } = await fetch(url + path);
		const wrong = await fetch(url + path, { headers: { authorization: `${basic()}x` } });
		return [status, wrong.status];
	});

	// n8n answers a wrong login at a webhook with 403, and a missing one with 401.
	for (const pair of await Promise.all(statuses)) {
		expect(pair.every((status) => [401, 403].includes(status))).toBe(true);
	}
});

inBrowser('a CSV of 2,000 rows is uploaded by clicking', async () => {
	await visitor.goto(desk.stage.n8n.url + FORM);
	const chooser = visitor.waitForEvent('filechooser');
	await visitor.locator('input[type="file"]').click();
	const buffer = Buffer.from(csv.text);
	await (await chooser).setFiles({ name: 'unsubscribes.csv', mimeType: 'text/csv', buffer });
	await visitor.getByRole('button', { name: 'Next' }).click();

	const column = visitor.locator('select');
	await column.waitFor();
	expect(await column.inputValue()).toBe('E-mail (column 3)');
	await new Pictures(visitor).show('desk-column');
	await visitor.getByRole('button', { name: 'Take it in' }).click();

	await visitor
		.getByText(`${csv.addresses.toLocaleString('en-US')} addresses are waiting`)
		.waitFor();
	const said = await visitor.locator('body').innerText();
	expect(said).toContain(`Repeats left out: ${csv.twice}. Blank cells left out: ${csv.blanks}.`);
	await new Pictures(visitor).show('desk-taken-in');
	await visitor.getByRole('link', { name: "the desk's page" }).click();
	await visitor.waitForURL(`**${PAGE}`);
	await visitor.getByText('unsubscribes.csv').waitFor();
});

inBrowser('n8n is killed in the middle, and the page comes to 100 % all the same', async () => {
	const { n8n, zoho } = desk.stage;
	zoho.latencyMs = 100;
	// The page reads itself again: nobody clicks.
	const first = await percent();
	await until('the page goes on by itself', async () => (await percent()) > Math.max(first, 30));
	await picture('desk-page', { width: 760, height: 860 });
	await picture('desk-page-phone', { width: 390, height: 760 });

	const before = zoho.campaigns.received.length;
	await until('calls are under way', async () => zoho.campaigns.received.length > before + 10);
	await n8n.stop('SIGKILL');
	const sent = zoho.campaigns.received.length;
	say(`killed n8n (SIGKILL) after ${sent} calls`);
	await n8n.start();
	await visitor.goto(n8n.url + PAGE);
	await until(
		'the page says that all is done',
		async () => {
			const seen = await percent();
			// While n8n starts, it may answer that its database is not ready, and that answer stays.
			if (Number.isNaN(seen)) await visitor.reload();
			return seen === 100;
		},
		400_000,
	);
	say(
		`${Object.entries(await counts())
			.map(([name, count]) => `${name}: ${count}`)
			.join(', ')}`,
	);
});

inBrowser(
	'the counts of the page are those of the registry, and each address was moved once',
	async () => {
		const { campaigns } = desk.stage.zoho;
		const told = await counts();
		const good = csv.addresses - csv.malformed;
		const repeated = campaigns.received.length - new Set(campaigns.received).size;
		say(
			`${campaigns.received.length} calls, ${repeated} of them repeated, ${campaigns.locks} locks`,
		);

		expect(campaigns.registry.size).toBe(good);
		expect([...campaigns.registry.values()].filter(({ moved }) => moved !== 1)).toEqual([]);
		const {
			'Moved to Do-Not-Mail': moved = 0,
			'Were there already': already = 0,
			...others
		} = told;
		expect(moved + already).toBe(good);
		expect(others).toEqual({ 'Failed: No e-mail address': csv.malformed });
		expect(repeated).toBe(already);
		expect(already).toBeLessThanOrEqual(49);
		expect(campaigns.refusedCalls).toBe(0);
		expect(await visitor.locator('body').innerText()).toContain('Every address has an outcome.');
		await new Pictures(visitor).show('desk-done');
	},
);

inBrowser('what failed is downloaded as a CSV', async () => {
	const download = visitor.waitForEvent('download');
	await visitor.getByRole('link', { name: 'as a CSV file' }).click();
	const file = await (await download).path();
	const rows = parse(await readFile(file, 'utf8'), { columns: true, bom: true }) as Array<
		Record<string, string>
	>;

	expect(rows).toHaveLength(csv.malformed);
	expect(rows[0]).toMatchObject({ Address: 'no address 17', Reason: 'invalidEmail' });
});

inBrowser('the same list again is not taken in twice', async () => {
	await visitor.goto(desk.stage.n8n.url + FORM);
	const buffer = Buffer.from(csv.text);
	const name = 'once-more.csv';
	await visitor.locator('input[type="file"]').setInputFiles({ name, mimeType: 'text/csv', buffer });
	await visitor.getByRole('button', { name: 'Next' }).click();
	await visitor.getByRole('button', { name: 'Take it in' }).click();

	await visitor.getByText('These very addresses are in already: as unsubscribes.csv').waitFor();
	await new Pictures(visitor).show('desk-same-list');
});

inBrowser('a file that cannot be read is refused in plain words', async () => {
	await visitor.goto(desk.stage.n8n.url + FORM);
	const file = {
		name: 'book.csv',
		mimeType: 'text/csv',
		buffer: Buffer.from('PK\u0003\u0004\u0000\u0000'),
	};
	await visitor.locator('input[type="file"]').setInputFiles(file);
	await visitor.getByRole('button', { name: 'Next' }).click();

	await visitor.getByText('This is no CSV file').waitFor();
});
