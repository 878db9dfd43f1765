/** What a person sees who uses the package for the first time. */
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import type { Locator } from 'playwright-core';
import { CREDENTIAL_TYPE, credentialFor } from '../fake-zoho';
import { useDesk } from './desk';
import { browserTest } from './pictures';
import { say } from './say';
import { bounce, connect, CREDENTIAL_NAME, lead, LEADS } from './stage';
import { chain, type WorkflowFile } from './workflow';

const CRM = 'Zoho CRM Unblock Email';
const CAMPAIGNS = 'Zoho Campaigns Do-Not-Mail';

const desk = useDesk();
const inBrowser = browserTest(() => desk.page);
let credential: string;
beforeEach(() => bounce(desk.stage.zoho));

/** Whether the whole of an element is on the screen, with nothing to scroll. */
async function isOnScreen(element: Locator): Promise<boolean> {
	const box = await element.boundingBox();
	return box !== null && box.y >= 0 && box.y + box.height <= 900 && box.x + box.width <= 1440;
}

/** Opens a workflow in which one of our nodes follows a trigger with these items. */
async function openNode(
	name: string,
	items: IDataObject[],
	parameters: INodeParameters = {},
	more: Partial<INode> = {},
): Promise<void> {
	const workflow = chain(`${name} ${Date.now()}`, [START, { ...ours(name, parameters), ...more }]);
	await open({ ...workflow, pinData: { Start: items.map((json) => ({ json })) } }, name);
}

const START = {
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	parameters: {},
};

const ours = (name: string, parameters: INodeParameters) => ({
	name,
	type: `n8n-nodes-zoho-email-hygiene.${name === CRM ? 'zohoCrmUnblockEmail' : 'zohoCampaignsDoNotMail'}`,
	typeVersion: 1,
	parameters,
	credentials: { [CREDENTIAL_TYPE]: { id: credential, name: CREDENTIAL_NAME } },
});

async function open(workflow: WorkflowFile & { pinData?: object }, name: string): Promise<void> {
	const id = await desk.stage.n8n.importWorkflow({ pinData: {}, ...workflow } as WorkflowFile);
	await desk.page.goto(`${desk.stage.n8n.url}/workflow/${id}`);
	await node(name).waitFor();
}

const node = (name: string) => desk.page.getByTestId('canvas-node').filter({ hasText: name });
const hints = () => desk.page.getByTestId('output-panel').getByTestId('node-hint');

describe('connecting', () => {
	inBrowser('the credential says what to choose while n8n offers to connect', async () => {
		await desk.editor.newCredential('zoho', 'Zoho Email Hygiene OAuth2 API');
		const { clientId, clientSecret } = credentialFor(desk.stage.zoho.client);
		await desk.editor.type('clientId', String(clientId));
		await desk.editor.type('clientSecret', String(clientSecret));
		const button = desk.page.getByTestId('quick-connect-button');
		await button.waitFor();
		await button.scrollIntoViewIfNeeded();
		say(`the button says: ${await button.innerText()}`);
		await desk.pictures.show('1-connecting');

		const first = desk.page.getByText('First choose Data Center and Services below');
		expect(await isOnScreen(button)).toBe(true);
		expect(await isOnScreen(first)).toBe(true);
		await expect(
			desk.page.getByText('Choose only what you have: Zoho refuses to connect').count(),
		).resolves.toBe(1);
		expect(await button.innerText()).toContain('Connect');
	});
});

