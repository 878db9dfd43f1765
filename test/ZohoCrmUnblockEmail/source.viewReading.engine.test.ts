import { sleep } from 'n8n-workflow';
import { failure } from '../support/stage';
import { refusal, useViews, view } from './viewStage';

const { stage, crm, addLeads, run, pages } = useViews();

const unblocks = () => stage.zoho.calls('unblock');

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
