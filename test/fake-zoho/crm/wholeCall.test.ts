import { unblock, unblockSingle, useFakeZoho, zoho } from '../client';
import { ALREADY, crmError, done, failed, NO_RECORD } from './expected';

useFakeZoho();

const stands = (id: string) => zoho.crm.get('Leads', id)?.email;

describe('a call that is refused as a whole', () => {
	it('changes nothing when one record is bad, and does not say which', async () => {
		zoho.crm.style = 'allOrNothing';
		zoho.crm.add('Leads', ['1', '3']);
		zoho.crm.add('Leads', '4', { email: 'unblocked' });
		expect(await unblock(['1', '2', '3', '4'])).toMatchObject(crmError(...NO_RECORD));
		expect(await unblock(['1', '4', '3', '2'])).toMatchObject(crmError(...ALREADY));
		expect([stands('1'), stands('3')]).toEqual(['soft', 'soft']);
	});

	it.each([
		['json_path', { json_path: '$.ids[2]' }, { resource_path_index: 1 }],
		['id', { id: '9' }, { id: '9' }],
	] as const)('may say which record is bad by %s', async (indexBy, many, single) => {
		zoho.crm.style = 'indexed';
		zoho.crm.indexBy = indexBy;
		zoho.crm.add('Leads', ['1', '2']);
		expect(await unblock(['1', '2', '9'])).toMatchObject(crmError(...NO_RECORD, many));
		expect(await unblockSingle('9')).toMatchObject(crmError(...NO_RECORD, single));
		expect(stands('1')).toBe('soft');
	});
});

describe('resource_path_index', () => {
	beforeEach(() => {
		Object.assign(zoho.crm, { style: 'indexed', indexBy: 'resource_path_index' });
		zoho.crm.add('Leads', ['1', '2']);
	});

	it.each([0, 1])('is a segment of the URL, %i, whichever record is bad', async (pathIndex) => {
		zoho.crm.pathIndex = pathIndex;
		for (const ids of [['9', '1', '2'], ['1', '2', '9'], ['9']]) {
			expect(await unblock(ids)).toMatchObject(
				crmError(...NO_RECORD, { resource_path_index: pathIndex }),
			);
		}
		expect([stands('1'), stands('2')]).toEqual(['soft', 'soft']);
	});

	it('is the record’s segment on a single record’s URL', async () => {
		zoho.crm.pathIndex = 0;
		expect(await unblockSingle('9')).toMatchObject(
			crmError(...NO_RECORD, { resource_path_index: 1 }),
		);
	});
});

describe('the mixed style that refuses the whole call for some reasons', () => {
	beforeEach(() => {
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
