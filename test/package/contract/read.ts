/** Reads the contract from the package as it was built: what it declares, and what its nodes give. */
import {
	NodeHelpers,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IDisplayOptions,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
	type IVersionedNodeType,
} from 'n8n-workflow';
import { createRequire } from 'node:module';
import path from 'node:path';
import packageJson from '../../../package.json';
import { stageOf, type Stage } from '../../support/stage';
import { createEngine } from '../../engine';
import { startFakeZoho } from '../../fake-zoho';
import type {
	Conditions,
	Contract,
	CredentialContract,
	Field,
	Fields,
	NodeContract,
	NodeVersion,
} from './contract';
import { resultsOf } from './results';

const root = path.resolve(__dirname, '../../..');

/** The contract of the package in dist/. It runs both nodes, against an embedded Zoho of its own. */
export async function readContract(): Promise<Contract> {
	const stage = stageOf(await createEngine({ packageDir: root }), await startFakeZoho());
	try {
		const nodes: Contract['nodes'] = {};
		for (const file of packageJson.n8n.nodes) {
			const type = typeIn(file);
			nodes[`${packageJson.name}.${type}`] = await nodeOf(stage, type);
		}
		const credentials: Contract['credentials'] = {};
		for (const file of packageJson.n8n.credentials) {
			const type = typeIn(file);
			credentials[type] = await credentialOf(stage, type);
		}
		return { nodes, credentials, reasons: reasons(), sharedTable: sharedTable() };
	} finally {
		await stage.stop();
	}
}

/** The name of the type in a built file, which is the file's own but for the first letter. */
function typeIn(file: string): string {
	const [name = ''] = path.basename(file).split('.');
	return name.charAt(0).toLowerCase() + name.slice(1);
}

/** A module of the built package. */
const built = (file: string) =>
	createRequire(__filename)(path.join(root, 'dist', file)) as Record<string, unknown>;

const reasons = () => built('nodes/zoho/failures.js').REASONS as string[];

function sharedTable(): NonNullable<Contract['sharedTable']> {
	const { TABLE } = built('nodes/n8n/dataTable.js') as {
		TABLE: { name: string; columns: Array<{ name: string; type: string }> };
	};
	const columns = Object.fromEntries(TABLE.columns.map(({ name, type }) => [name, type]));
	return { name: TABLE.name, columns };
}

async function credentialOf({ engine }: Stage, type: string): Promise<CredentialContract> {
	const { displayName, properties } = engine.credentialTypes[type]!;
	const fields = fieldsOf(properties);
	const resolved = async (data: IDataObject) => {
		engine.credentials.set(type, 'contract', data as ICredentialDataDecryptedObject);
		return await engine.credentials.decrypted(type, 'contract');
	};
	const tokensFrom: CredentialContract['tokensFrom'] = {};
	for (const dataCenter of Object.keys(fields.dataCenter?.choices ?? {})) {
		const url = 'https://accounts.example.com';
		const { accessTokenUrl } = await resolved({ dataCenter, customAccountsUrl: url });
		tokensFrom[dataCenter] = String(accessTokenUrl);
	}
	const scopes: CredentialContract['scopes'] = {};
	for (const services of Object.keys(fields.services?.choices ?? {})) {
		for (const readRecords of fields.readRecords ? [false, true] : [false]) {
			const { scope } = await resolved({ services, readRecords });
			scopes[services + (readRecords ? ', with custom views' : '')] = String(scope).split(',');
		}
		if (!fields.readCampaigns) continue;
		const { scope } = await resolved({ services, readCampaigns: true });
		scopes[`${services}, with campaigns`] = String(scope).split(',');
	}
	return { label: displayName, fields, tokensFrom, scopes };
}

async function nodeOf(stage: Stage, type: string): Promise<NodeContract> {
	const node: INodeType | IVersionedNodeType = stage.engine.nodeTypes.getByName(type);
	const numbers =
		'nodeVersions' in node
			? Object.keys(node.nodeVersions).map(Number)
			: [node.description.version].flat();
	const versions: NodeContract['versions'] = {};
	for (const number of numbers) versions[number] = await versionOf(stage, type, number);
	return { label: node.description.displayName, versions };
}

async function versionOf(stage: Stage, type: string, version: number): Promise<NodeVersion> {
	const { description } = stage.engine.nodeTypes.getByNameAndVersion(type, version);
	const properties = ofVersion(description.properties, version, description);
	const isForTools = ({ displayOptions }: INodeProperties) => displayOptions?.show?.['@tool'];
	const options = properties.find(
		({ name, type: kind }) => name === 'options' && kind === 'collection',
	);
	const inOptions = (options?.options ?? []) as INodeProperties[];
	const parameters = properties.filter((property) => property !== options && !isForTools(property));
	return {
		credentials: (description.credentials ?? []).map(({ name }) => name),
		inputs: description.inputs as string[],
		outputs: description.outputs as string[],
		isTool: description.usableAsTool !== undefined,
		parameters: fieldsOf(parameters),
		options: fieldsOf(ofVersion(inOptions, version, description)),
		tool: Object.fromEntries(properties.filter(isForTools).map(({ name, type }) => [name, type])),
		results: await resultsOf(stage, type, version, parameters),
	};
}

/** The properties that a version of the node has: those of other versions are hidden from it. */
function ofVersion(
	properties: INodeProperties[],
	version: number,
	description: INodeTypeDescription,
): INodeProperties[] {
	return properties.filter(({ displayOptions: { show, hide } = {} }) => {
		const byVersion: IDisplayOptions = {
			...(show?.['@version'] && { show: { '@version': show['@version'] } }),
			...(hide?.['@version'] && { hide: { '@version': hide['@version'] } }),
		};
		const property = { displayOptions: byVersion } as INodeProperties;
		return NodeHelpers.displayParameter({}, property, { typeVersion: version }, description);
	});
}

/** What is only shown is no field, nor is what n8n computes from others. */
const fieldsOf = (properties: INodeProperties[]): Fields =>
	Object.fromEntries(
		properties
			.filter(
				({ type, default: value }) =>
					type !== 'notice' && !(type === 'hidden' && isComputed(value)),
			)
			.map((property) => [property.name, fieldOf(property)]),
	);

const isComputed = (value: unknown) => typeof value === 'string' && value.startsWith('={{');

function fieldOf(property: INodeProperties): Field {
	const {
		displayName,
		type,
		default: value,
		required,
		options = [],
		modes,
		typeOptions,
	} = property;
	const choices = options.flatMap((option) =>
		'value' in option ? [[String(option.value), option.name]] : [],
	);
	const { show, hide } = property.displayOptions ?? {};
	return {
		label: displayName,
		type,
		default: value,
		...(required && { required }),
		...(choices.length > 0 && { choices: Object.fromEntries(choices) as Record<string, string> }),
		...(modes && { modes: modes.map(({ name }) => name) }),
		...(typeOptions?.minValue !== undefined && { min: typeOptions.minValue }),
		...(typeOptions?.maxValue !== undefined && { max: typeOptions.maxValue }),
		...(typeOptions?.numberPrecision === 0 && { wholeNumber: true }),
		...(property.noDataExpression && { withoutExpressions: true }),
		...conditionsIn('shownWith', show),
		...conditionsIn('hiddenWith', hide),
	};
}

function conditionsIn(name: 'shownWith' | 'hiddenWith', given: IDisplayOptions['show']) {
	const conditions = Object.entries(given ?? {}).filter(([of]) => of !== '@version');
	return conditions.length > 0 && { [name]: Object.fromEntries(conditions) as Conditions };
}
