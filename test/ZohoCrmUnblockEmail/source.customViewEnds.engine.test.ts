import type { Fault } from '../fake-zoho';
import { failure, recordIds } from '../support/stage';
import { refusal, useViews, view } from './viewStage';

const { stage, crm, addLeads, run } = useViews();

const unblocks = () => stage.zoho.calls('unblock');
const named = view('={{ $json.view }}', 'id');

describe('a credential that may not read custom views', () => {
	it.each([
		['has "Read Custom Views" off', { readRecords: false }],
		['is older than the field', {}],
		[
			'has custom scopes without it',
			{ readRecords: true, customScopes: true, enabledScopes: 'ZohoCRM.modules.leads.UPDATE' },
		],
	])('is named before anything is sent, where it %s', async (_, data) => {
		stage.connect(data);

		const { main, errors } = await run(view('1'));

		expect(main).toEqual([]);
		expect(failure(errors[0])).toMatchObject({
			customView: '1',
			module: 'Leads',
			reason: 'scopeMismatch',
			code: 'NOT_SENT',
			message: 'The credential does not ask for the scopes to read custom views.',
			resolution: expect.stringContaining('switch on "Read Custom Views"') as string,
		});
		expect(stage.zoho.requests).toEqual([]);
	});

	it.each(['ZohoCRM.modules.leads.READ', 'ZohoCRM.modules.ALL'])(
		'may do so with the custom scope %s',
		async (scope) => {
			const { id } = addLeads(1);
			stage.connect({ customScopes: true, enabledScopes: `ZohoCRM.send_mail.all.CREATE,${scope}` });

			expect((await run(view(id))).main).toHaveLength(1);
		},
	);

	it('is named with the scope by what Zoho says, where it was not connected again', async () => {
		const { id } = addLeads(1);
		const scopes = 'ZohoCRM.modules.leads.UPDATE,ZohoCRM.send_mail.all.CREATE';
		stage.connect({ readRecords: true, oauthTokenData: { ...stage.zoho.oauth.issue({ scopes }) } });

		const { errors } = await run(view(id));

		const { reason, code, resolution } = failure(errors[0]);
		expect([reason, code]).toEqual(['scopeMismatch', 'OAUTH_SCOPE_MISMATCH']);
		expect(resolution).toContain(
			'ZohoCRM.modules.leads.READ ("Read Custom Views" in the credential)',
		);
		expect(resolution).toContain('connect it again');
		expect(unblocks()).toEqual([]);
	});

	it('is no hindrance to records by their IDs', async () => {
		const { ids } = addLeads(1);
		stage.connect();

		const { main } = await stage.run('zohoCrmUnblockEmail', [{ id: ids[0]! }]);

		expect(main).toHaveLength(1);
	});
});

describe('Stop Workflow', () => {
	const stop = { onError: 'stopWorkflow' } as const;

	it('sends nothing at all where an item names what can be no view', async () => {
		const { id } = addLeads(2);

		const { error } = await run(named, [{ view: id }, { view: 'x' }], stop);

		expect(error).toMatchObject({ name: 'NodeApiError', context: { itemIndex: 1 } });
		expect(error?.message).toBe('Custom view x: x is not the ID of a custom view.');
		expect(stage.zoho.requests).toEqual([]);
	});

	it('unblocks nothing where one of the views cannot be read', async () => {
		const { id } = addLeads(2);

		const { error } = await run(named, [{ view: id }, { view: '999' }], stop);

		expect(error?.message).toContain('Custom view 999: The custom view could not be read');
		expect(error?.description).toContain('Before the stop: 0 done, 1 failed, 2 not attempted.');
		expect(unblocks()).toEqual([]);
	});

	it('names the record of a view that cannot be unblocked', async () => {
		const [first = ''] = recordIds(1);
		const { id } = addLeads(2, [first]);

		const { error } = await run(view(id), [{}], stop);

		expect(error?.message).toBe(
			`Record ${first}: Cannot unblock, email has been unblocked 5 times already`,
		);
	});
});

describe('a view that cannot be read', () => {
	it.each<[string, Fault, string]>([
		['Zoho fails', { status: 500 }, 'serverError'],
		['a proxy answers', { html: 200 }, 'badResponse'],
		['the reply is cut off', { cutJson: true }, 'badResponse'],
		[
			'the reply says not whether there is more',
			{ status: 200, body: '{"data":[]}' },
			'badResponse',
		],
		['the connection is cut', { reset: true }, 'networkError'],
		['Zoho takes no more calls', { status: 429 }, 'rateLimited'],
		['the user may not', refusal(403, 'NO_PERMISSION', 'Permission denied'), 'noPermission'],
		[
			'a parameter is over a limit, which is no limit of calls',
			refusal(400, 'LIMIT_EXCEEDED', 'limit exceeded', { param_name: 'fields', limit: 50 }),
			'invalidRequest',
		],
		['there is no such module', refusal(400, 'INVALID_MODULE', 'invalid module'), 'invalidModule'],
	])('is one failure of its item, where %s, and nothing is in doubt', async (_, fault, reason) => {
		const { id } = addLeads(3);
		stage.zoho.fault({ kind: 'records', ...fault, times: Infinity });

		const { main, errors } = await run(view(id), [{}], { options: { retryDelay: 1 } });

		expect(main).toEqual([]);
		expect(errors).toHaveLength(1);
		expect(failure(errors[0])).toMatchObject({ customView: id, module: 'Leads', reason });
		expect(failure(errors[0]).message).toContain('The custom view could not be read:');
		expect(`${failure(errors[0]).message} ${failure(errors[0]).resolution}`).not.toContain(
			'whether',
		);
		expect(unblocks()).toEqual([]);
	});

	it('costs the other views nothing', async () => {
		const { ids, id } = addLeads(3);
		const other = crm().addView({ module: 'Leads' });
		const isOther = ({ query }: { query: string }) => query.includes(other);
		stage.zoho.fault({ kind: 'records', match: isOther, status: 500, times: Infinity });

		const { main, errors, hints } = await run(named, [{ view: other }, { view: id }], {
			options: { retryDelay: 1 },
		});

		expect(main.map(({ json }) => json.id)).toEqual(ids);
		expect(errors.map((item) => failure(item).customView)).toEqual([other]);
		expect(hints[0]?.message).toMatch(
			/^4 results: 3 unblocked, 1 failed: 1 failed at Zoho\. 3 records read/,
		);
	});

	it('ends the run where the token is dead: what was read of others is not sent', async () => {
		const { ids, id } = addLeads(2);
		const other = crm().addView({ module: 'Leads' });
		stage.zoho.fault({
			...refusal(401, 'INVALID_TOKEN', 'invalid oauth token'),
			kind: 'records',
			match: ({ query }) => query.includes(other),
			times: Infinity,
		});

		const { main, errors } = await run(named, [{ view: id }, { view: other }], {
			options: { maxParallelRequests: 1 },
		});

		expect(main).toEqual([]);
		expect(errors.map((item) => failure(item)).map(({ id, reason }) => [id, reason])).toEqual([
			[ids[0], 'notAttempted'],
			[ids[1], 'notAttempted'],
			[undefined, 'authenticationFailed'],
		]);
		expect(unblocks()).toEqual([]);
	});
});
