import { people } from './stage';
import { DeskWorld } from './world';

const OWN = ['do_not_mail_lists', 'do_not_mail_addresses', 'do_not_mail_journal'];
/** Names that n8n's own search takes for those of the desk. */
const NEIGHBOURS = [
	['of an old year', (name: string) => `${name}_of_2025`],
	['that n8n has moved from another project', (name: string) => `${name} (Marketing)`],
	['of somebody who copied them', (name: string) => `Copy of ${name}`],
	['in capitals', (name: string) => name.toUpperCase()],
	['with other signs where "_" stands', (name: string) => name.replaceAll('_', '-')],
] as const;

/** A desk beside tables that a person has made. They have columns of their own. */
function deskBeside(nameOf: (name: string) => string): DeskWorld {
	const world = new DeskWorld();
	for (const name of OWN) {
		world.tables.make(nameOf(name), ['state', 'kind', 'list', 'other']);
		world.tables.add(nameOf(name), [{ state: 'ready', kind: 'run', list: 1, other: 'mine' }]);
	}
	return world;
}

describe.each(NEIGHBOURS)('the desk beside tables %s', (_, nameOf) => {
	const held = (world: DeskWorld) => OWN.map((name) => world.tables.rows(nameOf(name)));

	it('takes a file in, works it off, and shows it', () => {
		const world = deskBeside(nameOf);
		const before = structuredClone(held(world));

		expect(world.submit(`Email\n${people(60).join('\n')}\n`).title).toBe(
			'Put 60 addresses into Do-Not-Mail',
		);
		// They were changed after those of the desk, so that the search finds them first.
		world.now += 1_000;
		for (const name of OWN) world.tables.add(nameOf(name), [{ other: 'later' }]);
		world.play(() => world.account.moved.size === 60, 10);
		expect(world.account.moved.size).toBe(60);
		expect(world.page()).toContain('Do-Not-Mail: 100 %');

		for (const [index, rows] of held(world).entries()) {
			expect(rows.slice(0, -1)).toEqual(before[index]);
		}
	});

	it('finds its tables again after them', () => {
		const world = new DeskWorld();
		world.submit('Email\nada@example.com\n');
		world.now += 1_000;
		for (const name of OWN) world.tables.make(nameOf(name), ['other']);

		expect(world.submit('Email\nben@example.com\n').title).toBe('Put 1 address into Do-Not-Mail');
		expect(world.waiting()).toEqual(['ada@example.com', 'ben@example.com']);
	});
});

it('uses the table that another run makes in the same moment', () => {
	const world = new DeskWorld();
	const { tables } = world;
	const run = tables.run.bind(tables);
	tables.run = (parameters, item) => {
		if (parameters.operation !== 'create') return run(parameters, item);
		run(parameters, item);
		throw new Error(`Data table with name '${String(parameters.tableName)}' already exists`);
	};

	expect(world.submit('Email\nada@example.com\n').title).toBe('Put 1 address into Do-Not-Mail');
	world.drain();
	expect(world.account.moved.size).toBe(1);
});

it('shows its page before there is any table', () => {
	expect(new DeskWorld().page()).toContain('No list is in yet.');
});
