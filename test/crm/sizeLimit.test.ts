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
