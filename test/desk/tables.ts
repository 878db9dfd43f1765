/**
 * n8n's Data Tables in memory, as far as the template of the desk uses them: its nodes' parameters are
 * read as n8n's Data Table node reads them. The end-to-end test runs the same nodes in a real n8n.
 */
import type { IDataObject } from 'n8n-workflow';

export type Row = IDataObject & { id: number; createdAt: string };
type Holds = (row: Row) => boolean;

interface Condition {
	keyName: string;
	condition: string;
	keyValue?: unknown;
}

/** As the columns here need it: texts as texts, and what is to be a number as a number. */
function compare(held: unknown, asked: unknown): number {
	if (typeof held === 'string' && typeof asked === 'string') {
		return held === asked ? 0 : held < asked ? -1 : 1;
	}
	return Number(held) - Number(asked);
}

const CONDITIONS: Record<string, (held: unknown, asked: unknown) => boolean> = {
	eq: (held, asked) => held !== null && compare(held, asked) === 0,
	lt: (held, asked) => held !== null && compare(held, asked) < 0,
	lte: (held, asked) => held !== null && compare(held, asked) <= 0,
	gt: (held, asked) => held !== null && compare(held, asked) > 0,
	gte: (held, asked) => held !== null && compare(held, asked) >= 0,
	isNotEmpty: (held) => held !== null && held !== '',
};

class Table {
	rows: Row[] = [];
	/** ms; n8n's own search by name takes the table that was changed last. */
	changed = 0;

	constructor(
		readonly id: string,
		readonly name: string,
		readonly columns: readonly string[],
	) {}

	matching({ matchType, filters }: IDataObject): Holds {
		const { conditions = [] } = (filters ?? {}) as { conditions?: Condition[] };
		if (matchType !== 'allConditions') throw new Error('Only "All Conditions" is played');
		const holds = conditions.map(({ keyName, condition, keyValue }): Holds => {
			const test = CONDITIONS[condition];
			if (!test) throw new Error(`The condition "${condition}" is not played`);
			if (!['id', 'createdAt', ...this.columns].includes(keyName)) {
				throw new Error(`Filter validation failed: no column "${keyName}"`);
			}
			return (row) => test(row[keyName] ?? null, keyValue);
		});
		return (row) => holds.every((hold) => hold(row));
	}

	/** Rows lie in the order of their ids, which is the only order that the template asks for. */
	get(holds: Holds, parameters: IDataObject): Row[] {
		const { returnAll, limit, orderBy, orderByColumn, orderByDirection } = parameters;
		const most = returnAll === true ? Infinity : Number(limit);
		// n8n issue 33440: beyond its page of 1,000 rows, rows without an order can come twice or not at all.
		if (orderBy !== true && most > 1_000) throw new Error('Many rows, and no order');
		if (orderBy === true && orderByColumn !== 'id')
			throw new Error('Only the order of ids is played');
		const isBackwards = orderBy === true && orderByDirection === 'DESC';
		const found: Row[] = [];
		for (let step = 0; step < this.rows.length && found.length < most; step++) {
			const row = this.rows[isBackwards ? this.rows.length - 1 - step : step];
			if (row && holds(row)) found.push(row);
		}
		return found;
	}
}

const ALL = { returnAll: true, orderBy: true, orderByColumn: 'id' };

/** The tables of one n8n. */
export class Tables {
	private tables: Table[] = [];
	private lastId = 0;

	/** @param now ms, as the database's clock has them */
	constructor(private readonly now: () => number) {}

	/** What one run of a Data Table node gives for one item, its parameters resolved. */
	run(parameters: IDataObject, item: IDataObject): IDataObject[] {
		const { resource, operation } = parameters;
		if (resource === 'table' && operation === 'create') return this.create(parameters);
		if (resource === 'table' && operation === 'list') return this.list(parameters);
		const table = this.located(parameters.dataTableId as IDataObject);
		if (operation === 'insert') return [this.insert(table, valuesOf(parameters, item))];
		const holds = table.matching(parameters);
		switch (operation) {
			case 'get':
				return table.get(holds, parameters).map((row) => ({ ...row }));
			case 'update': {
				const changed = table.get(holds, ALL);
				for (const row of changed) Object.assign(row, valuesOf(parameters, item));
				return changed.map((row) => ({ ...row }));
			}
			case 'deleteRows': {
				const gone = table.get(holds, ALL);
				if (gone.length > 0) table.rows = table.rows.filter((row) => !gone.includes(row));
				return gone;
			}
			default:
				throw new Error(`The Data Table node cannot ${String(operation)}`);
		}
	}

