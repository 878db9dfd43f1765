/**
 * Records of batches that were refused again and again, each time for one that was named, so that most of
 * them seem to be bad. As one batch they would go one call after the other, and each time all that are
 * left of them. So they go in small parts, as many at once as may. Pure.
 *
 * A part costs a call more than one large batch does, unless all of it is bad. So every second refusal
 * pays for one: of all the calls for named records at most a third is for parts, whatever the records
 * are like. Where parts pass at once, the next ones are larger, until one of them is as bad again.
 */

/** So many refusals a batch may meet, as one; another one says that it is full of bad ones. */
const PATIENCE = 25;
/** Of a part that is not small this is believed sooner. */
const PATIENCE_WITH_PARTS = 2;

/** The records of a small part. With `PATIENCE` it says how often a record of many bad ones is sent. */
const SMALL = 12;

/** As many times as large as a part that passed at once is the next one. */
const GROWTH = 2;

const REFUSALS_A_PART = 2;

/** While so many parts are paid for, they are small; then the rest is spread over those that are. */
const PLENTY = 6;

export class Crowd {
	private ids: string[] = [];
	private size = SMALL;
	private refusals = 0;
	private passes = 0;

	get isEmpty(): boolean {
		return this.ids.length === 0;
	}

	/**
	 * A batch was refused for one that was named.
	 *
	 * @param others the others of it
	 * @param refusals that it has met by now, all those of its larger self included
	 * @param isPart whether it is a part of a crowd
	 * @returns whether they are here from now on; else they are to go again as they are
	 */
	refused(others: readonly string[], refusals: number, isPart: boolean): boolean {
		this.refusals++;
		if (refusals <= (isPart ? PATIENCE_WITH_PARTS : PATIENCE) || others.length < SMALL)
			return false;
		this.size = SMALL;
		this.ids.push(...others);
		return true;
	}

	/** A part has passed, at once or after refusals. */
	partPassed(size: number, isAtOnce: boolean): void {
		this.passes++;
		if (isAtOnce) this.size = Math.max(this.size, GROWTH * size);
	}

	/**
	 * Takes out the next part.
	 *
	 * @param most the most ids it may hold
	 * @param open batches that are under way, each of which may be a part that passes
	 */
	draw(most: number, open: number): string[] {
		const paid = Math.floor(this.refusals / REFUSALS_A_PART) - this.passes - open;
		const spread = paid < PLENTY ? Math.ceil(this.ids.length / Math.max(1, paid)) : 0;
		return this.ids.splice(0, Math.min(most, Math.max(this.size, spread)));
	}

	/** Takes out all. */
	clear(): string[] {
		return this.ids.splice(0);
	}
}
