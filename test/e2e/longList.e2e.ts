/** The desk for long lists, as a person uses it: a real n8n that is killed, a real browser. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { BrowserContext, Page } from 'playwright-core';
import { useDesk } from './desk';
import { basic, choose, FORM, listOf, LOGIN, mixedCsv, openDesk, PAGE, send } from './longList';
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

/** A picture of the whole page as it is, in a window of this width in px, for docs/images. */
async function picture(name: string, width: number): Promise<void> {
	await visitor.setViewportSize({ width, height: 400 });
	const height = (await visitor.locator('main').boundingBox())?.height ?? 1_000;
	await visitor.setViewportSize({ width, height: Math.ceil(height) });
	await new Pictures(visitor).take(name, visitor.locator('main'));
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
	await visitor.getByRole('button', { name: 'Next' }).click();

	await visitor.waitForURL(`**${PAGE}?list=*`);
	const good = csv.addresses - csv.malformed;
	const yes = `Put ${good.toLocaleString('en-US')} addresses into Do-Not-Mail`;
	await visitor.getByRole('button', { name: yes }).waitFor();
	const said = await visitor.locator('body').innerText();
	expect(said).toContain('File: unsubscribes.csv');
	expect(said).toContain(`${csv.malformed} cells hold no address`);
	expect(said).toContain(`${csv.twice} repeats: sent once`);
	expect(said).toContain(`${csv.blanks} blank cells: left out`);
	expect(desk.stage.zoho.campaigns.received).toEqual([]);
	await picture('desk-question', 760);
	await picture('desk-question-phone', 390);
	await visitor.getByRole('button', { name: yes }).dblclick();
	await visitor.waitForURL(`**${PAGE}`);
	await visitor.getByText('unsubscribes.csv').waitFor();
});

inBrowser('n8n is killed in the middle, and the page comes to 100 % all the same', async () => {
	const { n8n, zoho } = desk.stage;
	zoho.latencyMs = 100;
	// The page reads itself again: nobody clicks.
	const first = await percent();
	await until('the page goes on by itself', async () => (await percent()) > Math.max(first, 30));
	await picture('desk-page', 760);
	await picture('desk-page-phone', 390);

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
			// The page may be about to read itself again.
			if (Number.isNaN(seen)) await visitor.reload().catch(() => undefined);
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
		expect(others).toEqual({ 'Failed: Not an email address': csv.malformed });
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
	await visitor.locator('select').waitFor();
	await visitor.getByRole('button', { name: 'Next' }).click();

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

inBrowser(
	'a list is stopped in the middle, its rest is in the CSV, and then it is removed',
	async () => {
		const { n8n, zoho } = desk.stage;
		const addresses = Array.from({ length: 900 }, (_, i) => `stop.${i}@example.com`);
		const file = new Blob([`Email\n${addresses.join('\n')}\n`]);
		const list = await listOf(
			await choose(await send(n8n.url, file, 'stop.csv'), 'Email (column 1)'),
		);
		await visitor.goto(`${n8n.url}${PAGE}?list=${list}`);
		await visitor.getByRole('button', { name: 'Put 900 addresses into Do-Not-Mail' }).click();
		const moved = () => addresses.filter((one) => zoho.campaigns.registry.has(one)).length;
		await until('some of them are moved', async () => moved() > 60);
		const line = visitor.locator('li', { hasText: 'stop.csv' });
		await line.getByRole('button', { name: 'Stop this list' }).click();
		await line.getByText('stopped and not sent').waitFor();
		// The batch that was under way is still counted.
		let [seen, since] = [-1, Date.now()];
		await until('nothing is under way any more', async () => {
			if (moved() !== seen) [seen, since] = [moved(), Date.now()];
			return Date.now() - since > 8_000;
		});
		const told = async () => /([\d,]+) of 900 done/.exec(await line.innerText())?.[1];
		await until('the page tells as many as the registry has', async () => {
			await visitor.reload().catch(() => undefined);
			return (await told()) === String(moved());
		});
		const stopped = moved();
		await new Pictures(visitor).show('desk-stopped');
		expect(stopped).toBeLessThan(900);
		const download = visitor.waitForEvent('download');
		await visitor.getByRole('link', { name: 'as a CSV file' }).click();
		const text = await readFile(await (await download).path(), 'utf8');
		const rows = parse(text, { columns: true, bom: true }) as Array<Record<string, string>>;
		const left = rows.filter(({ Reason }) => Reason === 'stopped').map(({ Address }) => Address);
		expect(left.sort()).toEqual(
			addresses.filter((one) => !zoho.campaigns.registry.has(one)).sort(),
		);
		say(`stopped after ${stopped} of 900: ${left.length} are in the CSV as stopped`);

		await line.getByRole('button', { name: 'Remove' }).click();
		await visitor.getByText('unsubscribes.csv').waitFor();
		expect(await visitor.getByText('stop.csv').count()).toBe(0);
		expect(moved()).toBe(stopped);
	},
);
