import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parseObject } from '../requests';

/** A field of a contactinfo, as it was read. */
export type ContactField = readonly [name: string, value: string];

/** `quoted`: JSON, `{"Contact Email":"x@y.z"}`. `unquoted`: `{Contact Email:x@y.z}`. */
export type ContactInfoForm = 'quoted' | 'unquoted';

const xml = new XMLParser({
	ignoreAttributes: false,
	attributeNamePrefix: '',
	parseTagValue: false,
	trimValues: false,
	alwaysCreateTextNode: true,
	isArray: (name) => name === 'fl',
});

/** In which form a contactinfo of the JSON format is written. */
export function formOf(contactinfo: string): ContactInfoForm {
	return parseObject(contactinfo) === undefined ? 'unquoted' : 'quoted';
}

/** JSON as client libraries send it, or `{Contact Email:x@y.z}` as the page has it. */
export function readJson(contactinfo: string): ContactField[] {
	const object = parseObject(contactinfo);
	if (object !== undefined) {
		return Object.entries(object).map(([name, value]) => [name, String(value)]);
	}
	const inside = /^\s*\{(.*)\}\s*$/s.exec(contactinfo)?.[1];
	if (inside === undefined) return [];
	// Unquoted, a separator inside an address parts it: that is how an address adds a field.
	return inside.split(/[,;]/).map((pair) => {
		const [name = '', ...value] = pair.split(':');
		return [unquoted(name), unquoted(value.join(':'))];
	});
}

function unquoted(text: string): string {
	return text.trim().replace(/^"(.*)"$/s, '$1');
}

/** `<xml><fl val="Contact Email">x@y.z</fl></xml>`, to be read with its entities. */
export function readXml(contactinfo: string): ContactField[] {
	if (XMLValidator.validate(contactinfo) !== true) return [];
	const document: { xml?: { fl?: Array<{ val?: string; '#text'?: string }> } } =
		xml.parse(contactinfo);
	return (document.xml?.fl ?? []).map((field) => [field.val ?? '', field['#text'] ?? '']);
}

/** The page's XML sample leaves the parameter's name away: `resfmt=XML&<xml>…</xml>`. */
export function bareXml(query: string): string {
	const decoded = query.split('&').map((part) => new URLSearchParams(`part=${part}`).get('part'));
	return decoded.find((part) => part?.startsWith('<xml>')) ?? '';
}

/** Takes odd but valid addresses (tags, quotes, other alphabets), refuses what can be none. */
export function isAddress(text: string): boolean {
	const at = text.lastIndexOf('@');
	const local = text.slice(0, at);
	const domain = text.slice(at + 1);
	return at > 0 && /^[^\s@]+$/.test(domain) && (/^[^\s@]+$/.test(local) || /^".*"$/.test(local));
}
