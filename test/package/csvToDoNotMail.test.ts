/** The template csv-to-do-not-mail: how it reads files, and what it writes. */
import type { IDataObject } from 'n8n-workflow';
import { parse } from 'csv-parse/sync';
import { fc } from '../support/fc';
import { items, nodeOf, playCode } from './code';

const FILE = 'csv-to-do-not-mail.json';

interface Read {
	problem: string;
	addresses: Array<{ email: string; row: number }>;
	samples: number;
}

/** What the template takes from a file: its nodes up to the one that sends, csv-parse for n8n's own. */
async function read(file: string | Buffer, column = ''): Promise<Read> {
	const bytes = Buffer.from(file);
	const [seen] = await playCode(FILE, 'Look at the File', {
		input: [{ json: {}, binary: { data: { data: '', mimeType: 'text/plain' } } }],
		file: bytes,
	});
	const nothing = { addresses: [], samples: 0 };
	const { problem, separator, encoding, firstRow } = seen!.json as Record<string, string>;
	if (problem !== '') return { problem: String(problem), ...nothing };
	const { data = '', fileExtension } = seen!.binary!.data!;
	expect(data === '' ? fileExtension : 'csv').toBe('csv');
	let rows: string[][];
	try {
		// As n8n's Extract from File, version 1.1, has it done with the options of the template.
		rows = parse(data === '' ? bytes : Buffer.from(data, 'base64'), {
			delimiter: separator ?? ',',
			encoding: encoding as BufferEncoding,
			bom: true,
			from_line: Number(firstRow),
			skip_empty_lines: true,
		});
	} catch (error) {
		return { problem: (error as Error).message, ...nothing };
	}
	const [taken] = await playCode(FILE, 'Addresses of the File', {
		input: items(...rows.map((row) => ({ row }))),
		nodes: { 'Look at the File': [[seen!]], 'Your Column': [items({ column })] },
	});
	return taken!.json as unknown as Read;
}

const emailsOf = ({ addresses }: Read) => addresses.map(({ email }) => email);

/** The addresses of a file that is read as a whole. */
async function addressesIn(file: string | Buffer, column?: string): Promise<string[]> {
	const found = await read(file, column);
	expect(found.problem).toBe('');
	return emailsOf(found);
}

const problemOf = async (file: string | Buffer, column?: string) =>
	(await read(file, column)).problem;

/** The report on these failures. */
async function reportOn(failures: IDataObject[]): Promise<string> {
	const given = failures.map((error) => ({ email: error.email, row: 2, error }));
	const [made] = await playCode(FILE, 'Row of the Report', { input: items(...given) });
	return Buffer.from(String(made!.json.csv), 'base64').toString();
}

const failed = (email: string, message = 'Zoho says no.') => ({
	email,
	reason: 'invalidRequest',
	message,
	resolution: 'Read the message.',
	retryable: false,
});

describe('a file is read as a whole', () => {
	test.each([
		['commas', 'Name,Email\nAda,ada@example.com\nBen,ben@example.com\n'],
		[
			'semicolons, and commas in a cell',
			'Name;Email\nKing, Ada;ada@example.com\nB;ben@example.com',
		],
		['tabs', 'Name\tE-mail\nAda\tada@example.com\nBen\tben@example.com\n'],
		['bars', 'Name|mail|x\nAda|ada@example.com|\nBen|ben@example.com|1\n'],
		[
			'a line that names its separator',
			'sep=;\r\nEmail;a\r\nada@example.com;1,2\r\nben@example.com;3,4\r\n',
		],
		['a byte order mark', '\uFEFFEmail Address,Name\nada@example.com,Ada\nben@example.com,Ben\n'],
		['line ends of old Macs', 'Name,Email\rAda,ada@example.com\rBen,ben@example.com\r'],
		['line ends of several kinds', 'Email\r\nada@example.com\nben@example.com\r\n'],
		['blank lines', '\n\nEmail,Name\n\nada@example.com,Ada\n  \nben@example.com,Ben\n,\n\n'],
		[
			'rows that are too short',
			'Name,Email,Phone,Note\nAda,ada@example.com\nBen,ben@example.com,1\n',
		],
		[
			'quotes',
			'"Name","Email"\n"Ada ""the first"", of\nLovelace","ada@example.com"\nB,"ben@example.com"\n',
		],
		['one address a line, and no names', 'ada@example.com\nben@example.com\n'],
		['no names, and other columns', '1;ada@example.com;x\n2;ben@example.com;y\n'],
		['white space around an address', 'Email\n ada@example.com\t\n"ben@example.com\n"\n'],
		['a column that is named otherwise', 'Kontakt\nada@example.com\nben@example.com\n'],
	])('with %s', async (_, file) => {
		const found = await read(file);
		const names = emailsOf(found).filter((email) => email !== 'Kontakt');

		expect([found.problem, names]).toEqual(['', ['ada@example.com', 'ben@example.com']]);
	});

	test.each<[string, BufferEncoding]>([
		['UTF-8', 'utf8'],
		['UTF-16, as Excel saves "Unicode text"', 'utf16le'],
		['Windows-1252', 'latin1'],
	])('in %s', async (_, encoding) => {
		const mark = encoding === 'utf16le' ? '\uFEFF' : '';
		const file = Buffer.from(`${mark}Name;E-Mail\r\nZoë;zoë@example.com\r\nBen\r\n`, encoding);

		expect(await addressesIn(file)).toEqual(['zoë@example.com', '']);
	});

	test('a row is told by its number in the file, blank lines and the named separator among them', async () => {
		const { addresses } = await read('sep=,\nEmail,Name\n\nada@example.com,Ada\n\nnonsense\n');

		expect(addresses).toEqual([
			{ email: 'ada@example.com', row: 4 },
			{ email: 'nonsense', row: 6 },
		]);
	});

	test('a row without an address is sent on as such, so that the report names it', async () => {
		const { addresses } = await read('Name,Email\nAda,ada@example.com\nBen,\nCy\n');

		expect(addresses.slice(1)).toEqual([
			{ email: '', row: 3 },
			{ email: '', row: 4 },
		]);
	});
});

