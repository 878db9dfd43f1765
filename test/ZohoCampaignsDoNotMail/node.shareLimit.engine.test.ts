import type { IDataObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type Stage } from '../support/stage';
import { list, useSharedLimit, withDataTables } from './shareLimitStage';

const TABLE = 'Zoho Email Hygiene: shared limit';
const COLUMNS = ['account', 'claim', 'state', 'isShort', 'calls', 'endsAfterMs'];

const shared = useSharedLimit();

const rows = () => shared.dataTables.tables.find(({ name }) => name === TABLE)?.rows ?? [];

withDataTables('Share Limit With: All Processes', () => {
	it('lets two processes use one window between them, and no call is refused', async () => {
		const [one, other] = [await shared.startProcess(), await shared.startProcess()];
		const [first, second] = await Promise.all([
			shared.run(one, list('one', 17)),
			shared.run(other, list('other', 18)),
		]);

		expect(first.main).toHaveLength(17);
		expect(second.main).toHaveLength(18);
		expect(shared.zoho.campaigns.refusedCalls).toBe(0);
		expect(shared.zoho.calls('doNotMail')).toHaveLength(35);
	});

	it('knows after a restart of the calls that were made before it', async () => {
		const before = await shared.run(await shared.startProcess(), list('before', 10));
		const after = await shared.run(await shared.startProcess(), list('after', 5));
		expect([before.main.length, after.main.length]).toEqual([10, 5]);
		expect(shared.zoho.campaigns.refusedCalls).toBe(0);
	});

	it('keeps apart what is told in the tables of two projects that use one credential', async () => {
		shared.dataTables.projectOf = (workflowId) => workflowId;
		// A table made anew counts its rows from 1, as the other one does.
		const limits = { callsPerWindow: 5, windowMinutes: 0.2 };
		const [one, other] = [await shared.startProcess(), await shared.startProcess()];
		const begin = (stage: Stage, workflowId: string, items: IDataObject[]) =>
			stage.run('zohoCampaignsDoNotMail', items, {
				workflowId,
				credentialId: shared.credentialId,
				options: { shareLimit: 'instance', whenLimitReached: 'error', ...limits },
			});
		await begin(other, 'B', list('other', 3));
		await Promise.all([begin(one, 'A', list('one', 4)), begin(one, 'B', list('two', 1))]);

		const told = (project: string) => {
			const rows = shared.dataTables.tables.find((table) => table.project === project)?.rows ?? [];
			expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'closed'));
			return rows.reduce((sum, { calls }) => sum + (calls as number), 0);
		};
		expect([told('A'), told('B')]).toEqual([4, 4]);
	});

	it('takes leases once for all workflows of a process, also where n8n is slow to find the table', async () => {
		const stage = await shared.startProcess();
		shared.dataTables.before = async () => await sleep(700);
		const runs = ['one', 'other'].map((workflowId) =>
			stage.run('zohoCampaignsDoNotMail', list(workflowId, 3), {
				workflowId,
				credentialId: shared.credentialId,
				options: { shareLimit: 'instance', callsPerWindow: 10, windowMinutes: 0.02 },
			}),
		);
		expect((await Promise.all(runs)).map(({ main }) => main.length)).toEqual([3, 3]);
		const names = rows().map(({ claim }) => String(claim).split(' ')[0]);
		expect(new Set(names).size).toBe(1);
	});

	it('knows of a lock that another process has met', async () => {
		shared.zoho.campaigns.limit = { calls: 3, windowMs: 1_200, lockMs: 60_000, kind: 'rolling' };
		const options = { whenLimitReached: 'error' };
		const met = await shared.run(await shared.startProcess(), list('one', 6), options);
		const { refusedCalls } = shared.zoho.campaigns;
		expect(refusedCalls).toBeGreaterThan(0);
		expect(failure(met.errors.at(-1))).toMatchObject({ reason: 'rateLimited' });

		const told = await shared.run(await shared.startProcess(), list('other', 2), options);
		expect(told.errors.map((item) => failure(item).message)).toEqual(
			Array(2).fill('Not sent: Zoho has locked the API after too many calls.'),
		);
		expect(shared.zoho.campaigns.refusedCalls).toBe(refusedCalls);
	});

	it('tells of a lock in one row, however many calls and runs have met it', async () => {
		shared.zoho.campaigns.limit = { calls: 2, windowMs: 1_200, lockMs: 60_000, kind: 'rolling' };
		const stage = await shared.startProcess();
		const options = { whenLimitReached: 'error' };
		await Promise.all(['one', 'two'].map((name) => shared.run(stage, list(name, 6), options)));

		expect(shared.zoho.campaigns.refusedCalls).toBeGreaterThan(0);
		expect(rows().filter(({ state }) => state === 'lock')).toHaveLength(1);
	});

	it('has a worker that dies hold its calls no longer than the time-outs of its own runs', async () => {
		const stage = await shared.startProcess();
		const endsOf = async (name: string, timeout: number) => {
			await shared.run(stage, list(name, 1), { timeout });
			const inserted = shared.dataTables.workflows.flatMap(({ nodes }) => nodes);
			const claims = inserted.filter(({ parameters }) => parameters.operation === 'insert');
			const { value } = claims.at(-1)?.parameters.columns as { value: { endsAfterMs: number } };
			return value.endsAfterMs;
		};

		expect(await endsOf('patient', 3_600_000)).toBeGreaterThan(3_600_000);
		expect(await endsOf('other', 1_000)).toBeLessThan(60_000);
	});

	it('leaves no open row, and nothing in the table that names an address or a token', async () => {
		await shared.run(await shared.startProcess(), list('one', 12));

		expect(shared.dataTables.tables.map(({ name, columns }) => [name, columns])).toEqual([
			[TABLE, COLUMNS],
		]);
		expect(rows().map(({ state }) => state)).toEqual(rows().map(() => 'closed'));
		expect(rows().reduce((sum, { calls }) => sum + (calls as number), 0)).toBe(12);
		expect(new Set(rows().map(({ account }) => account)).size).toBe(1);
		const text = JSON.stringify(shared.dataTables.workflows);
		expect(text).not.toContain(shared.credentialId);
		expect(text).not.toContain(new URL(shared.zoho.url).host);
		expect(text).not.toContain('example.com');
		expect(text).not.toContain(shared.token.access_token);
	});

	it('removes rows that no longer matter', async () => {
		shared.zoho.campaigns.limit = { calls: 10, windowMs: 120, lockMs: 60_000, kind: 'rolling' };
		await shared.run(await shared.startProcess(), list('one', 60), { windowMinutes: 0.002 });
		expect(rows().length).toBeLessThan(25);
	});

	it('has its sub-workflows leave no execution in the list', async () => {
		await shared.run(await shared.startProcess(), list('one', 3));

		expect(shared.dataTables.workflows.length).toBeGreaterThan(2);
		for (const { settings } of shared.dataTables.workflows) {
			expect(settings).toMatchObject({
				saveDataSuccessExecution: 'none',
				saveDataErrorExecution: 'none',
				saveManualExecutions: false,
			});
			expect(settings?.errorWorkflow).toBeUndefined();
		}
	});

	it('takes the table of exactly its name, although another one is called nearly the same', async () => {
		const { dataTables } = shared;
		dataTables.create(`${TABLE} (copy)`, ['account']);
		const { id } = dataTables.create(TABLE, COLUMNS);
		expect((await shared.run(await shared.startProcess(), list('one', 2))).main).toHaveLength(2);
		expect(dataTables.tables).toHaveLength(2);
		expect(dataTables.tables.find((table) => table.id === id)?.rows.length).toBeGreaterThan(0);
	});

	it('finds the table that another process made at the same moment', async () => {
		let looks = 0;
		shared.dataTables.before = () => {
			if (++looks === 2) shared.dataTables.create(TABLE, COLUMNS);
		};
		expect((await shared.run(await shared.startProcess(), list('one', 2))).main).toHaveLength(2);
		expect(shared.dataTables.tables).toHaveLength(1);
	});

	it('makes the table again where a person has deleted it in the middle', async () => {
		const stage = await shared.startProcess();
		await shared.run(stage, list('one', 2));
		shared.dataTables.tables.splice(0);
		expect((await shared.run(stage, list('two', 2))).main).toHaveLength(2);
		expect(shared.dataTables.tables).toHaveLength(1);
	});
});
