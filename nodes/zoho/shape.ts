/**
 * What a reply looks like, without a word of what it says: for a report that may be read by everybody.
 * Pure.
 */
import { parsePlainly } from './json';
import type { Reply } from './reply';
import { parseXml } from './xml';

/** The keys that the code looks for. Any other may be somebody's data, and is shown as `?`. */
const KNOWN_KEYS = new Set(
	'AB-split-details a_child_campaignkey api_name b_child_campaignkey campaign_key campaign_name campaign_status campaigntype cause code Code contact_email contactemailaddress contactfn contactid contactln contactstatus count custom_views cvid data details display_value email Email error errorCode expected_data_type id ids info json_path list_of_details maximum_length message modules more_records name next_page_token page page_token param_name per_page recent_campaigns requestdetails resource_path_index response result Secondary_Email sent_time status title unblock_fields uri version'.split(
		' ',
	),
);

/** Deeper than this, and more kinds of entries, nobody reads. */
const DEEPEST = 5;
const MOST_KINDS = 5;

/** The reply's status, its keys and the types of its values: `HTTP status 400, {code: string, ?: number}`. */
export function shapeOf({ httpStatus, body }: Pick<Reply, 'httpStatus' | 'body'>): string {
	return `HTTP status ${httpStatus}, ${shapeOfBody(body)}`;
}

function shapeOfBody(body: string): string {
	if (body.trim() === '') return 'no body';
	const json = parsePlainly(body);
	if (json !== undefined) return shapeOfValue(json, 0);
	if (/<html|<!doctype/i.test(body.slice(0, 1000))) return 'an HTML page';
	const xml = parseXml(body);
	return xml === undefined ? 'neither JSON nor XML' : `XML ${shapeOfValue(xml, 0)}`;
}

function shapeOfValue(value: unknown, depth: number): string {
	if (value === null) return 'null';
	if (typeof value !== 'object') return typeof value;
	if (depth >= DEEPEST) return '…';
	if (Array.isArray(value)) return `[${kinds(value.map((one) => shapeOfValue(one, depth + 1)))}]`;
	const entries = Object.entries(value).map(
		([key, inner]) => `${KNOWN_KEYS.has(key) ? key : '?'}: ${shapeOfValue(inner, depth + 1)}`,
	);
	return `{${[...new Set(entries)].join(', ')}}`;
}

function kinds(all: string[]): string {
	const different = [...new Set(all)];
	const rest = different.length > MOST_KINDS ? ', …' : '';
	return different.slice(0, MOST_KINDS).join(', ') + rest;
}