describe('what cannot be read says which row, and nothing is taken', () => {
	const thousand = Array.from({ length: 1000 }, (_, i) => `p${i}@example.com,Person ${i}`);
	const withRow = (row: number, text: string) => {
		const lines = ['Email,Name', ...thousand];
		lines[row - 1] = text;
		return lines.join('\n');
	};

	test.each([
		['a quotation mark is never closed', withRow(10, '"p9@example.com,Person 9'), 10],
		['a quotation mark is closed in a later row', `${withRow(10, '"p9@example.com,Ann')},"x"`, 10],
		['a row has a cell too many', withRow(500, 'p499@example.com,Doe, John'), 500],
		['a quotation mark stands inside a cell', withRow(7, 'p6@example.com,John "Joe" Doe'), 7],
		['a cell goes on after its quotation mark', withRow(3, '"p2@example.com" ,Ann'), 3],
		['an address goes over two rows', 'Email,Name\n"ada@example.com\nben@example.com",Ada\n', 2],
		[
			'another cell goes over rows that hold addresses',
			'Email,Note\na@example.com,"open\nb@example.com,x\nc@example.com,end"\n',
			2,
		],
		[
			'a cell before the address does',
			'Name,Email\nA,a@example.com\n"Ann,b@example.com\nBen",c@example.com\n',
			3,
		],
		[
			'one character is in another encoding',
			Buffer.concat([
				Buffer.from('Email\nzoë@example.com\n'),
				Buffer.from('é@example.com', 'latin1'),
			]),
			3,
		],
	])('where %s', async (_, file, row) => {
		const found = await read(file);

		expect(found).toEqual({
			problem: expect.stringMatching(new RegExp(`^Row ${row}\\b`)),
			addresses: [],
			samples: 0,
		});
	});

	test.each([
		['a workbook', Buffer.from('PK\u0003\u0004\u0000\u0000x')],
		['other binary data', Buffer.from('Email\n\u0000\u0001@example.com')],
		['UTF-16 with its bytes the other way round', Buffer.from('\uFEFFEmail\n', 'utf16le').swap16()],
		['nothing', ''],
		['blank lines', '\n \n'],
		['a row of names alone', 'Email,Name\n'],
	])('%s is refused', async (_, file) => {
		expect(await problemOf(file)).not.toBe('');
	});

	test('several files at once are refused', async () => {
		const one = { json: {}, binary: { data: { data: '', mimeType: 'text/csv' } } };
		const [seen] = await playCode(FILE, 'Look at the File', { input: [one, one] });

		expect(seen?.json.problem).toBe('One file at a time.');
	});
});

test('where n8n hands on fewer rows than the file has, nothing is taken', async () => {
	const [taken] = await playCode(FILE, 'Addresses of the File', {
		input: items({ row: ['Email'] }, { row: ['a@example.com'] }),
		nodes: { 'Look at the File': [items({ rows: 3, rowsBefore: 0 })], 'Your Column': [items({})] },
	});

	expect(taken!.json).toMatchObject({ problem: 'Of 3 rows, n8n has read 2.', addresses: [] });
});

