/** What the tests of the desk share. */
import { DeskWorld } from './world';
import type { Troubles } from './zoho';

export const people = (count: number, name = 'person') =>
	Array.from({ length: count }, (_, i) => `${name}${i}@example.com`);

/** So many ticks of 20 seconds are an hour. */
export const HOUR = 180;

/** A desk whose tables are there, with a list in it. */
export function desk(addresses: readonly string[], troubles: Partial<Troubles> = {}): DeskWorld {
	const world = new DeskWorld();
	world.drain();
	world.upload(addresses);
	Object.assign(world.troubles, troubles);
	return world;
}

/** Whether so many addresses have an outcome. */
export const isDone = (world: DeskWorld, count: number) => () => {
	const rows = world.tables.rows('do_not_mail_journal');
	// Whatever comes after the newest entry are claims of runs, and they are few.
	return rows.slice(-20).some(({ kind, done }) => kind === 'batch' && done === count);
};

interface Outcome {
	moved: string[];
	alreadyThere: string[];
	failed: Array<{ address: string; reason: string }>;
}

/** What the journal says became of each address, as often as it says so. */
export function told(world: DeskWorld): Map<string, string[]> {
	const found = new Map<string, string[]>();
	const tell = (address: string, what: string) =>
		found.set(address, [...(found.get(address) ?? []), what]);
	for (const { kind, outcome } of world.tables.rows('do_not_mail_journal')) {
		if (kind !== 'batch') continue;
		const { moved, alreadyThere, failed } = JSON.parse(String(outcome)) as Outcome;
		for (const address of moved) tell(address, 'moved');
		for (const address of alreadyThere) tell(address, 'alreadyThere');
		for (const { address, reason } of failed) tell(address, reason);
	}
	return found;
}

/**
 * A person uploads a file to a new desk.
 *
 * @param choice the column that they choose; the first one that they are offered, if none
 */
export function upload(
	file: string | Buffer,
	{ choice, name }: { choice?: string; name?: string } = {},
) {
	const world = new DeskWorld();
	let offered: readonly string[] = [];
	world.choose = (options) => {
		offered = options;
		return choice ?? options[0] ?? '';
	};
	const ending = world.submit(file, name);
	return { world, ending, offered, waiting: world.waiting() };
}
