/**
 * Which ids to send next, given what came back. Knows nothing of HTTP.
 *
 * A call for up to 500 records may fail for the sake of one of them and not say which. To find the
 * bad ones in few calls is adaptive group testing. This is the nested procedure of Sobel and Groll
 * (1959), of which Hwang's generalized binary splitting (1972) is the form for a known number of
 * bad ones: a failed group is split until one bad record is found, its records that were not needed
 * for that are as unknown as before, and each group is as large as the share of bad records seen so
 * far makes sensible. A list with one bad record costs about log2(n) calls more than a clean list,
 * a list full of them hardly more than one call a record.
 */

/** One call to send, and the token by which it is answered. */
export interface Group {
	readonly ids: readonly string[];
}

/** A record that is bad, with the failure of the smallest failing call that held it. */
export interface Culprit<F> {
	readonly id: string;
	readonly failure: F;
}

/** At least one of `ids` is bad: these, and beside them only good ones, met with `failure`. */
interface Suspects<F> {
	readonly ids: readonly string[];
	readonly failure: F;
}

/** The shares that are told apart, each 1.28 times the one before. */
const SHARES = Array.from({ length: 48 }, (_, i) => 1e-5 * (0.99 / 1e-5) ** (i / 47));
const LOG_GOOD = SHARES.map((share) => Math.log1p(-share));
/**
 * Before the first call small shares are likelier, by so much that 500 records are tried whole: a
 * clean list is never split. With less weight on the large ones a single bad record would be found
 * a call sooner, and a list full of them some calls later.
 */
const PRIOR = normalized(SHARES.map((share) => share ** -0.5));
/** The chance, at each call, that the share is another from here on: lists come in stretches. */
const CHANGE = 0.002;

/** Looked up once, not some hundred times a call. */
const { exp } = Math;

function normalized(weights: number[]): number[] {
	const sum = weights.reduce((a, b) => a + b);
	return weights.map((weight) => weight / sum);
}

/**
 * What is believed about the share of bad records among those not tried yet: a weight for each of
 * `SHARES`, corrected by Bayes' rule after each call. Isolations of one run may have one in common.
 *
 * `among` below says what is known of the records that a group is part of: at least one bad record
 * is among so many, the group's own included. Infinity where nothing is known.
 */
export class ShareOfBad {
	private weights = PRIOR;

	/** Takes in whether a group of `size` records passed; `size` is less than `among`. */
	learn(passed: boolean, size: number, among: number): void {
		const likely = this.weights.map((weight, i) => {
			const groupGood = exp(size * LOG_GOOD[i]!);
			const allGood = exp(among * LOG_GOOD[i]!);
			return (weight * (passed ? groupGood - allGood : 1 - groupGood)) / (1 - allGood);
		});
		this.weights = normalized(likely).map((weight, i) => weight + CHANGE * (PRIOR[i]! - weight));
	}

