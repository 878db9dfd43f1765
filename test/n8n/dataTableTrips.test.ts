import { DataTables } from '../engine/dataTables';
import { CLAIM, open, READ } from './dataTableStage';

describe('a trip to the table', () => {
	let tables: DataTables;
	beforeEach(() => (tables = new DataTables()));
	const states = () => tables.tables[0]?.rows.map(({ state }) => state);

	it('claims a row, and sees it among those of its account', async () => {
		const [mine, theirs] = [await open(tables), await open(tables, 'b')];
		await theirs(CLAIM, 'them');
		await mine(CLAIM, 'other');
		const { id, rows } = await mine(CLAIM, 'me');

		expect(id).toBe(3);
		expect(rows?.map(({ holder }) => holder)).toEqual(['other', 'me']);
		expect(rows?.[1]).toEqual({
			id: 3,
			createdAt: Date.parse(String(tables.tables[0]?.rows[2]?.createdAt)),
			holder: 'me',
			state: 'open',
			isShort: true,
			calls: 5,
			endsAfterMs: 900,
		});
		expect(tables.tables[0]?.rows[2]?.account).toBe('a');
	});

	it('closes a claim of its own, and no other', async () => {
		const store = await open(tables);
		for (const holder of ['other', 'me']) await store(CLAIM, holder);
		const close = { kind: 'close', calls: 2, endsAfterMs: 70 } as const;
		const notices = [1, 2].map((id) => ({ ...close, id }));

		expect(await store({ notices }, 'me')).toEqual({});
		expect(tables.tables[0]?.rows).toEqual([
			expect.objectContaining({ id: 1, state: 'open', calls: 5, endsAfterMs: 900 }),
			expect.objectContaining({ id: 2, state: 'closed', calls: 2, endsAfterMs: 70 }),
		]);
	});

	it('sees what others have closed', async () => {
		const store = await open(tables);
		for (const holder of ['other', 'me']) await store(CLAIM, holder);
		await store({ notices: [{ kind: 'close', id: 1, calls: 2, endsAfterMs: 70 }] }, 'other');
		const { rows } = await store(READ, 'me');

		expect(rows?.map(({ state, calls }) => [state, calls])).toEqual([
			['closed', 2],
			['open', 5],
		]);
	});

	it('asks n8n so that what others do at the same moment makes it neither fail nor miss a row', async () => {
		await (
			await open(tables)
		)(READ, 'me');
		const [list, create, , get] = tables.workflows.map(({ nodes }) => nodes.at(-1));

		// Processes with another version of this package look for the same name.
		const name = 'Zoho Email Hygiene: shared limit';
		expect(list?.parameters.options).toMatchObject({ filterName: name });
		expect(create?.parameters.tableName).toBe(name);
		// n8n's table of the name may stand on a later page.
		expect(list?.parameters).toMatchObject({ operation: 'list', returnAll: true });
		expect(create?.parameters.options).toEqual({ createIfNotExists: true });
		// With all rows n8n counts them afterwards, and fails where one came or went.
		expect(get?.parameters).toMatchObject({ returnAll: false, limit: 10_000 });
		expect(get).toMatchObject({ retryOnFail: true, maxTries: 5, waitBetweenTries: 50 });
	});

	it('removes the rows that it names, and no other', async () => {
		const store = await open(tables);
		for (let i = 0; i < 3; i++) await store(CLAIM, 'me');
		await store({ notices: [{ kind: 'remove', ids: [1, 3] }] }, 'me');

		expect(tables.tables[0]?.rows.map(({ id }) => id)).toEqual([2]);
	});

	it('tells of a lock before it asks', async () => {
		const store = await open(tables);
		const notices = [{ kind: 'lock', endsAfterMs: 1_800 } as const];
		const { rows } = await store({ ...READ, notices }, 'me');

		expect(rows).toEqual([
			expect.objectContaining({
				state: 'lock',
				calls: 0,
				isShort: false,
				endsAfterMs: 1_800,
				holder: 'me',
			}),
		]);
		expect((await store({ ...CLAIM, notices }, 'me')).id).toBe(3);
		expect(states()).toEqual(['lock', 'lock', 'open']);
	});

	it('passes over rows that a person has put in or changed', async () => {
		const store = await open(tables);
		const changes = [
			{ state: 'mine' },
			{ calls: 'many' },
			{ endsAfterMs: 'x' },
			{ createdAt: 'now' },
			{ id: 'x' },
		];
		for (const change of [...changes, { isShort: 1 }]) {
			await store(CLAIM, 'me');
			Object.assign(tables.tables[0]?.rows.at(-1) ?? {}, change);
		}
		const { rows } = await store(READ, 'me');

		expect(rows).toHaveLength(1);
		expect(rows?.[0]).toMatchObject({ id: 6, isShort: true });
	});

	it.each([true, 1, false, 0, null, 'true'])(
		'reads whether a claim is short from %j',
		async (value) => {
			const store = await open(tables);
			await store(CLAIM, 'me');
			Object.assign(tables.tables[0]?.rows[0] ?? {}, { isShort: value, createdAt: new Date(5) });
			const { rows } = await store(READ, 'me');

			expect(rows?.[0]).toMatchObject({ isShort: value === true || value === 1, createdAt: 5 });
		},
	);

	it('fails where a claim cannot be seen: it may be in a table that nobody else reads', async () => {
		const store = await open(tables);
		const rows = tables.tables[0]?.rows ?? [];
		rows.push = () => 0;

		await expect(store(CLAIM, 'me')).rejects.toThrow('a row that was inserted cannot be seen');
	});

	it.each([
		[9_999, undefined],
		[10_000, 'it holds more than 10000 rows'],
	])('of %i rows has all of them, or fails', async (count, message) => {
		const store = await open(tables);
		await store(CLAIM, 'me');
		const row = tables.tables[0]?.rows[0] ?? {};
		tables.tables[0]?.rows.push(...Array(count - 1).fill(row));
		const trip = store(READ, 'me');

		if (message !== undefined) return await expect(trip).rejects.toThrow(message);
		expect((await trip).rows?.length).toBe(count);
	});
});
