/** A node in an n8n that has Data Tables, and what it does with the one of the shared limit. */
import type { IExecuteFunctions, INodeExecutionData, IWorkflowBase } from 'n8n-workflow';
import type { NewRow, Trip } from '../../nodes/limit/leaseTable';
import { rowsOf } from '../../nodes/n8n/dataTable';
import type { DataTables } from '../engine/dataTables';

let workflows = 0;

export type Run = (
	workflow: { code: IWorkflowBase },
	items: INodeExecutionData[],
) => Promise<unknown>;

/** The context of a node in a workflow of its own, in an n8n with these tables, and what it warned of. */
export function contextWith(
	tables: DataTables,
	{ signal, run }: { signal?: AbortSignal; run?: Run } = {},
) {
	const id = `w${++workflows}`;
	const warned: string[] = [];
	const runIt: Run = async (workflow, inputData) =>
		await tables.executeWorkflow(workflow, undefined, { parentWorkflowId: id, inputData });
	const context = {
		getWorkflow: () => ({ id }),
		getExecutionCancelSignal: () => signal,
		executeWorkflow: run ?? runIt,
		logger: { warn: (message: string) => warned.push(message) },
	} as unknown as IExecuteFunctions;
	return { context, warned, id };
}

const NOTHING: Trip = { remove: [], close: [] };
export const trip = (parts: Partial<Trip>): Trip => ({ ...NOTHING, ...parts });
export const row = (claim: string, given: Partial<NewRow> = {}): NewRow => ({
	claim,
	state: 'open',
	isShort: true,
	calls: 5,
	endsAfterMs: 900,
	...given,
});
export const claim = (mark: string): Trip => trip({ claim: row(mark) });

export const open = async (tables: DataTables, account = 'a') =>
	(await rowsOf(contextWith(tables).context, account, 1_000)).store;
