import type { Accounts } from '../accounts/accounts';
import { html, type Reply } from '../reply';
import { kindOf, type ReceivedRequest, type ReportKind } from '../requests';
import { Throttle } from '../throttle';
import { scopeReply, throttleReply, type ThrottleWord } from '../throttleFilter';
import { bareXml, formOf, isAddress, readJson, readXml, type ContactField } from './contactInfo';
import { isXml, MESSAGES, MOVED, refusal, success, type CampaignsCode } from './replies';
import { Reports } from './reports';
import { CampaignsSettings } from './settings';

/** The do-not-mail page's scope and its three alternatives, in lower case. */
const SCOPES = ['update', 'create-update', 'write', 'all'].map(
	(operation) => `zohocampaigns.contact.${operation}`,
);

/** The scope of the pages about campaigns, in lower case. */
const REPORT_SCOPES = ['read', 'all'].map((operation) => `zohocampaigns.campaign.${operation}`);

export interface RegistryEntry {
	/** As it was first received. */
	address: string;
	/** How often it was moved here: 0 where a test had put it in, else 1. */
	moved: number;
}

/**
 * Zoho Campaigns: contactdonotmail, in JSON and in XML, and what it tells of campaigns (`reports`); each
 * call with a limit and a lock of its own ("you can still use other APIs").
 *
 * Checked in this order: token and scope (one answer for all trouble), open calls, the limit, the
 * method, the format, the contactinfo, the address. Open in the sources and decided here: a call
 * without a good token does not count towards the limit, nor does one too many at once, every other
 * call does; `resfmt` may be left out but may not contradict the path; a contactinfo that cannot be
 * read is one that is missing; addresses are one when they differ only in case; a refused method is
 * answered with HTTP 405, a refused format with code 2007; the throttle answers in JSON for both
 * formats.
 */
export class Campaigns extends CampaignsSettings {
	/** Address in lower case -> what is known of it. */
	readonly registry = new Map<string, RegistryEntry>();
	/** Every address that a call named, in the order of arrival, as it was read. */
	readonly received: string[] = [];
	/** Fields that came beside the first `Contact Email`: an address must not add any. */
	readonly injected: ContactField[] = [];

	readonly reports: Reports;

	private readonly throttle: Throttle;
	private readonly reportThrottles: Record<ReportKind, Throttle>;
	private readonly answers = new Map<string, { code: CampaignsCode; left: number }>();

	constructor(
		private readonly now: () => number,
		private readonly accounts: Accounts,
	) {
		super();
		this.throttle = new Throttle(now);
		this.reportThrottles = {
			recentCampaigns: new Throttle(now),
			campaignRecipients: new Throttle(now),
			campaignDetails: new Throttle(now),
		};
		this.reports = new Reports(this, now);
	}

	/** The limit, the lock and their kind; every part may be set at any time. */
	get limit() {
		return this.throttle.limit;
	}
	set limit(limit) {
		this.throttle.limit = limit;
	}

	/** How many times the lock fell. */
	get locks(): number {
		return this.throttle.locks;
	}

	/** Calls that the limit or the lock refused. */
	get refusedCalls(): number {
		return this.throttle.refusedCalls;
	}

	/** The same of each call that reads campaigns. */
	set reportLimit(limit: Throttle['limit']) {
		for (const throttle of Object.values(this.reportThrottles)) throttle.limit = limit;
	}

	/** How many times a lock fell on one of them. */
	get reportLocks(): number {
		return Object.values(this.reportThrottles).reduce((sum, { locks }) => sum + locks, 0);
	}

	/** Puts addresses into the registry beforehand. */
	add(...addresses: string[]): void {
		for (const address of addresses) {
			this.registry.set(address.toLowerCase(), { address, moved: 0 });
		}
	}

	/** Whether an address is in the registry, compared without case. */
	has(address: string): boolean {
		return this.registry.has(address.toLowerCase());
	}

	/** Answers the next `times` calls for an address with a code, and leaves the registry alone. */
	answer(address: string, code: CampaignsCode, times = Infinity): void {
		this.answers.set(address.toLowerCase(), { code, left: times });
	}

	/** `openCalls`: calls that are open, this one among them. */
	handle(request: ReceivedRequest, openCalls: number): Reply {
		const { path, headers } = request;
		const kind = kindOf(path);
		const isReport = kind in this.reportThrottles;
		const grant = this.accounts.check(headers.authorization);
		if (grant.state !== 'granted') return refusal(path, '1007', this);
		if (!(isReport ? REPORT_SCOPES : SCOPES).some((scope) => grant.scopes.has(scope))) {
			const { scopeRefusal } = this;
			return scopeRefusal === '1007' ? refusal(path, '1007', this) : scopeReply(scopeRefusal);
		}
		if (isReport) return this.reportOn(kind as ReportKind, request, openCalls);
		if (kind !== 'doNotMail') return html(404, '<h1>Not Found</h1>');
		const { throttle } = this;
		const reply = this.throttled(throttle, path, openCalls) ?? this.read(request);
		return this.withRateLimit(throttle, reply);
	}

