import { escapeMarkup, json, type Reply } from '../reply';
import type { CampaignsSettings } from './settings';

/**
 * Code -> message. 0, 2004 and 2104 are on the do-not-mail page; 901, 2007 and 2008 are worded as on
 * the error page of Zoho's Marketing Automation, which shares these codes; 2001 and 2005 of the sister
 * page "contact subscribe"; 1006 and 2006 were met by a live program; the codes from
 * 6002 on are of the pages for campaigns and for recipients' data, whose words are not known.
 */
export const MESSAGES = {
	'0': 'User already in Do-Not-Mail.',
	'901': 'URL provided is invalid.',
	'903': 'Mandatory fields are missing',
	'1006': 'Multiple key entries are not supported.',
	'1007': 'Unauthorized request.',
	'2001': 'Please enter correct XML(or)JSON format',
	'2004': 'Invalid email address pattern.',
	'2005': 'Group email address added.',
	'2006': 'This contact is in the Do-Not-Mail registry.',
	'2007': 'Parameter value is invalid',
	'2008': 'Calls limit exceeded.',
	'6002': 'Campaign does not exist or is not sent.',
	'6101': 'No campaigns available.',
	'6303': 'No contacts available.',
	'6601': 'The request cannot be processed.',
	'6607': 'You do not have the permission for this.',
	'2104': 'Error in Do-not-mail. Please retry after sometime.',
} as const;
export type CampaignsCode = keyof typeof MESSAGES;

export const MOVED = 'User successfully moved to Do-Not-Mail.';

/** A success, in the format that the path names. */
export function success(
	path: string,
	message: string,
	{ nested, successCode }: CampaignsSettings,
): Reply {
	if (isXml(path)) return xmlReply(200, path, '0', message);
	return jsonReply(
		200,
		{ code: successCode, message, version: '1.1', uri: path, status: 'success' },
		nested,
	);
}

/** A refusal, in the format that the path names. */
export function refusal(path: string, code: CampaignsCode, settings: CampaignsSettings): Reply {
	const { nested, errorStatus } = settings;
	const status = code === '1007' ? 401 : errorStatus;
	const message = MESSAGES[code];
	if (isXml(path)) return xmlReply(status, path, code, message);
	return jsonReply(
		status,
		{ message, version: '1.1', URI: path, Code: code, status: 'error' },
		nested,
	);
}

export function isXml(path: string): boolean {
	return path.startsWith('/api/v1.1/xml/');
}

/** What Campaigns tells of campaigns: in JSON only where that is asked for, else in XML. */
export function report(path: string, body: object, isJson: boolean, nested: boolean): Reply {
	const told = { status: 'success', code: '0', version: '1.1', uri: path, ...body };
	return isJson ? jsonReply(200, told, nested) : xmlOf(200, told);
}

/** A refusal of such a call. */
export function reportRefusal(
	path: string,
	code: CampaignsCode,
	isJson: boolean,
	settings: CampaignsSettings,
): Reply {
	if (isJson) return refusal(path, code, settings);
	return xmlOf(settings.errorStatus, { Code: code, message: MESSAGES[code], status: 'error' });
}

function xmlOf(status: number, body: object): Reply {
	const inside = (value: unknown): string => {
		if (Array.isArray(value)) return value.map((one) => `<fl>${inside(one)}</fl>`).join('');
		if (typeof value !== 'object' || value === null) return escapeMarkup(String(value));
		return Object.entries(value)
			.map(([name, part]) => `<${name}>${inside(part)}</${name}>`)
			.join('');
	};
	return {
		status,
		headers: { 'content-type': 'text/xml;charset=UTF-8' },
		body: `<?xml version="1.0" encoding="UTF-8"?>\n<response>${inside(body)}</response>\n`,
	};
}

function jsonReply(status: number, body: object, nested: boolean): Reply {
	return json(status, nested ? { response: body } : body);
}

/** The page's samples of a success, with the head that they have. */
function xmlReply(status: number, path: string, code: string, message: string): Reply {
	return {
		status,
		headers: { 'content-type': 'text/xml;charset=UTF-8' },
		body: `<?xml version="1.1" encoding="UTF-8" standalone="no"?>
<response uri="${escapeMarkup(path)}" version="1.1">
	<code>${code}</code>
	<message>${escapeMarkup(message)}</message>
</response>
`,
	};
}