describe('the column of the addresses', () => {
	const twice = 'Email,Name,Email\na@example.com,Ada,b@example.com\n';

	test('two columns of one name are told apart by place', async () => {
		expect(await problemOf(twice)).toContain('1 "Email", 2 "Name", 3 "Email"');
		expect(await problemOf(twice, 'Email')).toContain('More than one column');
		expect(await addressesIn(twice, '1')).toEqual(['a@example.com']);
		expect(await addressesIn(twice, '3')).toEqual(['b@example.com']);
	});

	test('it may be named, in any case', async () => {
		const file = 'Email,Owner Mail\na@example.com,b@example.com\n';

		expect(await addressesIn(file)).toEqual(['a@example.com']);
		expect(await addressesIn(file, 'owner mail')).toEqual(['b@example.com']);
	});

	test('where none is named so, or none has the number, the file is refused', async () => {
		const file = 'Person,Contact\nAda,a@example.com\n';

		expect(await problemOf(file)).toContain('1 "Person", 2 "Contact"');
		expect(await problemOf(file, 'Kontakt')).toContain('No column is named "Kontakt".');
		expect(await problemOf(file, '3')).toContain('There is no column 3.');
	});

	test('a postal address is not taken for it where another column says e-mail', async () => {
		const file = 'Address,E-Mail\n1 High Street,a@example.com\n';

		expect(await addressesIn(file)).toEqual(['a@example.com']);
	});
});

describe('no address gets lost without a word', () => {
	const email = fc.integer({ min: 0, max: 10 ** 6 }).map((n) => `p${n}@example.com`);
	const word = fc.constantFrom('', 'Ada', 'King', '1', 'a b');
	const separators = [',', ';', '\t', '|'];

	/** Rows of one width, with the addresses in one of the columns. */
	const table = fc
		.record({ width: fc.integer({ min: 1, max: 4 }), at: fc.nat(3) })
		.chain(({ width, at }) =>
			fc.record({
				column: fc.constant(at % width),
				rows: fc.array(fc.tuple(email, fc.array(word, { minLength: width, maxLength: width })), {
					minLength: 1,
					maxLength: 12,
				}),
				separator: fc.constantFrom(...separators),
				isQuoted: fc.boolean(),
				lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
			}),
		);
	type Table = typeof table extends fc.Arbitrary<infer T> ? T : never;

	function written({ column, rows, separator, isQuoted, lineEnd }: Table): string {
		const names = rows[0]![1].map((_, index) => (index === column ? 'Email' : `Column ${index}`));
		const cells = rows.map(([address, words]) =>
			words.map((cell, index) => (index === column ? address : cell)),
		);
		const quoted = (cell: string) => (isQuoted ? `"${cell}"` : cell);
		return [names, ...cells].map((row) => row.map(quoted).join(separator)).join(lineEnd);
	}

	test('every address of a file that is in order is read', async () => {
		await fc.assert(
			fc.asyncProperty(table, async (given) => {
				const found = await addressesIn(written(given));
				expect(found).toEqual(given.rows.map(([address]) => address));
			}),
			{ numRuns: 100 },
		);
	});

	test('with one or two quotation marks too many, the file is refused, or every row is read', async () => {
		await fc.assert(
			fc.asyncProperty(
				table,
				fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
				async (given, places) => {
					const text = places.reduce((before, place) => {
						const somewhere = place % (before.length + 1);
						// Not inside of a line end.
						const at =
							before[somewhere] === '\n' && before[somewhere - 1] === '\r'
								? somewhere + 1
								: somewhere;
						return `${before.slice(0, at)}"${before.slice(at)}`;
					}, written(given));
					const { problem, addresses } = await read(text);
					if (problem !== '') {
						expect(addresses).toEqual([]);
						return;
					}
					// Where a mark has made something else of a row, the node refuses that, and the report names it.
					const looksRight = ({ email }: { email: string }) =>
						/^[^\s@,;|"]+@[^\s@,;|"]+$/.test(email);
					const byRow = new Map(addresses.map((one) => [one.row, one]));
					const told = given.rows.map(([address], index) => {
						const one = byRow.get(index + 2);
						return one && !looksRight(one) ? address : one?.email;
					});
					expect(told).toEqual(given.rows.map(([address]) => address));
					expect(addresses.filter(({ row }) => row === 1).filter(looksRight)).toEqual([]);
				},
			),
			{ numRuns: 200 },
		);
	});
});

