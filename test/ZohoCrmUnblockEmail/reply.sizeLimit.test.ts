import { A, read } from './replies';

describe('a reply that refuses the number of ids', () => {
	const ids = Array.from({ length: 100 }, (_, i) => String(11 + i));
	const most = (body: object, httpStatus = 400, sent = ids) => {
		const result = read(httpStatus, body, sent);
		return result.kind === 'tooMany' ? result.most : result.kind;
	};
	const limit = { code: 'LIMIT_EXCEEDED', message: 'The number of ids exceeds the maximum' };
	const data = { code: 'INVALID_DATA', message: 'invalid data' };

	it.each<[string, object, number]>([
		['as maximum_length', { ...limit, details: { maximum_length: 5 } }, 5],
		['as maximum_length of wrong data', { ...data, details: { maximum_length: 5 } }, 5],
		['as a text', { ...limit, details: { maximum_length: '5' } }, 5],
		['in the message', { ...limit, message: 'Only 20 ids are allowed in one call' }, 20],
		['in the message, for records', { ...data, message: 'Only 20 records are allowed' }, 20],
	])('states the number %s', (_, body, number) => {
		expect(most(body)).toBe(number);
	});

	it.each<[string, object]>([
		['nowhere', { ...limit, details: { api_name: 'ids' } }],
		['nowhere, by path', { ...limit, details: { json_path: '$.ids' } }],
		['as one that cannot be', { ...limit, details: { maximum_length: 100 } }],
		['as none', { ...limit, details: { maximum_length: 0 } }],
		['as what is no number', { ...limit, details: { maximum_length: { toString: 1 } } }],
	])('has half as many tried where it states the number %s', (_, body) => {
		expect(most(body)).toBe(50);
	});

	it.each([
		'Max 20 ids',
		'A maximum of 20 records',
		'More than 20 ids were given',
		'Up to 20 records',
		'At most 20 id values',
		'You exceed 20 ids',
		'The 20 ids exceeded',
		'The record limit is 20',
		'Limited to 20 ids',
		'Only 20 records',
	])('is known by its words where its code does not say so: %s', (message) => {
		expect(most({ ...data, message })).toBe(20);
	});

	it.each([
		['it allows as many as were sent', { ...data, message: 'At most 100 ids' }],
		['it allows more', { ...data, message: 'At most 500 ids' }],
		['it is of other data', { ...data, message: 'At most 20 letters' }],
		['it is a number of something', { ...data, message: '20 of the ids are strange' }],
		['it is of calls', { ...data, message: 'At most 20 ids in 20 calls' }],
		['it is of a minute', { ...limit, message: 'At most 20 records a minute' }],
		['it is of minutes', { ...limit, message: 'At most 20 records in 5 minutes' }],
		['it is of credits', { ...limit, message: 'Only 20 credits for these records' }],
		['it is of requests', { ...limit, message: 'Only 20 requests with ids' }],
		['it is of nothing in particular', { ...limit, message: 'Limit reached' }],
		['it is another refusal', { code: 'NOT_ALLOWED', message: 'Only 20 records may be locked' }],
	])('is none where %s', (_, body) => {
		expect(most(body)).toBe('refused');
	});

	it('is one of ids where it points at them, whatever its words are', () => {
		for (const details of [{ api_name: 'ids' }, { json_path: '$.ids' }]) {
			expect(most({ code: 'LIMIT_EXCEEDED', message: 'Limit reached', details })).toBe(50);
		}
		const details = { api_name: 'unblock_fields', json_path: '$.unblock_fields' };
		expect(most({ code: 'LIMIT_EXCEEDED', message: 'Limit reached', details })).toBe('refused');
	});

	it('is one where the request is too large for the server, and half of an odd number is rounded up', () => {
		const body = { code: 'TOO_LARGE', message: 'Too large' };

		expect(most(body, 413)).toBe(50);
		expect(most(body, 413, ids.slice(0, 3))).toBe(2);
	});

	it.each<[string, string | object]>([
		[
			"nginx's page",
			'<html><head><title>413 Request Entity Too Large</title></head><hr>nginx/1.18',
		],
		['a text', 'Payload too large: at most 1048576 bytes'],
		['nothing', ''],
		['JSON of its own', { message: '413 Request Entity Too Large (nginx/1.18)' }],
		['JSON with a status for a code', { code: 413, message: 'At most 3 records of 1 MB' }],
		['JSON with a size in bytes', { code: 'PAYLOAD_TOO_LARGE', message: 'The limit is 1 MB' }],
		['a size of records', { code: 'PAYLOAD_TOO_LARGE', message: 'Records of 1 MB are too large' }],
		['a code of its own with a number', { code: 'ERR_413', message: 'Only 1 record fits' }],
		['a size in MiB', { code: 'LIMIT_EXCEEDED', message: 'The ids exceed 1 MiB' }],
		['details without a code', { message: '413', details: { maximum_length: 1 } }],
		['an error in words', { error: 'Request size limit of 8 exceeded' }],
	])('has half as many tried where somebody on the way answers 413 by %s', (_, body) => {
		const result = read(413, body, ids);

		expect(result).toEqual({ kind: 'tooMany', most: 50 });
	});

	it('is none of a call for one record: that one is too large by itself', () => {
		expect(most('<html>413</html>' as never, 413, ids.slice(0, 1))).toBe('refused');
	});

	it('may be one of a single record a call', () => {
		expect(most({ ...limit, details: { maximum_length: 1 } })).toBe(1);
	});

	it('is a limit of calls where it speaks of no ids', () => {
		expect(most({ code: 'LIMIT_EXCEEDED', message: 'Maximum of 50 API calls reached' })).toBe(
			'refused',
		);
		expect(most({ ...limit, details: { api_name: 'ids' } }, 429)).toBe('refused');
	});

	it('cannot be one for a single id, which would never end', () => {
		expect(most({ ...limit, details: { maximum_length: 0 } }, 400, [A])).toBe('refused');
	});
});
