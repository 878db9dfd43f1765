/** One item's trouble is that item's: whatever it holds, the others are sent, and every item comes out. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { failure, recordIds, useStage } from '../support/stage';

const stage = useStage();

const GOOD = recordIds(1_200);

/** Good records with odd items among them; returns what came of the good ones and of the odd ones. */
async function runAmong(odd: IDataObject[], options: INodeParameters = {}) {
	stage.zoho.crm.add('Leads', GOOD);
	const items: IDataObject[] = [
		...GOOD.slice(0, 300).map((id) => ({ id })),
		...odd,
		...GOOD.slice(300).map((id) => ({ id })),
	];
	const run = await stage.run('zohoCrmUnblockEmail', items, { options });
	const sent = stage.zoho.calls('unblock');
	return { ...run, sent };
}

const unblocked = (run: { main: Array<{ json: IDataObject }> }) =>
	run.main.filter(({ json }) => json.status === 'unblocked').length;

function nested(depth: number, inside: IDataObject[string]): IDataObject[string] {
	let value = inside;
	for (let level = 0; level < depth; level++) value = [value] as IDataObject[string];
	return value;
}

describe('1,200 good records', () => {
	it('are done beside an ID of a million digits, which a proxy would refuse the call for', async () => {
		stage.zoho.fault({
			kind: 'unblock',
			status: 413,
			body: '<html><h1>413 Request Entity Too Large</h1><hr>nginx/1.18</html>',
			match: ({ body }) => body.length > 100_000,
			times: Infinity,
		});
		const run = await runAmong([{ id: '7'.repeat(1_000_000) }]);

		expect(unblocked(run)).toBe(1_200);
		expect(run.errors).toHaveLength(1);
		expect(failure(run.errors[0])).toMatchObject({ reason: 'invalidRecordId', httpStatus: null });
		expect(run.sent).toHaveLength(3);
	});

	it('are done where a proxy takes 50 IDs a call and answers more with a page', async () => {
		stage.zoho.fault({
			kind: 'unblock',
			status: 413,
			body: '<html><h1>413 Request Entity Too Large</h1><hr>nginx/1.18</html>',
			match: ({ ids = [] }) => ids.length > 50,
			times: Infinity,
		});
		const run = await runAmong([]);

		expect(unblocked(run)).toBe(1_200);
		expect(run.errors).toEqual([]);
	});

	it.each<[string, IDataObject[string]]>([
		['2,200 deep', nested(2_200, 'x')],
		['an object 1,000 deep', JSON.parse(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`)],
		['100,000 deep in JSON', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
		['5,000 objects', Array.from({ length: 5_000 }, (_, n) => ({ n }))],
		['white space of a megabyte', ' '.repeat(1_000_000)],
	])('are done beside an item that names %s: it is one failure', async (_, id) => {
		const run = await runAmong([{ id }]);

		expect(run.error).toBeUndefined();
		expect(unblocked(run)).toBe(1_200);
		expect(run.errors.map((item) => failure(item).reason)).toEqual(['invalidRecordId']);
	});

	it('are done beside a record that is named 2,200 deep: it is sent', async () => {
		const run = await runAmong([{ id: nested(2_200, GOOD[0]!) }]);

		expect(unblocked(run)).toBe(1_201);
		expect(run.errors).toEqual([]);
	});
});

describe('a passing status of a proxy', () => {
	it.each([408, 425])('%i is tried again', async (status) => {
		stage.zoho.crm.add('Leads', GOOD);
		stage.zoho.fault({ kind: 'unblock', status, body: '<html>busy</html>', times: 2 });
		const { main } = await stage.run('zohoCrmUnblockEmail', [{ id: GOOD[0]! }], {
			options: { retryDelay: 1 },
		});

		expect(main[0]?.json.status).toBe('unblocked');
	});
});

describe('a failure', () => {
	it.each([[['Email']], [['Secondary_Email']], [['Email', 'Secondary_Email']]])(
		'tells which address was judged: %j',
		async (fields) => {
			stage.zoho.crm.add('Leads', ['11'], { email: 'hard', secondary: 'hard' });
			const run = await stage.run(
				'zohoCrmUnblockEmail',
				[{ id: '11' }, { id: 'x' }, { id: '999' }],
				{
					parameters: { unblockFields: fields },
				},
			);

			expect(run.errors.length).toBeGreaterThan(1);
			for (const item of run.errors) expect(failure(item).fields).toEqual(fields);
		},
	);
});
