/** Where the records of a run come from: what is read of views is all that can be unblocked. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { Preview } from '../../nodes/n8n/preview';
import type { Connection } from '../../nodes/n8n/transport';
import { Pace } from '../../nodes/run/pace';
import { failure, type Failure } from '../../nodes/zoho/failures';
import type { Request } from '../../nodes/zoho/reply';
import { Groups } from '../../nodes/ZohoCrmUnblockEmail/groups';
import { RecordList } from '../../nodes/ZohoCrmUnblockEmail/records';
import { recordsById, recordsOfViews } from '../../nodes/ZohoCrmUnblockEmail/source';
import { reply } from './planByHand';

/** An execution with an item for each of these records or views. */
function executionOf(names: string[], signal?: AbortSignal) {
	const expression = '={{ $json.name }}';
	const context = {
		getInputData: () => names.map((name) => ({ json: { name } })),
		getExecutionCancelSignal: () => signal,
		getNode: () => ({
			name: 'Zoho CRM',
			type: 'x',
			parameters: { customView: expression, recordIds: expression },
		}),
		getNodeParameter: (name: string, item: number, byDefault: unknown) =>
			({ module: 'Leads', unblockFields: ['Email'] })[name] ?? byDefault ?? names[item],
		logger: { info: () => {} },
	};
	return context as unknown as IExecuteFunctions;
}

const GROUP_SETTINGS = { batchSize: 500, alreadyUnblocked: 'success' } as const;

const NO_PREVIEW: Preview = { isOn: false, problems: new Map() };

const SETTINGS = {
	maxRetries: 0,
	retryDelay: 0,
	stopAtFailure: false,
	apiVersion: 'v8',
	timeout: 9_000,
};

/** Reads these views, each of one record with the number of the view. */
async function readViews(names: string[], given: Partial<typeof SETTINGS> = {}, broken?: Failure) {
	const requests: Request[] = [];
	const call: Connection['call'] = async (request) => {
		requests.push(request);
		const id = /cvid=(\d+)/.exec(request.path)?.[1];
		const answer = reply(200, { data: [{ id }], info: { more_records: false } });
		return await Promise.resolve({ reply: answer, requests: 1 });
	};
	const groups = new Groups(GROUP_SETTINGS);
	const source = await recordsOfViews(executionOf(names), broken ?? { key: '', call }, {
		settings: { ...SETTINGS, ...given },
		groups,
		pace: new Pace(2, () => 0),
		preview: NO_PREVIEW,
	});
	const sent: string[] = [];
	const records = new RecordList((group, id) => sent.push(`${group.module} ${id}`), groups);
	names.forEach((_, item) => source.addTo(records, item));
	const results = records.named.map(({ item, id, failure }) => `${item} ${failure?.reason ?? id}`);
	return { source, requests, sent, results };
}

it('items that name records are those records', () => {
	const sent: string[] = [];
	const list = new RecordList(
		(group, id) => sent.push(`${group.module} ${id}`),
		new Groups(GROUP_SETTINGS),
	);
	const source = recordsById(executionOf(['11', '12']), NO_PREVIEW);
	source.addTo(list, 0);
	source.addTo(list, 1);

	expect(sent).toEqual(['Leads 11', 'Leads 12']);
	expect(list.named.map(({ item }) => item)).toEqual([0, 1]);
});

describe('items that name custom views', () => {
	it('are all the records in these, each view a call of its own with the timeout of the node', async () => {
		const { source, requests, sent, results } = await readViews(['87', '88']);

		expect(sent).toEqual(['Leads 87', 'Leads 88']);
		expect(results).toEqual(['0 87', '1 88']);
		expect(source.abortedFor).toBeUndefined();
		expect(source.views?.read).toEqual({ views: 2, records: 2 });
		expect(requests.map(({ timeout, path }) => [timeout, path.split('?')[0]])).toEqual([
			[9_000, '/crm/v8/Leads'],
			[9_000, '/crm/v8/Leads'],
		]);
	});

	it('are read beside one that can be none, and not under Stop Workflow', async () => {
		const goingOn = await readViews(['87', 'x']);
		const stopping = await readViews(['87', 'x'], { stopAtFailure: true });
		const good = await readViews(['87'], { stopAtFailure: true });

		expect(goingOn.results).toEqual(['0 87', '1 invalidRequest']);
		expect([stopping.requests, stopping.sent]).toEqual([[], []]);
		expect(good.sent).toEqual(['Leads 87']);
	});

	it('are not read without a credential, and say why', async () => {
		const why = failure('authenticationFailed', { message: 'not connected' });
		const { source, requests, results } = await readViews(['87'], {}, why);

		expect(requests).toEqual([]);
		expect(source.abortedFor).toBe(why);
		expect(results).toEqual(['0 ']);
	});

	it('end the run where something of our own breaks, and none of them counts as read', async () => {
		const breaks = () => {
			throw new Error('a fault of ours');
		};
		const source = await recordsOfViews(
			executionOf(['87']),
			{ key: '', call: breaks },
			{
				settings: SETTINGS,
				groups: new Groups(GROUP_SETTINGS),
				pace: new Pace(1, breaks),
				preview: NO_PREVIEW,
			},
		);

		expect(source.abortedFor?.message).toContain('a fault of ours');
		expect(source.views?.read).toEqual({ views: 0, records: 0 });
	});

	it('are not read any more once the execution was cancelled, which is no failure of the node', async () => {
		const signal = AbortSignal.abort();
		const reading = recordsOfViews(
			executionOf(['87', '88'], signal),
			failure('networkError', { message: 'gone' }),
			{
				settings: SETTINGS,
				groups: new Groups(GROUP_SETTINGS),
				pace: new Pace(1, () => 0),
				preview: NO_PREVIEW,
			},
		);

		await expect(reading).rejects.toThrow(/canceled.*2/s);
	});
});
