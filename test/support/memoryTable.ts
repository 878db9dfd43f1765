/** The table of the shared limit, in memory. */
import type { Notice, Result, Row, Trip } from '../../nodes/limit/leaseTable';

/** Its clock stands still until it is set. */
export class MemoryTable {
	now = 1_000_000;
	rows: Row[] = [];
	isAway = false;
	/** What was asked of it. */
	readonly asked: string[] = [];
	private lastId = 0;

	/** Makes a trip, as a store does. */
	async do({ notices, question }: Trip, holder: string): Promise<Result> {
		this.asked.push(...notices.map(({ kind }) => kind), ...(question ? [question.kind] : []));
		if (this.isAway) throw new Error('the database is away');
		for (const notice of notices) this.tell(notice, holder);
		if (!question) return {};
		if (question.kind === 'read') return { rows: [...this.rows] };
		const { isShort, calls, endsAfterMs } = question;
		return { id: this.insert({ holder, isShort, calls, endsAfterMs }), rows: [...this.rows] };
	}

	private tell(notice: Notice, holder: string): void {
		const { rows } = this;
		if (notice.kind === 'close') {
			const { id, calls, endsAfterMs } = notice;
			const change = { state: 'closed', calls, endsAfterMs } as const;
			this.rows = rows.map((row) => (row.id === id ? { ...row, ...change } : row));
		} else if (notice.kind === 'remove') {
			this.rows = rows.filter(({ id }) => !notice.ids.includes(id));
		} else {
			this.insert({ holder, state: 'lock', calls: 0, endsAfterMs: notice.endsAfterMs });
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
