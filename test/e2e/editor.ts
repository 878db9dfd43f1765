import type { INodeProperties } from 'n8n-workflow';
import type { Locator, Page } from 'playwright-core';
import { OWNER } from './n8n';
import { isLoaded } from './pictures';

/** n8n's editor as a person uses it: every step here is a click or a key press. */
export class Editor {
	constructor(
		private readonly page: Page,
		private readonly url: string,
	) {}

	async signIn(): Promise<void> {
		await this.page.goto(`${this.url}/signin`);
		await this.page.locator('input[name="emailOrLdapLoginId"]').fill(OWNER.email);
		await this.page.locator('input[name="password"]').fill(OWNER.password);
		await this.page.getByRole('button', { name: 'Sign in' }).click();
		await this.page.waitForURL(/\/(home|workflow)/);
	}

	/** Opens the dialog of a new credential of a type, found by the beginning of its name. */
	async newCredential(search: string, displayName: string): Promise<void> {
		await this.page.goto(`${this.url}/home/credentials`);
		// A list that holds none yet shows another button for the same.
		await this.page
			.getByTestId('add-resource-credential')
			.or(this.page.getByTestId('empty-resources-list').getByRole('button'))
			.first()
			.click();
		await this.page.getByTestId('new-credential-type-select').locator('input').fill(search);
		await this.page
			.getByTestId('new-credential-type-select-option')
			.filter({ hasText: exactly(displayName) })
			.click();
		await this.page.getByTestId('new-credential-type-button').click();
		await this.credentialDialog.waitFor();
	}

	get credentialDialog(): Locator {
		return this.page.getByTestId('editCredential-modal');
	}

	/** The input of a parameter in the panel or dialog that is open, by the parameter's name. */
	parameter(name: string): Locator {
		return this.page.getByTestId(`parameter-input-${name}`);
	}

	/** Scrolls to every parameter that a step of a workflow has; throws where one is not there. */
	async showAll(properties: INodeProperties[]): Promise<void> {
		for (const { name, type, displayOptions } of properties) {
			const isOfTool = displayOptions?.show?.['@tool'] !== undefined;
			const isField = !['collection', 'notice'].includes(type);
			if (isField && !isOfTool) await this.parameter(name).scrollIntoViewIfNeeded();
		}
	}

	/** Types a fixed value into a parameter, in place of the expression that may be there. */
	async type(name: string, text: string): Promise<void> {
		const fixed = this.page
			.getByTestId(`${name}-parameter-input-options-container`)
			.getByTestId('radio-button-fixed');
		await this.parameter(name).hover();
		if ((await fixed.count()) > 0) await fixed.click();
		await this.parameter(name).locator('input, textarea').fill(text);
	}

	/** Chooses one of a parameter's options by the beginning of its name. */
	async choose(name: string, option: string | RegExp): Promise<void> {
		await this.parameter(name).click();
		await this.page.getByRole('option', { name: option }).click();
	}

	/** Turns a switch of the panel. */
	async turn(name: string, to: 'on' | 'off'): Promise<void> {
		const input = this.parameter(name).getByRole('switch');
		// What is seen and clicked lies over the input itself, which is hidden.
		if ((await input.isChecked()) !== (to === 'on')) {
			await this.parameter(name).locator('.el-switch').click();
		}
	}

	/** A new workflow that begins with a manual trigger. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.getByTestId('canvas-add-button').click();
		await this.page
			.getByTestId('node-creator-item-name')
			.filter({ hasText: exactly('Trigger manually') })
			.click();
		await this.page.getByTestId('canvas-node').waitFor();
	}

	/** The entries that the nodes panel finds: name, description, and whether the icon was loaded. */
	async searchNodes(search: string) {
		await this.page.getByTestId('node-creator-plus-button').click();
		await this.page.getByTestId('node-creator-search-bar').fill(search);
		await this.entry(search).waitFor();
		const entries = await this.page.getByTestId('item-iterator-item').all();
		return await Promise.all(
			entries.map(async (entry) => ({
				name: await entry.getByTestId('node-creator-item-name').innerText(),
				description: await entry.getByTestId('node-creator-item-description').innerText(),
				hasIcon: await isLoaded(entry.locator('img').first()),
			})),
		);
	}

	/** The names that the nodes panel shows for a search, which may be none. */
	async namesFound(search: string): Promise<string[]> {
		const bar = this.page.getByTestId('node-creator-search-bar');
		if ((await bar.count()) === 0) await this.page.getByTestId('node-creator-plus-button').click();
		await bar.fill(search);
		const none = this.page.getByTestId('node-creator-no-results');
		await this.page.getByTestId('node-creator-item-name').first().or(none).waitFor();
		// The list is built a moment after the last key.
		await this.page.waitForTimeout(500);
		return await this.page.getByTestId('node-creator-item-name').allInnerTexts();
	}

	/** Adds an agent, and one of our nodes as its tool by the agent's own "+"; the tool's panel opens. */
	async addTool(displayName: string): Promise<void> {
		await this.page.getByTestId('node-creator-plus-button').click();
		await this.page.getByTestId('node-creator-search-bar').fill('AI Agent');
		await this.entry('AI Agent').first().click();
		await this.panel.waitFor();
		await this.page.keyboard.press('Escape');
		await this.panel.waitFor({ state: 'detached' });
		await this.page.getByTestId('canvas-handle-plus').last().click();
		await this.page.getByTestId('node-creator-search-bar').fill('zoho');
		await this.entry(`${displayName} Tool`).click();
		await this.panel.waitFor();
	}

