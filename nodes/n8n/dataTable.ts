/**
 * The table in which all n8n processes tell each other of their calls: one of n8n's own Data Tables. n8n
 * lets only nodes of its own open one, so each trip is a small sub-workflow of n8n's Data Table
 * node, run in this process and in the project of the workflow.
 */
import { sleep, type IDataObject, type IExecuteFunctions, type IWorkflowBase } from 'n8n-workflow';

import type { Notice, Result, Row, Store, Trip } from '../limit/leaseTable';
import { dataTable, idOf, subWorkflow, valuesOf, where, type SubNode } from './subWorkflow';

/**
 * The table as it is made. It stays in people's n8n, and processes of two versions of this package may
 * share it. Its name says whose it is, and what for; that of the sub-workflows, too.
 */
export const TABLE = {
	name: 'Zoho Email Hygiene: shared limit',
	columns: [
		{ name: 'account', type: 'string' },
		{ name: 'holder', type: 'string' },
		{ name: 'claim', type: 'string' },
		{ name: 'state', type: 'string' },
		{ name: 'isShort', type: 'boolean' },
		{ name: 'calls', type: 'number' },
		{ name: 'endsAfterMs', type: 'number' },
	],
};

/** More rows than one account ever has: where so many come, some may have been left out. */
const MOST_ROWS = 10_000;

/** So often it is looked whether somebody pressed Stop. */
const TICK_MS = 200;

/** By workflow, since a table belongs to a project, and a workflow too. */
const tables = new Map<string, string>();

/** Whether this n8n has Data Tables, as far as can be seen without asking for one. */
export function hasDataTables({ helpers }: IExecuteFunctions): boolean {
	// n8n gives it to every node, and lets few call it; where the module is off, it is not there.
	return (
		(helpers as { getDataTableAggregateProxy?: unknown }).getDataTableAggregateProxy !== undefined
	);
}

/** One account's rows in the table of the workflow's project. */
export interface Rows {
	/** Rejects with n8n's error; n8n may also never answer, as it does for a while after its database was away. */
	readonly store: Store;
	/** The same for workflows that are known to share the table; for no other two. */
	readonly table: string;
}

/**
 * @param account names it to all processes, and tells no one else anything
 * @param mostMs so long it looks for the table, in order to know who shares it
 */
export async function rowsOf(
	context: IExecuteFunctions,
	account: string,
	mostMs: number,
): Promise<Rows> {
	const workflow = String(context.getWorkflow().id);
	const limitTable = new LimitTable(context, workflow, account);
	const store: Store = async (trip, holder) =>
		await limitTable.make(trip, holder).catch(async (error: Error) => {
			context.logger.warn(`The Data Table "${TABLE.name}" failed: ${error.message}`);
			// Somebody may have deleted the table, or moved the workflow to another project.
			tables.delete(workflow);
			return await Promise.reject(error);
		});
	const signal = context.getExecutionCancelSignal();
	let isLooking = true;
	// What goes wrong here goes wrong in the first trip as well, which is where it is told.
	const found = limitTable
		.id()
		.catch(() => undefined)
		.finally(() => (isLooking = false));
	for (let ms = 0; isLooking && signal?.aborted !== true && ms < mostMs; ms += TICK_MS) {
		await Promise.race([found, sleep(TICK_MS)]);
	}
	return { store, table: tables.get(workflow) ?? `workflow ${workflow}` };
}

