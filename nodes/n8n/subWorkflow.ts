/** A workflow that is not stored anywhere: it is run where it is made, and leaves no execution behind. */
import type { IDataObject, INode, IWorkflowBase } from 'n8n-workflow';

/** A node of a sub-workflow, which has its place in a chain. */
export type SubNode = Pick<INode, 'type' | 'typeVersion' | 'parameters'> & Partial<INode>;

/**
 * n8n's Data Table node, as of n8n 2.3: what came later is not used. It runs once, however many items
 * come from the node before it, and so does the one behind it, also where this one gives none.
 */
export function dataTable(parameters: IDataObject, settings: Partial<INode> = {}): SubNode {
	return {
		type: 'n8n-nodes-base.dataTable',
		typeVersion: 1.1,
		parameters: parameters as INode['parameters'],
		executeOnce: true,
		alwaysOutputData: true,
		...settings,
	};
}

/** Which table, by its id. */
export const idOf = (id: string): IDataObject => ({ __rl: true, mode: 'id', value: id });

/** What the columns of a row are to hold. */
export const valuesOf = (value: IDataObject): IDataObject => ({
	mappingMode: 'defineBelow',
	value,
	matchingColumns: [],
	schema: [],
});

/** @param are what the columns of the rows hold: all of it, or any of it */
export const where = (
	matchType: string,
	are: ReadonlyArray<[keyName: string, keyValue: unknown]>,
) => ({
	matchType,
	filters: {
		conditions: are.map(([keyName, keyValue]) => ({ keyName, condition: 'eq', keyValue })),
	} as IDataObject,
});

const START: SubNode = {
	type: 'n8n-nodes-base.executeWorkflowTrigger',
	typeVersion: 1.1,
	parameters: { inputSource: 'passthrough' },
};

/**
 * The nodes in a row, behind a trigger. Made anew each time, since n8n writes into it. Without settings
 * of its own it would have those of the calling workflow: its error workflow, its list of executions.
 */
export function subWorkflow(name: string, chain: readonly SubNode[]): Partial<IWorkflowBase> {
	const nodes = [START, ...chain].map((node, index) => ({
		id: `${index}`,
		name: `${index}`,
		position: [200 * index, 0] as [number, number],
		...node,
	}));
	const connections: IWorkflowBase['connections'] = {};
	nodes.slice(1).forEach((node, index) => {
		connections[`${index}`] = { main: [[{ node: node.name, type: 'main', index: 0 }]] };
	});
	return {
		name,
		nodes,
		connections,
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
			saveManualExecutions: false,
			saveExecutionProgress: false,
			callerPolicy: 'workflowsFromSameOwner',
		},
	};
}
