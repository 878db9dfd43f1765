/** What is believed about the share of bad records in a list. Pure arithmetic. */

/** The shares that are distinguished, each 1.28 times the one before. */
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
 * `among` below says what is known of the records that a batch is part of: at least one bad record
 * is among so many, the batch's own included. Infinity where nothing is known.
 */
export class ShareOfBad {
	private weights = PRIOR;

	/** Takes in whether a batch of `size` records passed; `size` is less than `among`. */
	learn(passed: boolean, size: number, among: number): void {
		const likely = this.weights.map((weight, i) => {
			const batchGood = exp(size * LOG_GOOD[i]!);
			const allGood = exp(among * LOG_GOOD[i]!);
			return (weight * (passed ? batchGood - allGood : 1 - batchGood)) / (1 - allGood);
		});
		this.weights = normalized(likely).map((weight, i) => weight + CHANGE * (PRIOR[i]! - weight));
	}

	/**
	 * The size, 1 to `largest` and less than `among`, of the batch that tells most: the one whose
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
				const batchGood = exp(size * LOG_GOOD[i]!);
				chances += scale[i]! * (batchGood * (2 - SHARES[i]!) - 2 * allGood[i]!);
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
