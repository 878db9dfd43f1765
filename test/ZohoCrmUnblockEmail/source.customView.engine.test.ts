import { addressesOf } from '../fake-zoho';
import { failure, recordIds } from '../support/stage';
import { inModule, useViews, view } from './viewStage';

const { stage, crm, addLeads, run, pages } = useViews();

describe('the records of a custom view', () => {
	it('are unblocked, each a result of the item, in the order of the view, with their addresses', async () => {
		const { ids, id } = addLeads(3);
		const [first = ''] = ids;

		const { main, errors } = await run(view(id));

		expect(errors).toEqual([]);
		expect(main.map(({ json }) => json.id)).toEqual(ids);
		expect(main[0]).toMatchObject({
			json: {
				id: first,
				status: 'unblocked',
				message: 'Unblocked successfully',
				module: 'Leads',
				fields: ['Email'],
				code: 'SUCCESS',
				email: `person-${first}@example.com`,
				secondaryEmail: null,
			},
			pairedItem: { item: 0 },
		});
	});

	it('are all found where the view shrinks with every record that is unblocked, and the dead ones come with their addresses', async () => {
		const all = recordIds(2_750);
		const dead = all.filter((_, place) => place % 100 === 7).slice(0, 27);
		const { id } = addLeads(2_750, dead);

		const { main, errors, hints } = await run(view(id));

		expect(main).toHaveLength(2_723);
		expect(errors.map((item) => failure(item))).toEqual(
			dead.map((id) =>
				expect.objectContaining({
					id,
					module: 'Leads',
					reason: 'unblockLimitReached',
					email: addressesOf(id, crm().get('Leads', id)!).Email,
					secondaryEmail: null,
				}),
			),
		);
		expect(all.filter((id) => crm().get('Leads', id)?.email === 'soft')).toEqual(dead);
		expect(stage.zoho.calls('records')).toHaveLength(14);
		expect(stage.zoho.calls('unblock')).toHaveLength(6);
		expect(hints[0]?.message).toBe(
			'2,750 records: 2,723 unblocked, 27 failed: 27 unblocked five times before. 2,750 records read from 1 custom view in 14 calls. 6 calls to unblock them.',
		);
	});

	it('are read to the end of the view before the first of them is unblocked', async () => {
		const { id } = addLeads(2_201);

		await run(view(id));

		const kinds = stage.zoho.requests.map(({ kind }) => kind);
		expect(kinds.lastIndexOf('records')).toBeLessThan(kinds.indexOf('unblock'));
		expect(pages()).toEqual([...'123456789'.split(''), '10', 'page-token-10', 'page-token-11']);
	});

	it('are none where the view is empty: no item, no error, no call but the one that reads it', async () => {
		crm().add('Leads', recordIds(2), { email: 'unblocked' });
		const id = crm().addView({ module: 'Leads' });

		const { main, errors, error, hints } = await run(view(id), [{}], { onError: 'stopWorkflow' });

		expect([main, errors, error]).toEqual([[], [], undefined]);
		expect(stage.zoho.requests).toHaveLength(1);
		expect(hints[0]?.message).toBe('0 records read from 1 custom view in 1 call.');
	});
});

describe('items that name several views', () => {
	const [A = '', B = '', C = ''] = recordIds(3);
	const items = (...views: string[]) => views.map((view) => ({ view }));
	const named = view('={{ $json.view }}', 'id');
	const told = (items: Array<{ json: object; pairedItem?: unknown }>) =>
		items.map(({ json, pairedItem }) => [(pairedItem as { item: number }).item, json]);

	it('get the records of theirs, each view read once and each record sent once', async () => {
		crm().add('Leads', [A, B, C]);
		const both = crm().addView({ module: 'Leads', holds: (_, id) => id !== C });
		const last = crm().addView({ module: 'Leads', holds: (_, id) => id !== A });

		const { main, hints } = await run(named, items(both, last, both));

		expect(told(main)).toEqual(
			[
				[0, A],
				[0, B],
				[1, B],
				[1, C],
				[2, A],
				[2, B],
			].map(([item, id]) => [item, expect.objectContaining({ id, status: 'unblocked' })]),
		);
		expect(stage.zoho.calls('records')).toHaveLength(2);
		expect(stage.zoho.calls('unblock').map(({ ids }) => ids)).toEqual([[A, B, C]]);
		expect(hints[0]?.message).toContain('3 duplicates: each record was sent once.');
	});

	it('may name a module and fields each', async () => {
		crm().add('Leads', A, { secondary: 'soft' });
		crm().add('Contacts', B);
		const leads = crm().addView({ module: 'Leads' });
		const contacts = crm().addView({ module: 'Contacts' });

		const { main } = await run(
			named,
			[
				{ view: contacts, module: 'Contacts', fields: ['Email'] },
				{ view: leads, module: 'Leads', fields: ['Email', 'Secondary_Email'] },
				{ view: leads, module: 'Leads', fields: ['Email'] },
			],
			{
				parameters: {
					module: inModule('={{ $json.module }}'),
					unblockFields: '={{ $json.fields }}',
				},
			},
		);

		expect(main.map(({ json }) => [json.id, json.module, json.fields])).toEqual([
			[B, 'Contacts', ['Email']],
			[A, 'Leads', ['Email', 'Secondary_Email']],
			[A, 'Leads', ['Email']],
		]);
		expect(main[1]?.json).toMatchObject({ secondaryEmail: `other-${A}@example.com` });
		expect(stage.zoho.calls('records')).toHaveLength(2);
	});

	it('fail alone where they name no view', async () => {
		const { ids, id } = addLeads(2);

		const { main, errors } = await run(named, items('', id, 'All Leads', '999'));

		expect(main.map(({ json }) => json.id)).toEqual(ids);
		expect(errors.map((item) => failure(item))).toEqual([
			expect.objectContaining({
				customView: '',
				module: 'Leads',
				reason: 'invalidRequest',
				message: 'No custom view is chosen.',
			}),
			expect.objectContaining({
				customView: 'All Leads',
				message: 'All Leads is not the ID of a custom view.',
			}),
			expect.objectContaining({
				customView: '999',
				code: 'INVALID_DATA',
				reason: 'invalidRequest',
				message: 'The custom view could not be read: the cvid given seems to be invalid',
				resolution: expect.stringContaining('Choose the view from the list') as string,
				httpStatus: 400,
				retryable: false,
			}),
		]);
		expect(stage.zoho.calls('records')).toHaveLength(2);
	});
});