class LimitTable {
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly workflow: string,
		private readonly account: string,
	) {}

	/** Which of n8n's tables it is: the one that exists, or a new one. */
	async id(): Promise<string> {
		return tables.get(this.workflow) ?? (await this.open());
	}

	async make({ notices, question }: Trip, holder: string): Promise<Result> {
		const id = await this.id();
		const told = notices.map((notice) => this.tell(id, notice, holder));
		if (question?.kind !== 'claim') {
			const found = await this.run(...told, ...(question ? [this.get(id)] : []));
			return question ? { rows: rowsIn(found) } : {};
		}
		const claim = `${Math.random()}`;
		const { isShort, calls, endsAfterMs } = question;
		const row = { holder, claim, state: 'open', isShort, calls, endsAfterMs };
		const found = await this.run(...told, this.insert(id, row), this.get(id));
		const own = found.find((other) => other.claim === claim);
		if (!own) throw new Error('a row that was inserted cannot be seen');
		return { id: Number(own.id), rows: rowsIn(found) };
	}

	private tell(id: string, notice: Notice, holder: string): SubNode {
		switch (notice.kind) {
			case 'close': {
				const { calls, endsAfterMs } = notice;
				return this.update(id, { id: notice.id, holder }, { state: 'closed', calls, endsAfterMs });
			}
			case 'remove':
				return this.remove(id, notice.ids);
			case 'lock': {
				const { endsAfterMs } = notice;
				return this.insert(id, { holder, state: 'lock', isShort: false, calls: 0, endsAfterMs });
			}
		}
	}

	/**
	 * Finds the table, or makes it. By its exact name, which n8n's own search matches in part, and
	 * once more after it could not be made: another process may have made it at the same moment.
	 */
	private async open(): Promise<string> {
		let id = await this.find();
		if (id === undefined) {
			const refused = await this.run(this.create()).then(
				() => undefined,
				(error: unknown) => error,
			);
			id = await this.find();
			if (id === undefined) throw refused ?? new Error('a table that was made cannot be found');
		}
		tables.set(this.workflow, id);
		return id;
	}

	private async find(): Promise<string | undefined> {
		const options = { filterName: TABLE.name };
		const list = { resource: 'table', operation: 'list', returnAll: true, options };
		const found = await this.run(dataTable(list));
		const id = found.find(({ name }) => name === TABLE.name)?.id;
		return id === undefined ? undefined : String(id);
	}

	private create(): SubNode {
		return dataTable({
			resource: 'table',
			operation: 'create',
			tableName: TABLE.name,
			columns: { column: TABLE.columns },
			options: { createIfNotExists: true },
		});
	}

	private insert(id: string, row: IDataObject): SubNode {
		return dataTable({
			resource: 'row',
			operation: 'insert',
			dataTableId: idOf(id),
			columns: valuesOf({ account: this.account, ...row }),
			options: {},
		});
	}

	/**
	 * n8n reads the rows, then counts them, and fails where one came or went between: so it is told to
	 * try again at once.
	 */
	private get(id: string): SubNode {
		return dataTable(
			{
				resource: 'row',
				operation: 'get',
				dataTableId: idOf(id),
				...where('allConditions', [['account', this.account]]),
				returnAll: false,
				limit: MOST_ROWS,
			},
			{ retryOnFail: true, maxTries: 5, waitBetweenTries: 50 },
		);
	}

	private update(id: string, row: IDataObject, values: IDataObject): SubNode {
		return dataTable({
			resource: 'row',
			operation: 'update',
			dataTableId: idOf(id),
			...where('allConditions', Object.entries(row)),
			columns: valuesOf(values),
			options: {},
		});
	}

	private remove(id: string, rows: readonly number[]): SubNode {
		return dataTable({
			resource: 'row',
			operation: 'deleteRows',
			dataTableId: idOf(id),
			...where(
				'anyCondition',
				rows.map((row) => ['id', row]),
			),
			options: {},
		});
	}

	/** Runs the nodes one after the other, and returns what the last one gives. */
	private async run(...nodes: SubNode[]): Promise<IDataObject[]> {
		const code = subWorkflow(TABLE.name, nodes) as IWorkflowBase;
		const { data } = await this.context.executeWorkflow({ code }, [{ json: {} }]);
		return (data[0] ?? []).map(({ json }) => json);
	}
}

/** What the table holds of the protocol; a row that a person has put in or changed may be none. */
function rowsIn(found: readonly IDataObject[]): Row[] {
	if (found.length >= MOST_ROWS) throw new Error(`it holds more than ${MOST_ROWS} rows`);
	return found
		.map(({ id, createdAt, holder, state, isShort, calls, endsAfterMs }) => ({
			id: Number(id),
			// A text or a Date, by the version of n8n.
			createdAt: new Date(createdAt as string).getTime(),
			holder: String(holder),
			state: state as Row['state'],
			isShort: isShort === true || isShort === 1,
			calls: Number(calls),
			endsAfterMs: Number(endsAfterMs),
		}))
		.filter(isRow);
}

function isRow({ state, id, createdAt, calls, endsAfterMs }: Row): boolean {
	const numbers = [id, createdAt, calls, endsAfterMs];
	return ['open', 'closed', 'lock'].includes(state) && numbers.every(Number.isFinite);
}
