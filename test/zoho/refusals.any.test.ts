import { isFailure } from '../../nodes/zoho/failures';
import { plain } from '../../nodes/zoho/json';
import { classify, refusalIn } from '../../nodes/zoho/refusals';
import { fc } from '../support/fc';
import { CRM_ERRORS } from './crmErrors';
import { REACH } from './reach';

describe('whatever Zoho answers', () => {
	const codes = [...new Set(CRM_ERRORS.map(([code]) => code)), '0', '903', '1007', '2004', '2008'];
	const refusal = fc.record({
		code: fc.oneof(fc.string(), fc.constantFrom(...codes, 'toString', '__proto__')),
		message: fc.oneof(
			fc.string({ unit: 'grapheme' }),
			fc.constantFrom(...CRM_ERRORS.map(([, message]) => message)),
		),
		httpStatus: fc.integer({ min: 100, max: 999 }),
	});

	it('has a reason of the closed list, a message, and advice', () => {
		fc.assert(
			fc.property(
				fc.constantFrom('crm' as const, 'campaigns' as const),
				refusal,
				(service, said) => {
					const { httpStatus, ...words } = said;
					const result = classify(service, words, { httpStatus });

					expect(isFailure(result)).toBe(true);
					expect(REACH).toHaveProperty(result.reason);
					// What nobody has listed is unclear in CRM, and in Campaigns about its one address.
					const unlisted = service === 'crm' ? [] : ['record'];
					expect([REACH[result.reason], 'unclear', ...unlisted]).toContain(result.reach);
					expect(result.resolution.length).toBeGreaterThan(25);
					expect(result.message).not.toBe('');
					expect(result.code).not.toBe('');
					expect(result.httpStatus).toBe(httpStatus);
				},
			),
			{ numRuns: 500 },
		);
	});

	it('means the same in any case and with any punctuation between its words', () => {
		const separators = fc.array(fc.constantFrom(' ', ', ', '  ', ' - ', '. ', '_', '\n'), {
			minLength: 12,
			maxLength: 12,
		});
		fc.assert(
			fc.property(fc.constantFrom(...CRM_ERRORS), fc.boolean(), separators, (error, upper, by) => {
				const [code, message, httpStatus, reason] = error;
				const words = plain(message).split(' ');
				const spaced = words.map((word, i) => word + (by[i] ?? ' ')).join('');
				const written = upper ? spaced.toUpperCase() : spaced;

				expect(classify('crm', { code, message: written }, { httpStatus }).reason).toBe(reason);
			}),
			{ numRuns: 300 },
		);
	});

	it('is looked through for a refusal without an error', () => {
		fc.assert(
			fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (body) => {
				const result = refusalIn(body);

				if (result) expect(`${result.code}${result.message}`).not.toBe('');
			}),
			{ numRuns: 500 },
		);
	});
});
