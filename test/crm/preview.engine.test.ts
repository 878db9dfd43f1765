/** A preview: what would be sent comes out, and nothing is sent that changes anything. */
import type { IDataObject, OnError } from 'n8n-workflow';
import { failure, recordIds } from '../support/stage';
import { refusal, useViews, view } from './viewStage';

const { stage, crm, addLeads, run: runViews } = useViews();

const ON = { previewOnly: true };
const [A = '', B = '', C = ''] = recordIds(3);

const run = (items: IDataObject[], parameters: IDataObject = ON, settings: object = {}) =>
	stage.run('zohoCrmUnblockEmail', items, { parameters: parameters as never, ...settings });

const SETTINGS: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

const previewOf = (id: string, more: IDataObject = {}) => ({
	id,
	status: 'preview',
	message: 'Not sent: this is a preview.',
	module: 'Leads',
	fields: ['Email'],
	code: 'NOT_SENT',
	...more,
});

const untouched = (ids: string[]) =>
	expect(ids.filter((id) => crm().get('Leads', id)?.email !== 'soft')).toEqual([]);

describe('a preview of records by ID', () => {
	it.each(SETTINGS)(
		'hands out each record, without a call, with On Error set to %s',
		async (onError) => {
			crm().add('Leads', [A, B]);

			const { main, errors, error, hints } = await run([{ id: A }, { id: `${B}, ${A}` }], ON, {
				onError,
			});

			expect([error, errors]).toEqual([undefined, []]);
			expect(main).toEqual(
				[
					[0, A],
					[1, B],
					[1, A],
				].map(([item, id]) => ({ json: previewOf(String(id)), pairedItem: { item } })),
			);
			expect(stage.zoho.requests).toEqual([]);
			expect(hints[0]?.message).toBe(
				'3 records: 3 would be sent. Nothing was sent: this is a preview. No call was made, so the token was not tried. 1 duplicate: each record would be sent once.',
			);
		},
	);

	it('has what could not be sent at the error branch', async () => {
		const { main, errors, hints } = await run([{ id: A }, { id: 'x' }]);

		expect(main.map(({ json }) => json)).toEqual([previewOf(A)]);
		expect(errors.map((item) => failure(item).reason)).toEqual(['invalidRecordId']);
		expect(hints[0]?.message).toContain('2 records: 1 would be sent, 1 failed.');
	});

	it('does not throw for a bad item under Stop Workflow: its failure leaves by the main output', async () => {
		const { main, error } = await run([{ id: 'x' }, { id: A }], ON, { onError: 'stopWorkflow' });

		expect(error).toBeUndefined();
		expect(main.map(({ json }) => json.status ?? (json.error as IDataObject).reason)).toEqual([
			'invalidRecordId',
			'preview',
		]);
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});

	it.each(SETTINGS)(
		'fails by the account, with On Error set to %s, where no call could be made',
		async (onError) => {
			stage.connect({ services: 'campaigns' });

			const { main, errors, error } = await run([{ id: A }], ON, { onError });

			const { reason } = error ? { reason: undefined } : failure(errors[0] ?? main[0]);
			expect(error?.message ?? reason).toMatch(/^scopeMismatch$|^Credential "Zoho"/);
			expect(error !== undefined).toBe(onError === 'stopWorkflow');
		},
	);
});

