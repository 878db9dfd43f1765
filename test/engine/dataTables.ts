/**
 * n8n's Data Tables, in memory: as much of its Data Table node as an inline sub-workflow of ours uses.
 * The end-to-end tests run the same sub-workflows in a real n8n.
 */
import {
	UnexpectedError,
	type ExecuteWorkflowData,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

interface Table {
	id: string;
	project: string;
	name: string;
	columns: string[];
	rows: IDataObject[];
	/** The id of the row that was inserted last: each table counts its own. */
	lastRow: number;
}

/** A column, as a table is made with it. */
type Column = Record<'name' | 'type', string>;

/** What a column of n8n's can hold. */
const TYPES = ['string', 'number', 'boolean', 'date'];

/** Of what n8n is told beside the workflow: which one calls it, and with what items. */
interface Options {
	parentWorkflowId?: string;
	inputData?: INodeExecutionData[];
}

const TRIGGER = 'n8n-nodes-base.executeWorkflowTrigger';
const DATA_TABLE = 'n8n-nodes-base.dataTable';

export class DataTables {
	readonly tables: Table[] = [];
	/** What was run, in the order in which it began. */
	readonly workflows: IWorkflowBase[] = [];
	/** Asked before each sub-workflow: what it returns is waited for, and fails it if it rejects. */
	before: () => Promise<void> | void = () => {};
	/** In which project a workflow is. */
	projectOf: (workflowId: string) => string = () => 'project';

	/** As n8n's own: runs a workflow that is given as JSON, and returns what its last node gave. */
	readonly executeWorkflow = async (
		{ code }: { code?: IWorkflowBase },
		_data?: unknown,
		{ parentWorkflowId = '', inputData = [{ json: {} }] }: Options = {},
	): Promise<ExecuteWorkflowData> => {
		const project = this.projectOf(parentWorkflowId);
		if (!code) throw new UnexpectedError('Only workflows given as JSON are run here');
		this.workflows.push(structuredClone(code));
		await this.before();
		let items = inputData.map(({ json }) => json);
		if (items.includes(undefined as never)) throw new UnexpectedError('An item without json');
		for (const node of chainOf(code)) {
			if (items.length === 0) break;
			const times = node.executeOnce === true ? 1 : items.length;
			const given: IDataObject[] = [];
			for (let time = 0; time < times; time++) given.push(...this.run(node, project));
			items = given.length === 0 && node.alwaysOutputData === true ? [{}] : given;
		}
		return { executionId: '', data: [items.map((json) => ({ json }))] };
	};

	/** What an engine knows of them: its presence tells nodes that there are Data Tables. */
	get module(): Partial<IWorkflowExecuteAdditionalData> {
		const proxies = {} as NonNullable<
			IWorkflowExecuteAdditionalData['data-table']
		>['dataTableProxyProvider'];
		return { 'data-table': { dataTableProxyProvider: proxies } };
	}

	/** Makes a table, as a person would. */
	create(name: string, columns: string[], project = 'project'): Table {
		if (this.tables.some((table) => table.name === name && table.project === project)) {
			throw new UnexpectedError(`Data table with name '${name}' already exists in this project`);
		}
		const id = `table${this.tables.length + 1}`;
		const table: Table = { id, project, name, columns, rows: [], lastRow: 0 };
		this.tables.push(table);
		return table;
	}

	private run({ type, parameters }: INode, project: string): IDataObject[] {
		if (type === TRIGGER) return [{}];
		if (type !== DATA_TABLE) throw new UnexpectedError(`Unrecognized node type: ${type}`);
		const { resource, operation } = parameters;
		switch (`${String(resource)} ${String(operation)}`) {
			case 'table list':
				return this.list((parameters.options as IDataObject).filterName as string, project);
			case 'table create': {
				const { column } = parameters.columns as { column: Column[] };
				const { id, name } = this.create(parameters.tableName as string, namesOf(column), project);
				return [{ id, name }];
			}
			case 'row insert':
				return [this.insert(this.tableOf(parameters, project), valuesIn(parameters))];
			case 'row get':
				return rowsOf(this.tableOf(parameters, project), parameters).slice(
					0,
					parameters.limit as number,
				);
			case 'row update': {
				const rows = rowsOf(this.tableOf(parameters, project), parameters);
				return rows.map((row) => Object.assign(row, valuesIn(parameters)));
			}
			case 'row deleteRows':
				return this.remove(this.tableOf(parameters, project), parameters);
			default:
				throw new UnexpectedError(`The Data Table node cannot ${String(operation)}`);
		}
	}

	/** n8n looks for a part of the name, whatever its case. */
	private list(part: string, within: string): IDataObject[] {
		return this.tables
			.filter(({ project }) => project === within)
			.filter(({ name }) => name.toLowerCase().includes(part.toLowerCase()))
			.map(({ id, name }) => ({ id, name }));
	}

	private tableOf({ dataTableId }: IDataObject, project: string): Table {
		const { mode, value } = dataTableId as IDataObject;
		const table = this.tables.find(({ id }) => id === value);
		if (mode === 'id' && table?.project === project) return table;
		throw new UnexpectedError(
			`Data table with ID '${String(value)}' could not be found in this project`,
		);
	}

	private insert(table: Table, values: IDataObject): IDataObject {
		const unknown = Object.keys(values).find((name) => !table.columns.includes(name));
		if (unknown !== undefined) throw new UnexpectedError(`unknown column name '${unknown}'`);
		const empty = Object.fromEntries(table.columns.map((name) => [name, null]));
		const createdAt = new Date().toISOString();
		const row = { ...empty, ...values, id: ++table.lastRow, createdAt, updatedAt: createdAt };
		table.rows.push(row);
		return row;
	}

	private remove(table: Table, parameters: IDataObject): IDataObject[] {
		const gone = rowsOf(table, parameters);
		table.rows = table.rows.filter((row) => !gone.includes(row));
		return gone;
	}
}

/** The nodes from the trigger on, one after the other. */
function chainOf({ nodes, connections }: IWorkflowBase): INode[] {
	const chain: INode[] = [];
	let next = nodes.find(({ type }) => type === TRIGGER);
	while (next) {
		chain.push(next);
		const to = connections[next.name]?.main?.[0]?.[0]?.node;
		next = nodes.find(({ name }) => name === to);
	}
	return chain;
}

function namesOf(columns: readonly Column[]): string[] {
	const unknown = columns.find(({ type }) => !TYPES.includes(type));
	if (unknown) throw new UnexpectedError(`Unrecognized type of a column: '${unknown.type}'`);
	return columns.map(({ name }) => name);
}

function valuesIn({ columns }: IDataObject): IDataObject {
	const { mappingMode, value } = columns as IDataObject;
	if (mappingMode !== 'defineBelow') throw new UnexpectedError('Only columns defined below');
	return value as IDataObject;
}

/** The rows that the conditions of a node hit. */
function rowsOf({ rows, columns }: Table, parameters: IDataObject): IDataObject[] {
	const { conditions } = parameters.filters as { conditions: IDataObject[] };
	const known = [...columns, 'id', 'createdAt', 'updatedAt'];
	for (const { keyName, condition } of conditions) {
		if (condition !== 'eq') throw new UnexpectedError('Only conditions for equality');
		if (!known.includes(keyName as string)) throw new UnexpectedError('Filter validation failed');
	}
	const { matchType } = parameters;
	if (matchType !== 'allConditions' && matchType !== 'anyCondition') {
		throw new UnexpectedError('Only all conditions or any');
	}
	const holds = (row: IDataObject) => (condition: IDataObject) =>
		row[condition.keyName as string] === condition.keyValue;
	return rows.filter((row) =>
		matchType === 'allConditions' ? conditions.every(holds(row)) : conditions.some(holds(row)),
	);
}
