/** The files of the desk, and the tables beside its own, in a real n8n: by the form, without a browser. */
import {
	choose,
	listOf,
	LOGIN_HEADERS,
	openDesk,
	PAGE,
	postTo,
	press,
	send,
	textOf,
} from './longList';
import { say } from './say';
import { connect, setStage, type Stage } from './stage';
import { until } from './until';
import { workbook } from './workbook';

/** Tables that n8n's own search finds for the names of the desk's, the last ones changed last. */
const NEIGHBOURS = [
	'do_not_mail_lists_of_2025',
	'do_not_mail_addresses (Marketing)',
	'Do-Not-Mail-Journal',
];
const REFUSED = 'Nothing was taken in';

let stage: Stage;
let desk: string;

async function makeNeighbours(): Promise<void> {
	const { n8n } = stage;
	const { id } = await n8n.rest<{ id: string }>('GET', '/projects/personal');
	for (const name of NEIGHBOURS) {
		const columns = [{ name: 'other', type: 'string' }];
		await n8n.rest('POST', `/projects/${id}/data-tables`, { name, columns });
	}
}

beforeAll(async () => {
	stage = await setStage();
	await makeNeighbours();
	desk = await openDesk(stage, await connect(stage), {
		everySeconds: 2,
		claimMinutes: 0.5,
		troubleMinutes: 0.05,
	});
	// Later than the desk's own, so that the search finds these first.
	for (const [index, name] of NEIGHBOURS.entries()) NEIGHBOURS[index] = `${name} again`;
	await makeNeighbours();
});
afterAll(async () => await stage?.remove());

/** Uploads a file, its likely column chosen. Gives what the next page says, and the list where it is taken in. */
async function upload(
	file: string | Buffer,
	name?: string,
	column = 'Email (column 2)',
): Promise<{ said: string; list: string }> {
	const page = await send(stage.n8n.url, new Blob([file]), name);
	const said = await textOf(page);
	if (said.includes(REFUSED)) return { said, list: '' };
	const ending = await choose(page, column);
	const list = await listOf(ending);
	if (list === undefined) return { said: await textOf(ending), list: '' };
	return { said: await textOf(`${stage.n8n.url}${PAGE}?list=${list}`), list };
}

/** What the page says that asks; it is answered with yes. */
async function submit(file: string | Buffer, name?: string, column?: string): Promise<string> {
	const { said, list } = await upload(file, name, column);
	if (list === '') return said;
	expect((await press(stage.n8n.url, 'confirm', list)).status).toBe(303);
	return said;
}

/** Everything that the desk's tables hold, as text. */
async function held(): Promise<string> {
	const { n8n } = stage;
	const { id } = await n8n.rest<{ id: string }>('GET', '/projects/personal');
	const tables = await n8n.rest<{ data: Array<{ id: string; name: string }> }>(
		'GET',
		`/projects/${id}/data-tables`,
	);
	const own = tables.data.filter(({ name }) => /^do_not_mail_[a-z]+$/.test(name));
	const rows = own.map(
		async (table) =>
			await n8n.rest('GET', `/projects/${id}/data-tables/${table.id}/rows?take=1000`),
	);
	return JSON.stringify(await Promise.all(rows));
}

const isMoved = (...addresses: string[]) =>
	addresses.every((address) => stage.zoho.campaigns.registry.has(address));

test('takes a file in beside tables of longer names, and works it off', async () => {
	await expect(submit('Name,Email\nAda,first@example.com\n')).resolves.toContain(
		'Put 1 address into Do-Not-Mail',
	);
	await until('the address is in Do-Not-Mail', async () => isMoved('first@example.com'));
});

test.each(['list.csv', 'list.CSV', 'list.txt'])(
	'takes nothing of a file in whose row 10 begins with a quote too many: %s',
	async (name) => {
		const rows = Array.from({ length: 1_000 }, (_, i) => `person.${i}@example.com`);
		rows[9] = `"${rows[9]}`;
		const said = await submit(rows.join('\n'), name);

		say(said.slice(0, 200));
		expect(said).toContain(REFUSED);
		expect(said).toContain('Row 10 cannot be read');
	},
);

test('takes in what is encoded in other ways, and names it right', async () => {
	const text = (name: string) => `Name,Email\r\nJörg,jörg.${name}@müller.example\r\n`;
	for (const [name, file] of [
		['utf8', Buffer.from(`\uFEFF${text('utf8')}`)],
		['utf16', Buffer.from(`\uFEFF${text('utf16')}`, 'utf16le')],
		['western', Buffer.from(text('western'), 'latin1')],
	] as const) {
		await expect(submit(file)).resolves.toContain('Put 1 address into Do-Not-Mail');
		const address = `jörg.${name}@müller.example`;
		await until(`${address} is in Do-Not-Mail`, async () => isMoved(address));
	}
});

