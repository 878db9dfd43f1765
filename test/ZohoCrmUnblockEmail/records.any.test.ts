import { fc } from '../support/fc';
import { collect } from './collect';

describe('whatever the items hold', () => {
	const id = fc.integer({ min: 1, max: 12 }).map(String);
	const separator = fc.constantFrom(',', ', ', '\n', '\r\n', ',\n');
	const list = fc
		.tuple(fc.array(id, { minLength: 1, maxLength: 6 }), separator)
		.map(([ids, by]) => ids.join(by));
	const goodIds = fc.oneof(id, list, fc.array(id, { minLength: 1, maxLength: 6 }), id.map(Number));
	const item = fc.record({
		recordIds: goodIds,
		module: fc.constantFrom('Leads', 'Contacts'),
		unblockFields: fc.constantFrom<unknown>(['Email'], 'Email', ['Secondary_Email']),
	});
	/** Anything at all, with what looks nearly right more often than chance would have it. */
	const odd = fc.oneof(
		fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true, withMap: true }),
		fc.constantFrom<unknown>(
			'11,x',
			['11', {}],
			[[], [null]],
			Symbol('11'),
			() => 11,
			{ toString: 1 },
			{ toJSON: () => undefined },
			{
				toJSON() {
					throw new Error('no JSON');
				},
			},
		),
	);

	it('every record named comes out once an item, and is sent once a group', () => {
		fc.assert(
			fc.property(fc.array(item, { maxLength: 20 }), (items) => {
				const { named, groups, duplicates } = collect(items);

				const wanted = items.flatMap(({ recordIds, module, unblockFields }, index) => {
					const ids = [recordIds].flat().flatMap((one) => String(one).split(/[,\r\n]+\s*/));
					return [...new Set(ids)].map((one) => [index, module, String(unblockFields), one].join());
				});
				expect(
					named.map(({ item, id, group }) => [item, group.module, group.fields, id].join()),
				).toEqual(wanted);
				const sent = groups.flatMap(({ module, fields, ids }) =>
					ids.map((one) => [module, fields, one].join()),
				);
				expect(new Set(sent).size).toBe(sent.length);
				expect(new Set(sent)).toEqual(
					new Set(wanted.map((one) => one.slice(one.indexOf(',') + 1))),
				);
				const mentions = items.flatMap(({ recordIds }) =>
					[recordIds].flat().flatMap((one) => String(one).split(/[,\r\n]+\s*/)),
				);
				expect(sent.length + duplicates).toBe(mentions.length);
			}),
			{ numRuns: 200 },
		);
	});

	it('nothing throws, every item has a result, and only digits are sent', () => {
		const oddItem = fc.record({
			recordIds: fc.oneof(odd, goodIds),
			module: fc.oneof(odd, fc.constantFrom('Leads', 'Contacts')),
			unblockFields: fc.oneof(odd, fc.constant(['Email'])),
		});
		fc.assert(
			fc.property(fc.array(oddItem, { maxLength: 10 }), (items) => {
				const { named, groups, hasBadInput } = collect(items);

				expect([...new Set(named.map(({ item }) => item))]).toEqual(items.map((_, i) => i));
				for (const { module, fields, ids } of groups) {
					expect(module).toMatch(/^[a-z]\w*$/i);
					expect(fields.length).toBeGreaterThan(0);
					for (const one of ids) expect(one).toMatch(/^\d+$/);
				}
				for (const { id, group, failure } of named) {
					expect(typeof id).toBe('string');
					const isSent = groups.some(
						({ module, fields, ids }) =>
							module === group.module && fields === group.fields && ids.includes(id),
					);
					expect(isSent).toBe(failure === undefined);
				}
				expect(hasBadInput).toBe(named.some(({ failure }) => failure));
			}),
			{ numRuns: 300 },
		);
	});
});
