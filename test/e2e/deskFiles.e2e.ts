/** The files of the desk, and the tables beside its own, in a real n8n: by the form, without a browser. */
import { choose, LOGIN_HEADERS, openDesk, PAGE, send, textOf } from './longList';
import { say } from './say';
import { connect, setStage, type Stage } from './stage';
import { until } from './until';

/** Tables that n8n's own search finds for the names of the desk's, the last ones changed last. */
const NEIGHBOURS = [
	'do_not_mail_lists_of_2025',
	'do_not_mail_addresses (Marketing)',
	'Do-Not-Mail-Journal',
];
const REFUSED = 'Nothing was taken in';

let stage: Stage;

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
	await openDesk(stage, await connect(stage), { everySeconds: 2, claimMinutes: 0.5 });
	// Later than the desk's own, so that the search finds these first.
	for (const [index, name] of NEIGHBOURS.entries()) NEIGHBOURS[index] = `${name} again`;
	await makeNeighbours();
});
afterAll(async () => await stage?.remove());

/** What the last page says of a file, its likely column chosen where it gets as far as that. */
async function submit(
	file: string | Buffer,
	name?: string,
	column = 'Email (column 2)',
): Promise<string> {
	const page = await send(stage.n8n.url, new Blob([file]), name);
	const said = await textOf(page);
	return said.includes(REFUSED) ? said : await textOf(await choose(page, column));
}

const isMoved = (...addresses: string[]) =>
	addresses.every((address) => stage.zoho.campaigns.registry.has(address));

test('takes a file in beside tables of longer names, and works it off', async () => {
	await expect(submit('Name,Email\nAda,first@example.com\n')).resolves.toContain(
		'1 addresses are waiting',
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
		await expect(submit(file)).resolves.toContain('1 addresses are waiting');
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

	expect(said).toContain('2 addresses are waiting');
	expect(said).toContain('Repeats left out: 1. Blank cells left out: 1.');
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
		'7 addresses are waiting',
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
	expect(said).toContain('7 addresses are waiting');
	await until(
		'all of them have failed again',
		async () => (await rowsOf()).length === 2 * bad.length,
	);
	const after = (await rowsOf()).map((row) => row.split('","')[0]);
	expect(after).toEqual([...before, ...before]);
});