	/** The rows of a table; none where there is no such table. */
	rows(name: string): readonly Row[] {
		return this.tables.find((table) => table.name === name)?.rows ?? [];
	}

	/** Puts rows into a table, which must be there. */
	add(name: string, rows: readonly IDataObject[]): Row[] {
		return rows.map((row) => this.insert(this.named(name), row));
	}

	/** Makes a table as a person can, of any name. */
	make(name: string, columns: readonly string[]): void {
		const table = new Table(`table${++this.lastId}`, name, columns);
		table.changed = this.now();
		// Before the others: of those that were changed in the same moment, the search may find any.
		this.tables.unshift(table);
	}

	/** Deletes a table, as a person can. */
	drop(name: string): void {
		this.tables = this.tables.filter((table) => table.name !== name);
	}

	/** Takes the oldest rows out of a table, but for the last few. */
	takeOld(name: string, kept: number): Row[] {
		const table = this.named(name);
		return table.rows.splice(0, Math.max(0, table.rows.length - kept));
	}

	private named(name: string): Table {
		const table = this.tables.find((one) => one.name === name);
		if (!table) throw new Error(`No data table "${name}"`);
		return table;
	}

	/** As n8n's `resolveDataTableId` does: "By Name" is a search, of which the first hit is taken. */
	private located({ mode, value }: IDataObject): Table {
		const table =
			mode === 'name' ? this.search(String(value))[0] : this.tables.find(({ id }) => id === value);
		if (!table) throw new Error(`Data table with ${String(mode)} "${String(value)}" not found`);
		return table;
	}

	/** n8n's own search: `LIKE '%name%'` without case, the table that was changed last first. */
	private search(name: string): Table[] {
		const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('_', '.');
		const like = new RegExp(escaped.replaceAll('%', '.*'), 'is');
		return this.tables
			.filter((table) => like.test(table.name))
			.sort((one, other) => other.changed - one.changed);
	}

	private list({ returnAll, options }: IDataObject): IDataObject[] {
		if (returnAll !== true) throw new Error('Only "Return All" is played');
		const { filterName = '' } = options as { filterName?: string };
		return this.search(filterName).map(({ id, name }) => ({ id, name }));
	}

	private create({ tableName, columns, options }: IDataObject): IDataObject[] {
		const name = String(tableName);
		const [first] = this.search(name);
		if ((options as IDataObject).createIfNotExists === true && first?.name === name) {
			return [{ id: first.id, name }];
		}
		if (this.tables.some((table) => table.name === name)) {
			throw new Error(`Data table with name '${name}' already exists in this project`);
		}
		const { column } = columns as { column: Array<{ name: string }> };
		const table = new Table(
			`table${++this.lastId}`,
			name,
			column.map((one) => one.name),
		);
		table.changed = this.now();
		this.tables.push(table);
		return [{ id: table.id, name }];
	}

	private insert(table: Table, values: IDataObject): Row {
		const unknown = Object.keys(values).find((name) => !table.columns.includes(name));
		if (unknown !== undefined) throw new Error(`unknown column name '${unknown}'`);
		const empty = Object.fromEntries(table.columns.map((name) => [name, null]));
		const createdAt = new Date(this.now()).toISOString();
		const row: Row = { ...empty, ...values, id: ++this.lastId, createdAt };
		table.rows.push(row);
		table.changed = this.now();
		return { ...row };
	}
}

function valuesOf({ columns }: IDataObject, item: IDataObject): IDataObject {
	const { mappingMode, value } = columns as IDataObject;
	return mappingMode === 'autoMapInputData' ? item : (value as IDataObject);
}
