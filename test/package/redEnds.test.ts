/** How templates end where the account fails, and where a record does: which of both is red. */
import type { IDataObject } from 'n8n-workflow';
import { items, nodeOf, playCode } from './code';
import { textOf, type Template, wires } from './templates';

const ASKS = 'Is It the Account?';
const ENDS = 'The Account Failed';
const CRM = 'Zoho CRM Unblock Email';
const CAMPAIGNS = 'Zoho Campaigns Do-Not-Mail';

const templates: Array<[file: string, ours: string]> = [
	['nightly-unblock.json', CRM],
	['hygiene-every-night.json', CRM],
	['on-a-bounce.json', CRM],
	['error-summary.json', CRM],
	['long-list.json', CRM],
	['unsubscribe-webhook.json', CAMPAIGNS],
	['csv-to-do-not-mail.json', CAMPAIGNS],
];
const templateOf = (file: string) => JSON.parse(textOf(file)) as Template;
const failing = (reason: string, more: object = {}) => ({
	error: { reason, retryable: false, message: `${reason}.`, resolution: 'Mend it.', ...more },
});

/** What our node gave by its two outputs, and with what the run then ends; nothing where it goes on. */
async function ending(file: string, ours: string, done: object[], failed: object[]) {
	const found = await playCode(file, ASKS, {
		input: items(...failed),
		nodes: { [ours]: [items(...done), items(...failed)] },
	});
	return found.map(({ json }) => json);
}

describe.each(templates)('%s', (file, ours) => {
	const done = { status: ours === CRM ? 'unblocked' : 'moved' };

	it.each([['authenticationFailed'], ['scopeMismatch']])(
		'ends red where the account fails with %s, whatever else came of the run',
		async (reason) => {
			const others = [failing('notAttempted'), failing('serverError')];
			const told = { reason, message: `${reason}.`, resolution: 'Mend it.' };

			expect(await ending(file, ours, [done], [...others, failing(reason)])).toEqual([told]);
			expect(await ending(file, ours, [], [failing(reason), ...others])).toEqual([told]);
		},
	);

	it('ends red where nothing may be done, and goes on where another record was judged', async () => {
		const denied = failing('noPermission');
		const unsent = failing('notAttempted');

		expect(await ending(file, ours, [], [denied, unsent])).toMatchObject([
			{ reason: 'noPermission' },
		]);
		expect(await ending(file, ours, [done], [denied])).toEqual([]);
		expect(await ending(file, ours, [], [denied, failing('recordNotFound')])).toEqual([]);
	});

	it('ends red where Zoho wants to see a person, and not for a limit that passes', async () => {
		expect(await ending(file, ours, [], [failing('rateLimited')])).toHaveLength(1);
		expect(await ending(file, ours, [], [failing('rateLimited', { retryable: true })])).toEqual([]);
	});

	it.each([
		['permanentlyBlocked'],
		['unblockLimitReached'],
		['recordNotFound'],
		['invalidRecordId'],
		['invalidEmail'],
		['invalidModule'],
		['serverError'],
		['networkError'],
		['badResponse'],
		['notAttempted'],
	])('goes on where a record fails: %s', async (reason) => {
		expect(await ending(file, ours, [], [failing(reason)])).toEqual([]);
	});

	it('goes on where nothing failed, or the node is deactivated and lets its items pass', async () => {
		expect(await ending(file, ours, [done], [])).toEqual([]);
		expect(await ending(file, ours, [], [{ id: '1' }])).toEqual([]);
	});

	it('ends in Stop and Error, which says what happened and what to do', () => {
		const { type, parameters } = nodeOf(file, ENDS);

		expect(type).toBe('n8n-nodes-base.stopAndError');
		// What Zoho says may or may not end with a full stop.
		expect(parameters.errorMessage).toMatch(
			/: (until that is mended, nothing .*\. )?\{\{ \$json\.message\.replace\(\/\\\.\?\$\/, '\.'\) \}\} \{\{ \$json\.resolution \}\}$/,
		);
		const { connections } = templateOf(file);
		expect(connections[ASKS]?.main).toEqual([[{ node: ENDS, type: 'main', index: 0 }]]);
	});

	it('does all else before that: n8n takes the upper of two ways first', () => {
		const template = templateOf(file);
		const heightOf = (name: string) => nodeOf(file, name).position[1];
		const [before, ...others] = wires(template).filter(({ to }) => to === ASKS);
		const beside = wires(template).filter(({ from, to }) => from === before?.from && to !== ASKS);
		const isOnOneOutput = ({ to }: { to: string }) =>
			(template.connections[before!.from]?.main ?? []).some(
				(targets) =>
					targets?.some(({ node }) => node === to) && targets.some(({ node }) => node === ASKS),
			);

		expect(others).toEqual([]);
		for (const way of beside.filter(isOnOneOutput)) {
			expect(heightOf(ASKS)).toBeGreaterThan(heightOf(way.to));
		}
	});
});

