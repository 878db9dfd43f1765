/** What n8n reads of the nodes and the credential before anything runs: what their panels show. */
import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { runInNewContext } from 'node:vm';
import { ZohoEmailHygieneOAuth2Api } from '../../credentials/ZohoEmailHygieneOAuth2Api.credentials';
import { ZohoCampaignsDoNotMail } from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node';
import { ZohoCrmUnblockEmail } from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node';

export const crmNode = new ZohoCrmUnblockEmail();
export const campaignsNode = new ZohoCampaignsDoNotMail();
export const credential = new ZohoEmailHygieneOAuth2Api();

export const descriptions: INodeTypeDescription[] = [
	crmNode.description,
	campaignsNode.description,
];
export const panels = [...descriptions, credential].map((panel) => [panel.name, panel] as const);

/** The options of a node, which its panel shows one by one. */
export const optionsOf = ({ properties }: { properties: INodeProperties[] }): INodeProperties[] =>
	properties
		.filter(({ type }) => type === 'collection')
		.flatMap(({ options }) => options as INodeProperties[]);

/** Every field that a panel can show, options included. */
export const fieldsOf = (panel: { properties: INodeProperties[] }): INodeProperties[] => [
	...panel.properties,
	...optionsOf(panel),
];

/** The choices of a field, where it has some. */
export const choicesOf = ({ type, options = [] }: INodeProperties): INodePropertyOptions[] =>
	type === 'options' || type === 'multiOptions' ? (options as INodePropertyOptions[]) : [];

/** The names of the fields that a panel shows, while its fields hold these values, by n8n's own rules. */
export function shown(
	panel: { properties: INodeProperties[] },
	values: INodeParameters,
	description: INodeTypeDescription | null = null,
): string[] {
	return panel.properties
		.filter(({ type }) => type !== 'hidden')
		.filter((field) => NodeHelpers.displayParameter(values, field, { typeVersion: 1 }, description))
		.map(({ name }) => name);
}

/** The names of the fields that n8n marks, while the panel holds these values. */
export function marked(panel: { properties: INodeProperties[] }, values: INodeParameters) {
	const node = { typeVersion: 1, parameters: values } as INode;
	return panel.properties
		.filter((field) => NodeHelpers.getParameterIssues(field, values, '', node, null).parameters)
		.map(({ name }) => name);
}

/** What an expression comes to, with these variables: here, plain JavaScript. */
export function resolved(expression: unknown, variables: object): unknown {
	const [, code = ''] = /^=\{\{(.*)\}\}$/s.exec(String(expression)) ?? [];
	return runInNewContext(`(${code})`, variables);
}
