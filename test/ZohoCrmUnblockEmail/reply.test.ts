import { A, B, C, done, failed, IDS, read, refused, told } from './replies';

describe('a reply with an entry for each record', () => {
	it.each([200, 202, 207])('is told record by record (HTTP %i)', (httpStatus) => {
		const data = [
			done(A),
			failed(B),
			failed(C, 'NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently'),
		];

		expect(told(read(httpStatus, { data }))).toEqual([
			[A, 'unblocked'],
			[B, 'recordNotFound'],
			[C, 'permanentlyBlocked'],
		]);
	});

	it('is matched by id, in whatever order', () => {
		expect(told(read(200, { data: [done(C), failed(A), done(B)] }))).toEqual([
			[C, 'unblocked'],
			[A, 'recordNotFound'],
			[B, 'unblocked'],
		]);
	});

	it('keeps all digits of ids that are numbers', () => {
		const body = `{"data":[${IDS.map((id) => `{"code":"SUCCESS","details":{"id": ${id}},"message":"Done"}`)}]}`;

		expect(told(read(200, body)).map(([id]) => id)).toEqual(IDS);
	});

	it('may have other numbers beside an id', () => {
		const entry =
			'{"code":"SUCCESS","details":{"id":1.5,"idle":7,"grid":{"id":2e3}},"message":"x"}';

		expect(told(read(200, `{"data":[${entry},${JSON.stringify(done(A))}]}`))).toEqual([
			[A, 'unblocked'],
		]);
	});

	it('says nothing of a record that has no entry, and nothing of one that was not sent', () => {
		expect(told(read(200, { data: [done(A), done('9999999999999999999')] }))).toEqual([
			[A, 'unblocked'],
		]);
	});

	it('may name its record by place alone', () => {
		const byPlace = { ...failed(undefined), details: { json_path: '$.ids[1]' } };

		expect(told(read(207, { data: [done(A), byPlace, done(C)] }))).toEqual([
			[A, 'unblocked'],
			[B, 'recordNotFound'],
			[C, 'unblocked'],
		]);
	});

	it('is a success in either case, and by its status where it has no code', () => {
		const data = [
			{ ...done(A), code: 'success' },
			{ status: 'success', details: { id: B } },
			{ status: 'error', details: { id: C } },
		];

		expect(told(read(200, { data }))).toEqual([
			[A, 'unblocked'],
			[B, 'unblocked'],
			[C, 'invalidRequest'],
		]);
	});

	it.each([
		['first', [failed(A), done(A)]],
		['last', [done(A), failed(A)]],
	])('counts as failed where it has two entries and the failure is the %s', (_, data) => {
		expect(told(read(207, { data }))).toEqual([[A, 'recordNotFound']]);
	});

	it.each([
		['first', 0],
		['second', 1],
		['last', 2],
	])(
		'hides no failure behind "already unblocked" where that is the %s of its entries',
		(_, place) => {
			const data = [
				failed(A),
				failed(A, 'NOT_ALLOWED', 'Cannot unblock, Email is blocked permanently'),
			];
			data.splice(place, 0, failed(A, 'NOT_ALLOWED', 'Email is already unblocked'));

			expect(told(read(207, { data }))).toEqual([[A, 'recordNotFound']]);
		},
	);

	it('counts as already unblocked where one of two entries says so and the other is a success', () => {
		const already = failed(A, 'NOT_ALLOWED', 'Email is already unblocked');

		for (const data of [
			[already, done(A)],
			[done(A), already],
		]) {
			expect(told(read(207, { data }))).toEqual([[A, 'alreadyUnblocked']]);
		}
	});

	it('is passed over where an entry is none', () => {
		const data = [null, 7, 'x', [], {}, { details: null }, { details: { id: A } }, done(B)];

		expect(told(read(200, { data }))).toEqual([[B, 'unblocked']]);
	});

	it('keeps code, message and status for the outcome', () => {
		const result = read(207, { data: [done(A), failed(B)] });

		expect(result).toMatchObject({ kind: 'entries' });
		if (result.kind !== 'entries') return;
		expect(result.outcomes.get(A)).toEqual({
			status: 'unblocked',
			code: 'SUCCESS',
			message: 'Unblocked successfully',
		});
		expect(result.outcomes.get(B)).toMatchObject({
			code: 'INVALID_DATA',
			message: 'Invalid record provided',
			httpStatus: 207,
		});
	});
});