test('a caller has its answer, and the summary, the report and the table are there before a run ends red', () => {
	const before = (file: string) => wires(templateOf(file)).find(({ to }) => to === ASKS)?.from;

	expect(before('unsubscribe-webhook.json')).toBe('Answer: Not Done');
	expect(before('hygiene-every-night.json')).toBe('Summary');
	expect(before('csv-to-do-not-mail.json')).toBe('Report of What Failed');
	// The last way of the Switch: what leaves the table has left it by then.
	const { connections } = templateOf('on-a-bounce.json');
	expect(connections['Three Ways']?.main?.[2]).toMatchObject([
		{ node: before('on-a-bounce.json') },
	]);
});

describe('hygiene-every-night.json', () => {
	const ended = async (crm: object[][], campaigns: object[][]) =>
		await playCode('hygiene-every-night.json', ASKS, {
			input: [],
			nodes: {
				[CRM]: crm.map((some) => items(...some)),
				[CAMPAIGNS]: campaigns.map((some) => items(...some)),
			},
		});
	const view = { customView: '1', module: 'Leads' };

	it('tells the two nodes apart: what one of them may not do, the other may', async () => {
		const dead = failing('permanentlyBlocked');
		expect(await ended([[], [dead]], [[], [failing('noPermission')]])).toHaveLength(1);
		expect(await ended([[], [dead, failing('noPermission')]], [[], []])).toEqual([]);
		expect(await ended([[], [dead]], [[], [failing('authenticationFailed')]])).toHaveLength(1);
	});

	it('ends red where its custom view cannot be read, and goes on where that passes', async () => {
		expect(await ended([[], [failing('invalidRequest', view)]], [])).toHaveLength(1);
		expect(await ended([[], [failing('serverError', { ...view, retryable: true })]], [])).toEqual(
			[],
		);
	});
});

describe('a preview', () => {
	const preview = { id: '1', email: 'ada@example.com', module: 'Leads', status: 'preview' };

	test('is counted in no summary', async () => {
		const [told, ...others] = await playCode('hygiene-every-night.json', 'What Came of It', {
			input: items(preview, { ...preview, status: 'unblocked' }),
		});

		expect(others).toEqual([]);
		expect(told?.json.outcome).toBe('unblocked');
	});

	test('takes no row off the table', async () => {
		const row = { row: 1, recordId: '1', module: 'Leads', notedAt: new Date().toISOString() };
		const [one] = await playCode('on-a-bounce.json', 'Which Rows Leave?', {
			input: items(preview),
			nodes: {
				'One Item a Row': [items(row)],
				[CRM]: [[{ json: preview as IDataObject, pairedItem: { item: 0 } }], []],
			},
		});

		expect(one?.json.way).toBe(2);
	});

	test('is not called suppressed, nor answered as done, nor let through as unblocked', async () => {
		const input = items({ ...preview, status: 'preview' });
		expect(await playCode('csv-to-do-not-mail.json', 'Suppressed', { input })).toEqual([]);
		for (const [file, node] of [
			['unsubscribe-webhook.json', 'Was It Sent?'],
			['nightly-unblock.json', 'Unblocked'],
			['long-list.json', 'Unblocked'],
			['error-summary.json', 'Unblocked'],
		] as const) {
			const { conditions } = nodeOf(file, node).parameters.conditions as {
				conditions: Array<{ leftValue: string }>;
			};
			const [asked] = conditions;
			expect(asked?.leftValue).toMatch(
				/^=\{\{ \['\w+', 'already\w+'\]\.includes\(\$json\.status\) \}\}$/,
			);
			expect(asked?.leftValue).not.toContain('preview');
		}
	});
});
