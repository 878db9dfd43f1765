/** The buttons of the page: a list is stopped, and removed. */
import { parse } from 'csv-parse/sync';
import { random } from '../support/random';
import { fc } from '../support/fc';
import { desk, HOUR, isDone, people, told } from './stage';
import { Run } from './workflow';
import { textOf, type DeskWorld } from './world';

const lists = (world: DeskWorld) => world.tables.rows('do_not_mail_lists');
const idOf = (world: DeskWorld, index = 0) => lists(world)[index]!.id;
const csv = (world: DeskWorld) =>
	parse(world.page({ failures: 'csv' }), { columns: true, bom: true }) as Array<
		Record<string, string>
	>;
const stoppedOf = (world: DeskWorld) =>
	csv(world)
		.filter(({ Reason }) => Reason === 'stopped')
		.map(({ Address }) => Address);
/** Everything that the tables hold, as text. */
const held = (world: DeskWorld) =>
	JSON.stringify(
		['lists', 'addresses', 'journal'].map((name) => world.tables.rows(`do_not_mail_${name}`)),
	);

describe('a list that is stopped', () => {
	it('sends nothing more, and keeps what is left in the CSV', () => {
		const world = desk(people(200));
		world.play(() => false, 2);
		expect(world.press('stop', idOf(world))).toMatchObject({ code: 303 });
		world.play(() => false, HOUR);

		expect(world.account.moved.size).toBe(98);
		expect(stoppedOf(world)).toEqual(people(200).slice(98));
		expect(csv(world)[0]).toMatchObject({ Reason: 'stopped', List: 'list.csv' });
		const text = textOf(world.page());
		expect(text).toContain('98 of 200 done, 102 stopped and not sent');
		expect(text).toContain('Nothing is under way.');
	});

	it('counts what is under way, and sends no more than that', () => {
		const world = desk(people(200));
		world.play(() => false, 1);
		const run = new Run(world);
		const steps = run.from('Every 20 Seconds');
		for (let step = steps.next(); step.value !== 'What Came of It'; step = steps.next());
		world.press('stop', idOf(world));
		while (steps.next().done !== true);
		world.play(() => false, HOUR);

		expect(world.account.moved.size).toBe(98);
		expect(textOf(world.page())).toContain('98 of 200 done, 102 stopped');
		expect(stoppedOf(world)).toEqual(people(200).slice(98));
	});

	it('leaves the others alone, and its own failures in the CSV', () => {
		const world = desk(['nonsense', ...people(100)]);
		world.upload(people(60, 'other'));
		world.play(() => false, 1);
		world.press('stop', idOf(world));
		world.play(isDone(world, 49 + 60), HOUR);

		expect(world.account.moved.size).toBe(48 + 60);
		expect(csv(world)[0]).toMatchObject({ Address: 'nonsense', Reason: 'invalidEmail' });
		expect(textOf(world.page())).toContain('100 %');
	});

	it('tries nothing again, which stays in the CSV too', () => {
		const world = desk(people(49), { refusal: () => ({ reason: 'networkError' }) });
		world.play(() => false, 2);
		world.press('stop', idOf(world));
		world.troubles.refusal = () => undefined;
		world.play(() => false, 48 * HOUR);

		expect(world.account.figures.calls).toBe(0);
		expect(stoppedOf(world).sort()).toEqual(people(49).sort());
	});

	it('holds no other list up that comes after it in trouble', () => {
		const world = desk(people(49), { refusal: () => ({ reason: 'authenticationFailed' }) });
		world.upload(people(49, 'other'));
		world.play(() => false, 2);
		world.press('stop', idOf(world));
		world.troubles.refusal = () => undefined;
		world.play(isDone(world, 49), HOUR);

		expect([...world.account.moved].sort()).toEqual(people(49, 'other').sort());
		expect(world.newest().state).not.toHaveProperty('trouble');
	});

	it('may be uploaded again, and goes on where it stopped', () => {
		const file = `Email\n${people(100).join('\n')}\n`;
		const world = desk([]);
		const { list } = world.submit(file) as { list: number };
		world.play(() => false, 1);
		world.press('stop', list);
		world.submit(world.page({ failures: 'csv' }));
		world.play(isDone(world, 100), HOUR);

		expect(world.account.moved.size).toBe(100);
		expect(world.account.figures.calls).toBe(100);
		expect(world.submit(file).title).toBe('Put 100 addresses into Do-Not-Mail');
	});
});

