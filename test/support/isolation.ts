/** Lists with bad records, and how many calls it takes to tell these from the good ones. */
import { Isolation, type Batch } from '../../nodes/ZohoCrmUnblockEmail/search/isolation';
import { ShareOfBad } from '../../nodes/ZohoCrmUnblockEmail/search/share';
import { random } from './random';

export interface Scene {
	readonly records: number;
	readonly bad: number;
	/** Calls in flight at a time; they end in any order. */
	readonly slots: number;
	/** Whether the reply to a failed call says which record it failed for. */
	readonly named?: boolean;
}

/** log2(C(records, bad)). */
export function bound({ records, bad }: Pick<Scene, 'records' | 'bad'>): number {
	let bits = 0;
	for (let i = 0; i < bad; i++) bits += Math.log2((records - i) / (i + 1));
	return bits;
}

const without = (ids: readonly string[], id: string) => ids.filter((one) => one !== id);

/**
 * Settles the records of a list, and returns how many calls that took; at most 500 ids a call.
 *
 * @param next numbers from 0 to below 1: they say which of the calls in flight ends first
 */
export type Settle = (
	records: number,
	isBad: (record: number) => boolean,
	scene: Pick<Scene, 'slots' | 'named'>,
	next: () => number,
) => number;

/** Settles them with the search alone. */
export const callsToSettle: Settle = (records, isBad, { slots, named = false }, next) => {
	const isolation = new Isolation<string>({ most: 500, share: new ShareOfBad() });
	for (let i = 0; i < records; i++) isolation.add(String(i));
	isolation.close();
	const inFlight: Array<Batch<string>> = [];
	for (let calls = 0; ; ) {
		while (inFlight.length < slots) {
			const batch = isolation.draw();
			if (!batch) break;
			inFlight.push(batch);
			calls++;
		}
		const [batch] = inFlight.splice(Math.floor(next() * inFlight.length), 1);
		if (!batch) return calls;
		const culprit = batch.ids.find((id) => isBad(Number(id)));
		if (culprit === undefined) isolation.passed(batch);
		else if (named) isolation.again(batch, without(batch.ids, culprit));
		else isolation.failed(batch, culprit);
	}
};

/** The mean number of calls over some random placements of the bad records. */
export function meanCalls(
	scene: Scene,
	placements: number,
	seed: number,
	settle = callsToSettle,
): number {
	const next = random(seed);
	let calls = 0;
	for (let i = 0; i < placements; i++) {
		const bad = new Set<number>();
		while (bad.size < scene.bad) bad.add(Math.floor(next() * scene.records));
		calls += settle(scene.records, (record) => bad.has(record), scene, next);
	}
	return calls / placements;
}
