/** How one address is put into a call. Pure. */
import { escapeXml } from '../zoho/xml';

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
