/** Rows that are of no more use to anybody, and are to go. Pure. */
import type { Notice, Row } from './leaseTable';
import { mattersUntil } from './leaseTable';

/** So many rows that no longer matter are worth removing. */
const WORTH_REMOVING = 10;
/** So many go at once: SQLite refuses a condition of 1,000 parts, and with it all that goes along. */
const MOST_AT_ONCE = 100;

export class Leftovers {
	/** Own rows: claims taken back, and claims whose answer was lost. They stand in the way of others. */
	private readonly own = new Set<number>();
	/** Rows of anybody's that no longer matter. */
	private outdated: readonly number[] = [];

	/** Whether there are rows that others had better not see. */
	get hasOwn(): boolean {
		return this.own.size > 0;
	}

	/** Whether it is such a row: no call was or will be made for it. */
	isOwn(id: number): boolean {
		return this.own.has(id);
	}

	/** The row of a claim that was taken back. */
	add(id: number): void {
		this.own.add(id);
	}

	/**
	 * Looks for them among rows that were read.
	 *
	 * @param now by the database's clock
	 * @param holder whose open rows are to go, unless they are among the `known` ones
	 */
	look(
		rows: readonly Row[],
		now: number,
		windowMs: number,
		holder: string,
		known: ReadonlySet<number>,
	): void {
		this.outdated = rows.filter((row) => mattersUntil(row, windowMs) <= now).map(({ id }) => id);
		for (const row of rows) {
			const isOwn = row.holder === holder && row.state === 'open';
			if (isOwn && !known.has(row.id)) this.own.add(row.id);
		}
	}

	/** That those which stand in the way are to go; undefined where there are none. */
	removeOwn(): Notice | undefined {
		if (this.own.size === 0) return undefined;
		return { kind: 'remove', ids: [...this.own].slice(0, MOST_AT_ONCE) };
	}

	/** That the others are to go, where there are enough. */
	removeOutdated(): Notice | undefined {
		if (this.outdated.length < WORTH_REMOVING) return undefined;
		return { kind: 'remove', ids: this.outdated.slice(0, MOST_AT_ONCE) };
	}

	/** These are gone. */
	forget(ids: readonly number[]): void {
		for (const id of ids) this.own.delete(id);
		this.outdated = this.outdated.filter((id) => !ids.includes(id));
	}
}
