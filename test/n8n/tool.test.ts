import {
	NodeHelpers,
	type IExecuteFunctions,
	type INodeParameters,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { shortForAgent, stopsAtFailure } from '../../nodes/n8n/tool';
import { ZohoCampaignsDoNotMail } from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node';
import { ZohoCrmUnblockEmail } from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node';

/** The parameters that n8n gives a node of this type, of which the user has set some. */
const parametersAsShown = (description: INodeTypeDescription, set: INodeParameters = {}) =>
	NodeHelpers.getNodeParameters(
		description.properties,
		set,
		true,
		false,
		{ typeVersion: 1 },
		description,
	);

/** What n8n writes where a person presses the button that leaves a field to the agent. */
const FROM_AI =
	/^=\{\{ \/\*n8n-auto-generated-fromAI-override\*\/ \$fromAI\('\w+', `[^`]+`, 'string'\) \}\}$/;

describe.each([
	[new ZohoCrmUnblockEmail().description, 'recordIds', 'Record_IDs'],
	[new ZohoCampaignsDoNotMail().description, 'email', 'Email'],
] as const)('$displayName', (description, parameter, key) => {
	const parametersOf = (name: string) => parametersAsShown({ ...description, name });

	it('as a tool is described to the agent, which fills in what a step reads from its item', () => {
		const asTool = parametersOf(`${description.name}Tool`);

		expect(asTool?.[parameter]).toMatch(FROM_AI);
		expect(asTool?.[parameter]).toContain(`$fromAI('${key}', \`The `);
		expect(asTool?.toolDescription).toMatch(/ The answer /);
	});

	it('as a step of a workflow reads its item, and has no description for agents', () => {
		const asStep = parametersOf(description.name);

		expect(asStep?.[parameter]).toMatch(/^=\{\{ \$json\./);
		expect(asStep).not.toHaveProperty('toolDescription');
	});
});

test('a tool takes records by their IDs, also where it has the parameters of a step that reads a view', () => {
	const { description } = new ZohoCrmUnblockEmail();
	const parameters = parametersAsShown(
		{ ...description, name: `${description.name}Tool` },
		{ recordsFrom: 'customView', customView: { mode: 'id', value: '1' } },
	);

	expect(parameters?.recordIds).toContain('$fromAI(');
	expect(parameters).not.toHaveProperty('recordsFrom');
	expect(parameters).not.toHaveProperty('customView');
});

describe('a failure', () => {
	const contextOf = (type: string, goesOn = false) =>
		({
			getNode: () => ({ type }),
			continueOnFail: () => goesOn,
		}) as unknown as IExecuteFunctions;
	const errors = [
		{ id: '1', resolution: 'Do this.' },
		{ id: '2', resolution: 'Do that.' },
		{ id: '3', resolution: 'Do this.' },
	];

	it('is an answer for an agent, with its resolution once', () => {
		const tool = contextOf('zohoCrmUnblockEmailTool');

		expect(stopsAtFailure(tool)).toBe(false);
		expect(errors.map(shortForAgent(tool))).toEqual([errors[0], errors[1], { id: '3' }]);
	});

	it('stops a workflow, and is told whole', () => {
		const step = contextOf('zohoCrmUnblockEmail');

		expect(stopsAtFailure(step)).toBe(true);
		expect(errors.map(shortForAgent(step))).toEqual(errors);
	});

	it('stops no workflow that is to go on', () => {
		expect(stopsAtFailure(contextOf('zohoCrmUnblockEmail', true))).toBe(false);
	});
});
