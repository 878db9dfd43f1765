/** The table of the shared limit, in memory. */
import type { NewRow, Row, Trip } from '../../nodes/limit/leaseTable';

/** Its clock stands still until it is set. */
export class MemoryTable {
	now = 1_000_000;
	rows: Row[] = [];
	isAway = false;
	/** What was done, in words: `close`, `lock` … */
	readonly asked: string[] = [];
	private lastId = 0;

	/** Makes a trip, as a store does. */
	async visit(trip: Trip): Promise<readonly Row[]> {
		const { remove, close, lock, claim } = trip;
		if (remove.length > 0) this.asked.push('remove');
		this.asked.push(...close.map(() => 'close'));
		if (lock) this.asked.push('lock');
		if (claim) this.asked.push('claim');
		if (this.isAway) throw new Error('the database is away');
		this.begin(trip)();
		return claim ? [...this.rows] : [];
	}

	/** Gives the rows of a trip their ids and times. All of it shows when what is returned is called. */
	begin({ remove, close, lock, claim }: Trip, written = (row: Row) => row): () => void {
		const inserted = [lock, claim]
			.filter((row) => row !== undefined)
			.map((row) => written({ ...row, id: ++this.lastId, createdAt: this.now }));
		return () => {
			this.rows = this.rows.filter((row) => !remove.includes(row.claim));
			for (const closing of close) {
				this.rows = this.rows.map((row) =>
					row.claim === closing.claim ? { ...row, ...closing, state: 'closed' } : row,
				);
			}
			this.rows.push(...inserted);
		};
	}

	/** Inserts a row; where nothing else is said, an open one of another process. Returns its claim. */
	insert(row: Partial<NewRow> & { createdAt?: number }): string {
		const id = ++this.lastId;
		const usual = {
			claim: `other ${id}`,
			state: 'open',
			isShort: false,
			calls: 10,
			endsAfterMs: 90_092,
		} as const;
		const inserted = { ...usual, id, createdAt: this.now, ...row };
		this.rows.push(inserted);
		return inserted.claim;
	}
}
