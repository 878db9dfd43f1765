import { people, upload } from './stage';
import { DeskWorld } from './world';

const lists = (world: DeskWorld) => world.tables.rows('do_not_mail_lists');

describe('the form of the desk', () => {
	it('takes each address once, leaves out blank cells, and says so', () => {
		const file =
			'Name,Email\r\nAda,ada@example.com\r\nBen,\r\nAda, ADA@example.com \r\n,\r\nx,nonsense\r\n';
		const { waiting, ending, world } = upload(file);

		expect(waiting).toEqual(['ada@example.com', 'nonsense']);
		expect(ending.title).toBe('Put 1 address into Do-Not-Mail');
		expect(ending.message).toContain('1 cell holds no address: shown as failed');
		expect(ending.message).toContain('1 repeat : sent once 1 blank cell : left out');
		expect(lists(world)[0]).toMatchObject({
			addresses: 2,
			malformed: 1,
			twice: 1,
			blanks: 1,
			state: 'ready',
		});
	});

	it.each([
		['a byte order mark', '\uFEFFEmail,Name\nada@example.com,Ada\n'],
		['semicolons', 'Name;Email;Note\nAda, Countess;ada@example.com;a,b,c\n'],
		['tabs', 'Name\tEmail\nAda\tada@example.com\n'],
		['quotes', '"Name","Email"\n"Ada ""the first"", of\nLovelace","ada@example.com"\n'],
		['a line that names its separator', 'sep=;\r\nName;Email\r\n"a;b";ada@example.com\r\n'],
		['line ends of old Macs', 'Name,Email\rAda,ada@example.com\r'],
		['no line end at its end', 'Name,Email\nAda,ada@example.com'],
		['empty lines', '\n\nName,Email\n\nAda,ada@example.com\n\n'],
		['no names of columns', 'Ada,ada@example.com\n'],
		['nothing but addresses', 'ada@example.com\n'],
		['an apostrophe of its own CSV of failures', "Address\n'+tag@example.com\nada@example.com\n"],
	])('reads a file with %s', (_, file) => {
		expect(upload(file).waiting).toEqual(expect.arrayContaining(['ada@example.com']));
	});

	it('takes the apostrophe away again that its CSV of failures put before a sign', () => {
		expect(upload("Email\n'+tag@example.com\n").waiting).toEqual(['+tag@example.com']);
	});

	it('offers the columns that are there, the likely one first', () => {
		expect(upload('Id,Mailing,Kontakt\n1,yes,ada@example.com\n').offered).toEqual([
			'Kontakt (column 3)',
			'Mailing (column 2)',
			'Id (column 1)',
		]);
		expect(upload('E-Mail,E-Mail,\nx,ada@example.com,y\n').offered).toEqual([
			'E-Mail (column 2)',
			'E-Mail (column 1)',
			'Without a name (column 3)',
		]);
	});

	it.each([
		['an empty file', '', 'The file is empty.'],
		['blank lines', '\n \n', 'The file is empty.'],
		['a header only', 'Name,Email\n', 'The file has one row only'],
		['no workbook', 'PK\u0003\u0004\u0000rest', 'This is no CSV file, and no workbook'],
		['a column without addresses', 'Name,Note\nAda,hello\n', 'none holds an address'],
	])('takes nothing in of %s', (_, file, says) => {
		const { world, ending } = upload(file);

		expect(ending).toEqual({
			title: 'Nothing was taken in',
			message: expect.stringContaining(says),
		});
		expect(lists(world)).toEqual([]);
	});

	it('says that a column is not there', () => {
		expect(
			upload('Email\nada@example.com\n', { choice: 'Other (column 7)' }).ending.message,
		).toContain('has no column "Other (column 7)"');
	});

	it('takes the same list once, and two lists of two people', () => {
		const world = new DeskWorld();
		world.submit('Email\nada@example.com\n', 'first.csv');
		const again = world.submit('Name,Email\nAda,ada@example.com\n', 'second.csv');
		expect(again.title).toBe('Nothing was taken in');
		expect(again.message).toContain('in already: as first.csv, since 1 January 2026, 12:00.');

		world.submit('Email\nben@example.com\n');
		expect(world.waiting()).toEqual(['ada@example.com', 'ben@example.com']);
	});

	it('leaves nothing to send where n8n is killed before the list is wholly in', () => {
		const file = `Email\n${people(12_000).join('\n')}\n`;
		const steps: string[] = [];
		const first = new DeskWorld();
		first.drain();
		first.send(file, 'list.csv', (node) => steps.push(node) === 0);
		expect(steps).toContain('It Is All In');

		for (const last of steps.slice(0, steps.indexOf('It Is All In') + 1)) {
			const world = new DeskWorld();
			world.drain();
			world.send(file, 'list.csv', (node) => node === last);
			world.play(() => false, 5);
			expect(world.account.figures.calls).toBe(0);
			// Uploaded again, it is taken in.
			expect(world.submit(file).title).toBe('Put 12,000 addresses into Do-Not-Mail');
		}
	});

	it('packs 5,000 addresses into a row of the table', () => {
		const { world } = upload(`Email\n${people(10_001).join('\n')}`);

		expect(world.tables.rows('do_not_mail_addresses')).toHaveLength(3);
		expect(world.waiting()).toEqual(people(10_001));
	});

	it('keeps no rows of the file while it waits for a person', () => {
		const heldFor = (rows: number) => {
			const { world } = upload(`Email\n${people(rows).join('\n')}`);
			return world.figures.mostHeld;
		};

		expect(heldFor(20_000)).toEqual(heldFor(1));
	});

	it('says what n8n says where it fails in the middle', () => {
		const world = new DeskWorld();
		const { tables } = world;
		const run = tables.run.bind(tables);
		tables.run = (parameters, item) => {
			if (parameters.operation !== 'insert') return run(parameters, item);
			throw new Error('Data table size limit exceeded');
		};

		expect(world.submit('Email\nada@example.com\n')).toEqual({
			title: 'Nothing was taken in',
			message: expect.stringContaining('looks after n8n: Data table size limit exceeded'),
		});
	});

	it('keeps a name of the file that can be shown anywhere', () => {
		const world = new DeskWorld();
		world.submit('Email\na@example.com\n', '<img src=x onerror=alert(1)>Größe "1".csv');

		expect(lists(world)[0]?.name).toBe('_img src_x onerror_alert(1)_Größe _1_.csv');
	});
});
