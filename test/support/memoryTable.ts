/** The table of the shared limit, in memory. */
import type { Operation, Result, Row } from '../../nodes/limit/leaseTable';

/** Its clock stands still until it is set. */
export class MemoryTable {
	now = 1_000_000;
	rows: Row[] = [];
	isAway = false;
	/** What was asked of it. */
	readonly asked: string[] = [];
	private lastId = 0;

	/** Does an operation, as a store does. */
	async do(operation: Operation, holder: string): Promise<Result> {
		this.asked.push(operation.kind);
		if (this.isAway) throw new Error('the database is away');
		switch (operation.kind) {
			case 'claim': {
				const { isShort, calls, endsAfterMs } = operation;
				return { id: this.insert({ holder, isShort, calls, endsAfterMs }), rows: [...this.rows] };
			}
			case 'read':
				return { rows: [...this.rows] };
			case 'close': {
				const { id, calls, endsAfterMs } = operation;
				this.rows = this.rows.map((row) =>
					row.id === id ? { ...row, state: 'closed', calls, endsAfterMs } : row,
				);
				return {};
			}
			case 'remove':
				this.rows = this.rows.filter(({ id }) => !operation.ids.includes(id));
				return {};
			case 'lock':
				this.insert({ holder, state: 'lock', calls: 0, endsAfterMs: operation.endsAfterMs });
				return {};
		}
	}

	/** Inserts a row; where nothing else is said, an open one of another process. */
	insert(row: Partial<Row>): number {
		const id = ++this.lastId;
		const usual = {
			holder: 'other',
			state: 'open',
			isShort: false,
			calls: 10,
			endsAfterMs: 90_092,
		} as const;
		this.rows.push({ ...usual, id, createdAt: this.now, ...row });
		return id;
	}
}
