/** The template on-a-bounce: what it reads of a post, and which rows leave its table. */
import { REASONS } from '../../nodes/zoho/failures';
import { items, nodeOf, playCode } from './code';

const FILE = 'on-a-bounce.json';
const ID = '2423488000000575001';
const OTHER = '2423488000000575002';

describe('what a post of Zoho CRM says', () => {
	/** A post as the Webhook node gives it: its body as n8n has read it, and its text. */
	async function noted(body: unknown, text = JSON.stringify(body), query = {}) {
		const [out] = await playCode(FILE, 'What Bounced', {
			input: items({ body, query }),
			file: Buffer.from(text),
		});
		const { rows, refused } = out!.json as {
			rows: Array<{ recordId: string; module: string }>;
			refused: string[];
		};
		return { ids: rows.map(({ module, recordId }) => `${module} ${recordId}`), refused };
	}

	test.each<[string, unknown]>([
		['as text', { id: ID, module: 'Leads' }],
		['with white space', { id: ` ${ID}\n`, module: ' Leads ' }],
		['with the prefix of an export', { id: `zcrm_${ID}`, module: 'Leads' }],
		['in an array', { id: [ID], module: 'Leads' }],
		['twice', { id: `${ID},${ID}`, module: 'Leads' }],
	])('one ID, %s, is one row', async (_, body) => {
		expect(await noted(body)).toEqual({ ids: [`Leads ${ID}`], refused: [] });
	});

	test.each<[string, unknown]>([
		['by commas', { id: `${ID}, ${OTHER}`, module: 'Leads' }],
		['by line breaks', { id: `${ID}\r\n${OTHER}`, module: 'Leads' }],
		['in an array', { id: [ID, `zcrm_${OTHER}`], module: 'Leads' }],
		['in an array as text', { id: `["${ID}",${OTHER}]`, module: 'Leads' }],
		[
			'in two bounces',
			[
				{ id: ID, module: 'Leads' },
				{ id: OTHER, module: 'Leads' },
			],
		],
	])('several IDs, parted %s, are a row each', async (_, body) => {
		expect(await noted(body)).toEqual({ ids: [`Leads ${ID}`, `Leads ${OTHER}`], refused: [] });
	});

	test('a number keeps its digits: they are read from the text of the post', async () => {
		const text = `{"id": ${ID}, "note": "at 12:1234567890123456, said \\"x\\"", "module":"Leads", "ids":[${OTHER}]}`;

		expect(await noted(JSON.parse(text), text)).toEqual({ ids: [`Leads ${ID}`], refused: [] });
		expect(await noted({ id: 12345, module: 'Leads' })).toMatchObject({ ids: ['Leads 12345'] });
	});

	test('parameters in the URL are read where there is no body', async () => {
		expect(await noted({}, '', { id: ID, module: 'Contacts' })).toMatchObject({
			ids: [`Contacts ${ID}`],
		});
	});

	test.each<[string, unknown, string]>([
		['an empty ID', { id: '', module: 'Leads' }, 'an empty ID'],
		['no ID', { module: 'Leads' }, 'an empty ID'],
		['a merge field that was not filled in', { id: '${Leads.Lead Id}', module: 'Leads' }, 'the ID'],
		['an object', { id: { value: ID }, module: 'Leads' }, 'the ID'],
		['an ID in groups of three', { id: '2,423,488,000,000,575,001', module: 'Leads' }, 'the ID'],
		['26 digits', { id: '1'.repeat(26), module: 'Leads' }, 'the ID'],
		['no module', { id: ID }, 'the module'],
		['a module that can be none', { id: ID, module: 'Leads/actions' }, 'the module'],
		['two modules', { id: ID, module: ['Leads', 'Contacts'] }, 'the module'],
		['nothing', null, 'an empty ID'],
	])('%s is refused, and nothing is noted', async (_, body, says) => {
		const { ids, refused } = await noted(body);

		expect(ids).toEqual([]);
		expect(refused.join()).toContain(says);
	});

	test('of several, those that are none are refused, and the others noted', async () => {
		const { ids, refused } = await noted({ id: [ID, 'x'], module: 'Leads' });

		expect([ids, refused]).toEqual([[`Leads ${ID}`], ['the ID "x"']]);
	});
});

