import { read, reasonOf, xml } from './replies';

describe('the text of XML', () => {
	const messageOf = (text: string) => read(xml('0', text)).message;

	it('is read with the five entities that XML has', () => {
		expect(messageOf('&lt;a&gt; &amp;amp; &quot;b&quot; &apos;c&apos;')).toBe(`<a> &amp; "b" 'c'`);
		expect(messageOf('')).toBe('');
	});

	it.each(['&nbsp;', '&#65;', '&e;', 'a & b', '&amp', '&;'])(
		'is not read with %s in it',
		(text) => {
			expect(reasonOf(xml('0', text))).toBe('badResponse');
		},
	);
});

describe('XML', () => {
	const moved = 'User successfully moved to Do-Not-Mail.';

	it.each([
		['attributes in single quotes', xml('0', moved).replaceAll('"', "'")],
		['an escape in an attribute', xml('0', moved).replace('contactdonotmail"', 'x?a=1&amp;b=2"')],
		['an attribute on a field', xml('0', moved).replace('<code>', '<code type="text">')],
		['an empty field', xml('0', moved).replace('<code>', '<note/><sub-code />\n<code>')],
		['a byte order mark', `\uFEFF${xml('0', moved)}`],
	])('may have %s', (_, body) => {
		expect(read(body)).toEqual({ status: 'moved', code: '0', message: moved });
	});
});
