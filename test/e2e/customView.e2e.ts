/** Records of a custom view, as a person chooses it in the panel. */
import { useDesk } from './desk';
import { browserTest } from './pictures';
import { say } from './say';
import { bounce, BOUNCED, connect, LEADS } from './stage';

const desk = useDesk();
const inBrowser = browserTest(() => desk.page);

beforeAll(() => bounce(desk.stage.zoho));

/** A new node that takes its records from a custom view. */
async function newNode(): Promise<void> {
	const { editor } = desk;
	await editor.newWorkflow();
	await editor.searchNodes('Zoho CRM Unblock Email');
	await editor.addFound('Zoho CRM Unblock Email');
	await editor.choose('recordsFrom', /^In a Custom View/);
}

inBrowser('a list that the credential may not read says what to switch on', async () => {
	await connect(desk.stage, false);
	await newNode();
	const error = await desk.editor.openList('customView', /./);
	await desk.pictures.show('8-view-without-scopes');
	say(`the list says: ${(await error.innerText()).replaceAll(/\s+/g, ' ')}`);
	expect(await error.innerText()).toContain('switch on "Read Custom Views"');
});

inBrowser('a view is chosen from the list, and what is in it is unblocked', async () => {
	const { editor, pictures, stage } = desk;
	await connect(stage);
	await newNode();
	await (await editor.openList('customView', BOUNCED.name)).click();
	await pictures.show('8-view-chosen');
	await editor.useErrorOutput();
	await stage.n8n.finished(await editor.executeStep());

	const errors = await editor.readBranch('Error', 2);
	say(`error branch: ${errors}`);
	expect(errors).toContain(`person-${LEADS.hard}@example.com`);
	await editor.readBranch('Success', 496);
	await pictures.show('8-view-success');
});
