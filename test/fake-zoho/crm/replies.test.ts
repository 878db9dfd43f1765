import { unblock, unblockSingle, useFakeZoho, zoho } from '../client';
import type { FakeZoho } from '../server';
import { ALREADY, crmError, done, failed, HARD, NO_RECORD } from './expected';

useFakeZoho();

const stands = (id: string) => zoho.crm.get('Leads', id)?.email;

describe('the mixed style, which is the default', () => {
	beforeEach(() => {
		zoho.crm.add('Leads', ['1', '3']);
		zoho.crm.add('Leads', '4', { email: 'hard' });
		zoho.crm.add('Leads', '5', { email: 'unblocked' });
	});

	it('answers 200 where every record is good', async () => {
		expect(await unblock(['3', '1'])).toMatchObject({
			status: 200,
			body: { data: [done('3'), done('1')] },
		});
	});

	it.each([200, 202, 207] as const)(
		'does the good records and answers %i where some are bad',
		async (mixedStatus) => {
			zoho.crm.mixedStatus = mixedStatus;
			const { status, body } = await unblock(['1', '2', '3', '4']);
			expect(status).toBe(mixedStatus);
			expect(body).toEqual({
				data: [
					done('1'),
					failed(NO_RECORD, { json_path: '$.ids[1]' }),
					done('3'),
					failed(HARD, { json_path: '$.ids[3]' }),
				],
			});
			expect([stands('1'), stands('3')]).toEqual(['unblocked', 'unblocked']);
		},
	);

	it.each([400, 200, 202, 207] as const)(
		'answers %i, and an entry each, where all are bad',
		async (allBadStatus) => {
			zoho.crm.allBadStatus = allBadStatus;
			const { status, body } = await unblock(['5', '2']);
			expect(status).toBe(allBadStatus);
			expect(body).toEqual({
				data: [
					failed(ALREADY, { json_path: '$.ids[0]' }),
					failed(NO_RECORD, { json_path: '$.ids[1]' }),
				],
			});
		},
	);

	it('keeps the index in the sent ids where the entries come in another order', async () => {
		zoho.crm.dataQuirks = { order: 'reversed' };
		expect((await unblock(['4', '1', '2'])).body).toEqual({
			data: [
				failed(NO_RECORD, { json_path: '$.ids[2]' }),
				done('1'),
				failed(HARD, { json_path: '$.ids[0]' }),
			],
		});
	});

	it('may write the path in its own way, or name the bad records by id', async () => {
		zoho.crm.jsonPath = (index) => `$.data[${index}].id`;
		expect((await unblock(['1', '4'])).body).toEqual({
			data: [done('1'), failed(HARD, { json_path: '$.data[1].id' })],
		});
		zoho.crm.entriesBy = 'id';
		expect((await unblock(['3', '4'])).body).toEqual({
			data: [done('3'), failed(HARD, { id: '4' })],
		});
	});

	it('has one error and no data[] for a single record’s URL', async () => {
		expect(await unblockSingle('4')).toMatchObject(crmError(...HARD, { resource_path_index: 1 }));
		expect((await unblockSingle('1')).body).toEqual({ data: [done('1')] });
	});
});

describe('the style that tells of bad records only', () => {
	it('answers 400 with data[] that leaves the good records out, and does nothing', async () => {
		zoho.crm.style = 'onlyBad';
		zoho.crm.add('Leads', ['1', '3']);
		zoho.crm.add('Leads', '4', { email: 'hard' });
		const { status, body } = await unblock(['1', '4', '3', '2']);
		expect(status).toBe(400);
		expect(body).toEqual({
			data: [failed(HARD, { json_path: '$.ids[1]' }), failed(NO_RECORD, { json_path: '$.ids[3]' })],
		});
		expect([stands('1'), stands('3')]).toEqual(['soft', 'soft']);
		expect((await unblock(['1', '3'])).status).toBe(200);
	});
});

describe('a success', () => {
	beforeEach(() => zoho.crm.add('Leads', ['1', '2']));

	it('may be worded as in the newest specification', async () => {
		zoho.crm.successMessage = 'Email unblocked successfully';
		expect((await unblock(['1'])).body).toEqual({
			data: [{ ...done('1'), message: 'Email unblocked successfully' }],
		});
	});

	it('stands alone, without data[], on the single record’s URL or for every one record', async () => {
		zoho.crm.flatSuccess = 'singleUrl';
		expect(await unblockSingle('1')).toMatchObject({ status: 200, body: done('1') });
		expect((await unblock(['2'])).body).toEqual({ data: [done('2')] });
		zoho.crm.add('Leads', ['1', '2']);
		zoho.crm.flatSuccess = 'oneRecord';
		expect(await unblock(['1'])).toMatchObject({ status: 200, body: done('1') });
		zoho.crm.add('Leads', '1');
		expect((await unblock(['1', '2'])).body).toEqual({ data: [done('1'), done('2')] });
	});
});

describe('data[]', () => {
	it('has an entry for each time that a record is named, which is acted on once', async () => {
		zoho.crm.add('Leads', ['1', '2']);
		const { body } = await unblock(['1', '2', '1']);
		expect(idsOf(body)).toEqual(['1', '2', '1']);
		expect(zoho.crm.get('Leads', '1')?.timesUnblocked).toBe(1);
	});

	it('may come in another order, and with entries dropped or added', async () => {
		const ids = ['1', '2', '3', '4', '5', '6'];
		const named = async (dataQuirks: FakeZoho['crm']['dataQuirks']) => {
			zoho.crm.add('Leads', ids);
			zoho.crm.dataQuirks = dataQuirks;
			return idsOf((await unblock(ids)).body);
		};
		expect(await named({ order: 'reversed' })).toEqual([...ids].reverse());
		const shuffled = await named({ order: 'shuffled' });
		expect(shuffled).not.toEqual(ids);
		expect([...shuffled].sort()).toEqual(ids);
		expect(await named({ drop: 2 })).toEqual(['3', '4', '5', '6']);
		const more = await named({ extra: 2 });
		expect(more).toHaveLength(8);
		expect(new Set(more).size).toBe(8);
	});

	it('may have ids as numbers, with all their digits', async () => {
		zoho.crm.add('Leads', '2423488000000575001');
		zoho.crm.dataQuirks = { idsAsNumbers: true };
		expect((await unblock(['2423488000000575001'])).text).toContain('"id":2423488000000575001}');
	});
});

function idsOf(body: Record<string, unknown>): string[] {
	return (body.data as Array<{ details: { id: string } }>).map((entry) => entry.details.id);
}