describe('with a connected credential', () => {
	beforeAll(async () => {
		credential = await connect(desk.stage);
	});

	inBrowser(
		'before and while a list waits for the limit, the panel says for how long',
		async () => {
			const list = {
				name: 'List',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: { mode: 'raw', jsonOutput: '{}', duplicateItem: true, duplicateCount: 11 },
			};
			const moves = ours(CAMPAIGNS, {
				email: '={{ "wait" + $itemIndex + "@example.com" }}',
				// A wait of some 18 s, so that it is seen on a busy machine, too.
				options: { callsPerWindow: 6, windowMinutes: 0.3 },
			});
			await open(chain('A list that waits', [START, list, moves]), CAMPAIGNS);
			await node(CAMPAIGNS).dblclick();
			await desk.editor.panel.waitFor();
			// n8n knows how long the list is once the nodes before have run.
			await desk.editor.panel.getByTestId('execute-previous-node').click();
			await hints().first().waitFor();
			const before = await hints().allInnerTexts();
			await desk.pictures.show('2-before-waiting');
			const execution = await desk.editor.executeStep();
			await desk.page.getByText('Executing node...').waitFor();
			const meanwhile = await hints().allInnerTexts();
			await desk.pictures.show('2-waiting');
			await desk.stage.n8n.finished(execution);
			await hints().filter({ hasText: '12 addresses: 12 moved' }).waitFor();
			await desk.pictures.show('2-after-waiting');

			for (const said of [before, meanwhile]) {
				expect(said.join()).toMatch(/pauses .* about half a minute in all.* not stuck/);
			}
		},
	);

	inBrowser('an error under Stop Workflow names what it is about, and the way out', async () => {
		const items = [LEADS.soft, LEADS.hard, lead(20)].map((id) => ({ id }));
		await openNode(CRM, items);
		await node(CRM).dblclick();
		await desk.stage.n8n.finished(await desk.editor.executeStep());
		const error = desk.page.getByTestId('output-panel');
		await error.getByText(`Record ${LEADS.hard}: `).first().waitFor();
		await desk.pictures.show('3-error-of-a-record');
		expect(await error.innerText()).toContain('set "On Error" to "Continue (using error output)"');

		const { clientId, clientSecret } = credentialFor(desk.stage.zoho.client);
		const data = { clientId, clientSecret } as IDataObject;
		const id = await desk.stage.n8n.createCredential('Not connected yet', CREDENTIAL_TYPE, data);
		const credentials = { [CREDENTIAL_TYPE]: { id, name: 'Not connected yet' } };
		await openNode(CRM, items, {}, { credentials });
		await node(CRM).dblclick();
		await desk.stage.n8n.finished(await desk.editor.executeStep());
		await error.getByText('Credential "Not connected yet": ').first().waitFor();
		await desk.pictures.show('3-error-of-the-account');
		expect(await error.innerText()).not.toContain(`Record ${LEADS.soft}`);
	});

	inBrowser(
		'the output shows id, status and message first, and counts as the branches do',
		async () => {
			const ids = [LEADS.soft, LEADS.hard, LEADS.worn, LEADS.missing, LEADS.unblocked];
			await openNode(
				CRM,
				ids.map((id) => ({ id })),
				{},
				{ onError: 'continueErrorOutput' },
			);
			await node(CRM).dblclick();
			await desk.stage.n8n.finished(await desk.editor.executeStep());
			await desk.editor.readBranch('Success', 2);
			const output = desk.page.getByTestId('output-panel');
			await desk.pictures.show('4-output');

			const heads = (await output.locator('table th').allInnerTexts()).map((text) => text.trim());
			expect(heads.slice(0, 3)).toEqual(['id', 'status', 'message']);
			expect(await isOnScreen(output.locator('table th').nth(1))).toBe(true);
			const [hint] = await hints().allInnerTexts();
			expect(hint).toMatch(
				/^5 records: 1 unblocked, 1 already unblocked, 3 failed: 1 permanently blocked, 1 unblocked five times before, 1 not found\. \d+ calls, since Zoho refused whole batches\./,
			);
		},
	);

	inBrowser('with Fail, the hint says how many were not sent and when to come back', async () => {
		const items = Array.from({ length: 5 }, (_, i) => ({ email: `fail${i}@example.com` }));
		const options = { callsPerWindow: 3, windowMinutes: 30, whenLimitReached: 'error' };
		await openNode(CAMPAIGNS, items, { options }, { onError: 'continueErrorOutput' });
		await node(CAMPAIGNS).dblclick();
		await desk.stage.n8n.finished(await desk.editor.executeStep());
		const hint = hints().filter({ hasText: 'failed' });
		await hint.waitFor();
		await desk.pictures.show('4-fail');

		expect(await hint.innerText()).toMatch(
			/not sent|none of them sent.*Come back at \d\d:\d\d:\d\d, in \d+ min/,
		);
	});

	inBrowser('on the canvas two nodes can be told apart', async () => {
		await openNode(CRM, [{ id: LEADS.soft }], {
			module: { __rl: true, mode: 'name', value: 'Contacts' },
			unblockFields: ['Email', 'Secondary_Email'],
		});
		await desk.pictures.show('5-canvas');
		expect(await node(CRM).innerText()).toContain('Contacts: Email, Secondary Email');

		await openNode(CAMPAIGNS, [{ email: 'a@example.com' }]);
		expect(await node(CAMPAIGNS).innerText()).toContain('Move to Do-Not-Mail');
	});
});
