/** The shapes of a reply that are rare: whoever reads one wrongly tells a record's owner what is not so. */
import { readReply, requestFor } from '../../nodes/ZohoCrmUnblockEmail/reply';
import { isFailure } from '../../nodes/zoho/failures';
import { A, B, done, failed, IDS, read, refused, told } from './replies';

const OTHER = '9999999999999999999';
const locked = { code: 'NOT_ALLOWED', message: 'The record is locked', status: 'error' };

it('a call names its records and fields, and says which scope it needs', () => {
	const group = { module: 'Sales_Orders', fields: ['Email'] };
	const { scope, ...request } = requestFor(group, [A, B], { apiVersion: 'v7', timeout: 5 });

	expect(request).toEqual({
		method: 'POST',
		path: '/crm/v7/Sales_Orders/actions/unblock_email',
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: `{"unblock_fields":["Email"],"ids":["${A}","${B}"]}`,
		timeout: 5,
	});
	expect(scope).toContain('sales_orders');
});

describe('a success without a list', () => {
	const flat = { code: 'SUCCESS', message: 'Done', details: {} };

	it('is one of the single record that was sent', () => {
		expect(told(read(200, flat, [A]))).toEqual([[A, 'unblocked']]);
		expect(told(read(200, { ...flat, details: { id: B } }))).toEqual([[B, 'unblocked']]);
	});

	it('is none where the reply has a status of refusal', () => {
		expect(refused(read(400, flat, [A]))).toMatchObject({ reason: 'invalidRequest' });
	});

	it('is none where the code is another', () => {
		const isDone = (code: string) => read(200, { data: [{ ...flat, code }] }, [A]);

		expect(told(isDone('PARTIAL_SUCCESS'))).toEqual([[A, 'invalidRequest']]);
		expect(told(isDone('SUCCESS_NOT'))).toEqual([[A, 'invalidRequest']]);
	});
});

describe('an entry without an ID', () => {
	it('is about the single record that was sent, where it is the only one', () => {
		expect(told(read(200, { data: [{ ...locked, code: 'SUCCESS' }] }, [A]))).toEqual([
			[A, 'unblocked'],
		]);
	});

	it('is about nobody where there are two of them, or two records, or it names another', () => {
		const success = { ...locked, code: 'SUCCESS' };

		expect(told(read(200, { data: [success, success] }, [A]))).toEqual([]);
		expect(told(read(200, { data: [success] }))).toEqual([]);
		expect(told(read(200, { data: [done(OTHER)] }, [A]))).toEqual([]);
	});

	it('of a refusal says no more than one error for the whole call, whoever else is named', () => {
		const unclear = { reason: 'invalidRequest', reach: 'unclear', culprit: undefined };

		expect(refused(read(400, { data: [failed(OTHER), locked] }))).toEqual(unclear);
	});

	it.each([200, 202, 207])(
		'of a refusal is one for the whole call, also with HTTP %i',
		(httpStatus) => {
			const scope = { ...locked, code: 'OAUTH_SCOPE_MISMATCH', details: {} };

			for (const data of [[scope], [null, scope], [failed(OTHER), scope]]) {
				expect(refused(read(httpStatus, { data }))).toEqual({
					reason: 'scopeMismatch',
					reach: 'account',
					culprit: undefined,
				});
			}
			expect(read(httpStatus, { data: [scope] })).toEqual(read(httpStatus, scope));
		},
	);

	it('of a refusal is not one for all where another says that something was done', () => {
		const success = { ...locked, code: 'SUCCESS' };

		expect(told(read(207, { data: [locked, success] }))).toEqual([]);
	});

	it('that names a place where no record was is no refusal of all', () => {
		const details = { json_path: '$.ids[7]' };

		expect(refused(read(400, { data: [{ ...locked, details }] })).reason).toBe('badResponse');
	});

	it('is told in words of its own where it has neither code nor message', () => {
		const result = read(200, { data: [{ status: 'error', details: { id: A } }] });

		expect(result.kind === 'entries' && result.outcomes.get(A)?.message).toBe(
			'Zoho answered with HTTP status 200.',
		);
	});
});

it('a reply without an entry says nothing of anybody, and is no refusal', () => {
	expect(told(read(200, { data: [] }))).toEqual([]);
});

it('a refusal may come with HTTP status 200', () => {
	expect(refused(read(200, { code: 'INVALID_MODULE', message: 'no such module' })).reason).toBe(
		'invalidModule',
	);
});

describe('a record is known by its place', () => {
	const many = Array.from({ length: 13 }, (_, i) => String(100 + i));
	const ofEntry = (json_path: string) =>
		told(read(207, { data: [{ ...locked, details: { json_path } }, done('112')] }, many)).filter(
			([id]) => id !== '112',
		);

	it.each([
		['$.ids[1]', '101'],
		['$.ids[11]', '111'],
		['$.data[1].details', '101'],
	])('in an entry: %s', (path, id) => {
		expect(ofEntry(path)).toEqual([[id, 'invalidRequest']]);
	});

	it.each(['$.unblock_fields[1]', '$.ids.unblock_fields[1]', '$.data[0].ids[1]', '$.ids[x]'])(
		'and not by %s',
		(path) => {
			expect(ofEntry(path)).toEqual([]);
		},
	);

	it('in a refusal of the whole call, also behind the tenth', () => {
		const body = { ...locked, details: { json_path: '$.ids[12]' } };

		expect(refused(read(400, body, many)).culprit).toBe('112');
	});
});

it('an ID keeps its digits however the JSON is spaced', () => {
	expect(told(read(200, `{"data":[{"code":"SUCCESS","details":{"id" : ${A} }}]}`))).toEqual([
		[A, 'unblocked'],
	]);
});

describe('what Zoho objects to in one record', () => {
	const reachOf = (code: string) => ({
		named: refused(read(400, { code, message: 'x', details: { id: A } })).reach,
		entry: (() => {
			const result = read(207, { data: [failed(A, code, 'x')] });
			const outcome = result.kind === 'entries' ? result.outcomes.get(A) : undefined;
			return outcome && isFailure(outcome) ? outcome.reach : undefined;
		})(),
	});

	it.each([
		['NOT_ALLOWED', 'record', 'record'],
		['NO_PERMISSION', 'record', 'record'],
		['INVALID_URL_PATTERN', 'record', 'record'],
		['INVALID_MODULE', 'call', 'record'],
		['INTERNAL_ERROR', 'call', 'call'],
		['INVALID_TOKEN', 'account', 'account'],
		['TOO_MANY_REQUESTS', 'rest', 'rest'],
	])('reaches, by %s: %s where it is named, %s in its entry', (code, named, entry) => {
		expect(reachOf(code)).toEqual({ named, entry });
	});

	it('waits for as long as Zoho asks', () => {
		const reply = { httpStatus: 207, headers: {}, body: '{"data":[]}', retryAfterMs: 7 };

		expect(readReply(reply, IDS)).toMatchObject({ kind: 'entries', waitMs: 7, isRefusal: false });
	});
});
