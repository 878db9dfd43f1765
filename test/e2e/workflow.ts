import type { IConnections, INode, INodeExecutionData, IRun, IWorkflowBase } from 'n8n-workflow';

/** What a workflow file of the editor holds. */
export type WorkflowFile = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'settings'>;

/** An execution as n8n has stored it. */
export interface Execution {
	id: string;
	status: IRun['status'];
	mode: IRun['mode'];
	data: IRun['data'];
}

/** A workflow whose nodes follow each other, each by its first output. */
export function chain(
	name: string,
	nodes: ReadonlyArray<Omit<INode, 'id' | 'position'>>,
): WorkflowFile {
	const connections: IConnections = {};
	nodes.slice(1).forEach((node, index) => {
		const before = nodes[index]?.name ?? '';
		connections[before] = { main: [[{ node: node.name, type: 'main', index: 0 }]] };
	});
	return {
		name,
		nodes: nodes.map((node, index) => ({ ...node, id: node.name, position: [index * 220, 0] })),
		connections,
		settings: { executionOrder: 'v1' },
	};
}

/** The items that left a node by one of its outputs, over all its runs. */
export function itemsOf(execution: Execution, node: string, output = 0): INodeExecutionData[] {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.flatMap(({ data }) => data?.main?.[output] ?? []);
}

/** The one node of a workflow with this name. Throws where there is none. */
export function nodeNamed(workflow: WorkflowFile, name: string): INode {
	const node = workflow.nodes.find((candidate) => candidate.name === name);
	if (node === undefined) throw new Error(`No node "${name}" in "${workflow.name}"`);
	return node;
}
