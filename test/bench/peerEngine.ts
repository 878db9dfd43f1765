import type { ICredentialType, INodeParameters, INodeType } from 'n8n-workflow';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createEngine, type Engine, type NodeToRun } from '../engine';
import { credentialFor, CREDENTIAL_TYPE } from '../fake-zoho';
import { ACCOUNT, type Access } from './access';
import { loadPeer } from './peers';

/** n8n's own credential type for Zoho; the scopes that it asks for allow the call in v6. */
export const ZOHO_CREDENTIAL = 'zohoOAuth2Api';

/** n8n knows the node by this name: it may use every credential type. */
const HTTP_REQUEST = 'n8n-nodes-base.httpRequest';
const HTTP_REQUEST_VERSION = 4.5;

/**
 * n8n's engine with this package, n8n's own HTTP Request node, and n8n's own Zoho credential type,
 * in which the account is connected.
 */
export async function peerEngine(
	folder: string,
	{ url, clientId, clientSecret, oauthTokenData }: Access,
	extraNodes: Record<string, INodeType> = {},
): Promise<Engine> {
	const { HttpRequest } = loadBase<{
		HttpRequest: new () => { getNodeType(version: number): INodeType };
	}>(folder, 'nodes/HttpRequest/HttpRequest.node.js');
	const { ZohoOAuth2Api } = loadBase<{ ZohoOAuth2Api: new () => ICredentialType }>(
		folder,
		'credentials/ZohoOAuth2Api.credentials.js',
	);
	const engine = await createEngine({
		extraNodes: {
			...extraNodes,
			[HTTP_REQUEST]: new HttpRequest().getNodeType(HTTP_REQUEST_VERSION),
		},
	});
	engine.credentialTypes[ZOHO_CREDENTIAL] = new ZohoOAuth2Api();
	engine.credentials.set(ZOHO_CREDENTIAL, ACCOUNT, {
		clientId,
		clientSecret,
		authUrl: `${url}/oauth/v2/auth`,
		accessTokenUrl: `${url}/oauth/v2/token`,
		oauthTokenData: { ...oauthTokenData },
	});
	return engine;
}

/** Loads a file of n8n's own nodes and credential types. */
export function loadBase<T>(folder: string, file: string): T {
	// In n8n there is one n8n-workflow; without this line the peers would bring their own along.
	const { resolve } = createRequire(path.join(folder, 'package.json'));
	require.cache[resolve('n8n-workflow')] = require.cache[require.resolve('n8n-workflow')];
	return loadPeer<T>(folder, `n8n-nodes-base/dist/${file}`);
}

/** Connects the account in this package's own credential type. */
export function connectOwn(engine: Engine, access: Access): void {
	engine.credentials.set(CREDENTIAL_TYPE, ACCOUNT, {
		...credentialFor(access),
		readRecords: true,
		readCampaigns: true,
		oauthTokenData: { ...access.oauthTokenData },
	});
}

/** The HTTP Request node as a POST with n8n's own Zoho credential; failed items go their own way. */
export function httpRequest(parameters: INodeParameters): NodeToRun {
	return {
		type: HTTP_REQUEST,
		typeVersion: HTTP_REQUEST_VERSION,
		onError: 'continueErrorOutput',
		credentials: { [ZOHO_CREDENTIAL]: { id: ACCOUNT, name: 'Zoho account' } },
		parameters: {
			method: 'POST',
			authentication: 'predefinedCredentialType',
			nodeCredentialType: ZOHO_CREDENTIAL,
			...parameters,
		},
	};
}

/** The option *Batching* of the HTTP Request node; it is off unless it is added. */
export function batching(batchSize: number, batchInterval: number): INodeParameters {
	return { batching: { batch: { batchSize, batchInterval } } };
}
