import type { INode, INodeExecutionData, IRun, IWorkflowBase } from 'n8n-workflow';

/** What a workflow file of the editor holds. */
export type WorkflowFile = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections' | 'settings'>;

/** An execution as n8n has stored it. */
export interface Execution {
	id: string;
	status: IRun['status'];
	mode: IRun['mode'];
	data: IRun['data'];
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
