import { escapeXml, parseXml } from '../../nodes/zoho/xml';

const response = (children: string) => `<response>${children}</response>`;

describe('text for XML', () => {
	it('cannot end an element or an attribute, nor begin an entity', () => {
		expect(escapeXml(`a<b>"c"&'d'`)).toBe('a&lt;b&gt;&quot;c&quot;&amp;&apos;d&apos;');
	});
});

describe('an XML reply', () => {
	it('gives its children by name, without the blanks around them', () => {
		const text = response('\n <code> 0 </code>\n<message>It is\n done. </message> ');

		expect(parseXml(text)).toEqual({ code: '0', message: 'It is\n done.' });
	});

	it('may have empty children, or none', () => {
		expect(parseXml(response('<note/><other id="1"/><code></code>'))).toEqual({
			note: '',
			other: '',
			code: '',
		});
		expect(parseXml(response(''))).toEqual({});
	});

	it('stands for the five characters that XML writes as entities', () => {
		expect(parseXml(response('<a>&lt;&gt;&amp;&quot;&apos;&amp;lt;</a>'))).toEqual({
			a: `<>&"'&lt;`,
		});
	});

	it.each([
		['JSON', '{"code":"0"}'],
		['an empty text', ''],
		['another root', '<reply><code>0</code></reply>'],
		['something before it', `now ${response('<code>0</code>')}`],
		['something behind it', `${response('<code>0</code>')} now`],
		['no end', '<response><code>0</code>'],
		['text between its children', response('now <code>0</code>')],
		['a child in a child', response('<a><code>0</code></a>')],
		['a child that ends as another', response('<code>0</message>')],
		['an entity of its own', response('<code>&e;</code>')],
		['an ampersand alone', response('<code>0</code><message>a & b</message>')],
		['an entity without an end', response('<code>&lt</code>')],
		['a DOCTYPE', `<!DOCTYPE response [<!ENTITY e "x">]>${response('<code>0</code>')}`],
		['a comment', response('<!-- 1 --><code>0</code>')],
		['CDATA', response('<code><![CDATA[0]]></code>')],
	])('is none with %s', (_, text) => {
		expect(parseXml(text)).toBeUndefined();
	});
});
