/** How one address is put into a call. Pure. */
import type { Request } from '../zoho/reply';
import { DO_NOT_MAIL_SCOPE } from '../zoho/scopes';
import { escapeXml } from '../zoho/xml';

export type Format = 'json' | 'xml';

/**
 * How `contactinfo` is written in JSON: quoted, as a maintained client library does, or as the page
 * has it, `{Contact Email:x@y.z}`. For the quoted form there is proof for the sister call
 * listsubscribe only; of the unquoted one a live program was found that posts it to contactdonotmail.
 * Quoted comes first, since an address cannot add a field of its own there.
 */
export type Form = 'quoted' | 'unquoted';

/** Whether an address can be written unquoted: it must not hold what parts or ends a field there. */
export function fitsUnquoted(email: string): boolean {
	return !/[{}:,;"\\]/.test(email);
}

/**
 * The path and query of the call for one address. Every parameter travels in the query string: in
 * all samples of the Campaigns pages it does, and a body is not read.
 *
 * @param email well-formed Unicode, without control characters
 */
export function doNotMailPath(format: Format, email: string, form: Form = 'quoted'): string {
	const query = `resfmt=${format.toUpperCase()}&contactinfo=${encodeURIComponent(contactInfo(format, email, form))}`;
	return `/api/v1.1/${format}/contactdonotmail?${query}`;
}

/** The call for one address. */
export function requestFor(
	email: string,
	form: Form,
	{ responseFormat, timeout }: { responseFormat: Format; timeout: number },
): Request {
	return {
		method: 'POST',
		path: doNotMailPath(responseFormat, email, form),
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		timeout,
		scope: DO_NOT_MAIL_SCOPE,
	};
}

function contactInfo(format: Format, email: string, form: Form): string {
	if (format === 'xml') return `<xml><fl val="Contact Email">${escapeXml(email)}</fl></xml>`;
	return form === 'quoted'
		? JSON.stringify({ 'Contact Email': email })
		: `{Contact Email:${email}}`;
}
