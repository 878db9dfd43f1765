import type { INodeParameters } from 'n8n-workflow';

import { CREDENTIAL_TYPE, failure, recordIds, useStage } from '../support/stage';

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
		expect(run.hints.map(({ message }) => message)).toEqual(['10,000 records in 20 calls.']);
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

describe('an option', () => {
	it.each(['v6', 'v7', 'v8'])('chooses API version %s', async (apiVersion) => {
		const run = await unblock(recordIds(1), { apiVersion });

		expect(run.main).toHaveLength(1);
		expect(calls().map(({ path }) => path)).toEqual([
			`/crm/${apiVersion}/Leads/actions/unblock_email`,
		]);
	});

	it('sets how many records share a call', async () => {
		await unblock(recordIds(7), { batchSize: 3, maxParallelRequests: 1 });

		expect(calls().map((call) => call.ids)).toEqual([
			recordIds(3),
			recordIds(3, 3),
			recordIds(1, 6),
		]);
	});

	it('sets how many calls are under way at once', async () => {
		stage.zoho.latencyMs = 5;
		await unblock(recordIds(12), { batchSize: 2, maxParallelRequests: 1 });
		expect(stage.zoho.maxInFlight('unblock')).toBe(1);

		stage.zoho.reset();
		stage.connect();
		stage.zoho.latencyMs = 20;
		await unblock(recordIds(24), { batchSize: 2, maxParallelRequests: 3 });
		expect(stage.zoho.maxInFlight('unblock')).toBeLessThanOrEqual(3);
		expect(calls()).toHaveLength(12);
	});

	it('sets the least time between two starts', async () => {
		const intervalMs = 60;
		const startedAt = performance.timeOrigin + performance.now();

		await unblock(recordIds(10), { batchSize: 2, batchInterval: intervalMs });

		// What can be said for certain on a busy machine: no call comes before its turn, counted from
		// the start of the run. That two starts lie an interval apart is tested on a clock of its own.
		expect(calls()).toHaveLength(5);
		calls().forEach(({ at }, turn) => {
			expect(at - startedAt).toBeGreaterThanOrEqual(turn * (intervalMs - 1));
		});
	});

	it('ends a call that takes too long, which is tried again', async () => {
		stage.zoho.fault({ kind: 'unblock', hang: true });

		const run = await unblock(recordIds(2), { timeout: 1_500, retryDelay: 0 });

		expect(run.main).toHaveLength(2);
		expect(calls()).toHaveLength(2);
		expect(run.hints[0]?.message).toContain('1 call repeated after a transient failure.');
	});

	it('gives up once the retries are used up', async () => {
		stage.zoho.fault({ kind: 'unblock', hang: true, times: Infinity });

		const run = await unblock(recordIds(2), { timeout: 100, maxRetries: 1, retryDelay: 0 });

		expect(run.main).toEqual([]);
		expect(run.errors.map((item) => failure(item).reason)).toEqual([
			'networkError',
			'networkError',
		]);
		expect(calls()).toHaveLength(2);
	});

	it('lets records that are not blocked succeed, or fail', async () => {
		const ids = recordIds(1);
		crm().style = 'allOrNothing';
		crm().add('Leads', ids, { email: 'unblocked' });
		const items = ids.map((id) => ({ id }));

		const asSuccess = await stage.run(NODE, items);
		const asError = await stage.run(NODE, items, { options: { alreadyUnblocked: 'error' } });

		expect(asSuccess.errors).toEqual([]);
		expect(asSuccess.main.map(({ json }) => json)).toEqual([
			{
				id: ids[0],
				module: 'Leads',
				fields: ['Email'],
				status: 'alreadyUnblocked',
				code: 'NOT_ALLOWED',
				message: 'Email is already unblocked',
			},
		]);
		expect(asError.main).toEqual([]);
		expect(failure(asError.errors[0])).toMatchObject({
			id: ids[0],
			module: 'Leads',
			code: 'NOT_ALLOWED',
			reason: 'alreadyUnblocked',
			httpStatus: 400,
			retryable: false,
		});
	});

	it.each<[INodeParameters, string]>([
		[{ batchSize: '={{ 501 }}' }, '"Batch Size" takes a whole number from 1 to 500, and is 501'],
		[{ batchSize: '={{ 2.5 }}' }, '"Batch Size" takes a whole number from 1 to 500, and is 2.5'],
		[
			{ maxParallelRequests: '={{ 11 }}' },
			'"Max Parallel Requests" takes a whole number from 1 to 10, and is 11',
		],
		[{ maxRetries: '={{ -1 }}' }, '"Max Retries" takes a whole number from 0 to 20, and is -1'],
		[{ retryDelay: '={{ "soon" }}' }, '"Retry Delay" takes a number of 0 or more, and is "soon"'],
		[{ timeout: '={{ 0 }}' }, '"Timeout" takes a number from 1 to 3600000, and is 0'],
		[{ timeout: '={{ 1e12 }}' }, '"Timeout" takes a number from 1 to 3600000'],
		[{ batchInterval: '={{ -1 }}' }, '"Batch Interval" takes a number of 0 or more, and is -1'],
		[{ apiVersion: '={{ "v5" }}' }, '"API Version" takes one of v6, v7, v8, and is "v5"'],
		[
			{ alreadyUnblocked: '={{ "skip" }}' },
			'"Already Unblocked" takes one of success, error, and is "skip"',
		],
	])('that is wrong, as in %j, fails every item before a call', async (options, message) => {
		const run = await unblock(recordIds(3), options);

		expect(run.main).toEqual([]);
		expect(run.errors).toHaveLength(3);
		for (const item of run.errors) {
			expect(failure(item)).toMatchObject({ reason: 'invalidRequest', httpStatus: null });
			expect(failure(item).message).toContain(message);
		}
		expect(stage.zoho.requests).toEqual([]);
	});

	it('may be an expression, also one that yields a text', async () => {
		await unblock(recordIds(4), { batchSize: '={{ "2" }}', apiVersion: '={{ "v" + 7 }}' });

		expect(calls().map(({ path, ids }) => [path, ids?.length])).toEqual([
			['/crm/v7/Leads/actions/unblock_email', 2],
			['/crm/v7/Leads/actions/unblock_email', 2],
		]);
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
	it('tells records, calls, duplicates and records told apart', async () => {
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
					'8 records in 2 calls. 3 duplicates: each record was sent once. 1 refused record found by splitting batches.',
				type: 'info',
				location: 'outputPane',
			},
		]);
	});
});

