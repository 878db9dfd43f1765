import type { IDataObject, INodeExecutionData, INodeParameters, OnError } from 'n8n-workflow';
import { createEngine, type Engine, type NodeRun, type Running } from '../engine';
import { credentialFor, CREDENTIAL_TYPE, startFakeZoho, type FakeZoho } from '../fake-zoho';

export { CREDENTIAL_TYPE };

export interface RunSettings {
	parameters?: INodeParameters;
	/** Node options; an own field since nearly every test sets some. */
	options?: INodeParameters;
	onError?: OnError;
	credentialId?: string;
	workflowId?: string;
	/** As the workflow's settings call it. */
	timezone?: string;
}

/** n8n's engine with the built package, an embedded Zoho, and a credential that connects the two. */
export interface Stage {
	engine: Engine;
	zoho: FakeZoho;
	/** Stores a connected credential; what is given replaces what it would hold. Returns its id. */
	connect(data?: IDataObject, id?: string): string;
	/** Runs one of the two nodes over the items; failed items leave by the error branch unless told otherwise. */
	run(
		type: 'zohoCrmUnblockEmail' | 'zohoCampaignsDoNotMail',
		items: Array<IDataObject | INodeExecutionData>,
		settings?: RunSettings,
	): Running<NodeRun>;
	stop(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
	return stageOf(...(await Promise.all([createEngine(), startFakeZoho()])));
}

/** A stage with the same engine and a Zoho of its own, for scenes that are played at once. */
export async function stageBeside({ engine }: Stage): Promise<Stage> {
	return stageOf(engine, await startFakeZoho());
}

/** A stage with an engine of its own on a Zoho that others use as well. */
export function stageOf(engine: Engine, zoho: FakeZoho): Stage {
	return {
		engine,
		zoho,
		connect(data = {}, id = 'demo') {
			engine.credentials.set(CREDENTIAL_TYPE, id, {
				...credentialFor(zoho.client),
				oauthTokenData: { ...zoho.oauth.issue() },
				...data,
			});
			return id;
		},
		run(type, items, settings = {}) {
			const { parameters, options = {}, onError, credentialId = 'demo' } = settings;
			const { workflowId, timezone } = settings;
			return engine.run({
				items,
				...(workflowId !== undefined && { workflowId }),
				...(timezone !== undefined && { timezone }),
				node: {
					type,
					parameters: { ...parameters, options },
					onError: onError ?? 'continueErrorOutput',
					credentials: { [CREDENTIAL_TYPE]: { id: credentialId, name: 'Zoho' } },
				},
			});
		},
		stop: async () => await zoho.stop(),
	};
}

/** A stage for all tests of a file, with a fresh Zoho and a connected credential for each of them. */
export function useStage(): Stage {
	const stage = {} as Stage;
	beforeAll(async () => {
		Object.assign(stage, await setStage());
	});
	afterAll(async () => await stage.stop());
	beforeEach(() => {
		stage.zoho.reset();
		stage.connect();
	});
	return stage;
}

/** Record IDs as Zoho writes them: 19 digits, so that a number would not hold them. */
export function recordIds(count: number, from = 0): string[] {
	return Array.from({ length: count }, (_, i) => String(2423488000000575001n + BigInt(from + i)));
}

/** The failure that a failed item carries. */
export function failure(item: INodeExecutionData | undefined): IDataObject {
	return (item?.json.error ?? {}) as IDataObject;
}
