/** What is different where a node is the tool of an agent. */
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

/** How a property tells that its node is a tool, in n8n 1.100 and, at the latest, from then on; 1.85 never shows it. */
const inTool = { '@tool': [true] };

/** Whether the node runs as a tool: n8n calls that variant of a type so. */
function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

/**
 * Whether the first failure ends the run, with an error. In a tool it never does: of an error n8n 2.40
 * hands an agent no more than the headline, and of the records that were done nothing.
 */
export function stopsAtFailure(context: IExecuteFunctions): boolean {
	return !context.continueOnFail() && !isTool(context);
}

/** What a tool answers is read by a model, word by word: so it says what to do about a failure once. */
export function shortForAgent(context: IExecuteFunctions): (error: IDataObject) => IDataObject {
	if (!isTool(context)) return (error) => error;
	const told = new Set<unknown>();
	return ({ resolution, ...error }) => {
		if (told.has(resolution)) return error;
		told.add(resolution);
		return { ...error, resolution };
	};
}

/**
 * The description of a tool, which is all that an agent knows of it. n8n would take the node's own, which
 * is for people.
 */
export function toolDescription(text: string): INodeProperties {
	return {
		displayName: 'Description',
		name: 'toolDescription',
		type: 'string',
		typeOptions: { rows: 4 },
		default: text,
		description: 'What the agent is told of this tool',
		displayOptions: { show: inTool },
	};
}

/** A parameter that no tool has: there it is as by default. */
export function notInTool(property: INodeProperties): INodeProperties {
	const { displayOptions } = property;
	const hide = { ...displayOptions?.hide, ...inTool };
	return { ...property, displayOptions: { ...displayOptions, hide } };
}

/** A sentence for the person at the panel, before they fill anything in. An agent has its own. */
export function notice(sentence: string): INodeProperties {
	return notInTool({ displayName: sentence, name: 'notice', type: 'notice', default: '' });
}

/**
 * A parameter that reads the item where the node is a step of a workflow. Where it is a tool, there is no
 * item to read, and the agent fills it in, as if the user had pressed the button for that beside the field.
 * It is asked for it always: what the parameter depends on in a workflow is to be `notInTool`.
 *
 * @param asked what the agent is told to fill in
 */
export function filledByAgent(property: INodeProperties, asked: string): INodeProperties[] {
	const key = property.displayName.replaceAll(' ', '_');
	const fromAi = `={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${key}', \`${asked}\`, 'string') }}`;
	return [{ ...property, default: fromAi, displayOptions: { show: inTool } }, notInTool(property)];
}
