/** How a person finds the nodes, as steps and as tools. */
import { useDesk } from './desk';
import { browserTest } from './pictures';
import { say } from './say';
import { connect } from './stage';

const CRM = 'Zoho CRM Unblock Email';
const CAMPAIGNS = 'Zoho Campaigns Do-Not-Mail';

const desk = useDesk();
const inBrowser = browserTest(() => desk.page);
beforeAll(async () => {
	await connect(desk.stage);
});

describe("as an agent's tool", () => {
	inBrowser(
		'the parameters are for the agent to fill in as soon as the node drops in',
		async () => {
			for (const name of [CRM, CAMPAIGNS]) {
				await desk.editor.newWorkflow();
				await desk.editor.addTool(name);
				await desk.pictures.show(`6-tool-${name}`);

				await expect(desk.page.getByTestId('fromAI-override-field').count()).resolves.toBe(1);
				expect(
					await desk.editor.parameter('toolDescription').locator('textarea').inputValue(),
				).toMatch(/ The answer /);
			}
		},
	);
});

describe('the search of the nodes panel', () => {
	inBrowser('finds the nodes by the words that people use', async () => {
		await desk.editor.newWorkflow();
		for (const [word, names] of [
			['blocklist', [CRM, CAMPAIGNS]],
			['blacklist', [CRM, CAMPAIGNS]],
			['blocked', [CRM, CAMPAIGNS]],
			['bounced', [CRM, CAMPAIGNS]],
			['hard bounce', [CRM, CAMPAIGNS]],
			['opt-out', [CAMPAIGNS]],
			['unsubscribes', [CAMPAIGNS]],
			['zoho email', [CRM, CAMPAIGNS]],
			['email validation', [CRM, CAMPAIGNS]],
			['clean email list', [CRM, CAMPAIGNS]],
			['newsletter', [CRM, CAMPAIGNS]],
			['gdpr', [CRM, CAMPAIGNS]],
		] as const) {
			const found = await desk.editor.namesFound(word);
			say(`"${word}" finds: ${found.join(', ')}`);
			expect(found).toEqual(expect.arrayContaining([...names]));
		}
		await desk.pictures.show('7-search');
	});
});