test('takes rows that are too short, and two columns of one name, and leaves unseen signs out', async () => {
	const file = [
		'Email,Email,City',
		'x,short@example.com',
		'y,\u200Bseen@example.com,Bonn',
		'z,seen@example.com\u2060,Bonn',
		'z,',
	];
	const said = await submit(`${file.join('\r')}\r`);

	expect(said).toContain('Put 2 addresses into Do-Not-Mail');
	expect(said).toContain('1 repeat : sent once 1 blank cell : left out');
	await until('both are in Do-Not-Mail', async () =>
		isMoved('short@example.com', 'seen@example.com'),
	);
});

test('refuses a line break inside an address, and a cell too many, with the row', async () => {
	await expect(submit('Name,Email\nAda,"ada@example.com\n(private)"\n')).resolves.toContain(
		'Row 2 has a line break inside its address',
	);
	await expect(
		submit('Name,Email\nBen,ben@example.com\nDoe, Jo,jo@example.com\n'),
	).resolves.toContain('Row 3 has 3 cells, where the others have 2');
});

test('gives a CSV of failures that brings the same addresses when it is uploaded again', async () => {
	const bad = ['=1+1', "''=1+1", '+nobody', "'nobody", '-x;y', '"quoted"'];
	const cells = bad.map((one) => `x,"${one.replaceAll('"', '""')}"`).join('\n');
	await expect(submit(`Name,Email\nAda,ada@example.com\n${cells}\n`)).resolves.toContain(
		'Put 1 address into Do-Not-Mail',
	);
	const csv = async () => {
		const reply = await fetch(`${stage.n8n.url}${PAGE}?failures=csv`, { headers: LOGIN_HEADERS });
		return await reply.text();
	};
	const rowsOf = async () =>
		(await csv()).split('\r\n').filter((row) => row.includes('invalidEmail'));
	await until('all of them have failed', async () => (await rowsOf()).length === bad.length);
	const before = (await rowsOf()).map((row) => row.split('","')[0]);

	// One is added, or the form would say that there is no address.
	const said = await submit(
		`${await csv()}once-more@example.com\r\n`,
		'failures.csv',
		'Address (column 1)',
	);
	expect(said).toContain('Put 1 address into Do-Not-Mail');
	await until(
		'all of them have failed again',
		async () => (await rowsOf()).length === 2 * bad.length,
	);
	const after = (await rowsOf()).map((row) => row.split('","')[0]);
	expect(after).toEqual([...before, ...before]);
});

test('reads a workbook of Excel, its empty rows and odd cells too', async () => {
	const rows = [
		['Name', 'Email'],
		['Ada "the first"', 'ada.of.excel@example.com'],
		['', ''],
		['Ben, the second\nof L', ' ben.of.excel@example.com '],
	];
	const file = workbook(rows, 3);
	await expect(submit(file, 'people.xlsx')).resolves.toContain('Put 2 addresses into Do-Not-Mail');
	await until('both are in Do-Not-Mail', async () =>
		isMoved('ada.of.excel@example.com', 'ben.of.excel@example.com'),
	);
	const broken = workbook([['Email'], ['ada@example.com\nben@example.com']], 3);
	await expect(submit(broken, 'people.xlsx', 'Email (column 1)')).resolves.toContain(
		'Row 4 has a line break inside its address',
	);
	await expect(submit(file.subarray(0, 300), 'cut.xlsx')).resolves.toContain(
		'no workbook that can be read',
	);
	await expect(submit(workbook([]), 'empty.xlsx')).resolves.toContain('The file is empty.');
});

test('sends nothing before a yes, and nothing at a post without the key of the list', async () => {
	const { said, list } = await upload('Name,Email\nAda,unasked@example.com\n', '<b>"list".csv');
	const { n8n, zoho } = stage;
	expect(said).toContain('File: _b__list_.csv');
	const answer = await postTo(n8n.url, { list, key: 'guessed', do: 'confirm' });
	const before = zoho.campaigns.received.length;
	await new Promise((resolve) => setTimeout(resolve, 6_000));

	expect(answer.status).toBe(403);
	expect(await answer.text()).toContain('nothing was done');
	expect(zoho.campaigns.received).toHaveLength(before);
	expect((await press(n8n.url, 'remove', list)).status).toBe(303);
	await until('its rows have left', async () => !(await held()).includes('unasked'));
	expect(isMoved('unasked@example.com')).toBe(false);
});

test('ends one run of an outage red, and goes on by itself once it is mended', async () => {
	const { n8n, zoho } = stage;
	zoho.randomFault = ({ kind }) =>
		kind === 'token'
			? undefined
			: {
					status: 401,
					body: '{"message":"Unauthorized request.","version":"1.1","Code":"1007","status":"error"}',
				};
	await submit('Name,Email\nAda,outage@example.com\n');
	const red = async () =>
		(await n8n.executions(desk)).filter(({ status }) => status === 'error').length;
	await until('a run has ended red', async () => (await red()) === 1);
	await expect(textOf(n8n.url + PAGE)).resolves.toContain('It stands still since');
	await until('it has tried again', async () => /"times\\*":[2-9]/.test(await held()), 200_000);
	expect(await red()).toBe(1);
	zoho.randomFault = () => undefined;
	await until('the address is in Do-Not-Mail', async () => isMoved('outage@example.com'), 400_000);
	expect(await red()).toBe(1);
});
