/**
 * The contract: what people's workflows rely on. The files beside this one hold it as each version
 * had it; that of the version under way is written by `npm run check -- contract`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { version } from '../../../package.json';

/** Which values of other fields a field is shown with, or hidden: by their names. */
export type Conditions = Record<string, unknown[]>;

/** A parameter, an option, or a field of the credential. What is shown of it is no promise. */
export interface Field {
	label: string;
	type: string;
	default: unknown;
	required?: boolean;
	/** The values that can be chosen, and what they are called. */
	choices?: Record<string, string>;
	/** The ways in which a resource locator is filled in. */
	modes?: string[];
	min?: number;
	max?: number;
	wholeNumber?: boolean;
	withoutExpressions?: boolean;
	shownWith?: Conditions;
	hiddenWith?: Conditions;
}

export type Fields = Record<string, Field>;

/** The keys of what leaves a node, with the types of their values, such as "string" or "number | null". */
export interface Output {
	keys: Record<string, string>;
	statuses?: string[];
}

/** A version of a node: workflows keep the one that they were made with. */
export interface NodeVersion {
	credentials: string[];
	inputs: string[];
	outputs: string[];
	isTool: boolean;
	parameters: Fields;
	options: Fields;
	/** What an agent's tool has in place of parameters of the same names, or besides; with their types. */
	tool: Record<string, string>;
	/** By what it is, such as "record" or "failed record". */
	results: Record<string, Output>;
}

export interface NodeContract {
	label: string;
	versions: Record<string, NodeVersion>;
}

export interface CredentialContract {
	label: string;
	fields: Fields;
	/** By data center, where tokens come from. */
	tokensFrom: Record<string, string>;
	/** By services, what is asked for. */
	scopes: Record<string, string[]>;
}

export interface Contract {
	/** By the full name of the type. */
	nodes: Record<string, NodeContract>;
	credentials: Record<string, CredentialContract>;
	reasons: string[];
	/** The table by which n8n processes share a limit: it stays in people's n8n. */
	sharedTable?: { name: string; columns: Record<string, string> };
}

const folder = __dirname;

export const fileOf = (version: string) => path.join(folder, `${version}.json`);

/** The contract as a version had it. Throws where no copy of it is committed. */
export const contractOf = (version: string) =>
	JSON.parse(readFileSync(fileOf(version), 'utf8')) as Contract;

/** The version under way, and those before it of which there is a copy, oldest first. */
export const current = version;
export const earlier = readdirSync(folder)
	.filter((file) => file.endsWith('.json'))
	.map((file) => path.basename(file, '.json'))
	.filter((name) => name !== version)
	.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