describe('a reply with one error for the whole call', () => {
	const error = (details?: unknown) => ({ ...failed(undefined), details });

	it.each<[string, unknown, string | undefined]>([
		['nothing', {}, undefined],
		['null', null, undefined],
		['a text', 'ids', undefined],
		['a json_path', { json_path: '$.ids[1]' }, B],
		['a json_path without its root', { json_path: 'ids[2]' }, C],
		['a json_path to another place', { json_path: '$.unblock_fields[1]' }, undefined],
		['a json_path beyond the ids', { json_path: '$.ids[7]' }, undefined],
		['a json_path that is no text', { json_path: { toString: 1 } }, undefined],
		['the id', { id: B }, B],
		['the id of a record that was not sent', { id: '11' }, undefined],
		['an id that is no text', { id: { toString: 1 } }, undefined],
		// It counts segments of the URL.
		['a resource_path_index', { resource_path_index: 2 }, undefined],
	])('says which record it is about by %s, or does not', (_, details, culprit) => {
		expect(refused(read(400, error(details)))).toEqual({
			reason: 'recordNotFound',
			reach: 'record',
			culprit,
		});
	});

	it('names its record before a number in its message could be taken for a limit', () => {
		const message = 'Invalid record provided at index 2';

		expect(refused(read(400, { ...error({ json_path: '$.ids[2]' }), message }))).toEqual({
			reason: 'recordNotFound',
			reach: 'record',
			culprit: C,
		});
	});

	it('that is none but says nothing of the records cannot be read', () => {
		expect(refused(read(200, { ...done(A), details: {} }))).toMatchObject({
			reason: 'badResponse',
		});
	});

	it('keeps all digits of an id that is a number', () => {
		const body = `{"code":"INVALID_DATA","details":{"id":${B}},"message":"Invalid record provided"}`;

		expect(refused(read(400, body)).culprit).toBe(B);
	});

	it('is about the record that it names, whatever it objects to', () => {
		const body = { ...failed(undefined, 'NEW_CODE', 'New'), details: { json_path: '$.ids[0]' } };

		expect(refused(read(400, body))).toEqual({
			reason: 'invalidRequest',
			reach: 'record',
			culprit: A,
		});
	});

	it('is about the module where its code says so', () => {
		const body = { code: 'INVALID_MODULE', message: '', details: { resource_path_index: 0 } };

		expect(refused(read(400, body))).toMatchObject({ reason: 'invalidModule', reach: 'call' });
	});

	it('may be about a record or about all where its code is in no list and it names nobody', () => {
		const body = { code: 'NEW_CODE', message: 'New', details: { resource_path_index: 0 } };

		expect(refused(read(400, body))).toEqual({
			reason: 'invalidRequest',
			reach: 'unclear',
			culprit: undefined,
		});
	});
});

describe('a reply that cannot be read', () => {
	it.each<[string, number, string]>([
		['HTML', 200, '<!DOCTYPE html><h1>Hello</h1>'],
		['nothing', 200, ''],
		['no content', 204, ''],
		['JSON cut off', 200, '{"data":[{"code":"SUCCESS","details":{"id":"24234'],
		['JSON that is no object', 200, '7'],
		['JSON null', 200, 'null'],
		['an object that says nothing', 200, '{}'],
		['data that is no list', 200, '{"data":{}}'],
		['a redirect', 302, ''],
	])('is a bad response: %s (%i)', (_, httpStatus, body) => {
		const result = read(httpStatus, body);

		expect(refused(result)).toEqual({ reason: 'badResponse', reach: 'call', culprit: undefined });
		expect(result).toMatchObject({
			failure: { code: 'BAD_RESPONSE', httpStatus, retryable: true },
		});
	});

	it.each<[number, string]>([
		[400, 'invalidRequest'],
		[403, 'noPermission'],
		[404, 'invalidRequest'],
		[429, 'rateLimited'],
		[500, 'serverError'],
		[502, 'serverError'],
		[503, 'serverError'],
	])('goes by its HTTP status where that says it all: %i is %s', (httpStatus, reason) => {
		expect(refused(read(httpStatus, '<html><h1>Sorry</h1></html>')).reason).toBe(reason);
		expect(refused(read(httpStatus, '')).reason).toBe(reason);
	});

	it('is one whose entries speak of no record that was sent, also with HTTP 400', () => {
		for (const entry of [done('9999999999999999999'), failed('9999999999999999999')]) {
			expect(refused(read(400, { data: [entry] })).reason).toBe('badResponse');
		}
	});

	it('is a bad response where it is a refusal that is cut off', () => {
		for (const httpStatus of [400, 403, 404]) {
			expect(refused(read(httpStatus, '{"code":"NOT_ALLO')).reason).toBe('badResponse');
		}
	});
});
