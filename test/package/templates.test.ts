import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { folder, type Template, wires } from './templates';

describe('the templates, one by one', () => {
	const template = (name: string) => {
		const file = path.join(folder, `${name}.json`);
		if (!existsSync(file)) throw new Error(`No template ${name}`);
		return JSON.parse(readFileSync(file, 'utf8')) as Template;
	};
	const types = (name: string) =>
		template(name).nodes.map(({ type }) => type.replace('n8n-nodes-base.', ''));
	const find = (name: string, type: string) => {
		const node = template(name).nodes.find((candidate) => candidate.type.endsWith(`.${type}`));
		if (!node) throw new Error(`${name} has no ${type}`);
		return node;
	};

	test('nightly-unblock starts by schedule and sorts failures into three branches', () => {
		const { connections } = template('nightly-unblock');
		const sorting = find('nightly-unblock', 'switch');

		expect(types('nightly-unblock')).toContain('scheduleTrigger');
		expect(connections[sorting.name]?.main?.map((targets) => targets?.length)).toEqual([1, 1, 1]);
		expect(sorting.parameters.options).toMatchObject({ fallbackOutput: 'extra' });
	});

	test('unsubscribe-webhook answers every call, and none waits for the limit', () => {
		const { nodes } = template('unsubscribe-webhook');
		const node = find('unsubscribe-webhook', 'zohoCampaignsDoNotMail');
		// What comes after an answer is for whoever looks after the workflow.
		const from = wires(template('unsubscribe-webhook'));
		const ends = nodes
			.filter(({ name }) => !['Is It the Account?', 'The Account Failed'].includes(name))
			.filter(({ type }) => !type.endsWith('.stickyNote') && !type.endsWith('.manualTrigger'))
			.filter(
				({ name, type }) =>
					type.endsWith('.respondToWebhook') || from.every((wire) => wire.from !== name),
			);
		const webhooks = nodes.filter(({ type }) => type.endsWith('.webhook'));

		expect(ends.filter(({ type }) => !type.endsWith('.respondToWebhook'))).toEqual([
			expect.objectContaining({ name: 'Link and Headers' }),
		]);
		for (const { parameters } of webhooks) expect(parameters.responseMode).toBe('responseNode');
		expect(node.parameters.options).toEqual({ whenLimitReached: 'error' });
	});

	test('csv-to-do-not-mail reads a CSV and writes one of what failed', () => {
		const used = types('csv-to-do-not-mail');

		expect(used).toContain('extractFromFile');
		expect(used.filter((type) => type === 'convertToFile')).toHaveLength(2);
	});

	test('long-list waits so long that n8n keeps the run in its database, and closes its loop once', () => {
		const loop = find('long-list', 'splitInBatches');
		const wait = find('long-list', 'wait');

		// n8n's Wait node: below 65 seconds the execution stays in memory.
		expect(wait.parameters.amount).toBeGreaterThanOrEqual(65);
		expect(wait.parameters).not.toHaveProperty('unit');
		expect(loop.parameters.batchSize).toBe(5000);
		// Were an output of our node to close it, a part of failures only would end the loop.
		const back = wires(template('long-list')).filter(({ to }) => to === loop.name);
		expect(back.map(({ from }) => from)).toEqual(['One Item a Record', wait.name]);
	});

	test('long-list unblocks a part before it waits: n8n takes the upper branch first', () => {
		const node = find('long-list', 'zohoCrmUnblockEmail');

		expect(node.position[1]).toBeLessThan(find('long-list', 'limit').position[1]);
	});

	test('error-summary posts to a placeholder, once somebody has put an address in its place', () => {
		const { parameters, disabled } = find('error-summary', 'httpRequest');

		expect(disabled).toBe(true);
		expect(parameters).toMatchObject({ method: 'POST', url: 'https://example.com/hook' });
	});

	test('do-not-mail-desk never waits in its node, shares its limit, and keeps everybody out without a login', () => {
		const node = find('do-not-mail-desk', 'zohoCampaignsDoNotMail');
		expect(node.parameters.options).toMatchObject({
			whenLimitReached: 'error',
			shareLimit: 'instance',
			maxRetries: 0,
		});
		for (const type of ['formTrigger', 'webhook']) {
			expect(find('do-not-mail-desk', type).parameters.authentication).toBe('basicAuth');
		}
	});

	test('do-not-mail-desk ends each run well within the life of its claim', () => {
		const { parameters } = find('do-not-mail-desk', 'zohoCampaignsDoNotMail');
		const { timeout } = parameters.options as { timeout: number };
		const { nodes } = template('do-not-mail-desk');
		const settings = String(nodes.find(({ name }) => name === 'Settings')?.parameters.jsonOutput);
		const [, batch] = /"batch": (\d+)/.exec(settings) ?? [];
		const [, claimMinutes] = /"claimMinutes": (\d+)/.exec(settings) ?? [];

		// Were Zoho to take one call at a time, and to answer none of them.
		expect(Number(batch) * timeout).toBeLessThan(Number(claimMinutes) * 60_000 * 0.9);
	});

	test('do-not-mail-desk reads a file by csv-parse, with no leniency, and no column by its name', () => {
		const reader = template('do-not-mail-desk').nodes.find(
			({ parameters }) => parameters.operation === 'csv',
		);

		expect(reader).toMatchObject({ type: 'n8n-nodes-base.extractFromFile', typeVersion: 1.1 });
		expect(reader?.parameters.options).toEqual({
			delimiter: expect.stringContaining('separator'),
			encoding: 'utf-8',
			headerRow: false,
			includeEmptyCells: true,
		});
	});

	test('do-not-mail-desk announces a list before it writes its rows: n8n takes the upper branch first', () => {
		const { nodes } = template('do-not-mail-desk');
		const heightOf = (name: string) => nodes.find((node) => node.name === name)?.position[1];

		expect(heightOf('Announce the List')).toBeLessThan(heightOf('Write the Rows')!);
	});

	test('do-not-mail-desk reads of a workbook all rows of its first sheet, as they are counted in it', () => {
		const reader = template('do-not-mail-desk').nodes.find(
			({ parameters }) => parameters.operation === 'xlsx',
		);

		expect(reader).toMatchObject({
			type: 'n8n-nodes-base.extractFromFile',
			// An empty sheet gives no item, and the form would wait for ever.
			alwaysOutputData: true,
			onError: 'continueRegularOutput',
		});
		expect(reader?.parameters.options).toEqual({
			headerRow: false,
			includeEmptyCells: true,
			range: '0',
		});
	});

	test('do-not-mail-desk has no more than 62 nodes', () => {
		expect(template('do-not-mail-desk').nodes.length).toBeLessThanOrEqual(62);
	});

	test('do-not-mail-desk clears away, and ends red, when the run is through: n8n takes the upper branch first', () => {
		const { nodes, connections } = template('do-not-mail-desk');
		const heightOf = (name: string) => nodes.find((node) => node.name === name)?.position[1];
		const after = (name: string) => connections[name]?.main?.flat().map((wire) => wire?.node);

		expect(after('All Claims')).toEqual(['Alone?', 'What Is Over']);
		expect(heightOf('Alone?')).toBeLessThan(heightOf('What Is Over')!);
		expect(after('Clear Away')).toEqual(['Is It a New Outage?']);
		expect(after('Is It a New Outage?')).toEqual(['The Account Failed']);
		expect(after('What Was Pressed')).toEqual(['Mark the List', 'Answer']);
		expect(heightOf('Mark the List')).toBeLessThan(heightOf('Answer')!);
	});

	test('do-not-mail-desk changes nothing but by a post', () => {
		const { parameters } = find('do-not-mail-desk', 'webhook');
		expect(parameters).toMatchObject({ multipleMethods: true, httpMethod: ['GET', 'POST'] });
	});

	test('do-not-mail-desk uses its tables by their IDs', () => {
		const located = template('do-not-mail-desk').nodes.flatMap(
			({ parameters }) => (parameters.dataTableId ?? []) as { mode: string; value: string },
		);

		expect(located.length).toBeGreaterThan(12);
		for (const { mode, value } of located) {
			expect(mode).toBe('id');
			// Some read and delete by what the node before them says: of these tables as well.
			expect(value).toMatch(
				/^=\{\{ (\$\('Table IDs'\)\.first\(\)\.json\.(lists|addresses|journal)|\$json\.table) \}\}$/,
			);
		}
	});
});
