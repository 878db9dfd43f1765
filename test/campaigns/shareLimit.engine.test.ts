import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasDataTables } from '../engine';
import { DataTables } from '../engine/dataTables';
import { startFakeZoho, type FakeZoho } from '../fake-zoho';
import { failure, stageOf, type Stage } from '../support/stage';
import { addresses, expectAllOut, until } from './limitStage';

const TABLE = 'Zoho Email Hygiene: shared limit';
const COLUMNS = ['account', 'holder', 'claim', 'state', 'isShort', 'calls', 'endsAfterMs'];

let zoho: FakeZoho;
let dataTables: DataTables;
let accounts = 0;
let token: IDataObject;

/** Another n8n process: everything that it has in memory is its own. */
async function startProcess(tables: DataTables | 'none' = dataTables): Promise<Stage> {
	jest.resetModules();
	const { createEngine } = jest.requireActual<typeof import('../engine')>('../engine');
	const stage = stageOf(await createEngine(tables === 'none' ? {} : { dataTables: tables }), zoho);
	stage.connect({ oauthTokenData: token }, `shared-${accounts}`);
	return stage;
}

const run = (stage: Stage, items: IDataObject[], options: INodeParameters = {}) =>
	stage.run('zohoCampaignsDoNotMail', items, {
		credentialId: `shared-${accounts}`,
		options: { shareLimit: 'instance', callsPerWindow: 10, windowMinutes: 0.02, ...options },
	});

const list = (name: string, count: number) =>
	addresses(count).map(({ email }) => ({ email: `${name}.${email}` }));

const rows = () => dataTables.tables.find(({ name }) => name === TABLE)?.rows ?? [];

beforeEach(async () => {
	accounts++;
	dataTables = new DataTables();
	zoho = await startFakeZoho();
	zoho.campaigns.limit = { calls: 10, windowMs: 1_200, lockMs: 60_000, kind: 'rolling' };
	token = { ...zoho.oauth.issue() };
});
afterEach(async () => await zoho.stop());

/** n8n has had the Data Tables that it takes since 2.3. */
const withDataTables = hasDataTables ? describe : describe.skip;

withDataTables('Limit: Share With: All Processes', () => {
	it('lets two processes use one window between them, and no call is refused', async () => {
		const [one, other] = [await startProcess(), await startProcess()];
		const [first, second] = await Promise.all([
			run(one, list('one', 17)),
			run(other, list('other', 18)),
		]);

		expect(first.main).toHaveLength(17);
		expect(second.main).toHaveLength(18);
		expect(zoho.campaigns.refusedCalls).toBe(0);
		expect(zoho.calls('doNotMail')).toHaveLength(35);
	});

	it('knows after a restart of the calls that were made before it', async () => {
		expect((await run(await startProcess(), list('before', 10))).main).toHaveLength(10);
		expect((await run(await startProcess(), list('after', 5))).main).toHaveLength(5);
		expect(zoho.campaigns.refusedCalls).toBe(0);
	});

	it('keeps apart what is told in the tables of two projects that use one credential', async () => {
		dataTables.projectOf = (workflowId) => workflowId;
		// A table made anew counts its rows from 1, as the other one does.
		const shared = { callsPerWindow: 5, windowMinutes: 0.2 };
		const [one, other] = [await startProcess(), await startProcess()];
		const begin = (stage: Stage, workflowId: string, items: IDataObject[]) =>
			stage.run('zohoCampaignsDoNotMail', items, {
				workflowId,
				credentialId: `shared-${accounts}`,
				options: { shareLimit: 'instance', whenLimitReached: 'error', ...shared },
			});
		await begin(other, 'B', list('other', 3));
		await Promise.all([begin(one, 'A', list('one', 4)), begin(one, 'B', list('two', 1))]);

		const told = (project: string) => {
			const rows = dataTables.tables.find((table) => table.project === project)?.rows ?? [];
			expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'closed'));
			return rows.reduce((sum, { calls }) => sum + (calls as number), 0);
		};
		expect([told('A'), told('B')]).toEqual([4, 4]);
	});

	it('takes leases once for all workflows of a process, also where n8n is slow to find the table', async () => {
		const stage = await startProcess();
		dataTables.before = async () => await sleep(700);
		const runs = ['one', 'other'].map((workflowId) =>
			stage.run('zohoCampaignsDoNotMail', list(workflowId, 3), {
				workflowId,
				credentialId: `shared-${accounts}`,
				options: { shareLimit: 'instance', callsPerWindow: 10, windowMinutes: 0.02 },
			}),
		);
		expect((await Promise.all(runs)).map(({ main }) => main.length)).toEqual([3, 3]);
		expect(new Set(rows().map(({ holder }) => holder)).size).toBe(1);
	});

	it('knows of a lock that another process has met', async () => {
		zoho.campaigns.limit = { calls: 3, windowMs: 1_200, lockMs: 60_000, kind: 'rolling' };
		const options = { whenLimitReached: 'error' };
		const met = await run(await startProcess(), list('one', 6), options);
		const { refusedCalls } = zoho.campaigns;
		expect(refusedCalls).toBeGreaterThan(0);
		expect(failure(met.errors.at(-1))).toMatchObject({ reason: 'rateLimited' });

		const told = await run(await startProcess(), list('other', 2), options);
		expect(told.errors.map((item) => failure(item).message)).toEqual(
			Array(2).fill('Not sent: Zoho has locked the API after too many calls.'),
		);
		expect(zoho.campaigns.refusedCalls).toBe(refusedCalls);
	});

	it('leaves no open row, and nothing in the table that names an address or a token', async () => {
		await run(await startProcess(), list('one', 12));

		expect(dataTables.tables.map(({ name, columns }) => [name, columns])).toEqual([
			[TABLE, COLUMNS],
		]);
		expect(rows().map(({ state }) => state)).toEqual(rows().map(() => 'closed'));
		expect(rows().reduce((sum, { calls }) => sum + (calls as number), 0)).toBe(12);
		expect(new Set(rows().map(({ account }) => account))).toEqual(
			new Set([`shared-${accounts} ${zoho.url}`]),
		);
		const text = JSON.stringify(dataTables.workflows);
		expect(text).not.toContain('example.com');
		expect(text).not.toContain(token.access_token);
	});

	it('removes rows that no longer matter', async () => {
		zoho.campaigns.limit = { calls: 10, windowMs: 120, lockMs: 60_000, kind: 'rolling' };
		await run(await startProcess(), list('one', 60), { windowMinutes: 0.002 });
		expect(rows().length).toBeLessThan(25);
	});

	it('has its sub-workflows leave no execution in the list', async () => {
		await run(await startProcess(), list('one', 3));

		expect(dataTables.workflows.length).toBeGreaterThan(2);
		for (const { settings } of dataTables.workflows) {
			expect(settings).toMatchObject({
				saveDataSuccessExecution: 'none',
				saveDataErrorExecution: 'none',
				saveManualExecutions: false,
			});
			expect(settings?.errorWorkflow).toBeUndefined();
		}
	});

	it('takes the table of exactly its name, although another one is called nearly the same', async () => {
		dataTables.create(`${TABLE} (copy)`, ['account']);
		const { id } = dataTables.create(TABLE, COLUMNS);
		expect((await run(await startProcess(), list('one', 2))).main).toHaveLength(2);
		expect(dataTables.tables).toHaveLength(2);
		expect(dataTables.tables.find((table) => table.id === id)?.rows.length).toBeGreaterThan(0);
	});

	it('finds the table that another process made at the same moment', async () => {
		let looks = 0;
		dataTables.before = () => {
			if (++looks === 2) dataTables.create(TABLE, COLUMNS);
		};
		expect((await run(await startProcess(), list('one', 2))).main).toHaveLength(2);
		expect(dataTables.tables).toHaveLength(1);
	});

	it('makes the table again where a person has deleted it in the middle', async () => {
		const stage = await startProcess();
		await run(stage, list('one', 2));
		dataTables.tables.splice(0);
		expect((await run(stage, list('two', 2))).main).toHaveLength(2);
		expect(dataTables.tables).toHaveLength(1);
	});
});