	/**
	 * The size, 1 to `largest` and less than `among`, of the group that tells most: the one whose
	 * chance to pass is nearest to one half. Where the share of good records q is certain and
	 * nothing else is known, that is the least size with q^size + q^(size + 1) <= 1, which is
	 * optimal (Gallager and van Voorhis, 1975): one record a call from 38 % bad ones upwards.
	 */
	bestSize(among: number, largest: number): number {
		const allGood = LOG_GOOD.map((log) => exp(among * log));
		const scale = this.weights.map((weight, i) => weight / (1 - allGood[i]!));
		const tooSmall = (size: number) => {
			let chances = 0; // to pass at this size, and at the next
			for (let i = 0; i < SHARES.length; i++) {
				const groupGood = exp(size * LOG_GOOD[i]!);
				chances += scale[i]! * (groupGood * (2 - SHARES[i]!) - 2 * allGood[i]!);
			}
			return chances > 1;
		};
		let low = 1;
		let high = Math.min(largest, among - 1);
		while (low < high) {
			const middle = Math.floor((low + high) / 2);
			if (tooSmall(middle)) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

/**
 * Plans the calls for a list of records, any number of them in flight: ask `next` while there is a
 * free slot, and answer each group once, by `passed`, `failed`, `named`, `settled` or `returned`.
 * The answer settles the records that its text says; no record is sent again once it is settled,
 * and none is in two calls in flight. `F` is whatever the caller knows of a failed call.
 */
export class Isolation<F> {
	/** Never tried: a stack, the next one on top. */
	private readonly fresh: string[];
	/** Tried in vain, in groups that failed for another record's sake, as far as anyone knows. */
	private readonly open: string[] = [];
	/** What is left of groups whose culprit was named. */
	private readonly again: Array<readonly string[]> = [];
	private readonly suspects: Array<Suspects<F>> = [];
	/** The calls in flight; those that try a part of some suspects, with the other part. */
	private readonly inFlight = new Map<Group, Suspects<F> | undefined>();

	/**
	 * @param ids distinct
	 * @param maxGroupSize the most ids that a call may hold, 1 or more
	 * @param share what other isolations of the same run have learned, if there are any
	 * @param failure of a call of all the ids, if there was one: then they are suspects; 2 ids or more
	 */
	constructor(
		ids: readonly string[],
		private maxGroupSize: number,
		private readonly share = new ShareOfBad(),
		failure?: F,
	) {
		this.fresh = failure === undefined ? [...ids].reverse() : [];
		if (failure !== undefined) this.suspect({ ids, failure });
	}

	/**
	 * The next group to send. Undefined while calls are in flight: ask again after the next answer.
	 * Undefined when there are none: every record is settled.
	 */
	next(): Group | undefined {
		const again = this.again.pop();
		if (again) {
			if (again.length > this.maxGroupSize) this.again.push(again.slice(this.maxGroupSize));
			return this.send(again.slice(0, this.maxGroupSize));
		}
		const suspects = this.suspects.pop();
		if (suspects) {
			const { ids, failure } = suspects;
			const size = this.share.bestSize(ids.length, this.maxGroupSize);
			return this.send(ids.slice(0, size), { ids: ids.slice(size), failure });
		}
		if (this.fresh.length === 0 && this.open.length === 0) return undefined;
		// Fresh and open records do not go together: they are from different stretches of the list.
		const size = this.share.bestSize(Infinity, this.maxGroupSize);
		if (this.fresh.length > 0) return this.send(this.fresh.splice(-size).reverse());
		// Splitting a group opens more records, and tells of the share. Who hurries to fill the free
		// slots meanwhile pays for a single bad record with many small groups.
		const splitting = [...this.inFlight.values()].some((rest) => rest !== undefined);
		if (this.open.length === 0 || (splitting && this.open.length < 3 * size)) return undefined;
		return this.send(this.open.splice(-size));
	}

	/**
	 * The whole group is good, and settled. Returns the record that is bad by inference, if the group
	 * leaves only this one of its suspects: it is settled too, without a call of its own.
	 */
	passed(group: Group): Culprit<F> | undefined {
		const rest = this.learn(true, group);
		return rest && this.suspect(rest);
	}

	/** At least one record of the group is bad. Returns it, settled, if the group is but one. */
	failed(group: Group, failure: F): Culprit<F> | undefined {
		const rest = this.learn(false, group);
		if (rest) this.open.push(...rest.ids);
		return this.suspect({ ids: group.ids, failure });
	}

	/**
	 * The record `id` of the group is bad, and settled; the others go again, as one group. This and
	 * `settled` teach nothing about the share, which is of use only where nobody is named: else the
	 * largest group is the best.
	 */
	named(group: Group, id: string): void {
		this.settled(group);
		const others = group.ids.filter((other) => other !== id);
		if (others.length > 0) this.again.push(others);
	}

	/** Every record of the group is settled, each with an outcome of its own or all with one. */
	settled(group: Group): void {
		const rest = this.land(group);
		if (rest) this.open.push(...rest.ids); // the bad one may have been in the group
	}

	/** Nothing was done to the group, which tells nothing: its records are to be sent again. */
	returned(group: Group): void {
		const rest = this.land(group);
		if (rest) this.suspects.push({ ...rest, ids: [...group.ids, ...rest.ids] });
		else this.fresh.push(...[...group.ids].reverse());
	}

	/** From now on a call may hold no more than `ids` ids, 1 or more; more than before is ignored. */
	limitSize(ids: number): void {
		this.maxGroupSize = Math.min(this.maxGroupSize, ids);
	}

	private send(ids: readonly string[], rest?: Suspects<F>): Group {
		const group = { ids };
		this.inFlight.set(group, rest);
		return group;
	}

	private land(group: Group): Suspects<F> | undefined {
		const rest = this.inFlight.get(group);
		this.inFlight.delete(group);
		return rest;
	}

	private learn(passed: boolean, group: Group): Suspects<F> | undefined {
		const rest = this.land(group);
		const size = group.ids.length;
		this.share.learn(passed, size, rest ? size + rest.ids.length : Infinity);
		return rest;
	}

	private suspect(suspects: Suspects<F>): Culprit<F> | undefined {
		const [id, ...others] = suspects.ids;
		if (id !== undefined && others.length === 0) return { id, failure: suspects.failure };
		this.suspects.push(suspects);
		return undefined;
	}
}