	private reportOn(kind: ReportKind, request: ReceivedRequest, openCalls: number): Reply {
		const throttle = this.reportThrottles[kind];
		const refused = this.throttled(throttle, request.path, openCalls);
		return this.withRateLimit(throttle, refused ?? this.reports.answer(kind, request));
	}

	private withRateLimit(throttle: Throttle, reply: Reply): Reply {
		return this.rateLimitHeader ? withHeader(reply, 'x-rate-limit', rateLimit(throttle)) : reply;
	}

	private read({ method, path, query }: ReceivedRequest): Reply {
		if (method !== 'POST') return { ...refusal(path, '901', this), status: 405 };
		const parameters = new URLSearchParams(query);
		const format = isXml(path) ? 'XML' : 'JSON';
		if ((parameters.get('resfmt') ?? format).toUpperCase() !== format) {
			return refusal(path, '2007', this);
		}
		const contactinfo = parameters.get('contactinfo') ?? (isXml(path) ? bareXml(query) : '');
		if (!isXml(path) && this.refusesFormOf(contactinfo)) {
			return refusal(path, this.otherFormCode, this);
		}
		const fields = isXml(path) ? readXml(contactinfo) : readJson(contactinfo);
		const email = fields.find(([name]) => name === 'Contact Email');
		this.injected.push(...fields.filter((field) => field !== email));
		if (email === undefined) return refusal(path, '903', this);
		const [, address] = email;
		this.received.push(address);
		return this.move(path, address);
	}

	private refusesFormOf(contactinfo: string): boolean {
		return this.contactInfoForm !== 'both' && formOf(contactinfo) !== this.contactInfoForm;
	}

	private move(path: string, address: string): Reply {
		const told = this.answers.get(address.toLowerCase());
		if (told !== undefined && told.left > 0) {
			told.left--;
			return told.code === '0' ? this.alreadyIn(path) : refusal(path, told.code, this);
		}
		if (!isAddress(address)) return refusal(path, '2004', this);
		if (this.has(address)) return this.alreadyIn(path);
		this.registry.set(address.toLowerCase(), { address, moved: 1 });
		return success(path, MOVED, this);
	}

	private alreadyIn(path: string): Reply {
		return this.alreadyAs === 'success'
			? success(path, MESSAGES['0'], this)
			: refusal(path, this.alreadyAs === 'error' ? '0' : '2006', this);
	}

	/** The throttle's refusal; undefined where it lets the call pass. */
	private throttled(throttle: Throttle, path: string, openCalls: number): Reply | undefined {
		if (openCalls > this.concurrencyLimit) {
			const text = `Cannot execute more than ${this.concurrencyLimit} requests at a time.`;
			return this.throttleAnswer(path, 'URL_LIVE_THROTTLES_LIMIT_EXCEEDED', text);
		}
		const lockedForMs = throttle.arrive();
		if (lockedForMs === 0) return undefined;
		const text = this.lockText(throttle, lockedForMs);
		const reply = this.throttleAnswer(path, this.throttleWord, text);
		if (this.retryAfter === false) return reply;
		const until = new Date(Math.ceil((this.now() + lockedForMs) / 1000) * 1000);
		return withHeader(
			reply,
			'retry-after',
			this.retryAfter === 'date' ? until.toUTCString() : String(inSeconds(lockedForMs)),
		);
	}

	private throttleAnswer(path: string, word: ThrottleWord, text: string): Reply {
		if (this.lockStyle === '2008') return refusal(path, '2008', this);
		if (this.lockStyle === '429') {
			return { status: 429, headers: { 'content-type': 'text/plain' }, body: 'Too Many Requests' };
		}
		return throttleReply(this.lockStyle, word, text);
	}

	private lockText({ limit }: Throttle, lockedForMs: number): string {
		if (this.throttleWord === 'HIP_REQUIRED') return 'Please enter the characters in the image.';
		const { calls, windowMs, lockMs } = limit;
		const within = inMinutes(windowMs) ?? 'the permitted time';
		// Zoho speaks of whole minutes only; a lock that tests made shorter has no such words.
		const rest = inMinutes(lockMs) === undefined ? 'sometime' : minutes(lockedForMs / 60_000);
		return `Cannot execute more than ${calls} requests per API in ${within}. Try again after ${rest}.`;
	}
}

function rateLimit({ limit, remaining, opensInMs }: Throttle): string {
	return JSON.stringify([
		{
			duration: inSeconds(limit.windowMs),
			'remaining-count': remaining,
			'retry-after': inSeconds(opensInMs),
		},
	]);
}

function withHeader(reply: Reply, name: string, value: string): Reply {
	return { ...reply, headers: { ...reply.headers, [name]: value } };
}

function inSeconds(ms: number): number {
	return Math.ceil(ms / 1000);
}

/** `5 minutes` for 300000 ms; undefined for what is no whole number of minutes. */
function inMinutes(ms: number): string | undefined {
	return ms % 60_000 === 0 ? minutes(ms / 60_000) : undefined;
}

function minutes(count: number): string {
	const whole = Math.ceil(count);
	return `${whole} minute${whole === 1 ? '' : 's'}`;
}
