/** What a success keeps of its input item, where that is asked for. */
import type { IDataObject } from 'n8n-workflow';
import { recordIds, useStage } from '../support/stage';

const stage = useStage();
const [A = '', B = ''] = recordIds(2);
const EMAIL = 'ada@example.com';

const item: IDataObject = {
	id: A,
	email: EMAIL,
	name: 'Ada',
	status: 'mine',
	error: 'mine, too',
	company: { name: 'Example' },
};

const NODES = [
	['zohoCrmUnblockEmail', 'unblocked'],
	['zohoCampaignsDoNotMail', 'moved'],
] as const;

describe.each(NODES)('a success of %s', (type, status) => {
	const run = async (options: IDataObject, parameters: IDataObject = {}) => {
		stage.zoho.crm.add('Leads', [A, B]);
		const { main, errors } = await stage.run(type, [item], {
			options: options as never,
			parameters: parameters as never,
			onError: 'continueErrorOutput',
		});
		expect(errors).toEqual([]);
		return main;
	};

	it('has nothing of its input item by itself', async () => {
		const [one] = await run({});

		expect(one?.json).not.toHaveProperty('name');
		expect(one?.json.status).toBe(status);
	});

	it('keeps the fields of its input item where that is asked for, but ours win, and never an error', async () => {
		const [one] = await run({ includeInputFields: true });

		expect(one?.json).toMatchObject({ name: 'Ada', company: { name: 'Example' }, status });
		expect(one?.json).not.toHaveProperty('error');
		expect(one?.pairedItem).toEqual({ item: 0 });
	});

	it('keeps them in a preview, too', async () => {
		const [one] = await run({ includeInputFields: true }, { previewOnly: true });

		expect(one?.json).toMatchObject({ name: 'Ada', status: 'preview' });
	});

	it('is none where the option is neither true nor false: all items fail', async () => {
		const { errors } = await stage.run(type, [item], {
			options: { includeInputFields: '={{ "yes" }}' },
			onError: 'continueErrorOutput',
		});

		expect((errors[0]?.json.error as IDataObject).message).toBe(
			'The option "Include Input Fields" takes true or false, and is "yes".',
		);
	});
});

it('each record of one item keeps them', async () => {
	stage.zoho.crm.add('Leads', [A, B]);
	const { main } = await stage.run('zohoCrmUnblockEmail', [{ id: `${A},${B}`, name: 'Ada' }], {
		options: { includeInputFields: true },
	});

	expect(main.map(({ json }) => [json.id, json.name])).toEqual([
		[A, 'Ada'],
		[B, 'Ada'],
	]);
});
