/** The page that asks before a list is worked off. */
import { AddressList } from '../../nodes/ZohoCampaignsDoNotMail/addresses';
import { fc } from '../support/fc';
import { isDone, people } from './stage';
import { DeskWorld, textOf, type Ending } from './world';

const HOUR_MS = 3_600_000;
const lists = (world: DeskWorld) => world.tables.rows('do_not_mail_lists');
const sent = (world: DeskWorld, file: string, name?: string) => {
	const { list } = world.send(file, name);
	if (list === undefined) throw new Error('Nothing was taken in');
	return { list, query: { list: String(list) } };
};

describe('the page after the upload', () => {
	const file = [
		'Name,Email',
		...['ada', 'ben', 'cy', 'di'].map((name) => `${name},${name}@example.com`),
		'Ada,ADA@example.com',
		'x,nonsense',
		'y,',
	].join('\n');

	it('says what is in the file, and its button names the number and the deed', () => {
		const world = new DeskWorld();
		const { query } = sent(world, file, 'unsubscribes.csv');
		const text = textOf(world.page(query));

		expect(text).toContain('File: unsubscribes.csv');
		expect(text).toContain(
			'4 addresses , such as ada@example.com , ben@example.com , cy@example.com',
		);
		expect(text).toContain('1 cell holds no address');
		expect(text).toContain('1 repeat');
		expect(text).toContain('1 blank cell');
		expect(text).toContain('Put 4 addresses into Do-Not-Mail');
		expect(world.page(query)).not.toContain('http-equiv="refresh"');
	});

	it('is where the form leads, and nothing is sent before somebody says yes there', () => {
		const world = new DeskWorld();
		const { message, list } = world.send(file) as Ending & { list: number };
		world.play(() => false, 20);

		expect(message).toContain(`url=../webhook/do-not-mail-desk?list=${list}`);
		expect(world.account.figures.calls).toBe(0);
		expect(world.press('confirm', list, { list })).toMatchObject({
			code: 303,
			location: 'do-not-mail-desk',
		});
		world.play(isDone(world, 5), 20);
		expect(world.account.moved.size).toBe(4);
	});

	it('names a large number as a person reads it', () => {
		const world = new DeskWorld();
		expect(world.submit(`Email\n${people(1_204).join('\n')}\n`).title).toBe(
			'Put 1,204 addresses into Do-Not-Mail',
		);
	});

	it('is found on the desk while it waits, by whoever looks', () => {
		const world = new DeskWorld();
		const { list } = sent(world, file);

		expect(textOf(world.page())).toContain('Nothing is under way: a list waits for your yes.');
		expect(world.page()).toContain(`href="?list=${list}"`);
		world.press('confirm', list, { list });
		expect(world.page()).not.toContain('?list=');
	});

	it('shows no markup of a name or an address', () => {
		const world = new DeskWorld();
		const odd = '"<b>&\'x""@example.com"';
		const { query } = sent(world, `Email\n${odd}\nada@example.com\n`, '<img src=x>.csv');
		world.tables.rows('do_not_mail_lists').forEach((list) => {
			list.name = '<script>alert(1)</script>';
			list.samples = '<img src=x onerror=alert(1)>';
		});
		const html = world.page(query);

		expect(html).not.toMatch(/<(script|img)/);
		expect(html).toContain('&#60;img src=x onerror=alert(1)&#62;');
	});

	it('removes the list at a no, and lets the same file in again', () => {
		const world = new DeskWorld();
		const { list, query } = sent(world, file);
		world.press('remove', list, query);
		world.play(() => false, 2);

		expect(lists(world)).toEqual([]);
		expect(world.tables.rows('do_not_mail_addresses')).toEqual([]);
		expect(world.submit(file).title).toBe('Put 4 addresses into Do-Not-Mail');
	});
});

describe('a list that nobody says yes to', () => {
	it('is removed after a day, and can be confirmed no longer shortly before that', () => {
		const world = new DeskWorld();
		const { list, query } = sent(world, 'Email\nada@example.com\n');
		const yes = { list: String(list), key: String(lists(world)[0]?.pageKey), do: 'confirm' };
		world.now += 23 * HOUR_MS + 1;
		world.play(() => false, 1);

		expect(lists(world)).toHaveLength(1);
		expect(textOf(world.page(query))).toContain('This list has waited for too long.');
		expect(world.post(yes)).toMatchObject({ code: 409 });
		world.now += HOUR_MS;
		world.play(() => false, 1);
		expect(lists(world)).toEqual([]);
		expect(world.tables.rows('do_not_mail_addresses')).toEqual([]);
		expect(world.post(yes)).toMatchObject({ code: 303 });
	});

	it('is removed in a pause as well, and while other lists are worked off', () => {
		const world = new DeskWorld();
		world.drain();
		sent(world, 'Email\nada@example.com\n');
		world.now += 24 * HOUR_MS + 1;
		world.upload(people(100));
		world.troubles.refusal = () => ({ reason: 'authenticationFailed' });
		world.drain();

		expect(lists(world).map(({ state }) => state)).toEqual(['ready']);
	});
});

