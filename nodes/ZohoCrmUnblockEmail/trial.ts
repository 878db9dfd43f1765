/** Whether a refusal that nobody has listed is about one record or about all. Pure. */
import type { Failure } from '../zoho/failures';
import { plain } from '../zoho/json';
import type { Batch, Isolation } from './isolation';

/** So many single records, and so many calls in all, must be refused for all to be given up. */
const SINGLES = 3;
const REFUSALS = SINGLES + 1;

/** A part of a search that is in flight, as far as the search knows. */
export interface Part {
	search: Isolation<Failure>;
	batch: Batch;
}

/**
 * An unknown NOT_ALLOWED, or a missing permission, may be about one record of a batch or about every
 * call. Single records decide, one after the other: the first that is not refused says that it is
 * about some records only.
 */
export class Trial {
	/** A single record is under way. */
	isTesting = false;
	/**
	 * The batches that wait. Those that are cleared have lost a record that did not pass, so the others
	 * in them may all be good; the rest hold at least one that is not.
	 */
	readonly held: Array<Part & { failure: Failure; isCleared: boolean }> = [];
	/** The refusals in question: they need not all be the same. */
	readonly failures: Failure[] = [];
	private tested: { isCleared: boolean } | undefined;
	private singles = 0;

	/** A batch was refused: it waits for the verdict. */
	hold(part: Part, failure: Failure): void {
		this.failures.push(failure);
		this.held.push({ ...part, failure, isCleared: false });
	}

	/** Whether a refusal is one of those in question. */
	isAbout(refusal: Failure): boolean {
		return this.failures.some((failure) => sameRefusal(failure) === sameRefusal(refusal));
	}

	/** Takes a single record out of what is held: from the ends and the middle of a batch in turn. */
	next(): Part | undefined {
		const held = this.held.find(({ batch }) => batch.ids.length > 0);
		this.tested = held;
		if (!held) return undefined;
		const { search, batch } = held;
		const ids = [...batch.ids];
		const place = [0, ids.length - 1, ids.length >> 1][this.singles % 3] ?? 0;
		const single = ids.splice(place, 1);
		search.settled(batch);
		held.batch = search.adopt(ids);
		return { search, batch: search.adopt(single) };
	}

	/** The single record under test did not pass: it may have been the one that the others wait for. */
	lose(): void {
		if (this.tested) this.tested.isCleared = true;
	}

	/** A single record was refused. Returns whether that decides that all would be. */
	refuse(failure: Failure): boolean {
		this.failures.push(failure);
		this.singles++;
		return this.singles >= SINGLES && this.failures.length >= REFUSALS;
	}
}

/** What makes two refusals the same one. */
export function sameRefusal({ code, message }: Failure): string {
	return `${code} ${plain(message)}`;
}
