/** Zoho's words on campaigns: what is asked of them, and what the replies say. Pure. */
import { failure, isFailure, type Failure } from '../../zoho/failures';
import { asRecord, parseJson, plain, text } from '../../zoho/json';
import { classify, refusalIn, saidIn, unreadable } from '../../zoho/refusals';
import type { Reply, Request } from '../../zoho/reply';
import { READ_CAMPAIGNS_SCOPE } from '../../zoho/scopes';
import { parseXml } from '../../zoho/xml';

/** What may have become of somebody in a campaign, in the order in which one word is chosen of several. */
export const RECIPIENTS = ['hardBounce', 'softBounce', 'spamComplaint', 'optOut'] as const;
export type Recipient = (typeof RECIPIENTS)[number];

/** Where an address was found: by the first of the words that is true of it, in the newest such campaign. */
export interface Origin {
	/** Empty where it is not known. */
	readonly campaign: string;
	readonly campaignKey: string;
	readonly recipient: Recipient;
}

/** Zoho's page "Get Campaign Recipients Data": its word for each of them. */
const ACTIONS: Record<Recipient, string> = {
	hardBounce: 'senthardbounce',
	softBounce: 'sentsoftbounce',
	spamComplaint: 'spamcontacts',
	optOut: 'optoutcontacts',
};

/** What people call them. */
export const PLURALS: Record<Recipient, string> = {
	hardBounce: 'hard bounces',
	softBounce: 'soft bounces',
	spamComplaint: 'spam complaints',
	optOut: 'unsubscribes',
};

/** A campaign as the list has it. */
export interface ListedCampaign {
	readonly key: string;
	readonly name: string;
	/** An A/B test keeps those of its test phase under two keys of their own. */
	readonly isTest: boolean;
	/** In ms since 1970; undefined where Zoho does not say it. */
	readonly sentAt: number | undefined;
	/** False where Zoho lists it although it was not: it has no recipients. */
	readonly isSent: boolean;
}

/** The rows of a page, in Zoho's order; none behind the last one. */
export type Rows<T> = readonly T[] | Failure;

/**
 * So many rows are asked for. `range` and `fromindex` are documented for the list only; four live programs
 * page recipients by them, with up to 500 at a time.
 */
export const CAMPAIGNS_A_PAGE = 100;
export const RECIPIENTS_A_PAGE = 500;

/** @param from the first row that is wanted, counted from 1 */
export function campaignsRequest(from: number, timeout: number): Request {
	const place = `fromindex=${from}&range=${CAMPAIGNS_A_PAGE}`;
	return reading('GET', `recentcampaigns?resfmt=JSON&status=sent&sort=desc&${place}`, timeout);
}

/** @param from the first row that is wanted, counted from 1 */
export function recipientsRequest(
	key: string,
	recipient: Recipient,
	from: number,
	timeout: number,
): Request {
	const what = `campaignkey=${encodeURIComponent(key)}&action=${ACTIONS[recipient]}`;
	const place = `fromindex=${from}&range=${RECIPIENTS_A_PAGE}`;
	return reading('POST', `getcampaignrecipientsdata?resfmt=JSON&${what}&${place}`, timeout);
}

export function testPhaseRequest(key: string, timeout: number): Request {
	const what = `campaignkey=${encodeURIComponent(key)}&campaigntype=abtesting`;
	return reading('GET', `getcampaigndetails?resfmt=JSON&${what}`, timeout);
}

/** Every parameter travels in the query, as in all samples of the Campaigns pages. */
function reading(method: 'GET' | 'POST', call: string, timeout: number): Request {
	return {
		method,
		path: `/api/v1.1/${call}`,
		headers: { accept: 'application/json' },
		timeout,
		scope: `${READ_CAMPAIGNS_SCOPE} ("Read Campaigns" in the credential)`,
	};
}

/** "No campaigns": behind the last one. */
const NO_CAMPAIGNS = '6101';
/** "No contacts": behind the last one. */
const NO_CONTACTS = '6303';

/** A page of the list of campaigns. */
export function readCampaigns(reply: Reply): Rows<ListedCampaign> {
	return rowsIn(reply, 'recent_campaigns', NO_CAMPAIGNS, (row) => {
		const key = told(row.campaign_key);
		if (key === '') return undefined;
		const isTest = plain(told(row.campaigntype)).replaceAll(' ', '') === 'abtesting';
		const sentAt = /^\d{1,15}$/.test(told(row.sent_time)) ? Number(row.sent_time) : undefined;
		const isSent = !/draft|schedul|approv|review|reject/i.test(told(row.campaign_status));
		return { key, name: told(row.campaign_name), isTest, sentAt, isSent };
	});
}

