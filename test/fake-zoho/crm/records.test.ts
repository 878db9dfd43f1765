import { unblock, unblockSingle, useFakeZoho, zoho } from '../client';
import { UNBLOCK_SAMPLE } from '../facts';
import { ALREADY, crmError, HARD, NO_RECORD } from './expected';

useFakeZoho();

describe('unblock_email', () => {
	it('unblocks many records and answers as the page’s sample', async () => {
		const ids = UNBLOCK_SAMPLE.data.map((entry) => entry.details.id);
		zoho.crm.add('Leads', ids);
		expect(await unblock(ids)).toMatchObject({ status: 200, body: UNBLOCK_SAMPLE });
		expect(zoho.crm.get('Leads', ids[0] ?? '')).toEqual({
			email: 'unblocked',
			secondary: 'none',
			timesUnblocked: 1,
		});
	});

	it.each(['v6', 'v7', 'v8'])('unblocks a single record by its URL in %s', async (version) => {
		zoho.crm.add('Contacts', '17', { secondary: 'soft' });
		const { status, body } = await unblockSingle('17', {
			module: 'Contacts',
			version,
			fields: ['Email', 'Secondary_Email'],
		});
		expect(status).toBe(200);
		expect(body).toMatchObject({ data: [{ code: 'SUCCESS', details: { id: '17' } }] });
		expect(zoho.crm.get('Contacts', '17')).toEqual({
			email: 'unblocked',
			secondary: 'unblocked',
			timesUnblocked: 1,
		});
		expect(zoho.calls('unblock')[0]?.ids).toEqual(['17']);
	});

	it('changes only the fields that are named', async () => {
		zoho.crm.add('Leads', '1', { secondary: 'soft' });
		await unblock(['1']);
		expect(zoho.crm.get('Leads', '1')).toMatchObject({ email: 'unblocked', secondary: 'soft' });
	});

	it.each([
		['no such record', undefined, ['Email'], NO_RECORD],
		['hard', { email: 'hard' }, ['Email'], HARD],
		[
			'hard in one of two named fields',
			{ email: 'soft', secondary: 'hard' },
			['Email', 'Secondary_Email'],
			HARD,
		],
		[
			'five lives spent',
			{ timesUnblocked: 5 },
			['Email'],
			['NOT_ALLOWED', 'Cannot unblock, email has been unblocked 5 times already'],
		],
		['not blocked', { email: 'unblocked' }, ['Email'], ALREADY],
		['without an address', { email: 'none' }, ['Email'], ALREADY],
		[
			'not blocked in any of two named fields',
			{ email: 'unblocked', secondary: 'unblocked' },
			['Email', 'Secondary_Email'],
			ALREADY,
		],
	] as const)('refuses a record: %s', async (_what, record, fields, [code, message]) => {
		zoho.crm.style = 'allOrNothing';
		if (record !== undefined) zoho.crm.add('Leads', '1', record);
		expect(await unblock(['1'], { fields: [...fields] })).toMatchObject(crmError(code, message));
		expect(zoho.crm.get('Leads', '1')).toEqual(
			record && { email: 'soft', secondary: 'none', timesUnblocked: 0, ...record },
		);
	});

	it('unblocks a record of whose two named fields one is still blocked', async () => {
		zoho.crm.add('Leads', '1', { email: 'unblocked', secondary: 'soft' });
		expect((await unblock(['1'], { fields: ['Email', 'Secondary_Email'] })).status).toBe(200);
	});

	it('unblocks a record five times and not a sixth time', async () => {
		for (let life = 0; life < 5; life++) {
			const { timesUnblocked = 0 } = zoho.crm.get('Leads', '1') ?? {};
			zoho.crm.add('Leads', '1', { timesUnblocked });
			expect((await unblock(['1'])).status).toBe(200);
		}
		zoho.crm.add('Leads', '1', { timesUnblocked: 5 });
		expect((await unblock(['1'])).status).toBe(400);
	});
});
