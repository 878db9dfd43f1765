/** A server that refuses calls with bad records in many ways, and the search that finds them. */
import {
	Isolation,
	type Batch,
	type Sizing,
} from '../../../nodes/ZohoCrmUnblockEmail/search/isolation';
import { ShareOfBad } from '../../../nodes/ZohoCrmUnblockEmail/search/share';
import { fc } from '../../support/fc';
import { random } from '../../support/random';

/** What the server is like at one call; a call without a bad record passes at every one of them. */
type Reply =
	| 'namesFirst' // the failure of the first bad record, and its index
	| 'namesLast'
	| 'failsForFirst' // the failure of the first bad record, without an index
	| 'failsForLast'
	| 'mixed' // an outcome for each record
	| 'callFails' // an outcome for the call, whoever is in it
	| 'notSent' // nothing was done
	| 'tooMany'; // refuses more than half as many

export const tellingReplies: Reply[] = [
	'namesFirst',
	'namesLast',
	'failsForFirst',
	'failsForLast',
	'mixed',
];
export const allReplies: Reply[] = [...tellingReplies, 'callFails', 'notSent', 'tooMany'];

interface Run {
	readonly bad: readonly boolean[];
	readonly maxBatchSize: number;
	readonly slots: number;
	readonly reply: (call: number) => Reply;
	/** Which of the calls in flight ends next. */
	readonly ends: (inFlight: number) => number;
}

/** What a search begins with that takes so many ids a call. */
export const sizingOf = (most: number, share = new ShareOfBad()): Sizing => ({ most, share });

/** The isolation of a list that is whole. */
export function isolationOf(ids: readonly string[], sizing: Sizing) {
	const isolation = new Isolation<string>(sizing);
	for (const id of ids) isolation.add(id);
	isolation.close();
	return isolation;
}

/** An outcome names the record whose failure it is, 'good', or 'callFailed'. */
export function settle(run: Run): { outcomes: Map<string, string>; calls: string[][] } {
	const ids = run.bad.map((_, i) => `id${i}`);
	const isBad = (id: string) => run.bad[Number(id.slice(2))] ?? false;
	const sizing = sizingOf(run.maxBatchSize);
	const isolation = isolationOf(ids, sizing);
	const outcomes = new Map<string, string>();
	const calls: string[][] = [];
	const inFlight: Array<Batch<string>> = [];
	let maxBatchSize = run.maxBatchSize;

	const outcome = (id: string, value: string) => {
		if (outcomes.has(id)) throw new Error(`${id} is settled twice`);
		outcomes.set(id, value);
	};
	const answer = (batch: Batch<string>, reply: Reply) => {
		const culprits = batch.ids.filter(isBad);
		const first = culprits[0];
		const last = culprits.at(-1);
		if (reply === 'notSent') return isolation.putBack(batch);
		if (reply === 'tooMany' && batch.ids.length > 1) {
			maxBatchSize = Math.min(maxBatchSize, Math.floor(batch.ids.length / 2));
			sizing.most = maxBatchSize;
			return isolation.putBack(batch);
		}
		if (reply === 'callFails') {
			for (const id of batch.ids) outcome(id, 'callFailed');
			return isolation.settled(batch);
		}
		if (first === undefined || last === undefined) {
			for (const id of batch.ids) outcome(id, 'good');
			const inferred = isolation.passed(batch);
			if (inferred) outcome(inferred.id, inferred.failure);
		} else if (reply === 'mixed') {
			for (const id of batch.ids) outcome(id, isBad(id) ? id : 'good');
			isolation.settled(batch);
		} else if (reply === 'namesFirst' || reply === 'namesLast') {
			const named = reply === 'namesFirst' ? first : last;
			outcome(named, named);
			isolation.again(
				batch,
				batch.ids.filter((id) => id !== named),
			);
		} else {
			const culprit = isolation.failed(batch, reply === 'failsForLast' ? last : first);
			if (culprit) outcome(culprit.id, culprit.failure);
		}
	};

	for (;;) {
		while (inFlight.length < run.slots) {
			const batch = isolation.draw();
			if (!batch) break;
			const others = new Set(inFlight.flatMap((other) => other.ids));
			if (batch.ids.length < 1 || batch.ids.length > maxBatchSize) throw new Error('wrong size');
			for (const id of batch.ids) {
				if (outcomes.has(id)) throw new Error(`${id} is sent again`);
				if (others.has(id)) throw new Error(`${id} is in flight twice`);
			}
			inFlight.push(batch);
			calls.push([...batch.ids]);
		}
		const [batch] = inFlight.splice(run.ends(inFlight.length), 1);
		if (!batch) return { outcomes, calls };
		answer(batch, run.reply(calls.length));
	}
}

export function right(bad: readonly boolean[]): Map<string, string> {
	return new Map(bad.map((isBad, i) => [`id${i}`, isBad ? `id${i}` : 'good']));
}

function cyclic<T>(values: readonly T[]): (i: number) => T {
	return (i) => values[i % values.length]!;
}

/** A run of up to 80 records, clean to full of bad ones, in any order of completion. */
export function anyRun(replies: Reply[]): fc.Arbitrary<Run> {
	return fc.record({
		bad: fc
			.tuple(fc.constantFrom(1, 2, 4, 20), fc.array(fc.nat(), { maxLength: 80 }))
			.map(([oneIn, numbers]) => numbers.map((number) => number % oneIn === 0)),
		maxBatchSize: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant(500)),
		slots: fc.integer({ min: 1, max: 10 }),
		reply: fc.array(fc.constantFrom(...replies), { minLength: 1, maxLength: 20 }).map(cyclic),
		ends: fc.integer().map((seed) => {
			const next = random(seed);
			return (inFlight: number) => Math.floor(next() * inFlight);
		}),
	});
}

export const sorted = (outcomes: Map<string, string>) => [...outcomes].sort();
