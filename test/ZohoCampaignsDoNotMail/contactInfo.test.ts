import { XMLParser } from 'fast-xml-parser';

import { doNotMailPath, requestFor } from '../../nodes/ZohoCampaignsDoNotMail/contactInfo';
import { fc } from '../support/fc';
import { POSSIBLE_ADDRESSES } from './samples';

const parser = new XMLParser({
	ignoreAttributes: false,
	parseTagValue: false,
	trimValues: false,
});

/** What any server finds in the query. */
function read(pathAndQuery: string) {
	const { pathname, searchParams, hash } = new URL(pathAndQuery, 'https://campaigns.zoho.test');
	return { pathname, hash, parameters: [...searchParams] };
}

/** The address that a server finds in the query's contactinfo, and that nothing else is in there. */
function emailIn(format: 'json' | 'xml', contactInfo: string): unknown {
	if (format === 'json') {
		const fields = Object.entries(JSON.parse(contactInfo) as object);
		expect(fields).toHaveLength(1);
		return fields[0]?.[1];
	}
	const document: unknown = parser.parse(contactInfo);
	expect(document).toEqual({
		xml: { fl: { '@_val': 'Contact Email', '#text': expect.anything() } },
	});
	return (document as { xml: { fl: { '#text': unknown } } }).xml.fl['#text'];
}

describe('the path of a call', () => {
	it('names the format twice, as the published samples do, and carries everything in the query', () => {
		expect(doNotMailPath('json', 'xxx@zohocorp.com')).toBe(
			'/api/v1.1/json/contactdonotmail?resfmt=JSON&contactinfo=%7B%22Contact%20Email%22%3A%22xxx%40zohocorp.com%22%7D',
		);
		expect(decodeURIComponent(doNotMailPath('xml', 'xxx@zoho.com'))).toBe(
			'/api/v1.1/xml/contactdonotmail?resfmt=XML&contactinfo=<xml><fl val="Contact Email">xxx@zoho.com</fl></xml>',
		);
	});

	it('writes a plus as %2B: a bare one would reach Zoho as a blank', () => {
		expect(doNotMailPath('json', 'a+b@example.com')).toContain('a%2Bb%40example.com');
		expect(doNotMailPath('xml', 'a+b@example.com')).toContain('a%2Bb%40example.com');
	});

	describe.each(['json', 'xml'] as const)('in %s', (format) => {
		it('brings every possible address to the server unchanged', () => {
			for (const address of POSSIBLE_ADDRESSES) {
				const { parameters } = read(doNotMailPath(format, address));
				expect(emailIn(format, parameters[1]?.[1] ?? '')).toBe(address);
			}
		});

		it('lets no text out of its field, whatever it holds', () => {
			// Control characters never come as far as this, and XML 1.0 cannot carry them.
			const text = fc
				.string({ unit: 'binary', minLength: 1, maxLength: 60 })
				.filter((value) => !/[\p{Cc}\p{Cs}\p{Cn}\s]/u.test(value));
			const hostile = fc.constantFrom(
				'"',
				'\\',
				'<',
				'>',
				'&',
				"'",
				';',
				'=',
				'#',
				'%',
				'</fl>',
				'"}',
			);
			const mixed = fc
				.array(fc.oneof(text, hostile), { minLength: 1, maxLength: 8 })
				.map((parts) => parts.join(''));
			fc.assert(
				fc.property(mixed, (address) => {
					const { pathname, hash, parameters } = read(doNotMailPath(format, address));
					expect(pathname).toBe(`/api/v1.1/${format}/contactdonotmail`);
					expect(hash).toBe('');
					expect(parameters.map(([name]) => name)).toEqual(['resfmt', 'contactinfo']);
					expect(parameters[0]?.[1]).toBe(format.toUpperCase());
					expect(emailIn(format, parameters[1]?.[1] ?? '')).toBe(address);
				}),
				{ numRuns: 300 },
			);
		});
	});
});

it('the call of an address says that it is a form, as all calls of the Campaigns pages do', () => {
	const settings = { responseFormat: 'json', timeout: 30_000 } as const;

	expect(requestFor('a@example.com', 'unquoted', settings)).toEqual({
		method: 'POST',
		path: doNotMailPath('json', 'a@example.com', 'unquoted'),
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		timeout: 30_000,
		scope: expect.stringMatching(/^ZohoCampaigns\./),
	});
});
