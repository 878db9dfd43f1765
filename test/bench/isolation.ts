/* eslint-disable no-console, @n8n/community-nodes/no-restricted-globals */
/**
 * How many calls it takes to tell the bad records from the good ones, as a ratio to log2(C(n, k))
 * and a call a batch: with k bad ones among n no procedure can do with fewer than log2(C(n, k)).
 *
 *     npx tsx test/bench/isolation.ts [seed]
 */
import { Isolation, type Batch } from '../../nodes/ZohoCrmUnblockEmail/isolation';

export interface Scene {
	readonly records: number;
	readonly bad: number;
	/** Calls in flight at a time; they end in any order. */
	readonly slots: number;
	/** Whether the reply to a failed call says which record it failed for. */
	readonly named?: boolean;
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** log2(C(records, bad)). */
export function bound({ records, bad }: Pick<Scene, 'records' | 'bad'>): number {
	let bits = 0;
	for (let i = 0; i < bad; i++) bits += Math.log2((records - i) / (i + 1));
	return bits;
}

const without = (ids: readonly string[], id: string) => ids.filter((one) => one !== id);

/** Settles the records of a list, and returns how many calls that took; at most 500 ids a call. */
export function callsToSettle(
	records: number,
	isBad: (record: number) => boolean,
	{ slots, named = false }: Pick<Scene, 'slots' | 'named'>,
	next: () => number,
): number {
	const isolation = new Isolation<string>(500);
	for (let i = 0; i < records; i++) isolation.add(String(i));
	isolation.close();
	const inFlight: Batch[] = [];
	for (let calls = 0; ; ) {
		while (inFlight.length < slots) {
			const batch = isolation.next();
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
}

/** The mean number of calls over some random placements of the bad records. */
export function meanCalls(scene: Scene, placements: number, seed: number): number {
	const next = random(seed);
	let calls = 0;
	for (let i = 0; i < placements; i++) {
		const bad = new Set<number>();
		while (bad.size < scene.bad) bad.add(Math.floor(next() * scene.records));
		calls += callsToSettle(scene.records, (record) => bad.has(record), scene, next);
	}
	return calls / placements;
}

function row(name: string, scene: Scene, placements: number, few: number, seed: number): void {
	const cells = [1, 5].map((slots) => {
		const mean = meanCalls({ ...scene, slots }, placements, seed);
		return `${mean.toFixed(1).padStart(8)} ${(mean / few).toFixed(3).padStart(6)}`;
	});
	console.log(`${name.padEnd(34)} ${few.toFixed(1).padStart(7)} ${cells.join('')}`);
}

function main(seed: number): void {
	console.log(`${''.padEnd(34)} ${'bound'.padStart(7)}    one at a time five in flight`);
	for (const bad of [0, 1, 2, 5, 10, 25, 50, 100, 150]) {
		const scene = { records: 500, bad, slots: 1 };
		row(`500 records, ${bad} bad`, scene, 30, bound(scene) + 1, seed);
	}
	for (const bad of [200, 250, 350, 500]) {
		row(`500, ${bad} bad, to a call a record`, { records: 500, bad, slots: 1 }, 30, 500, seed);
	}
	for (const bad of [1, 25, 500]) {
		const calls = bad === 500 ? bad : bad + 1;
		row(`500, ${bad} bad, named`, { records: 500, bad, slots: 1, named: true }, 30, calls, seed);
	}
	for (const bad of [0, 1, 10, 100, 1000]) {
		const scene = { records: 10_000, bad, slots: 1 };
		row(`10000 records, ${bad} bad`, scene, 5, bound(scene) + 20, seed);
	}
	for (const bad of [50, 500, 5000]) {
		const begin = process.hrtime.bigint();
		const calls = meanCalls({ records: 50_000, bad, slots: 5 }, 1, seed);
		const us = Number(process.hrtime.bigint() - begin) / 1000;
		const each = `${(us / calls).toFixed(0)} µs a call`;
		console.log(`50000 records, ${bad} bad: ${calls} calls, ${each} to plan and to simulate`);
	}
}

if (require.main === module) main(Number(process.argv[2] ?? 1));
