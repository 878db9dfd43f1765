/**
 * What n8n hands to a node when it runs it, as much of it as the nodes use, without an engine: for what
 * is quicker shown without one. The engine tests show that n8n itself behaves so.
 */
import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';

/** HTTP status, body, headers. */
export type Said = [status: number, body: object, headers?: Record<string, string>];

export interface Scene {
	items: IDataObject[];
	/** Each a value for all items, or what an expression comes to for an item. */
	parameters: Record<string, unknown>;
	/** What is stored of the credential; undefined where none is chosen. */
	credential?: IDataObject | undefined;
	/** What Zoho says to a request. */
	answer?: (request: IHttpRequestOptions) => Promise<Said> | Said;
	onError?: 'stop' | 'continue';
	/** Runs a sub-workflow; left out in an n8n that has no Data Tables. */
	executeWorkflow?: (...given: never[]) => Promise<unknown>;
	/** Pressing Stop. */
	stop?: AbortSignal;
}

let credentials = 0;

/** The context of one run, on an account of its own, and what the run leaves behind in it. */
export function contextOf(scene: Scene) {
	const hints: string[] = [];
	const requests: IHttpRequestOptions[] = [];
	const id = `credential-${++credentials}`;
	const { items, parameters, credential, answer = () => [500, {}] } = scene;
	const type = 'zohoEmailHygieneOAuth2Api';
	const context = {
		getNode: () => ({
			name: 'Node',
			type: 'node',
			parameters: Object.fromEntries(
				Object.entries(parameters).map(([name, value]) => [
					name,
					typeof value === 'function' ? '={{ … }}' : value,
				]),
			),
			credentials: credential && { [type]: { id, name: 'Zoho' } },
		}),
		getInputData: () => items.map((json) => ({ json })) as INodeExecutionData[],
		getNodeParameter: (name: string, item: number, fallback?: unknown) => {
			const value = parameters[name] ?? fallback;
			return typeof value === 'function'
				? (value as (json: IDataObject) => unknown)(items[item]!)
				: value;
		},
		getCredentials: async () => await (credential ?? Promise.reject(new Error('none is set'))),
		continueOnFail: () => scene.onError !== 'stop',
		getExecutionCancelSignal: () => scene.stop,
		getTimezone: () => 'UTC',
		getWorkflow: () => ({ id }),
		logger: { info: () => {}, warn: () => {} },
		addExecutionHints: ({ message }: { message: string }) => hints.push(message),
		executeWorkflow: scene.executeWorkflow,
		helpers: {
			...(scene.executeWorkflow && { getDataTableAggregateProxy: () => {} }),
			httpRequestWithAuthentication: async (_: string, request: IHttpRequestOptions) => {
				requests.push(request);
				const [statusCode, body, headers = {}] = await answer(request);
				return { statusCode, headers, body: JSON.stringify(body) };
			},
		},
	};
	return { context: context as unknown as IExecuteFunctions, hints, requests };
}

/** Runs a node over a scene: what came of its items, what the panel says of it, what Zoho was asked. */
export async function runNode(node: INodeType, scene: Scene) {
	const { context, hints, requests } = contextOf(scene);
	const [items = []] = (await node.execute!.call(context)) as INodeExecutionData[][];
	const results = items.map(({ json }) => json as { status?: string; error?: IDataObject });
	return { results, hint: hints.join('\n'), requests };
}

/** A Stop button that is itself broken: what goes wrong between two calls. */
export const brokenStop = {
	get aborted(): boolean {
		throw new Error('a bug');
	},
} as AbortSignal;