describe('where there is no Data Table', () => {
	it('nothing is sent, and the items say what to do', async () => {
		const { errors, hints } = await run(await startProcess('none'), list('one', 3));

		expectAllOut({ main: [], errors } as never, 3);
		for (const item of errors) {
			expect(failure(item)).toMatchObject({
				code: 'NO_DATA_TABLE',
				reason: 'invalidRequest',
				message: expect.stringContaining('cannot be shared with all n8n processes'),
				resolution: expect.stringContaining('n8n has from 2.3 on'),
			});
		}
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^3 addresses: 3 failed, none of them sent\. The limit cannot be shared/,
			),
		]);
		expect(zoho.calls('doNotMail')).toEqual([]);
	});

	(hasDataTables ? it : it.skip)(
		'nor where it never answers, with what n8n says of it',
		async () => {
			dataTables.before = () => {
				throw new Error('Attempted to use Data table node but the module is disabled');
			};
			const { errors, logs } = await run(await startProcess(), list('one', 3));

			expect(failure(errors[0])).toMatchObject({
				code: 'NO_DATA_TABLE',
				message: expect.stringContaining('the module is disabled'),
			});
			expect(logs.join('\n')).toContain('the module is disabled');
			expect(zoho.calls('doNotMail')).toEqual([]);
		},
		20_000,
	);
});

withDataTables('a table that fails in the middle', () => {
	/** Fails from the moment on at which Zoho has had a call, so many times. */
	function failAfterFirstCall(times: number): void {
		let left = times;
		dataTables.before = () => {
			if (zoho.calls('doNotMail').length > 0 && left-- > 0) throw new Error('database is away');
		};
	}

	it('makes the run wait, which it says, and lose nothing', async () => {
		failAfterFirstCall(4);
		const done = await run(await startProcess(), list('one', 12));

		expect(done.main).toHaveLength(12);
		expect(done.logs.join('\n')).toContain('database is away');
		expect(zoho.campaigns.refusedCalls).toBe(0);
	}, 40_000);

	it('ends a run that is to fail, with the time to come back', async () => {
		failAfterFirstCall(Infinity);
		const { main, errors } = await run(await startProcess(), list('one', 12), {
			whenLimitReached: 'error',
		});

		expect(main.length + errors.length).toBe(12);
		expect(failure(errors.at(-1))).toMatchObject({
			reason: 'rateLimited',
			message: expect.stringContaining('the Data Table fails'),
			retryAt: expect.any(String),
		});
	}, 40_000);
});

(hasDataTables ? it : it.skip)(
	'a run that is stopped while the table does not answer ends as canceled',
	async () => {
		dataTables.before = async () => await new Promise(() => {});
		const running = run(await startProcess(), list('one', 3));
		await until(() => dataTables.workflows.length > 0);
		running.cancel();
		await expect(running).resolves.toMatchObject({ status: 'canceled' });
		expect(zoho.calls('doNotMail')).toEqual([]);
	},
);
