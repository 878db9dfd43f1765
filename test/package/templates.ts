/** The templates of examples/, and where their nodes lie on the canvas. */
import type { IConnections, IDataObject, INode, INodeProperties } from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as campaigns from '../../nodes/ZohoCampaignsDoNotMail/properties';
import * as crm from '../../nodes/ZohoCrmUnblockEmail/properties';
import packageJson from '../../package.json';

export const folder = path.resolve(__dirname, '../../examples');
export const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
export const textOf = (file: string) => readFileSync(path.join(folder, file), 'utf8');

/** A workflow as n8n's editor exports it. */
export interface Template {
	name: string;
	nodes: INode[];
	connections: IConnections;
	pinData: IDataObject;
	active: boolean;
	settings: IDataObject;
}

const templates = files.map((file) => JSON.parse(textOf(file)) as Template);
export const everyNode = templates.flatMap(({ nodes }) => nodes);

export const OUR_NODES: Record<
	string,
	{ PROPERTIES: INodeProperties[]; OPTIONS: INodeProperties[] }
> = {
	[`${packageJson.name}.zohoCrmUnblockEmail`]: crm,
	[`${packageJson.name}.zohoCampaignsDoNotMail`]: campaigns,
};
export const isOurs = ({ type }: INode) => type in OUR_NODES;
export const isNote = ({ type }: INode) => type === 'n8n-nodes-base.stickyNote';
export const isLoop = ({ type }: INode) => type === 'n8n-nodes-base.splitInBatches';

/** Which node leads to which. */
export const wires = ({ connections }: Template) =>
	Object.entries(connections).flatMap(([from, { main = [] }]) =>
		main.flatMap((targets) => (targets ?? []).map(({ node }) => ({ from, to: node }))),
	);

interface Area {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/** What a node takes up on the canvas in pixels: a note its size, another node its box and its name. */
export function areaOf({ name, parameters, position: [x, y], ...node }: INode): Area {
	return isNote({ name, parameters, position: [x, y], ...node })
		? {
				name,
				left: x,
				top: y,
				right: x + Number(parameters.width),
				bottom: y + Number(parameters.height),
			}
		: { name, left: x - 32, top: y, right: x + 128, bottom: y + 150 };
}

export const overlap = (one: Area, other: Area) =>
	one.left < other.right &&
	other.left < one.right &&
	one.top < other.bottom &&
	other.top < one.bottom;

/** Whether the panel shows a property, by the values of the others. */
export function isShown(
	{ displayOptions }: INodeProperties,
	parameters: IDataObject,
	all: INodeProperties[],
): boolean {
	const valueOf = (name: string) =>
		parameters[name] ?? all.find((property) => property.name === name)?.default;
	return Object.entries(displayOptions?.show ?? {}).every(([name, values = []]) =>
		(values as unknown[]).includes(valueOf(name)),
	);
}
