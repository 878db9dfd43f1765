import { DataTables } from '../engine/dataTables';
import { claim, open, row, trip } from './dataTableStage';

describe('a trip to the table', () => {
	let tables: DataTables;
	beforeEach(() => (tables = new DataTables()));
	const rows = () => tables.tables[0]?.rows ?? [];

	it('claims a row, and sees it among those of its account', async () => {
		const [mine, theirs] = [await open(tables), await open(tables, 'b')];
		await theirs(claim('them 1'));
		await mine(claim('other 1'));
		const found = await mine(claim('me 1'));

		expect(found.map((one) => one.claim)).toEqual(['other 1', 'me 1']);
		expect(found[1]).toEqual({
			id: 3,
			createdAt: Date.parse(String(rows()[2]?.createdAt)),
			claim: 'me 1',
			state: 'open',
			isShort: true,
			calls: 5,
			endsAfterMs: 900,
		});
	});

	it('names the account by a mark that is the same in all processes, and tells nothing', async () => {
		const key = 'kR3x9TqLm2Vb7YwZ https://campaigns.zoho.com';
		for (const account of [key, key, `${key} reading`])
			await (
				await open(tables, account)
			)(claim('me 1'));
		const marks = rows().map(({ account }) => String(account));

		expect(marks[0]).toBe(marks[1]);
		expect(marks[2]).not.toBe(marks[0]);
		// Processes with another version of this package make the same mark.
		expect(marks[0]).toBe('yn7bd86zt1ly');
		expect(JSON.stringify(tables.workflows)).not.toMatch(/kR3x9|zoho\.com/);
	});

	it('closes the rows that it names, and no other, whoever reads them next', async () => {
		const store = await open(tables);
		for (const mark of ['other 1', 'me 1', 'me 2']) await store(claim(mark));
		const close = ['me 1', 'me 2'].map((mark, index) => ({
			claim: mark,
			calls: index + 1,
			endsAfterMs: 70,
		}));

		expect(await store(trip({ close }))).toEqual([]);
		const found = await store(claim('other 2'));
		expect(found.map(({ state, calls, endsAfterMs }) => [state, calls, endsAfterMs])).toEqual([
			['open', 5, 900],
			['closed', 1, 70],
			['closed', 2, 70],
			['open', 5, 900],
		]);
	});

	it('asks n8n so that what others do at the same moment makes it neither fail nor miss a row', async () => {
		await (
			await open(tables)
		)(claim('me 1'));
		const [list, create, , get] = tables.workflows.map(({ nodes }) => nodes.at(-1));

		// Processes with another version of this package look for the same name.
		const name = 'Zoho Email Hygiene: shared limit';
		expect(list?.parameters.options).toMatchObject({ filterName: name });
		expect(create?.parameters.tableName).toBe(name);
		// n8n's table of the name may stand on a later page.
		expect(list?.parameters).toMatchObject({ operation: 'list', returnAll: true });
		expect(create?.parameters.options).toEqual({ createIfNotExists: true });
		// With all rows n8n counts them afterwards, and fails where one came or went; and without an order
		// its pages of a thousand may hold some rows twice, and others not at all.
		expect(get?.parameters).toMatchObject({ returnAll: false, limit: 10_000 });
		expect(get?.parameters).toMatchObject({ orderBy: true, orderByColumn: 'id' });
		expect(get).toMatchObject({ retryOnFail: true, maxTries: 5, waitBetweenTries: 50 });
	});

	it('asks n8n for nothing more than it is for: to remove rows without naming any, least of all', async () => {
		const store = await open(tables);
		await store(claim('me 1'));
		const nodes = tables.workflows.at(-1)?.nodes ?? [];

		expect(nodes.map(({ parameters }) => parameters.operation)).toEqual([
			undefined,
			'insert',
			'get',
		]);
	});

	it('removes the rows that it names, and no other', async () => {
		const store = await open(tables);
		for (const mark of ['me 1', 'me 2', 'me 3']) await store(claim(mark));
		await store(trip({ remove: ['me 1', 'me 3'] }));

		expect(rows().map((one) => one.claim)).toEqual(['me 2']);
	});

	it('tells of what is over, and of a lock, before it claims', async () => {
		const store = await open(tables);
		await store(claim('me 1'));
		const found = await store(
			trip({
				remove: ['me 1'],
				lock: row('me 2', { state: 'lock', isShort: false, calls: 0, endsAfterMs: 1_800 }),
				claim: row('me 3'),
			}),
		);

		expect(found).toEqual([
			expect.objectContaining({ claim: 'me 2', state: 'lock', calls: 0, endsAfterMs: 1_800 }),
			expect.objectContaining({ claim: 'me 3', state: 'open' }),
		]);
	});

	it('passes over rows that a person has put in or changed, where they are none of ours', async () => {
		const store = await open(tables);
		const changes = [
			{ state: 'mine' },
			{ calls: 'many' },
			{ calls: NaN },
			{ endsAfterMs: Infinity },
			{ createdAt: 'now' },
			{ id: 'x' },
		];
		for (const change of [...changes, { isShort: 1 }]) {
			await store(claim('other 1'));
			Object.assign(rows().at(-1) ?? {}, change);
		}
		const found = await store(claim('me 1'));

		expect(found).toMatchObject([{ id: 7, isShort: true }, { claim: 'me 1' }]);
	});

	it.each([true, 1, false, 0, null, 'true'])(
		'reads whether a claim is short from %j',
		async (value) => {
			const store = await open(tables);
			await store(claim('other 1'));
			Object.assign(rows()[0] ?? {}, { isShort: value, createdAt: new Date(5) });
			const [found] = await store(claim('me 1'));

			expect(found).toMatchObject({ isShort: value === true || value === 1, createdAt: 5 });
		},
	);

	it.each([
		[9_999, undefined],
		[10_000, 'it holds more than 10000 rows'],
	])('of %i rows has all of them, or fails', async (count, message) => {
		const store = await open(tables);
		await store(claim('other 1'));
		rows().push(...Array(count - 2).fill(rows()[0]));
		const made = store(claim('me 1'));

		if (message !== undefined) return await expect(made).rejects.toThrow(message);
		expect((await made).length).toBe(count);
	});
});
