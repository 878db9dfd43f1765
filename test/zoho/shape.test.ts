import { shapeOf } from '../../nodes/zoho/shape';
import { fc } from '../support/fc';

const of = (body: string) => shapeOf({ httpStatus: 400, body });

it.each([
	[
		'{"code":"X","message":"Ada","details":{"ada@example.com":1}}',
		'{code: string, message: string, details: {?: number}}',
	],
	['[{"id":"1"},{"id":"2"},{"id":3,"b":null}]', '[{id: string}, {id: number, ?: null}]'],
	['{"a":1,"b":2,"c":"x"}', '{?: number, ?: string}'],
	['[[[[[[1]]]]]]', '[[[[[…]]]]]'],
	['[1,"a",null,true,{},[]]', '[number, string, null, boolean, {}, …]'],
	['', 'no body'],
	['<!doctype html><p>ada@example.com</p>', 'an HTML page'],
	['ada@example.com', 'neither JSON nor XML'],
])('the shape of %s tells keys that are known, and types', (body, shape) => {
	expect(of(body)).toBe(`HTTP status 400, ${shape}`);
});

it('the shape of XML is that of what it holds', () => {
	expect(of('<response><code>1</code><ada>x</ada></response>')).toMatch(/^HTTP status 400, XML \{/);
	expect(of('<response><code>1</code><ada>x</ada></response>')).not.toContain('ada');
});

it('no shape tells a value, or a key that nobody knows', () => {
	const secret = 'ada@example.com';
	const odd = fc.json().map((json) => json.replaceAll('"', `"${secret}`));
	fc.assert(
		fc.property(fc.oneof(odd, fc.json(), fc.string()), (body) => {
			expect(of(body)).not.toContain('ada');
			expect(of(body)).toMatch(/^HTTP status 400, ([\w?:,{}[\] …-]+)$/);
		}),
	);
});