describe('a preview of a custom view', () => {
	it('reads it, hands out its records with their addresses, and unblocks none', async () => {
		const { ids, id } = addLeads(60);

		const { main, hints } = await runViews(view(id), [{}], {
			parameters: { ...ON, returnAll: false },
		});

		expect(main.map(({ json }) => json)).toEqual(
			ids
				.slice(0, 50)
				.map((one) => previewOf(one, { email: `person-${one}@example.com`, secondaryEmail: null })),
		);
		expect(stage.zoho.requests.map(({ kind }) => kind)).toEqual(['records']);
		untouched(ids);
		expect(hints[0]?.message).toMatch(
			/^50 records: 50 would be sent. Nothing was sent: this is a preview. 50 records read from 1 custom view in 1 call. The custom view holds more/,
		);
	});

	it('that cannot be read is a failure, and the others are read, also under Stop Workflow', async () => {
		const { ids, id } = addLeads(2);

		const { main, error } = await runViews(
			view('={{ $json.view }}', 'id'),
			[{ view: 'none' }, { view: '999' }, { view: id }],
			{ parameters: ON, onError: 'stopWorkflow' },
		);

		expect(error).toBeUndefined();
		expect(main.map(({ json }) => json.id ?? (json.error as IDataObject).customView)).toEqual([
			'none',
			'999',
			...ids,
		]);
	});

	it('stops the workflow where Zoho refuses the token', async () => {
		const { ids, id } = addLeads(2);
		stage.zoho.fault({ kind: 'records', ...refusal(401, 'OAUTH_SCOPE_MISMATCH', 'no') });

		const { error } = await runViews(view(id), [{}], { parameters: ON, onError: 'stopWorkflow' });

		expect(error?.message).toContain('Credential "Zoho"');
		untouched(ids);
	});
});

describe('items that differ in it', () => {
	const differing = { previewOnly: '={{ $json.preview }}' };

	it('are a preview all of them, where one of them is, whichever it is', async () => {
		crm().add('Leads', [A, B, C]);
		for (const on of [0, 1, 2]) {
			const items = [A, B, C].map((id, item) => ({ id, preview: item === on }));

			const { main } = await run(items, differing);

			expect(main.map(({ json }) => [json.id, json.status])).toEqual(
				[A, B, C].map((id) => [id, 'preview']),
			);
		}
		expect(stage.zoho.requests).toEqual([]);
	});

	it('of the same record send nothing of it, whatever their order', async () => {
		crm().add('Leads', A);
		await run(
			[true, false].map((preview) => ({ id: A, preview })),
			differing,
		);
		await run(
			[false, true].map((preview) => ({ id: A, preview })),
			differing,
		);

		expect(stage.zoho.requests).toEqual([]);
	});

	it('are sent where none of them says preview', async () => {
		crm().add('Leads', [A, B]);

		const { main } = await run(
			[A, B].map((id) => ({ id, preview: false })),
			differing,
		);

		expect(main.map(({ json }) => json.status)).toEqual(['unblocked', 'unblocked']);
	});

	it.each(['true', 'false', '', null, undefined, 1, 0, [], {}])(
		'and say %j, which is neither, fail alone and are not sent',
		async (preview) => {
			crm().add('Leads', [A, B]);
			const items = [
				{ id: A, preview: preview as never },
				{ id: B, preview: false },
			];

			const { main, errors } = await run(items, differing);

			expect(main.map(({ json }) => [json.id, json.status])).toEqual([[B, 'unblocked']]);
			expect(errors.map((item) => failure(item))).toEqual([
				expect.objectContaining({
					id: A,
					reason: 'invalidRequest',
					message: expect.stringMatching(
						/^The parameter "Preview Only" takes true or false, and is /,
					) as string,
				}),
			]);
			expect(stage.zoho.calls('unblock').map(({ ids }) => ids)).toEqual([[B]]);
		},
	);

	it('and say neither in one, send nothing at all under Stop Workflow', async () => {
		crm().add('Leads', [A, B]);
		const items = [
			{ id: A, preview: false },
			{ id: B, preview: 'yes' },
		];

		const { error } = await run(items, differing, { onError: 'stopWorkflow' });

		expect(error?.message).toContain(`Record ${B}: The parameter "Preview Only" takes`);
		expect(stage.zoho.requests).toEqual([]);
	});

	it('and cannot be resolved in one, fail that one', async () => {
		crm().add('Leads', [A, B]);
		const previewOnly = '={{ $json.id === "' + B + '" ? null.x : false }}';

		const { main, errors } = await run([{ id: A }, { id: B }], { previewOnly });

		expect(main.map(({ json }) => json.id)).toEqual([A]);
		expect(errors.map((item) => failure(item).id)).toEqual([B]);
	});
});
