/** Recipients of campaigns, as a person chooses them in the panel, and as the template takes them at night. */
import type { IDataObject } from 'n8n-workflow';
import type { RecipientAction } from '../fake-zoho/campaigns/reports';
import { useDesk } from './desk';
import { browserTest } from './pictures';
import { say } from './say';
import { connect, readTemplates, withCredential } from './stage';
import { itemsOf, nodeNamed } from './workflow';

const desk = useDesk();
const inBrowser = browserTest(() => desk.page);

const DAY_MS = 86_400_000;
const people = (name: string, count: number) =>
	Array.from({ length: count }, (_, index) => `${name}${index}@example.com`);

/** The registry's addresses, in their order. */
const registry = () => [...desk.stage.zoho.campaigns.registry.keys()].sort();

/** Adds a campaign that was sent so many days ago. */
const add = (
	name: string,
	daysAgo: number,
	recipients: Partial<Record<RecipientAction, string[]>>,
) =>
	desk.stage.zoho.campaigns.reports.add({
		name,
		sentAt: Date.now() - daysAgo * DAY_MS,
		recipients,
	});

/** Waits until a hint under the output begins so. */
async function hint(begin: string): Promise<void> {
	const hints = desk.page.getByTestId('output-panel').getByTestId('node-hint');
	await hints.filter({ hasText: begin }).waitFor();
	say(`the hints say: ${(await hints.allInnerTexts()).join(' ')}`);
}

inBrowser('a campaign is chosen in the list, previewed and moved', async () => {
	const { editor, pictures, stage } = desk;
	await connect(stage, false, { readCampaigns: true });
	const bounced = people('bounced', 60);
	add('Spring sale', 3, { senthardbounce: bounced, spamcontacts: ['angry@example.com'] });
	add('Summer sale', 1, { senthardbounce: people('other', 5) });
	await editor.newWorkflow();
	await editor.searchNodes('Zoho Campaigns Do-Not-Mail');
	await editor.addFound('Zoho Campaigns Do-Not-Mail');
	await editor.choose('addressesFrom', /^Recipients of Campaigns/);
	await editor.choose('campaigns', /^One Campaign/);
	const [first = ''] = await (async () => {
		await editor.openList('campaign', /sale/);
		return await desk.page.getByTestId('rlc-item').allInnerTexts();
	})();
	expect(first).toContain('Summer sale');
	await desk.page.getByTestId('rlc-item').filter({ hasText: 'Spring sale' }).click();
	await editor.turn('previewOnly', 'on');
	await pictures.show('9-campaign-chosen');
	await stage.n8n.finished(await editor.executeStep());

	await hint('50 addresses: 50 would be sent');
	await pictures.show('9-campaign-preview');
	expect(registry()).toEqual([]);
	expect(stage.zoho.calls('doNotMail')).toEqual([]);

	await editor.turn('previewOnly', 'off');
	await editor.turn('returnAll', 'on');
	await stage.n8n.finished(await editor.executeStep());

	await hint('61 addresses: 61 moved');
	await pictures.show('9-campaign-moved');
	expect(registry()).toEqual([...bounced, 'angry@example.com'].sort());
});

test('the template puts the week into Do-Not-Mail, each once over all nights', async () => {
	const { n8n, zoho } = desk.stage;
	const id = await connect(desk.stage, false, { readCampaigns: true });
	zoho.campaigns.registry.clear();
	const workflow = (await readTemplates()).get('campaign-hygiene.json');
	if (!workflow) throw new Error('The template is not there');
	const imported = await n8n.importWorkflow(structuredClone(withCredential(workflow, id)));
	const night = async () => {
		zoho.requests = [];
		const execution = await n8n.execute(imported, 'Every Night at Three');
		const [summary] = itemsOf(execution, 'Summary');
		say(`summary: ${String(summary?.json.text).replaceAll('\n', ' / ')}`);
		const text = String(summary?.json.text);
		return { status: execution.status, moved: zoho.calls('doNotMail').length, text };
	};
	const done = (moved: number, text: RegExp) => ({
		status: 'success',
		moved,
		text: expect.stringMatching(text) as string,
	});

	expect(await night()).toEqual(done(66, /other0@example\.com \(hard bounce, Summer sale\)/));
	expect(registry()).toHaveLength(66);
	// With nobody new there is nothing to sum up.
	expect(await night()).toEqual(done(0, /^undefined$/));
	add('Autumn sale', 0, { spamcontacts: ['late@example.com', 'angry@example.com'] });
	expect(await night()).toEqual(done(1, /late@example\.com \(complaint, Autumn sale\)/));
	expect(registry()).toContain('late@example.com');
});

test('who unsubscribes at one list is moved once the list is said, and nobody before', async () => {
	const { n8n, zoho } = desk.stage;
	const id = await connect(desk.stage, false, { readCampaigns: true });
	zoho.campaigns.registry.clear();
	add('Alpha news 7', 1, { optoutcontacts: ['done@example.com'] });
	add('Beta news 3', 1, { optoutcontacts: ['beta-only@example.com'] });
	const workflow = (await readTemplates()).get('opt-outs-of-one-list.json');
	if (!workflow) throw new Error('The template is not there');
	const night = async (names?: string) => {
		const chosen = structuredClone(withCredential(workflow, id));
		const { conditions } = nodeNamed(chosen, 'Of Which Campaigns?').parameters.conditions as {
			conditions: IDataObject[];
		};
		if (names !== undefined) conditions[0]!.rightValue = names;
		const imported = await n8n.importWorkflow(chosen);
		return (await n8n.execute(imported, 'Every Night at Three')).status;
	};

	expect(await night()).toBe('success');
	expect(registry()).toEqual([]);
	expect(await night('Alpha')).toBe('success');
	expect(registry()).toEqual(['done@example.com']);
});
