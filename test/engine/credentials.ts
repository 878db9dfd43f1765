import { getAdditionalKeys } from 'n8n-core';
import {
	ICredentialsHelper,
	NodeHelpers,
	UnexpectedError,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type ICredentialsExpressionResolveValues,
	type ICredentialType,
	type IExecuteData,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeParameters,
	type INodeProperties,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

/** What a credential type owns as soon as it hides it: n8n ignores stored values of these. */
const OWNED_WHEN_HIDDEN = ['authUrl', 'accessTokenUrl', 'grantType', 'authentication'];

/** Stands in for a node where the expressions of a credential are resolved outside a run. */
const noNode: INode = {
	id: 'none',
	name: 'None',
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/**
 * n8n's store of credentials, in memory. Data goes in and comes out as JSON, as through n8n's
 * encryption, so that nobody shares an object with the store. What a node reads is completed as
 * n8n completes it: defaults of the credential type and of those it extends, hidden properties
 * included, properties that are not displayed left out, expressions resolved.
 *
 * For credential types that extend `oAuth2Api`, which n8n's own client signs and refreshes; what
 * other types need throws.
 */
export class MemoryCredentials extends ICredentialsHelper {
	/** How often n8n stored new token data: once for each refresh that was answered. */
	updates = 0;

	private readonly stored = new Map<string, string>();

	constructor(
		private readonly types: Readonly<Record<string, ICredentialType>>,
		private readonly nodeTypes: INodeTypes,
	) {
		super();
	}

	/** Stores `data` (what the user typed, and `oauthTokenData`) in place of what was there. */
	set(type: string, id: string, data: ICredentialDataDecryptedObject): void {
		this.stored.set(`${type}/${id}`, JSON.stringify(data));
	}

	/** Removes a credential, as a person does. */
	delete(type: string, id: string): void {
		this.stored.delete(`${type}/${id}`);
	}

	/** A copy of what is stored now, without defaults. Throws for a credential that is not there. */
	get(type: string, id: string): ICredentialDataDecryptedObject {
		const data = this.stored.get(`${type}/${id}`);
		if (data === undefined) {
			throw new UnexpectedError(`Credential with ID "${id}" does not exist for type "${type}".`);
		}
		return JSON.parse(data) as ICredentialDataDecryptedObject;
	}

	getParentTypes(type: string): string[] {
		const parents = this.types[type]?.extends ?? [];
		return [...parents, ...parents.flatMap((parent) => this.getParentTypes(parent))];
	}

	/** n8n says no only to credential types that name the nodes they are for; ours name none. */
	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		const credentialType = this.types[type];
		if (!credentialType) throw new UnexpectedError(`Unknown credential type: ${type}`);
		const properties: INodeProperties[] = [];
		for (const parent of credentialType.extends ?? []) {
			NodeHelpers.mergeNodeProperties(properties, this.getCredentialsProperties(parent));
		}
		NodeHelpers.mergeNodeProperties(properties, credentialType.properties);
		return properties;
	}

	/** What n8n hands to its OAuth2 client when the user connects the credential: no run is under way. */
	async decrypted(type: string, id: string): Promise<ICredentialDataDecryptedObject> {
		const noRun = { variables: {} } as IWorkflowExecuteAdditionalData;
		return await this.getDecrypted(noRun, { id, name: id }, type, 'internal');
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		{ id }: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		resolveIn?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = this.get(type, String(id));
		if (raw) return stored;

		const properties = this.getCredentialsProperties(type);
		const own = { ...stored };
		for (const { name, type: kind } of properties) {
			if (kind === 'hidden' && OWNED_WHEN_HIDDEN.includes(name)) delete own[name];
		}
		const complete = NodeHelpers.getNodeParameters(
			properties,
			own as INodeParameters,
			true,
			false,
			null,
			null,
		) as INodeParameters;
		// Token data is no property of the type, so it does not survive the line above.
		if (stored.oauthTokenData !== undefined) {
			complete.oauthTokenData = stored.oauthTokenData as INodeParameters;
		}

		const keys = getAdditionalKeys(additionalData, mode, null);
		if (resolveIn) {
			return resolveIn.workflow.expression.getParameterValue(
				complete,
				resolveIn.runExecutionData,
				resolveIn.runIndex,
				resolveIn.itemIndex,
				resolveIn.node.name,
				resolveIn.connectionInputData,
				mode,
				keys,
				executeData,
				false,
				complete,
			) as ICredentialDataDecryptedObject;
		}
		const workflow = new Workflow({
			nodes: [noNode],
			connections: {},
			active: false,
			nodeTypes: this.nodeTypes,
		});
		return workflow.expression.getComplexParameterValue(
			noNode,
			complete,
			mode,
			keys,
			undefined,
			undefined,
			complete,
		) as ICredentialDataDecryptedObject;
	}

	async updateCredentialsOauthTokenData(
		{ id }: INodeCredentialsDetails,
		type: string,
		{ oauthTokenData }: ICredentialDataDecryptedObject,
	): Promise<void> {
		const stored = this.get(type, String(id));
		this.set(type, String(id), { ...stored, oauthTokenData: oauthTokenData! });
		this.updates += 1;
	}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		type: string,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		return (await this.types[type]?.preAuthentication?.call(helpers, credentials)) as
			| ICredentialDataDecryptedObject
			| undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		return onlyOAuth2();
	}

	/**
	 * Up to n8n 1.101 the OAuth2 client stores the whole credential, as the run read it, with the new
	 * token data in it.
	 */
	async updateCredentials(
		{ id }: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.set(type, String(id), data);
		this.updates += 1;
	}

	async authenticate(): Promise<IHttpRequestOptions> {
		return onlyOAuth2();
	}

	async preAuthentication(): Promise<ICredentialDataDecryptedObject | undefined> {
		return onlyOAuth2();
	}
}

function onlyOAuth2(): never {
	throw new UnexpectedError('Only credentials that extend oAuth2Api are kept in memory');
}