describe('the report', () => {
	const dangerous = /^[=+\-@\p{Cc}]/u;
	const cells = (report: string) => parse(report, { bom: true }) as string[][];

	/** What a spreadsheet makes of it that parts cells at semicolons, however odd that comes out. */
	const cellsElsewhere = (report: string) =>
		[...report.matchAll(/(?:^|[;\r\n])(?:"((?:[^"]|"")*)(?:"|$)|([^;\r\n]*))/g)].map(
			([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
		);

	test('has a row for each address that failed, and none for one that was sent', async () => {
		const input = items(
			{ email: 'a@example.com', status: 'moved' },
			{ email: 'b', row: 3, error: failed('b') },
		);
		const [made] = await playCode(FILE, 'Row of the Report', { input });
		const [names, ...rows] = cells(Buffer.from(String(made!.json.csv), 'base64').toString());

		expect(names).toEqual(['address', 'reason', 'message', 'what to do', 'may be repeated', 'row']);
		expect(rows).toEqual([
			['b', 'invalidRequest', 'Zoho says no.', 'Read the message.', 'false', '3'],
		]);
	});

	test('is not made where nothing failed', async () => {
		const input = items({ email: 'a@example.com', status: 'alreadyInDoNotMail' });

		expect(await playCode(FILE, 'Row of the Report', { input })).toEqual([]);
	});

	test('names what a deactivated node let pass as not sent, and counts it as not suppressed', async () => {
		const input = items({ email: 'a@example.com', row: 2 });
		const [made] = await playCode(FILE, 'Row of the Report', { input });

		expect(Buffer.from(String(made!.json.csv), 'base64').toString()).toContain(
			'a@example.com,notAttempted',
		);
		expect(await playCode(FILE, 'Suppressed', { input })).toEqual([]);
	});

	test.each([
		'=1+1@example.com',
		'+49@example.com',
		'-x@example.com',
		'@example.com',
		"'=x@example.com",
		"''-x@example.com",
		"'x@example.com",
		"''",
		'\tx@example.com',
		'"quoted, and; more"@example.com',
		'a;=1+1|cmd@example.com',
	])('%j comes back as it was, and is no formula', async (address) => {
		const report = await reportOn([failed(address)]);

		expect(cells(report)[1]?.[0]).not.toMatch(dangerous);
		expect(await addressesIn(report)).toEqual([address.trim()]);
	});

	test('any addresses come back as they were, and no cell is a formula, also where semicolons part cells', async () => {
		const sign = fc.constantFrom(...`=+-@'";,|a1. \t\u0007\u009Fé＝`);
		const text = fc
			.array(sign, { minLength: 1, maxLength: 8 })
			.map((signs) => signs.join('').trim())
			.filter((one) => one !== '' && !/^sample/.test(one));
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1 }), async (failures) => {
				const report = await reportOn(failures.map(([email, message]) => failed(email, message)));
				expect(await addressesIn(report)).toEqual(failures.map(([email]) => email));
				for (const row of cells(report)) {
					for (const cell of row) expect(cell).not.toMatch(dangerous);
				}
				for (const cell of cellsElsewhere(report)) {
					expect(cell).not.toMatch(/^\s*[=+\-@]/);
				}
			}),
			{ numRuns: 100 },
		);
	});

	test("the desk's report is read by the same rule", async () => {
		const report = '\uFEFF"Address","Reason","Message","What to do","List","When"\r\n';
		const rows = `"'=a@example.com","invalidEmail","…","…","list","2026-12-01"\r\n"'b@example.com","x","","","",""\r\n`;

		expect(await addressesIn(report + rows)).toEqual(['=a@example.com', "'b@example.com"]);
	});
});

describe('the first press of Execute', () => {
	test('sends no address of the sample, in any case, and takes those that a person puts beside them', async () => {
		const { jsonOutput } = nodeOf(FILE, 'Sample CSV (Replace Me)').parameters;
		const { csv } = JSON.parse(String(jsonOutput)) as { csv: string };
		const found = await read(`${csv}ada@example.com,Ada\n`);

		expect(emailsOf(await read(csv))).toEqual(['not-an-address']);
		expect(emailsOf(found)).toEqual(['not-an-address', 'ada@example.com']);
		expect(found.samples).toBe(4);
	});
});

test('Extract from File is told all that the look at the file has found, in a version that fails where it cannot read', () => {
	const { typeVersion, parameters, onError } = nodeOf(FILE, 'Read CSV');

	expect(typeVersion).toBeGreaterThanOrEqual(1.1);
	expect(onError).toBe('continueErrorOutput');
	expect(parameters.options).toEqual({
		delimiter: '={{ $json.separator }}',
		encoding: '={{ $json.encoding }}',
		enableBOM: true,
		fromLine: '={{ $json.firstRow }}',
		headerRow: false,
		includeEmptyCells: true,
	});
});
