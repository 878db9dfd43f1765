import type { INodeParameters } from 'n8n-workflow';
import { failure, recordIds, useStage } from '../support/stage';

const NODE = 'zohoCrmUnblockEmail';

const stage = useStage();

const crm = () => stage.zoho.crm;
const calls = () => stage.zoho.calls('unblock');
const bodyOf = (call: { body: string } | undefined) => JSON.parse(call?.body ?? 'null') as unknown;

/** Runs the node over items that each name one record of Leads, which are put in beforehand. */
async function unblock(ids: string[], options?: INodeParameters) {
	crm().add('Leads', ids);
	return await stage.run(
		NODE,
		ids.map((id) => ({ id })),
		options ? { options } : {},
	);
}

const unblocked = (id: string, fields = ['Email'], module = 'Leads') => ({
	id,
	module,
	fields,
	status: 'unblocked',
	code: 'SUCCESS',
	message: 'Unblocked successfully',
});

describe('a run over good records', () => {
	it('takes 20 calls for 10,000 of them, five at a time, and comes out in input order', async () => {
		const ids = recordIds(10_000);

		const run = await unblock(ids);

		expect(run.status).toBe('success');
		expect(run.errors).toEqual([]);
		expect(run.main).toEqual(
			ids.map((id, item) => ({ json: unblocked(id), pairedItem: { item } })),
		);
		expect(calls()).toHaveLength(20);
		expect(new Set(calls().flatMap((call) => call.ids)).size).toBe(10_000);
		expect(stage.zoho.maxInFlight('unblock')).toBeLessThanOrEqual(5);
		expect(ids.every((id) => crm().get('Leads', id)?.timesUnblocked === 1)).toBe(true);
		expect(run.hints.map(({ message }) => message)).toEqual([
			'10,000 records: 10,000 unblocked. 20 calls.',
		]);
	});

	it('posts the ids and fields as the page says, and nothing else', async () => {
		const [id = ''] = recordIds(1);
		await unblock([id]);

		expect(stage.zoho.requests).toHaveLength(1);
		const [call] = calls();
		expect(call).toMatchObject({
			method: 'POST',
			path: '/crm/v8/Leads/actions/unblock_email',
			query: '',
		});
		expect(call?.headers['content-type']).toBe('application/json');
		expect(bodyOf(call)).toEqual({ unblock_fields: ['Email'], ids: [id] });
	});

	it('says nothing about calls where there is nothing to see', async () => {
		expect((await unblock(recordIds(1))).hints).toEqual([]);
	});

	it('emits nothing and calls nobody where there are no items', async () => {
		const run = await stage.run(NODE, []);

		expect(run).toMatchObject({ status: 'success', main: [], errors: [] });
		expect(stage.zoho.requests).toEqual([]);
	});
});

describe('the fields to unblock', () => {
	it.each<[string[]]>([[['Email']], [['Secondary_Email']], [['Email', 'Secondary_Email']]])(
		'are sent as chosen: %j',
		async (unblockFields) => {
			const [id = ''] = recordIds(1);
			crm().add('Leads', id, { email: 'soft', secondary: 'soft' });

			const run = await stage.run(NODE, [{ id }], { parameters: { unblockFields } });

			expect(bodyOf(calls()[0])).toEqual({ unblock_fields: unblockFields, ids: [id] });
			expect(run.main.map(({ json }) => json)).toEqual([unblocked(id, unblockFields)]);
			expect(crm().get('Leads', id)).toEqual({
				email: unblockFields.includes('Email') ? 'unblocked' : 'soft',
				secondary: unblockFields.includes('Secondary_Email') ? 'unblocked' : 'soft',
				timesUnblocked: 1,
			});
		},
	);
});

describe('a reply record by record', () => {
	const statuses = [200, 202, 207] as const;
	const quirks = [
		{},
		{ order: 'reversed' },
		{ order: 'shuffled', idsAsNumbers: true },
		{ extra: 3 },
	] as const;

	it.each(statuses.flatMap((status) => quirks.map((quirk) => [status, quirk] as const)))(
		'is matched to the records (HTTP %i, %j)',
		async (status, dataQuirks) => {
			Object.assign(crm(), { style: 'mixed', entriesBy: 'id', mixedStatus: status, dataQuirks });
			const ids = recordIds(20);
			crm().add('Leads', ids);
			crm().add('Leads', ids[3] ?? '', { email: 'hard' });
			crm().add('Leads', ids[11] ?? '', { timesUnblocked: 5 });
			crm().add('Leads', ids[17] ?? '', { email: 'unblocked' });

			const run = await stage.run(
				NODE,
				[...ids, '77'].map((id) => ({ id })),
			);

			expect(run.errors.map((item) => [failure(item).id, failure(item).reason])).toEqual([
				[ids[3], 'permanentlyBlocked'],
				[ids[11], 'unblockLimitReached'],
				['77', 'recordNotFound'],
			]);
			expect(run.main.map(({ json }) => [json.id, json.status])).toEqual(
				ids
					.filter((_, i) => i !== 3 && i !== 11)
					.map((id) => [id, id === ids[17] ? 'alreadyUnblocked' : 'unblocked']),
			);
			expect(calls()).toHaveLength(1);
		},
	);
});

describe('the hint', () => {
	it('counts as the branches do, and tells calls, duplicates and split batches', async () => {
		const ids = recordIds(8);
		crm().add('Leads', ids);
		crm().add('Leads', ids[5] ?? '', { email: 'hard' });
		crm().style = 'indexed';

		const run = await stage.run(
			NODE,
			[...ids, ...ids.slice(0, 3)].map((id) => ({ id })),
		);

		expect(run.hints).toEqual([
			{
				message:
					'11 records: 10 unblocked, 1 failed: 1 permanently blocked. 2 calls, since Zoho refused whole batches. 3 duplicates: each record was sent once.',
				type: 'warning',
				location: 'outputPane',
			},
		]);
	});
});

describe('the hint on records that were not sent', () => {
	it('counts them among those that failed, and says why they were not sent', async () => {
		const ids = recordIds(9);
		crm().add('Leads', ids);
		const run = await stage.run(
			NODE,
			ids.map((id) => ({ id })),
			{
				parameters: {
					unblockFields: '={{ "Nope" }}',
				},
				options: { batchSize: 3 },
			},
		);

		expect(run.errors).toHaveLength(9);
		expect(run.hints).toEqual([
			expect.objectContaining({
				message: expect.stringMatching(
					/^9 records: 9 failed: 3 with an unknown field, 6 not sent\. 1 call\. unknown field/,
				),
			}),
		]);
	});

	it('says nothing of split batches where each record went alone', async () => {
		const ids = recordIds(3);
		crm().add('Leads', ids, { email: 'hard' });

		const run = await stage.run(
			NODE,
			ids.map((id) => ({ id })),
			{ options: { batchSize: 1 } },
		);

		expect(run.hints).toEqual([
			expect.objectContaining({ message: '3 records: 3 failed: 3 permanently blocked. 3 calls.' }),
		]);
	});
});

describe('an expression that fails', () => {
	it('leaves the record its name', async () => {
		const { errors } = await stage.run(NODE, [{ ids: '11,12' }], {
			parameters: {
				recordIds: '={{ $json.ids }}',
				unblockFields: '={{ $("Nowhere").item.json.fields }}',
			},
		});

		expect(errors.map((item) => [failure(item).id, failure(item).reason])).toEqual([
			['11', 'unknownField'],
			['12', 'unknownField'],
		]);
		expect(stage.zoho.requests).toEqual([]);
	});
});
