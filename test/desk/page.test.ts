import { parse } from 'csv-parse/sync';
import { fc } from '../support/fc';
import { desk, HOUR, isDone, people } from './stage';
import { textOf } from './world';

const CSV = { failures: 'csv' };
describe('the page of the desk', () => {
	it('tells how far it is, and when it will be done', () => {
		const world = desk(people(2_000));
		world.play(() => false, 5);
		const text = textOf(world.page());

		expect(text).toContain('Do-Not-Mail: 12 %');
		expect(text).toContain('245 of 2,000 addresses are done, 1,755 wait.');
		// By Zoho's limit, 98 a minute.
		expect(text).toContain('Done at about 12:19');
		expect(text).toContain('list.csv : 245 of 2,000 done');
	});

	it('estimates by what was done in the last hour, once there is enough of it', () => {
		const world = desk(people(10_000));
		world.play(() => false, HOUR);
		const guess = /Done at about ([\d:]+)/.exec(textOf(world.page()))?.[1] ?? '';
		world.play(isDone(world, 10_000), 10 * HOUR);
		const minutes = (time: string) =>
			time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
		const end = new Date(world.now).toISOString().slice(11, 16);

		expect(Math.abs(minutes(end) - minutes(guess))).toBeLessThan(6);
	});

	it('counts as the registry does when all is done', () => {
		const world = desk([...people(150), 'nonsense', 'ada@', '@example.com']);
		for (const known of people(20)) world.account.moved.add(known);
		world.play(isDone(world, 153), HOUR);
		const text = textOf(world.page());

		expect(text).toContain('Do-Not-Mail: 100 %');
		expect(text).toContain('Done. Every address has an outcome.');
		expect(text).toContain('Moved to Do-Not-Mail 132');
		expect(text).toContain('Were there already 20');
		expect(text).toContain('Failed: Not an email address 1');
		expect(world.account.moved.size).toBe(152);
	});

	it('shows the last twenty failures, the newest first, and what to do', () => {
		const world = desk(Array.from({ length: 60 }, (_, i) => `bad${i}`));
		world.play(isDone(world, 60), HOUR);
		const [, section = ''] = world.page().split('The last failures');
		const shown = [...section.matchAll(/<li><b>(.*?)<\/b>/g)].map(([, address]) => address);

		expect(shown).toEqual(Array.from({ length: 20 }, (_, i) => `bad${59 - i}`));
		expect(world.page()).toContain('Correct it in the CSV of failures');
	});

	it('is not at 100 % before the last address is done', () => {
		const world = desk([...people(1_000), 'stuck@example.com'], {
			poison: (address) => address.startsWith('stuck'),
		});
		world.play(isDone(world, 1_000), HOUR);

		expect(textOf(world.page())).toContain('Do-Not-Mail: 99 %');
	});

	it('shows nothing of a file as markup, and takes nothing from elsewhere', () => {
		const world = desk([]);
		world.tables.add('do_not_mail_lists', [
			{ name: '<script>alert(1)</script>', state: 'ready', addresses: 1, twice: 0, blanks: 0 },
		]);
		const [list] = world.tables.rows('do_not_mail_lists').slice(-1);
		const address = `"><img src=x onerror=alert(1)>'&`;
		world.tables.add('do_not_mail_addresses', [{ list: list!.id, addresses: address }]);
		world.play(isDone(world, 1), HOUR);
		const html = world.page();

		expect(html).toContain('&#34;&#62;&#60;img src=x onerror=alert(1)&#62;&#39;&#38;');
		expect(html).not.toMatch(/<(script|img|link|iframe|object)/);
		expect(html).not.toMatch(/https?:|url\(|@import/);
	});

	it('reads only a few rows of long lists', () => {
		const world = desk(people(3_000));
		world.play(isDone(world, 3_000), 2 * HOUR);
		const all = world.tables.rows('do_not_mail_journal').length;
		const rows = world.rowsOfPage();

		expect(all).toBeGreaterThan(60);
		expect(rows).toBeLessThan(10);
	});
});

describe('the CSV of failures', () => {
	it('has a row for each address that failed, the oldest first', () => {
		const world = desk(['bad1', ...people(60), 'bad2']);
		world.play(isDone(world, 62), HOUR);
		const rows = parse(world.page(CSV), { columns: true, bom: true }) as Array<
			Record<string, string>
		>;

		expect(rows.map(({ Address }) => Address)).toEqual(['bad1', 'bad2']);
		expect(rows[0]).toMatchObject({
			Reason: 'invalidEmail',
			Message: '"bad1" has no @.',
			'What to do': 'Correct it in the CSV of failures, and upload that.',
			List: 'list.csv',
		});
	});

	it('is a header where nothing failed', () => {
		expect(desk([]).page(CSV).trim().split('\r\n')).toHaveLength(1);
	});

	it('gives a spreadsheet no formula, whichever separator it cuts cells at', () => {
		const sign = fc.constantFrom(
			'=',
			'+',
			'-',
			'@',
			'\uFF1D',
			';',
			',',
			'\t',
			'|',
			'"',
			"'",
			' ',
			'a',
		);
		fc.assert(
			fc.property(fc.array(sign, { minLength: 1, maxLength: 8 }), (signs) => {
				// A quote, or a sign of double width, stays first: the address is to come back as it was.
				const address = signs
					.join('')
					.replaceAll('@', '')
					.replace(/^["\s\uFF1D]+/, '')
					.trim();
				if (address === '') return;
				const world = desk([address]);
				world.play(isDone(world, 1), 3);
				const [, row = ''] = world.page(CSV).split('\r\n');

				for (const separator of [',', ';', '\t', '|']) {
					const cells = parse(row, {
						delimiter: separator,
						relax_quotes: true,
						relax_column_count: true,
					}) as string[][];
					const bare = cells.flat().map((cell) => cell.replace(/^["\s]+/, ''));
					expect(bare.filter((cell) => /^[=+\-@\uFF1D]/.test(cell))).toEqual([]);
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('gives the same addresses when it is uploaded again', () => {
		const signs = ['=', '+', '-', '@', "'", "'", '"', ',', ';', '\u0001', '\t', ' ', 'a', 'é'];
		const address = fc
			.array(fc.constantFrom(...signs), { minLength: 1, maxLength: 6 })
			// All of them fail: none has a domain.
			.map((all) => all.join('').replaceAll('@', '#').trim())
			.filter((one) => one !== '');
		const addresses = fc.uniqueArray(address, {
			minLength: 1,
			maxLength: 8,
			selector: (one) => one.toLowerCase(),
		});
		fc.assert(
			fc.property(addresses, (bad) => {
				const world = desk(bad);
				world.play(isDone(world, bad.length), HOUR);
				// One row is added, or the form would say that there is no address.
				world.submit(`${world.page(CSV)}good@example.com\r\n`);

				expect(world.waiting().slice(bad.length)).toEqual([...bad, 'good@example.com']);
			}),
			{ numRuns: 60 },
		);
	});

	it('puts one apostrophe before what a spreadsheet would take for a formula, and before no other', () => {
		const bad = ['=a', "'=a", "''+a", "'a", '-a', '\u0001a', 'a=b'];
		const world = desk(bad);
		world.play(isDone(world, bad.length), HOUR);
		const rows = parse(world.page(CSV), { columns: true, bom: true }) as Array<
			Record<string, string>
		>;

		expect(rows.map(({ Address }) => Address)).toEqual([
			"'=a",
			"''=a",
			"'''+a",
			"'a",
			"'-a",
			"'\u0001a",
			'a=b',
		]);
	});
});
