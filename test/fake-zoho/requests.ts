import type { IncomingHttpHeaders } from 'node:http';

export type RequestKind =
	| 'authorize'
	| 'token'
	| 'unblock'
	| 'modules'
	| 'records'
	| 'customViews'
	| 'doNotMail'
	| ReportKind
	| 'other';

/** What Campaigns tells of campaigns: which were sent, whom they reached how, how one was made. */
export type ReportKind = 'recentCampaigns' | 'campaignRecipients' | 'campaignDetails';

/** One request as it was received, kept from its arrival on. */
export interface ReceivedRequest {
	kind: RequestKind;
	/** ms on the server's clock: its headers had arrived. */
	at: number;
	/** ms on the server's clock: the reply was handed over whole, or the connection was gone. */
	endedAt?: number;
	method: string;
	path: string;
	/** The query as it was sent, without its `?`; empty where there was none. */
	query: string;
	headers: IncomingHttpHeaders;
	body: string;
	/** The HTTP status that was sent; absent where nothing was. */
	status?: number;
	/** The record ids of an `unblock`, in the order sent, from the body or from the URL. */
	ids?: string[];
}

/** `/crm/{version}/{module}/actions/unblock_email`, with a record's id in the middle or without. */
export const UNBLOCK_PATH =
	/^\/crm\/v[678]\/(?<module>[^/]+)(?:\/(?<id>[^/]+))?\/actions\/unblock_email$/;

/** `/crm/{version}/{module}`: a list of records; n8n's own node asks for it in v2. */
export const RECORDS_PATH = /^\/crm\/v(?<version>[2678])\/(?<module>[^/]+)$/;

const KINDS: ReadonlyArray<readonly [RegExp, RequestKind]> = [
	[/^\/oauth\/v2\/auth$/, 'authorize'],
	[/^\/oauth\/v2\/token$/, 'token'],
	[UNBLOCK_PATH, 'unblock'],
	[/^\/crm\/v[678]\/settings\/modules$/, 'modules'],
	[/^\/crm\/v[678]\/settings\/custom_views$/, 'customViews'],
	[RECORDS_PATH, 'records'],
	[/^\/api\/v1\.1\/(json|xml)\/contactdonotmail$/, 'doNotMail'],
	[/^\/api\/v1\.1\/recentcampaigns$/, 'recentCampaigns'],
	[/^\/api\/v1\.1\/getcampaignrecipientsdata$/, 'campaignRecipients'],
	[/^\/api\/v1\.1\/getcampaigndetails$/, 'campaignDetails'],
];

export function kindOf(path: string): RequestKind {
	return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? 'other';
}

/** The ids an `unblock` names, as text; undefined where it names none that can be read. */
export function namedIds(path: string, body: string): string[] | undefined {
	const id = UNBLOCK_PATH.exec(path)?.groups?.id;
	if (id !== undefined) return [id];
	const ids = parseObject(body)?.ids;
	return Array.isArray(ids) ? ids.map(String) : undefined;
}

/** The JSON object in a text; undefined where the text is anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? { ...value }
			: undefined;
	} catch {
		return undefined;
	}
}
