import { NodeHelpers, type IExecuteFunctions } from 'n8n-workflow';
import { shortForAgent, stopsAtFailure } from '../../nodes/n8n/tool';
import { ZohoCampaignsDoNotMail } from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node';
import { ZohoCrmUnblockEmail } from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node';

describe.each([
	[new ZohoCrmUnblockEmail().description, 'recordIds', 'Record_IDs'],
	[new ZohoCampaignsDoNotMail().description, 'email', 'Email'],
] as const)('$displayName', (description, parameter, key) => {
	/** The parameters of a node of this type, of which the user has set none. */
	const parametersOf = (name: string) =>
		NodeHelpers.getNodeParameters(
			description.properties,
			{},
			true,
			false,
			{ typeVersion: 1 },
			{ ...description, name },
		);

	it('as a tool is described to the agent, which fills in what a step reads from its item', () => {
		const asTool = parametersOf(`${description.name}Tool`);

		expect(asTool?.[parameter]).toContain(`$fromAI('${key}'`);
		expect(asTool?.toolDescription).toMatch(/ The answer /);
	});

	it('as a step of a workflow reads its item, and has no description for agents', () => {
		const asStep = parametersOf(description.name);

		expect(asStep?.[parameter]).toMatch(/^=\{\{ \$json\./);
		expect(asStep).not.toHaveProperty('toolDescription');
	});
});

describe('a failure', () => {
	const contextOf = (type: string) =>
		({
			getNode: () => ({ type }),
			continueOnFail: () => false,
		}) as unknown as IExecuteFunctions;
	const errors = [
		{ id: '1', resolution: 'Do this.' },
		{ id: '2', resolution: 'Do this.' },
	];

	it('is an answer for an agent, with its resolution once', () => {
		const tool = contextOf('zohoCrmUnblockEmailTool');

		expect(stopsAtFailure(tool)).toBe(false);
		expect(errors.map(shortForAgent(tool))).toEqual([errors[0], { id: '2' }]);
	});

	it('stops a workflow, and is told whole', () => {
		const step = contextOf('zohoCrmUnblockEmail');

		expect(stopsAtFailure(step)).toBe(true);
		expect(errors.map(shortForAgent(step))).toEqual(errors);
	});
});
