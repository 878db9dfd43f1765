import { begin, endStatus, externalSecrets } from './core';
import {
	ExecutionLifecycleHooks,
	LoadOptionsContext,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import {
	NodeHelpers,
	UnexpectedError,
	Workflow,
	type ICredentialType,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INode,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeType,
	type INodeTypes,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import path from 'node:path';
import { MemoryCredentials } from './credentials';
import type { DataTables } from './dataTables';
import { ends, SINK, START } from './ends';
import { logsOfThisRun } from './logs';
import { OAuth2Api } from './oAuth2Api';
import type {
	ListSearchOptions,
	NodeRun,
	NodeToRun,
	Running,
	RunOptions,
	WorkflowOptions,
	WorkflowRun,
} from './types';

export { hasDataTables, oAuth2Client } from './core';
export type * from './types';

const MODE: WorkflowExecuteMode = 'trigger';
export type Engine = Awaited<ReturnType<typeof createEngine>>;

const toItems = (items: Array<INodeExecutionData | IDataObject>): INodeExecutionData[] =>
	items.map((item) =>
		typeof item.json === 'object'
			? { ...(item as INodeExecutionData) }
			: { json: item as IDataObject },
	);

function notPartOfThisEngine(): never {
	throw new UnexpectedError('This engine runs single workflows only');
}

/**
 * n8n's own engine with one built package in it: nodes and credentials are loaded as n8n loads
 * them, and run with n8n's expressions, error routing, OAuth2 client and HTTP. Only the store of
 * credentials and the two nodes around the node under test are of this file.
 *
 * `packageDir` defaults to this repository, whose dist/ has to be built. `extraNodes` are known
 * by their full type names (`package.node`). Without `dataTables` it is an n8n that has none.
 */
export async function createEngine({
	packageDir = path.resolve(__dirname, '../..'),
	extraNodes = {},
	dataTables,
}: {
	packageDir?: string;
	extraNodes?: Record<string, INodeType>;
	dataTables?: DataTables;
} = {}) {
	const loader = new PackageDirectoryLoader(packageDir);
	await loader.loadAll();
	const fullName = (type: string) => (type.includes('.') ? type : `${loader.packageName}.${type}`);

	const nodes: Record<string, INodeType | IVersionedNodeType> = {
		...ends,
		...extraNodes,
	};
	for (const [name, { type }] of Object.entries(loader.nodeTypes)) nodes[fullName(name)] = type;
	const getByName = (type: string) => {
		const node = nodes[fullName(type)];
		if (!node) throw new UnexpectedError(`Unrecognized node type: ${type}`);
		return node;
	};
	const nodeTypes: INodeTypes = {
		getByName,
		getByNameAndVersion: (type, version) =>
			NodeHelpers.getVersionedNodeType(getByName(type), version),
		getKnownTypes: () => ({ ...loader.known.nodes }),
	};

	const credentialTypes: Record<string, ICredentialType> = { oAuth2Api: new OAuth2Api() };
	for (const [name, { type }] of Object.entries(loader.credentialTypes)) {
		credentialTypes[name] = type;
	}
	const credentials = new MemoryCredentials(credentialTypes, nodeTypes);

	let executions = 0;

	const additionalData = (executionId: string): IWorkflowExecuteAdditionalData => ({
		credentialsHelper: credentials,
		executionId,
		currentNodeExecutionIndex: 0,
		variables: {},
		instanceBaseUrl: 'http://localhost:5678/',
		restApiUrl: 'http://localhost:5678/rest',
		formBaseUrl: 'http://localhost:5678/form',
		formTestBaseUrl: 'http://localhost:5678/form-test',
		formWaitingBaseUrl: 'http://localhost:5678/form-waiting',
		webhookBaseUrl: 'http://localhost:5678/webhook',
		webhookTestBaseUrl: 'http://localhost:5678/webhook-test',
		webhookWaitingBaseUrl: 'http://localhost:5678/webhook-waiting',
		mcpBaseUrl: 'http://localhost:5678/mcp',
		mcpTestBaseUrl: 'http://localhost:5678/mcp-test',
		...externalSecrets(),
		setExecutionStatus: () => {},
		logAiEvent: () => {},
		executeWorkflow: dataTables?.executeWorkflow ?? notPartOfThisEngine,
		...dataTables?.module,
		getRunExecutionData: notPartOfThisEngine,
		getRuntimeCredential: notPartOfThisEngine,
		startRunnerTask: notPartOfThisEngine,
	});

	const toNode = (node: NodeToRun, index: number): INode => ({
		id: `node-${index}`,
		name: nodeTypes.getByNameAndVersion(node.type, node.typeVersion).description.displayName,
		typeVersion: 1,
		position: [index * 200, 0],
		parameters: {},
		...node,
		type: fullName(node.type),
	});

	/**
	 * Runs a workflow of any number of nodes from its manual trigger to the end. Rejects with
	 * n8n's "The node has issues" where n8n would not start it, for example because a required
	 * parameter is empty; what goes wrong later is in the result.
	 */
	function runWorkflow(options: WorkflowOptions): Running<WorkflowRun> {
		let execution: ReturnType<WorkflowExecute['run']> | undefined;
		const finish = async (): Promise<WorkflowRun> => {
			const workflow = new Workflow({
				id: options.workflowId ?? 'workflow',
				name: 'Workflow',
				nodes: options.nodes.map(toNode),
				connections: options.connections,
				active: false,
				nodeTypes,
				settings: {
					executionOrder: 'v1',
					...(options.timezone !== undefined && { timezone: options.timezone }),
				},
			});
			const startNode = workflow.getStartNode();
			if (!startNode) throw new UnexpectedError('The workflow has no manual trigger');
			const data = { ...additionalData(String(++executions)), ...options.additionalData };
			data.hooks = new ExecutionLifecycleHooks(MODE, String(executions), {
				id: workflow.id,
				name: 'Workflow',
				active: false,
				activeVersionId: null,
				isArchived: false,
				createdAt: new Date(0),
				updatedAt: new Date(0),
				nodes: Object.values(workflow.nodes),
				connections: options.connections,
			});
			const logs: string[] = [];
			execution = logsOfThisRun.run(logs, () =>
				begin(new WorkflowExecute(data, MODE), {
					workflow,
					startNode,
					pinData: { [startNode.name]: toItems(options.startItems) },
				}),
			);
			const raw = await execution;
			const { runData, error } = raw.data.resultData;
			return {
				status: endStatus(raw),
				...(error && { error }),
				logs,
				raw,
				output: (nodeName, index = 0) =>
					(runData[nodeName] ?? []).flatMap((run) => run.data?.main?.[index] ?? []),
				hints: (nodeName) => (runData[nodeName] ?? []).flatMap((run) => run.hints ?? []),
			};
		};
		return Object.assign(finish(), { cancel: () => execution?.cancel() });
	}

	/**
	 * Runs one node between a start node and a sink for each of its branches (the second only with
	 * *On Error* = `continueErrorOutput`, as in n8n). Rejects as `runWorkflow` does.
	 */
	function run({ items, node, ...rest }: RunOptions): Running<NodeRun> {
		const { name } = toNode(node, 1);
		const to = (target: string) => [{ node: target, type: 'main' as const, index: 0 }];
		const running = runWorkflow({
			nodes: [
				{ type: START, name: 'Start' },
				{ ...node, name },
				{ type: SINK, name: 'Main' },
				{ type: SINK, name: 'Errors' },
			],
			connections: {
				Start: { main: [to(name)] },
				[name]: { main: [to('Main'), to('Errors')] },
			},
			startItems: items,
			...rest,
		});
		const finished = running.then(({ output, hints, ...rest }): NodeRun => {
			const thrown = rest.raw.data.resultData.runData[name]?.at(-1)?.error;
			return {
				...(thrown && { error: thrown }),
				...rest,
				main: output(name, 0),
				errors: output(name, 1),
				hints: hints(name),
			};
		});
		return Object.assign(finished, { cancel: running.cancel });
	}

	/** Runs one of a node's list searches as n8n's editor does. Rejects with what the search throws. */
	async function listSearch(
		nodeType: string,
		method: string,
		filter?: string,
		{ parameters = {}, credentials: chosen, paginationToken }: ListSearchOptions = {},
	): Promise<INodeListSearchResult> {
		const search = nodeTypes.getByNameAndVersion(nodeType).methods?.listSearch?.[method];
		if (!search) throw new UnexpectedError(`${nodeType} has no list search "${method}"`);
		const node = toNode({ type: nodeType, parameters, ...(chosen && { credentials: chosen }) }, 0);
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		const data = { ...additionalData('list-search'), currentNodeParameters: parameters };
		const context = new LoadOptionsContext(workflow, node, data, 'parameters');
		return await search.call(context as ILoadOptionsFunctions, filter, paginationToken);
	}

	return { run, runWorkflow, listSearch, credentials, credentialTypes, nodeTypes };
}
