/** As much XML as Zoho Campaigns speaks. Pure. */

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

/** Text made fit to stand in an element or an attribute. */
export function escapeXml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Attributes tell nothing that matters here: they are passed over. */
const ATTRIBUTES = String.raw`(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*`;
const CHILD = String.raw`<([\w:.-]+)${ATTRIBUTES}(?:/>|>([^<]*)</([\w:.-]+)\s*>)`;
const CHILDREN = new RegExp(CHILD, 'g');
const DOCUMENT = new RegExp(
	String.raw`^\uFEFF?\s*(?:<\?xml${ATTRIBUTES}\?>\s*)?<response${ATTRIBUTES}>((?:\s*${CHILD})*)\s*</response\s*>\s*$`,
);

/**
 * Reads exactly the XML reply that the page "Move to Do-Not-Mail" shows: one `response` with flat
 * children of text. It knows no DOCTYPE, no CDATA, no comments and no entities but the five of XML
 * itself, and so can be led nowhere; what it does not know it does not read.
 *
 * @returns the children by name; undefined for anything else than such a reply
 */
export function parseXml(text: string): Record<string, string> | undefined {
	const children = DOCUMENT.exec(text)?.[1];
	if (children === undefined) return undefined;
	const fields: Record<string, string> = {};
	for (const [, name, content = '', end = name] of children.matchAll(CHILDREN)) {
		const value = unescapeXml(content);
		if (name !== end || value === undefined) return undefined;
		fields[name!] = value.trim();
	}
	return fields;
}

/** The text that escaped XML text stands for; undefined where it holds any entity but the five. */
function unescapeXml(text: string): string | undefined {
	let known = true;
	const plain = text.replace(/&[^;]*;?/g, (entity) => {
		const found = Object.entries(ENTITIES).find(([, escaped]) => escaped === entity)?.[0];
		known &&= found !== undefined;
		return found ?? entity;
	});
	return known ? plain : undefined;
}