describe('a yes that comes twice, or late', () => {
	it('counts once at a double click', () => {
		const world = new DeskWorld();
		const { list, query } = sent(world, 'Email\nada@example.com\n');
		const yes = { list: String(list), key: String(lists(world)[0]?.pageKey), do: 'confirm' };
		const answers = [world.press('confirm', list, query), world.post(yes), world.post(yes)];
		world.play(isDone(world, 1), 20);

		expect(answers.map(({ code }) => code)).toEqual([303, 303, 303]);
		expect(world.account.figures.calls).toBe(1);
	});

	it('starts no list anew that was stopped or is done', () => {
		const world = new DeskWorld();
		const { list } = world.submit(`Email\n${people(200).join('\n')}\n`) as { list: number };
		const yes = { list: String(list), key: String(lists(world)[0]?.pageKey), do: 'confirm' };
		world.play(() => false, 1);
		world.press('stop', list);
		world.post(yes);

		expect(lists(world)[0]?.state).toBe('stopped');
	});

	it('goes to each of two lists that wait at one time', () => {
		const world = new DeskWorld();
		const first = sent(world, 'Email\nada@example.com\n', 'first.csv');
		const second = sent(world, 'Email\nben@example.com\n', 'second.csv');
		expect(textOf(world.page(first.query))).toContain('first.csv');
		expect(textOf(world.page(second.query))).toContain('second.csv');
		world.press('confirm', second.list, second.query);
		world.play(isDone(world, 1), 20);

		expect([...world.account.moved]).toEqual(['ben@example.com']);
		expect(textOf(world.page(first.query))).toContain('Put 1 address into Do-Not-Mail');
	});

	it('lets one of two uploads of the same addresses in', () => {
		const world = new DeskWorld();
		const first = sent(world, 'Email\nada@example.com\n', 'first.csv');
		const second = sent(world, 'Email\nada@example.com\n', 'second.csv');
		const key = String(lists(world)[1]?.pageKey);
		world.press('confirm', first.list, first.query);

		expect(textOf(world.page(second.query))).toContain('in already: as first.csv');
		expect(world.page(second.query)).not.toContain('value="confirm"');
		const late = world.post({ list: String(second.list), key, do: 'confirm' });
		expect(late).toMatchObject({ code: 409, body: expect.stringContaining('as first.csv') });
		expect(world.waiting()).toEqual(['ada@example.com']);
	});
});

describe('what is told to be no address', () => {
	/** What our node says of it. */
	const isNone = (address: string) => {
		const list = new AddressList(() => undefined);
		list.add(0, { value: address });
		return list.named[0]?.failure !== undefined;
	};
	const told = (addresses: readonly string[]) => {
		const cells = addresses.map((one) => `"${one.replaceAll('"', '""')}"`);
		const world = new DeskWorld();
		world.send(`Email\n${cells.join('\n')}\ngood@example.com\n`);
		return { world, malformed: Number(lists(world)[0]?.malformed) };
	};

	it('is what our node takes for none', () => {
		const signs = fc.constantFrom(
			...['a', 'B', '0', '.', '-', '_', '+', '%', "'", '@', '@', ' ', ',', ';', ':', '<', '[', ']'],
			...[
				'(',
				')',
				'{',
				'}',
				'"',
				'\\',
				'/',
				'é',
				'ل',
				'\u200C',
				'\u200B',
				'\u202E',
				'\u00A0',
				'!',
			],
		);
		const text = fc.array(signs, { minLength: 1, maxLength: 9 }).map((all) => all.join(''));
		const address = fc.oneof(
			text,
			fc.tuple(text, text).map(([local, domain]) => `${local}@${domain}.com`),
			fc.constantFrom(`${'a'.repeat(250)}@example.com`, 'a@[192.0.2.1]', '"a@b"@example.com'),
		);
		fc.assert(
			fc.property(address, (one) => {
				const { world, malformed } = told([one]);
				// As it was taken in, without what nobody sees at its ends.
				const packed = world.tables.rows('do_not_mail_addresses')[0]?.addresses;
				const taken = String(packed)
					.split('\n')
					.filter((held) => held !== 'good@example.com');
				expect(malformed).toBe(taken.filter(isNone).length);
			}),
			{ numRuns: 400 },
		);
	});
});
