import { parse } from 'csv-parse/sync';
import type { IDataObject } from 'n8n-workflow';
import { fc } from '../support/fc';
import { workbookOf } from './files';
import { people, upload } from './stage';
import { DeskWorld } from './world';

/** A thousand rows with cells in quotes, the names of the columns first; a row of it may be another one. */
function thousand(changed: Record<number, string> = {}): string {
	const rows = people(1_000).map((address, i) => `${i},"Doe, Jo",${address}`);
	const all = ['Id,Name,Email', ...rows];
	for (const [row, text] of Object.entries(changed)) all[Number(row) - 1] = text;
	return `${all.join('\r\n')}\r\n`;
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const REFUSED = 'Nothing was taken in';

/** Swapped, so that the higher byte of each character comes first. */
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('a file that cannot be read', () => {
	it.each<[string, string | Buffer, string]>([
		[
			'a quote that is never closed, at the beginning of row 10',
			people(1_000)
				.map((address, i) => (i === 9 ? `"${address}` : address))
				.join('\n'),
			'Row 10 cannot be read',
		],
		[
			'such a quote where other cells stand in quotes',
			thousand({ 10: '"8,"Doe, Jo",ada@example.com' }),
			'Row 10 cannot be read',
		],
		[
			'an address whose quote is never closed',
			thousand({ 10: '8,Jo,"ada@example.com' }),
			'Row 10 cannot be read',
		],
		[
			'a quote inside a cell',
			thousand({ 500: '498,Ada "the first",ada@example.com' }),
			'Row 500 cannot be read',
		],
		[
			'letters behind a closing quote',
			thousand({ 7: '5,"Ada" Lovelace,ada@example.com' }),
			'Row 7 cannot be read',
		],
		[
			'a quote that is not doubled',
			thousand({ 7: '5,"Ada "the first", of L",ada@example.com' }),
			'Row 7 cannot be read',
		],
		[
			'an address whose quote closes in a later row',
			'Email\n"ada@example.com\nben@example.com"\ncy@example.com\n',
			'Row 2 cannot be read for certain',
		],
		[
			'an address with a line break inside',
			'Name,Email\nAda,"ada@example.com\n(private)"\n',
			'Row 2 has a line break inside its address',
		],
		[
			'such an address far below, behind empty rows and cells of several lines',
			`Name,Email\n\n"Ada\nof L",ada@example.com\n,\n\nBen,"ben@\u2028example.com"\n`,
			'Row 6 has a line break inside its address',
		],
		[
			'a name whose quote closes in a later row, behind the address',
			'Email,Name\nada@example.com,Ada\nben@example.com,"Ben\ncy@example.com,Cy\ndi@example.com,Di"\n',
			'Row 3 cannot be read for certain',
		],
		[
			'a name whose quote closes in a later row, before the address',
			'Id,Name,Email\n1,"Ada,ada@example.com\n2,Ben",ben@example.com\n',
			'Row 2 cannot be read for certain',
		],
		[
			'a cell too many',
			thousand({ 5: '3,Doe, Jo,ada@example.com' }),
			'Row 5 has 4 cells, where the others have 3',
		],
		[
			'a name with a comma in a list of addresses',
			'ada@example.com\nBen, ben@example.com\ncy@example.com\n',
			'Row 2 has 2 cells, where the others have 1',
		],
		[
			'an address that was saved in another encoding before',
			thousand({ 9: '7,Jo,j\uFFFDrgen@example.com' }),
			'Row 9 has a character in its address that cannot be read',
		],
		[
			'an address that is cut in the middle of a letter',
			Buffer.concat([
				Buffer.from('Email,City\nada@example.com,Köln\njü'),
				Buffer.from('ürgen@example.com,Düren\n').subarray(1),
			]),
			'Row 3 has a character in its address that cannot be read',
		],
		[
			'an address with a byte that Western encodings do not have',
			Buffer.from('Name,Email\nAda,j\x81rgen@example.com\n', 'latin1'),
			'Row 2 has a character in its address that cannot be read',
		],
		['NUL characters', thousand({ 8: '6,\0\0\0,ada@example.com' }), 'row 8 holds a NUL character'],
		[
			'what begins as a workbook and is none',
			'PK\u0003\u0004\u0014rest',
			'no workbook that can be',
		],
		[
			'an old workbook of Excel',
			Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
			'a workbook of an old Excel, or a protected one',
		],
		['a PDF', '%PDF-1.7\n', 'This is no CSV file.'],
	])('is refused as a whole, and the row is named: %s', (_, file, says) => {
		for (const name of ['list.csv', 'list.CSV', 'list.txt', 'list']) {
			const { world, ending } = upload(file, { name });

			expect(ending).toEqual({ title: REFUSED, message: expect.stringContaining(says) });
			expect(world.tables.rows('do_not_mail_lists')).toEqual([]);
			expect(world.tables.rows('do_not_mail_addresses')).toEqual([]);
		}
	});

	it("is refused where n8n's own reader of CSV refuses it", () => {
		const world = new DeskWorld();
		world.readCsv = () => {
			throw new Error('Invalid Record Length: expect 3, got 2 on line <7>');
		};

		expect(world.submit(thousand())).toEqual({
			title: REFUSED,
			message: expect.stringContaining('expect 3, got 2 on line &#60;7&#62;'),
		});
		expect(world.tables.rows('do_not_mail_addresses')).toEqual([]);
	});

	it('is refused wherever a quote too many stands in it', () => {
		fc.assert(
			fc.property(fc.nat(1_000), fc.nat(40), (row, place) => {
				const lines = thousand().split('\r\n');
				const line = lines[row]!;
				const at = place % (line.length + 1);
				lines[row] = `${line.slice(0, at)}"${line.slice(at)}`;
				const { waiting, ending } = upload(lines.join('\r\n'), { choice: 'Email (column 3)' });

				expect(ending.title).toBe(REFUSED);
				// The rows begin with a number, and quotes stand in each of them: none can swallow another.
				expect(ending.message).toContain(`Row ${row + 1} `);
				expect(waiting).toEqual([]);
			}),
			{ numRuns: 60 },
		);
	});
});

describe('a file as people have them', () => {
	it.each<[string, string | Buffer]>([
		[
			'UTF-16 as Excel saves it',
			Buffer.from('\uFEFFName\tEmail\r\nJürgen\tada@example.com\r\n', 'utf16le'),
		],
		['UTF-16 of big computers', bigEndian('\uFEFFName,Email\nJürgen,ada@example.com\n')],
		['UTF-16 without a mark', Buffer.from('Name,Email\nJürgen,ada@example.com\n', 'utf16le')],
		['UTF-16 without a mark, the other way round', bigEndian('Name,Email\nAda,ada@example.com\n')],
		['a mark that stands twice', '\uFEFF\uFEFF"Email"\n"ada@example.com"\n'],
		['a Western encoding', Buffer.from('Name;Email\nJ\xFCrgen;ada@example.com\n', 'latin1')],
		['names that are damaged', 'Name,Email\nJ\uFFFDrgen,ada@example.com\n'],
		[
			'one name that is cut in the middle of a letter',
			Buffer.concat([
				Buffer.from('Name,Email\nJürgen,x\nJ'),
				Buffer.from([0xc3]),
				Buffer.from(',ada@example.com\n'),
			]),
		],
		[
			'line ends of three kinds',
			'Name,Email\rAda,ada@example.com\r\nBen,ben@example.com\nCy,x\r\r\n',
		],
		['a separator in quotes', '"sep=;"\r\nName;Email\r\nAda;ada@example.com\r\n'],
		['an unusual separator that it names', 'sep=^\nName^Email\nAda^ada@example.com\n'],
		['a separator in the names of its columns', 'Name;Email, private\nAda;ada@example.com\n'],
		['a separator in its cells', 'Name;Email;Note\nDoe, Jo;ada@example.com;a,b,c,d\n'],
		['quotes around the names', '"Name","Email"\nAda,ada@example.com\n'],
		['names in another language', '名前,メール\nエイダ,ada@example.com\n'],
		['the same name twice', 'Email,Email\nx,ada@example.com\n'],
		['a separator at the end of each row', 'Name,Email,\nAda,ada@example.com,\n'],
		[
			'a separator at the end of the rows, but not of the names',
			'Name,Email\nAda,ada@example.com,\n',
		],
		[
			'a separator at the end of one row',
			'Name,Email\nBen,ben@example.com\nAda,ada@example.com,\n',
		],
		[
			'empty cells in quotes at the end of one row',
			'Email\nben@example.com\ncy@example.com\nada@example.com,""," "\n',
		],
		['rows of nothing but separators', 'Name,Email\n,,\nAda,ada@example.com\n"",""\n,\n,\n'],
		[
			'a row that is too short and has its address',
			'Email,Name,City\nada@example.com\nben@example.com,Ben,Bonn\n',
		],
		[
			'rows that are all shorter than the names',
			'Name,Email,City,Note\nAda,ada@example.com\nBen,ben@example.com\n',
		],
		[
			'a line above the names',
			'Exported on 1 December\n\nName,Email,City\nAda,ada@example.com,Bonn\nBen,x,Bonn\n',
		],
		[
			'notes of several lines',
			'Email,Note\nada@example.com,"called\nagain, at\n\nben@example.com"\n',
		],
		['an address with a line break at its end', 'Name,Email\nAda,"ada@example.com\n"\n'],
		['a sign in its name of which a pattern is made', 'a.b*[c](d)+?,Email\nx,ada@example.com\n'],
	])('is read: %s', (_, file) => {
		expect(upload(file).waiting).toContain('ada@example.com');
	});

	it('has the letters of its addresses right, in each encoding', () => {
		const text = 'Name,Email\nJörg,jörg@müller.example\n';
		const western = Buffer.from(text, 'latin1');
		const files = [
			text,
			western,
			Buffer.from(`\uFEFF${text}`, 'utf16le'),
			bigEndian(`\uFEFF${text}`),
		];

		for (const file of files) expect(upload(file).waiting).toEqual(['jörg@müller.example']);
		const windows = Buffer.from('Email\n\x80\x9C@example.com\n', 'latin1');
		expect(upload(windows).waiting).toEqual(['€œ@example.com']);
	});

	it('leaves rows that are wholly empty out of the count of blank cells', () => {
		const file = 'Name,Email\n\n,\nAda,ada@example.com\nBen,\nCy\n"",""\n';

		expect(upload(file).ending.message).toContain('2 blank cells : left out');
	});

	it('shows how a word was read where the file does not say its encoding', () => {
		const { world } = upload(Buffer.from('Name,Email\nJ\xFCrgen <b>,ada@example.com\n', 'latin1'));
		const { world: other } = upload('Name,Email\nJürgen,ada@example.com\n');

		expect(world.described).toContain('One word of it reads "Jürgen"');
		expect(other.described).toBe('');
	});

	it('offers each column with a name that can be told from the others, and be shown anywhere', () => {
		const file = `"E\u202Email\n(private)",E-Mail,,${'x'.repeat(99)}\nada@example.com,x,y,z\n`;

		expect(upload(file).offered).toEqual([
			'E mail (private) (column 1)',
			'E-Mail (column 2)',
			'Without a name (column 3)',
			`${'x'.repeat(60)} (column 4)`,
		]);
	});

	it('is taken in as csv-parse reads it, every address that stands in it', () => {
		const cell = fc.oneof(
			fc.string({ maxLength: 6 }),
			fc.stringMatching(/^[a-c,;"'=\n\r ]{0,6}$/),
			fc.constantFrom('ada@example.com', 'x', '', 'jörg@example.com', '\u200Bben@example.com'),
		);
		const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(
				rows,
				fc.constantFrom(',', ';', '\t', '|'),
				fc.constantFrom('\n', '\r\n', '\r'),
				fc.constantFrom<BufferEncoding>('utf8', 'utf16le'),
				(cells, separator, end, encoding) => {
					const lines = [['Other', 'Email', 'Note'], ...cells, ['end', 'end@example.com', '']];
					const text = lines.map((row) => row.map(quoted).join(separator)).join(end);
					const file = Buffer.from(`\uFEFF${text}`, encoding);
					const { waiting, ending } = upload(file, { choice: 'Email (column 2)' });
					const strict = parse(file, { delimiter: separator, bom: true, columns: true });
					const wanted = (strict as Array<{ Email: string }>)
						.map(({ Email }) => Email.replace(/^'(?='*[=+\-@\p{Cc}])/u, '').trim())
						.map((one) => one.replaceAll(/^\u200B+|\u200B+$/g, ''))
						.filter((one) => one !== '');
					const isRefused = ending.title === REFUSED;
					const isOdd = (one: string) => /[\0\n\r\u2028\u2029\u0085\uFFFD]/.test(one);

					expect(isRefused).toBe(wanted.some(isOdd) || text.includes('\0'));
					const keys = (all: string[]) =>
						new Set(all.map((one) => one.normalize('NFC').toLowerCase()));
					expect(keys(waiting)).toEqual(isRefused ? new Set() : keys(wanted));
				},
			),
		);
	});
});

describe('two addresses that look the same', () => {
	const INVISIBLE = [
		'\u200B',
		'\uFEFF',
		'\u00AD',
		'\u2060',
		'\u200C',
		'\u200D',
		'\u200E',
		'\u200F',
		'\u00A0',
		'\u3164',
		'\u2066',
		'\u2800',
		'\u{E0020}',
	];

	it.each(INVISIBLE)('are one, whatever stands unseen at their ends: %j', (sign) => {
		const cells = ['ada@example.com', `${sign}ada@example.com`, `ada@example.com ${sign}`, sign];
		const file = `Name,Email\n${cells.map((one) => `x,${one}`).join('\n')}\n`;
		const { waiting, ending } = upload(file);

		expect(waiting).toEqual(['ada@example.com']);
		expect(ending.message).toContain('2 repeats : sent once 1 blank cell : left out');
	});

	it('are one in both forms that Unicode has for a letter, and in capitals', () => {
		expect(
			upload('Email\njörg@example.com\njo\u0308rg@example.com\nJÖRG@EXAMPLE.COM\n').waiting,
		).toEqual(['jörg@example.com']);
	});

	it('stay two where something stands inside, or turns around what is seen: our node refuses that one', () => {
		const file =
			'Email\nada@example.com\na\u200Bda@example.com\n\u202Emoc.elpmaxe@ada\nada@example.com\u202D\n';

		expect(upload(file).waiting).toHaveLength(4);
	});

	it('end in their outcomes where our node tells of an address without what is unseen', () => {
		const { world } = upload('Email\nada@example.com\nBen@Example.com\n');
		const move = world.move.bind(world);
		world.move = (items) => {
			const told = move(items) ?? [];
			return told.map((one) => ({ ...one, email: `${String(one.email).toLowerCase()}` }));
		};
		world.play(() => false, 3);

		expect(world.newest().state).toMatchObject({ counts: { moved: 2 }, again: [] });
	});

	it('do not keep the desk going for ever where nothing is said of one of them', () => {
		const { world } = upload('Email\nada@example.com\nben@example.com\n');
		const move = world.move.bind(world);
		world.move = (items) => {
			const told = move(items) ?? [];
			const isBen = ({ email }: IDataObject) => email === 'ben@example.com';
			return told.map((one) => (isBen(one) ? { ...one, email: 'somebody else' } : one));
		};
		world.play(() => false, 40 * 180);

		expect(world.newest().state).toMatchObject({ counts: { moved: 1, badResponse: 1 }, again: [] });
	});
});

describe('a workbook of Excel', () => {
	it('is read as its cells are, whatever stands in them', () => {
		const rows = [
			['Name', 'Email', 'Since'],
			['Ada "the first", of L', 'ada@example.com', 45_000],
			['Ben\nBen, ben@example.com', ' ben@example.com\r\n', true],
			['', '', ''],
			[],
			['Cy'],
			[',;\t|', 'ADA@example.com', null],
		];
		const { waiting, ending, offered } = upload(workbookOf(rows), { name: 'list.xlsx' });

		expect(offered[0]).toBe('Email (column 2)');
		expect(waiting).toEqual(['ada@example.com', 'ben@example.com']);
		expect(ending.title).toBe('Put 2 addresses into Do-Not-Mail');
		expect(ending.message).toContain('1 repeat : sent once 1 blank cell : left out');
	});

	it('is known by what it holds, and not by its name', () => {
		const rows = [['ada@example.com']];

		expect(upload(workbookOf(rows), { name: 'list.csv' }).waiting).toEqual(['ada@example.com']);
		expect(upload('Email\nada@example.com\n', { name: 'list.xlsx' }).waiting).toEqual([
			'ada@example.com',
		]);
		// Read as a workbook, what stands behind the quote would be gone without a word.
		expect(upload('Email\n"ada@example.com\nx\n', { name: 'list.xlsx' }).ending.title).toBe(
			REFUSED,
		);
	});

	it.each<[string, unknown[][], string]>([
		['that is empty', [], 'The file is empty.'],
		['of blank rows', [[], ['', ' ']], 'The file is empty.'],
		['with names alone', [['Name', 'Email']], 'The file has one row only'],
		['without an address', [['Name'], ['Ada'], ['Ben']], 'none holds an address'],
		[
			'with two addresses in a cell',
			[['Email'], [], ['ada@example.com\nben@example.com']],
			'Row 3 has a line break inside its address',
		],
	])('%s is refused, with its row', (_, rows, says) => {
		const { ending, world } = upload(workbookOf(rows), { name: 'list.xlsx' });

		expect(ending).toMatchObject({ title: REFUSED, message: expect.stringContaining(says) });
		expect(world.tables.rows('do_not_mail_lists')).toEqual([]);
	});

	it('comes to the same as a CSV with the same cells', () => {
		const cell = fc.constantFrom(
			'ada@example.com',
			'x',
			'',
			'a"b',
			'a,b',
			"'+1",
			'jörg@example.com',
			' ',
		);
		const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(rows, (cells) => {
				const csv = cells.map((row) => row.map(quoted).join(',')).join('\n');
				const one = upload(workbookOf(cells), { choice: 'x (column 2)' });
				const other = upload(csv, { choice: 'x (column 2)' });

				expect(one.offered).toEqual(other.offered);
				expect(one.waiting).toEqual(other.waiting);
			}),
			{ numRuns: 60 },
		);
	});
});