describe('a list that is removed', () => {
	it('leaves the tables, and the registry as it is', () => {
		const world = desk(people(120, 'gone'));
		world.play(isDone(world, 120), HOUR);
		expect(world.press('remove', idOf(world, 0))).toMatchObject({ code: 303 });
		expect(textOf(world.page())).toContain('No list is in yet.');
		world.play(() => false, 1);

		expect(held(world)).not.toContain('gone');
		expect(lists(world)).toEqual([]);
		expect(world.account.moved.size).toBe(120);
	});

	it('takes its failures and what was stopped along, and leaves those of others', () => {
		const world = desk(['gone', ...people(60, 'gone')]);
		world.play(() => false, 1);
		world.press('stop', idOf(world));
		world.upload(['kept', ...people(60, 'kept')]);
		world.play(isDone(world, 49 + 61), HOUR);
		world.press('remove', idOf(world));
		world.play(() => false, 1);

		expect(held(world)).not.toContain('gone');
		expect(csv(world).map(({ Address }) => Address)).toEqual(['kept']);
		expect(textOf(world.page())).toContain('61 of 61 addresses are done');
	});

	it('leaves while another list is worked off, in a pause, and after a kill in the middle of it', () => {
		fc.assert(
			fc.property(fc.integer(), (seed) => {
				const dice = random(seed);
				const world = desk(people(100, 'gone'));
				world.play(() => false, 1 + Math.floor(4 * dice()));
				if (lists(world).length > 0 && world.page().includes('value="stop"')) {
					world.press('stop', idOf(world));
				}
				world.upload(people(150, 'kept'));
				if (dice() < 0.5) world.play(() => false, 1);
				if (dice() < 0.3) world.troubles.refusal = () => ({ reason: 'authenticationFailed' });
				world.isKilled = () => dice() < 0.01;
				world.press('remove', idOf(world));
				world.play(() => false, 40);
				world.isKilled = () => false;
				world.play(() => false, 60);

				expect(held(world)).not.toContain('gone');
				world.troubles.refusal = () => undefined;
				world.play(() => false, HOUR);
				const kept = [...world.account.moved].filter((one) => one.startsWith('kept'));
				expect(kept).toHaveLength(150);
				expect(textOf(world.page())).toContain('150 of 150 addresses are done');
			}),
			{ numRuns: 40 },
		);
	});

	it('is not removed while a run still has addresses of it under way: what came of them leaves with it', () => {
		const world = desk(people(200, 'gone'));
		const run = new Run(world);
		const steps = run.from('Every 20 Seconds');
		for (let step = steps.next(); step.value !== 'What Came of It'; step = steps.next());
		world.press('stop', idOf(world));
		world.press('remove', idOf(world));
		while (steps.next().done !== true);
		expect(textOf(world.page())).toContain('No list is in yet.');
		world.play(() => false, 1);

		expect(held(world)).not.toContain('gone');
		expect(world.account.moved.size).toBe(49);
	});

	it('cannot be one that is under way', () => {
		const world = desk(people(200));
		world.play(() => false, 1);
		const [list] = lists(world);
		const body = { list: String(list!.id), key: String(list!.pageKey), do: 'remove' };

		expect(world.page()).not.toContain('value="remove"');
		expect(world.post(body)).toMatchObject({ code: 303 });
		expect(lists(world)[0]?.state).toBe('ready');
	});

	it('counts on in the time that is left', () => {
		const world = desk(people(1_000, 'gone'));
		world.upload(people(4_000));
		world.play(isDone(world, 1_000), HOUR);
		world.press('remove', idOf(world));
		world.play(() => false, 90);
		const done = Number(world.newest().done);

		expect(textOf(world.page())).toContain(`${(done - 1_000).toLocaleString('en-US')} of 4,000`);
		expect(told(world).size).toBe(done - 1_000);
	});
});

describe('a post that no button of the page has made', () => {
	const DEEDS = ['confirm', 'stop', 'remove'] as const;

	it.each([
		['without the key of its list', {}],
		['with another key', { key: 'x' }],
		['with an empty key', { key: '' }],
		['with two keys', { key: ['a', 'b'] }],
		['with the key of another list', { key: 'key of list 1' }],
	])('does nothing %s', (_, more) => {
		const world = desk(people(100));
		world.upload(people(10, 'other'), 'asking');
		world.play(() => false, 1);
		const before = held(world);

		for (const deed of DEEDS) {
			const answer = world.post({ list: String(idOf(world)), ...more, do: deed });
			expect(answer).toMatchObject({ code: 403, location: undefined });
			expect(answer.body).toContain('nothing was done');
		}
		expect(held(world)).toBe(before);
	});

	it('does nothing to a list without a key, or to none, or for another deed', () => {
		const world = desk(people(100));
		const [list] = lists(world);
		const key = String(list!.pageKey);
		Object.assign(list!, { pageKey: null });
		expect(world.post({ list: String(list!.id), key: '', do: 'stop' })).toMatchObject({
			code: 403,
		});
		expect(world.post({ list: String(list!.id), do: 'stop' })).toMatchObject({ code: 403 });
		Object.assign(list!, { pageKey: key });
		world.post({ list: '4711', key, do: 'stop' });
		world.post({ list: String(list!.id), key, do: 'ready' });
		world.post({ list: String(list!.id), key, do: ['stop', 'stop'] });
		world.post({ list: [String(list!.id)], key, do: 'toString' });

		expect(lists(world)[0]?.state).toBe('ready');
	});

	it('gives each list a key of its own, which nobody can guess', () => {
		const world = desk([]);
		for (const name of ['a', 'b', 'c']) world.send(`Email\n${name}@example.com\n`);
		const keys = lists(world)
			.slice(1)
			.map(({ pageKey }) => String(pageKey));

		expect(new Set(keys).size).toBe(3);
		for (const key of keys) expect(key).toMatch(/^[0-9a-z]{30,}$/);
	});
});
