import { useFakeZoho, ALREADY, crmError, NO_RECORD, unblock, unblockSingle, zoho } from '../client';
import { UNBLOCK_SAMPLE } from '../facts';

useFakeZoho();

const HARD = ['NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently'] as const;

/** Entries of `data[]`. */
const done = (id: string) => ({ ...UNBLOCK_SAMPLE.data[0], details: { id } });
const failed = ([code, message]: readonly [string, string], details: object) => ({
	code,
	details,
	message,
	status: 'error',
});
const stands = (id: string) => zoho.crm.get('Leads', id)?.email;

describe('the mixed style', () => {
	beforeEach(() => {
		zoho.crm.style = 'mixed';
		zoho.crm.entriesBy = 'json_path';
		zoho.crm.allBadStatus = 400;
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

describe('the mixed style that refuses the whole call for some reasons', () => {
	beforeEach(() => {
		zoho.crm.style = 'mixed';
		zoho.crm.wholeCallFor = new Set(['noRecord']);
		zoho.crm.add('Leads', ['1', '3']);
		zoho.crm.add('Leads', '4', { email: 'hard' });
	});

	it('does nothing and names nobody where one record is bad for such a reason', async () => {
		expect(await unblock(['4', '1', '9', '3'])).toMatchObject(
			crmError(...NO_RECORD, { resource_path_index: 1 }),
		);
		expect(await unblock(['9', '1'])).toMatchObject(
			crmError(...NO_RECORD, { resource_path_index: 1 }),
		);
		expect([stands('1'), stands('3')]).toEqual(['soft', 'soft']);
	});

	it('tells any other reason in data[]', async () => {
		const { status, body } = await unblock(['1', '4']);
		expect(status).toBe(207);
		expect(body.data).toHaveLength(2);
		expect(stands('1')).toBe('unblocked');
	});

	it('may refuse the call for several reasons, with the error of the first such record', async () => {
		zoho.crm.wholeCallFor = new Set(['hard', 'already', 'worn']);
		zoho.crm.add('Leads', '5', { email: 'unblocked' });
		zoho.crm.add('Leads', '6', { timesUnblocked: 5 });
		expect((await unblock(['9', '1', '5', '4', '6'])).body).toMatchObject({ message: ALREADY[1] });
		expect((await unblock(['9', '6', '5'])).body.message).toContain('5 times already');
		expect((await unblock(['9', '1'])).status).toBe(207);
	});

	it('may give other details: another segment of the URL, none, or the place in the body', async () => {
		zoho.crm.pathIndex = 0;
		expect((await unblock(['1', '9'])).body.details).toEqual({ resource_path_index: 0 });
		zoho.crm.wholeCallDetails = 'none';
		expect((await unblock(['1', '9'])).body.details).toEqual({});
		zoho.crm.wholeCallDetails = 'json_path';
		expect((await unblock(['1', '9'])).body.details).toEqual({
			expected_data_type: 'bigint',
			api_name: 'ids',
			json_path: '$.ids[1]',
		});
	});
});

describe('the style that tells of bad records only', () => {
	it('answers 400 with data[] that leaves the good records out, and does nothing', async () => {
		Object.assign(zoho.crm, { style: 'onlyBad', entriesBy: 'json_path' });
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

describe('a planned refusal', () => {
	const LOCKED = { code: 'NOT_ALLOWED', message: 'The record is locked' };
	beforeEach(() => zoho.crm.add('Leads', ['1', '2', '3']));

	it.each(['mixed', 'onlyBad', 'allOrNothing', 'indexed'] as const)(
		'of some records refuses the whole call and names nobody, in the style %s',
		async (style) => {
			zoho.crm.style = style;
			zoho.crm.refuse(['2', '3'], LOCKED);
			const answer = await unblock(['9', '1', '3']);
			expect(answer).toMatchObject(crmError('NOT_ALLOWED', 'The record is locked'));
			expect(answer.body.details).toEqual({});
			expect(stands('1')).toBe('soft');
			expect((await unblock(['2'])).status).toBe(400);
			expect((await unblock(['1'])).status).toBe(200);
		},
	);

	it('may be told of its record, as any other reason is', async () => {
		Object.assign(zoho.crm, { style: 'mixed', entriesBy: 'json_path' });
		zoho.crm.refuse('2', { ...LOCKED, named: true });
		expect((await unblock(['1', '2'])).body).toEqual({
			data: [done('1'), failed(['NOT_ALLOWED', LOCKED.message], { json_path: '$.ids[1]' })],
		});
		zoho.crm.style = 'indexed';
		expect((await unblock(['3', '2'])).body.details).toEqual({ json_path: '$.ids[1]' });
	});

	it('has the HTTP status that it is given', async () => {
		zoho.crm.refuse('1', { code: 'NO_PERMISSION', message: 'permission denied', httpStatus: 403 });
		expect(await unblock(['1'])).toMatchObject({ status: 403, body: { code: 'NO_PERMISSION' } });
	});

	it('of all calls refuses whatever they name, until it is ended', async () => {
		zoho.crm.refuseAll(LOCKED);
		for (const ids of [['1'], ['2', '3'], ['9']]) {
			expect(await unblock(ids)).toMatchObject(crmError('NOT_ALLOWED', 'The record is locked'));
		}
		zoho.crm.refuseAll(undefined);
		expect((await unblock(['1'])).status).toBe(200);
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
