/** A million addresses, with locks and kills: how long it takes, and what it leaves in the tables. */
import type { IDataObject } from 'n8n-workflow';
import { random } from '../support/random';
import { people } from './stage';
import { DeskWorld } from './world';

/** Whole hundreds of thousands, or fewer than one: a file holds so many. */
const ADDRESSES = Number(process.env.DESK_ADDRESSES ?? 1_000_000);
const DAY_TICKS = 4_320;
const MEGABYTE = 1_000_000;

/** The text in rows, in bytes, and 60 for what else a row has. */
const bytesOf = (rows: readonly IDataObject[]) =>
	rows
		.flatMap((row) => [60, ...Object.values(row).map((cell) => String(cell ?? '').length)])
		.reduce((sum, length) => sum + length, 0);

test('a million addresses end in eight days, each told of once, inside the limit', () => {
	const world = new DeskWorld();
	world.drain();
	const parts = Math.max(1, ADDRESSES / 100_000);
	for (let part = 0; part < parts; part++)
		world.upload(people(ADDRESSES / parts, `person.${part}.`));
	const dice = random(15);
	// A kill a day, and somebody else's calls lock the account once in two days.
	world.isKilled = () => dice() < 1 / (20 * 2_500);
	let lockedUntil = 0;
	world.troubles.refusal = (now) => {
		if (dice() < 1 / 250_000) lockedUntil = now + 30 * 60_000;
		return now < lockedUntil ? { reason: 'rateLimited', until: lockedUntil } : undefined;
	};
	const begin = world.now;
	let done = 0;
	// No run looks at old entries, so that they need not be searched a million times.
	const journal = { rows: 0, bytes: 0 };
	const putAway = (kept: number) => {
		const old = world.tables.takeOld('do_not_mail_journal', kept);
		journal.rows += old.length;
		journal.bytes += bytesOf(old);
	};
	const isOver = () => {
		if (world.tables.rows('do_not_mail_journal').length > 200) putAway(50);
		const [newest] = world.tables.rows('do_not_mail_journal').slice(-1);
		done = newest?.kind === 'batch' ? Number(newest.done) : done;
		return done === ADDRESSES;
	};
	world.play(isOver, 30 * DAY_TICKS);

	const days = (world.now - begin) / 86_400_000;
	const { calls, mostInWindow } = world.account.figures;
	const { counts, again } = world.newest().state;
	putAway(0);
	const uploaded = world.tables.rows('do_not_mail_addresses');
	const inMegabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(1)} MB`;
	process.stdout.write(
		`${ADDRESSES} addresses in ${days.toFixed(2)} days, ${calls} calls, ${world.figures.kills} kills, ` +
			`${world.figures.runs} runs that were not in a pause\n` +
			`addresses: ${uploaded.length} rows, ${inMegabytes(bytesOf(uploaded))}; ` +
			`journal: ${journal.rows} rows, ${inMegabytes(journal.bytes)}\n`,
	);
	expect(again).toEqual([]);
	expect((counts.moved ?? 0) + (counts.alreadyThere ?? 0)).toBe(ADDRESSES);
	expect(world.account.moved.size).toBe(ADDRESSES);
	expect(calls - ADDRESSES).toBeLessThanOrEqual(49 * world.figures.kills);
	expect(mostInWindow).toBeLessThanOrEqual(490);
	expect(days / (ADDRESSES / 1_000_000)).toBeLessThan(8.5);
});
