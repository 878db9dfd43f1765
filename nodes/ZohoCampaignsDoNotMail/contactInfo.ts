/** How one address is put into a call. Pure. */

export type Format = 'json' | 'xml';

/**
 * The path and query of the call for one address. Every parameter travels in the query string: in
 * all samples of the Campaigns pages it does, and a body is not read.
 *
 * JSON is sent quoted, although the page's sample is not: to the same parser it is the form in which
 * an address cannot add a field of its own.
 *
 * @param email well-formed Unicode, without control characters
 */
export function doNotMailPath(format: Format, email: string): string {
	const contactInfo =
		format === 'json'
			? JSON.stringify({ 'Contact Email': email })
			: `<xml><fl val="Contact Email">${escapeXml(email)}</fl></xml>`;
	const query = `resfmt=${format.toUpperCase()}&contactinfo=${encodeURIComponent(contactInfo)}`;
	return `/api/v1.1/${format}/contactdonotmail?${query}`;
}

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

function escapeXml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The text that escaped XML text stands for; undefined where it holds any entity but the five. */
export function unescapeXml(text: string): string | undefined {
	let known = true;
	const plain = text.replace(/&[^;]*;?/g, (entity) => {
		const found = Object.entries(ENTITIES).find(([, escaped]) => escaped === entity)?.[0];
		known &&= found !== undefined;
		return found ?? '';
	});
	return known ? plain : undefined;
}