describe('which rows leave the table', () => {
	const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
	const row = (n: number, more = {}) => ({
		row: n,
		recordId: ID,
		module: 'Leads',
		notedAt: hoursAgo(25),
		...more,
	});
	const LEAVES = [0, 1];

	/** The rows that leave, of what Zoho CRM Unblock Email gave by its two outputs. */
	async function leaving(
		rows: object[],
		done: Array<{ of: number; status?: string }>,
		failed: Array<{ of: number; reason: string }>,
	) {
		const main = done.map(({ of, status }) => ({
			json: status === undefined ? { ...rows[of] } : { id: ID, module: 'Leads', status },
			pairedItem: { item: of },
		}));
		const errors = failed.map(({ of, reason }) => ({
			json: { ...rows[of], error: { id: ID, module: 'Leads', reason } },
			pairedItem: { item: of },
		}));
		const ways = await playCode(FILE, 'Which Rows Leave?', {
			input: [...main, ...errors],
			nodes: {
				'One Item a Row': [items(...rows)],
				'Zoho CRM Unblock Email': [main, errors],
			},
		});
		expect(ways).toHaveLength(done.length + failed.length);
		return ways.filter(({ json }) => LEAVES.includes(Number(json.way))).map(({ json }) => json.row);
	}

	test('those whose record was unblocked, or was so already', async () => {
		const done = [
			{ of: 0, status: 'unblocked' },
			{ of: 1, status: 'alreadyUnblocked' },
		];

		expect(await leaving([row(1), row(2)], done, [])).toEqual([1, 2]);
	});

	const OF_THE_RECORD = [
		'permanentlyBlocked',
		'unblockLimitReached',
		'recordNotFound',
		'alreadyUnblocked',
	];

	test.each(REASONS.map((reason) => [reason]))('%s alone', async (reason) => {
		const left = await leaving([row(1)], [], [{ of: 0, reason }]);

		expect(left).toEqual(OF_THE_RECORD.includes(reason) ? [1] : []);
	});

	test.each([
		['invalidRecordId', { recordId: 'x1' }],
		['invalidRecordId', { recordId: null }],
		['invalidModule', { module: 'Leads/actions' }],
		['invalidModule', { module: null }],
	])('%s, where the row itself is to blame', async (reason, odd) => {
		expect(await leaving([row(1, odd)], [], [{ of: 0, reason }])).toEqual([1]);
	});

	test.each([
		['invalidRequest', [1, 2]],
		['noPermission', [1, 2]],
		['invalidModule', [1]],
		['authenticationFailed', [1]],
		['serverError', [1]],
	])('%s, where another record of the module was unblocked: %j', async (reason, expected) => {
		const done = [{ of: 0, status: 'unblocked' }];

		expect(await leaving([row(1), row(2)], done, [{ of: 1, reason }])).toEqual(expected);
	});

	test.each([
		['invalidModule', [1]],
		['fieldNotAvailable', [1]],
		['unknownField', [1]],
		['missingField', [1]],
		['invalidRequest', [1]],
		['noPermission', []],
		['authenticationFailed', []],
		['scopeMismatch', []],
		['rateLimited', []],
		['networkError', []],
		['badResponse', []],
		['notAttempted', []],
	])('%s, after more than a week: %j', async (reason, expected) => {
		const old = row(1, { notedAt: hoursAgo(24 * 8 + 1) });

		expect(await leaving([old], [], [{ of: 0, reason }])).toEqual(expected);
	});

	test('none, where the node is deactivated and lets the rows pass', async () => {
		expect(await leaving([row(1), row(2)], [{ of: 0 }, { of: 1 }], [])).toEqual([]);
	});

	test('none that holds an ID which has its turn again, beside one that is through', async () => {
		const done = [{ of: 0, status: 'unblocked' }];

		expect(await leaving([row(1)], done, [{ of: 0, reason: 'serverError' }])).toEqual([]);
	});
});

test('rows are read and deleted by their own ID, in the table that was found by its exact name', async () => {
	const found = await playCode(FILE, 'The Table', {
		input: items(
			{ id: 'a', name: 'zoho_bounces_of_2025' },
			{ id: 'b', name: 'zohoxbounces' },
			{ id: 'c', name: 'zoho_bounces' },
			{ id: 'd', name: 'zoho_bounces (project)' },
		),
	});
	const { filters } = nodeOf(FILE, 'Take It off the Table').parameters;

	expect(found.map(({ json }) => json)).toEqual([{ table: 'c' }]);
	expect(filters).toEqual({
		conditions: [{ keyName: 'id', condition: 'eq', keyValue: '={{ $json.row }}' }],
	});
	const { limit, orderBy, orderByColumn } = nodeOf(FILE, 'Bounces of a Day Ago').parameters;
	// n8n reads 1,000 rows at a time: only an order that no two rows share keeps them apart.
	expect([limit, orderBy, orderByColumn]).toEqual([5000, true, 'id']);
});

test('where n8n made no such table, it says so', async () => {
	const input = items({ id: 'a', name: 'Zoho_Bounces' }, {});

	await expect(playCode(FILE, 'The Table', { input })).rejects.toThrow(
		'There is no table "zoho_bounces"',
	);
});