	/** Adds the node that the nodes panel shows under this name; its panel opens. */
	async addFound(displayName: string): Promise<void> {
		await this.entry(displayName).click();
		// A community node first shows where it comes from.
		await this.page.getByText('Add to workflow').click();
		await this.panel.waitFor();
	}

	private entry(displayName: string): Locator {
		return this.page
			.getByTestId('node-creator-item-name')
			.filter({ hasText: exactly(displayName) });
	}

	/** The panel of the node that is open. */
	get panel(): Locator {
		return this.page.getByTestId('ndv');
	}

	/** What the list of the modules shows for a search. */
	async searchModules(search: string): Promise<string[]> {
		await this.openList('module', /./);
		await this.page.getByTestId('rlc-search').fill(search);
		const items = this.page.getByTestId('rlc-item');
		await items.filter({ hasNotText: search }).first().waitFor({ state: 'detached' });
		await items.filter({ hasText: search }).waitFor();
		return await items.allInnerTexts();
	}

	async chooseModule(label: string): Promise<void> {
		await this.page.getByTestId('rlc-item').filter({ hasText: label }).click();
	}

	/** Opens the list of a parameter, and waits until it shows this text. */
	async openList(name: string, text: string | RegExp): Promise<Locator> {
		await this.page.getByTestId(`resource-locator-${name}`).getByTestId('rlc-input').click();
		const found = this.page.getByTestId(/^rlc-(item|error)/).filter({ hasText: text });
		await found.first().waitFor();
		return found.first();
	}

	/** Adds every option that "Add option" offers, and returns their names. */
	async addAllOptions(): Promise<string[]> {
		const add = this.page.getByTestId('collection-parameter-add');
		await add.click();
		const names = await this.page.getByRole('option').allInnerTexts();
		await this.page.keyboard.press('Escape');
		for (const name of names) {
			await add.click();
			await this.page.getByRole('option', { name, exact: true }).click();
		}
		return names;
	}

	/** Lets failed items leave by the error branch. */
	async useErrorOutput(): Promise<void> {
		await this.panel.getByTestId('tab-settings').click();
		await this.choose('onError', /using error output/);
		await this.panel.getByTestId('tab-params').click();
	}

	/** Executes the node that is open. Returns the id of the execution that n8n has started. */
	async executeStep(): Promise<string> {
		return await this.startWith(this.panel.getByTestId('node-execute-button'));
	}

	/** Executes the workflow that is open. Returns the id of the execution that n8n has started. */
	async executeWorkflow(): Promise<string> {
		return await this.startWith(this.page.getByTestId('execute-workflow-button'));
	}

	private async startWith(button: Locator): Promise<string> {
		const answer = this.page.waitForResponse(/\/rest\/workflows\/\w+\/run$/);
		await button.click();
		const said = (await (await answer).json()) as { data?: { executionId: string } };
		if (!said.data) throw new Error(`n8n runs nothing: ${JSON.stringify(said)}`);
		return said.data.executionId;
	}

	/** Waits until a branch of the node that is open shows so many items, and returns its table. */
	async readBranch(name: 'Success' | 'Error', items: number): Promise<string> {
		const output = this.page.getByTestId('output-panel');
		await output
			.getByTestId('branches')
			.getByText(new RegExp(`^\\s*${name} Branch \\(${items} items?\\)`))
			.click();
		await output.locator('table').waitFor();
		await this.messagesGone();
		return (await output.locator('table').innerText()).replaceAll(/\s+/g, ' ');
	}

	/** Imports a workflow file into the workflow that is open. */
	async importFile(file: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.getByTestId('canvas-add-button').waitFor();
		await this.page.getByTestId('workflow-menu').click();
		await this.page.getByTestId('workflow-menu-item-import').click();
		const chooser = this.page.waitForEvent('filechooser');
		await this.page.getByRole('menuitem', { name: 'From file' }).click();
		await (await chooser).setFiles(file);
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	/** Shows the whole workflow. */
	async fit(): Promise<void> {
		await this.page.getByTestId('zoom-to-fit').click();
		// What was imported stays selected until the canvas is clicked.
		await this.page.getByTestId('canvas').click({ position: { x: 5, y: 5 } });
	}

	/** Shows the whole workflow and returns what its wires say, such as "3 items". */
	async readWires(): Promise<string[]> {
		await this.messagesGone();
		await this.fit();
		const labels = await this.page.getByTestId('edge-label').allInnerTexts();
		return labels.filter((label) => label !== '');
	}

	/** Messages lie over what a person would click next, and go by themselves. */
	private async messagesGone(): Promise<void> {
		await this.page.locator('.el-notification').first().waitFor({ state: 'detached' });
	}
}

function exactly(text: string): RegExp {
	return new RegExp(`^\\s*${text.replaceAll(/[-/\\^$*+?.()|[\]{}]/g, '\\$&')}\\s*$`);
}
