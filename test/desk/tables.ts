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
	constructor(readonly columns: readonly string[]) {}

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
	get(holds: Holds, { limit, orderBy, orderByColumn, orderByDirection }: IDataObject): Row[] {
		if (orderBy === true && orderByColumn !== 'id')
			throw new Error('Only the order of ids is played');
		const isBackwards = orderBy === true && orderByDirection === 'DESC';
		const found: Row[] = [];
		for (let step = 0; step < this.rows.length && found.length < Number(limit); step++) {
			const row = this.rows[isBackwards ? this.rows.length - 1 - step : step];
			if (row && holds(row)) found.push(row);
		}
		return found;
	}
}

/** The tables of one n8n, by name. */
export class Tables {
	private readonly tables = new Map<string, Table>();
	private lastId = 0;

	/** @param now ms, as the database's clock has them */
	constructor(private readonly now: () => number) {}

	/** What one run of a Data Table node gives for one item, its parameters resolved. */
	run(parameters: IDataObject, item: IDataObject): IDataObject[] {
		const { resource, operation } = parameters;
		if (resource === 'table' && operation === 'create') return this.create(parameters);
		const table = this.named(String((parameters.dataTableId as IDataObject).value));
		if (operation === 'insert') return [this.insert(table, valuesOf(parameters, item))];
		const holds = table.matching(parameters);
		switch (operation) {
			case 'get':
				return table.get(holds, parameters).map((row) => ({ ...row }));
			case 'update': {
				const changed = table.get(holds, { limit: Infinity });
				for (const row of changed) Object.assign(row, valuesOf(parameters, item));
				return changed.map((row) => ({ ...row }));
			}
			case 'deleteRows': {
				const gone = table.get(holds, { limit: Infinity });
				if (gone.length > 0) table.rows = table.rows.filter((row) => !gone.includes(row));
				return gone;
			}
			default:
				throw new Error(`The Data Table node cannot ${String(operation)}`);
		}
	}

	/** The rows of a table; none where there is no such table. */
	rows(name: string): readonly Row[] {
		return this.tables.get(name)?.rows ?? [];
	}

	/** Puts rows into a table, which must be there. */
	add(name: string, rows: readonly IDataObject[]): Row[] {
		return rows.map((row) => this.insert(this.named(name), row));
	}

	/** Deletes a table, as a person can. */
	drop(name: string): void {
		this.tables.delete(name);
	}

	/** Takes the oldest rows out of a table, but for the last few. */
	takeOld(name: string, kept: number): Row[] {
		const table = this.named(name);
		return table.rows.splice(0, Math.max(0, table.rows.length - kept));
	}

	private named(name: string): Table {
		const table = this.tables.get(name);
		if (!table) throw new Error(`Data table with name "${name}" not found`);
		return table;
	}

	private create({ tableName, columns, options }: IDataObject): IDataObject[] {
		const name = String(tableName);
		if ((options as IDataObject).createIfNotExists !== true) throw new Error('It may be there');
		const { column } = columns as { column: Array<{ name: string }> };
		if (!this.tables.has(name)) this.tables.set(name, new Table(column.map((one) => one.name)));
		return [{ name }];
	}

	private insert(table: Table, values: IDataObject): Row {
		const unknown = Object.keys(values).find((name) => !table.columns.includes(name));
		if (unknown !== undefined) throw new Error(`unknown column name '${unknown}'`);
		const empty = Object.fromEntries(table.columns.map((name) => [name, null]));
		const createdAt = new Date(this.now()).toISOString();
		const row: Row = { ...empty, ...values, id: ++this.lastId, createdAt };
		table.rows.push(row);
		return { ...row };
	}
}

function valuesOf({ columns }: IDataObject, item: IDataObject): IDataObject {
	const { mappingMode, value } = columns as IDataObject;
	return mappingMode === 'autoMapInputData' ? item : (value as IDataObject);
}
