import type {
	ExecutionError,
	IConnections,
	IDataObject,
	INode,
	INodeCredentials,
	INodeExecutionData,
	INodeParameters,
	IRun,
	IWorkflowExecuteAdditionalData,
	NodeExecutionHint,
} from 'n8n-workflow';

/** A node of a workflow; what is left out is what n8n's editor would fill in. */
export type NodeToRun = Pick<INode, 'type'> & Partial<INode>;

export interface RunOptions {
	/** What the start node emits: items, or only their json. */
	items: Array<INodeExecutionData | IDataObject>;
	/** The node under test. A type without a package name is one of this package. */
	node: NodeToRun;
	/** Of the workflow; n8n's tables belong to a workflow's project. */
	workflowId?: string;
	/** What the workflow's settings call its time zone. */
	timezone?: string;
	/** What n8n gives to this run beside what it gives to every run, or in place of that. */
	additionalData?: Partial<IWorkflowExecuteAdditionalData>;
}

export interface WorkflowOptions {
	nodes: Array<NodeToRun & Pick<INode, 'name'>>;
	connections: IConnections;
	/** What the start node, which is the workflow's manual trigger, emits. */
	startItems: Array<INodeExecutionData | IDataObject>;
	workflowId?: string | undefined;
	timezone?: string | undefined;
	additionalData?: Partial<IWorkflowExecuteAdditionalData> | undefined;
}

export interface WorkflowRun {
	status: IRun['status'];
	/** What ended the run. n8n keeps a copy of the error: `name` tells its class. */
	error?: ExecutionError;
	/** What n8n and the nodes logged during this run, from level debug on: `level: message {details}`. */
	logs: string[];
	raw: IRun;
	/** What a node has emitted by one of its outputs, over all its runs. */
	output(nodeName: string, index?: number): INodeExecutionData[];
	/** The hints that a node shows in the editor. n8n drops those of a node that throws. */
	hints(nodeName: string): NodeExecutionHint[];
}

export interface NodeRun extends Omit<WorkflowRun, 'output' | 'hints'> {
	/** What has left by the main output; `pairedItem` as the node has set it. */
	main: INodeExecutionData[];
	/** What has left by the error branch. */
	errors: INodeExecutionData[];
	/** What ended the run, or what the node threw where the run went on. */
	error?: ExecutionError;
	hints: NodeExecutionHint[];
}

/** A run under way; `cancel()` is what n8n's Stop button does. */
export type Running<T> = Promise<T> & { cancel(): void };

export interface ListSearchOptions {
	parameters?: INodeParameters;
	credentials?: INodeCredentials;
	paginationToken?: string;
}