describe('the hint on records that were not sent', () => {
	it('does not count them', async () => {
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
		expect(run.hints).toEqual([expect.objectContaining({ message: '3 records in 1 call.' })]);
	});

	it('tells no record apart from a batch of one', async () => {
		crm().add('Leads', recordIds(3), { email: 'hard' });

		const run = await unblock(recordIds(3), { batchSize: 1 });

		expect(run.hints).toEqual([expect.objectContaining({ message: '3 records in 3 calls.' })]);
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

describe('the list of modules', () => {
	const search = async (filter?: string, credentialId = 'demo') => {
		const { results } = await stage.engine.listSearch(NODE, 'searchModules', filter, {
			credentials: { [CREDENTIAL_TYPE]: { id: credentialId, name: 'Zoho' } },
		});
		return results.map(({ name, value }) => `${name} (${value})`);
	};
	const standard = [
		'Accounts (Accounts)',
		'Cases (Cases)',
		'Contacts (Contacts)',
		'Deals (Deals)',
		'Invoices (Invoices)',
		'Leads (Leads)',
		'Purchase Orders (Purchase_Orders)',
		'Quotes (Quotes)',
		'Sales Orders (Sales_Orders)',
	];
	const custom = {
		api_name: 'CustomModule7',
		plural_label: 'Donors',
		generated_type: 'custom',
		api_supported: true,
	} as const;

	it('has the nine standard modules, and the custom ones that the account has', async () => {
		crm().modules.push(custom, {
			...custom,
			api_name: 'CustomModule8',
			plural_label: 'No API',
			api_supported: false,
		});

		expect(await search()).toEqual([...standard, 'Donors (CustomModule7)'].sort());
	});

	it('is filtered by name and API name, without case', async () => {
		crm().modules.push(custom);

		expect(await search('  ORDERS ')).toEqual([
			'Purchase Orders (Purchase_Orders)',
			'Sales Orders (Sales_Orders)',
		]);
		expect(await search('purchase_o')).toEqual(['Purchase Orders (Purchase_Orders)']);
		expect(await search('module7')).toEqual(['Donors (CustomModule7)']);
		expect(await search('nothing like it')).toEqual([]);
	});

	it('has the standard ones where the token may not read the others', async () => {
		const scopes = 'ZohoCRM.send_mail.all.CREATE';
		stage.connect({ oauthTokenData: { ...stage.zoho.oauth.issue({ scopes }) } });

		expect(await search()).toEqual(standard);
	});

	it('has the standard ones where the credential is not connected, or is not there', async () => {
		stage.connect({ oauthTokenData: {} });

		expect(await search()).toEqual(standard);
		expect(await search('', 'unknown')).toEqual(standard);
	});

	it.each([
		['fails', { status: 500 }],
		['answers in HTML', { html: 200 }],
		['answers in JSON that is cut off', { cutJson: true }],
		['answers with nothing', { emptyBody: 204 }],
		['answers with something else', { status: 200, body: '{"modules":[null,7,{"api_name":3}]}' }],
		['cuts the connection', { reset: true }],
		['sends elsewhere', { redirect: 'https://elsewhere.invalid/' }],
	] as const)('has the standard ones where Zoho %s', async (_, fault) => {
		stage.zoho.fault({ kind: 'modules', ...fault, times: Infinity });

		expect(await search()).toEqual(standard);
	});

	it('renews an expired token on the way', async () => {
		crm().modules.push(custom);
		stage.connect({ oauthTokenData: { ...stage.zoho.oauth.issue({ expired: true }) } });

		expect(await search('donors')).toEqual(['Donors (CustomModule7)']);
		expect(stage.zoho.calls('token')).toHaveLength(1);
	});
});
