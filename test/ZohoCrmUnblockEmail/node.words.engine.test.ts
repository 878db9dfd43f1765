import type { INodeParameters } from 'n8n-workflow';
import type { FakeZoho } from '../fake-zoho';
import { failure, recordIds, useStage } from '../support/stage';

// What Zoho's sources say that it may answer, and what the CRM node makes of it: calls counted.

const stage = useStage();
let zoho: FakeZoho;

beforeEach(() => {
	zoho = stage.zoho;
});

const run = (ids: readonly string[], options: INodeParameters = {}) =>
	stage.run(
		'zohoCrmUnblockEmail',
		ids.map((id) => ({ id })),
		{ options },
	);
const calls = () => zoho.calls('unblock').length;
const reasons = (items: Array<Parameters<typeof failure>[0]>) =>
	new Set(items.map((item) => failure(item).reason));

describe('a bad record', () => {
	it('of 500 that is refused with a resource_path_index is the only one that fails', async () => {
		const ids = recordIds(500);
		zoho.crm.style = 'indexed';
		zoho.crm.indexBy = 'resource_path_index';
		zoho.crm.add('Leads', ids);
		zoho.crm.add('Leads', [ids[321]!], { email: 'hard' });
		const { main, errors } = await run(ids);

		expect(main).toHaveLength(499);
		expect(errors.map((item) => failure(item).id)).toEqual([ids[321]]);
		expect(failure(errors[0]).reason).toBe('permanentlyBlocked');
		expect(calls()).toBeLessThanOrEqual(14);
	});

	it('costs no call where it is told in data[], nor the others where all fail', async () => {
		const ids = recordIds(1000);
		zoho.crm.add('Leads', ids.slice(0, 480));
		zoho.crm.add('Leads', ids.slice(480), { email: 'hard' });
		const { main, errors } = await run(ids);

		expect(main).toHaveLength(480);
		expect(reasons(errors)).toEqual(new Set(['permanentlyBlocked']));
		expect(zoho.calls('unblock').map(({ status }) => status)).toEqual([207, 400]);
	});

	it('is told in data[] or makes the call be refused, both in one run: 1,000 records in 60 calls', async () => {
		const ids = recordIds(1000);
		const deleted = [77, 310, 640, 911].map((i) => ids[i]!);
		const dead = Array.from({ length: 20 }, (_, i) => ids[i * 49 + 13]!);
		zoho.crm.wholeCallFor = new Set(['noRecord']);
		zoho.crm.add(
			'Leads',
			ids.filter((id) => !deleted.includes(id)),
		);
		zoho.crm.add('Leads', dead, { email: 'hard' });
		const { main, errors } = await run(ids);

		expect(main).toHaveLength(976);
		const named = (reason: string) =>
			errors.filter((item) => failure(item).reason === reason).map((item) => failure(item).id);
		expect(named('recordNotFound')).toEqual(deleted);
		expect(named('permanentlyBlocked')).toEqual(dead);
		expect(errors).toHaveLength(24);
		expect(calls()).toBeLessThanOrEqual(60);
	});

	it('is done with in two calls where a 400 names only the bad ones', async () => {
		const ids = recordIds(300);
		zoho.crm.style = 'onlyBad';
		zoho.crm.add('Leads', ids);
		zoho.crm.add('Leads', ids.slice(100, 103), { email: 'hard' });
		const { main, errors } = await run(ids, { maxRetries: 0 });

		expect(main).toHaveLength(297);
		expect(reasons(errors)).toEqual(new Set(['permanentlyBlocked']));
		expect(calls()).toBe(2);
	});

	it('that is refused for a reason nobody has listed is found, and the rest is done', async () => {
		const ids = recordIds(500);
		zoho.crm.add('Leads', ids);
		const refusal = { code: 'NOT_ALLOWED', message: 'The moon is full', httpStatus: 400 };
		zoho.crm.refuse(ids[0]!, refusal);
		const { main, errors } = await run(ids);

		expect(main).toHaveLength(499);
		expect(failure(errors[0])).toMatchObject({ id: ids[0], reason: 'invalidRequest' });
		expect(failure(errors[0]).message).toBe('The moon is full');
		expect(calls()).toBeLessThanOrEqual(16);
	});
});

describe('a refusal that nobody has listed', () => {
	it.each([
		[500, 'NOT_ALLOWED', 'invalidRequest'],
		[500, 'NO_PERMISSION', 'noPermission'],
		[1, 'INVALID_DATA', 'invalidRequest'],
	])('of all calls (batch size %i, %s) costs three calls more', async (batchSize, code, reason) => {
		const ids = recordIds(10_000);
		zoho.crm.add('Leads', ids);
		zoho.crm.refuseAll({ code, message: 'Never on a Tuesday', httpStatus: 400 });
		const { main, errors } = await run(ids, { batchSize });

		expect(main).toEqual([]);
		expect(errors).toHaveLength(ids.length);
		expect(reasons(errors)).toEqual(new Set([reason]));
		expect(calls()).toBeLessThanOrEqual(4);
	});
});

describe('a success', () => {
	it('is one in the words of the newest specification, and without data[]', async () => {
		const [id = ''] = recordIds(1);
		zoho.crm.add('Leads', [id]);
		zoho.crm.flatSuccess = 'oneRecord';
		zoho.crm.successMessage = 'Email unblocked successfully';
		const { main } = await run([id]);

		expect(main[0]?.json).toMatchObject({ id, status: 'unblocked' });
		expect(calls()).toBe(1);
	});
});

describe('what else comes with a reply', () => {
	it('the credits that are left are in the hint', async () => {
		const ids = recordIds(600);
		zoho.crm.add('Leads', ids);
		zoho.crm.creditsRemaining = 4711;
		const { hints } = await run(ids);

		expect(hints[0]?.message).toContain('4709 API credits are left');
	});

	it('a quota that is used up is kept to, and the log says so once', async () => {
		const ids = recordIds(20);
		zoho.crm.add('Leads', ids);
		const quota = [{ duration: 60, 'remaining-count': 0, 'retry-after': 2 }];
		const entry = (id: string) => ({ code: 'SUCCESS', details: { id }, message: 'Done' });
		zoho.fault({
			kind: 'unblock',
			status: 200,
			body: JSON.stringify({ data: ids.slice(0, 10).map(entry) }),
			headers: { 'x-rate-limit': JSON.stringify(quota) },
		});
		const { main, logs } = await run(ids, { batchSize: 10 });

		expect(main).toHaveLength(20);
		const waits = logs.filter((line) => line.includes('Waiting'));
		expect(waits).toEqual(['info: Waiting 2 s: the calls that Zoho allows are used up.']);
		const [first, second] = zoho.calls('unblock');
		expect(second!.at - first!.endedAt!).toBeGreaterThanOrEqual(1990);
	});

	it.each([
		[407, 'networkError', /proxy/i],
		[403, 'noPermission', /not Zoho's/],
		[404, 'invalidRequest', /not Zoho's/],
	])('an HTTP %i page of a proxy is told apart from Zoho', async (status, reason, words) => {
		zoho.fault({
			kind: 'unblock',
			status,
			body: '<!DOCTYPE html><html><body>Blocked by policy</body></html>',
			headers: { 'content-type': 'text/html' },
			times: Infinity,
		});
		const { errors } = await run(recordIds(2), { maxRetries: 0 });

		expect(failure(errors[0])).toMatchObject({ reason, httpStatus: status });
		expect(failure(errors[0]).message).toMatch(words);
		expect(failure(errors[0]).resolution).toMatch(/proxy/i);
	});
});
