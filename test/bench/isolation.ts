/**
 * How many calls it takes to tell the bad records from the good ones, as a ratio to log2(C(n, k))
 * and a call a batch: with k bad ones among n no procedure can do with fewer than log2(C(n, k)).
 *
 *     npx tsx test/bench/isolation.ts [seed]
 */
import { bound, meanCalls, type Scene } from '../support/isolation';

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
