import type { Newest } from './world';
import { desk, HOUR, isDone, people, told } from './stage';

const stateOf = (world: ReturnType<typeof desk>): Newest => world.newest().state;

describe('the desk in trouble', () => {
	it('waits for the end of a lock, and spends nothing on it', () => {
		const world = desk(people(300));
		world.play(() => false, 2);
		const until = world.now + 30 * 60_000;
		world.troubles.refusal = (now) => (now < until ? { reason: 'rateLimited', until } : undefined);
		const before = world.account.figures.calls;
		world.play(() => false, 30);

		expect(world.account.figures.calls).toBe(before);
		expect(stateOf(world)).toMatchObject({ pausedUntil: until, again: { length: 49 } });
		expect(world.page()).toContain('Zoho takes no more calls for now; it goes on at 12:30.');

		world.play(isDone(world, 300), HOUR);
		expect(stateOf(world)).toMatchObject({ counts: { moved: 300 }, again: [] });
		expect(world.now - until).toBeLessThan(5 * 60_000);
	});

	it.each(['authenticationFailed', 'scopeMismatch', 'noPermission'])(
		'fails no address while the account is refused: %s',
		(reason) => {
			const world = desk(people(1_000));
			world.troubles.refusal = () => ({ reason });
			world.play(() => false, 24 * HOUR);

			expect(told(world).size).toBe(0);
			expect(stateOf(world)).toMatchObject({ trouble: { reason }, again: { length: 49 } });
			expect(world.page()).toContain(`It failed: ${reason}`);
			expect(world.page()).toContain(`Mend it: ${reason}`);
			expect(world.page()).toContain('It stands still since Thu 1 Jan, 12:00');
			// A pause of up to half an hour between two tries: about 50 a day.
			expect(stateOf(world).trouble?.times).toBeLessThan(60);

			world.troubles.refusal = () => undefined;
			world.play(isDone(world, 1_000), 2 * HOUR);
			expect(stateOf(world)).toMatchObject({ counts: { moved: 1_000 } });
			expect(stateOf(world)).not.toHaveProperty('trouble');
			expect(world.page()).toContain('Done.');
		},
	);

	it('ends one run of an outage red, and says what to do', () => {
		const world = desk(people(1_000));
		world.play(() => false, 2);
		expect(world.figures.red).toBe(0);
		world.troubles.refusal = () => ({ reason: 'authenticationFailed' });
		world.play(() => false, 24 * HOUR);
		expect(world.figures.red).toBe(1);
		expect(world.red).toContain('It failed: authenticationFailed. Mend it: authenticationFailed');
		// It has written down what it found, and left no claim behind.
		const kinds = world.tables.rows('do_not_mail_journal').map(({ kind }) => kind);
		expect(kinds).not.toContain('run');

		world.troubles.refusal = () => undefined;
		world.play(() => false, HOUR / 10);
		world.troubles.refusal = () => ({ reason: 'scopeMismatch' });
		world.play(() => false, 24 * HOUR);
		expect(world.figures.red).toBe(2);
	});

	it('takes a limit or another trouble in the middle of an outage for no end of it', () => {
		const world = desk(people(1_000), { refusal: () => ({ reason: 'authenticationFailed' }) });
		world.play(() => false, 10);
		const { since } = stateOf(world).trouble!;
		for (const reason of ['rateLimited', 'networkError', 'noPermission']) {
			const until = world.now + 60_000;
			world.troubles.refusal = () => ({ reason, ...(reason === 'rateLimited' && { until }) });
			world.play(() => false, HOUR);
			expect(stateOf(world).trouble).toMatchObject({ since });
		}

		expect(world.figures.red).toBe(1);
	});

	it('ends no run red where an address fails, the network or a limit', () => {
		const world = desk(['nonsense', ...people(100)], {
			poison: (address) => address === 'person1@example.com',
		});
		world.play(() => false, 10);
		world.troubles.refusal = () => ({ reason: 'networkError' });
		world.play(() => false, HOUR);
		world.troubles.refusal = (now) => ({ reason: 'rateLimited', until: now + 60_000 });
		world.play(() => false, HOUR);

		expect(world.figures.red).toBe(0);
	});

	it('counts nothing of a preview, and says that it is one', () => {
		const world = desk(people(60));
		world.move = (items) => items.map(({ address }) => ({ email: address, status: 'preview' }));
		world.play(() => false, HOUR);

		expect(told(world).size).toBe(0);
		expect(stateOf(world)).toMatchObject({ counts: {}, again: { length: 49 } });
		expect(world.page()).toContain('&#34;Preview Only&#34; is on, so that nothing is sent.');
		expect(world.page()).toContain('<b>0</b> of <b>60</b>');
	});

	it('lives through a day without network and loses no address', () => {
		const world = desk(people(1_000));
		world.troubles.refusal = () => ({ reason: 'networkError' });
		world.play(() => false, 24 * HOUR);
		expect(told(world).size).toBe(0);
		expect(stateOf(world).again).toHaveLength(49);
		expect(world.page()).toContain('It failed: networkError');

		world.troubles.refusal = () => undefined;
		world.play(isDone(world, 1_000), 30 * HOUR);
		expect(stateOf(world).counts).toEqual({ moved: 1_000 });
	});

	it('gives up at addresses that Zoho always fails at, after a day and a half, and not sooner', () => {
		const bad = ['bad1@example.com', 'bad2@example.com', 'bad3@example.com'];
		const world = desk([...bad, ...people(97)], { poison: (address) => bad.includes(address) });
		world.play(isDone(world, 97), HOUR);
		expect(stateOf(world).again).toMatchObject([{ tries: 1 }, { tries: 1 }, { tries: 1 }]);
		expect(world.page()).toContain('To be tried again');

		const ticks = world.play(isDone(world, 100), 60 * HOUR);
		expect(ticks / HOUR).toBeGreaterThan(34);
		expect(ticks / HOUR).toBeLessThan(36);
		expect(stateOf(world).counts).toEqual({ moved: 97, serverError: 3 });
		expect(stateOf(world).again).toEqual([]);
	});

	it('finds its own work done where a reply was lost', () => {
		const world = desk(people(100), { lostReplies: 10 });
		world.play(() => false, 4);
		world.troubles.lostReplies = 0;
		world.play(isDone(world, 100), HOUR);

		expect(stateOf(world).counts).toEqual({ moved: 90, alreadyThere: 10 });
		expect(world.account.moved.size).toBe(100);
	});

	it('begins anew where a person has deleted its tables', () => {
		const world = desk(people(200));
		world.play(() => false, 2);
		for (const table of ['lists', 'addresses', 'journal'])
			world.tables.drop(`do_not_mail_${table}`);
		world.play(() => false, 2);
		expect(world.page()).toContain('No list is in yet.');

		world.upload(people(200));
		world.play(isDone(world, 200), HOUR);
		expect(stateOf(world).counts).toEqual({ alreadyThere: 98, moved: 102 });
	});

	it('counts anew what it did before its journal was deleted, and does no harm', () => {
		const world = desk(people(200));
		world.play(() => false, 2);
		world.tables.drop('do_not_mail_journal');
		world.play(isDone(world, 200), HOUR);

		expect(stateOf(world).counts).toEqual({ alreadyThere: 98, moved: 102 });
	});

	it('changes nothing in a pause', () => {
		const world = desk(people(100), { refusal: () => ({ reason: 'authenticationFailed' }) });
		world.play(() => false, 2);
		const before = JSON.stringify(world.tables.rows('do_not_mail_journal'));
		world.now += 20_000;
		world.drain();

		expect(JSON.stringify(world.tables.rows('do_not_mail_journal'))).toBe(before);
	});

	it('stands no longer than ten minutes after a kill', () => {
		const world = desk(people(200));
		world.isKilled = (node) => node === 'Write It Down';
		world.play(() => false, 1);
		world.isKilled = () => false;
		world.play(() => false, 10);
		expect(world.page()).toContain('A run that began at 12:00 has not ended.');

		const ticks = world.play(
			() => world.tables.rows('do_not_mail_journal').some(({ kind }) => kind === 'batch'),
			HOUR,
		);
		expect((10 + ticks) / 3).toBeLessThanOrEqual(10.5);
		world.play(isDone(world, 200), HOUR);
		expect(stateOf(world).counts).toEqual({ alreadyThere: 49, moved: 151 });
	});

	it('does not write what a run found that was held up until another took over', () => {
		const world = desk(people(98), { latencyMs: 70_000 });
		world.play(() => false, 1);
		expect(told(world).size).toBe(0);

		world.troubles.latencyMs = 300;
		world.play(isDone(world, 98), HOUR);
		expect(stateOf(world).counts).toEqual({ alreadyThere: 49, moved: 49 });
	});
});
