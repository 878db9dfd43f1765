/** A table in memory and a process that uses it, for tests that go step by step. */
import { Leases, type Step } from '../../nodes/run/leases';
import { perform, type Operation, type Row, type Store } from '../../nodes/run/leaseTable';

export const LIMITS = { callsPerWindow: 100, windowMs: 300_000, longestCallMs: 60_000 };

/** A table in memory, on a clock that stands still until it is set. */
export class MemoryTable {
	now = 1_000_000;
	rows: Row[] = [];
	isAway = false;
	/** What was asked of it. */
	readonly asked: string[] = [];
	private lastId = 0;

	/** The table as one process reaches it. */
	as(holder: string): Store {
		const reach = (kind: string) => {
			this.asked.push(kind);
			if (this.isAway) throw new Error('the database is away');
		};
		return {
			claim: async (calls, endsAfterMs) => {
				reach('claim');
				return { id: this.insert({ holder, calls, endsAfterMs }), rows: [...this.rows] };
			},
			read: async () => {
				reach('read');
				return [...this.rows];
			},
			close: async (id, calls, endsAfterMs) => {
				reach('close');
				this.rows = this.rows.map((row) =>
					row.id === id ? { ...row, state: 'closed', calls, endsAfterMs } : row,
				);
			},
			remove: async (ids) => {
				reach('remove');
				this.rows = this.rows.filter(({ id }) => !ids.includes(id));
			},
			lock: async (endsAfterMs) => {
				reach('lock');
				this.insert({ holder, state: 'lock', calls: 0, endsAfterMs });
			},
		};
	}

	/** Inserts a row; where nothing else is said, an open one of another process. */
	insert(row: Partial<Row>): number {
		const id = ++this.lastId;
		const usual = { holder: 'other', state: 'open', calls: 10, endsAfterMs: 90_092 } as const;
		this.rows.push({ ...usual, id, createdAt: this.now, ...row });
		return id;
	}
}

/** A process: its leases, its way to the table, and a clock that began at 0. */
export class Process {
	readonly leases: Leases;
	private readonly store: Store;
	private readonly bornAt: number;

	constructor(
		private readonly table: MemoryTable,
		name = 'me',
		limits = LIMITS,
	) {
		this.leases = new Leases(limits, name, () => 0.5);
		this.store = table.as(name);
		this.bornAt = table.now;
	}

	get now(): number {
		return this.table.now - this.bornAt;
	}

	/** Does what is due with the table, and returns the first step that is something else. */
	async ask(wanted: number): Promise<Step> {
		for (;;) {
			const step = this.leases.next(wanted, this.now);
			if (step.do !== 'store') return step;
			await this.do(step.operation);
		}
	}

	async do(operation: Operation): Promise<void> {
		try {
			this.leases.took(operation, await perform(this.store, operation), this.now);
		} catch {
			this.leases.failed(operation, this.now);
		}
	}

	/** The next step, which must be an operation. */
	due(wanted: number): Operation {
		const step = this.leases.next(wanted, this.now);
		if (step.do !== 'store') throw new Error(`${step.do} where an operation was expected`);
		return step.operation;
	}

	/** Starts calls and returns their slots. */
	start(calls: number): symbol[] {
		return Array.from({ length: calls }, () => {
			const slot = this.leases.start(this.now);
			if (!slot) throw new Error('no call may start');
			return slot;
		});
	}

	/** Starts calls that end at once. */
	makeCalls(calls: number): void {
		for (const slot of this.start(calls)) this.leases.end(slot, this.now);
	}
}
