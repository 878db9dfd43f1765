/** What becomes of a run where the Data Table is missing, or fails. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { failure } from '../support/stage';
import { expectAllOut, until } from './limitStage';
import { list, testWithDataTables, useSharedLimit, withDataTables } from './shareLimitStage';

const shared = useSharedLimit();

describe('where there is no Data Table', () => {
	it('nothing is sent, and the items say what to do', async () => {
		const { errors, hints } = await shared.run(await shared.startProcess('none'), list('one', 3));

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
		expect(shared.zoho.calls('doNotMail')).toEqual([]);
	});

	testWithDataTables('nor where n8n cannot make one, with what it says of that', async () => {
		shared.dataTables.before = () => {
			throw new Error('Attempted to use Data table node but the module is disabled');
		};
		const { errors } = await shared.run(await shared.startProcess(), list('one', 3));

		expect(failure(errors[0])).toMatchObject({
			code: 'NO_DATA_TABLE',
			message: expect.stringContaining('the module is disabled'),
		});
		expect(shared.zoho.calls('doNotMail')).toEqual([]);
	});
});

withDataTables('a table that is busy from the start', () => {
	/** Fails so many times, as a database does that others keep busy. */
	function failFirst(times: number): void {
		let left = times;
		shared.dataTables.before = () => {
			if (left-- > 0) throw new Error('SQLITE_BUSY: database is locked');
		};
	}

	it('is waited for, and nothing is lost', async () => {
		failFirst(3);
		const { main, logs } = await shared.run(await shared.startProcess(), list('one', 5));

		expect(main).toHaveLength(5);
		expect(logs.join('\n')).toContain('database is locked');
	});

	it('ends a run that is to fail, with the time to come back: it is no n8n without tables', async () => {
		failFirst(Infinity);
		const options = { whenLimitReached: 'error' };
		const { errors } = await shared.run(await shared.startProcess(), list('one', 2), options);

		expect(errors.map(failure)).toEqual(
			Array(2).fill(
				expect.objectContaining({
					reason: 'rateLimited',
					message: expect.stringContaining('the Data Table fails'),
					retryAt: expect.any(String),
				}),
			),
		);
		expect(shared.zoho.calls('doNotMail')).toEqual([]);
	});
});

withDataTables('a row that no process has written', () => {
	/** Puts a row of this account into the table, as a person can, or a fault. */
	async function put(row: IDataObject): Promise<void> {
		const [table] = shared.dataTables.tables;
		const createdAt = new Date().toISOString();
		const usual = {
			claim: 'nobody 1',
			state: 'closed',
			isShort: false,
			createdAt,
		};
		const account = table!.rows[0]?.account;
		table!.rows.push({ ...usual, account, id: ++table!.lastRow, ...row } as IDataObject);
	}

	const run = async (name: string, count: number, options?: INodeParameters) =>
		await shared.run(await shared.startProcess(), list(name, count), options);
	beforeEach(async () => {
		await run('first', 1);
		shared.zoho.requests = [];
	});

	it('adds no calls to the limit', async () => {
		shared.zoho.campaigns.limit = { calls: 30, windowMs: 60_000, lockMs: 60_000, kind: 'rolling' };
		await put({ calls: -100, endsAfterMs: 0 });
		const { main } = await run('one', 40, {
			callsPerWindow: 30,
			windowMinutes: 1,
			whenLimitReached: 'error',
		});

		expect(main.length).toBeLessThanOrEqual(30);
		expect(shared.zoho.campaigns.refusedCalls).toBe(0);
	});

	it('does not lock the account for longer than a day', async () => {
		await put({ state: 'lock', calls: 0, endsAfterMs: 1e15 });
		const { errors } = await run('one', 1, { whenLimitReached: 'error' });

		const retryAt = Date.parse(String(failure(errors[0]).retryAt));
		expect(retryAt).toBeGreaterThan(Date.now());
		expect(retryAt).toBeLessThan(Date.now() + 2 * 86_400_000);
	});

	it.each([
		['far in the future', { createdAt: '2999-01-01T00:00:00.000Z' }],
		['of more calls than there can be', { calls: 1e15 }],
	])('holds nobody up for longer than a window: one %s', async (_, absurd) => {
		await put({ calls: 10, endsAfterMs: 0, ...absurd });
		const { main } = await run('one', 2);

		expect(main).toHaveLength(2);
	});
});

withDataTables('a table that fails in the middle', () => {
	/** Fails from the moment on at which Zoho has had a call, so many times. */
	function failAfterFirstCall(times: number): void {
		let left = times;
		shared.dataTables.before = () => {
			const hasCalled = shared.zoho.calls('doNotMail').length > 0;
			if (hasCalled && left-- > 0) throw new Error('database is away');
		};
	}

	it('makes the run wait, which it says, and lose nothing', async () => {
		failAfterFirstCall(4);
		const done = await shared.run(await shared.startProcess(), list('one', 12));

		expect(done.main).toHaveLength(12);
		expect(done.logs.join('\n')).toContain('database is away');
		expect(shared.zoho.campaigns.refusedCalls).toBe(0);
	});

	it('ends a run that is to fail, with the time to come back', async () => {
		failAfterFirstCall(Infinity);
		const { main, errors } = await shared.run(await shared.startProcess(), list('one', 12), {
			whenLimitReached: 'error',
		});

		expect(main.length + errors.length).toBe(12);
		expect(failure(errors.at(-1))).toMatchObject({
			reason: 'rateLimited',
			message: expect.stringContaining('the Data Table fails'),
			retryAt: expect.any(String),
		});
	});
});

testWithDataTables('a run that is stopped while no table answers ends as canceled', async () => {
	shared.dataTables.before = async () => await new Promise(() => {});
	const running = shared.run(await shared.startProcess(), list('one', 3));
	await until(() => shared.dataTables.workflows.length > 0);
	running.cancel();
	await expect(running).resolves.toMatchObject({ status: 'canceled' });
	expect(shared.zoho.calls('doNotMail')).toEqual([]);
});
