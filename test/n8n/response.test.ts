import { replyOf } from '../../nodes/n8n/response';

const read = (body: unknown, headers: Record<string, string> = {}) =>
	replyOf({ statusCode: 207, headers, body });

describe('what n8n hands over', () => {
	it.each<[string, unknown, string]>([
		['text', '{"a":1}', '{"a":1}'],
		['JSON, as older versions parse it', { a: 1 }, '{"a":1}'],
		['nothing', undefined, '""'],
		['an empty text', '', ''],
	])('is a reply with a text for its body: %s', (_, body, text) => {
		expect(read(body, { a: 'b' })).toEqual({ httpStatus: 207, headers: { a: 'b' }, body: text });
	});

	it('says how long Zoho wants to be left alone', () => {
		expect(read('', { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7_000 });
		expect(read('')).not.toHaveProperty('retryAfterMs');
	});

	it('is not looked into where it is far too long for Zoho', () => {
		expect(read('x'.repeat(5_000_000))).toMatchObject({ httpStatus: 207 });
		expect(read('x'.repeat(5_000_001))).toEqual({
			failure: expect.objectContaining({
				reason: 'badResponse',
				code: 'BAD_RESPONSE',
				httpStatus: 207,
				message: "The reply (HTTP status 207) is 5000001 characters long: Zoho's are not.",
			}),
		});
	});
});
