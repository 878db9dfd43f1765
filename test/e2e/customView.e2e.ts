/** Records of a custom view, as a person chooses it in the panel. */
import { useDesk } from './desk';
import { browserTest } from './pictures';
import { say } from './say';
import { bounce, BOUNCED, connect, lead, LEADS } from './stage';

const desk = useDesk();
const inBrowser = browserTest(() => desk.page);

beforeEach(() => bounce(desk.stage.zoho));

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

/** The records of the demo account that were unblocked since they were put back, in their order. */
const unblocked = () =>
	Array.from({ length: 12_000 }, (_, index) => lead(index + 1)).filter(
		(id) => id !== LEADS.worn && (desk.stage.zoho.crm.get('Leads', id)?.timesUnblocked ?? 0) > 0,
	);

/** The records that a call has named, each once: those that Zoho was asked to change. */
const named = () =>
	new Set(desk.stage.zoho.calls('unblock').flatMap(({ ids = [] }) => ids.map(String)));

/** What the hints under the output say. */
async function hints(begin: string): Promise<string> {
	const all = desk.page.getByTestId('output-panel').getByTestId('node-hint');
	await all.filter({ hasText: begin }).waitFor();
	const said = (await all.allInnerTexts()).join(' ');
	say(`the hints say: ${said}`);
	return said;
}

/** Executes the node that is open, and forgets what Zoho was asked before. */
async function execute(): Promise<void> {
	const { editor, stage } = desk;
	stage.zoho.requests = [];
	await stage.n8n.finished(await editor.executeStep());
}

inBrowser(
	'a view that is chosen and executed as it comes changes no more than the 50 at its top',
	async () => {
		const { editor, pictures, stage } = desk;
		await connect(stage);
		await newNode();
		await (await editor.openList('customView', BOUNCED.name)).click();
		await pictures.show('8-view-chosen');
		await editor.useErrorOutput();
		await execute();

		// The two that cannot be unblocked are among the fifty.
		const errors = await editor.readBranch('Error', 2);
		say(`error branch: ${errors}`);
		expect(errors).toContain(`person-${LEADS.hard}@example.com`);
		await editor.readBranch('Success', 48);
		await pictures.show('8-view-as-it-comes');
		expect(named().size).toBe(50);
		expect(unblocked()).toHaveLength(48);
		expect(await hints('50 records: 48 unblocked, 2 failed')).toContain(
			'holds more records than "Limit" let through',
		);
	},
);

inBrowser('Preview Only shows the records of a view, and changes nothing', async () => {
	const { editor, pictures } = desk;
	await editor.turn('previewOnly', 'on');
	await execute();

	await hints('50 records: 50 would be sent');
	await editor.readBranch('Success', 50);
	await pictures.show('8-view-preview');
	expect(named().size).toBe(0);
	expect(unblocked()).toEqual([]);
});

inBrowser('with Return All, everything that is in a view is unblocked', async () => {
	const { editor, pictures } = desk;
	await editor.turn('previewOnly', 'off');
	await editor.turn('returnAll', 'on');
	await execute();

	const errors = await editor.readBranch('Error', 2);
	expect(errors).toContain(`person-${LEADS.hard}@example.com`);
	await editor.readBranch('Success', 496);
	await pictures.show('8-view-success');
	expect(named().size).toBe(498);
	expect(unblocked()).toHaveLength(496);
	expect(await hints('498 records: 496 unblocked, 2 failed')).not.toContain('"Limit" let through');
});
