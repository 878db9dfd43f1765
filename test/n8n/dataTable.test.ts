import type { IExecuteFunctions } from 'n8n-workflow';
import { hasDataTables, rowsOf, TABLE } from '../../nodes/n8n/dataTable';
import { DataTables } from '../engine/dataTables';
import { claim, contextWith, open, type Run } from './dataTableStage';

describe('the table of the shared limit', () => {
	it('is made where there is none, and is the same for all from then on', async () => {
		const tables = new DataTables();
		const [one, other] = [contextWith(tables), contextWith(tables)];
		const found = [
			await rowsOf(one.context, 'a', 1_000),
			await rowsOf(other.context, 'a', 1_000),
		].map(({ table }) => table);

		expect(found).toEqual(['table1', 'table1']);
		expect(tables.tables.map(({ name }) => name)).toEqual(['Zoho Email Hygiene: shared limit']);
		expect(tables.tables[0]?.columns).toEqual([
			'account',
			'claim',
			'state',
			'isShort',
			'calls',
			'endsAfterMs',
		]);
	});

	it('is looked for once a workflow, not once a trip', async () => {
		const tables = new DataTables();
		const store = await open(tables);
		const before = tables.workflows.length;
		for (let i = 0; i < 3; i++) await store(claim(`me ${i}`));

		expect(tables.workflows.length - before).toBe(3);
	});

	it('that is there is found in one step', async () => {
		const tables = new DataTables();
		await open(tables);
		const before = tables.workflows.length;
		await open(tables);

		expect(tables.workflows.length - before).toBe(1);
	});

	it('has columns that take what is put into them', async () => {
		const tables = new DataTables();
		await (
			await open(tables)
		)(claim('me 1'));
		const row = tables.tables[0]?.rows[0];

		expect(TABLE.columns.map(({ name }) => [name, typeof row?.[name]])).toEqual(
			TABLE.columns.map(({ name, type }) => [name, type]),
		);
	});

	it('is known by its whole name, of which n8n looks for a part', async () => {
		const tables = new DataTables();
		tables.create(`${TABLE.name} (old)`, []);
		const { table } = await rowsOf(contextWith(tables).context, 'a', 1_000);

		expect(table).toBe('table2');
	});

	it('is the one of another process that made it at the same moment', async () => {
		const tables = new DataTables();
		tables.before = () => {
			if (tables.workflows.length === 2) tables.create(TABLE.name, ['account']);
		};
		const { context, warned } = contextWith(tables);

		expect((await rowsOf(context, 'a', 1_000)).table).toBe('table1');
		expect(tables.tables).toHaveLength(1);
		expect(warned).toEqual([]);
	});

	it('is looked for again after a trip failed: somebody may have deleted it', async () => {
		const tables = new DataTables();
		const { context, warned } = contextWith(tables);
		const { store } = await rowsOf(context, 'a', 1_000);
		tables.tables.length = 0;

		await expect(store(claim('me 1'))).rejects.toThrow('could not be found');
		expect(warned).toEqual([
			expect.stringMatching(/^The Data Table "Zoho Email Hygiene: shared limit" failed: .*found/),
		]);
		expect(await store(claim('me 2'))).toMatchObject([{ claim: 'me 2' }]);
	});

	it.each<[string, Run, string]>([
		[
			'n8n refuses to make it',
			async ({ code }) =>
				JSON.stringify(code).includes('"create"')
					? await Promise.reject(new Error('no more room'))
					: { data: [[]] },
			'no more room',
		],
		[
			'it is made and not there',
			async () => ({ data: [] }),
			'a table that was made cannot be found',
		],
	])('fails a trip where %s', async (_, run, message) => {
		const { context, id } = contextWith(new DataTables(), { run });
		const { store, table } = await rowsOf(context, 'a', 1_000);

		expect(table).toBe(`workflow ${id}`);
		await expect(store(claim('me 1'))).rejects.toThrow(message);
	});

	it.each([
		['its time is up', 250, undefined],
		['the run is stopped', 60_000, AbortSignal.abort()],
	])('is not waited for once %s, where n8n never answers', async (_, mostMs, signal) => {
		const run = async () => await new Promise<never>(() => {});
		const { context, id } = contextWith(new DataTables(), { run, ...(signal && { signal }) });

		expect((await rowsOf(context, 'a', mostMs)).table).toBe(`workflow ${id}`);
	});

	it.each([
		'Unrecognized node type: n8n-nodes-base.dataTable',
		'Attempted to use Data table node but the module is disabled',
		"Cannot read properties of undefined (reading 'execute')",
		'Cannot modify data tables on a protected instance. This instance is in read-only mode.',
	])('is missing in an n8n that says "%s"', async (message) => {
		const run = async () => await Promise.reject(new Error(message));
		const { missing } = await rowsOf(contextWith(new DataTables(), { run }).context, 'a', 1_000);

		expect(missing).toBe(message);
	});

	it.each(['SQLITE_BUSY: database is locked', 'Data table size limit exceeded', ''])(
		'is not missing where n8n says "%s": it may be there in a moment',
		async (message) => {
			const run = async () => await Promise.reject(new Error(message));
			const { missing } = await rowsOf(contextWith(new DataTables(), { run }).context, 'a', 1_000);

			expect(missing).toBeUndefined();
		},
	);

	it('is looked for anew by who has not asked for it for an hour', async () => {
		const tables = new DataTables();
		const { context } = contextWith(tables);
		const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
		await rowsOf(context, 'a', 1_000);
		const looks = async (now: number) => {
			clock.mockReturnValue(now);
			const { length } = tables.workflows;
			await rowsOf(context, 'a', 1_000);
			return tables.workflows.length - length;
		};

		expect([await looks(3_601_000), await looks(7_201_000), await looks(10_801_001)]).toEqual([
			0, 0, 1,
		]);
		clock.mockRestore();
	});

	it('is there in an n8n that has the helper, though a node may not call it', () => {
		const of = (helpers: object) => hasDataTables({ helpers } as unknown as IExecuteFunctions);

		expect(of({ getDataTableAggregateProxy: () => {} })).toBe(true);
		expect(of({})).toBe(false);
	});
});
