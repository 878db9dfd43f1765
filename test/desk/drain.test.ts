import { random } from '../support/random';
import { fc } from '../support/fc';
import { desk, HOUR, isDone, people, told } from './stage';
import { Run } from './workflow';

describe('the drain of the desk', () => {
	it('moves a list to its end, inside the limit, and tells of each address once', () => {
		const addresses = [...people(2_000), 'not-an-address', 'x@'];
		const world = desk(addresses);
		const ticks = world.play(isDone(world, 2_002), 10 * HOUR);

		expect(world.account.figures.calls).toBe(2_001);
		expect(world.account.figures.mostInWindow).toBeLessThanOrEqual(490);
		expect([...told(world)].filter(([, whats]) => whats.length !== 1)).toEqual([]);
		expect(told(world).get('not-an-address')).toEqual(['invalidEmail']);
		// Four windows and a part: at best 20 minutes, which are 60 ticks.
		expect(ticks).toBeLessThan(70);
	});

	it('keeps the last state only, and no entry in which nothing was settled', () => {
		const world = desk(people(1_000));
		world.play(isDone(world, 1_000), 10 * HOUR);
		const rows = world.tables.rows('do_not_mail_journal');

		expect(rows.filter(({ state }) => state).map(({ id }) => id)).toEqual([rows.at(-1)?.id]);
		expect(rows.filter(({ settled }) => settled === 0)).toEqual([]);
		expect(rows.filter(({ kind }) => kind === 'run')).toEqual([]);
	});

	it('takes no address of a list that is not wholly in, and removes an upload that died', () => {
		const world = desk([]);
		world.upload(people(700), 'uploading');
		world.play(() => false, 3);
		expect(world.account.figures.calls).toBe(0);
		world.now += 86_400_000;
		world.play(() => false, 1);

		expect(world.tables.rows('do_not_mail_addresses')).toEqual([]);
		expect(world.tables.rows('do_not_mail_lists').map(({ state }) => state)).toEqual(['ready']);
	});

	it('serves two lists, and an address that is in both counts for both', () => {
		const world = desk(people(60));
		world.upload(people(80));
		world.play(isDone(world, 140), HOUR);

		expect(world.newest().state.counts).toEqual({ moved: 80, alreadyThere: 60 });
	});

	it('reads no more rows of addresses than it may send from', () => {
		const world = desk(people(300));
		for (let list = 0; list < 30; list++) world.upload(people(60, `of${list}.`));
		const run = new Run(world);
		const steps = run.from('Every 20 Seconds');
		while (steps.next().done !== true);

		expect(run.of('The Batch')).toHaveLength(49);
		expect(run.of('Next Rows')).toHaveLength(1);
	});

	it('takes each batch of one list, so that its entry leaves the journal with that list', () => {
		const world = desk([]);
		for (let list = 0; list < 30; list++) world.upload(people(3, `of${list}.`));
		world.play(isDone(world, 90), 40);

		expect(world.account.moved.size).toBe(90);
		const entries = world.tables.rows('do_not_mail_journal');
		expect(new Set(entries.map(({ list }) => list)).size).toBe(30);
	});

	it('sends what is left of lists whose rows hold 500 addresses, as they did before', () => {
		const world = desk([]);
		world.upload(people(1_010), 'ready', 500);
		world.play(isDone(world, 1_010), HOUR);

		expect(world.newest().state.counts).toEqual({ moved: 1_010 });
	});

	it('steps back where another run is under way', () => {
		const world = desk(people(200), { latencyMs: 3_000 });
		world.play(isDone(world, 200), HOUR);

		expect(world.figures.stepped).toBeGreaterThan(0);
	});

	it('lets no two runs send at once, however their steps fall', () => {
		const addresses = people(200);
		fc.assert(
			fc.property(fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (turns) => {
				const world = desk(addresses);
				const runs = [new Run(world), new Run(world)];
				const steps = runs.map((run) => run.from('Every 20 Seconds'));
				const isSending = (run: Run) =>
					run.of('The Batch').length > 0 && run.of('Write It Down').length === 0;
				for (const turn of turns) {
					steps[Number(turn)]?.next();
					expect(runs.filter(isSending).length).toBeLessThan(2);
				}
			}),
			{ numRuns: 150 },
		);
	});

	it('counts each address once whenever n8n is killed', () => {
		fc.assert(
			fc.property(fc.integer(), (seed) => {
				const dice = random(seed);
				const world = desk([...people(300), 'no-address']);
				world.isKilled = () => dice() < 0.01;
				world.play(isDone(world, 301), 20 * HOUR);
				world.isKilled = () => false;
				const { counts } = world.newest().state;

				expect([...told(world).values()].filter((whats) => whats.length !== 1)).toEqual([]);
				expect(told(world).size).toBe(301);
				expect((counts.moved ?? 0) + (counts.alreadyThere ?? 0)).toBe(world.account.moved.size);
				// What is sent again is at most the batch that was under way.
				expect(world.account.figures.calls - 300).toBeLessThanOrEqual(49 * world.figures.kills);
			}),
			{ numRuns: 20 },
		);
	});
});
