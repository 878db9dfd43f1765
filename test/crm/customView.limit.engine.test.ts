/** How many records of a custom view are unblocked: as many as each item asks for, from its top. */
import type { IDataObject } from 'n8n-workflow';
import { failure, recordIds } from '../support/stage';
import { refusal, useViews, view } from './viewStage';

const { stage, crm, addLeads, run, pages } = useViews();

const MORE =
	'The custom view holds more records than "Limit" let through: nothing was done with those. A workflow on a schedule needs "Return All", since records that fail stay at the top.';

/** The records that are unblocked at Zoho. */
const unblocked = (ids: string[]) =>
	ids.filter((id) => crm().get('Leads', id)?.email === 'unblocked');

const idsOf = (items: Array<{ json: IDataObject }>) => items.map(({ json }) => json.id);

/** Runs the node with the view and what the item asks for read from the item. */
const runItems = (id: string, items: IDataObject[], settings = {}) =>
	run(
		view('={{ $json.view }}', 'id'),
		items.map((item) => ({ view: id, ...item })),
		{
			parameters: { returnAll: '={{ $json.all ?? false }}', limit: '={{ $json.limit }}' },
			...settings,
		},
	);

describe('a view as it is chosen', () => {
	it('has 50 records of its top unblocked in one call after one page, and the hint says that there are more', async () => {
		const { ids, id } = addLeads(474);

		const { main, errors, hints } = await run(view(id), [{}], { parameters: { returnAll: false } });

		expect([idsOf(main), errors]).toEqual([ids.slice(0, 50), []]);
		expect(unblocked(ids)).toEqual(ids.slice(0, 50));
		expect([pages(), stage.zoho.calls('unblock').length]).toEqual([['1'], 1]);
		expect(hints[0]?.message).toBe(
			`50 records: 50 unblocked. 50 records read from 1 custom view in 1 call. ${MORE.replaceAll('"', '&quot;')} 1 call to unblock them.`,
		);
	});

	it('of exactly as many records is whole, and the hint says nothing of more', async () => {
		const { ids, id } = addLeads(50);

		const { main, hints } = await run(view(id), [{}], { parameters: { returnAll: false } });

		expect(idsOf(main)).toEqual(ids);
		expect(hints[0]?.message).not.toContain('Limit');
	});

	it('is no shorter for records that cannot be unblocked: the limit counts before any outcome is known', async () => {
		const worn = recordIds(60).slice(0, 10);
		const { ids, id } = addLeads(60, worn);

		const { main, errors } = await run(view(id), [{}], { parameters: { returnAll: false } });

		expect([main.length, errors.length]).toEqual([40, 10]);
		expect(unblocked(ids)).toEqual(ids.slice(10, 50));
	});
});

describe('a limit', () => {
	it.each([
		[199, ['1']],
		[200, ['1']],
		[201, ['1', '2']],
		[2_001, '1 2 3 4 5 6 7 8 9 10 page-token-10'.split(' ')],
	])('of %d is read no further than it takes', async (limit, read) => {
		const { ids, id } = addLeads(2_500);

		const { main } = await run(view(id), [{}], { parameters: { returnAll: false, limit } });

		expect(idsOf(main)).toEqual(ids.slice(0, limit));
		expect(pages()).toEqual(read);
	});

	it('holds for each item, and a view that several name is read as far as the most of them asks', async () => {
		const { ids, id } = addLeads(420);

		const { main, hints } = await runItems(id, [{ limit: 2 }, { limit: 250 }, { limit: 3 }]);

		const of = (item: number) =>
			main.filter(({ pairedItem }) => (pairedItem as { item: number }).item === item);
		expect([0, 1, 2].map((item) => idsOf(of(item)))).toEqual(
			[2, 250, 3].map((limit) => ids.slice(0, limit)),
		);
		expect(pages()).toEqual(['1', '2']);
		expect(unblocked(ids)).toEqual(ids.slice(0, 250));
		expect(stage.zoho.calls('unblock').map((call) => call.ids?.length)).toEqual([250]);
		expect(hints[0]?.message).toContain('5 duplicates');
	});

	it('beside an item that takes all ends nothing for that', async () => {
		const { ids, id } = addLeads(420);

		const { main } = await runItems(id, [{ limit: 1 }, { all: true, limit: 'x' }, { limit: '2' }]);

		expect(idsOf(main)).toEqual([ids[0], ...ids, ...ids.slice(0, 2)]);
	});

	it('that was reached before the view failed has its records unblocked; who wanted more gets the failure', async () => {
		const { ids, id } = addLeads(420);
		stage.zoho.fault({ kind: 'records', skip: 1, ...refusal(400, 'INVALID_DATA', 'no') });

		const { main, errors } = await runItems(id, [{ limit: 5 }, { limit: 300 }]);

		expect(idsOf(main)).toEqual(ids.slice(0, 5));
		expect(errors.map((item) => failure(item).customView)).toEqual([id]);
		expect(unblocked(ids)).toEqual(ids.slice(0, 5));
	});

	it.each([0, -1, 2.5, 'NaN', 'many', '', null, [5], true])(
		'of %j fails its item, and no other, before anything is sent',
		async (limit) => {
			const { ids, id } = addLeads(3);

			const { main, errors } = await runItems(id, [{ limit }, { limit: 1 }]);

			expect(idsOf(main)).toEqual([ids[0]]);
			expect(errors.map((item) => failure(item))).toEqual([
				expect.objectContaining({
					customView: id,
					reason: 'invalidRequest',
					message: expect.stringMatching(
						/^The parameter "Limit" takes a whole number of 1 or more, and is /,
					) as string,
				}),
			]);
			expect(pages()).toHaveLength(1);
		},
	);

	it.each([{ limit: 0 }, { all: 'yes' }])(
		'that is bad in one item, %j, sends nothing under Stop Workflow',
		async (bad) => {
			const { id } = addLeads(3);

			const { error } = await runItems(id, [{ limit: 1 }, bad], { onError: 'stopWorkflow' });

			expect(error?.message).toMatch(/takes (a whole number of 1 or more|true or false), and is/);
			expect(stage.zoho.requests).toEqual([]);
		},
	);
});