/** A page of recipients: their addresses, empty where Zoho has none of somebody. */
export function readRecipients(reply: Reply): Rows<string> {
	return rowsIn(reply, 'list_of_details', NO_CONTACTS, (row) => {
		// One live program reads the second name.
		const address = row.contactemailaddress ?? row.contact_email;
		return typeof address === 'string' ? told(address) : undefined;
	});
}

/** The keys of the two campaigns in which an A/B test keeps those of its test phase. */
export function readTestPhase(reply: Reply): Rows<string> {
	const keys = rowsIn(reply, 'AB-split-details', '', (row) => {
		const [a, b] = [told(row.a_child_campaignkey), told(row.b_child_campaignkey)];
		return a === '' || b === '' ? undefined : [a, b];
	});
	if (isFailure(keys)) return keys;
	return keys.length === 0 ? unknownShape(reply) : keys.flat();
}

/** A text, or a number as text; Zoho writes "null" for nothing. */
function told(value: unknown): string {
	const said = text(value).trim();
	return said === 'null' ? '' : said;
}

/**
 * The rows that a reply holds in a list. An error comes with HTTP 200, too; a success may have any code.
 * What is neither is refused, lest a list that cannot be read is taken for an empty one.
 *
 * @param end Zoho's code for no rows
 * @param read a row; undefined where it has another shape
 */
function rowsIn<T>(
	reply: Reply,
	list: string,
	end: string,
	read: (row: Record<string, unknown>) => T | undefined,
): Rows<T> {
	const parsed = parseJson(reply.body) ?? parseXml(reply.body);
	const said = saidIn(parsed);
	const status = text(said.status).toLowerCase();
	const refusal = refusalIn(parsed);
	if (refusal && end !== '' && refusal.code === end) return [];
	const isSuccess = reply.httpStatus < 300 && (status === 'success' || refusal?.code === '0');
	const rows = said[list];
	if (Array.isArray(rows) && (isSuccess || (!refusal && reply.httpStatus < 300))) {
		const found = rows.map((row) => read(asRecord(row))).filter((row) => row !== undefined);
		return found.length < rows.length ? unknownShape(reply) : found;
	}
	if (isSuccess) return unknownShape(reply);
	return refusal ? classify('campaigns', refusal, reply) : unreadable('campaigns', reply);
}

const unknownShape = ({ httpStatus }: Reply) =>
	failure('badResponse', {
		code: 'BAD_RESPONSE',
		message: "Zoho's reply has a shape that this node does not know.",
		httpStatus,
	});

/** Zoho's code for a campaign that is not there, or was not sent. */
export const isOfCampaign = ({ code }: Failure) => code === '6002';

/**
 * What a failure means where something was to be read, and not moved: nothing is in doubt.
 *
 * @param what could not be read, for a sentence
 */
export function ofReading(why: Failure, what: string): Failure {
	const { code, httpStatus, reach } = why;
	const message = `${what} could not be read: ${why.message}`;
	switch (why.reason) {
		case 'badResponse':
			return { ...why, message, doubtful: false, resolution: UNREADABLE };
		case 'noPermission':
			return { ...why, message, resolution: NO_PERMISSION };
		case 'invalidEmail':
		case 'alreadyInDoNotMail':
		case 'missingField':
		case 'invalidRequest': {
			const resolution = isOfCampaign(why) ? NO_SUCH_CAMPAIGN : REFUSED;
			return failure('invalidRequest', { code, message, httpStatus, resolution });
		}
		default:
			return { ...why, message, doubtful: false, reach: reach === 'record' ? 'call' : reach };
	}
}

const UNREADABLE =
	'What was read before goes on. Run these items again; if it lasts, a proxy on the way may be answering in place of Zoho, or Zoho has changed its reply.';

const NO_PERMISSION =
	'The Zoho user who connected the credential may not see the reports of this campaign. Ask the administrator of Zoho Campaigns for it, or connect with another user.';

export const NO_SUCH_CAMPAIGN =
	'Zoho Campaigns has no such campaign, or it was not sent, or somebody has deleted it meanwhile. Choose one from the list, which holds those that were sent.';

const REFUSED =
	'Zoho Campaigns refused to tell of this campaign; the message says what it objects to. With a custom data center, check the URLs in the credential.';
