/**
 * The table in which all n8n processes tell each other of their calls: one of n8n's own Data Tables. n8n
 * lets only nodes of its own open one, so each trip is a small sub-workflow of n8n's Data Table
 * node, run in this process and in the project of the workflow.
 */
import { sleep, type IDataObject, type IExecuteFunctions, type IWorkflowBase } from 'n8n-workflow';

import type { Closing, NewRow, Row, Store, Trip } from '../limit/leaseTable';
import { TICK_MS } from '../run/driver';
import { now } from './execution';
import { dataTable, idOf, subWorkflow, valuesOf, where, type SubNode } from './subWorkflow';

/**
 * The table as it is made. It stays in people's n8n, and processes of two versions of this package may
 * share it. Its name says whose it is, and what for; that of the sub-workflows, too.
 */
export const TABLE = {
	name: 'Zoho Email Hygiene: shared limit',
	columns: [
		{ name: 'account', type: 'string' },
		{ name: 'claim', type: 'string' },
		{ name: 'state', type: 'string' },
		{ name: 'isShort', type: 'boolean' },
		{ name: 'calls', type: 'number' },
		{ name: 'endsAfterMs', type: 'number' },
	],
};

/** More rows than one account ever has: where so many come, some may have been left out. */
const MOST_ROWS = 10_000;

/** A table that no run has asked for so long is looked for anew. */
const FORGOTTEN_AFTER_MS = 3_600_000;

/**
 * What n8n says where it has no tables, or none that a node can make: without its node (NODES_EXCLUDE),
 * with its module turned off, before 2.3 (whose node stumbles over the operation), and where all that is
 * to be changed comes from a Git repository. Whatever else it says may be over in a moment.
 */
const WITHOUT_TABLES =
	/Unrecognized node type|module is disabled|Cannot read properties of undefined|protected instance/;

/** By workflow, since a table belongs to a project, and a workflow too. */
const tables = new Map<string, { readonly id: string; readonly askedAt: number }>();

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
	/** What n8n says, where it has no tables; undefined where it has, as far as is known. */
	readonly missing: string | undefined;
}

/**
 * @param key names the account, and what of it is limited; the table is told only a mark of it
 * @param mostMs so long it looks for the table, in order to know who shares it
 */
export async function rowsOf(
	context: IExecuteFunctions,
	key: string,
	mostMs: number,
): Promise<Rows> {
	for (const [workflow, { askedAt }] of tables) {
		if (now() - askedAt > FORGOTTEN_AFTER_MS) tables.delete(workflow);
	}
	const limitTable = new LimitTable(context, key);
	const signal = context.getExecutionCancelSignal();
	let isLooking = true;
	let missing: string | undefined;
	// What else goes wrong here goes wrong in the first trip as well, which is where it is told.
	const found = limitTable
		.id()
		.catch(({ message }: Error) => (missing = WITHOUT_TABLES.test(message) ? message : undefined))
		.finally(() => (isLooking = false));
	for (let ms = 0; isLooking && signal?.aborted !== true && ms < mostMs; ms += TICK_MS) {
		await Promise.race([found, sleep(TICK_MS)]);
	}
	const { workflow } = limitTable;
	const table = tables.get(workflow)?.id ?? `workflow ${workflow}`;
	return { store: async (trip) => await limitTable.visit(trip), table, missing };
}

class LimitTable {
	readonly workflow: string;
	private readonly account: string;

	constructor(
		private readonly context: IExecuteFunctions,
		key: string,
	) {
		this.workflow = String(context.getWorkflow().id);
		this.account = markOf(key);
	}

	/** Which of n8n's tables it is: the one that exists, or a new one. */
	async id(): Promise<string> {
		const id = tables.get(this.workflow)?.id ?? (await this.open());
		tables.set(this.workflow, { id, askedAt: now() });
		return id;
	}

	/** As `Store`. */
	async visit(trip: Trip): Promise<readonly Row[]> {
		const made = this.id().then(async (id) => await this.make(trip, id));
		return await made.catch(async (error: Error) => {
			this.context.logger.warn(`The Data Table "${TABLE.name}" failed: ${error.message}`);
			// Somebody may have deleted the table, or moved the workflow to another project.
			tables.delete(this.workflow);
			return await Promise.reject(error);
		});
	}

	private async make({ remove, close, lock, claim }: Trip, id: string): Promise<readonly Row[]> {
		const found = await this.run(
			...(remove.length > 0 ? [this.remove(id, remove)] : []),
			...close.map((row) => this.close(id, row)),
			...[lock, claim].filter((row) => row !== undefined).map((row) => this.insert(id, row)),
			...(claim ? [this.get(id)] : []),
		);
		return claim ? rowsIn(found) : [];
	}

	/**
	 * Finds the table, or makes it. By its exact name, which n8n's own search matches in part, and
	 * once more after it could not be made: another process may have made it at the same moment.
	 */
	private async open(): Promise<string> {
		const known = await this.find();
		if (known !== undefined) return known;
		const refused = await this.run(this.create()).then(
			() => undefined,
			(error: unknown) => error,
		);
		const made = await this.find();
		if (made !== undefined) return made;
		throw refused ?? new Error('a table that was made cannot be found');
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

	private insert(id: string, row: NewRow): SubNode {
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
	 * try again at once. It reads a thousand at a time, which without an order may be the same ones.
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
				orderBy: true,
				orderByColumn: 'id',
			},
			{ retryOnFail: true, maxTries: 5, waitBetweenTries: 50 },
		);
	}

	private close(id: string, { claim, ...told }: Closing): SubNode {
		return dataTable({
			resource: 'row',
			operation: 'update',
			dataTableId: idOf(id),
			...where('allConditions', [['claim', claim]]),
			columns: valuesOf({ state: 'closed', ...told }),
			options: {},
		});
	}

	private remove(id: string, claims: readonly string[]): SubNode {
		return dataTable({
			resource: 'row',
			operation: 'deleteRows',
			dataTableId: idOf(id),
			...where(
				'anyCondition',
				claims.map((claim) => ['claim', claim]),
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
		.map(({ id, createdAt, claim, state, isShort, calls, endsAfterMs }) => ({
			id: Number(id),
			// A text or a Date, by the version of n8n.
			createdAt: new Date(createdAt as string).getTime(),
			claim: String(claim),
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

/**
 * A text that stands for a key, the same in all processes: its 64-bit FNV-1a hash. That is no secret:
 * who knows a key can see whether it is this one. But nobody can read a key from it: a key holds the ID
 * of a credential, which n8n makes of 16 random characters.
 */
function markOf(key: string): string {
	let hash = 0xcbf29ce484222325n;
	for (const character of key) {
		hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0)!)) * 0x100000001b3n);
	}
	return hash.toString(36);
}
