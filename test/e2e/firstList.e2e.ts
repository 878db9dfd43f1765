/** How far it is from an empty n8n to the first list, in clicks and in fields that are filled in. */
import path from 'node:path';
import { credentialFor } from '../fake-zoho';
import { useDesk } from './desk';
import { browserTest } from './pictures';
import { say } from './say';
import { EXAMPLES, LEADS } from './stage';
import { itemsOf } from './workflow';

const desk = useDesk();
const inBrowser = browserTest(() => desk.page);
/** What the person has done, here and on Zoho's page. */
let done: { clicks: number; fields: Set<string> };

/** Tells of each click of a person and of each field that changes. */
const WATCH = `
	addEventListener('click', (event) => event.isTrusted && countStep('click', ''), true);
	addEventListener('input', ({ target }) => {
		const parameter = '[data-test-id^="parameter-input-"]:not([data-test-id$="-field"])';
		const field = target.closest(parameter) ?? target.closest('[data-test-id]');
		countStep('field', field?.getAttribute('data-test-id') ?? target.name);
	}, true);`;

beforeAll(async () => {
	done = { clicks: 0, fields: new Set() };
	await desk.context.exposeFunction('countStep', (kind: string, field: string) => {
		if (kind === 'click') done.clicks++;
		else done.fields.add(field);
	});
	await desk.context.addInitScript(WATCH);
});

inBrowser('a first list is unblocked within 15 clicks and 8 fields', async () => {
	await desk.editor.newCredential('zoho', 'Zoho Email Hygiene OAuth2 API');
	await desk.editor.choose('dataCenter', /^Custom/);
	// Three of the fields are the addresses of the embedded Zoho; a data center of Zoho's needs none.
	const { dataCenter, ...texts } = credentialFor(desk.stage.zoho.client);
	expect(dataCenter).toBe('custom');
	for (const [name, text] of Object.entries(texts)) await desk.editor.type(name, String(text));
	const opened = desk.page.waitForEvent('popup');
	await desk.page.getByTestId('quick-connect-button').click();
	const consent = await opened;
	await consent.getByRole('button', { name: 'Accept' }).click();
	await desk.page.getByTestId('oauth-connect-success-banner').waitFor();
	const { clicks } = done;

	await desk.editor.importFile(path.join(EXAMPLES, 'nightly-unblock.json'));
	const execution = await desk.stage.n8n.finished(await desk.editor.executeWorkflow());
	await desk.editor.readWires();
	await desk.pictures.show('first-list');

	expect(itemsOf(execution, 'Unblocked').map(({ json }) => json.id)).toContain(LEADS.soft);
	say(
		`${clicks} clicks to connect, ${done.clicks} in all; ${done.fields.size} fields: ${[...done.fields].join(', ')}`,
	);
	expect(done.clicks).toBeLessThanOrEqual(15);
	expect(done.fields.size).toBeLessThanOrEqual(8);
});
