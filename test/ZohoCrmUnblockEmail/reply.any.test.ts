import { isFailure } from '../../nodes/zoho/failures';
import { fc } from '../support/fc';
import { A, B, C, done, failed, IDS, read, told } from './replies';

describe('whatever comes back', () => {
	const httpStatus = fc.constantFrom(200, 202, 204, 207, 302, 400, 403, 404, 429, 500, 503);
	const value = fc.oneof(
		fc.json(),
		fc.constantFrom(
			'"$.ids[0]"',
			'"$.ids"',
			'5',
			`"${A}"`,
			A,
			'{"toString":1,"valueOf":1}',
			'null',
		),
	);
	/** JSON that is nearly a reply: its parts are there, and hold anything. */
	const details = fc
		.dictionary(
			fc.constantFrom('id', 'json_path', 'resource_path_index', 'maximum_length', 'api_name'),
			value,
		)
		.map((parts) => `{${Object.entries(parts).map(([key, part]) => `"${key}":${part}`)}}`);
	const text = fc.oneof(
		fc.json(),
		fc.constantFrom('"SUCCESS"', '"INVALID_DATA"', '"LIMIT_EXCEEDED"', '"Only 2 ids"', '0'),
	);
	const error = fc
		.tuple(text, text, fc.oneof(details, value))
		.map(([code, message, rest]) => `{"code":${code},"message":${message},"details":${rest}}`);
	const body = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.json(),
		error,
		fc.array(error, { maxLength: 5 }).map((entries) => `{"data":[${entries}]}`),
		fc.tuple(error, fc.nat(200)).map(([json, length]) => json.slice(0, length)),
	);

	it('is read without an error, and speaks of no record but those sent', () => {
		fc.assert(
			fc.property(httpStatus, body, fc.integer({ min: 1, max: 3 }), (status, reply, count) => {
				const sent: readonly string[] = IDS.slice(0, count);
				const result = read(status, reply, sent);

				if (result.kind === 'entries') {
					for (const [id, outcome] of result.outcomes) {
						expect(sent).toContain(id);
						expect(isFailure(outcome) ? outcome.resolution : outcome.status).toBeTruthy();
					}
				} else if (result.kind === 'tooMany') {
					expect(Number.isInteger(result.most)).toBe(true);
					expect(result.most).toBeGreaterThanOrEqual(1);
					expect(result.most).toBeLessThan(sent.length);
				} else {
					expect(result.failure.resolution).toBeTruthy();
					if (result.culprit !== undefined) expect(sent).toContain(result.culprit);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('is a success only where Zoho says so of that very record', () => {
		const entry = fc.record({
			id: fc.constantFrom(A, B, C, '11'),
			success: fc.boolean(),
			asNumber: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.uniqueArray(entry, { selector: ({ id }) => id }), (entries) => {
				const data = entries.map(({ id, success, asNumber }) =>
					JSON.stringify(success ? done(id) : failed(id)).replace(
						`"${id}"`,
						asNumber ? id : `"${id}"`,
					),
				);

				const wanted = entries
					.filter(({ id }) => id !== '11')
					.map(({ id, success }) => [id, success ? 'unblocked' : 'recordNotFound']);
				expect(told(read(200, `{"data":[${data.join()}]}`))).toEqual(wanted);
			}),
			{ numRuns: 200 },
		);
	});
});
