import { sleep } from 'n8n-workflow';
import type { Fault } from '../fake-zoho';
import { failure, recordIds } from '../support/stage';
import { useViews, view } from './viewStage';

const { stage, crm, addLeads, run, pages } = useViews();

const unblocks = () => stage.zoho.calls('unblock');
const named = view('={{ $json.view }}', 'id');

/** A refusal in Zoho's words. */
const refusal = (status: number, code: string, message: string, details: object = {}): Fault => ({
	status,
	body: JSON.stringify({ code, message, details, status: 'error' }),
	headers: { 'content-type': 'application/json' },
});

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

		const { main, errors } = await run(named, [{ view: other }, { view: id }], {
			options: { retryDelay: 1 },
		});

		expect(main.map(({ json }) => json.id)).toEqual(ids);
		expect(errors.map((item) => failure(item).customView)).toEqual([other]);
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

describe('reading a view', () => {
	it('goes on after failures that pass', async () => {
		const { ids, id } = addLeads(450);
		stage.zoho.fault({ kind: 'records', skip: 1, status: 500 });
		stage.zoho.fault({ kind: 'records', skip: 1, reset: true });
		stage.zoho.fault({ kind: 'records', skip: 1, status: 429, headers: { 'retry-after': '1' } });

		const { main, hints } = await run(view(id), [{}], { options: { retryDelay: 1 } });

		expect(main.map(({ json }) => json.id)).toEqual(ids);
		expect(pages()).toEqual(['1', '2', '2', '2', '2', '3']);
		expect(hints[0]?.message).toContain('3 calls repeated after a transient failure.');
	});

	it('renews an expired token on the way, once', async () => {
		const { ids, id } = addLeads(250);
		const oauthTokenData = { ...stage.zoho.oauth.issue({ expired: true }) };
		stage.connect({ readRecords: true, oauthTokenData });

		const { main } = await run(view(id));

		expect(main).toHaveLength(ids.length);
		expect(stage.zoho.calls('token')).toHaveLength(1);
	});

	it.each([
		['EXPIRED_VALUE', 'Page token expired'],
		['TOKEN_BOUND_DATA_MISMATCH', 'The page_token given seems to be invalid'],
	])('begins again where Zoho says %s of a page', async (code, message) => {
		const { ids, id } = addLeads(2_300);
		stage.zoho.fault({ kind: 'records', skip: 11, ...refusal(400, code, message) });

		const { main } = await run(view(id));

		expect(main.map(({ json }) => json.id)).toEqual(ids);
		const first = [...'123456789'.split(''), '10', 'page-token-10', 'page-token-11'];
		expect(pages()).toEqual([
			...first,
			...'123456789'.split(''),
			'10',
			'page-token-21',
			'page-token-22',
		]);
		expect(unblocks().flatMap(({ ids = [] }) => ids)).toHaveLength(ids.length);
	});

	it('gives up where the pages are no longer good time after time', async () => {
		const { id } = addLeads(2_300);
		crm().listLimits.tokenMs = 0;

		const { main, errors } = await run(view(id));

		expect(main).toEqual([]);
		expect(failure(errors[0])).toMatchObject({ code: 'EXPIRED_VALUE', retryable: true });
		expect(stage.zoho.calls('records')).toHaveLength(4 * 11);
	});

	it('takes what Zoho hands out, and says that there is more', async () => {
		const { ids, id } = addLeads(2_700);
		crm().listLimits.records = 2_400;

		const { main, errors } = await run(view(id));

		expect(main.map(({ json }) => json.id)).toEqual(ids.slice(0, 2_400));
		expect(errors).toHaveLength(1);
		expect(failure(errors[0])).toMatchObject({
			customView: id,
			reason: 'notAttempted',
			code: 'PAGINATION_LIMIT_EXCEEDED',
			retryable: true,
			resolution: expect.stringContaining('run the workflow again') as string,
		});
		expect((await run(view(id))).main.map(({ json }) => json.id)).toEqual(ids.slice(2_400));
	});

	it('unblocks what Zoho hands out under Stop Workflow, too, and stops at the end', async () => {
		const { ids, id } = addLeads(2_700);
		crm().listLimits.records = 2_400;

		const { error } = await run(view(id), [{}], { onError: 'stopWorkflow' });

		expect(error?.message).toContain(`Custom view ${id}: Zoho hands out no more records`);
		expect(ids.filter((id) => crm().get('Leads', id)?.email === 'unblocked')).toHaveLength(2_400);
	});

	it('keeps to the version that is chosen', async () => {
		const { id } = addLeads(1);

		await run(view(id), [{}], { options: { apiVersion: 'v6' } });

		expect(stage.zoho.requests.map(({ path }) => path)).toEqual([
			'/crm/v6/Leads',
			'/crm/v6/Leads/actions/unblock_email',
		]);
	});

	it('ends as canceled when the execution is stopped, and unblocks nothing', async () => {
		const { id } = addLeads(250);
		stage.zoho.fault({ kind: 'records', skip: 1, hang: true });

		const running = run(view(id));
		for (let i = 0; i < 2_000 && stage.zoho.calls('records').length < 2; i++) await sleep(5);
		running.cancel();
		const { status, error } = await running;

		expect(status).toBe('canceled');
		expect(error?.message).toContain('0 done, 0 failed, 1 not attempted');
		expect(unblocks()).toEqual([]);
	});
});
